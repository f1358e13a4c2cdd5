"""stack-agent-namespace-bundle: a team's namespace comes with all that bounds it.

A team's namespace is one that is labelled agent-platform.dev/team. Whether its Pod Security labels say the right
level is the business of ns-psa-labels.
"""

from collections.abc import Callable, Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Unjudged, Violation
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.objects import Object
from policies.subjects.selectors import TEAM, Verdict, every, of_kind, same, some, within
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

_MODES = ("enforce", "audit", "warn")
_PSA = "pod-security.kubernetes.io"
_DIRECTIONS = {"Ingress": "ingress", "Egress": "egress"}


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds what the namespace of a team lacks."""
    for namespace in of_kind(stack, "core/Namespace"):
        if namespace.complete and namespace.at("metadata", "labels", TEAM).value is not ABSENT:
            for lacking, verdict in _bundle(stack, namespace):
                if verdict is None:
                    yield Unjudged(within(namespace, lacking), namespace.resource.urn)
                elif not verdict:
                    text = f"is a team's namespace and lacks {lacking}. Fix: add it to this stack."
                    yield Violation(within(namespace, text), urn=namespace.resource.urn)


def _bundle(stack: Stack, namespace: Object) -> Iterator[tuple[str, Verdict]]:
    for mode in _MODES:
        label = namespace.at("metadata", "labels", f"{_PSA}/{mode}").value
        yield f"the label {_PSA}/{mode}", label is UNKNOWN or isinstance(label, str)
    yield "a ResourceQuota that bounds something", _has(stack, namespace, "core/ResourceQuota", _bounds)
    yield "a LimitRange that bounds something", _has(stack, namespace, "core/LimitRange", _limits)
    for direction, rules in _DIRECTIONS.items():
        denies = _denial(direction, rules)
        yield (
            f"a NetworkPolicy that denies all {rules} by default",
            _has(stack, namespace, "networking.k8s.io/NetworkPolicy", denies),
        )


def _has(stack: Stack, namespace: Object, kind: str, holds: Callable[[Object], Verdict]) -> Verdict:
    return some(every((same(each.namespace, namespace.name), holds(each))) for each in of_kind(stack, kind))


def _bounds(quota: Object) -> Verdict:
    return _filled(quota.at("spec", "hard"), dict)


def _limits(limits: Object) -> Verdict:
    return _filled(limits.at("spec", "limits"), list)


def _filled(field: Field, kind: type) -> Verdict:
    return None if field.value is UNKNOWN else isinstance(field.value, kind) and bool(field.value)


def _denial(direction: str, rules: str) -> Callable[[Object], Verdict]:
    def denies(policy: Object) -> Verdict:
        return every(
            (
                _empty(policy.at("spec", "podSelector")),
                some(same(item.value, direction) for item in policy.at("spec", "policyTypes").items()),
                _empty(policy.at("spec", rules)),
            )
        )

    return denies


def _empty(field: Field) -> Verdict:
    value = field.value
    if value is UNKNOWN:
        return None
    if is_object(value):
        return every(_empty(inner) for _, inner in field.entries())
    return value is ABSENT or value == []


RULE: AnyRule = Rule(
    name="stack-agent-namespace-bundle",
    description="A team's namespace must come with Pod Security labels, a quota, a limit range and a default denial.",
    why="A namespace without its bundle lets one agent take the whole cluster and talk to everything in it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        cis_eks=("4.3.2",),
        kubescape=("C-0260",),
        kyverno=("add-ns-quota", "add-networkpolicy", "require-netpol"),
        owasp=("LLM10",),
    ),
    remediation="Make namespaces by the Team component, or add the labels, the quota, the range and the policy.",
    judge_stack=judge_stack,
)
