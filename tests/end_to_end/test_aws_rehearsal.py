"""A small AWS program through the real engine and the offline provider: up, again, changed, refused, and destroyed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.toolchain import Tools
from tests.end_to_end.rehearsed import Project

pytestmark = pytest.mark.engine
PROGRAM = '''
"""A network, a role, a key with a log group, and a bucket with its settings."""

import json
import os

import pulumi
import pulumi_aws as aws

TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
BLOCK = os.environ.get("BLOCK", "10.0.0.0/20")

provider = aws.Provider(
    "aws",
    region="eu-central-1",
    allowed_account_ids=["111122223333"],
    default_tags={"tags": {"team": "platform"}},
)
own = pulumi.ResourceOptions(provider=provider)

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", tags={"Name": "main"}, opts=own)
a = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block=BLOCK, availability_zone="eu-central-1a", opts=own)
b = aws.ec2.Subnet("b", vpc_id=vpc.id, cidr_block="10.0.16.0/20", availability_zone="eu-central-1b", opts=own)
group = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id, description="Nodes", opts=own)
aws.vpc.SecurityGroupIngressRule(
    "within", security_group_id=group.id, ip_protocol="-1", referenced_security_group_id=group.id, opts=own
)
aws.vpc.SecurityGroupEgressRule("out", security_group_id=group.id, ip_protocol="-1", cidr_ipv4="10.0.0.0/8", opts=own)

role = aws.iam.Role("node", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [TRUST]}), opts=own)
aws.iam.RolePolicyAttachment(
    "node-pull", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly", opts=own
)

key = aws.kms.Key("data", enable_key_rotation=True, opts=own)
alias = aws.kms.Alias("data", name="alias/data", target_key_id=key.key_id, opts=own)
logs = aws.cloudwatch.LogGroup("flows", retention_in_days=30, kms_key_id=key.arn, opts=own)

bucket = aws.s3.Bucket("data", opts=own)
aws.s3.BucketVersioning("data", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=own)
aws.s3.BucketPublicAccessBlock("data", bucket=bucket.id, block_public_acls=True, block_public_policy=True, opts=own)
aws.s3.BucketServerSideEncryptionConfiguration(
    "data",
    bucket=bucket.id,
    rules=[
        {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}}
    ],
    opts=own,
)
secret = aws.secretsmanager.Secret("token", kms_key_id=key.arn, opts=own)
aws.secretsmanager.SecretVersion("token", secret_id=secret.id, secret_string="hunter-string", opts=own)

if os.environ.get("DANGLING"):
    aws.ec2.NatGateway("astray", subnet_id="subnet-" + "0" * 17, connectivity_type="private", opts=own)

caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
pulumi.export("account", caller.account_id)
pulumi.export("vpc", vpc.id)
pulumi.export("subnets", [a.id, b.id])
pulumi.export("tags", vpc.tags_all)
'''


@pytest.fixture(scope="module")
def project(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project that is up; each test leaves it so."""
    made = Project(tmp_path_factory.mktemp("rehearsal") / "project", tools, PROGRAM)
    made.up()
    yield made
    made.pulumi("destroy", "--yes", "--skip-preview")


def test_everything_is_there_and_a_second_up_changes_nothing(project: Project) -> None:
    outputs = project.outputs()
    resources = {resource["id"]: resource for resource in project.dump()["resources"]}
    assert outputs["account"] == "111122223333"
    assert outputs["tags"] == {"Name": "main", "team": "platform"}
    assert outputs["vpc"] in resources
    assert {resources[subnet]["state"]["vpcId"] for subnet in outputs["subnets"]} == {outputs["vpc"]}
    project.up("--expect-no-changes")


def test_a_refresh_sees_what_is_there(project: Project) -> None:
    project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")


def test_no_secret_is_on_disk_in_clear(project: Project) -> None:
    files = [path for folder in ("state", "rehearsal") for path in (project.folder / folder).rglob("*")]
    assert any(path.suffix == ".json" for path in files)
    assert not [path for path in files if path.is_file() and b"hunter-string" in path.read_bytes()]


def test_an_immutable_field_replaces_the_resource_and_nothing_else(project: Project) -> None:
    before = project.outputs()
    printed = project.up(BLOCK="10.0.32.0/20")
    after = project.outputs()
    assert "1 replaced" in printed
    assert after["vpc"] == before["vpc"]
    assert after["subnets"][0] != before["subnets"][0]
    assert after["subnets"][1] == before["subnets"][1]
    project.up()


def test_a_subnet_that_nobody_made_is_refused_and_the_rest_stays(project: Project) -> None:
    before = project.dump()
    printed = project.up(expect=255, DANGLING="1")
    assert "InvalidSubnetID.NotFound" in printed
    assert "existing.json" in printed
    assert project.dump() == before


def test_a_preview_makes_nothing(project: Project) -> None:
    before = project.dump()
    project.pulumi("preview", BLOCK="10.0.48.0/20", DANGLING="1")
    assert project.dump() == before


def test_destroy_goes_from_users_to_what_they_use_and_leaves_nothing(tools: Tools, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", tools, PROGRAM)
    project.up()
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert project.dump()["resources"] == []
    order = project.deleted()
    for user, used in (
        ("Subnet a", "Vpc main"),
        ("SecurityGroup nodes", "Vpc main"),
        ("SecurityGroupIngressRule within", "SecurityGroup nodes"),
        ("RolePolicyAttachment node-pull", "Role node"),
        ("Alias data", "Key data"),
        ("LogGroup flows", "Key data"),
        ("BucketVersioning data", "Bucket data"),
        ("SecretVersion token", "Secret token"),
    ):
        assert order.index(user) < order.index(used), f"{used} went before {user}"


def test_a_killed_provider_leaves_an_inventory_that_the_next_up_finds_whole(tools: Tools, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", tools, PROGRAM)
    kill = [{"fault": "kill", "operation": "create", "type": "aws:kms/alias:Alias", "when": "before"}]
    (project.folder / "faults.json").write_text(json.dumps(kill), encoding="utf-8")
    project.up("--parallel", "1", expect=255)
    project.up()
    made = project.outputs()
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert made["vpc"]
    assert project.dump()["resources"] == []
