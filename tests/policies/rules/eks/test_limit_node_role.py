"""nodes-minimal-role."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import resource, stack_messages

RULE = "nodes-minimal-role"
ROLE = "aws:iam/role:Role"
GROUP = "aws:eks/nodeGroup:NodeGroup"
CLUSTER = "aws:eks/cluster:Cluster"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
SHARED = "aws:iam/policyAttachment:PolicyAttachment"
INLINE = "aws:iam/rolePolicy:RolePolicy"
AWS = "arn:aws:iam::aws:policy/"
CNI = f"{AWS}AmazonEKS_CNI_Policy"
NAME = {"name": "nodes"}
FULL = {"name": "nodes", "id": "nodes-id", "arn": "arn:aws:iam::123456789012:role/nodes"}
GROUP_OF_NODES = resource({"nodeRoleArn": FULL["arn"]}, GROUP)


def role(**more: Any) -> Resource:
    return resource({**FULL, **more}, ROLE, "nodes")


def attached(arn: object, to: object = "nodes", *dependencies: str) -> Resource:
    return resource({"role": to, "policyArn": arn}, ATTACHMENT)._replace(dependencies=dependencies)


@pytest.mark.parametrize(
    "name",
    [
        *("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy", "AmazonSSMManagedInstanceCore"),
        *("AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly"),
    ],
)
def test_what_nodes_need_passes(name: str) -> None:
    assert stack_messages(RULE, GROUP_OF_NODES, role(), attached(AWS + name)) == []
    assert stack_messages(RULE, GROUP_OF_NODES, role(managedPolicyArns=[AWS + name])) == []
    assert stack_messages(RULE, GROUP_OF_NODES, role(), attached(f"arn:aws-cn:iam::aws:policy/{name}")) == []


@pytest.mark.parametrize(
    "arn",
    [
        CNI,
        "arn:aws:iam::123456789012:policy/AmazonEKSWorkerNodePolicy",
        f"{AWS}other/AmazonEKSWorkerNodePolicy",
        "x:iam::aws:policy/AmazonEKSWorkerNodePolicy",
        "AmazonEKSWorkerNodePolicies",
        7,
        None,
    ],
)
def test_anything_more_is_refused(arn: object) -> None:
    found = stack_messages(RULE, GROUP_OF_NODES, role(), attached(arn))
    assert len(found) == (0 if arn is None else 1)
    assert all(ATTACHMENT in each and "policyArn" in each and "more than nodes need" in each for each in found)


@pytest.mark.parametrize(
    "more",
    [
        resource({"roleName": "nodes", "policyArns": [CNI]}, EXCLUSIVE),
        resource({"roles": ["other", "nodes"], "policyArn": CNI}, SHARED),
        resource({"roles": UNKNOWN, "policyArn": CNI}, SHARED)._replace(dependencies=(role().urn,)),
        resource({"role": "nodes", "policy": "{}"}, INLINE),
        resource({"role": "nodes-id", "policy": UNKNOWN}, INLINE),
        attached(CNI, "nodes-id"),
        attached(CNI, FULL["arn"]),
        attached(CNI, UNKNOWN, "policy", role().urn),
    ],
)
def test_every_way_to_attach_is_judged(more: Resource) -> None:
    (message,) = stack_messages(RULE, GROUP_OF_NODES, role(), more)
    assert message.startswith(more.type)
    assert "Fix: attach the worker" in message


def test_what_stands_in_the_role_itself_is_judged() -> None:
    (message,) = stack_messages(RULE, GROUP_OF_NODES, role(managedPolicyArns=[CNI]))
    assert message.startswith(ROLE)
    assert "managedPolicyArns[0]" in message
    inline = [{"name": "a", "policy": "{}"}, {"name": "b"}]
    assert len(stack_messages(RULE, GROUP_OF_NODES, role(inlinePolicies=inline))) == 2
    assert stack_messages(RULE, GROUP_OF_NODES, role(inlinePolicies=[], managedPolicyArns=[])) == []


@pytest.mark.parametrize(
    "user",
    [
        GROUP_OF_NODES,
        resource({"nodeRoleArn": UNKNOWN}, GROUP)._replace(dependencies=("cluster", role().urn)),
        resource({"computeConfig": {"nodeRoleArn": FULL["arn"]}}, CLUSTER),
        resource({"role": "nodes"}, PROFILE),
        resource({"spec": {"role": "nodes"}}, NODE_CLASS),
        resource({"spec": {"role": UNKNOWN}}, NODE_CLASS)._replace(dependencies=(role().urn,)),
    ],
)
def test_the_role_of_nodes_is_found_in_every_user(user: Resource) -> None:
    assert len(stack_messages(RULE, user, role(), attached(CNI))) == 1


@pytest.mark.parametrize(
    "other",
    [
        resource({"nodeRoleArn": "arn:aws:iam::123456789012:role/other"}, GROUP),
        resource({"nodeRoleArn": UNKNOWN}, GROUP)._replace(dependencies=("other",)),
        resource({}, CLUSTER)._replace(dependencies=(role().urn,)),
        resource({"spec": {"role": "nodes"}}, "kubernetes:karpenter.sh/v1:NodePool"),
    ],
)
def test_a_role_that_is_not_of_nodes_may_have_more(other: Resource) -> None:
    assert stack_messages(RULE, other, role(inlinePolicies=[{}]), attached(CNI)) == []


def test_what_another_role_has_is_not_the_nodes() -> None:
    others = (
        attached(CNI, "other"),
        attached(CNI, UNKNOWN, "other"),
        resource({"role": "other", "policy": "{}"}, INLINE),
        resource({"policyArn": CNI}, ATTACHMENT)._replace(dependencies=(role().urn,)),
        resource({"role": [], "policyArn": CNI}, ATTACHMENT),
    )
    assert stack_messages(RULE, GROUP_OF_NODES, role(), *others) == []
    assert stack_messages(RULE, GROUP_OF_NODES, resource({"name": []}, ROLE), attached(CNI, [])) == []


def test_what_nodes_may_have_is_a_setting() -> None:
    own = "arn:aws:iam::123456789012:policy/nodes"
    assert stack_messages(RULE, GROUP_OF_NODES, role(), attached(own), policies=[own]) == []
    assert stack_messages(RULE, GROUP_OF_NODES, role(), attached(CNI), policies=["AmazonEKS_CNI_Policy"]) == []
    service = f"{AWS}service-role/AmazonEBSCSIDriverPolicy"
    assert stack_messages(RULE, GROUP_OF_NODES, role(), attached(service), policies=["AmazonEBSCSIDriverPolicy"]) == []
    assert len(stack_messages(RULE, GROUP_OF_NODES, role(), attached(CNI), policies=[own])) == 1


def test_an_unknown_policy_is_not_judged() -> None:
    (message,) = stack_messages(RULE, GROUP_OF_NODES, role(), attached(UNKNOWN))
    assert message.startswith("could not judge")
    assert "policyArn" in message
    (message,) = stack_messages(RULE, GROUP_OF_NODES, role(managedPolicyArns=UNKNOWN))
    assert message.startswith("could not judge")


def test_a_secret_arn_is_not_shown() -> None:
    (message,) = stack_messages(RULE, GROUP_OF_NODES, role(), attached(Secret("hidden")))
    assert "hidden" not in message
