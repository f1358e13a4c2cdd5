"""iam-agent-boundary."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "iam-agent-boundary"
ROLE = "aws:iam/role:Role"
BOUNDARY = "arn:aws:iam::123456789012:policy/agents"
PODS = {"Service": "pods.eks.amazonaws.com"}
EC2 = {"Service": "ec2.amazonaws.com"}
EKS = {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}
GITHUB = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
SUB = "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub"


def role(principal: object = EC2, condition: object = None, effect: object = "Allow", **properties: Any) -> Resource:
    statement = {"Effect": effect, "Principal": principal, "Condition": condition}
    return resource({"assumeRolePolicy": {"Statement": statement}, **properties}, ROLE)


def account(*names: object) -> dict[str, object]:
    return {"StringEquals": {SUB: list(names), "x:aud": "system:serviceaccount:aud:aud"}}


AGENTS: dict[str, tuple[Any, ...]] = {
    "tag of the platform": (EC2, None, "Allow", {"tags": {"agent-platform.dev/agent": "web"}}),
    "tag agent": (EC2, None, "Allow", {"tags": {"agent": UNKNOWN}}),
    "default tag": (EC2, None, "Allow", {"tagsAll": {"agent": "web"}}),
    "pod identity": (PODS, None, "Allow", {}),
    "pod identity among others": ({"Service": ["ec2.amazonaws.com", "pods.eks.amazonaws.com"]}, None, "Allow", {}),
    "pod identity of a team": (PODS, {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop"}}, "Allow", {}),
    "pod identity loosely": (PODS, {"StringLike": {"aws:RequestTag/kubernetes-namespace": "kube-system"}}, "Allow", {}),
    "pod identity by another tag": (PODS, {"StringEquals": {"aws:RequestTag/x": "kube-system"}}, "Allow", {}),
    "any pod of the cluster": (EKS, None, "Allow", {}),
    "any identity of the cluster": (EKS, {"StringEquals": {SUB: ["x", 7]}}, "Allow", {}),
    "service account": (EKS, account("system:serviceaccount:shop:web"), "Allow", {}),
    "service accounts": (EKS, account("system:serviceaccount:kube-system:a", "system:serviceaccount:b:c"), "Allow", {}),
    "service account beside an unknown": (EKS, account("system:serviceaccount:shop:web", UNKNOWN), "Allow", {}),
}
OTHERS: dict[str, tuple[Any, ...]] = {
    "machines": (EC2, None, "Allow", {"tags": {"team": "agent"}}),
    "people": ({"AWS": "arn:aws:iam::123456789012:role/admin"}, None, "Allow", {}),
    "denial": (PODS, None, "Deny", {}),
    "platform's pod identity": (
        PODS,
        {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "kube-system"}},
        "Allow",
        {},
    ),
    "platform's service account": (EKS, account("system:serviceaccount:kube-system:cni"), "Allow", {}),
    "platform's service account with more": (EKS, account("system:serviceaccount:kube-system:a:b"), "Allow", {}),
    "repository": (GITHUB, {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/b:*"}}, "Allow", {}),
    "federation without a condition": (GITHUB, None, "Allow", {}),
    "service account without federation": (EC2, account("system:serviceaccount:shop:web"), "Allow", {}),
}


@pytest.mark.parametrize("case", AGENTS)
def test_an_agents_role_needs_a_boundary(case: str) -> None:
    principal, condition, effect, properties = AGENTS[case]
    (message,) = refused(RULE, role(principal, condition, effect, **properties))
    assert "permissionsBoundary is not set" in message
    assert refused(RULE, role(principal, condition, effect, **properties, permissionsBoundary=BOUNDARY)) == []


@pytest.mark.parametrize("case", OTHERS)
def test_another_role_needs_none(case: str) -> None:
    principal, condition, effect, properties = OTHERS[case]
    judged = role(principal, condition, effect, **properties)
    assert [refused(RULE, judged), unjudged(RULE, judged)] == [[], []]


@pytest.mark.parametrize("name", ["AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "path/PowerUserAccess"])
def test_a_boundary_that_bounds_nothing_is_refused(name: str) -> None:
    (message,) = refused(RULE, role(PODS, permissionsBoundary=f"arn:aws:iam::aws:policy/{name}"))
    assert name in message


@pytest.mark.parametrize("value", ["", 7, []])
def test_a_boundary_that_is_none_is_refused(value: object) -> None:
    assert len(refused(RULE, role(PODS, permissionsBoundary=value))) == 1


def test_approved_boundaries_are_a_setting() -> None:
    judged = role(PODS, permissionsBoundary=BOUNDARY)
    assert refused(RULE, judged, boundaries=["x", "arn:aws:iam::*:policy/agents"]) == []
    assert len(refused(RULE, judged, boundaries=["arn:aws:iam::*:policy/others"])) == 1


def test_namespaces_of_the_platform_are_a_setting() -> None:
    judged = role(EKS, account("system:serviceaccount:karpenter:karpenter"))
    assert len(refused(RULE, judged)) == 1
    assert refused(RULE, judged, platformNamespaces=["karpenter"]) == []


def test_an_unknown_boundary_is_not_judged() -> None:
    judged = role(PODS, permissionsBoundary=UNKNOWN)
    assert "permissionsBoundary" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    "judged",
    [
        resource({"assumeRolePolicy": UNKNOWN}, ROLE),
        resource({"assumeRolePolicy": "no json"}, ROLE),
        role(tags=UNKNOWN),
        role(tagsAll=UNKNOWN),
        role({"Service": UNKNOWN}),
        role(PODS, None, UNKNOWN),
        role(EKS, UNKNOWN),
        role(EKS, {"StringEquals": UNKNOWN}),
        role(PODS, UNKNOWN),
        role(PODS, {"StringEquals": UNKNOWN}),
        role(PODS, {"StringEquals": {"aws:RequestTag/kubernetes-namespace": UNKNOWN}}),
        role({"AWS": [UNKNOWN], **PODS}),
        role(EKS, account(UNKNOWN)),
        role(EKS, account("system:serviceaccount:kube-system:cni", UNKNOWN)),
    ],
)
def test_a_role_that_may_be_an_agents_is_not_judged(judged: Resource) -> None:
    (message,) = unjudged(RULE, judged)
    assert "whether the role is an agent's" in message
    assert refused(RULE, judged) == []


def test_a_role_that_may_be_an_agents_passes_with_a_boundary() -> None:
    judged = resource({"assumeRolePolicy": UNKNOWN, "permissionsBoundary": BOUNDARY}, ROLE)
    assert [refused(RULE, judged), unjudged(RULE, judged)] == [[], []]
