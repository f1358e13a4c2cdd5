"""The classes of volumes that pods can ask for, and what lets the drivers encrypt them."""

from typing import Any

from components.config.addons import AddOn
from components.config.eks import Eks
from components.labels import Component, labels, metadata
from components.manifest import Manifest

_VERSION = "1.0.0"
_IS_DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}
_ROLES = {True: "ebs-csi", False: "control"}
"""The purpose of the role that makes disks: that of the driver, or, where EKS runs it, that of the control plane."""


def disks(settings: Eks, key_arn: Any) -> Manifest:
    """Return the class of disks, which is the default: of the newest kind, encrypted by a key of our own, in the zone
    of the pod that asked first. The one that EKS makes is neither.

    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
    https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html

    Args:
        settings: the cluster's settings.
        key_arn: the key.
    """
    driver = "ebs.csi.aws.com" if AddOn.EBS_CSI in settings.versions else "ebs.csi.eks.amazonaws.com"
    return {
        "metadata": _metadata("gp3", _IS_DEFAULT),
        "provisioner": driver,
        "parameters": {"type": "gp3", "encrypted": "true", "kmsKeyId": key_arn},
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
        "reclaimPolicy": "Delete",
    }


def files(file_system_id: Any, user_id: int) -> Manifest:
    """Return the class of shared files: each claim gets a folder and a door of its own.

    https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/docs/README.md#storage-class-parameters-for-dynamic-provisioning

    Args:
        file_system_id: the file system.
        user_id: whose files those in it are, user and group alike.
    """
    return {
        "metadata": _metadata("efs", {}),
        "provisioner": "efs.csi.aws.com",
        "parameters": {
            "provisioningMode": "efs-ap",
            "fileSystemId": file_system_id,
            "directoryPerms": "770",
            "uid": str(user_id),
            "gid": str(user_id),
            "basePath": "/volumes",
            "subPathPattern": "${.PVC.namespace}/${.PVC.name}",
            "ensureUniqueDirectory": "true",
        },
        "mountOptions": ["tls"],
        "volumeBindingMode": "Immediate",
        "reclaimPolicy": "Retain",
    }


def disk_role(settings: Eks) -> str:
    """Return the purpose of the role that makes disks."""
    return _ROLES[AddOn.EBS_CSI in settings.versions]


def disk_permissions(key_arn: Any) -> dict[str, Any]:
    """Return what that role needs to encrypt disks: AWS's own policy for it speaks of no key.

    https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html ("custom KMS key")

    Args:
        key_arn: the key.
    """
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"]
    granted = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": use, "Resource": key_arn},
            {"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": key_arn, "Condition": granted},
        ],
    }


def _metadata(name: str, annotations: dict[str, str]) -> Manifest:
    return metadata(name, labels(name, name, Component.GUARDRAIL, "agent-platform", _VERSION), annotations=annotations)
