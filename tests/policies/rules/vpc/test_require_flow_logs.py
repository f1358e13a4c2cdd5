"""vpc-flow-logs: every VPC has a flow log of all its traffic."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, stack_messages, unjudged

RULE = "vpc-flow-logs"
VPCS = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
LOG = "aws:ec2/flowLog:FlowLog"


@pytest.mark.parametrize("token", VPCS)
def test_a_vpc_without_a_flow_log_is_refused_and_one_with_it_passes(token: str) -> None:
    vpc, other = resource({"id": "vpc-1"}, token), resource({"vpcId": "vpc-2"}, LOG)
    (message,) = stack_messages(RULE, vpc, other)
    assert token in message
    assert "no flow log names this VPC. Fix: add an aws.ec2.FlowLog" in message
    assert stack_messages(RULE, vpc, other, resource({"vpcId": "vpc-1"}, LOG, "own")) == []


def test_each_vpc_needs_its_own() -> None:
    first, second = (resource({"id": UNKNOWN}, VPCS[0], name) for name in ("first", "second"))
    log = resource({"vpcId": UNKNOWN}, LOG)._replace(dependencies=(first.urn,))
    (message,) = stack_messages(RULE, first, second, log)
    assert '"second"' in message


def test_a_flow_log_that_depends_on_two_vpcs_leaves_both_unjudged() -> None:
    first, second = (resource({"id": UNKNOWN}, VPCS[0], name) for name in ("first", "second"))
    log = resource({"vpcId": UNKNOWN}, LOG)._replace(dependencies=(first.urn, second.urn))
    found = stack_messages(RULE, first, second, log)
    assert [text.startswith("could not judge 1 value") for text in found] == [True, True]
    assert "FlowLog" in found[0]


@pytest.mark.parametrize("kind", ["ACCEPT", "REJECT", "all", None])
def test_a_flow_log_of_part_of_the_traffic_is_refused(kind: object) -> None:
    (message,) = refused(RULE, resource({"vpcId": "vpc-1", "trafficType": kind}, LOG))
    assert "trafficType is" in message
    assert "Fix: set trafficType to ALL" in message


def test_a_flow_log_of_all_traffic_passes() -> None:
    assert refused(RULE, resource({"vpcId": "vpc-1", "trafficType": "ALL"}, LOG)) == []


def test_a_flow_log_of_something_else_than_a_vpc_may_leave_traffic_out() -> None:
    assert refused(RULE, resource({"subnetId": "subnet-1", "trafficType": "REJECT"}, LOG)) == []


def test_the_traffic_types_are_a_setting() -> None:
    judged = resource({"vpcId": UNKNOWN, "trafficType": "REJECT"}, LOG)
    assert refused(RULE, judged, trafficTypes=["ALL", "REJECT"]) == []
    assert (
        "ALL or REJECT"
        in refused(
            RULE, judged._replace(properties={"vpcId": "v", "trafficType": "ACCEPT"}), trafficTypes=["ALL", "REJECT"]
        )[0]
    )


def test_an_unknown_traffic_type_is_not_judged() -> None:
    assert "trafficType" in unjudged(RULE, resource({"vpcId": "vpc-1", "trafficType": UNKNOWN}, LOG))[0]
