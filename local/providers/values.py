"""Property values between the engine's wire form and Python: secrets, unknowns, and Kubernetes' dashed schema keys."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2  # type: ignore[import-untyped] # it ships no type information
from pulumi.runtime import rpc

Object = dict[str, Any]
"""A Kubernetes object, or part of one, as JSON has it."""


class Unknown(enum.Enum):
    """A value that only an apply will know."""

    UNKNOWN = rpc.UNKNOWN


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Secret:
    """A value the engine keeps encrypted and never prints."""

    value: Any


_SIGNATURE = rpc._special_sig_key  # noqa: SLF001 - the wire form's key has no public name
_SECRET = rpc._special_secret_sig  # noqa: SLF001 - likewise

_DASHED = {
    name.replace("-", "_"): name
    for name in (
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
}
_UNDERSCORED = {dashed: underscored for underscored, dashed in _DASHED.items()}
_UNKNOWN_MARKS = frozenset(
    {
        rpc.UNKNOWN,
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def decode(struct: struct_pb2.Struct) -> Object:
    """A property bag off the wire; secrets become `Secret`, unknowns `UNKNOWN`, whole numbers `int`."""
    return {key: _decode(value) for key, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWN_MARKS else value.string_value
    if kind == "struct_value":
        fields = value.struct_value.fields
        if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET:
            inner = _decode(fields["value"])
            return inner if isinstance(inner, Secret) else Secret(inner)
        return decode(value.struct_value)
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def encode(properties: Object) -> struct_pb2.Struct:
    """A property bag for the wire."""
    struct = struct_pb2.Struct()
    struct.update(_encode(properties))
    return struct


def _encode(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if isinstance(value, Secret):
        return {_SIGNATURE: _SECRET, "value": _encode(value.value)}
    return rpc.UNKNOWN if value is UNKNOWN else value


def plain(value: Any) -> Any:
    """A copy without secret marks and with Kubernetes' dashed keys; unknowns stay."""
    if isinstance(value, dict):
        return {_DASHED.get(key, key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return plain(value.value) if isinstance(value, Secret) else value


def properties(value: Any) -> Any:
    """A copy with the underscored keys the SDKs use."""
    if isinstance(value, dict):
        return {_UNDERSCORED.get(key, key): properties(item) for key, item in value.items()}
    return [properties(item) for item in value] if isinstance(value, list) else value


def has_unknown(value: Any) -> bool:
    """Whether anything inside is not known yet."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return has_unknown(value.value) if isinstance(value, Secret) else value is UNKNOWN


def has_secret(value: Any) -> bool:
    """Whether anything inside is secret."""
    if isinstance(value, dict):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret)


def strings(value: Any) -> Iterator[str]:
    """Every string inside."""
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, Secret):
        yield from strings(value.value)
    elif isinstance(value, str):
        yield value
