"""The questions that rules ask of one field, with one answer each for absent, unknown and malformed values.

Unknown: could not judge. Malformed: a violation, since nobody can say what it would do. Absent: a violation where
the rule demands the field. What is allowed is the rule's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Generic, NamedTuple, TypeVar

from policies.findings import Edit, Finding, Unjudged, Violation
from policies.unknowns import ABSENT, UNKNOWN, Field, Malformed, named_type

T = TypeVar("T")


class Kind(NamedTuple, Generic[T]):
    """The type that a field has in the API, and what a message calls it."""

    python: type[T]
    name: str


BOOLEAN: Final = Kind(bool, "a boolean")
INTEGER: Final = Kind(int, "a whole number")
TEXT: Final = Kind(str, "a string")


def check(
    field: Field, kind: Kind[T], allowed: Callable[[T], bool], *, fix: str, required: bool = False, mend: object = None
) -> tuple[Finding, ...]:
    """Finds a value that is not allowed, of the wrong type, unknown, or absent though required.

    `mend` is the value that mends it, or Change.REMOVE; None if only a person can tell.
    """
    value = field.value
    if value is ABSENT:
        return (_violation(field, "not set", fix, mend),) if required else ()
    if type(value) is kind.python:
        return () if allowed(value) else (_violation(field, field.text, fix, mend),)
    found = unreadable(field, kind.name, fix)
    return (found._replace(edits=_edits(field, mend)) if isinstance(found, Violation) else found,)


def _violation(field: Field, found: str, fix: str, mend: object) -> Violation:
    return Violation(f"{place(field)} is {found}. Fix: {fix}.", _edits(field, mend))


def _edits(field: Field, mend: object) -> tuple[Edit, ...]:
    return () if mend is None else field.edit(mend)


def unreadable(field: Field, wanted: str, fix: str) -> Finding:
    """The finding for a field whose value is unknown or of another type than `wanted`."""
    value = field.value
    if value is UNKNOWN:
        return Unjudged(place(field))
    if isinstance(value, Malformed):
        where = place(field.replaced(keys=value.keys))
        return Violation(f"{where} is {value.found} where {value.wanted} belongs. Fix: {fix}.")
    return Violation(f"{place(field)} is {named_type(value)} where {wanted} belongs. Fix: {fix}.")


def place(field: Field) -> str:
    """A field as a message names it."""
    return ": ".join(part for part in (field.owner, field.path) if part) or "the resource"


def unless(gate: Field, opens: object, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, unless the gate's value exempts the pod; where the gate is unknown, they can't be judged."""
    if type(gate.value) is type(opens) and gate.value == opens:
        return
    if gate.value is UNKNOWN:
        if any(True for _ in findings):
            yield Unjudged(place(gate))
        return
    yield from findings
