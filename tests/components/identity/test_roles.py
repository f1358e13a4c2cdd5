"""Agents that use things in AWS, from their files to what is registered, and what the pack says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from components.config.platform import PlatformConfig
from tests.components.aws_recording import Cloud, Registered, judged
from tests.components.eks.making import made
from tests.components.identity.making import BOUNDARY, ROTATE, SECRETS, before, read

USES: dict[str, Any] = {
    "storefront/shop": [
        {"service": "orders", "access": "write"},
        {"service": "sessions", "access": "readWrite"},
        {"service": "catalogue", "access": "readWrite"},
        {"secret": "payments"},
    ],
    "storefront/clerk": [
        {"service": "orders", "access": "read"},
        {"service": "baskets", "access": "readWrite"},
        {"service": "pictures", "access": "readWrite"},
        {"service": "clicks", "access": "readWrite"},
        {"model": "eu.amazon.nova-pro-v1:0"},
        {"bucket": "company-datasets", "prefix": "faq/"},
    ],
    "storefront/greeter": [{"secret": "payments"}],
    "storefront/porter": [{"secret": "payments", "as": "KEY"}],
    "storefront/sleeper": [],
    "media/reader": [{"model": "amazon.nova-lite-v1:0"}],
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> PlatformConfig:
    return read(tmp_path_factory.mktemp("uses"), USES)


@pytest.fixture(scope="module")
def up(config: PlatformConfig) -> Cloud:
    return made(config, preview=False)[0]


@pytest.fixture(scope="module")
def preview(config: PlatformConfig) -> Cloud:
    return made(config, preview=True)[0]


def role_of(cloud: Cloud, agent: str) -> str:
    arn: str = cloud.named(agent).inputs["roleArn"]
    return arn


def container(cloud: Cloud, agent: str) -> dict[str, Any]:
    (found,) = cloud.named(f"{agent}-deployment").inputs["spec"]["template"]["spec"]["containers"]
    return dict(found)


def way_out(cloud: Cloud, agent: str) -> set[tuple[str, int]]:
    rules = cloud.named(f"{agent}-network").inputs["spec"]["egress"]
    return {(peer["ipBlock"]["cidr"], rule["ports"][0]["port"]) for rule in rules for peer in rule["to"]}


def agents_roles(cloud: Cloud) -> list[Registered]:
    return [role for role in cloud.of_type("iam/role:Role") if "-roles-" in role.name]


def associations(cloud: Cloud) -> list[Registered]:
    return [each for each in cloud.of_type("podIdentityAssociation:PodIdentityAssociation") if "-roles-" in each.name]


def test_the_pack_accepts_everything_and_leaves_nothing_unjudged(up: Cloud) -> None:
    said = judged(up)
    mine = [each for each in said if "-roles-" in each.urn or "-secrets-" in each.urn or not each.urn]
    assert [each.message for each in mine if each.level is EnforcementLevel.MANDATORY] == []


def test_each_agent_that_uses_something_has_a_role_by_its_own_service_account(up: Cloud) -> None:
    found = {(each.inputs["namespace"], each.inputs["serviceAccount"]) for each in associations(up)}
    assert found == {tuple(reference.split("/")) for reference, uses in USES.items() if uses}
    assert {each.inputs["clusterName"] for each in associations(up)} == {"agent-platform-prod"}


def test_agents_of_a_team_that_use_the_same_share_a_role_and_nobody_else_does(up: Cloud) -> None:
    greeter, porter = (role_of(up, f"storefront-roles-{name}") for name in ("greeter", "porter"))
    assert greeter == porter
    assert len({role_of(up, each.name) for each in associations(up)}) == len(agents_roles(up)) == 4


def test_a_role_of_agents_has_the_boundary_its_teams_tag_and_one_policy_that_is_in_it(up: Cloud) -> None:
    for role in agents_roles(up):
        assert role.inputs["permissionsBoundary"] == BOUNDARY
        assert role.inputs["tags"]["team"] in ("storefront", "media")
        assert len([each for each in up.of_type("RolePolicy") if role.urn in each.dependencies]) == 1


def test_policies_name_what_was_made(up: Cloud) -> None:
    association = up.named("storefront-roles-shop")
    (policy,) = [each for each in up.of_type("RolePolicy") if each.urn in association.dependencies]
    document = json.loads(policy.inputs["policy"])
    named = {arn for statement in document["Statement"] for arn in statement["Resource"]}
    made_ = {up.one("replicationGroup:ReplicationGroup").outputs["arn"], up.named("data-key").outputs["arn"]}
    assert made_ <= named
    assert {arn for arn in named if ":sqs:" in arn} <= {each.outputs["arn"] for each in up.of_type("sqs/queue:Queue")}
    assert {arn for arn in named if "*" in arn} == set()


def test_an_agents_pods_start_after_they_have_their_role_and_what_they_use(up: Cloud) -> None:
    earlier = {each.name for each in before(up, up.named("storefront-shop-deployment"))}
    assert {"storefront-roles-shop", "storefront-secrets-payments"} <= earlier
    assert up.one("replicationGroup:ReplicationGroup").name in earlier


def test_an_association_waits_for_cluster_and_policy(up: Cloud) -> None:
    earlier = {each.name for each in before(up, up.named("storefront-roles-shop"))}
    assert "cluster-cluster" in earlier
    assert any(name.endswith("-permissions") and name.startswith("storefront-roles-") for name in earlier)


def test_an_agent_finds_what_it_uses_by_environment_variables_and_none_is_a_secret(up: Cloud) -> None:
    found = {each["name"]: each["value"] for each in container(up, "storefront-shop")["env"]}
    assert found["PAYMENTS_SECRET_NAME"] == up.named("storefront-secrets-payments").inputs["name"]
    assert {"ORDERS_URL", "SESSIONS_HOST", "SESSIONS_PORT", "CATALOGUE_HOST", "CATALOGUE_DATABASE"} <= set(found)
    assert found["SESSIONS_PORT"] == "6379"
    (renamed,) = container(up, "storefront-porter")["env"]
    assert renamed["name"] == "KEY_SECRET_NAME"


def test_an_agent_is_let_out_to_what_it_uses_and_nothing_else(up: Cloud) -> None:
    gateways = {service: up.named(f"network-endpoint-{service}").outputs for service in ("s3", "dynamodb")}
    assert way_out(up, "storefront-shop") == {("10.40.0.0/16", 443), ("10.40.0.0/16", 6379), ("10.40.0.0/16", 5432)}
    files = {(cidr, 443) for service in gateways.values() for cidr in service["cidrBlocks"]}
    assert way_out(up, "storefront-clerk") == {("10.40.0.0/16", 443), ("10.40.0.0/16", 9098), *files}


def test_an_agent_that_uses_nothing_has_no_role_no_variables_and_no_way_out(up: Cloud) -> None:
    assert "env" not in container(up, "storefront-sleeper")
    assert way_out(up, "storefront-sleeper") == set()
    assert not [each for each in up.registered if "sleeper" in each.name and each.type.startswith("aws:")]


def test_in_a_preview_all_is_registered_too(preview: Cloud, up: Cloud) -> None:
    assert {(each.type, each.name) for each in preview.registered} == {(e.type, e.name) for e in up.registered}


def test_a_secret_has_no_value_is_encrypted_kept_for_a_while_and_closed_to_other_accounts(up: Cloud) -> None:
    entry = up.named("storefront-secrets-payments")
    assert entry.inputs["name"] == "agent-platform-prod/storefront/payments"
    assert entry.inputs["kmsKeyId"] == up.named("data-key").outputs["arn"]
    assert entry.inputs["recoveryWindowInDays"] == 30
    assert entry.protect
    assert up.of_type("SecretVersion") == []
    readers = up.named("storefront-secrets-payments-readers").inputs
    assert readers["blockPublicPolicy"] is True
    (statement,) = json.loads(readers["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "123456789012"}


def test_a_secret_is_rotated_but_not_before_it_has_a_value(up: Cloud) -> None:
    rotation = up.named("storefront-secrets-payments-rotation").inputs
    assert rotation["rotationLambdaArn"] == ROTATE
    assert rotation["rotationRules"] == {"automaticallyAfterDays": 30}
    assert rotation["rotateImmediately"] is False


def test_a_secret_without_rotation_is_for_the_pack_to_exempt(tmp_path: Path) -> None:
    bare = {key: value for key, value in SECRETS[0].items() if key != "rotation"}
    cloud, _ = made(read(tmp_path, {"storefront/shop": []}, secrets=[bare]), preview=False)
    assert cloud.of_type("SecretRotation") == []
    assert any("nothing rotates the secret" in each.message for each in judged(cloud))


def test_where_nothing_is_protected_a_secret_goes_at_once(tmp_path: Path) -> None:
    free = read(tmp_path, {"storefront/shop": []}, cluster={"deletionProtection": False})
    entry = made(free, preview=False)[0].named("storefront-secrets-payments")
    assert entry.inputs["recoveryWindowInDays"] == 0
    assert not entry.protect


def test_roles_wait_for_nothing_that_takes_long(up: Cloud) -> None:
    for role in agents_roles(up):
        assert not [each.name for each in before(up, role) if each.type.startswith("aws:")]
