"""The permissions boundary: every role has it, and the pipeline may make every role with it and none without."""

import json
from dataclasses import dataclass

import pytest

from components.bootstrap import permissions
from components.bootstrap.boundary import boundary
from components.bootstrap.names import Names
from components.config.eks import Eks
from components.config.layering import Layer
from local.outside import existing
from tests.components.aws_recording import Cloud, Registered
from tests.components.bootstrap.iam import allows
from tests.components.eks.making import cluster, environment, made, written
from tests.components.identity.making import BOUNDARY
from tests.components.stacks import ENVIRONMENTS, recorded

PULLED = {
    "images": ["storefront/recommender"],
    "pushRoleArn": written()["access"]["pipelineRoleArn"],
    "caches": [{"upstream": "quay"}],
}


ROLE, POLICY = "iam/role:Role", "iam/rolePolicy:RolePolicy"


@pytest.mark.parametrize("bound", [BOUNDARY, None])
def test_every_role_of_an_environment_has_the_boundary_that_settings_name(bound: str | None) -> None:
    settings = cluster(boundaryArn=bound, registry=PULLED, dnsZones=["Z0123456789ABC"])
    cloud, _ = made(environment().model_copy(update={"cluster": settings, "layers": (Layer.CLOUD,)}), preview=False)
    assert len(cloud.of_type(ROLE)) > 6
    assert {role.inputs.get("permissionsBoundary") for role in cloud.of_type(ROLE)} == {bound}


@dataclass(frozen=True)
class Own:
    """One of our own environments: the names of the bootstrap in its account, and its stacks."""

    names: Names
    clouds: tuple[Cloud, ...]

    def of_type(self, token: str) -> list[Registered]:
        found = [each for cloud in self.clouds for each in cloud.of_type(token)]
        assert found
        return found


@pytest.fixture(params=ENVIRONMENTS)
def own(request: pytest.FixtureRequest) -> Own:
    stacks = recorded(request.param)
    settings = stacks[0].config.cluster
    assert isinstance(settings, Eks)
    names = Names("agent-platform", settings.account_id, settings.region)
    return Own(names, tuple(stack.cloud for stack in stacks))


def test_our_own_roles_have_the_boundary_that_the_bootstrap_makes(own: Own) -> None:
    assert {role.inputs.get("permissionsBoundary") for role in own.of_type(ROLE)} == {own.names.boundary_arn}


def test_the_pipeline_may_make_every_role_of_ours_with_its_boundary_and_none_without(own: Own) -> None:
    names = own.names
    up = {"aws:PrincipalArn": names.role_arn("up"), "aws:RequestedRegion": names.region}
    documents = (permissions.changing(names), boundary(names))
    for role in own.of_type(ROLE):
        arn = f"arn:aws:iam::{names.account_id}:role{role.inputs.get('path', '/')}{role.inputs['name']}"
        for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"):
            bounded = {**up, "iam:PermissionsBoundary": names.boundary_arn}
            assert all(allows(each, action, arn, bounded) for each in documents), (action, arn)
            assert not all(allows(each, action, arn, up) for each in documents), (action, arn)


def test_the_pipeline_may_hand_every_role_of_ours_to_the_service_that_takes_it(own: Own) -> None:
    names = own.names
    documents = (permissions.changing(names), boundary(names))
    for role in own.of_type(ROLE):
        for statement in json.loads(role.inputs["assumeRolePolicy"])["Statement"]:
            service = statement["Principal"]["Service"]
            arn = f"arn:aws:iam::{names.account_id}:role/{role.inputs['name']}"
            assert all(allows(each, "iam:PassRole", arn, {"iam:PassedToService": service}) for each in documents), arn


def test_nothing_that_a_role_of_ours_is_for_is_forbidden_by_the_boundary(own: Own) -> None:
    names = own.names
    bound = boundary(names)
    for policy in own.of_type(POLICY):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            actions, resources = (
                [each] if isinstance(each, str) else each for each in (statement["Action"], statement["Resource"])
            )
            for action in actions if statement["Effect"] == "Allow" else ():
                assert all(allows(bound, action, resource) for resource in resources), (policy.name, action)


def test_a_rehearsal_takes_the_boundary_for_granted() -> None:
    listed = existing(cluster(boundaryArn=BOUNDARY))
    (found,) = [each for each in listed if each["type"] == "aws:iam/policy:Policy"]
    assert found["state"]["arn"] == BOUNDARY
    assert not [each for each in existing(cluster()) if each["type"] == "aws:iam/policy:Policy"]
