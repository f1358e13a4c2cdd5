"""The most that the pipeline, and every role that it makes, may ever do.

A boundary grants nothing: what a role may do is what both its policies and its boundary allow. So this one allows
everything and denies what would lead out of it. It propagates itself: below it, roles can be made and changed only if
they have it too, so that nobody gains by making a role.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
"""

from typing import Any

from components.bootstrap.documents import allow, deny, document
from components.bootstrap.names import Names

_PEOPLE = (
    *("iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:AttachUserPolicy", "iam:CreateAccessKey"),
    *("iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential", "iam:CreateUser", "iam:PutGroupPolicy"),
    *("iam:PutUserPolicy", "iam:ResetServiceSpecificCredential", "iam:UpdateAccessKey", "iam:UpdateLoginProfile"),
)
_TRUST = (
    *("iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider"),
    *("iam:DeleteOpenIDConnectProvider", "iam:DeleteSAMLProvider", "iam:RemoveClientIDFromOpenIDConnectProvider"),
    *("iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider"),
)
BOUNDED = ("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
"""What roles are made with; for each of them IAM tells which boundary the role has or is to get."""
_CHANGES = (
    *("iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*"),
    *("iam:Remove*", "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*"),
)
_BUCKET_CHANGES = (
    *("s3:BypassGovernanceRetention", "s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:PutAccountPublicAccessBlock"),
    *("s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutObjectAcl"),
    "s3:PutReplicationConfiguration",
)
_KEY_CHANGES = (
    *("kms:CreateGrant", "kms:DeleteAlias", "kms:Disable*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"),
    "kms:UpdateAlias",
)


def boundary(names: Names) -> dict[str, Any]:
    """Return the boundary of the role that changes things, and of all roles that it makes."""
    unbounded = {"StringNotEquals": {"iam:PermissionsBoundary": names.boundary_arn}}
    others = {"ArnNotEquals": {"aws:PrincipalArn": names.role_arn("up")}}
    buckets = [
        f"arn:aws:s3:::{bucket}{rest}" for bucket in (names.state_bucket, names.log_bucket) for rest in ("", "/*")
    ]
    aliases = [f"alias/{alias}" for alias in (names.state_alias, names.secrets_alias)]
    own_keys = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
    own = [names.role_arn("*"), names.policy_arn("*")]
    return document(
        allow("UpperBound", ["*"], "*"),
        deny("NobodyIsMade", _PEOPLE, "*"),
        deny("NobodyElseIsTrusted", _TRUST, "*"),
        deny("RolesStayBounded", BOUNDED, "*", unbounded),
        deny("BoundsStay", ["iam:DeleteRolePermissionsBoundary"], "*"),
        deny("PipelineStays", _CHANGES, own),
        deny("AccountStays", ["account:*", "organizations:*"], "*"),
        deny("BucketsStay", _BUCKET_CHANGES, buckets),
        deny("StateIsThePipelines", ["s3:*"], buckets, others),
        deny("KeysStay", _KEY_CHANGES, "*", own_keys),
        deny(
            "AliasesStay",
            ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
            [f"arn:aws:kms:*:{names.account_id}:{alias}" for alias in aliases],
        ),
    )
