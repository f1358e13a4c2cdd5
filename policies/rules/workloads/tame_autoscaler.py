"""hpa-sane: an autoscaler has bounds that hold, a target that exists, and nobody beside it who sets the same number.

Concerns HorizontalPodAutoscaler and KEDA's ScaledObject, which makes one of its own.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, TEXT, check, place
from policies.findings import Edit, Finding, Unjudged, Violation
from policies.options import whole_number
from policies.rule import Options, References, Rule, Stack
from policies.subjects.autoscalers import HPA, SCALED_OBJECT, autoscalers, bounds, by_target, target
from policies.subjects.object_identities import by_identity
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, Field

_KEDA_MOST: Final = 100
_IGNORED: Final = ("spec", "spec.replicas")
_FIX_TARGET: Final = "name a workload of this stack by apiVersion, kind and name, in the autoscaler's namespace"
_FIX_REPLICAS: Final = "remove spec.replicas, so that the autoscaler alone sets the number of pods"
_FIX_SHARED: Final = "keep one autoscaler for the workload and put all metrics into it"


def judge(scaler: Object, options: Options) -> Iterator[Finding]:
    """Finds bounds that contradict each other or the ceiling, and a target without a name."""
    yield from _bounds(scaler, options["ceiling"])
    reference = scaler.at("spec", "scaleTargetRef")
    yield from check(reference.at("apiVersion"), TEXT, bool, fix=_FIX_TARGET)
    yield from check(reference.at("kind"), TEXT, bool, fix=_FIX_TARGET, required=scaler.complete and scaler.kind == HPA)
    yield from check(reference.at("name"), TEXT, bool, fix=_FIX_TARGET, required=scaler.complete)


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds targets that are not in the stack, that set a number of pods themselves, or that are scaled twice."""
    for scaler in stack.view(autoscalers):
        wanted, reference = target(scaler), scaler.at("spec", "scaleTargetRef")
        if ABSENT in wanted:
            continue  # judge says so
        found, urn = stack.view(by_identity).find(wanted), scaler.resource.urn
        for workload in found.sure:
            yield from _replicas(workload, scaler)
        rivals = stack.view(by_target).find(wanted)
        if any(rival is not scaler for rival in rivals.sure):
            yield Violation(f"{place(reference)} is the target of another autoscaler too. Fix: {_FIX_SHARED}.", urn=urn)
        if not found.sure and not found.maybe:
            where = place(reference.at("name"))
            text = f"{where} is {reference.at('name').text}, which is not in this stack. Fix: {_FIX_TARGET}."
            yield Violation(text, urn=urn)
        elif not found.sure or any(rival is not scaler for rival in rivals.maybe):
            yield Unjudged(place(reference), urn)


def _bounds(scaler: Object, ceiling: int) -> Iterator[Finding]:
    least, most = bounds(scaler)
    floor = 1 if scaler.kind == HPA else 0
    fix = f"set {least.path} to {floor} or more, {most.path} to no less than that and to {ceiling} at most"
    fewest = least.value if type(least.value) is int else floor
    greatest = most.value if type(most.value) is int else ceiling
    if most.value is ABSENT and scaler.kind == SCALED_OBJECT and scaler.complete:
        greatest = _KEDA_MOST
    top = min(max(greatest, fewest, floor), ceiling)
    edits = (*_changed(least, fewest, min(max(fewest, floor), top)), *_changed(most, greatest, top))
    for field, required in ((least, False), (most, scaler.kind == HPA and scaler.complete)):
        yield from check(field, INTEGER, lambda _: True, fix=fix, required=required)
    if not floor <= fewest <= greatest <= ceiling:
        yield Violation(f"{_said(least, floor)} and {_said(most, greatest)}, the ceiling {ceiling}. Fix: {fix}.", edits)


def _changed(field: Field, now: int, then: int) -> tuple[Edit, ...]:
    readable = field.value is ABSENT or type(field.value) is int
    return field.edit(then) if readable and now != then else ()


def _said(field: Field, default: int) -> str:
    return f"{place(field)} is {f'not set ({default})' if field.value is ABSENT else field.text}"


def _replicas(workload: Object, scaler: Object) -> Iterator[Finding]:
    replicas = workload.at("spec", "replicas")
    ignored = any(name in _IGNORED for name in workload.resource.options.ignore_changes)
    if replicas.value is not ABSENT and not ignored:
        text = f"{place(replicas)} is set although {scaler.kind.partition('/')[2]} scales it. Fix: {_FIX_REPLICAS}."
        yield Violation(text, urn=workload.resource.urn)


RULE = Rule(
    name="hpa-sane",
    description="Autoscalers must have bounds under the ceiling, a target in the stack, and no rival.",
    why="An autoscaler without a ceiling spends without one, and two who set one number undo each other's work.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        owasp=("LLM10",),
        others=("kube-score", "kube-linter dangling-horizontalpodautoscaler"),
    ),
    remediation="Set bounds under the ceiling, target a workload of the stack, and remove its spec.replicas.",
    area=objects(HPA, SCALED_OBJECT),
    judge=judge,
    judge_stack=judge_stack,
    mends=True,
    options={"ceiling": whole_number("The most pods that any autoscaler may ask for.", 50, 1)},
)
