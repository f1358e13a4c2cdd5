"""What a change means: an update, a replacement, or nothing."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as proto

from local.providers.values import UNKNOWN
from tests.local.aws.plugin import Made, Plugin
from tests.local.aws.world import POLICY, TRUST, World

KIND = proto.PropertyDiff


def kinds(answer: proto.DiffResponse) -> dict[str, str]:
    return {path: KIND.Kind.Name(change.kind) for path, change in answer.detailedDiff.items()}


@pytest.mark.parametrize(
    ("token", "old", "new", "expected"),
    [
        ("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, {"cidrBlock": "UPDATE_REPLACE"}),
        (
            "ec2/vpc:Vpc",
            {"cidrBlock": "10.0.0.0/16"},
            {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True},
            {"enableDnsHostnames": "ADD"},
        ),
        (
            "iam/role:Role",
            {"assumeRolePolicy": TRUST, "path": "/a/"},
            {"assumeRolePolicy": TRUST, "path": "/b/"},
            {"path": "UPDATE_REPLACE"},
        ),
        (
            "iam/role:Role",
            {"assumeRolePolicy": TRUST, "path": "/a/"},
            {"assumeRolePolicy": TRUST},
            {"path": "DELETE_REPLACE"},
        ),
        (
            "iam/role:Role",
            {"assumeRolePolicy": TRUST},
            {"assumeRolePolicy": TRUST, "description": "d"},
            {"description": "ADD"},
        ),
        ("kms/key:Key", {}, {"multiRegion": True}, {"multiRegion": "ADD_REPLACE"}),
        (
            "ecr/repository:Repository",
            {},
            {"encryptionConfigurations": [{"encryptionType": "KMS"}]},
            {"encryptionConfigurations": "ADD_REPLACE"},
        ),
        (
            "cloudwatch/logGroup:LogGroup",
            {"retentionInDays": 7},
            {"retentionInDays": 30},
            {"retentionInDays": "UPDATE"},
        ),
        ("s3/bucket:Bucket", {"bucket": "name-a"}, {"bucket": "name-b"}, {"bucket": "UPDATE_REPLACE"}),
    ],
)
def test_immutable_properties_replace_and_the_others_do_not(
    plugin: Plugin, token: str, old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = plugin.diff(plugin.make(token, old), new)
    assert kinds(answer) == expected
    assert list(answer.replaces) == [path for path, kind in expected.items() if kind.endswith("REPLACE")]


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"vpcConfig": {"endpointPublicAccess": False}}, False),
        ({"accessConfig": {"bootstrapClusterCreatorAdminPermissions": False}}, True),
        ({"accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}}, False),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.100.0.0/16"}}, True),
        ({"upgradePolicy": {"supportType": "STANDARD"}}, False),
        ({"version": "1.36"}, False),
    ],
)
def test_a_cluster_is_replaced_for_what_eks_can_not_change(
    world: World, plugin: Plugin, change: dict[str, Any], replaces: bool
) -> None:
    made = world["eks/cluster:Cluster"]
    news = {**made.inputs}
    for key, value in change.items():
        news[key] = {**news.get(key, {}), **value} if isinstance(value, dict) else value
    answer = plugin.diff(made, news)
    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert bool(answer.replaces) is replaces


def test_a_list_differs_item_by_item(world: World, plugin: Plugin) -> None:
    group = world["eks/nodeGroup:NodeGroup"]
    answer = plugin.diff(group, {**group.inputs, "subnetIds": [world.subnets()[0], UNKNOWN, "subnet-3"]})
    assert kinds(answer) == {"subnetIds[1]": "UPDATE_REPLACE", "subnetIds[2]": "ADD_REPLACE"}


def test_a_document_that_says_the_same_is_no_change(plugin: Plugin) -> None:
    made = plugin.make("iam/policy:Policy", {"policy": POLICY})
    assert not kinds(plugin.diff(made, {"policy": json.dumps(json.loads(POLICY), indent=4)}))


def test_changed_default_tags_of_the_provider_update_its_resources(plugin: Plugin) -> None:
    news = {"cidrBlock": "10.0.0.0/16"}
    made = plugin.make("ec2/vpc:Vpc", news)
    other = Plugin(plugin.folder, defaultTags={"tags": {"team": "b"}})
    answer = other.diff(made, news)
    assert kinds(answer) == {"tagsAll": "UPDATE"}
    assert not answer.detailedDiff["tagsAll"].inputDiff
    assert not kinds(other.diff(made, news, ignoreChanges=["tagsAll"]))


def test_ignored_changes_are_no_changes(world: World, plugin: Plugin) -> None:
    group = world["eks/nodeGroup:NodeGroup"]
    news = {**group.inputs, "scalingConfig": {"minSize": 1, "desiredSize": 5, "maxSize": 5}}
    answer = plugin.diff(group, news, ignoreChanges=["scalingConfig.desiredSize"])
    assert kinds(answer) == {"scalingConfig.maxSize": "UPDATE"}


def test_a_replacement_that_keeps_its_own_name_is_deleted_first(plugin: Plugin) -> None:
    named = plugin.make("iam/role:Role", {"assumeRolePolicy": TRUST, "name": "own"}, "a")
    unnamed = plugin.make("iam/role:Role", {"assumeRolePolicy": TRUST}, "b")
    moved = {"assumeRolePolicy": TRUST, "path": "/b/"}
    assert plugin.diff(named, {**moved, "name": "own"}).deleteBeforeReplace
    assert not plugin.diff(named, {**moved, "name": "other"}).deleteBeforeReplace
    assert not plugin.diff(unnamed, moved).deleteBeforeReplace


def test_an_update_takes_the_new_name_of_what_it_refers_to(world: World, plugin: Plugin) -> None:
    alias = plugin.make("kms/alias:Alias", {"targetKeyId": world["kms/key:Key"].id})
    other = plugin.make("kms/key:Key", {}, "other")
    news = {"targetKeyId": other.id}
    assert kinds(plugin.diff(alias, news)) == {"targetKeyId": "UPDATE"}
    assert isinstance(plugin.update(alias, news), Made)
