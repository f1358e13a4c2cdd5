"""Who may use a key: key policies as plain documents.

In a key's own policy the resource `*` is that key. Account ids and ARNs may be outputs: nothing here looks into them.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Sequence
from typing import Any

_AUTOSCALING_ROLE = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
_USE = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]


def key_policy(root: Any, statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a key's policy: the account administers it by its identities' own permissions, then what else is allowed.

    Args:
        root: the ARN of the account's root. Without it a key whose users are gone could never be changed again.
        statements: what services or roles may do with it.
    """
    administration = {
        "Sid": "AccountAdministersByIam",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [administration, *statements]}


def log_groups(region: str, account_id: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the statement by which CloudWatch Logs encrypts log groups, and no others.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html

    Args:
        region: the region of the log groups.
        account_id: the account of the log groups.
        names: the log groups' names; `*` stands for any characters.
    """
    groups = [f"arn:aws:logs:{region}:{account_id}:log-group:{name}" for name in names]
    return {
        "Sid": "CloudWatchLogsEncrypts",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
        "Action": _USE,
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    }


def disks_of_groups(account_id: str) -> list[dict[str, Any]]:
    """Return what lets autoscaling groups start machines with encrypted disks.

    KMS refuses a policy that names a role which does not exist: the account's first group, or
    `aws.iam.ServiceLinkedRole`, makes this one.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html

    Args:
        account_id: the account of key and groups.
    """
    principal = {"AWS": f"arn:aws:iam::{account_id}:role/{_AUTOSCALING_ROLE}"}
    return [
        {
            "Sid": "AutoscalingUses",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
        },
        {
            "Sid": "AutoscalingAttachesDisks",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
