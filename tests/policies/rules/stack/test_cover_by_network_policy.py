"""stack-netpol-coverage: who is selected for ingress and for egress."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import WHOLE, owned, spec, stack_messages
from tests.policies.rules.stack.builders import LABELS, SELECTS_WEB, deployment, policy

RULE = "stack-netpol-coverage"


@pytest.mark.parametrize("kind", WHOLE)
def test_a_pod_that_no_policy_selects_is_refused_both_ways_in_every_kind(kind: str) -> None:
    ingress, egress = stack_messages(RULE, owned(spec(), kind))
    assert '"web"' in ingress
    assert "for ingress" in ingress
    assert "has Ingress in policyTypes" in ingress
    assert "for egress" in egress


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("kubernetes:core/v1:Pod", 'kubernetes:core/v1:Pod "web": pod (spec) is'),
        ("kubernetes:core/v1:PodList", 'kubernetes:core/v1:PodList "web": core/Pod "web": pod (spec) is'),
    ],
)
def test_a_pod_is_named_beside_its_resource_where_it_is_one_of_a_list(kind: str, place: str) -> None:
    assert all(message.startswith(place) for message in stack_messages(RULE, owned(spec(), kind)))


@pytest.mark.parametrize("kind", WHOLE)
def test_a_pod_that_a_policy_selects_both_ways_passes_in_every_kind(kind: str) -> None:
    assert stack_messages(RULE, owned(spec(), kind), policy()) == []


def test_two_policies_may_cover_one_direction_each() -> None:
    policies = [policy("in", policyTypes=["Ingress"]), policy("out", policyTypes=["Egress"], podSelector=SELECTS_WEB)]
    assert stack_messages(RULE, deployment(), *policies) == []


@pytest.mark.parametrize(
    ("fields", "open_to"),
    [
        ({"policyTypes": ["Ingress"]}, ["egress"]),
        ({"policyTypes": ["Egress"]}, ["ingress"]),
        ({"policyTypes": None}, ["egress"]),
        ({"policyTypes": []}, ["egress"]),
        ({"policyTypes": [], "egress": []}, ["egress"]),
        ({"policyTypes": None, "egress": [{}]}, []),
        ({"podSelector": {"matchLabels": {"app": "api"}}}, ["ingress", "egress"]),
        ({"podSelector": None}, ["ingress", "egress"]),
        ({"podSelector": "all"}, ["ingress", "egress"]),
    ],
)
def test_a_policy_covers_the_directions_of_its_types_for_what_it_selects(fields: Any, open_to: list[str]) -> None:
    found = stack_messages(RULE, deployment(), policy(**fields))
    assert len(found) == len(open_to)
    assert all(f"for {direction}" in text for direction, text in zip(open_to, found, strict=True))


EVERYONE: list[Any] = [
    {},
    {"from": []},
    {"ports": []},
    {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]},
    {"from": [{"ipBlock": {"cidr": "::/0", "except": []}}]},
    {"from": [{"podSelector": {"matchLabels": LABELS}}, {"namespaceSelector": {}}]},
    {"from": [{"namespaceSelector": {"matchLabels": {}}, "podSelector": {}}]},
]
BOUNDED: list[Any] = [
    {"ports": [{"port": 8080}]},
    {"from": [{"podSelector": {}}]},
    {"from": [{"podSelector": {"matchLabels": LABELS}}]},
    {"from": [{"namespaceSelector": {"matchLabels": LABELS}}]},
    {"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": LABELS}}]},
    {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
    {"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]},
]


@pytest.mark.parametrize("rule", EVERYONE)
def test_a_policy_that_lets_everyone_in_opens_what_another_one_closes(rule: Any) -> None:
    opening = policy("open", policyTypes=["Ingress"], ingress=[BOUNDED[0], rule], podSelector=SELECTS_WEB)
    (message,) = stack_messages(RULE, deployment(), policy(), opening)
    assert "is open to everyone" in message
    assert stack_messages(RULE, deployment(labels={"app": "api"}), policy(), opening) == []
    assert len(stack_messages(RULE, deployment(), policy(policyTypes=["Egress"], ingress=[rule]))) == 1
    assert stack_messages(RULE, deployment(), policy(), policy(policyTypes=["Egress"], ingress=[rule])) == []


@pytest.mark.parametrize("rule", BOUNDED)
def test_a_policy_with_bounded_rules_covers_ingress(rule: Any) -> None:
    assert stack_messages(RULE, deployment(), policy(ingress=[rule])) == []


@pytest.mark.parametrize(
    "ingress",
    [
        UNKNOWN,
        [UNKNOWN],
        [{"from": UNKNOWN}],
        [{"ports": UNKNOWN}],
        [{"from": [{"ipBlock": {"cidr": UNKNOWN}}]}],
        [{"from": [{"namespaceSelector": UNKNOWN}]}],
    ],
)
def test_an_unknown_rule_for_ingress_is_not_judged(ingress: Any) -> None:
    (message,) = stack_messages(RULE, deployment(), policy(ingress=ingress))
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")


def test_a_policy_of_another_namespace_covers_nothing() -> None:
    assert len(stack_messages(RULE, deployment(), policy(namespace="media"))) == 2


@pytest.mark.parametrize(
    "fields", [{"podSelector": UNKNOWN}, {"policyTypes": UNKNOWN}, {"policyTypes": [UNKNOWN]}, {"namespace": UNKNOWN}]
)
def test_an_unknown_that_decides_is_not_judged(fields: Any) -> None:
    (message,) = stack_messages(RULE, deployment(), policy(**fields))
    assert message.startswith("could not judge 2 values of kubernetes:apps/v1:Deployment")


def test_unknown_labels_are_covered_by_a_policy_for_all() -> None:
    unknown = deployment(labels=UNKNOWN)
    assert stack_messages(RULE, unknown, policy()) == []
    (message,) = stack_messages(RULE, unknown, policy(podSelector=SELECTS_WEB))
    assert message.startswith("could not judge")


def test_namespaces_that_others_close_are_not_judged() -> None:
    assert stack_messages(RULE, deployment(), closedNamespaces=["storefront"]) == []
    assert len(stack_messages(RULE, deployment(), closedNamespaces=["media"])) == 2
