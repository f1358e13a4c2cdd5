"""vpc-default-sg-closed: every VPC's default security group is taken over and closed."""

from typing import Any

import pytest

from policies.subjects.security_groups import DEFAULT_GROUP, EGRESS_RULE, GROUP, GROUP_RULE, INGRESS_RULE
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, stack_messages, unjudged

RULE = "vpc-default-sg-closed"
VPCS = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
VPC = resource({"id": "vpc-1", "defaultSecurityGroupId": "sg-0"}, VPCS[0])
CLOSED = resource({"id": "sg-0", "vpcId": "vpc-1"}, DEFAULT_GROUP)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_every_rule_of_a_default_group_is_refused(direction: str) -> None:
    found = refused(RULE, resource({"vpcId": "vpc-1", direction: [{"self": True}, {"protocol": "-1"}]}, DEFAULT_GROUP))
    assert len(found) == 2
    assert f"{direction}[1] is a rule of a default security group. Fix: remove the rule" in found[1]


@pytest.mark.parametrize("rules", [None, []])
def test_a_default_group_without_rules_passes(rules: object) -> None:
    assert refused(RULE, resource({"vpcId": "vpc-1", "ingress": rules, "egress": rules}, DEFAULT_GROUP)) == []


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_unknown_rules_are_not_judged(direction: str) -> None:
    assert direction in unjudged(RULE, resource({direction: UNKNOWN}, DEFAULT_GROUP))[0]
    assert refused(RULE, resource({direction: UNKNOWN}, DEFAULT_GROUP)) == []


def test_rules_of_the_wrong_type_are_refused() -> None:
    assert "ingress is a string where a list belongs" in refused(RULE, resource({"ingress": "none"}, DEFAULT_GROUP))[0]


@pytest.mark.parametrize("token", VPCS)
def test_a_vpc_whose_default_group_is_left_alone_is_refused(token: str) -> None:
    (message,) = stack_messages(RULE, resource({"id": "vpc-1"}, token))
    assert token in message
    assert "Fix: add an aws.ec2.DefaultSecurityGroup" in message
    assert stack_messages(RULE, resource({"id": "vpc-1"}, token), CLOSED) == []


def test_the_group_of_another_vpc_does_not_count() -> None:
    other = resource({"id": "sg-9", "vpcId": "vpc-9"}, DEFAULT_GROUP)
    assert len(stack_messages(RULE, VPC, other)) == 1


def test_a_vpc_that_is_yet_to_be_made_is_known_by_dependency() -> None:
    vpc = resource({"id": UNKNOWN}, VPCS[0])
    group = resource({"vpcId": UNKNOWN}, DEFAULT_GROUP)._replace(dependencies=(vpc.urn,))
    assert stack_messages(RULE, vpc, group, preview=True) == []
    assert len(stack_messages(RULE, vpc, group._replace(dependencies=()), preview=True)) == 1


@pytest.mark.parametrize("token", [GROUP_RULE, INGRESS_RULE, EGRESS_RULE])
@pytest.mark.parametrize("group", [CLOSED, resource({"vpcId": "vpc-1"}, DEFAULT_GROUP)])
def test_a_rule_that_is_added_to_the_default_group_is_refused(token: str, group: Any) -> None:
    added = resource({"securityGroupId": "sg-0"}, token, "added")
    (message,) = stack_messages(RULE, VPC, group, added)
    assert token in message
    assert "it is a rule of a default security group. Fix: remove the rule" in message
    assert stack_messages(RULE, VPC, group, resource({"securityGroupId": "sg-7"}, token)) == []


def test_a_rule_that_may_be_of_the_default_group_is_not_judged() -> None:
    group = resource({"id": UNKNOWN, "vpcId": "vpc-1"}, DEFAULT_GROUP)
    other = resource({"id": UNKNOWN}, GROUP, "other")
    added = resource({"securityGroupId": UNKNOWN}, GROUP_RULE, "added")._replace(dependencies=(group.urn, other.urn))
    (message,) = stack_messages(RULE, VPC, group, other, added)
    assert "could not judge" in message
    assert '"added"' in message


@pytest.mark.parametrize("odd", [UNKNOWN, None, 7, [], {}])
def test_an_unreadable_id_of_the_default_group_matches_nothing(odd: object) -> None:
    vpc = resource({"id": "vpc-1", "defaultSecurityGroupId": odd}, VPCS[0])
    assert stack_messages(RULE, vpc, CLOSED, resource({"securityGroupId": odd}, GROUP_RULE)) == []
