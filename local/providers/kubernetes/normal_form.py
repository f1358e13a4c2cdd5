"""One form for inputs that mean the same: what a round trip through the kind's Go type leaves of them.

Unknown fields and empty optional ones go, quantities become canonical, a Secret's `stringData` becomes `data`. An
object that does not fit its type is left as it is: refusing it is the API server's part.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.providers.kubernetes import objects, quantity
from local.providers.kubernetes.kinds import BUILT_IN_VERSIONS
from local.providers.values import Object, has_unknown

_TABLE = Path(__file__).parent / "built_in" / "types.json"


class _Misfit(Exception):  # noqa: N818 - never leaves this module
    """A value that its type can't hold."""


@functools.cache
def built_in() -> Any:
    """The shapes of the built-in kinds: see built_in/generate.go."""
    return json.loads(_TABLE.read_text())


def struct_of(obj: Object) -> str | None:
    """The name of the object's type, if it is a built-in one."""
    found = built_in()["kinds"].get(f"{obj.get('apiVersion')}/{obj.get('kind')}")
    return found if isinstance(found, str) else None


def normal(obj: Object) -> Object:
    """The object in its normal form, without the metadata that only the server sets."""
    if not has_unknown(obj) and obj.get("apiVersion") in BUILT_IN_VERSIONS:
        obj = objects.prune(_round_trip(obj), obj)
    for key in objects.SERVER_SET:
        objects.remove(obj, "metadata", key)
    return obj


def _round_trip(obj: Object) -> Object:
    if objects.is_crd(obj):
        if objects.at(obj, "spec", "preserveUnknownFields") is False:
            objects.remove(obj, "spec", "preserveUnknownFields")
        obj.pop("status", None)
        return obj
    if objects.is_secret(obj):
        _normalize_secret(obj)
        return obj
    struct = struct_of(obj)
    if struct is None:
        return obj
    try:
        return {"apiVersion": obj.get("apiVersion"), "kind": obj.get("kind"), **_struct(obj, struct)}
    except _Misfit:
        return obj


def _normalize_secret(obj: Object) -> None:
    hidden = obj.get("stringData")
    data = obj.get("data")
    if isinstance(hidden, dict) and hidden and all(isinstance(v, str) for v in hidden.values()):
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in hidden.items()}
        obj["data"] = {**(data if isinstance(data, dict) else {}), **encoded}
        del obj["stringData"]
    elif isinstance(data, dict):
        obj["data"] = {key: _base64_or_same(value) for key, value in data.items()}


def _base64_or_same(value: Any) -> Any:
    try:
        return _bytes(value)
    except _Misfit:
        return value


def _struct(value: Any, name: str) -> Object:
    if not isinstance(value, dict):
        raise _Misfit
    fields = built_in()["structs"][name]
    result: Object = {}
    for key, item in value.items():
        if key not in fields or item is None:
            continue
        kind, dropped_when_zero = fields[key][0], fields[key][1]
        converted = _convert(item, kind)
        if not (dropped_when_zero and converted in ("", 0, False, [], {})):
            result[key] = converted
    return result


def _convert(value: Any, kind: str) -> Any:
    if kind.startswith("[]"):
        if not isinstance(value, list):
            raise _Misfit
        return [_convert(item, kind[2:]) for item in value]
    if kind.startswith("{}"):
        if not isinstance(value, dict):
            raise _Misfit
        return {key: _convert(item, kind[2:]) for key, item in value.items()}
    scalar = _SCALARS.get(kind)
    return scalar(value) if scalar else _struct(value, kind)


def _string(value: Any) -> Any:
    if not isinstance(value, str):
        raise _Misfit
    return value


def _bool(value: Any) -> Any:
    if not isinstance(value, bool):
        raise _Misfit
    return value


def _int(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Misfit
    return value


def _float(value: Any) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _Misfit
    return value


def _bytes(value: Any) -> Any:
    try:
        return base64.b64encode(base64.b64decode(_string(value).replace("\n", ""), validate=True)).decode()
    except binascii.Error as error:
        raise _Misfit from error


def _quantity(value: Any) -> Any:
    try:
        return quantity.canonical(str(value) if not isinstance(value, bool) else "")
    except ValueError as error:
        raise _Misfit from error


def _int_or_string(value: Any) -> Any:
    return value if isinstance(value, str) else _int(value)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "bool": _bool,
    "int": _int,
    "float": _float,
    "bytes": _bytes,
    "quantity": _quantity,
    "intOrString": _int_or_string,
    "time": _string,
    "microTime": _string,
    "any": lambda value: value,
}
