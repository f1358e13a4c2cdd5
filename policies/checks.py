"""The questions that rules ask of one field, with one answer each for absent, unknown and malformed values.

Unknown: could not judge. Malformed: a violation, since nobody can say what it would do. Absent: a violation where
the rule demands the field. What is allowed is the rule's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Generic, NamedTuple, TypeVar

from policies.findings import Finding, Unjudged, Violation
from policies.unknowns import ABSENT, UNKNOWN, Field, Malformed, joined, named_type

T = TypeVar("T")


class Kind(NamedTuple, Generic[T]):
    """The type that a field has in the API, and what a message calls it."""

    python: type[T]
    name: str


BOOLEAN: Final = Kind(bool, "a boolean")
INTEGER: Final = Kind(int, "a whole number")
TEXT: Final = Kind(str, "a string")


def check(
    field: Field, kind: Kind[T], allowed: Callable[[T], bool], *, fix: str, required: bool = False
) -> Iterator[Finding]:
    """Finds a value that is not allowed, of the wrong type, unknown, or absent though required."""
    value = field.value
    if value is ABSENT:
        if required:
            yield Violation(f"{field.owner}: {field.path} is not set. Fix: {fix}.")
    elif type(value) is kind.python:
        if not allowed(value):
            yield Violation(f"{field.owner}: {field.path} is {field.text}. Fix: {fix}.")
    else:
        yield unreadable(field, kind.name, fix)


def unreadable(field: Field, wanted: str, fix: str) -> Finding:
    """The finding for a field whose value is unknown or of another type than `wanted`."""
    value = field.value
    if value is UNKNOWN:
        return Unjudged(place(field))
    if isinstance(value, Malformed):
        where = joined(value.keys)
        subject = f"{field.owner}: {where}" if where else field.owner
        return Violation(f"{subject} is {value.found} where {value.wanted} belongs. Fix: {fix}.")
    return Violation(f"{field.owner}: {field.path} is {named_type(value)} where {wanted} belongs. Fix: {fix}.")


def place(field: Field) -> str:
    """A field as a message names it."""
    return f"{field.owner}: {field.path}" if field.keys else field.owner


def unless(gate: Field, opens: object, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, unless the gate's value exempts the pod; where the gate is unknown, they can't be judged."""
    if type(gate.value) is type(opens) and gate.value == opens:
        return
    if gate.value is UNKNOWN:
        if any(True for _ in findings):
            yield Unjudged(place(gate))
        return
    yield from findings
