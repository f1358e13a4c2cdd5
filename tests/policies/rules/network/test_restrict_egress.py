"""netpol-no-open-egress: a network policy lets out to what it names."""

import pytest

from policies.config import ConfigError
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import Json, messages, refused, resource, unjudged
from tests.policies.rules.network.policies import PLAIN, policy

RULE = "netpol-no-open-egress"
KINDS = [PLAIN, f"{PLAIN}Patch", "kubernetes:extensions/v1beta1:NetworkPolicy"]
NAME = "kubernetes.io/metadata.name"


def block(cidr: object, *excepts: object) -> dict[str, object]:
    return {"ipBlock": {"cidr": cidr, **({"except": list(excepts)} if excepts else {})}}


def to(*peers: object) -> dict[str, object]:
    return {"to": list(peers), "ports": [{"protocol": "TCP", "port": 443}]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [{}, {"to": []}, {"to": None}, {"ports": [{"port": 443}]}])
def test_a_rule_without_destinations_is_refused(kind: str, rule: object) -> None:
    (message,) = refused(RULE, policy(to(block("203.0.113.0/24")), rule, kind=kind))
    assert "spec.egress[1].to lets out to every destination" in message
    assert "Fix: name the pods" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/15", "2a00::/31"]
)
def test_a_wide_block_is_refused_with_exceptions_and_without(kind: str, cidr: str) -> None:
    (message,) = refused(RULE, policy(to(block(cidr)), kind=kind))
    assert f'spec.egress[0].to[0].ipBlock.cidr is "{cidr}", wider than /' in message
    assert "Fix: name the networks" in message
    assert len(refused(RULE, policy(to(block(cidr, "10.0.0.0/8", "169.254.0.0/16")), kind=kind))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "cidr", ["203.0.113.0/24", "10.1.0.0/16", "169.254.170.23/32", "fd00:ec2::23/128", "2a00::/32"]
)
def test_a_narrow_block_passes(kind: str, cidr: str) -> None:
    assert messages(RULE, policy(to(block(cidr)), kind=kind)) == []


@pytest.mark.parametrize("cidr", ["64:ff9b::/96", "64:ff9b::/64", "64:ff9b::a00:0/104", "::ffff:0:0/96"])
def test_the_whole_of_ipv4_inside_of_ipv6_is_refused(cidr: str) -> None:
    assert len(refused(RULE, policy(to(block(cidr))))) == 1


def test_a_network_of_ipv4_inside_of_ipv6_passes_if_it_is_narrow() -> None:
    assert messages(RULE, policy(to(block("64:ff9b::cb00:7100/120")))) == []


def test_the_widest_block_is_an_option() -> None:
    assert messages(RULE, policy(to(block("10.0.0.0/8"))), leastPrefixIPv4=8) == []
    assert len(refused(RULE, policy(to(block("10.0.0.0/16"))), leastPrefixIPv4=17)) == 1
    assert messages(RULE, policy(to(block("2000::/3"))), leastPrefixIPv6=3) == []
    assert len(refused(RULE, policy(to(block("2a00::/32"))), leastPrefixIPv6=33)) == 1
    for option in ("leastPrefixIPv4", "leastPrefixIPv6"):
        assert messages(RULE, policy(), **{option: 1}) == []
        with pytest.raises(ConfigError, match="whole number from 1 to"):
            messages(RULE, policy(), **{option: 0})
    assert messages(RULE, policy(), leastPrefixIPv4=32, leastPrefixIPv6=128) == []
    with pytest.raises(ConfigError, match="from 1 to 32"):
        messages(RULE, policy(), leastPrefixIPv4=33)
    with pytest.raises(ConfigError, match="from 1 to 128"):
        messages(RULE, policy(), leastPrefixIPv6=129)


def test_halves_that_are_everything_together_are_refused_where_each_is_allowed() -> None:
    halves = policy(to(block("0.0.0.0/1")), to(block("128.0.0.0/1")))
    (message,) = refused(RULE, halves, leastPrefixIPv4=1)
    assert "spec.egress lets out to 0.0.0.0/0 by blocks" in message
    assert messages(RULE, policy(to(block("0.0.0.0/1"))), leastPrefixIPv4=1) == []
    assert "::/0" in refused(RULE, policy(to(block("::/1"), block("8000::/1"))), leastPrefixIPv6=1)[0]


@pytest.mark.parametrize("cidr", ["10.0.0.0/33", "internet", "", "010.0.0.0/16"])
def test_what_is_no_network_is_refused(cidr: str) -> None:
    (message,) = refused(RULE, policy(to(block(cidr))))
    assert "Fix: write a network in CIDR notation" in message


def test_a_block_without_a_cidr_is_refused() -> None:
    assert "ipBlock.cidr is not set" in refused(RULE, policy(to({"ipBlock": {}})))[0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_peer_is_refused(kind: str) -> None:
    (message,) = refused(RULE, policy(to({}), kind=kind))
    assert "spec.egress[0].to[0] lets out to every destination, since the peer is empty" in message


@pytest.mark.parametrize(
    "selector",
    [
        {},
        {"matchLabels": {}},
        {"matchLabels": None, "matchExpressions": []},
        {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["x"]}]},
        {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]},
        {"matchExpressions": [{"key": NAME, "operator": "Exists"}]},
    ],
)
def test_a_selector_of_every_namespace_is_refused_whatever_pods_it_goes_with(selector: object) -> None:
    choices: list[Json] = [{}, {"podSelector": {}}, {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]
    for pods in choices:
        (message,) = refused(RULE, policy(to({"namespaceSelector": selector, **pods})))
        assert "to[0].namespaceSelector lets out to the pods of every namespace" in message


@pytest.mark.parametrize(
    "peer",
    [
        {"podSelector": {}},
        {"podSelector": {"matchLabels": {"app": "x"}}},
        {"namespaceSelector": {"matchLabels": {NAME: "kube-system"}}},
        {"namespaceSelector": {"matchExpressions": [{"key": "role", "operator": "In", "values": ["ingress"]}]}},
        {"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}},
        {
            "namespaceSelector": {
                "matchExpressions": [
                    {"key": "a", "operator": "NotIn"},
                    {"key": NAME, "operator": "In", "values": ["x"]},
                ]
            }
        },
    ],
)
def test_a_selector_that_names_something_passes(peer: object) -> None:
    assert messages(RULE, policy(to(peer))) == []


def test_a_policy_without_egress_rules_and_one_for_ingress_pass() -> None:
    assert messages(RULE, policy()) == []
    assert messages(RULE, resource({"spec": {"ingress": [{}]}}, PLAIN)) == []


def test_every_finding_is_told_and_policies_of_a_list_are_judged() -> None:
    spec = {"spec": {"egress": [{}, to(block("0.0.0.0/0"), {}, block("nonsense"))]}}
    found = refused(RULE, resource({"items": [{}, spec]}, f"{PLAIN}List"))
    assert len(found) == 4
    assert all("items[1].spec.egress" in message for message in found)


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        (UNKNOWN, "spec.egress[0].to"),
        ({"to": UNKNOWN}, "spec.egress[0].to"),
        ({"to": [UNKNOWN]}, "spec.egress[0].to[0]"),
        ({"to": [{"ipBlock": UNKNOWN}]}, "to[0].ipBlock.cidr"),
        ({"to": [block(UNKNOWN)]}, "to[0].ipBlock.cidr"),
        ({"to": [{"namespaceSelector": UNKNOWN}]}, "to[0].namespaceSelector"),
        ({"to": [{"namespaceSelector": {"matchLabels": UNKNOWN}}]}, "namespaceSelector.matchLabels"),
        ({"to": [{"namespaceSelector": {"matchExpressions": UNKNOWN}}]}, "namespaceSelector.matchExpressions"),
        ({"to": [{"namespaceSelector": {"matchExpressions": [{"operator": UNKNOWN}]}}]}, "matchExpressions[0]"),
        (
            {"to": [{"namespaceSelector": {"matchExpressions": [{"key": UNKNOWN, "operator": "Exists"}]}}]},
            "matchExpressions[0]",
        ),
    ],
)
def test_unknown_values_are_not_judged(rule: object, place: str) -> None:
    (message,) = unjudged(RULE, policy(rule))
    assert place in message
    assert refused(RULE, policy(rule)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "x",
        {"to": "x"},
        {"to": ["x"]},
        {"to": [{"ipBlock": "x"}]},
        {"to": [block(1)]},
        {"to": [{"namespaceSelector": "x"}]},
        {"to": [{"namespaceSelector": {"matchLabels": "x"}}]},
    ],
)
def test_values_of_the_wrong_type_are_refused(rule: object) -> None:
    assert "belongs" in refused(RULE, policy(rule))[0]


def test_a_secret_block_is_judged_and_not_printed() -> None:
    (message,) = refused(RULE, policy(to(block(Secret("0.0.0.0/0")))))
    assert "0.0.0" not in message
