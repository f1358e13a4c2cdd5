"""stack-netpol-coverage: every pod is selected by a NetworkPolicy for ingress and by one for egress.

A pod that no policy selects for a direction is open in that direction. Policies of other stacks are not seen: name
the namespaces that they close in `closedNamespaces`.
"""

from collections.abc import Iterable, Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.objects import Object
from policies.subjects.selectors import Verdict, Workload, described, every, of_kind, same, selects, some, workloads_in
from policies.unknowns import ABSENT, Field

_POLICY = "networking.k8s.io/NetworkPolicy"
_DIRECTIONS = {"Ingress": "ingress", "Egress": "egress"}


def judge_stack(stack: Stack, options: Options) -> Iterator[Finding]:
    """Finds pods that are open to ingress or egress."""
    closed = options["closedNamespaces"]
    for workload in stack.view(workloads_in):
        if workload.owner.namespace not in closed:
            policies = of_kind(stack, _POLICY)
            for pod, labels in zip(workload.pods, workload.labels, strict=True):
                yield from _open(workload, place(pod.spec), labels, policies)


def _open(workload: Workload, pod: str, labels: Field, policies: Iterable[Object]) -> Iterator[Finding]:
    for direction, rules in _DIRECTIONS.items():
        verdict = some(_covers(policy, direction, workload, labels) for policy in policies)
        where = f"{described(workload.owner)}: {pod}" if workload.owner.listed else pod
        if verdict is None:
            yield Unjudged(f"{where}: {rules}", workload.urn)
        elif not verdict:
            yield Violation(
                f"{where} is selected by no NetworkPolicy of its namespace for {rules}. "
                f"Fix: add one that selects its labels and has {direction} in policyTypes.",
                urn=workload.urn,
            )


def _covers(policy: Object, direction: str, workload: Workload, labels: Field) -> Verdict:
    return every(
        (
            same(policy.namespace, workload.owner.namespace),
            selects(policy.at("spec", "podSelector"), labels),
            _concerns(policy, direction),
        )
    )


def _concerns(policy: Object, direction: str) -> Verdict:
    """Whether a policy closes a direction: without policyTypes ingress always, egress if it has egress rules."""
    types = policy.at("spec", "policyTypes")
    if types.value is ABSENT or types.value == []:
        return direction == "Ingress" or policy.at("spec", "egress").value not in (ABSENT, [])
    return some(same(item.value, direction) for item in types.items())


RULE: AnyRule = Rule(
    name="stack-netpol-coverage",
    description="Every pod must be selected by a NetworkPolicy for ingress and for egress.",
    why="A pod that no policy selects may talk to everything: an agent that is talked into it can send data anywhere.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=("CKV2_K8S_6",), kubescape=("C-0030",), owasp=("LLM02",), others=("kube-score:pod-networkpolicy",)
    ),
    remediation="Add a NetworkPolicy for both directions that selects the pod's labels.",
    judge_stack=judge_stack,
    options={"closedNamespaces": text_list("Namespaces that the network policies of another stack close.", ())},
)
