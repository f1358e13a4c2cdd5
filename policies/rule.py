"""A rule: what it is called, why it exists, whom it concerns and the function that judges.

A rule judges one subject, for example one pod of a resource; its `subjects` function finds those in a resource and is
shared by all rules of an area, so that the dispatcher runs it once per resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding

Subject = TypeVar("Subject")
Options = Mapping[str, object]


class Resource(NamedTuple):
    """A resource as the engine hands it over, its properties decoded."""

    type: str
    urn: str
    name: str
    properties: object


@dataclass(frozen=True, slots=True)
class Area(Generic[Subject]):
    """What rules of one area have in common: the types they concern and how their subjects are found."""

    concerns: Callable[[str], bool]
    subjects: Callable[[Resource], tuple[Subject, ...]]


@dataclass(frozen=True, slots=True)
class References:
    """Where a security team finds the rule in the catalogues it works with."""

    pod_security: tuple[str, ...] = ()
    cis_eks: tuple[str, ...] = ()
    checkov: tuple[str, ...] = ()
    kubescape: tuple[str, ...] = ()

    def tags(self) -> list[str]:
        """All references in one flat list."""
        return [
            *(f"PSS:{level}" for level in self.pod_security),
            *(f"CIS-EKS-1.8:{section}" for section in self.cis_eks),
            *self.checkov,
            *self.kubescape,
        ]


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a rule: its JSON schema, its default, and what `parse` makes of a configured value.

    `parse` raises ValueError with a sentence that says what is wrong and what would be right.
    """

    schema: Mapping[str, object]
    default: object
    parse: Callable[[object], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Subject]):
    """One rule. `judge` gets a subject and the rule's parsed options and yields every finding, not the first."""

    name: str
    description: str
    why: str
    level: EnforcementLevel
    severity: Severity
    references: References
    remediation: str
    area: Area[Subject]
    judge: Callable[[Subject, Options], Iterable[Finding]]
    url: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)


AnyRule = Rule[Any]
AnyArea = Area[Any]
