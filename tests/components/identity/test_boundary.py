"""The permissions boundary: every role has it, and the pipeline may make every role with it and none without."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.bootstrap import permissions
from components.bootstrap.boundary import boundary
from components.bootstrap.names import Names
from components.config.eks import Eks
from components.config.layering import Layer
from local.outside import existing
from tests.components.aws_recording import Cloud, Registered
from tests.components.bootstrap.iam import allows
from tests.components.edge.making import CDN, EXISTING
from tests.components.eks.making import cluster, environment, made, written
from tests.components.identity import making
from tests.components.identity.making import BOUNDARY
from tests.components.stacks import ENVIRONMENTS, recorded
from tests.components.stacks import made as made_of

PULLED = {
    "images": ["storefront/recommender"],
    "pushRoleArn": written()["access"]["pipelineRoleArn"],
    "caches": [{"upstream": "quay"}],
}


ROLE, POLICY = "iam/role:Role", "iam/rolePolicy:RolePolicy"
BY_NAME = {
    "s3/bucket:Bucket": ("s3:CreateBucket", "arn:aws:s3:::{bucket}"),
    "sqs/queue:Queue": ("sqs:CreateQueue", "arn:aws:sqs:{place}:{name}"),
    "sns/topic:Topic": ("sns:CreateTopic", "arn:aws:sns:{place}:{name}"),
    "dynamodb/table:Table": ("dynamodb:CreateTable", "arn:aws:dynamodb:{place}:table/{name}"),
    "cloudwatch/logGroup:LogGroup": ("logs:CreateLogGroup", "arn:aws:logs:{place}:log-group:{name}"),
    "cloudwatch/eventRule:EventRule": ("events:PutRule", "arn:aws:events:{place}:rule/{name}"),
    "cloudwatch/metricAlarm:MetricAlarm": ("cloudwatch:PutMetricAlarm", "arn:aws:cloudwatch:{place}:alarm:{name}"),
    "logDeliverySource:LogDeliverySource": ("logs:PutDeliverySource", "arn:aws:logs:{place}:delivery-source:{name}"),
    "logDeliveryDestination:LogDeliveryDestination": (
        "logs:PutDeliveryDestination",
        "arn:aws:logs:{place}:delivery-destination:{name}",
    ),
    "secretsmanager/secret:Secret": ("secretsmanager:CreateSecret", "arn:aws:secretsmanager:{place}:secret:{name}-aB3"),
    "ssm/parameter:Parameter": ("ssm:PutParameter", "arn:aws:ssm:{place}:parameter{name}"),
}
"""How each kind is made whose ARN is known beforehand: IAM sees that ARN when the pipeline asks."""


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


def made_by_name(clouds: Iterable[Cloud], place: str) -> Iterator[tuple[str, str, str]]:
    """Yield what is made by name: its type, the action, and the ARN that it is asked for."""
    for cloud in clouds:
        for token, (action, arn) in BY_NAME.items():
            for each in cloud.of_type(token):
                yield token, action, arn.format(place=place, **{"name": "", "bucket": "", **each.inputs})


def refused_to_the_pipeline(clouds: Iterable[Cloud], names: Names) -> tuple[set[str], list[tuple[str, str]]]:
    """Return the types that are made by name, and what of it the pipeline may not make."""
    up = {"aws:PrincipalArn": names.role_arn("up"), "aws:RequestedRegion": names.region}
    documents = (permissions.changing(names), boundary(names))
    found = list(made_by_name(clouds, f"{names.region}:{names.account_id}"))
    refused = [(action, arn) for _, action, arn in found if not all(allows(d, action, arn, up) for d in documents)]
    return {token for token, _, _ in found}, refused


def test_the_pipeline_may_make_all_of_ours_that_has_a_name(own: Own) -> None:
    types, refused = refused_to_the_pipeline(own.clouds, own.names)
    assert refused == []
    needed = {"s3/bucket:Bucket", "sqs/queue:Queue", "cloudwatch/logGroup:LogGroup", "secretsmanager/secret:Secret"}
    assert types >= {*needed, "ssm/parameter:Parameter"}


def test_the_pipeline_may_make_every_kind_that_settings_know(tmp_path: Path) -> None:
    edge = {"domain": "agents.example.com", "zone": EXISTING, "entry": CDN}
    config = making.read(tmp_path, {"storefront/shop": []}, secrets=making.SECRETS, cluster={"edge": edge})
    assert isinstance(config.cluster, Eks)
    cloud, _ = made_of(config)
    types, refused = refused_to_the_pipeline(
        [cloud], Names("agent-platform", config.cluster.account_id, config.cluster.region)
    )
    assert refused == []
    assert types >= {"dynamodb/table:Table", "logDeliverySource:LogDeliverySource", "s3/bucket:Bucket"}


def test_a_rehearsal_takes_the_boundary_for_granted() -> None:
    listed = existing(cluster(boundaryArn=BOUNDARY))
    (found,) = [each for each in listed if each["type"] == "aws:iam/policy:Policy"]
    assert found["state"]["arn"] == BOUNDARY
    assert not [each for each in existing(cluster(boundaryArn=None)) if each["type"] == "aws:iam/policy:Policy"]
