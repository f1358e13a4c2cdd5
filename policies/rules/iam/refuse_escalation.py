"""iam-no-escalation-exfil: no permission by which an identity gives itself more, or carries data off.

Three kinds of actions. Some change who may do what, and are refused on any resource. PassRole and AssumeRole hand over
other roles, so they name them. The rest reads data or runs code as somebody else, so it names where.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import (
    GRANTING,
    Statement,
    allowed,
    covers,
    granted,
    is_every_resource,
    key_in,
    statements,
    unless_bound,
)
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN, Field

_FIX: Final = "name the actions that are used and the ARNs they are used on"
_FIX_POWER: Final = "leave identities and their permissions to the platform's pipeline"
_FIX_PASS: Final = "add the condition StringEquals iam:PassedToService with the one service that needs the role"  # noqa: S105
_PASS: Final = "iam:PassRole"  # noqa: S105 - an action, not a password
_DELEGABLE: Final = (
    *("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy"),
    *("iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"),
)
_POWERS: Final = (
    *("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:AttachGroupPolicy", "iam:PutGroupPolicy"),
    *("iam:AddUserToGroup", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    *("iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential", "iam:DeactivateMFADevice"),
    *("iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"),
    *("iam:CreateOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:CreateSAMLProvider"),
    *("iam:AddClientIDToOpenIDConnectProvider", "iam:UpdateSAMLProvider", "organizations:LeaveOrganization"),
    *("eks:CreateAccessEntry", "eks:UpdateAccessEntry", "eks:AssociateAccessPolicy"),
    *("eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation", "eks:AssociateIdentityProviderConfig"),
    *("sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment", "sso:PutInlinePolicyToPermissionSet"),
)
_ROLES: Final = (_PASS, "sts:AssumeRole")
_SCOPED: Final = (
    *("s3:GetObject", "s3:GetObjectVersion", "s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl"),
    *("s3:PutBucketPublicAccessBlock", "s3:PutReplicationConfiguration", "secretsmanager:GetSecretValue"),
    *("secretsmanager:BatchGetSecretValue", "secretsmanager:PutResourcePolicy", "ssm:GetParameter"),
    *("ssm:GetParameters", "ssm:GetParametersByPath", "ssm:SendCommand", "ssm:StartSession"),
    *("kms:Decrypt", "kms:CreateGrant", "kms:PutKeyPolicy", "dynamodb:GetItem", "dynamodb:BatchGetItem"),
    *("dynamodb:Query", "dynamodb:Scan", "dynamodb:ExportTableToPointInTime", "sqs:ReceiveMessage"),
    *("sqs:SetQueueAttributes", "sns:SetTopicAttributes", "lambda:UpdateFunctionCode", "lambda:AddPermission"),
    *("lambda:UpdateFunctionConfiguration", "lambda:GetFunction", "ecr:SetRepositoryPolicy", "ecr:PutImage"),
    *("ec2:CreateSnapshot", "ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "ec2:GetPasswordData"),
    *("ec2:ModifyInstanceAttribute", "ec2-instance-connect:SendSSHPublicKey", "rds:ModifyDBSnapshotAttribute"),
    *("ec2-instance-connect:SendSerialConsoleSSHPublicKey", "rds:StartExportTask", "rds-db:connect"),
    *("codebuild:StartBuild", "codebuild:UpdateProject", "cloudformation:UpdateStack", "glue:UpdateDevEndpoint"),
    *(
        "ecs:ExecuteCommand",
        "ecs:RegisterTaskDefinition",
        "events:PutTargets",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
    *("logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery", "elasticfilesystem:PutFileSystemPolicy"),
    *("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl", "es:ESHttpGet"),
)
_SHOWN: Final = 5
_delegated = key_in("iam:permissionsboundary")
_passed = key_in("iam:passedtoservice")


class _Reach(NamedTuple):
    """The named actions that one element of a statement allows."""

    field: Field
    actions: tuple[str, ...]

    def violation(self, what: str, fix: str) -> Violation:
        rest = f" and {len(self.actions) - _SHOWN} more" if len(self.actions) > _SHOWN else ""
        return Violation(f"{place(self.field)} allows {', '.join(self.actions[:_SHOWN])}{rest}{what}. Fix: {fix}.")


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds every dangerous action that a resource's documents allow, unless they deny it altogether."""
    tolerated = options["toleratedActions"]
    for document in granted(subject):
        denied = (*tolerated, *_denied(document))
        yield from allowed(document, partial(_judge_statement, denied=denied), _FIX)


def _denied(document: Field) -> Iterator[str]:
    for statement in statements(document):
        everywhere = any(each.value == "*" for each in statement.values("Resource"))
        if statement.at("Effect").value == "Deny" and statement.at("Condition").value is ABSENT and everywhere:
            yield from (each.value for each in statement.values("Action") if isinstance(each.value, str))


def _judge_statement(statement: Statement, denied: tuple[str, ...]) -> Iterator[Finding]:
    for reach in _reached(statement, _POWERS, denied):
        yield reach.violation("", _FIX_POWER)
    for reach in _reached(statement, _DELEGABLE, denied):
        fix = f"{_FIX_POWER}, or add the condition StringEquals iam:PermissionsBoundary"
        yield from unless_bound(statement, _delegated, reach.violation("", fix))
    for reach in _reached(statement, (_PASS,), denied):
        yield from unless_bound(statement, _passed, reach.violation(" to any service", _FIX_PASS))
    for reach in _reached(statement, (*_ROLES, *_SCOPED), denied):
        yield from _unscoped(statement, reach)
    yield from statement.unclear("Action", "NotAction", "Resource", "NotResource")


def _reached(statement: Statement, actions: Iterable[str], denied: tuple[str, ...]) -> Iterator[_Reach]:
    open_actions = [action for action in actions if not any(covers(pattern, action) for pattern in denied)]
    for field in statement.values("Action"):
        if isinstance(field.value, str):
            pattern = field.value
            found = tuple(action for action in open_actions if covers(pattern, action))
            if found:
                yield _Reach(field, found)
    inverse = statement.at("NotAction")
    if inverse.value is not ABSENT:
        values = [each.value for each in statement.values("NotAction")]
        kept = [value for value in values if isinstance(value, str)]
        found = tuple(action for action in open_actions if not any(covers(pattern, action) for pattern in kept))
        if found and UNKNOWN not in values:
            yield _Reach(inverse, found)


def _unscoped(statement: Statement, reach: _Reach) -> Iterator[Finding]:
    values = [each.value for each in statement.values("Resource")]
    if statement.at("NotResource").value is not ABSENT or any(map(_is_broad, values)):
        yield reach.violation(" on no resource in particular", _FIX)
    elif UNKNOWN in values:
        yield Unjudged(place(statement.at("Resource")))


def _is_broad(resource: object) -> bool:
    return isinstance(resource, str) and is_every_resource(resource)


RULE = Rule(
    name="iam-no-escalation-exfil",
    description="Policies must not allow actions by which an identity gains power or carries data off.",
    why="An agent that is talked into it uses whatever its role allows: to make itself admin, or to read every bucket.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        checkov=("CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290"),
        owasp=("LLM06", "ASI03"),
    ),
    remediation="Remove the action, or name the one resource (for PassRole also the service) that it is needed for.",
    area=of_type(*GRANTING),
    judge=judge,
    options={"toleratedActions": text_list("Patterns of actions that are not looked for.", ())},
)
