"""sg-no-open-ingress: values that are unknown, secret or of the wrong type."""

from typing import Any

import pytest

from policies.subjects.security_groups import (
    ACL,
    ACL_RULE,
    DEFAULT_GROUP,
    GROUP,
    GROUP_RULE,
    INGRESS_RULE,
)
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import Json, refused, resource, unjudged
from tests.policies.rules.vpc.ingress_forms import (
    FORMS,
)

RULE = "sg-no-open-ingress"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", ["protocol", "fromPort", "toPort"])
def test_an_unknown_protocol_or_port_is_not_judged_and_named(form: str, key: str) -> None:
    judged = FORMS[form]("0.0.0.0/0", **{"protocol": "tcp", "fromPort": 22, "toPort": 22, key: UNKNOWN})
    (message,) = unjudged(RULE, judged)
    assert ("rotocol" if key == "protocol" else key) in message
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "fields",
    [
        {"protocol": "tcp", "fromPort": 90, "toPort": UNKNOWN},
        {"protocol": "tcp", "fromPort": UNKNOWN, "toPort": 20},
        {"protocol": "icmp", "fromPort": UNKNOWN, "toPort": UNKNOWN},
    ],
)
def test_an_unknown_that_can_open_no_listed_port_needs_no_judgement(form: str, fields: Json) -> None:
    assert unjudged(RULE, FORMS[form]("0.0.0.0/0", **fields), ports=[22]) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_in_a_rule_for_a_narrow_range_needs_no_judgement(form: str) -> None:
    judged = FORMS[form]("10.0.0.0/8", protocol=UNKNOWN, fromPort=UNKNOWN, toPort=UNKNOWN)
    assert unjudged(RULE, judged) == refused(RULE, judged) == []


@pytest.mark.parametrize(
    ("properties", "token", "place"),
    [
        ({"ingress": UNKNOWN}, GROUP, "ingress"),
        ({"ingress": [UNKNOWN]}, DEFAULT_GROUP, "ingress[0]"),
        ({"ingress": [UNKNOWN]}, ACL, "ingress[0]"),
        ({"ingress": [{"protocol": "-1", "cidrBlocks": UNKNOWN}]}, GROUP, "ingress[0].cidrBlocks"),
        ({"ingress": [{"protocol": "-1", "cidrBlocks": [UNKNOWN]}]}, GROUP, "ingress[0].cidrBlocks[0]"),
        ({"ipProtocol": "-1", "cidrIpv6": UNKNOWN}, INGRESS_RULE, "cidrIpv6"),
        ({"type": UNKNOWN, "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, GROUP_RULE, "type"),
        ({"ruleAction": UNKNOWN, "protocol": "tcp", "cidrBlock": "0.0.0.0/0"}, ACL_RULE, "ruleAction"),
        ({"ruleAction": "allow", "egress": UNKNOWN, "protocol": "6", "cidrBlock": "0.0.0.0/0"}, ACL_RULE, "egress"),
        (UNKNOWN, GROUP, "ingress"),
        (UNKNOWN, GROUP_RULE, "the resource"),
        (UNKNOWN, INGRESS_RULE, "the resource"),
        (UNKNOWN, ACL_RULE, "the resource"),
    ],
)
def test_what_is_unknown_is_not_judged_and_named(properties: Any, token: str, place: str) -> None:
    (message,) = unjudged(RULE, resource(properties, token))
    assert f"unknown at preview: {place}" in message
    assert refused(RULE, resource(properties, token)) == []


@pytest.mark.parametrize(
    ("properties", "token", "message"),
    [
        ({"ingress": "all"}, GROUP, "ingress is a string where a list belongs"),
        ({"ingress": ["all"]}, GROUP, "ingress[0] is a string where an object"),
        ({"ingress": [7]}, ACL, "ingress[0] is a number where"),
        ({"ingress": [{"protocol": "-1", "cidrBlocks": "0.0.0.0/0"}]}, GROUP, "cidrBlocks is a string where a list"),
        ({"ipProtocol": True, "cidrIpv4": "0.0.0.0/0"}, INGRESS_RULE, "ipProtocol is a boolean where"),
        ({"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0", "fromPort": "22"}, INGRESS_RULE, "fromPort is a string"),
        ({"ipProtocol": "tcp", "cidrIpv4": 7, "fromPort": 22, "toPort": 22}, INGRESS_RULE, "cidrIpv4 is a number"),
        ({"type": 1, "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, GROUP_RULE, "type is a number"),
        ({"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, GROUP_RULE, "type is not set"),
        ({"ruleAction": "allow", "egress": "no", "protocol": "6", "cidrBlock": "0.0.0.0/0"}, ACL_RULE, "egress is a"),
        ({"protocol": "6", "cidrBlock": "0.0.0.0/0"}, ACL_RULE, "ruleAction is not set"),
    ],
)
def test_values_of_the_wrong_type_are_refused(properties: Any, token: str, message: str) -> None:
    (found,) = refused(RULE, resource(properties, token))
    assert message in found
    assert "Fix: name the addresses" in found


def test_a_secret_range_is_judged_and_not_shown() -> None:
    judged = resource({"ipProtocol": "-1", "cidrIpv4": Secret("0.0.0.0/0")}, INGRESS_RULE)
    (message,) = refused(RULE, judged)
    assert "a secret value" in message
    assert "0.0.0" not in message
