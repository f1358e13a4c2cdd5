"""What the pipeline's roles may do, asked of their documents as IAM would be: permissions and boundary together."""

from typing import Any

import pytest

from components.bootstrap import permissions, state
from components.bootstrap.boundary import boundary
from components.bootstrap.names import Names
from tests.components.bootstrap.iam import allows

ACCOUNT = "123456789012"
NAMES = Names("agent-platform", ACCOUNT, "eu-central-1")
STATE_KEY, SECRETS_KEY, OTHER_KEY = (f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{name}" for name in ("s", "x", "other"))
BUCKET = f"arn:aws:s3:::{NAMES.state_bucket}"
OBJECTS = f"{BUCKET}/.pulumi"
BOUNDARY = boundary(NAMES)
LOOKING = permissions.looking(NAMES, state.reading(NAMES, STATE_KEY, SECRETS_KEY))
CHANGING = (permissions.changing(NAMES), state.writing(NAMES, STATE_KEY, SECRETS_KEY))
HERE = {"aws:RequestedRegion": "eu-central-1"}
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/agent-platform-prod-nodes"
BOUNDED = {"iam:PermissionsBoundary": NAMES.boundary_arn}
VERBS = ("Put", "Get", "Delete")


def up(action: str, resource: str = "*", **context: str) -> bool:
    """Whether `pulumi up` may: one of its policies allows it, none denies it, and its boundary does not either."""
    keys = {"aws:PrincipalArn": NAMES.role_arn("up"), **HERE, **{k.replace("__", ":"): v for k, v in context.items()}}
    return any(allows(each, action, resource, keys) for each in CHANGING) and allows(BOUNDARY, action, resource, keys)


def preview(action: str, resource: str = "*") -> bool:
    """Whether `pulumi preview` may; its boundary is the same policy."""
    return allows(LOOKING, action, resource, HERE)


@pytest.mark.parametrize("folder", ["stacks", "history", "backups", "locks/organization"])
def test_up_reads_and_writes_the_platforms_state(folder: str) -> None:
    path = f"{OBJECTS}/{folder}/agent-platform/prod.json"
    assert all(up(action, path) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"))


@pytest.mark.parametrize("folder", ["stacks", "history", "backups", "locks/organization"])
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject"])
def test_up_can_not_write_the_bootstraps_state(action: str, folder: str) -> None:
    assert not up(action, f"{OBJECTS}/{folder}/agent-platform-bootstrap/prod.json")
    assert not up(action, f"{OBJECTS}/meta.yaml")


@pytest.mark.parametrize(
    "action",
    [
        "s3:DeleteObjectVersion",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "s3:PutBucketPublicAccessBlock",
        "s3:DeleteBucket",
    ],
)
def test_up_can_not_change_the_buckets_of_state_and_logs_even_with_all_of_s3(action: str) -> None:
    keys = {"aws:PrincipalArn": NAMES.role_arn("up")}
    for bucket in (NAMES.state_bucket, NAMES.log_bucket):
        for resource in (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/.pulumi/stacks/agent-platform/prod.json"):
            assert not allows(BOUNDARY, action, resource, keys)
            assert not up(action, resource)


def test_preview_reads_the_state_and_decrypts_its_secrets() -> None:
    assert preview("s3:ListBucket", BUCKET)
    assert preview("s3:GetObject", f"{OBJECTS}/meta.yaml")
    assert preview("s3:GetObject", f"{OBJECTS}/stacks/agent-platform/prod.json")
    assert preview("kms:Decrypt", SECRETS_KEY)
    assert preview("kms:Decrypt", STATE_KEY)


@pytest.mark.parametrize("folder", ["stacks", "history", "backups", "locks/organization"])
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl"])
def test_preview_writes_nothing_to_the_backend(action: str, folder: str) -> None:
    assert not preview(action, f"{OBJECTS}/{folder}/agent-platform/prod.json")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("kms:Decrypt", OTHER_KEY),
        ("kms:Encrypt", SECRETS_KEY),
        ("kms:GenerateDataKey", STATE_KEY),
        ("kms:CreateGrant", SECRETS_KEY),
        ("s3:GetObject", "arn:aws:s3:::agent-platform-models/weights"),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:agent-platform-x"),
        ("ssm:GetParameter", f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/other/password"),
        ("wafv2:GetSampledRequests", "*"),
        ("logs:GetLogEvents", f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/aws/eks/agent-platform/cluster:x"),
        ("dynamodb:Scan", f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/agent-platform-sessions"),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/agent-platform-sessions"),
        ("sqs:ReceiveMessage", f"arn:aws:sqs:eu-central-1:{ACCOUNT}:agent-platform-tasks"),
        ("ecr:BatchGetImage", f"arn:aws:ecr:eu-central-1:{ACCOUNT}:repository/agent-platform/x"),
        ("ec2:GetPasswordData", "*"),
        ("ec2:RunInstances", "*"),
        ("eks:CreateCluster", "*"),
        ("iam:CreateRole", OWN_ROLE),
        ("iam:PassRole", OWN_ROLE),
        ("iam:GenerateServiceLastAccessedDetails", "*"),
        ("sts:AssumeRole", OWN_ROLE),
    ],
)
def test_preview_changes_nothing_and_reads_no_data(action: str, resource: str) -> None:
    assert not preview(action, resource)


@pytest.mark.parametrize(
    "action",
    [
        "ec2:DescribeVpcs",
        "eks:DescribeCluster",
        "iam:GetRole",
        "iam:ListRolePolicies",
        "kms:GetKeyPolicy",
        "kms:DescribeKey",
        "s3:GetBucketPolicy",
        "s3:GetLifecycleConfiguration",
        "ecr:DescribeRepositories",
        "ecr:GetRegistryPolicy",
        "logs:DescribeLogGroups",
        "logs:GetDelivery",
        "logs:GetDeliverySource",
        "logs:GetDeliveryDestination",
        "wafv2:GetWebACL",
        "wafv2:ListTagsForResource",
        "sts:GetCallerIdentity",
        "route53:GetHostedZone",
    ],
)
def test_preview_reads_the_settings_that_a_refresh_compares(action: str) -> None:
    assert preview(action)


def test_preview_reads_what_layers_tell_each_other() -> None:
    assert preview("ssm:GetParameter", f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/agent-platform/prod/contract")


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"])
def test_up_makes_roles_below_the_boundary_only(action: str) -> None:
    assert up(action, OWN_ROLE, iam__PermissionsBoundary=NAMES.boundary_arn)
    assert not up(action, OWN_ROLE)
    assert not up(action, OWN_ROLE, iam__PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/agent-platform-open")


def test_up_can_not_loosen_a_roles_boundary() -> None:
    assert not up("iam:DeleteRolePermissionsBoundary", OWN_ROLE, iam__PermissionsBoundary=NAMES.boundary_arn)


def test_up_leaves_roles_that_are_not_the_platforms_alone() -> None:
    other = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
    for action in ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:PassRole", "iam:DeleteRole"):
        assert not up(action, other, iam__PermissionsBoundary=NAMES.boundary_arn)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:UpdateAssumeRolePolicy", NAMES.role_arn("up")),
        ("iam:PutRolePolicy", NAMES.role_arn("preview")),
        ("iam:PassRole", NAMES.role_arn("up")),
        ("iam:CreatePolicyVersion", NAMES.boundary_arn),
        ("iam:SetDefaultPolicyVersion", NAMES.policy_arn("up")),
        ("iam:DeletePolicy", NAMES.boundary_arn),
        ("iam:CreateOpenIDConnectProvider", NAMES.provider_arn),
        ("iam:UpdateOpenIDConnectProviderThumbprint", NAMES.provider_arn),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/me"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/me"),
        ("organizations:LeaveOrganization", "*"),
        ("account:CloseAccount", "*"),
    ],
)
def test_the_boundary_keeps_the_pipeline_as_it_is_whatever_its_policies_say(action: str, resource: str) -> None:
    for role in (NAMES.role_arn("up"), OWN_ROLE):
        assert not allows(BOUNDARY, action, resource, {"aws:PrincipalArn": role, **BOUNDED})


@pytest.mark.parametrize("alias", [NAMES.state_alias, NAMES.secrets_alias])
@pytest.mark.parametrize("action", ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy", "kms:CreateGrant"])
def test_the_keys_of_state_and_secrets_stay_as_they_are(action: str, alias: str) -> None:
    assert not up(action, SECRETS_KEY, kms__ResourceAliases=f"alias/{alias}")
    assert up(action, OTHER_KEY, kms__ResourceAliases="alias/agent-platform-prod/logs")


def test_their_aliases_stay_too() -> None:
    alias = f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/{NAMES.secrets_alias}"
    assert not any(up(action, alias) for action in ("kms:DeleteAlias", "kms:UpdateAlias", "kms:CreateAlias"))


def test_up_uses_other_keys_through_services_only() -> None:
    assert not up("kms:Decrypt", OTHER_KEY)
    assert up("kms:Decrypt", OTHER_KEY, kms__ViaService="secretsmanager.eu-central-1.amazonaws.com")


def test_no_role_that_up_makes_sees_the_state() -> None:
    document: dict[str, Any] = BOUNDARY
    for action in ("s3:GetObject", "s3:PutObject"):
        assert not allows(
            document, action, f"{OBJECTS}/stacks/agent-platform/prod.json", {"aws:PrincipalArn": OWN_ROLE}
        )


@pytest.mark.parametrize(
    "service", ["ec2:CreateVpc", "eks:CreateAccessEntry", "ecr:CreateRepository", "rds:CreateDBInstance"]
)
def test_up_stays_in_its_regions(service: str) -> None:
    assert up(service)
    assert up(service, aws__RequestedRegion="us-east-1")
    assert not up(service, aws__RequestedRegion="ap-south-1")


def test_up_hands_roles_to_the_services_that_need_them_only() -> None:
    assert up("iam:PassRole", OWN_ROLE, iam__PassedToService="eks.amazonaws.com")
    assert not up("iam:PassRole", OWN_ROLE, iam__PassedToService="lambda.amazonaws.com")
    assert not up("iam:PassRole", OWN_ROLE)


def test_up_works_in_the_other_regions_too_where_the_account_has_any() -> None:
    wider = permissions.changing(Names("agent-platform", ACCOUNT, "eu-central-1", ("eu-west-1",)))
    there = {"aws:RequestedRegion": "eu-west-1"}
    assert allows(wider, "ec2:CreateVpc", "*", there)
    assert not up("ec2:CreateVpc", aws__RequestedRegion="eu-west-1")
    assert allows(wider, "kms:Decrypt", OTHER_KEY, {"kms:ViaService": "s3.eu-west-1.amazonaws.com"})
    assert not allows(wider, "kms:Decrypt", OTHER_KEY, {"kms:ViaService": "s3.eu-north-1.amazonaws.com"})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("secretsmanager:CreateSecret", f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:rds!db-1"),
        ("logs:CreateLogGroup", f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/aws/rds/instance/agent-platform-x/y"),
        ("logs:CreateLogDelivery", "*"),
        ("backup-storage:MountCapsule", "*"),
    ],
)
def test_up_may_make_databases_brokers_and_vaults(action: str, resource: str) -> None:
    assert up(action, resource)


def test_up_can_not_read_a_databases_password() -> None:
    assert not up("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:rds!db-1")


DELIVERY = f"arn:aws:logs:us-east-1:{ACCOUNT}"
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("wafv2:CreateWebACL", "*"),
        ("wafv2:GetWebACL", "*"),
        *((f"logs:{verb}DeliverySource", f"{DELIVERY}:delivery-source:agent-platform-prod") for verb in VERBS),
        *((f"logs:{verb}DeliveryDestination", f"{DELIVERY}:delivery-destination:agent-platform-x") for verb in VERBS),
    ],
)
def test_up_may_make_what_cloudfront_takes_from_us_east_1(action: str, resource: str) -> None:
    assert up(action, resource, aws__RequestedRegion="us-east-1")


def test_up_leaves_what_others_deliver_alone() -> None:
    assert not up("logs:DeleteDeliverySource", f"{DELIVERY}:delivery-source:other", aws__RequestedRegion="us-east-1")


@pytest.mark.parametrize("action", ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"])
def test_up_may_make_a_vault_with_a_key(action: str) -> None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html names what that takes."""
    assert up(action, OTHER_KEY)


def test_up_may_take_away_the_services_roles_that_it_made() -> None:
    for action in ("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"):
        assert up(action, LINKED)
        assert not up(action, OWN_ROLE)


def test_up_may_have_a_secret_rotated_by_a_function_of_the_account() -> None:
    assert up("lambda:InvokeFunction", f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:rotate")
    assert not up("lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:210987654321:function:rotate")
    assert not up("lambda:UpdateFunctionCode", f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:rotate")
