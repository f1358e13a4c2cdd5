"""Edits applied to a resource's properties in their wire form, so that all else stays as the engine sent it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pulumi_policy import policy as sdk

from policies.findings import Change, Edit, Keys
from policies.unknowns import OUTPUT_MARK, SECRET_MARK, SIGNATURE

_JSON: Final = vars(sdk)["json_format"]
_WIRE: Final = vars(sdk)["struct_pb2"]


def apply(properties: Any, edits: Iterable[Edit]) -> None:
    """Applies edits to a protobuf Struct: the last one for a place wins, objects on the way to it are made.

    Removals come after all else, and in a list from its end, so that indexes hold.
    """
    changes = {edit.keys: edit.value for edit in edits}
    removed = sorted((keys for keys, value in changes.items() if value is Change.REMOVE), key=_position, reverse=True)
    root = _WIRE.Value(struct_value=properties)
    for keys, value in changes.items():
        if value is Change.MARK_SECRET:
            _mark_secret(_place(root, keys))
        elif value is not Change.REMOVE:
            _inner(_place(root, keys)).CopyFrom(_JSON.ParseDict(value, _WIRE.Value()))
    for keys in removed:
        _remove(_place(root, keys[:-1]), keys[-1])
    properties.CopyFrom(root.struct_value)


def _position(keys: Keys) -> tuple[tuple[int, str], ...]:
    return tuple((key, "") if isinstance(key, int) else (-1, key) for key in keys)


def _place(value: Any, keys: Keys) -> Any:
    for key in keys:
        value = _inner(value)
        value = value.list_value.values[key] if isinstance(key, int) else value.struct_value.fields[key]
    return value


def _inner(value: Any) -> Any:
    """The value inside a secret's or an output's mark."""
    while _mark(value) in (SECRET_MARK, OUTPUT_MARK):
        value = value.struct_value.fields["value"]
    return value


def _mark(value: Any) -> str:
    if value.WhichOneof("kind") != "struct_value" or SIGNATURE not in value.struct_value.fields:
        return ""
    return str(value.struct_value.fields[SIGNATURE].string_value)


def _mark_secret(value: Any) -> None:
    if _mark(value) == OUTPUT_MARK:
        value.struct_value.fields["secret"].bool_value = True
    elif _mark(value) != SECRET_MARK:
        plain = _WIRE.Value()
        plain.CopyFrom(value)
        value.struct_value.Clear()
        value.struct_value.fields[SIGNATURE].string_value = SECRET_MARK
        value.struct_value.fields["value"].CopyFrom(plain)


def _remove(container: Any, key: str | int) -> None:
    container = _inner(container)
    if isinstance(key, int):
        del container.list_value.values[key]
    else:
        container.struct_value.fields.pop(key, None)
