"""netpol-no-imds: no network policy lets out to the instance metadata service."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "netpol-no-imds"
PLAIN = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
KINDS = [PLAIN, f"{PLAIN}Patch", "kubernetes:extensions/v1beta1:NetworkPolicy"]
CILIUM = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"
CALICO = "kubernetes:projectcalico.org/v3:GlobalNetworkPolicy"


def policy(*rules: object, kind: str = PLAIN) -> Resource:
    return resource({"metadata": {"name": "p", "namespace": "web"}, "spec": {"egress": list(rules)}}, kind)


def to(cidr: object, *excepts: object) -> dict[str, object]:
    return {"to": [{"ipBlock": {"cidr": cidr, **({"except": list(excepts)} if excepts else {})}}]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("cidr", "address"),
    [
        *((cidr, "169.254.169.254") for cidr in ("0.0.0.0/0", "128.0.0.0/1", "169.254.0.0/16", "169.254.169.254/32")),
        *((cidr, "fd00:ec2::254") for cidr in ("::/0", "fd00:ec2::/32", "fd00:ec2::254/128", "fc00::/7")),
        ("64:ff9b::/96", "169.254.169.254"),
        ("64:ff9b::/64", "169.254.169.254"),
    ],
)
def test_a_block_with_the_service_is_refused(kind: str, cidr: str, address: str) -> None:
    (message,) = refused(RULE, policy(to("203.0.113.0/24"), to(cidr), kind=kind))
    assert f'spec.egress[1].to[0].ipBlock.cidr is "{cidr}", which includes {address}' in message
    assert "Fix: name a network without it" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "cidr",
    ["203.0.113.0/24", "169.254.170.23/32", "fd00:ec2::23/128", "169.254.169.253/32", "10.0.0.0/8", "fd00:ec3::/32"],
)
def test_a_block_without_the_service_passes(kind: str, cidr: str) -> None:
    assert messages(RULE, policy(to(cidr), kind=kind)) == []


@pytest.mark.parametrize(
    ("cidr", "exception"),
    [
        ("0.0.0.0/0", "169.254.169.254/32"),
        ("0.0.0.0/0", "169.254.0.0/16"),
        ("::/0", "fd00:ec2::254/128"),
        ("fd00::/8", "fd00:ec2::/32"),
    ],
)
def test_a_block_out_of_which_the_service_is_taken_passes(cidr: str, exception: str) -> None:
    assert messages(RULE, policy(to(cidr, "10.0.0.0/8", exception))) == []
    assert messages(RULE, policy(to(cidr, UNKNOWN, exception))) == []


@pytest.mark.parametrize("exception", ["10.0.0.0/8", "169.254.169.253/32", "169.254.170.0/24", "fd00:ec2::254/128"])
def test_an_exception_for_something_else_does_not_help(exception: str) -> None:
    assert len(refused(RULE, policy(to("0.0.0.0/0", exception)))) == 1


def test_an_unknown_exception_may_help_and_a_malformed_one_does_not() -> None:
    assert "except[1]" in unjudged(RULE, policy(to("0.0.0.0/0", "10.0.0.0/8", UNKNOWN)))[0]
    assert refused(RULE, policy(to("0.0.0.0/0", UNKNOWN))) == []
    assert len(refused(RULE, policy(to("0.0.0.0/0", "nonsense")))) == 2
    assert len(refused(RULE, policy(to("0.0.0.0/0", 1)))) == 2


@pytest.mark.parametrize("rule", [{}, {"to": []}, {"to": [{}]}, {"ports": [{"port": 80}]}])
def test_a_rule_without_destinations_is_refused(rule: object) -> None:
    assert "the metadata service too" in refused(RULE, policy(rule))[0]


@pytest.mark.parametrize("peer", [{"namespaceSelector": {}}, {"podSelector": {}}])
def test_pods_are_not_the_service(peer: object) -> None:
    assert messages(RULE, policy({"to": [peer]})) == []


@pytest.mark.parametrize("rule", [{"toCIDR": ["169.254.0.0/16"]}, {"toEntities": ["world"]}, {"toEntities": ["all"]}])
def test_a_rule_of_cilium_with_the_service_is_refused(rule: object) -> None:
    assert len(refused(RULE, policy(rule, kind=CILIUM))) == 1


def test_a_rule_of_cilium_without_the_service_passes() -> None:
    taken_out = {"toCIDRSet": [{"cidr": "169.254.0.0/16", "except": ["169.254.169.254/32"]}]}
    assert messages(RULE, policy(taken_out, {"toEntities": ["cluster"]}, kind=CILIUM)) == []


def test_a_rule_of_calico_with_the_service_is_refused_and_one_without_passes() -> None:
    open_ = {"action": "Allow", "destination": {"nets": ["169.254.0.0/16"]}}
    closed = {"action": "Allow", "destination": {"nets": ["169.254.0.0/16"], "notNets": ["169.254.169.254/32"]}}
    everything = {"action": "Allow", "destination": {"selector": "all()"}}
    assert len(refused(RULE, policy(open_, kind=CALICO))) == 1
    assert len(refused(RULE, policy({"action": "Allow"}, kind=CALICO))) == 1
    assert messages(RULE, policy(closed, everything, {"action": "Deny"}, kind=CALICO)) == []


@pytest.mark.parametrize("rule", [UNKNOWN, {"to": UNKNOWN}, to(UNKNOWN)])
def test_unknown_values_are_not_judged(rule: object) -> None:
    assert len(unjudged(RULE, policy(rule))) == 1
    assert refused(RULE, policy(rule)) == []


@pytest.mark.parametrize("rule", ["x", {"to": "x"}, to(1), to("nonsense"), {"to": [{"ipBlock": {}}]}])
def test_what_can_not_be_read_is_refused(rule: object) -> None:
    assert len(refused(RULE, policy(rule))) == 1


def test_a_secret_block_is_judged_and_not_printed() -> None:
    assert "128.0.0.0" not in refused(RULE, policy(to(Secret("128.0.0.0/1"))))[0]
