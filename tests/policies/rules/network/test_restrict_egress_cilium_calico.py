"""netpol-no-open-egress: what the policies of Cilium and Calico let out to."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import messages, refused, resource, unjudged
from tests.policies.rules.network.policies import policy

RULE = "netpol-no-open-egress"
CILIUM = [f"kubernetes:cilium.io/v2:Cilium{kind}" for kind in ("NetworkPolicy", "ClusterwideNetworkPolicy")]
CALICO = [
    f"kubernetes:{group}/v3:{kind}"
    for group in ("projectcalico.org", "crd.projectcalico.org")
    for kind in ("NetworkPolicy", "GlobalNetworkPolicy")
]


@pytest.mark.parametrize("kind", CILIUM)
@pytest.mark.parametrize(
    "rule",
    [
        {"toCIDR": ["0.0.0.0/0"]},
        {"toCIDRSet": [{"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}]},
        {"toPorts": [{"ports": [{"port": "443"}]}]},
        {"toFQDNs": [{"matchPattern": "*"}]},
        {"toFQDNs": [{"matchName": "example.com"}, {"matchPattern": "**"}]},
        {"toFQDNs": [{"matchPattern": "**."}]},
        *(
            {"toEntities": ["kube-apiserver", entity]}
            for entity in ("world", "all", "world-ipv4", "world-ipv6", "cluster")
        ),
    ],
)
def test_an_open_rule_of_cilium_is_refused(kind: str, rule: object) -> None:
    assert len(refused(RULE, policy({"toCIDR": ["203.0.113.0/24"]}, rule, kind=kind))) == 1
    assert len(refused(RULE, resource({"specs": [{}, {"egress": [rule]}]}, kind))) == 1


@pytest.mark.parametrize("kind", CILIUM)
@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"toEndpoints": [{"matchLabels": {"app": "x"}}], "toPorts": []},
        {"toCIDR": ["203.0.113.0/24"]},
        {"toCIDRSet": [{"cidr": "203.0.113.0/24"}, {"cidrGroupRef": "partners"}]},
        {"toEntities": ["kube-apiserver", "host"]},
        {"toFQDNs": [{"matchName": "example.com"}, {"matchPattern": "*.example.com"}]},
        *({key: [{}]} for key in ("toServices", "toGroups", "toNodes", "toRequires")),
    ],
)
def test_a_narrow_rule_of_cilium_passes(kind: str, rule: object) -> None:
    assert messages(RULE, policy(rule, kind=kind)) == []
    assert messages(RULE, resource({"spec": {"egressDeny": [{"toEntities": ["world"]}]}}, kind)) == []


@pytest.mark.parametrize(
    "rule",
    [
        UNKNOWN,
        {"toCIDR": [UNKNOWN]},
        {"toCIDRSet": UNKNOWN},
        {"toEntities": [UNKNOWN]},
        {"toFQDNs": UNKNOWN},
        {"toFQDNs": [{"matchPattern": UNKNOWN}]},
    ],
)
def test_unknown_values_of_cilium_are_not_judged(rule: object) -> None:
    assert len(unjudged(RULE, policy(rule, kind=CILIUM[0]))) == 1
    assert refused(RULE, policy(rule, kind=CILIUM[0])) == []


@pytest.mark.parametrize("rule", ["x", {"toCIDR": "x"}, {"toEntities": [1]}, {"toFQDNs": [{"matchPattern": 1}]}])
def test_values_of_the_wrong_type_in_cilium_are_refused(rule: object) -> None:
    assert "belongs" in refused(RULE, policy(rule, kind=CILIUM[0]))[0]


@pytest.mark.parametrize("kind", CALICO)
@pytest.mark.parametrize("action", ["Allow", "allow"])
@pytest.mark.parametrize(
    "destination",
    [
        None,
        {},
        {"ports": [443]},
        {"nets": []},
        {"notNets": ["10.0.0.0/8"]},
        {"nets": ["0.0.0.0/0"], "notNets": ["10.0.0.0/8"]},
        {"selector": "all()"},
        {"selector": " all( ) "},
        {"namespaceSelector": "all()"},
        {"namespaceSelector": ""},
    ],
)
def test_an_open_rule_of_calico_is_refused(kind: str, action: str, destination: object) -> None:
    assert len(refused(RULE, policy({"action": action, "destination": destination}, kind=kind))) == 1


@pytest.mark.parametrize("kind", CALICO)
@pytest.mark.parametrize(
    "rule",
    [
        {"action": "Deny"},
        {"action": "Log", "destination": {"nets": ["0.0.0.0/0"]}},
        {"action": "Allow", "destination": {"nets": ["203.0.113.0/24"]}},
        {"action": "Allow", "destination": {"selector": "app == 'x'"}},
        {"action": "Allow", "destination": {"namespaceSelector": "team == 'x'"}},
        *(
            {"action": "Allow", "destination": {key: value}}
            for key, value in {
                "services": {"name": "x"},
                "serviceAccounts": {"names": ["x"]},
                "domains": ["x.y"],
            }.items()
        ),
    ],
)
def test_a_narrow_rule_of_calico_passes(kind: str, rule: object) -> None:
    assert messages(RULE, policy(rule, kind=kind)) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"action": UNKNOWN},
        {"action": "Allow", "destination": UNKNOWN},
        {"action": "Allow", "destination": {"nets": [UNKNOWN]}},
        {"action": "Allow", "destination": {"selector": UNKNOWN}},
    ],
)
def test_unknown_values_of_calico_are_not_judged(rule: object) -> None:
    assert len(unjudged(RULE, policy(rule, kind=CALICO[0]))) == 1
    assert refused(RULE, policy(rule, kind=CALICO[0])) == []


@pytest.mark.parametrize(
    "rule",
    [
        "x",
        {},
        {"action": 1},
        {"action": "Allow", "destination": "x"},
        {"action": "Allow", "destination": {"selector": 1}},
    ],
)
def test_values_of_the_wrong_type_in_calico_are_refused(rule: object) -> None:
    assert "belongs" in refused(RULE, policy(rule, kind=CALICO[0]))[0]
