"""The classes of volumes: how disks are encrypted, where shared files lie, and what they wait for."""

import pytest

from components.config.addons import AddOn
from components.config.eks import Eks
from components.storage.volumes import manifests
from tests.components.aws_recording import Cloud
from tests.components.eks.making import cluster
from tests.components.storage.making import KEY, document, made_with


def test_disks_are_encrypted_by_our_key_and_taken_where_a_claim_names_no_class(either: Cloud) -> None:
    disks = either.named("volumes-disks").inputs
    assert disks["metadata"]["name"] == "gp3"
    assert disks["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"
    assert disks["provisioner"] == "ebs.csi.aws.com"
    assert disks["parameters"] == {"type": "gp3", "encrypted": "true", "kmsKeyId": KEY}
    assert disks["volumeBindingMode"] == "WaitForFirstConsumer"


def test_shared_files_get_a_folder_and_a_door_for_each_claim(either: Cloud) -> None:
    files = either.named("volumes-files").inputs
    assert (files["metadata"]["name"], files["provisioner"]) == ("efs", "efs.csi.aws.com")
    assert "storageclass.kubernetes.io/is-default-class" not in files["metadata"]["annotations"]
    parameters = files["parameters"]
    assert parameters["provisioningMode"] == "efs-ap"
    assert parameters["subPathPattern"] == "${.PVC.namespace}/${.PVC.name}"
    assert (parameters["uid"], parameters["gid"]) == ("10001", "10001")
    assert files["mountOptions"] == ["tls"]


def test_every_cluster_has_disks_and_only_one_with_files_has_those() -> None:
    cloud, _ = made_with(storage=None)
    assert [each.name for each in cloud.of_type("StorageClass")] == ["volumes-disks"]


def test_classes_are_there_after_the_drivers_and_the_right_to_encrypt(either: Cloud) -> None:
    permissions = either.named("volumes-encryption")
    assert either.named("driver").urn in permissions.dependencies
    for each in either.of_type("StorageClass"):
        assert permissions.urn in each.dependencies
        assert each.provider == either.named("cluster").urn


def test_the_driver_may_encrypt_with_that_key_alone_and_hand_it_on_to_aws_only(up: Cloud) -> None:
    permissions = up.named("volumes-encryption")
    assert permissions.inputs["role"] == "agent-platform-prod-eu-central-1-ebs-csi"
    use, hand_on = document(permissions)["Statement"]
    assert use["Resource"] == hand_on["Resource"] == KEY
    assert hand_on["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_where_eks_makes_disks_itself_its_driver_is_named_and_its_role_may_encrypt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = cluster()
    versions = {name: version for name, version in settings.versions.items() if name is not AddOn.EBS_CSI}
    monkeypatch.setattr(Eks, "versions", versions)
    assert manifests.disks(settings, KEY)["provisioner"] == "ebs.csi.eks.amazonaws.com"
    assert manifests.disk_role(settings) == "control"
