"""stack-budget: what all workloads of the stack may request together, and how many nodes it may make.

A workload counts with the most pods that it may run with. A DaemonSet counts once for every node of the budget. A
custom resource counts by the numbers on the way to each template; where none is written, it can't be judged. A step of
an Argo Workflow counts once, since how far it fans out shows only when it runs. What a pod requests is what the
scheduler reserves: its containers together, or its largest init container if that is more.

Devices that pods claim count as GPUs, of whatever class: for each pod what each ResourceClaimTemplate that it names
asks for, and once what each ResourceClaim of the stack asks for, since all pods that name it share it. A template that
is not in the stack can't be judged.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from fractions import Fraction
from math import prod
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, place, unreadable
from policies.findings import Finding, Keys, Unjudged, Violation
from policies.options import quantity_text, text_list, whole_number
from policies.quantities import quantity
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.device_claims import CLAIM, CLAIM_TEMPLATE, least_devices, unread
from policies.subjects.objects import Object
from policies.subjects.pods import Pod
from policies.subjects.resource_demands import GPU_PREFIXES, demands
from policies.subjects.selectors import (
    Workload,
    every,
    number,
    of_kind,
    same,
    scale_of,
    scaler_of,
    within,
    workloads_in,
)
from policies.subjects.typed import typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

_GROUPS: Final = {
    "aws:eks/nodeGroup:NodeGroup": ("scalingConfig", "maxSize"),
    "aws:autoscaling/group:Group": ("maxSize",),
}
_BUILT_IN: Final = ("core", "apps", "batch", "extensions")
_COUNTERS: Final = ("maxReplicas", "replicas", "count", "parallelism")
_ONE_POD: Final = frozenset(
    {
        *("Rollout", "Sandbox", "JobSet", "LeaderWorkerSet"),
        *("argoproj.io", "tekton.dev"),
        *("headGroupSpec", "deployment"),
    }
)
"""Custom kinds, groups and places where a template makes one pod if no number is written."""
_GI: Final = 2**30
_Totals = dict[str, Fraction]


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds sums above the budget, and what can't be summed."""
    totals: _Totals = {"cpu": Fraction(0), "memory": Fraction(0), "gpus": Fraction(0), "nodes": Fraction(0)}
    for workload in stack.view(workloads_in):
        if not workload.is_template:
            yield from _add(stack, workload, totals, options)
    for claim in of_kind(stack, CLAIM):
        totals["gpus"] += least_devices(claim)
        yield from (_told(claim, finding) for finding in unread(claim))
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


def _add(stack: Stack, workload: Workload, totals: _Totals, options: Options) -> Iterator[Finding]:
    told: list[Finding] = []
    for pod in workload.pods:
        factors = _factors(stack, workload, pod, options["nodes"])
        told += [factor for factor in factors if not isinstance(factor, int)]
        count = prod(factor if isinstance(factor, int) else 1 for factor in factors)
        names = {"cpu": "cpu", "memory": "memory", **dict.fromkeys(_gpus(pod, options["gpuResources"]), "gpus")}
        for resource, what in names.items():
            amount = _reserved(pod, resource)
            if isinstance(amount, Fraction):
                totals[what] += count * amount
            else:
                told.append(amount)
        for claimed in _claimed(stack, workload, pod):
            if isinstance(claimed, int):
                totals["gpus"] += count * claimed
            else:
                told.append(claimed)
    yield from dict.fromkeys(_told(workload.owner, finding) for finding in told)


def _gpus(pod: Pod, patterns: tuple[str, ...]) -> Iterator[str]:
    """The GPUs that containers ask for, by name."""
    for container in pod.containers:
        for name, _ in demands(container):
            if any(fnmatchcase(name, pattern) for pattern in patterns):
                yield name


def _claimed(stack: Stack, workload: Workload, pod: Pod) -> Iterator[int | Finding]:
    """The devices that each pod claims by templates, and what of these can't be read."""
    for claim in pod.at("resourceClaims").items():
        name = claim.at("resourceClaimTemplateName")
        if name.value is ABSENT:
            continue
        if not isinstance(name.value, str):
            yield unreadable(name, TEXT.name, "write the name as a string")
            continue
        template = _template(stack, workload, name.value)
        if template is None:
            yield Unjudged(f"{place(name)}: what a template asks for that is not in the stack")
        else:
            yield least_devices(template)
            yield from (_told(template, finding) for finding in unread(template))


def _template(stack: Stack, workload: Workload, name: str) -> Object | None:
    for template in of_kind(stack, CLAIM_TEMPLATE):
        if every((same(template.namespace, workload.owner.namespace), same(template.name, name))):
            return template
    return None


def _told(owner: Object, finding: Finding) -> Finding:
    if finding.urn:
        return finding
    if isinstance(finding, Unjudged):
        return Unjudged(within(owner, finding.place), owner.resource.urn)
    return Violation(within(owner, finding.text), urn=owner.resource.urn)


def _factors(stack: Stack, workload: Workload, pod: Pod, nodes: object) -> tuple[int | Finding, ...]:
    """The numbers whose product is the most pods that one template of a workload may become."""
    owner, kind, where = workload.owner, workload.kind, pod.spec.base or ()
    if kind == "DaemonSet" or "daemonSet" in where:
        return (nodes if isinstance(nodes, int) else 1,)
    if kind == "Job":
        return (number(owner.at("spec", "parallelism"), 1),)
    if where[:2] == ("spec", "jobTemplate"):
        return (number(owner.at("spec", "jobTemplate", "spec", "parallelism"), 1),)
    if kind == "ScaledJob":
        return (number(owner.at("spec", "maxReplicaCount"), 100),)
    if owner.kind.partition("/")[0] in _BUILT_IN:
        return (scale_of(stack, workload).most,)
    return _of_custom(stack, workload, where)


def _of_custom(stack: Stack, workload: Workload, where: Keys) -> tuple[int | Finding, ...]:
    owner, scaled = workload.owner, scaler_of(stack, workload) is not None
    factors: list[int | Finding] = []
    for level in _levels(owner.root, where):
        if level.keys == (*owner.root.keys, "spec") and scaled:
            factors.append(scale_of(stack, workload).most)
        else:
            factors += [number(each, 1) for each in _counters(level)]
    is_one = _ONE_POD & {workload.kind, owner.kind.partition("/")[0], *where}
    if not factors and not is_one:
        factors.append(Unjudged("how many pods it runs"))
    if "leaderWorkerTemplate" in where:
        factors.append(_of_set(owner.at("spec", "leaderWorkerTemplate"), where))
    return tuple(factors)


def _levels(root: Field, where: Keys) -> Iterator[Field]:
    """The objects on the way to a pod's spec."""
    field = root
    for key in where:
        if isinstance(key, str):
            field = field.at(key)
        else:
            field = next((item for item in field.items() if item.keys[-1:] == (key,)), field)
        yield field


def _counters(level: Field) -> Iterator[Field]:
    """What says how often the templates below are used: of several numbers the most, and hosts for each."""
    written = [level.at(name) for name in _COUNTERS if is_object(level.value) and name in level.value]
    yield from [field for field in written if field.value is not ABSENT][:1]
    if is_object(level.value) and "numOfHosts" in level.value:
        yield level.at("numOfHosts")


def _of_set(template: Field, where: Keys) -> int | Finding:
    """How many pods of a template one group of a LeaderWorkerSet has: a leader, and workers for the rest."""
    if "leaderTemplate" in where:
        return 1
    size = number(template.at("size"), 1)
    has_leader = template.at("leaderTemplate").value is not ABSENT
    return max(size - 1, 0) if has_leader and isinstance(size, int) else size


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
            where = within(pool, place(field))
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
        "gpus": whole_number("The most GPUs that all workloads may request or claim together.", 8),
        "nodes": whole_number("The most nodes that the stack's node groups may have together.", 50),
        "gpuResources": text_list(
            "The resources that count as GPUs, * for any text.", [f"{prefix}*" for prefix in GPU_PREFIXES]
        ),
    },
)
