"""stack-pdb-feasible: what runs in several pods has a PodDisruptionBudget, and no budget stands in a drain's way.

A budget is judged at the fewest pods that its workloads run with. In percentages Kubernetes rounds up: 1 % of
maxUnavailable lets one pod go, 51 % of minAvailable keeps two of two.
"""

import re
from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.objects import Object
from policies.subjects.selectors import Verdict, Workload, every, of_kind, same, scale_of, within, workloads_in
from policies.unknowns import ABSENT, UNKNOWN, Field

_KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout")
_FIX = "set maxUnavailable to 1 and remove minAvailable"
_PERCENT = re.compile(r"(\d{1,9})%")


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds workloads without a budget, with several, and budgets that let no pod go."""
    workloads = tuple(each for each in stack.view(workloads_in) if each.kind in _KINDS)
    budgets = of_kind(stack, "policy/PodDisruptionBudget")
    for workload in workloads:
        yield from _coverage(stack, workload, budgets)
    for budget in budgets:
        if budget.complete:
            covered = [(each, _selects(budget, each)) for each in workloads]
            yield from _feasibility(stack, budget, covered)


def _selects(budget: Object, workload: Workload) -> Verdict:
    return every((same(budget.namespace, workload.owner.namespace), workload.chosen_by(budget.at("spec", "selector"))))


def _coverage(stack: Stack, workload: Workload, budgets: tuple[Object, ...]) -> Iterator[Finding]:
    least = scale_of(stack, workload).least
    if not isinstance(least, int):
        yield least._replace(urn=workload.urn)
        return
    verdicts = [_selects(budget, workload) for budget in budgets]
    if verdicts.count(True) > 1:
        text = "is selected by several PodDisruptionBudgets, so that no eviction succeeds. Fix: leave one"
        yield Violation(within(workload.owner, f"{text}."), urn=workload.urn)
    elif least > 1 and True not in verdicts:
        if None in verdicts:
            yield Unjudged(within(workload.owner, "whether a PodDisruptionBudget selects its pods"), workload.urn)
        else:
            text = f"runs in {least} pods and no PodDisruptionBudget selects them. Fix: add one with maxUnavailable 1"
            yield Violation(within(workload.owner, f"{text}."), urn=workload.urn)


def _feasibility(stack: Stack, budget: Object, covered: list[tuple[Workload, Verdict]]) -> Iterator[Finding]:
    urn = budget.resource.urn
    most, least = budget.at("spec", "maxUnavailable"), budget.at("spec", "minAvailable")
    if (most.value is ABSENT) is (least.value is ABSENT):
        which = "neither" if most.value is ABSENT else "both"
        text = f"{place(budget.at('spec'))} has {which} of maxUnavailable and minAvailable. Fix: {_FIX}."
        yield Violation(within(budget, text), urn=urn)
    elif most.value is not ABSENT:
        yield from (each._replace(urn=urn) for each in _amount(budget, most, None, keeps=False))
    else:
        sizes = [scale_of(stack, workload).least for workload, verdict in covered if verdict]
        total = sum(size for size in sizes if isinstance(size, int))
        unclear = any(verdict is None for _, verdict in covered) or any(not isinstance(size, int) for size in sizes)
        pods = None if unclear or not sizes else total
        yield from (each._replace(urn=urn) for each in _amount(budget, least, pods, keeps=True))
        if unclear and least.value is not UNKNOWN:
            yield Unjudged(within(budget, f"{least.path} against the pods that it selects"), urn)


def _amount(budget: Object, field: Field, pods: int | None, *, keeps: bool) -> Iterator[Finding]:
    """Finds an amount that lets no pod go. `keeps`: it is what must stay, of so many pods if that is known."""
    value = field.value
    percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if percent is None and (type(value) is not int or value < 0):
        found = unreadable(field, "a whole number or a percentage", _FIX)
        yield found._replace(text=within(budget, found.text)) if isinstance(found, Violation) else found
        return
    share = int(percent[1]) if percent else None
    count = value if isinstance(value, int) else 0
    if keeps:
        kept = -(-share * (pods or 0) // 100) if share is not None else count
        stuck = (share is not None and share >= 100) or (pods is not None and kept >= pods)
        of_pods = f" of {pods} pods" if pods is not None else ""
    else:
        stuck, of_pods = (share or count) == 0, ""
    if stuck:
        text = f"{place(field)} is {field.text}{of_pods} and lets no pod be evicted. Fix: {_FIX}."
        yield Violation(within(budget, text))


RULE: AnyRule = Rule(
    name="stack-pdb-feasible",
    description="What runs in several pods must have one PodDisruptionBudget, and it must let at least one pod go.",
    why="Without a budget a drain ends all pods at once; a budget that lets none go stops every update of the nodes.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        kyverno=("require-pdb", "require-reasonable-pdbs", "pdb-minavailable"),
        others=(
            "polaris:pdbDisruptionsIsZero",
            "polaris:missingPodDisruptionBudget",
            "polaris:pdbMinAvailableGreaterThanHPAMinReplicas",
            "kube-score:pod-disruption-budget",
        ),
    ),
    remediation="Give each workload one PodDisruptionBudget with maxUnavailable 1.",
    judge_stack=judge_stack,
)
