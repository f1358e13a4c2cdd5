"""What the pipeline may do in its account, beside reading and writing state.

For changes there are two tables, by how AWS tells things apart. What has a name of ours is reached by that name. What
AWS gives an id, as a subnet, can't be told from others' beforehand: there whole services are open in the regions of the
environment, which is why environments have accounts of their own. Both stay below the boundary.
"""

from collections.abc import Iterator
from typing import Any

from components.bootstrap.boundary import BOUNDED
from components.bootstrap.documents import allow, document
from components.bootstrap.names import Names

_BY_ID = (
    *("acm", "autoscaling", "backup", "backup-storage", "budgets", "ce", "cloudfront", "ec2", "ecr", "eks"),
    *("elasticache", "elasticfilesystem", "elasticloadbalancing", "inspector2", "kafka", "rds", "route53", "tag"),
    "wafv2",
)
"""Services that are wholly open: most of their things have ids, or are the account's own, as a registry."""
_NAMED = (
    ("cloudwatch", "alarm:"),
    ("dynamodb", "table/"),
    ("events", "rule/"),
    ("logs", "delivery-destination:"),
    ("logs", "delivery-source:"),
    ("logs", "log-group:/aws/eks/"),
    ("logs", "log-group:/aws/rds/cluster/"),
    ("logs", "log-group:/aws/rds/instance/"),
    ("logs", "log-group:/aws/vpc/"),
    ("logs", "log-group:"),
    ("secretsmanager", "secret:"),
    ("sns", ""),
    ("sqs", ""),
    ("ssm", "parameter/"),
)
"""Services and kinds of what they hold: what begins with the platform's name is wholly its own."""
_LOOKS = (
    *("cloudwatch:Describe*", "logs:Describe*", "pricing:Get*", "servicequotas:Get*", "servicequotas:List*"),
    *("iam:Get*", "iam:List*", "ssm:DescribeParameters"),
)
_LOG_DELIVERY = (
    *("logs:CreateDelivery", "logs:CreateLogDelivery", "logs:DeleteDelivery", "logs:DeleteLogDelivery"),
    *("logs:GetDelivery", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy"),
    *("logs:UpdateDeliveryConfiguration", "logs:UpdateLogDelivery"),
)
"""What sends the logs of brokers and of CloudFront where they are kept; the first four kinds have ids.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html"""
_KEY_CARE = (
    *("kms:CancelKeyDeletion", "kms:Create*", "kms:DeleteAlias", "kms:Describe*", "kms:DisableKey*", "kms:EnableKey*"),
    *("kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:RetireGrant", "kms:RevokeGrant", "kms:ScheduleKeyDeletion"),
    *("kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription"),
)
_KEY_USE = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_PASSED_TO = (
    *("backup.amazonaws.com", "ec2.amazonaws.com", "ecr.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"),
    *("rds.amazonaws.com", "s3.amazonaws.com", "vpc-flow-logs.amazonaws.com"),
)
_ROLE_CARE = (
    *("iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole"),
    *("iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"),
    *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"),
    *("iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile"),
    *("iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "iam:UntagInstanceProfile"),
)
_ENTITIES = ("role", "policy", "instance-profile")
_GLOBAL = "us-east-1"
"""Where AWS answers for services without a region: budgets, costs, CloudFront, its certificates, Route 53."""


def changing(names: Names) -> dict[str, Any]:
    """Return what `pulumi up` may do. A service that it lacks is added to one of the tables above."""
    regions = {"StringEquals": {"aws:RequestedRegion": sorted({*names.regions, _GLOBAL})}}
    by_services = {"StringLike": {"kms:ViaService": [f"*.{region}.amazonaws.com" for region in names.regions]}}
    passwords = f"arn:aws:secretsmanager:*:{names.account_id}:secret:rds!*"
    bounded = {"StringEquals": {"iam:PermissionsBoundary": names.boundary_arn}}
    services = sorted({service for service, _ in _NAMED})
    entities = [f"arn:aws:iam::{names.account_id}:{kind}/{names.name}*" for kind in _ENTITIES]
    return document(
        allow("ById", [f"{service}:*" for service in _BY_ID], "*", regions),
        allow("ByName", [f"{service}:*" for service in services], [names.arns(*each) for each in _NAMED]),
        allow("Looks", _LOOKS, "*"),
        allow("OwnBuckets", ["s3:*"], [f"arn:aws:s3:::{names.name}*"]),
        allow("Keys", _KEY_CARE, "*", regions),
        allow("KeysByServices", _KEY_USE, "*", by_services),
        allow("LogDelivery", _LOG_DELIVERY, "*", regions),
        allow("DatabasesKeepPasswords", ["secretsmanager:CreateSecret", "secretsmanager:TagResource"], passwords),
        # Whoever names the function that rotates a secret has to be let call it:
        # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
        allow("FunctionsRotate", ["lambda:InvokeFunction"], f"arn:aws:lambda:*:{names.account_id}:function:*"),
        allow("MakesBoundedRoles", BOUNDED, entities[0], bounded),
        allow("OwnRoles", _ROLE_CARE, entities),
        allow(
            "HandsOnOwnRoles",
            ["iam:PassRole"],
            entities[0],
            {"StringEquals": {"iam:PassedToService": list(_PASSED_TO)}},
        ),
        allow(
            "ServicesRoles",
            ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"],
            f"arn:aws:iam::{names.account_id}:role/aws-service-role/*",
        ),
    )


_READ = {
    **dict.fromkeys(("acm", "autoscaling", "backup", "ce", "cloudfront"), ("Describe", "Get", "List")),
    **dict.fromkeys(("cloudwatch", "dynamodb", "eks", "elasticache", "elasticfilesystem"), ("Describe", "List")),
    **dict.fromkeys(("elasticloadbalancing", "events", "rds", "sns", "ssm"), ("Describe", "List")),
    **dict.fromkeys(("iam", "route53", "servicequotas", "tag"), ("Get", "List")),
    "budgets": ("Describe", "View"),
    "ec2": ("Describe",),
    "ecr": ("BatchGetRepositoryScanningConfiguration", "Describe", "GetLifecyclePolicy", "GetRegistry", "List"),
    "inspector2": ("BatchGetAccountStatus",),
    "kafka": ("Describe", "GetBootstrapBrokers", "List"),
    "kms": ("Describe", "GetKeyPolicy", "GetKeyRotationStatus", "List"),
    "logs": ("Describe", "GetDelivery", "List"),
    "s3": ("GetAccelerateConfiguration", "GetBucket", "GetEncryption", "GetLifecycle", "GetReplication", "ListBucket"),
    "secretsmanager": ("Describe", "GetResourcePolicy", "List"),
    "sqs": ("GetQueue", "List"),
    "sts": ("GetCallerIdentity",),
    "wafv2": ("GetWebACL", "List"),
}
"""What actions begin with that read settings, by service; those that read data, as logs, secrets, objects, are none of
them."""


def looking(names: Names, state: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what `pulumi preview` may do: read settings of the account and parameters of the platform; the state."""
    return document(
        allow("ReadsSettings", list(_reading()), "*"),
        allow("ReadsParameters", ["ssm:GetParameter", "ssm:GetParameters"], names.arns("ssm", "parameter/")),
        *state,
    )


def _reading() -> Iterator[str]:
    for service, beginnings in sorted(_READ.items()):
        yield from (f"{service}:{beginning}*" for beginning in beginnings)
