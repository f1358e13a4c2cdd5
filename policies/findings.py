"""What a rule says about a resource: a violation, or that a value could not be judged."""

from __future__ import annotations

from typing import NamedTuple


class Violation(NamedTuple):
    """A value, or the lack of one, that the rule forbids. `text` names the place, the value found and the fix."""

    text: str


class Unjudged(NamedTuple):
    """A value that is unknown at preview. `place` names it."""

    place: str


Finding = Violation | Unjudged
