"""workload-ha: two pods or more, spread over zones, so that a node or a zone may go.

Zero pods are a workload that is switched off. Who leaves the number to an autoscaler is judged with the whole stack.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, check, place
from policies.findings import Finding, Unjudged, Violation
from policies.options import whole_number
from policies.rule import Options, References, Rule, Stack
from policies.subjects.autoscalers import HPA, bounds, by_target
from policies.subjects.object_identities import identity
from policies.subjects.objects import Object, objects, objects_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_KINDS: Final = ("apps/Deployment", "apps/StatefulSet", "argoproj.io/Rollout")
_ZONE: Final = "topology.kubernetes.io/zone"
_ANTI_AFFINITY: Final = ("affinity", "podAntiAffinity")
_DURING: Final = "DuringSchedulingIgnoredDuringExecution"
_FIX_SPREAD: Final = f"add a topologySpreadConstraint with topologyKey {_ZONE} and a labelSelector of the pods"


def judge(workload: Object, options: Options) -> Iterator[Finding]:
    """Finds a number of pods that is too low, and pods that may all be in one zone."""
    least = options["leastReplicas"]
    fix = f"set spec.replicas to {least} or more, or leave it to an autoscaler"
    yield from check(workload.at("spec", "replicas"), INTEGER, lambda it: it == 0 or it >= least, fix=fix)
    if workload.at("spec", "workloadRef").value is not ABSENT:
        return  # a Rollout whose pods another workload describes
    pod = workload.at("spec", "template", "spec")
    keys = list(_topology_keys(pod))
    if any(key.value == _ZONE for key in keys):
        return
    unknown = next((key for key in keys if key.value is UNKNOWN), None)
    if unknown is not None:
        yield Unjudged(place(unknown))
    elif workload.complete:
        yield Violation(f"{place(pod)} does not spread its pods over zones. Fix: {_FIX_SPREAD}.")


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds workloads without a number of pods whose autoscaler may leave too few, or that have none."""
    least = options["leastReplicas"]
    for workload in stack.view(objects_in):
        replicas = workload.at("spec", "replicas")
        if workload.kind in _KINDS and workload.complete and replicas.value is ABSENT:
            yield from _scaled(workload, replicas, stack, least)


def _scaled(workload: Object, replicas: Field, stack: Stack, least: int) -> Iterator[Finding]:
    urn, found = workload.resource.urn, stack.view(by_target).find(identity(workload))
    fewest = [_fewest(scaler) for scaler in found.sure]
    if any(type(number) is int and number >= least for number in fewest):
        return
    if UNKNOWN in fewest or found.maybe:
        yield Unjudged(place(replicas), urn)
        return
    fix = f"set it to {least} or more, or the autoscaler's fewest pods"
    scaled = "left to an autoscaler that may leave fewer" if fewest else "not set, which is 1"
    yield Violation(f"{place(replicas)} is {scaled}. Fix: {fix}.", urn=urn)


def _fewest(scaler: Object) -> object:
    value = bounds(scaler)[0].value
    return int(scaler.kind == HPA) if value is ABSENT else value


def _topology_keys(pod: Field) -> Iterator[Field]:
    for constraint in pod.at("topologySpreadConstraints").items():
        if constraint.at("labelSelector").value is not ABSENT:
            yield constraint.at("topologyKey")
    for term in pod.at(*_ANTI_AFFINITY, f"required{_DURING}").items():
        yield term.at("topologyKey")
    for weighted in pod.at(*_ANTI_AFFINITY, f"preferred{_DURING}").items():
        yield weighted.at("podAffinityTerm", "topologyKey")


RULE = Rule(
    name="workload-ha",
    description="Workloads must have two pods or more, spread over zones.",
    why="One pod, or pods in one zone, mean that a node's drain or a zone's failure is the agent's outage.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        others=("polaris deploymentMissingReplicas", "polaris topologySpreadConstraint", "kube-score")
    ),
    remediation="Set spec.replicas or the autoscaler's minimum to 2 or more, and spread the pods by zone.",
    area=objects(*_KINDS),
    judge=judge,
    judge_stack=judge_stack,
    options={"leastReplicas": whole_number("The fewest pods of a workload that is on.", 2, 1, 100)},
)
