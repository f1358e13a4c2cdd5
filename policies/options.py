"""Kinds of settings that rules share: each with its schema and a parser that says what is wrong with a value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from policies.quantities import quantity
from policies.rule import Option
from policies.unknowns import shown


def text_list(description: str, default: Sequence[str]) -> Option:
    """A list of strings; parsed to a tuple."""

    def parse(value: object) -> object:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
            raise ValueError(f"{shown(value)} is not a list of strings. Fix: write [] or a list of quoted strings.")
        return tuple(value)

    schema = {"type": "array", "items": {"type": "string", "minLength": 1}, "description": description}
    return Option(schema, list(default), parse)


def path_list(description: str, parts: int, example: str) -> Option:
    """A list of paths of so many parts (`namespace/Kind/name`), empty unless set; parsed to a tuple."""
    plain = text_list(description, [])

    def parse(value: object) -> Any:
        for entry in plain.parse(value):
            if len(entry.split("/")) != parts or not all(entry.split("/")):
                raise ValueError(f"{shown(entry)} can't name one. Fix: write it as {example}.")
        return plain.parse(value)

    return Option(plain.schema, plain.default, parse)


def switch(description: str, *, default: bool) -> Option:
    """True or false."""

    def parse(value: object) -> object:
        if not isinstance(value, bool):
            raise ValueError(f"{shown(value)} is neither true nor false. Fix: write one, unquoted.")  # noqa: TRY004
        return value

    return Option({"type": "boolean", "description": description}, default, parse)


def whole_number(description: str, default: int, least: int = 0, most: int = 2**31) -> Option:
    """A whole number within bounds."""

    def parse(value: object) -> object:
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        if not isinstance(whole, int) or isinstance(whole, bool) or not least <= whole <= most:
            raise ValueError(f"{shown(value)} is not a whole number from {least} to {most}. Fix: write one.")
        return whole

    schema = {"type": "integer", "minimum": least, "maximum": most, "description": description}
    return Option(schema, default, parse)


def ratio(description: str, default: float, least: float = 1) -> Option:
    """A number that is not below `least`; parsed to a Fraction."""

    def parse(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float("inf"):
            raise ValueError(f"{shown(value)} is not a number of at least {least}. Fix: write one.")
        return Fraction(str(value))

    return Option({"type": "number", "minimum": least, "description": description}, default, parse)


def quantity_text(description: str, default: str) -> Option:
    """A Kubernetes quantity (`500m`, `16Gi`); parsed to a Fraction of cores, bytes or devices."""

    def parse(value: object) -> object:
        amount = quantity(value) if isinstance(value, str) else None
        if amount is None or amount < 0:
            raise ValueError(f'{shown(value)} is not a quantity. Fix: write one as a string, like "500m" or "16Gi".')
        return amount

    return Option({"type": "string", "description": description}, default, parse)


def choice(description: str, default: str, values: Sequence[str]) -> Option:
    """One of a few words."""

    def parse(value: object) -> object:
        if value not in values:
            raise ValueError(f"{shown(value)} is none of {', '.join(values)}. Fix: write one of them.")
        return value

    return Option({"type": "string", "enum": list(values), "description": description}, default, parse)
