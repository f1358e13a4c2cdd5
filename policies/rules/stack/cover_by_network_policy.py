"""stack-netpol-coverage: every pod is selected by a NetworkPolicy for ingress and by one for egress.

A pod that no policy selects for a direction is open in that direction. Policies add up: one that lets everyone in, by
a rule for ingress without bounds, opens what another one closes. What egress lets out is judged by
netpol-no-open-egress. Policies of other stacks are not seen: name
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
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

_POLICY = "networking.k8s.io/NetworkPolicy"
_EVERYWHERE = ("0.0.0.0/0", "::/0")
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
        covering = [(policy, _covers(policy, direction, workload, labels)) for policy in policies]
        verdict = some(covers for _, covers in covering)
        opened = some(every((covers, _lets_all_in(policy))) for policy, covers in covering if direction == "Ingress")
        where = f"{described(workload.owner)}: {pod}" if workload.owner.listed else pod
        if opened:
            yield Violation(
                f"{where} is open to everyone, since a NetworkPolicy that selects it has an ingress rule without "
                "bounds. Fix: name sources in from, or ports.",
                urn=workload.urn,
            )
        elif None in (verdict, opened):
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


def _lets_all_in(policy: Object) -> Verdict:
    """Whether a rule for ingress bounds neither sources nor ports."""
    rules = policy.at("spec", "ingress").items()
    return some(every((_empty(rule.at("ports")), _from_all(rule.at("from")))) for rule in rules)


def _from_all(sources: Field) -> Verdict:
    return some((_empty(sources), *(_is_everyone(peer) for peer in sources.items())))


def _is_everyone(peer: Field) -> Verdict:
    """Whether a peer is every address, or every pod of the cluster."""
    block, spaces = peer.at("ipBlock"), peer.at("namespaceSelector")
    every_address = every(
        (some(same(block.at("cidr").value, cidr) for cidr in _EVERYWHERE), _empty(block.at("except")))
    )
    every_pod = every((spaces.value is not ABSENT, _empty(spaces), _empty(peer.at("podSelector"))))
    return some((every_address, every_pod))


def _empty(field: Field) -> Verdict:
    """Whether nothing is written here: an absent value, or an empty list or selector."""
    if field.value is UNKNOWN:
        return None
    if is_object(field.value):
        return every(_empty(inner) for _, inner in field.entries())
    return field.value is ABSENT or field.value == []


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
