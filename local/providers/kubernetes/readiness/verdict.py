"""What a readiness check says, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from local.providers.values import Object


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of an object at one moment."""

    ready: bool
    message: str = ""
    """Progress, for the status column."""
    problems: list[str] = field(default_factory=list)
    """Why it is not ready, for the error when time is over."""
    failed: bool = False
    """It will never be ready."""
    warning: str = ""
    """What a person should know even if it passes."""
    again: float = 0
    """Seconds after which to look again although nothing changed."""


@dataclass(frozen=True, slots=True)
class Related:
    """Objects of another kind, in the object's namespace, that its readiness depends on."""

    api_version: str
    kind: str
    wants: Callable[[Object], bool]


Others = Callable[[int], list[Object]]
"""The objects of the n-th related kind."""


class Check(Protocol):
    """The readiness of one object over time."""

    @property
    def related(self) -> tuple[Related, ...]:
        """What else to watch."""

    def look(self, live: Object, others: Others) -> Verdict:
        """Judge the object as it is now."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A check that needs nothing but the object."""

    judge: Callable[[Object], Verdict]
    related: tuple[Related, ...] = ()

    def look(self, live: Object, others: Others) -> Verdict:  # noqa: ARG002 - the protocol's
        """Judge the object as it is now."""
        return self.judge(live)


def is_observed(live: Object) -> bool:
    """Whether the controller has seen the object's newest generation."""
    metadata, status = live.get("metadata") or {}, live.get("status") or {}
    return bool(status.get("observedGeneration", -1) >= metadata.get("generation", 0))
