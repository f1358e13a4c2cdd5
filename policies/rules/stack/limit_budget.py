"""stack-budget: what all workloads of the stack may request together, and how many nodes it may make.

A workload counts with the most pods that it may run with. A DaemonSet counts once for every node of the budget; a
custom resource other than those named here counts by its spec.replicas. What a pod requests is what the scheduler
reserves: its containers together, or its largest init container if that is more.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import quantity_text, text_list, whole_number
from policies.quantities import quantity
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.pods import Pod
from policies.subjects.selectors import Workload, described, number, of_kind, scale_of, workloads_in
from policies.subjects.typed import typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_GPUS: Final = (
    *("nvidia.com/gpu", "nvidia.com/gpu.shared", "amd.com/gpu"),
    *("aws.amazon.com/neuron", "aws.amazon.com/neurondevice", "aws.amazon.com/neuroncore"),
)
_GROUPS: Final = {
    "aws:eks/nodeGroup:NodeGroup": ("scalingConfig", "maxSize"),
    "aws:autoscaling/group:Group": ("maxSize",),
}
_GI: Final = 2**30
_Totals = dict[str, Fraction]


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds sums above the budget, and what can't be summed."""
    totals: _Totals = {"cpu": Fraction(0), "memory": Fraction(0), "gpus": Fraction(0), "nodes": Fraction(0)}
    names = {"cpu": "cpu", "memory": "memory", **dict.fromkeys(options["gpuResources"], "gpus")}
    for workload in stack.view(workloads_in):
        if not workload.is_template:
            yield from _add(stack, workload, names, totals, options)
    yield from _add_nodes(stack, totals)
    yield from _pools(stack)
    for what, total in totals.items():
        most = options[what]
        if isinstance(most, int | Fraction) and total > most:
            yield Violation(
                f"asks for up to {_shown(what, total)} of {what}, and the budget is {_shown(what, Fraction(most))}. "
                "Fix: lower replicas, maximum replicas or requests, or have the budget raised."
            )


def _shown(what: str, amount: Fraction) -> str:
    return f"{float(amount / _GI):g}Gi" if what == "memory" else f"{float(amount):g}"


def _add(
    stack: Stack, workload: Workload, names: Mapping[str, str], totals: _Totals, options: Options
) -> Iterator[Finding]:
    count = _most_pods(stack, workload, options["nodes"])
    if not isinstance(count, int):
        yield _of(workload, count)
        return
    for pod in workload.pods:
        for resource, what in names.items():
            amount = _reserved(pod, resource)
            if isinstance(amount, Fraction):
                totals[what] += count * amount
            else:
                yield _of(workload, amount)


def _of(workload: Workload, finding: Finding) -> Finding:
    if isinstance(finding, Unjudged):
        return Unjudged(f"{described(workload.owner)}: {finding.place}", workload.urn)
    return Violation(f"{described(workload.owner)}: {finding.text}", urn=workload.urn)


def _most_pods(stack: Stack, workload: Workload, nodes: object) -> int | Finding:
    owner, kind = workload.owner, workload.kind
    if kind == "DaemonSet":
        return nodes if isinstance(nodes, int) else 1
    if kind == "Job":
        return number(owner.at("spec", "parallelism"), 1)
    if kind == "CronJob":
        return number(owner.at("spec", "jobTemplate", "spec", "parallelism"), 1)
    if kind == "ScaledJob":
        return number(owner.at("spec", "maxReplicaCount"), 100)
    return scale_of(stack, workload).most


def _reserved(pod: Pod, resource: str) -> Fraction | Finding:
    together, largest = Fraction(0), Fraction(0)
    for container in pod.containers:
        amount = _requested(container, resource)
        if not isinstance(amount, Fraction):
            return amount
        if container.base is not None and "initContainers" in container.base and not _is_sidecar(container):
            largest = max(largest, amount)
        else:
            together += amount
    return max(together, largest)


def _is_sidecar(container: Field) -> bool:
    return container.at("restartPolicy").value == "Always"


def _requested(container: Field, resource: str) -> Fraction | Finding:
    resources = container.at("resources")
    asked = resources.at("requests", resource)
    field = resources.at("limits", resource) if asked.value is ABSENT else asked
    if field.value is ABSENT:
        return Fraction(0)
    amount = quantity(field.value)
    return (
        unreadable(field, "a quantity", 'write one like "500m" or "16Gi"')
        if amount is None
        else max(amount, Fraction(0))
    )


def _add_nodes(stack: Stack, totals: _Totals) -> Iterator[Finding]:
    for token, path in _GROUPS.items():
        for group in typed_in(stack, token):
            most = number(group.at(*path), 0)
            if isinstance(most, int):
                totals["nodes"] += most
            else:
                yield most._replace(urn=group.resource.urn)


def _pools(stack: Stack) -> Iterator[Finding]:
    """Finds NodePools without limits: they grow until the cloud ends."""
    for pool in of_kind(stack, "karpenter.sh/NodePool"):
        for resource in ("cpu", "memory") if pool.complete else ():
            field = pool.at("spec", "limits", resource)
            where = f"{described(pool)}: {place(field)}"
            if field.value is UNKNOWN:
                yield Unjudged(where, pool.resource.urn)
            elif quantity(field.value) is None:
                text = f"{where} bounds nothing. Fix: set it to the most that the pool's nodes may have together."
                yield Violation(text, urn=pool.resource.urn)


RULE: AnyRule = Rule(
    name="stack-budget",
    description="All workloads together must stay within the stack's budget of CPU, memory, GPUs and nodes.",
    why="Each agent is small by itself; it is the sum at full scale that is paid for, and that a runaway loop reaches.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(owasp=("LLM10",), others=("pulumi:cost",)),
    remediation="Lower replicas or requests, bound node groups and pools, or have the budget raised on purpose.",
    judge_stack=judge_stack,
    options={
        "cpu": quantity_text("The most cores that all workloads may request together.", "200"),
        "memory": quantity_text("The most memory that all workloads may request together.", "800Gi"),
        "gpus": whole_number("The most GPUs that all workloads may request together.", 8),
        "nodes": whole_number("The most nodes that the stack's node groups may have together.", 50),
        "gpuResources": text_list("The resources that count as GPUs.", _GPUS),
    },
)
