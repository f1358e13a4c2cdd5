"""Label selectors, and the workloads of a stack whose pods they select.

A verdict is true, false, or None where an unknown value decides it. A selector that the API server would refuse
selects nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from policies.checks import INTEGER, unreadable
from policies.findings import Finding, Unjudged
from policies.rule import Resource, Stack
from policies.subjects.objects import Object, objects_in
from policies.subjects.pods import Pod, concerns, pods_of
from policies.unknowns import ABSENT, UNKNOWN, Field, Secret, is_object

Verdict = bool | None
_TEMPLATES: Final = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate", "SandboxTemplate", "PodTemplate"})
_SELECTOR_KEYS: Final = frozenset({"matchLabels", "matchExpressions"})
_HPA: Final = "autoscaling/HorizontalPodAutoscaler"
_KEDA: Final = "keda.sh/ScaledObject"
TEAM: Final = "agent-platform.dev/team"


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether all are true."""
    seen = set(verdicts)
    return False if False in seen else None if None in seen else True


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether one is true."""
    seen = set(verdicts)
    return True if True in seen else None if None in seen else False


def same(one: object, other: object) -> Verdict:
    """Whether two names are the same."""
    if one is UNKNOWN or other is UNKNOWN:
        return None
    return isinstance(one, str) and one == other


def meets(wanted: Field, labels: Field) -> Verdict:
    """Whether labels hold every wanted pair, as a Service selects. No pairs are met by anything."""
    if wanted.value is UNKNOWN:
        return None
    if wanted.value is ABSENT:
        return True
    return is_object(wanted.value) and every(same(labels.at(key).value, pair.value) for key, pair in wanted.entries())


def selects(selector: Field, labels: Field) -> Verdict:
    """Whether a LabelSelector selects what has these labels. An empty one selects all, an absent one nothing."""
    if selector.value is UNKNOWN:
        return None
    if not is_object(selector.value) or not _SELECTOR_KEYS.issuperset(selector.value):
        return False
    expressions = selector.at("matchExpressions").items()
    return every([meets(selector.at("matchLabels"), labels), *(_expressed(each, labels) for each in expressions)])


def _expressed(expression: Field, labels: Field) -> Verdict:
    key, operator = expression.at("key").value, expression.at("operator").value
    if UNKNOWN in (expression.value, key, operator):
        return None
    if not isinstance(key, str):
        return False
    value = labels.at(key).value
    if operator in ("Exists", "DoesNotExist"):
        return None if value is UNKNOWN else (value is not ABSENT) is (operator == "Exists")
    if operator not in ("In", "NotIn"):
        return False
    listed = expression.at("values")
    found = None if listed.value is UNKNOWN else some(same(value, item.value) for item in listed.items())
    return found if operator == "In" or found is None else not found


class Workload(NamedTuple):
    """An object that makes pods, and the pods that it makes."""

    owner: Object
    pods: tuple[Pod, ...]

    @property
    def kind(self) -> str:
        """The kind, without its group."""
        return self.owner.kind.partition("/")[2]

    @property
    def urn(self) -> str:
        """The resource that holds the object."""
        return self.owner.resource.urn

    @property
    def labels(self) -> tuple[Field, ...]:
        """The labels of each pod."""
        return tuple(pod.metadata.at("labels") for pod in self.pods)

    @property
    def is_template(self) -> bool:
        """Whether others make the pods, from this object as a template."""
        return self.kind in _TEMPLATES

    def chosen_by(self, selector: Field) -> Verdict:
        """Whether a LabelSelector selects one of the pods."""
        return some(selects(selector, labels) for labels in self.labels)


class Scale(NamedTuple):
    """Between how many pods a workload runs; a finding where the number can't be read."""

    least: int | Finding
    most: int | Finding


def described(owner: Object) -> str:
    """An object as a message names it."""
    name = owner.at("metadata", "name")
    return f"{owner.kind_text} {name.text if isinstance(name.value, str) else 'without a readable name'}"


def within(owner: Object, text: str) -> str:
    """What is said of an object: its own name first where the resource is not named after it."""
    return f"{described(owner)}: {text}" if owner.listed else text


def workloads_in(stack: Stack) -> tuple[Workload, ...]:
    """All objects of a stack that make pods, Patches left out; ask for it by `stack.view(workloads_in)`."""
    return tuple(
        Workload(owner, pods) for owner in stack.view(objects_in) if not owner.partial and (pods := _pods_of(owner))
    )


def _pods_of(owner: Object) -> tuple[Pod, ...]:
    group, _, kind = owner.kind.partition("/")
    token = f"kubernetes:{group}/v1:{kind}"
    value = Secret(owner.root.value) if owner.root.secret else owner.root.value
    return pods_of(Resource(token, "", "", value)) if concerns(token) else ()


def of_kind(stack: Stack, *kinds: str) -> tuple[Object, ...]:
    """The objects of these kinds."""
    return tuple(owner for owner in stack.view(objects_in) if owner.kind in kinds)


def scale_of(stack: Stack, workload: Workload) -> Scale:
    """The bounds that an autoscaler of the stack gives a workload, or its own number of pods."""
    found = scaler_of(stack, workload)
    if isinstance(found, Object):
        keda = found.kind == _KEDA
        spec = found.root.owned_by(described(found)).at("spec")
        least = number(spec.at("minReplicaCount"), 0) if keda else number(spec.at("minReplicas"), 1)
        most = number(spec.at("maxReplicaCount"), 100) if keda else number(spec.at("maxReplicas"), 1)
        return Scale(least, most)
    own = number(workload.owner.at("spec", "replicas"), 1) if found is None else found
    return Scale(own, own)


def scaler_of(stack: Stack, workload: Workload) -> Object | Finding | None:
    """The autoscaler of a workload, if it has one; a finding where an unknown value leaves that open."""
    unclear = None
    for scaler in of_kind(stack, _HPA, _KEDA):
        verdict = _targets(scaler, workload)
        if verdict:
            return scaler
        if verdict is None and unclear is None:
            unclear = Unjudged(f"{described(scaler)}: whom it scales")
    return unclear


def _targets(scaler: Object, workload: Workload) -> Verdict:
    target = scaler.at("spec", "scaleTargetRef")
    kind = target.at("kind").value
    return every(
        (
            same(scaler.namespace, workload.owner.namespace),
            same("Deployment" if kind is ABSENT else kind, workload.kind),
            same(target.at("name").value, workload.owner.name),
        )
    )


def number(field: Field, default: int) -> int | Finding:
    """A whole number, its default where it is absent, or the finding that it can't be read."""
    value = field.value
    if value is ABSENT:
        return default
    if type(value) is int and value >= 0:
        return value
    return unreadable(field, INTEGER.name, "write a whole number")
