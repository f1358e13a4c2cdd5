"""What creation answers with: AWS's forms, the same in every run, and unknown before."""

import json
import re
from pathlib import Path

import pytest

from local.providers.aws import REHEARSAL_VARIABLE
from local.providers.values import UNKNOWN, Secret, plain
from tests.local.aws.plugin import Plugin
from tests.local.aws.world import TRUST, World

VPC = {"cidrBlock": "10.0.0.0/16"}


def test_ids_are_the_same_in_every_run_and_new_after_a_replacement(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Plugin(folder).make("ec2/vpc:Vpc", VPC)
    monkeypatch.setenv(REHEARSAL_VARIABLE, str(tmp_path / "again"))
    plugin = Plugin(tmp_path / "again")
    second = plugin.make("ec2/vpc:Vpc", VPC)
    assert re.fullmatch("vpc-[0-9a-f]{17}", first.id)
    assert (second.id, second.state) == (first.id, first.state)
    plugin.delete(second)
    third = plugin.make("ec2/vpc:Vpc", VPC)
    assert third.id != first.id
    assert third["defaultSecurityGroupId"] != first["defaultSecurityGroupId"]


def test_two_resources_share_no_id(plugin: Plugin) -> None:
    vpcs = [plugin.make("ec2/vpc:Vpc", VPC, name) for name in ("a", "b")]
    ids = [vpc[key] for vpc in vpcs for key in ("arn", "mainRouteTableId", "defaultNetworkAclId")]
    assert len(set(ids)) == len(ids)


def test_a_preview_knows_what_is_given_and_not_what_aws_makes(plugin: Plugin) -> None:
    planned = plugin.preview("ec2/vpc:Vpc", {**VPC, "tags": {"Name": "main"}})
    assert planned["cidrBlock"] == "10.0.0.0/16"
    assert planned["region"] == "eu-central-1"
    assert planned["tagsAll"] == {"Name": "main"}
    assert planned["enableDnsSupport"] is True
    for output in ("arn", "mainRouteTableId", "ownerId", "defaultSecurityGroupId"):
        assert planned[output] is UNKNOWN
    assert plugin.inventory() == []


def test_a_preview_does_not_know_the_nested_parts_that_aws_makes(plugin: Plugin) -> None:
    planned = plugin.preview("eks/cluster:Cluster", {"roleArn": UNKNOWN, "vpcConfig": {"subnetIds": [UNKNOWN]}})
    assert planned["vpcConfig"]["clusterSecurityGroupId"] is UNKNOWN
    assert planned["vpcConfig"]["endpointPublicAccess"] is True
    assert planned["identities"] is UNKNOWN


def test_a_cluster_has_its_endpoint_its_issuer_and_its_security_group(world: World, plugin: Plugin) -> None:
    cluster = plugin.make("eks/cluster:Cluster", {**world.inputs("eks/cluster:Cluster"), "name": "main"})
    assert cluster.id == "main"
    assert cluster["arn"] == "arn:aws:eks:eu-central-1:111122223333:cluster/main"
    assert re.fullmatch(r"https://[0-9A-F]{32}\.[0-9a-f]{2}\.eu-central-1\.eks\.amazonaws\.com", cluster["endpoint"])
    issuer = cluster["identities"][0]["oidcs"][0]["issuer"]
    assert re.fullmatch(r"https://oidc\.eks\.eu-central-1\.amazonaws\.com/id/[0-9A-F]{32}", issuer)
    assert cluster["certificateAuthority"]["data"]
    assert cluster["vpcConfig"]["vpcId"] == world["ec2/vpc:Vpc"].id
    rule = {
        "securityGroupId": cluster["vpcConfig"]["clusterSecurityGroupId"],
        "ipProtocol": "-1",
        "cidrIpv4": "10.0.0.0/8",
    }
    assert plugin.make("vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule).id.startswith("sgr-")


def test_a_nat_gateway_has_the_address_of_its_elastic_ip(world: World) -> None:
    gateway, address = world["ec2/natGateway:NatGateway"], world["ec2/eip:Eip"]
    assert gateway["publicIp"] == address["publicIp"]
    assert gateway["privateIp"].startswith("10.0.0.")
    assert gateway["vpcId"] == world["ec2/vpc:Vpc"].id


def test_a_load_balancers_names_are_in_aws_form(world: World, plugin: Plugin) -> None:
    news = {"name": "edge", "loadBalancerType": "network", "subnets": world.subnets()}
    balancer = plugin.make("lb/loadBalancer:LoadBalancer", news)
    assert re.fullmatch(r"edge-\d{10}\.elb\.eu-central-1\.amazonaws\.com", balancer["dnsName"])
    assert re.fullmatch(
        r"arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/edge/[0-9a-f]{16}", balancer["arn"]
    )
    assert balancer["arnSuffix"] == balancer["arn"].partition("loadbalancer/")[2]
    assert balancer["zoneId"].startswith("Z")


@pytest.mark.parametrize(
    ("token", "news", "arn"),
    [
        ("iam/role:Role", {"assumeRolePolicy": TRUST, "name": "r"}, "arn:aws:iam::111122223333:role/r"),
        (
            "iam/role:Role",
            {"assumeRolePolicy": TRUST, "name": "r", "path": "/t/"},
            "arn:aws:iam::111122223333:role/t/r",
        ),
        ("s3/bucket:Bucket", {"bucket": "data-1"}, "arn:aws:s3:::data-1"),
        ("cloudwatch/logGroup:LogGroup", {"name": "/a/b"}, "arn:aws:logs:eu-central-1:111122223333:log-group:/a/b"),
        ("sqs/queue:Queue", {"name": "q"}, "arn:aws:sqs:eu-central-1:111122223333:q"),
        ("ecr/repository:Repository", {"name": "a/b"}, "arn:aws:ecr:eu-central-1:111122223333:repository/a/b"),
        (
            "ssm/parameter:Parameter",
            {"name": "/a/b", "type": "String", "value": "x"},
            "arn:aws:ssm:eu-central-1:111122223333:parameter/a/b",
        ),
        ("sqs/queue:Queue", {"name": "q", "region": "us-east-1"}, "arn:aws:sqs:us-east-1:111122223333:q"),
    ],
)
def test_arns_name_partition_region_and_account(plugin: Plugin, token: str, news: dict[str, str], arn: str) -> None:
    assert plugin.make(token, news)["arn"] == arn


def test_all_tags_are_the_providers_and_the_resources_own(folder: Path) -> None:
    plugin = Plugin(folder, defaultTags={"tags": {"team": "platform", "tier": "a"}})
    made = plugin.make("ec2/vpc:Vpc", {**VPC, "tags": {"tier": "b"}})
    assert made["tags"] == {"tier": "b"}
    assert made["tagsAll"] == {"team": "platform", "tier": "b"}


def test_secrets_reach_the_engine_as_secrets_and_the_disk_not_at_all(plugin: Plugin) -> None:
    secret = plugin.make("secretsmanager/secret:Secret", {"name": "s"})
    made = plugin.make(
        "secretsmanager/secretVersion:SecretVersion", {"secretId": secret.id, "secretString": "hunter-string"}
    )
    cluster = plugin.make("rds/cluster:Cluster", {"engine": "postgres", "masterPassword": Secret("hunter-password")})
    assert made["secretString"] == Secret("hunter-string")
    assert cluster["masterPassword"] == Secret("hunter-password")
    assert b"hunter" not in b"".join(path.read_bytes() for path in plugin.folder.iterdir())


def test_reading_gives_secrets_only_to_who_knew_them(plugin: Plugin) -> None:
    cluster = "rds/cluster:Cluster"
    made = plugin.make(cluster, {"engine": "postgres", "masterPassword": Secret("hunter")})
    known = plugin.read(cluster, made.id, made.state, made.inputs)
    stranger = plugin.read(cluster, made.id)
    assert known is not None
    assert stranger is not None
    assert known["masterPassword"] == Secret("hunter")
    assert "hunter" not in json.dumps(plain(stranger.state))


def test_an_update_changes_what_is_given_and_keeps_what_aws_made(world: World, plugin: Plugin) -> None:
    made = world["eks/cluster:Cluster"]
    config = {**made.inputs["vpcConfig"], "endpointPublicAccess": False, "endpointPrivateAccess": True}
    news = {**made.inputs, "vpcConfig": config, "tags": {"a": "b"}}
    changed = plugin.update(made, news)
    assert changed["vpcConfig"]["endpointPublicAccess"] is False
    assert changed["vpcConfig"]["clusterSecurityGroupId"] == made["vpcConfig"]["clusterSecurityGroupId"]
    assert changed["tagsAll"] == {"a": "b"}
    assert changed["endpoint"] == made["endpoint"]
    bare = plugin.update(changed, {key: value for key, value in news.items() if key != "tags"})
    assert bare["tagsAll"] == {}
    assert "tags" not in bare.state


def test_a_changed_launch_template_has_a_new_version_that_no_preview_knows(plugin: Plugin) -> None:
    made = plugin.make("ec2/launchTemplate:LaunchTemplate", {"imageId": "ami-1"})
    assert made["latestVersion"] == 1
    assert plugin.update(made, {"imageId": "ami-2"}, preview=True)["latestVersion"] is UNKNOWN
    assert plugin.update(made, {"imageId": "ami-2"})["latestVersion"] == 2


def test_a_gateway_endpoint_tells_the_addresses_of_its_service_and_an_interface_has_none(plugin: Plugin) -> None:
    vpc, service = plugin.make("ec2/vpc:Vpc", VPC), "com.amazonaws.eu-central-1.s3"
    gateway = plugin.make("ec2/vpcEndpoint:VpcEndpoint", {"vpcId": vpc.id, "serviceName": service})
    wanted = {"vpcId": vpc.id, "serviceName": service, "vpcEndpointType": "Interface"}
    assert gateway["cidrBlocks"]
    assert plugin.make("ec2/vpcEndpoint:VpcEndpoint", wanted, "interface")["cidrBlocks"] == []
