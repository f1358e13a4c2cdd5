"""Safe reading of a resource's properties: no shape raises, and no unknown value passes for a known one.

`decode` turns the wire form into plain values once per resource. `Field` walks them: a null is absent, a value
that only creation can know is UNKNOWN, and a value of the wrong type becomes Malformed, as does all below it.
Deciding what each of these means is the business of checks.py, not of this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol, TypeGuard

from pulumi_policy import proxy

from policies.findings import Edit, Keys

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire format's mark of a secret, not one
OUTPUT_MARK: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_SENTINELS: Final = frozenset(
    {
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    }
)
_SENTINEL_LENGTH: Final = len(proxy.UNKNOWN_STRING_VALUE)
_SHOWN_LENGTH: Final = 80
_new: Final = object.__new__
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,79}")


class Mark(Enum):
    """What stands where no value can be read."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


ABSENT: Final = Mark.ABSENT
UNKNOWN: Final = Mark.UNKNOWN


class Secret:
    """A value that the engine marks as secret: it is judged, and never shown."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class Opaque:
    """An asset, an archive or a reference to a resource: it has no inside that a rule could read."""

    __slots__ = ()


class Malformed(NamedTuple):
    """A value of the wrong type, met on the way to the one that was asked for."""

    keys: Keys
    found: str
    wanted: str


class WireList(Protocol):
    """The part of protobuf's ListValue that is read here."""

    @property
    def values(self) -> Iterable[WireValue]: ...


class WireStruct(Protocol):
    """The part of protobuf's Struct that is read here."""

    @property
    def fields(self) -> Mapping[str, WireValue]: ...


class WireValue(Protocol):
    """The part of protobuf's Value that is read here."""

    def WhichOneof(self, oneof_group: str, /) -> str | None: ...  # noqa: N802 - protobuf's own name

    @property
    def string_value(self) -> str: ...
    @property
    def number_value(self) -> float: ...
    @property
    def bool_value(self) -> bool: ...
    @property
    def struct_value(self) -> WireStruct: ...
    @property
    def list_value(self) -> WireList: ...


def decode_struct(struct: WireStruct) -> object:
    """The plain value of a wire struct; a marked struct (secret, asset, output) becomes its marker."""
    fields = struct.fields
    decoded = {key: decode(fields[key]) for key in fields}
    return _marked(decoded) if SIGNATURE in decoded else decoded


def decode(value: WireValue) -> object:
    """The plain value of a wire value. Whole numbers become integers."""
    text = value.string_value  # Empty for every other kind. Most values are texts, and asking for the kind costs more.
    if text:
        return UNKNOWN if len(text) == _SENTINEL_LENGTH and text in _SENTINELS else text
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return decode_struct(value.struct_value)
    if kind == "list_value":
        return [decode(item) for item in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return text if kind == "string_value" else None


def _marked(decoded: dict[str, object]) -> object:
    signature = decoded[SIGNATURE]
    if signature == SECRET_MARK:
        return Secret(decoded.get("value"))
    if signature == OUTPUT_MARK:
        inner = decoded.get("value", UNKNOWN)
        return Secret(inner) if decoded.get("secret") is True else inner
    return Opaque()


def named_type(value: object) -> str:
    """What a reader of a manifest calls the type of a decoded value, with its article."""
    names: dict[type, str] = {
        bool: "a boolean",
        int: "a number",
        float: "a number with a fraction",
        str: "a string",
        list: "a list",
        dict: "an object",
        Opaque: "an asset or a reference",
    }
    return "null" if value is None else names.get(type(value), "a value of an unexpected type")


def shown(value: object) -> str:
    """A scalar as a message may print it: escaped and cut short. Anything else is named by its type only."""
    if isinstance(value, bool | int | str):
        text = json.dumps(value)
        return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}… (cut)"
    return named_type(value)


def joined(keys: tuple[str | int, ...]) -> str:
    """Keys as a path: `ports[0].hostPort`; a key that is no plain name is quoted."""
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        elif _PLAIN_KEY.fullmatch(key):
            path += f".{key}" if path else key
        else:
            path += f"[{shown(key)}]"
    return path


@dataclass(slots=True, eq=False)
class Field:
    """One place in a resource: its value or the mark that stands for it, and where it is. Nothing changes a Field.

    `keys` lead to it from its owner, `base` from the resource's properties to the owner. Without a base the value was
    put together by the pack, and no edit of it reaches the resource.
    """

    value: object
    owner: str
    keys: Keys = ()
    secret: bool = False
    base: Keys | None = None

    def at(self, *keys: str) -> Field:
        """The field below this one. Absent, unknown and malformed carry through."""
        value = self.value
        for key in keys:
            if type(value) is not dict:
                if value is ABSENT:
                    break
                return self._followed(keys)
            value = value.get(key, ABSENT)
        if value is None or type(value) is Secret:
            return self._followed(keys)
        made = _new(Field)  # Half the cost of the constructor, in what runs most.
        made.value = value
        made.owner = self.owner
        made.keys = self.keys + keys
        made.secret = self.secret
        made.base = self.base
        return made

    def _followed(self, keys: tuple[str, ...]) -> Field:
        """As `at`, for a way that leads through secrets, marks, nulls and values of the wrong type."""
        value, secret = self.value, self.secret
        for depth, key in enumerate(keys):
            if type(value) is Secret:
                value, secret = value.value, True
            if type(value) is not dict:
                value = _unreachable(value, self.keys + keys[:depth])
                break
            value = value.get(key, ABSENT)
            if value is None:
                value = ABSENT
        if type(value) is Secret:
            value, secret = value.value, True
            if value is None:
                value = ABSENT
        return self._below(value, keys, secret)

    def _below(self, value: object, keys: Keys, secret: bool) -> Field:
        return Field(value, self.owner, self.keys + keys, secret, self.base)

    def items(self) -> Sequence[Field]:
        """The elements of a list. A list that can't be read has one element that stands for it."""
        if self.value is ABSENT:
            return ()
        if not isinstance(self.value, list):
            return (self._unreadable("a list"),)
        return [self._item(index, item) for index, item in enumerate(self.value)]

    def _item(self, index: int, value: object) -> Field:
        secret = self.secret
        if type(value) is Secret:
            value, secret = value.value, True
        if value is None:
            value = Malformed((*self.keys, index), "null", "a value")
        return self._below(value, (index,), secret)

    def entries(self) -> Iterator[tuple[str, Field]]:
        """The entries of an object. An object that can't be read yields one nameless entry that stands for it."""
        if self.value is ABSENT:
            return
        if not is_object(self.value):
            yield "", self._unreadable("an object")
            return
        for key in self.value:
            yield key, self.at(key)

    def owned_by(self, owner: str) -> Field:
        """The same value as the root of a new owner, which messages name from here on."""
        return Field(self.value, owner, (), self.secret, None if self.base is None else self.base + self.keys)

    def edit(self, value: object) -> tuple[Edit, ...]:
        """The edit that puts a JSON value, or a Change, in this place; none if there is no such place."""
        if self.base is None or isinstance(self.value, Malformed):
            return ()
        return (Edit(self.base + self.keys, value),)

    def replaced(self, **parts: Any) -> Field:
        """The field with other parts."""
        return replace(self, **parts)

    @property
    def path(self) -> str:
        """Where the field is, below its owner."""
        return joined(self.keys)

    @property
    def text(self) -> str:
        """The value as a message may print it."""
        return "a secret value" if self.secret else shown(self.value)

    def _unreadable(self, wanted: str) -> Field:
        if self.value is UNKNOWN or isinstance(self.value, Malformed):
            return self
        return self.replaced(value=Malformed(self.keys, named_type(self.value), wanted))


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a decoded value is an object, whose keys are strings on the wire."""
    return type(value) is dict


def _unreachable(value: object, keys: tuple[str | int, ...]) -> object:
    if isinstance(value, Mark | Malformed):
        return value
    return ABSENT if value is None else Malformed(keys, named_type(value), "an object")
