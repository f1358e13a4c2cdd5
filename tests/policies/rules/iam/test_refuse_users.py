"""iam-no-user."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "iam-no-user"
ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
KINDS = [
    f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}"
    for kind in (
        *("AccessKey", "Group", "GroupMembership", "GroupPoliciesExclusive", "GroupPolicy", "GroupPolicyAttachment"),
        *("GroupPolicyAttachmentsExclusive", "ServiceSpecificCredential", "SigningCertificate", "SshKey", "User"),
        *("UserGroupMembership", "UserLoginProfile", "UserPoliciesExclusive", "UserPolicy", "UserPolicyAttachment"),
        *("UserPolicyAttachmentsExclusive", "VirtualMfaDevice"),
    )
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("properties", [{}, {"user": UNKNOWN}])
def test_whatever_makes_or_serves_a_user_is_refused(kind: str, properties: object) -> None:
    (message,) = refused(RULE, resource(properties, kind))
    assert kind.rpartition(":")[2] in message
    assert "Fix: use a role" in message


def test_roles_and_their_policies_pass() -> None:
    for kind in ("aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"):
        assert refused(RULE, resource({}, kind)) == []


@pytest.mark.parametrize("whom", ["users", "groups"])
@pytest.mark.parametrize("names", [["ann"], [UNKNOWN], "ann", [None]])
def test_a_policy_attached_to_users_is_refused(whom: str, names: object) -> None:
    (message,) = refused(RULE, resource({whom: names, "roles": ["web"]}, ATTACHMENT))
    assert whom in message


def test_a_policy_attached_to_roles_passes() -> None:
    assert refused(RULE, resource({"roles": ["web"], "users": [], "groups": None}, ATTACHMENT)) == []


@pytest.mark.parametrize("whom", ["users", "groups"])
def test_unknown_users_are_not_judged(whom: str) -> None:
    judged = resource({whom: UNKNOWN}, ATTACHMENT)
    assert whom in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
