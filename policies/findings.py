"""What a rule says about a resource: a violation, or that a value could not be judged.

A violation may carry the edits that mend it. They are applied where the rule's level is `remediate`, so that verdict
and remedy come from one place and can't drift apart.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

Keys = tuple[str | int, ...]


class Change(Enum):
    """An edit that is no new value."""

    REMOVE = "remove"
    MARK_SECRET = "mark"  # noqa: S105 - what is done, not a password


class Edit(NamedTuple):
    """A new value (JSON) for one place of a resource's properties, or a change of the value that is there."""

    keys: Keys
    value: object


class Violation(NamedTuple):
    """A value, or the lack of one, that the rule forbids. `text` names the place, the value found and the fix.

    `urn` names the resource where a rule looks at a whole stack; elsewhere it is the resource that is judged.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    urn: str = ""


class Unjudged(NamedTuple):
    """A value that is unknown at preview. `place` names it."""

    place: str
    urn: str = ""


Finding = Violation | Unjudged
