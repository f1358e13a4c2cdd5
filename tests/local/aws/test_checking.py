"""Inputs are judged before anything happens, all of them at once."""

import json

import pytest
from pulumi.runtime.proto import provider_pb2 as proto

from local.providers.values import UNKNOWN, Secret
from tests.local.aws.plugin import Plugin, RefusedInputsError
from tests.local.aws.world import TRUST
from tests.local.providers.plugin import CallFailedError

AUTONAMING = proto.CheckRequest.AutonamingOptions


def test_an_unknown_argument_is_refused_with_the_nearest_known_one(plugin: Plugin) -> None:
    with pytest.raises(RefusedInputsError) as refused:
        plugin.check("ec2/vpc:Vpc", {"cidrBlok": "10.0.0.0/16"})
    assert 'An argument named "cidrBlok" is not expected here' in refused.value.failures["cidrBlok"]
    assert 'Did you mean "cidrBlock"?' in refused.value.failures["cidrBlok"]


def test_a_missing_required_argument_is_refused_at_every_depth(plugin: Plugin) -> None:
    with pytest.raises(RefusedInputsError) as refused:
        plugin.check("eks/cluster:Cluster", {"vpcConfig": {"endpointPrivateAccess": True}})
    assert set(refused.value.failures) == {"roleArn", "vpcConfig.subnetIds"}


def test_values_of_the_wrong_type_are_refused_all_at_once_with_their_paths(plugin: Plugin) -> None:
    news = {
        "clusterName": "main",
        "nodeRoleArn": ["arn"],
        "subnetIds": "subnet",
        "scalingConfig": {"minSize": 1, "maxSize": "many", "desiredSize": 1.5},
        "taints": [{"effect": "NO_SCHEDULE", "key": "k"}, {"effect": "NO_SCHEDULE", "keyy": "k"}],
    }
    with pytest.raises(RefusedInputsError) as refused:
        plugin.check("eks/nodeGroup:NodeGroup", news)
    assert set(refused.value.failures) == {
        "nodeRoleArn",
        "subnetIds",
        "scalingConfig.maxSize",
        "scalingConfig.desiredSize",
        "taints[1].key",
        "taints[1].keyy",
    }


def test_a_scalar_of_another_type_is_taken_where_nothing_is_lost(plugin: Plugin) -> None:
    checked = plugin.check("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": "true", "tags": {"n": 1}})
    assert checked["enableDnsSupport"] is True
    assert checked["tags"] == {"n": "1"}
    group = plugin.check("cloudwatch/logGroup:LogGroup", {"retentionInDays": "30"})
    assert group["retentionInDays"] == 30


def test_what_is_not_known_yet_passes(plugin: Plugin) -> None:
    checked = plugin.check("ec2/subnet:Subnet", {"vpcId": UNKNOWN, "tags": UNKNOWN})
    assert checked["vpcId"] is UNKNOWN
    assert checked["tags"] is UNKNOWN


def test_secrets_stay_secret_inside(plugin: Plugin) -> None:
    checked = plugin.check("ec2/vpc:Vpc", {"cidrBlock": Secret("10.0.0.0/16"), "tags": {"a": Secret("b")}})
    assert checked["cidrBlock"] == Secret("10.0.0.0/16")
    assert checked["tags"] == {"a": Secret("b")}


def test_an_unnamed_resource_is_named_after_itself_and_keeps_its_name(plugin: Plugin) -> None:
    first = plugin.check("iam/role:Role", {"assumeRolePolicy": TRUST}, name="node")
    assert first["name"].startswith("node-")
    assert len(first["name"]) == len("node-") + 7
    again = plugin.check("iam/role:Role", {"assumeRolePolicy": TRUST}, olds={**first, "name": "node-kept"}, name="node")
    assert again["name"] == "node-kept"
    assert again["__defaults"] == ["name"]


@pytest.mark.parametrize(
    ("token", "news", "key", "start"),
    [
        ("kms/alias:Alias", {"targetKeyId": "k"}, "name", "alias/it-"),
        ("s3/bucket:Bucket", {}, "bucket", "it-"),
        ("rds/cluster:Cluster", {"engine": "postgres"}, "clusterIdentifier", "it-"),
    ],
)
def test_each_type_has_its_own_naming_property(plugin: Plugin, token: str, news: object, key: str, start: str) -> None:
    assert plugin.check(token, dict(news), name="it")[key].startswith(start)  # type: ignore[call-overload]


def test_a_long_name_is_cut_to_what_the_type_allows(plugin: Plugin) -> None:
    checked = plugin.check("lb/targetGroup:TargetGroup", {}, name="a-name-that-is-longer-than-a-target-groups")
    assert len(checked["name"]) == 32


def test_a_prefix_leaves_the_name_to_aws(plugin: Plugin) -> None:
    assert "name" not in plugin.check("iam/role:Role", {"assumeRolePolicy": TRUST, "namePrefix": "node-"})


def test_the_engines_autonaming_configuration_is_obeyed(plugin: Plugin) -> None:
    news = {"assumeRolePolicy": TRUST}
    proposed = AUTONAMING(proposed_name="as-proposed", mode=AUTONAMING.PROPOSE)
    assert plugin.check("iam/role:Role", news, autonaming=proposed)["name"] == "as-proposed"
    with pytest.raises(RefusedInputsError, match="set `name`"):
        plugin.check("iam/role:Role", news, autonaming=AUTONAMING(mode=AUTONAMING.DISABLE))


def test_a_type_that_the_sdk_does_not_have_is_refused_by_name(plugin: Plugin) -> None:
    with pytest.raises(CallFailedError, match="aws:ec2/vpcc:Vpcc is no resource type of the installed pulumi_aws"):
        plugin.check("ec2/vpcc:Vpcc", {})


def test_a_type_that_no_table_has_gets_a_made_up_id_and_arn(plugin: Plugin) -> None:
    made = plugin.make(
        "apprunner/vpcConnector:VpcConnector", {"vpcConnectorName": "c", "subnets": [], "securityGroups": []}
    )
    assert made.id.startswith("vpc-connector-")
    assert made["arn"] == f"arn:aws:apprunner:eu-central-1:111122223333:vpc-connector/{made.id}"


def test_a_name_that_is_too_long_is_refused_before_anything_is_made(plugin: Plugin) -> None:
    with pytest.raises(RefusedInputsError, match=r"in the range \(1 - 64\), got 65"):
        plugin.check("iam/role:Role", {"assumeRolePolicy": TRUST, "name": "r" * 65})


def test_a_policy_may_be_an_object_and_becomes_text(plugin: Plugin) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    checked = plugin.check("iam/role:Role", {"assumeRolePolicy": trust})
    assert json.loads(checked["assumeRolePolicy"]) == trust
    unknown = plugin.check("iam/role:Role", {"assumeRolePolicy": {**trust, "Id": UNKNOWN}})
    assert unknown["assumeRolePolicy"] is UNKNOWN
    plugin.make("iam/policy:Policy", {"policy": {**trust, "Statement": [{**statement, "Resource": "arn:aws:s3:::b"}]}})
