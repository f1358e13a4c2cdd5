"""sg-egress-scoped: no rule lets all traffic out to the world."""

from typing import Any

import pytest

from policies.subjects.security_groups import ACL, DEFAULT_GROUP, EGRESS_RULE, GROUP, GROUP_RULE, INGRESS_RULE
from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, refused, resource, unjudged

RULE = "sg-egress-scoped"
ALL: Json = {"protocol": "-1", "fromPort": 0, "toPort": 0}
HTTPS: Json = {"protocol": "tcp", "fromPort": 443, "toPort": 443}


def forms(rule: Json, cidr: str) -> dict[str, Any]:
    listed = {"ipv6CidrBlocks" if ":" in cidr else "cidrBlocks": [cidr]}
    single = {"cidrIpv6" if ":" in cidr else "cidrIpv4": cidr, "ipProtocol": rule["protocol"]}
    ports = {key: rule[key] for key in ("fromPort", "toPort")}
    return {
        GROUP: resource({"egress": [{**rule, **listed}]}, GROUP),
        DEFAULT_GROUP: resource({"egress": [{**rule, **listed}]}, DEFAULT_GROUP),
        GROUP_RULE: resource({"type": "egress", **rule, **listed}, GROUP_RULE),
        EGRESS_RULE: resource({**single, **ports}, EGRESS_RULE),
    }


FORMS = tuple(forms(ALL, "::/0"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
@pytest.mark.parametrize("rule", [ALL, {"protocol": "tcp", "fromPort": 0, "toPort": 65535}])
def test_a_way_out_to_anywhere_on_any_port_is_refused_in_every_form(form: str, cidr: str, rule: Json) -> None:
    (message,) = refused(RULE, forms(rule, cidr)[form])
    assert form in message
    assert f'is "{cidr}", which opens all' in message
    assert "Fix: name the ports and addresses" in message


@pytest.mark.parametrize("form", FORMS)
def test_one_port_to_the_world_and_any_port_to_a_network_pass(form: str) -> None:
    assert refused(RULE, forms(HTTPS, "0.0.0.0/0")[form]) == []
    assert refused(RULE, forms(ALL, "10.0.0.0/8")[form]) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_protocol_is_not_judged(form: str) -> None:
    assert "rotocol" in unjudged(RULE, forms({**ALL, "protocol": UNKNOWN}, "0.0.0.0/0")[form])[0]


def test_incoming_traffic_and_acls_are_another_rules_business() -> None:
    rule = {**ALL, "cidrBlocks": ["0.0.0.0/0"]}
    assert refused(RULE, resource({"ingress": [rule]}, GROUP)) == []
    assert refused(RULE, resource({"type": "ingress", **rule}, GROUP_RULE)) == []
    assert refused(RULE, resource({"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}, INGRESS_RULE)) == []
    assert refused(RULE, resource({"egress": [{**rule, "action": "allow", "cidrBlock": "::/0"}]}, ACL)) == []
