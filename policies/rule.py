"""A rule: what it is called, why it exists, whom it concerns and the function that judges.

A rule judges one subject, for example one pod of a resource; its `subjects` function finds those in a resource and is
shared by all rules of an area, so that the dispatcher runs it once per resource. What only all resources together
show is judged by `judge_stack`: at the end of a preview, and in an update after the resources were made, so that it is
the second choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding

Subject = TypeVar("Subject")
T = TypeVar("T")
Options = Mapping[str, Any]


class Provider(NamedTuple):
    """The provider that a resource is made by. `explicit` is false of the engine's default provider."""

    type: str
    name: str
    properties: object
    explicit: bool


class ResourceOptions(NamedTuple):
    """The options of a resource that the engine tells a pack."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    parent: str = ""


class Resource(NamedTuple):
    """A resource as the engine hands it over, its properties decoded. `parent` and dependencies are URNs.

    Dependencies are told of a stack's resources only. `secrecy` is whether secrets
    are marked in the properties: the engine marks them, a file of manifests can't.
    """

    type: str
    urn: str
    name: str
    properties: object
    options: ResourceOptions = ResourceOptions()
    provider: Provider | None = None
    dependencies: tuple[str, ...] = ()
    secrecy: bool = False
    views: dict[object, Any] | None = None

    def view(self, made_by: Callable[[Resource], T]) -> T:
        """What a function makes of this resource; made once for all areas while the dispatcher evaluates it."""
        if self.views is None:
            return made_by(self)
        if made_by not in self.views:
            self.views[made_by] = made_by(self)
        made: T = self.views[made_by]
        return made


class Stack:
    """All resources of a stack, and ways to find some of them.

    `unjudged` are the places that mandatory rules could not judge, by rule and URN; `preview` is whether the resources
    are yet to be made.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        unjudged: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
        *,
        preview: bool = True,
    ) -> None:
        self.resources = tuple(resources)
        self.unjudged = unjudged or {}
        self.preview = preview
        self.by_urn = {resource.urn: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
        self._views: dict[object, Any] = {}

    def of_type(self, *tokens: str) -> tuple[Resource, ...]:
        """The resources of these types."""
        return tuple(resource for token in tokens for resource in self._by_type.get(token, ()))

    def view(self, made_by: Callable[[Stack], T]) -> T:
        """What a function makes of this stack, made once for all rules that ask for it."""
        if made_by not in self._views:
            self._views[made_by] = made_by(self)
        made: T = self._views[made_by]
        return made


@dataclass(frozen=True, slots=True)
class Area(Generic[Subject]):
    """What rules of one area have in common: the types they concern and how their subjects are found.

    `secrecy`: its rules ask which values are secret, so that resources without such marks are not theirs.
    """

    concerns: Callable[[str], bool]
    subjects: Callable[[Resource], tuple[Subject, ...]]
    secrecy: bool = False


@dataclass(frozen=True, slots=True)
class References:
    """Where a security team finds the rule in the catalogues it works with."""

    pod_security: tuple[str, ...] = ()
    cis_eks: tuple[str, ...] = ()
    checkov: tuple[str, ...] = ()
    kubescape: tuple[str, ...] = ()
    kyverno: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def tags(self) -> list[str]:
        """All references in one flat list."""
        return [
            *(f"PSS:{level}" for level in self.pod_security),
            *(f"CIS-EKS-1.8:{section}" for section in self.cis_eks),
            *self.checkov,
            *self.kubescape,
            *(f"kyverno:{policy}" for policy in self.kyverno),
            *(f"OWASP:{risk}" for risk in self.owasp),
            *self.others,
        ]


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a rule: its JSON schema, its default, and what `parse` makes of a configured value.

    `parse` raises ValueError with a sentence that says what is wrong and what would be right.
    """

    schema: Mapping[str, object]
    default: object
    parse: Callable[[object], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Subject]):
    """One rule. `judge` gets a subject and the rule's parsed options and yields every finding, not the first.

    `judge_stack` gets all resources instead, and its findings name theirs. A rule has either or both. `mends` is
    whether the violations carry the edits that mend them.
    """

    name: str
    description: str
    why: str
    level: EnforcementLevel
    severity: Severity
    references: References
    remediation: str
    area: Area[Subject] | None = None
    judge: Callable[[Subject, Options], Iterable[Finding]] | None = None
    judge_stack: Callable[[Stack, Options], Iterable[Finding]] | None = None
    mends: bool = False
    url: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)


AnyRule = Rule[Any]
AnyArea = Area[Any]
