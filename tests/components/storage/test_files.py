"""The shared file system: who mounts it, what is encrypted, where its doors lead, who backs it up."""

from typing import Any

import pytest

from tests.components.aws_recording import Cloud
from tests.components.storage.making import KEY, document, made_with


def system(**files: Any) -> dict[str, Any]:
    return made_with(storage={"files": files})[0].one("fileSystem:FileSystem").inputs


def test_it_is_encrypted_by_our_key_and_found_again_by_its_token(either: Cloud) -> None:
    inputs = either.one("fileSystem:FileSystem").inputs
    assert (inputs["encrypted"], inputs["kmsKeyId"]) == (True, KEY)
    assert inputs["creationToken"] == "agent-platform-prod-files"
    assert inputs["tags"]["backup"] == "agent-platform-prod"


def test_every_zone_has_a_mount_target_that_nodes_alone_reach_by_nfs(either: Cloud) -> None:
    targets = either.of_type("mountTarget:MountTarget")
    assert [each.name for each in targets] == ["files-a", "files-b", "files-c"]
    assert len({each.inputs["subnetId"] for each in targets}) == 3
    group = either.named("files-group")
    assert all(group.urn in each.dependencies for each in targets)
    (way_in,) = either.of_type("SecurityGroupIngressRule")
    assert (way_in.inputs["fromPort"], way_in.inputs["toPort"], way_in.inputs["ipProtocol"]) == (2049, 2049, "tcp")
    assert way_in.inputs["referencedSecurityGroupId"] == "sg-0123456789abcdef0"
    assert either.of_type("SecurityGroupEgressRule") == []


def test_it_is_mounted_by_tls_through_doors_and_never_as_root(either: Cloud) -> None:
    through, by_tls = document(either.one("FileSystemPolicy"))["Statement"]
    assert through["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert through["Condition"] == {
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
        "ArnLike": {
            "elasticfilesystem:AccessPointArn": "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/*"
        },
    }
    assert (by_tls["Effect"], by_tls["Action"]) == ("Deny", "*")
    assert by_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_each_share_has_a_door_to_a_folder_of_its_own(either: Cloud) -> None:
    doors = {each.name: each.inputs for each in either.of_type("accessPoint:AccessPoint")}
    assert set(doors) == {"files-share-models", "files-share-datasets"}
    models = doors["files-share-models"]
    assert models["posixUser"] == {"uid": 10001, "gid": 10001}
    assert models["rootDirectory"]["path"] == "/models"
    assert models["rootDirectory"]["creationInfo"] == {"ownerUid": 10001, "ownerGid": 10001, "permissions": "0770"}


@pytest.mark.parametrize(("backup", "status"), [({}, "DISABLED"), (None, "ENABLED")])
def test_it_is_backed_up_once_by_our_plan_or_by_that_of_aws(backup: object, status: str) -> None:
    cloud, _ = made_with(backup=backup)
    assert cloud.one("backupPolicy:BackupPolicy").inputs["backupPolicy"] == {"status": status}


def test_files_that_nobody_reads_cost_less_and_come_back_when_they_are_read() -> None:
    assert system()["lifecyclePolicies"] == [
        {"transitionToIa": "AFTER_30_DAYS"},
        {"transitionToArchive": "AFTER_90_DAYS"},
        {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    assert system(infrequentDays=1, archiveDays=None)["lifecyclePolicies"][0] == {"transitionToIa": "AFTER_1_DAY"}
    assert system(infrequentDays=None, archiveDays=None).get("lifecyclePolicies", []) == []


def test_its_id_is_told_only_when_every_zone_reaches_it(either: Cloud) -> None:
    targets = {each.urn for each in either.of_type("mountTarget:MountTarget")}
    assert targets <= either.named("volumes-files").dependencies
