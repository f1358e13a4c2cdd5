"""nodes-no-ssh."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "nodes-no-ssh"


def group(access: object) -> Resource:
    return resource({"remoteAccess": access}, "aws:eks/nodeGroup:NodeGroup")


@pytest.mark.parametrize("access", [None, {"ec2SshKey": "ops", "sourceSecurityGroupIds": ["sg-1", "sg-2"]}])
def test_no_access_and_limited_access_pass(access: object) -> None:
    assert refused(RULE, group(access)) == []


@pytest.mark.parametrize("access", [{}, {"ec2SshKey": "ops"}, {"ec2SshKey": "ops", "sourceSecurityGroupIds": []}])
def test_access_for_everybody_is_refused(access: object) -> None:
    (message,) = refused(RULE, group(access))
    assert "remoteAccess.sourceSecurityGroupIds names no group" in message


@pytest.mark.parametrize("access", ["ops", [], {"sourceSecurityGroupIds": "sg-1"}, {"sourceSecurityGroupIds": [""]}])
def test_values_that_are_no_groups_are_refused(access: object) -> None:
    assert len(refused(RULE, group(access))) == 1


@pytest.mark.parametrize(
    "access", [UNKNOWN, {"sourceSecurityGroupIds": UNKNOWN}, {"sourceSecurityGroupIds": [UNKNOWN]}]
)
def test_unknown_access_is_not_judged(access: object) -> None:
    judged = group(access)
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []
