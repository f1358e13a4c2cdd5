"""iam-no-user: no users, no groups of users, no credentials of theirs."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import UNKNOWN

_FIX: Final = "use a role: IAM Identity Center for people, Pod Identity or OIDC federation for programs"
_ATTACHMENT: Final = "aws:iam/policyAttachment:PolicyAttachment"
_TYPES: Final = (
    "aws:iam/accessKey:AccessKey",
    "aws:iam/group:Group",
    "aws:iam/groupMembership:GroupMembership",
    "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/signingCertificate:SigningCertificate",
    "aws:iam/sshKey:SshKey",
    "aws:iam/user:User",
    "aws:iam/userGroupMembership:UserGroupMembership",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/userPoliciesExclusive:UserPoliciesExclusive",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    "aws:iam/virtualMfaDevice:VirtualMfaDevice",
)


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds every resource that makes or serves a user, and attachments to users and groups."""
    if subject.type != _ATTACHMENT:
        yield Violation(f"{subject.type.rpartition(':')[2]} belongs to users with long-lived credentials. Fix: {_FIX}.")
        return
    for field in (subject.at("users"), subject.at("groups")):
        if field.value is UNKNOWN:
            yield Unjudged(place(field))
        elif any(True for _ in field.items()):
            yield Violation(f"{place(field)} attaches the policy to users. Fix: {_FIX}, and attach it to that role.")


RULE = Rule(
    name="iam-no-user",
    description="No IAM users, groups, access keys or policies of users may exist.",
    why="A user's keys work from anywhere until somebody revokes them; a role's credentials expire within hours.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_40", "CKV_AWS_273", "CKV_AWS_348"), owasp=("ASI03",)),
    remediation="Give people roles through IAM Identity Center and programs roles through Pod Identity or OIDC.",
    area=of_type(*_TYPES, _ATTACHMENT),
    judge=judge,
)
