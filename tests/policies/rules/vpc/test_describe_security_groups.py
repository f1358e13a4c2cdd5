"""sg-described: groups and rules say what they are for."""

from typing import Any

import pytest

from policies.subjects.security_groups import DEFAULT_GROUP, EGRESS_RULE, GROUP, GROUP_RULE, INGRESS_RULE
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "sg-described"
SAID = "HTTPS from the load balancer"


@pytest.mark.parametrize("token", [GROUP, GROUP_RULE, INGRESS_RULE, EGRESS_RULE])
@pytest.mark.parametrize("text", [None, "", "  ", "Managed by Pulumi", "managed by terraform"])
def test_a_group_or_rule_that_says_nothing_of_its_own_is_refused(token: str, text: object) -> None:
    (message,) = refused(RULE, resource({"description": text}, token))
    assert "description is" in message
    assert "Fix: write a description" in message


@pytest.mark.parametrize("token", [GROUP, GROUP_RULE, INGRESS_RULE, EGRESS_RULE])
def test_a_group_or_rule_that_says_something_passes(token: str) -> None:
    assert refused(RULE, resource({"description": SAID}, token)) == []


@pytest.mark.parametrize("token", [GROUP, DEFAULT_GROUP])
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_every_rule_inside_of_a_group_needs_a_description(token: str, direction: str) -> None:
    judged = resource({"description": SAID, direction: [{"description": SAID}, {}, {"description": ""}]}, token)
    found = refused(RULE, judged)
    assert len(found) == 2
    assert f"{direction}[1].description is not set" in found[0]
    assert f'{direction}[2].description is ""' in found[1]


def test_a_default_group_needs_none_itself_since_aws_gives_it_one() -> None:
    assert refused(RULE, resource({}, DEFAULT_GROUP)) == []


@pytest.mark.parametrize("properties", [{"description": UNKNOWN}, {"description": SAID, "egress": UNKNOWN}])
def test_unknown_descriptions_are_not_judged(properties: Any) -> None:
    assert len(unjudged(RULE, resource(properties, GROUP))) == 1
    assert refused(RULE, resource(properties, GROUP)) == []


def test_a_description_of_the_wrong_type_is_refused() -> None:
    assert "where a string belongs" in refused(RULE, resource({"description": 7}, GROUP))[0]
