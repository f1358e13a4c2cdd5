"""The engine's event stream, reduced to what a person wants to read: what finished, what failed, who refused."""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.automation.events import DiagnosticEvent, EngineEvent, PolicyEvent, StepEventMetadata

COLOR = re.compile(r"<\{%.*?%\}>")
# Of the steps of a replacement one is counted.
UNCOUNTED = {"same", "read", "refresh", "replace", "delete-replaced", "read-replacement", "discard"}
VERBS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "create-replacement": "replaced",
    "import": "imported",
}
PLANS = {operation: f"to {operation}" for operation in VERBS} | {"create-replacement": "to replace"}
ENGINE_NOISE = ("update failed", "preview failed", "rogram exited with non-zero exit code", "from $PATH at ")
Say = Callable[[str], None]


@dataclass
class Group:
    """A component and the steps of its children: those known from a preview, and those that ended."""

    title: str
    planned: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    started: float = field(default_factory=time.monotonic)
    told: bool = False


def described(changes: Counter[str], *, planned: bool) -> str:
    """`3 created, 1 updated`, or `3 to create, 1 to update` of a plan."""
    words = PLANS if planned else VERBS
    return ", ".join(f"{count} {words.get(operation, operation)}" for operation, count in changes.items() if count)


class EventLog:
    """Listens to one operation. `plan` is the log of its preview, from which a group's end is known early."""

    def __init__(self, say: Say, detail: Say, plan: "EventLog | None" = None, *, planning: bool = False) -> None:
        self.planning = planning
        self.changes: Counter[str] = Counter()
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.violations: list[str] = []
        self.advice: list[str] = []
        self._say = say
        self._detail = detail
        self.parents: dict[str, str] = dict(plan.parents) if plan else {}
        self.groups: dict[str, Group] = {}
        self._total = plan.changed if plan else 0
        if plan:
            for urn, group in plan.groups.items():
                self.groups[urn] = Group(group.title, planned=Counter(group.done))

    @property
    def changed(self) -> int:
        """Steps that changed something."""
        return sum(self.changes.values())

    def hear(self, event: "EngineEvent") -> None:
        """Take one event in."""
        if event.diagnostic_event:
            self._diagnostic(event.diagnostic_event)
        elif event.policy_event:
            self._policy(event.policy_event)
        elif event.resource_pre_event:
            self._begins(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._ends(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self._fails(event.res_op_failed_event.metadata)

    def summary(self) -> str:
        """All changes, in words."""
        return described(self.changes, planned=self.planning) or "no changes"

    def finish(self) -> None:
        """Tell of the groups that were not told of yet."""
        for group in self.groups.values():
            if group.done and not group.told:
                self._tell(group)

    def _begins(self, step: "StepEventMetadata") -> None:
        state = step.new or step.old
        if state and state.parent:
            self.parents[step.urn] = state.parent
        if step.op not in UNCOUNTED:
            self._detail(f"{self._count()}  {step.op.value} {_resource(step.urn)}")
            if _is_custom(step.urn):
                self._group(step.urn)

    def _ends(self, step: "StepEventMetadata") -> None:
        if step.op in UNCOUNTED or not _is_custom(step.urn):
            return
        self.changes[step.op.value] += 1
        group = self._group(step.urn)
        group.done[step.op.value] += 1
        self._detail(f"{self._count()}  {step.op.value} {_resource(step.urn)}")
        if group.planned and sum(group.done.values()) >= sum(group.planned.values()):
            self._tell(group)

    def _fails(self, step: "StepEventMetadata") -> None:
        self._group(step.urn).failed += 1

    def _count(self) -> str:
        return f"{self.changed} of {self._total}" if self._total else f"{self.changed} resources"

    def _tell(self, group: Group) -> None:
        group.told = True
        mark = "✗" if group.failed else "·"
        failed = f", {group.failed} failed" if group.failed else ""
        self._say(f"  {mark} {group.title}  {described(group.done, planned=self.planning)}{failed}")

    def _group(self, urn: str) -> Group:
        component = urn
        while parent := self.parents.get(component):
            component = parent
            if _type(component).startswith("agent-platform:"):
                break
        if component not in self.groups:
            self.groups[component] = Group(_title(component))
        return self.groups[component]

    def _diagnostic(self, event: "DiagnosticEvent") -> None:
        message = COLOR.sub("", event.message).strip()
        if event.ephemeral or not message or any(noise in message for noise in ENGINE_NOISE):
            return
        where = f"{_resource(event.urn)}: " if event.urn and "::pulumi:pulumi:Stack::" not in event.urn else ""
        if event.severity == "error":
            self.errors.append(where + message)
        elif event.severity == "warning":
            self.warnings.append(where + message)

    def _policy(self, event: "PolicyEvent") -> None:
        where = f"{_resource(event.resource_urn)}: " if event.resource_urn else ""
        said = [text for text in COLOR.sub("", event.message).strip().splitlines() if text.strip()]
        line = f"{event.policy_name}: {where}{said[-1] if said else ''}"
        kept = self.violations if event.enforcement_level == "mandatory" else self.advice
        if line not in kept:
            kept.append(line)


def _type(urn: str) -> str:
    """The resource's own type, without its parents'."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def _is_custom(urn: str) -> bool:
    """Whether a provider made it; components and the stack itself only hold others."""
    return not _type(urn).startswith(("agent-platform:", "pulumi:pulumi:"))


def _name(urn: str) -> str:
    return urn.split("::", 3)[-1]


def _resource(urn: str) -> str:
    """`Deployment search`: the kind and the logical name."""
    return f"{_type(urn).rpartition(':')[2]} {_name(urn)}"


def _title(urn: str) -> str:
    return "shared resources" if _type(urn) == "pulumi:pulumi:Stack" else _resource(urn)
