"""iam-no-escalation-exfil."""

import json
from typing import Any

import pytest

from policies.rule import Resource
from policies.rules.iam import refuse_escalation
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "iam-no-escalation-exfil"
POLICY = "aws:iam/policy:Policy"
ROLE = "arn:aws:iam::123456789012:role/agents/web"
PASSED = {"StringEquals": {"iam:PassedToService": "pods.eks.amazonaws.com"}}
BOUNDED = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/agents"}}


def policy(action: object, where: object = ROLE, **more: Any) -> Resource:
    statement = {"Effect": "Allow", "Action": action, "Resource": where, **more}
    return resource(
        {"policy": json.dumps({"Statement": [statement]}) if not _unknown(statement) else {"Statement": [statement]}},
        POLICY,
    )


def _unknown(value: object) -> bool:
    return "UNKNOWN" in repr(value)


def test_the_lists_of_actions_are_what_a_security_team_expects() -> None:
    lists = (
        refuse_escalation._POWERS,
        refuse_escalation._DELEGABLE,
        refuse_escalation._ROLES,
        refuse_escalation._SCOPED,
    )
    assert [len(each) for each in lists] == [29, 8, 2, 57]
    named = [action for each in lists for action in each]
    assert len(set(named)) == len(named)
    assert all(service.islower() and name[0].isalpha() for service, _, name in (each.partition(":") for each in named))


@pytest.mark.parametrize("action", refuse_escalation._POWERS)
def test_an_action_that_gives_power_is_refused_on_any_resource(action: str) -> None:
    (message,) = refused(RULE, policy(["s3:ListBucket", action]))
    assert f"Statement[0].Action[1] allows {action}. " in message
    assert len(refused(RULE, policy(action.upper(), Condition=BOUNDED))) == 1


@pytest.mark.parametrize("action", refuse_escalation._DELEGABLE)
def test_a_delegated_action_passes_under_a_boundary_only(action: str) -> None:
    (message,) = refused(RULE, policy(action))
    assert "iam:PermissionsBoundary" in message
    assert refused(RULE, policy(action, Condition=BOUNDED)) == []
    assert len(refused(RULE, policy(action, Condition=PASSED))) == 1
    assert len(unjudged(RULE, policy(action, Condition=UNKNOWN))) == 1


def test_a_role_is_passed_by_name_and_to_a_named_service() -> None:
    assert refused(RULE, policy("iam:PassRole", Condition=PASSED)) == []
    (message,) = refused(RULE, policy("iam:PassRole"))
    assert "allows iam:PassRole to any service" in message
    (message,) = refused(RULE, policy("iam:PassRole", "*", Condition=PASSED))
    assert "on no resource in particular" in message
    assert len(refused(RULE, policy("iam:PassRole", "*"))) == 2


@pytest.mark.parametrize("action", ["sts:AssumeRole", *refuse_escalation._SCOPED])
def test_an_action_that_reads_or_acts_names_where(action: str) -> None:
    (message,) = refused(RULE, policy(action, "*"))
    assert f"allows {action} on no resource in particular" in message
    assert refused(RULE, policy(action, "arn:aws:x:eu-west-1:123456789012:thing/one")) == []
    statement = {"Effect": "Allow", "Action": action, "NotResource": ROLE}
    assert len(refused(RULE, resource({"policy": {"Statement": statement}}, POLICY))) == 1


@pytest.mark.parametrize(
    ("where", "broad"),
    [
        ("*", True),
        ("arn:aws:iam::123456789012:role/*", True),
        ("arn:aws:iam::123456789012:*", True),
        ("arn:aws:iam::123456789012:role/*/*", True),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:s3:::*/", True),
        ("arn:aws:s3:::models/*", False),
        ("arn:aws:s3:::models-*", False),
        ("arn:aws:iam::123456789012:role/agents/*", False),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:web-*", False),
        ("models", False),
        ("a:b", False),
    ],
)
def test_a_resource_is_broad_if_it_names_nothing_of_its_kind(where: str, broad: bool) -> None:
    assert bool(refused(RULE, policy("sts:AssumeRole", ["arn:aws:iam::1:role/x", where]))) is broad


def test_wildcards_reach_all_that_they_cover_and_a_long_list_is_cut() -> None:
    (message,) = refused(RULE, policy("iam:Create*", Condition=BOUNDED))
    assert "iam:CreatePolicyVersion, iam:CreateAccessKey, iam:CreateLoginProfile" in message
    assert "and 1 more" in message
    (message,) = refused(RULE, policy("eks:*"))
    assert "more" in message
    (message,) = refused(RULE, policy("eks:*Access*"))
    assert message.count("eks:") == 3
    assert "more" not in message


def test_exactly_five_actions_are_not_cut() -> None:
    (message,) = refused(RULE, policy("eks:*"), toleratedActions=["eks:AssociateIdentityProviderConfig"])
    assert "more" not in message


def test_harmless_actions_pass_on_every_resource() -> None:
    assert refused(RULE, policy(["s3:ListBucket", "ec2:DescribeInstances", "iam:GetRole"], "*")) == []


def test_everything_but_some_actions_reaches_the_rest() -> None:
    def inverse(*kept: object) -> Resource:
        statement = {"Effect": "Allow", "NotAction": list(kept), "Resource": ROLE}
        return resource({"policy": {"Statement": statement}}, POLICY)

    assert len(refused(RULE, inverse("iam:Get*"))) == 3
    assert refused(RULE, inverse("iam:*", "eks:*", "sso:*", "organizations:*")) == []
    assert len(refused(RULE, inverse("iam:*", "eks:*", "sso:*"))) == 1
    assert refused(RULE, inverse("s3:*", UNKNOWN)) == []
    assert len(unjudged(RULE, inverse("s3:*", UNKNOWN))) == 1


@pytest.mark.parametrize(
    ("denial", "found"),
    [
        ({"Action": "iam:Create*", "Resource": "*"}, 0),
        ({"Action": ["s3:*", "iam:createaccesskey"], "Resource": ["*"]}, 0),
        ({"Action": "iam:Create*", "Resource": ROLE}, 1),
        ({"Action": "iam:Create*", "Resource": "*", "Condition": {"Bool": {"aws:x": "true"}}}, 1),
        ({"Action": "iam:Create*", "Resource": "*", "Condition": UNKNOWN}, 1),
        ({"Action": "iam:Create*", "Resource": "*", "Effect": "Allow"}, 2),
        ({"Action": "iam:Create*", "Resource": "*", "Effect": UNKNOWN}, 1),
        ({"Action": [UNKNOWN, 7], "Resource": "*"}, 1),
        ({"Action": "iam:Delete*", "Resource": "*"}, 1),
    ],
)
def test_what_the_same_document_denies_altogether_is_not_allowed(denial: dict[str, object], found: int) -> None:
    allow = {"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*"}
    document = {"Statement": [allow, {"Effect": "Deny", **denial}]}
    messages = refused(RULE, resource({"policy": document}, POLICY))
    assert len([each for each in messages if "CreateAccessKey" in each]) == found


def test_tolerated_actions_are_a_setting() -> None:
    assert refused(RULE, policy("sts:AssumeRole", "*"), toleratedActions=["sts:*"]) == []
    assert len(refused(RULE, policy("kms:Decrypt", "*"), toleratedActions=["sts:*"])) == 1


def test_inline_policies_of_roles_are_judged() -> None:
    document = {"Statement": {"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*"}}
    inline = {"inlinePolicies": [{"policy": document}, {"policy": document}]}
    assert len(refused(RULE, resource(inline, "aws:iam/role:Role"))) == 2


@pytest.mark.parametrize(
    "judged",
    [
        policy(UNKNOWN),
        policy("s3:GetObject", UNKNOWN),
        policy("s3:GetObject", [ROLE, UNKNOWN]),
        policy("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": UNKNOWN}}),
        resource({"policy": UNKNOWN}, POLICY),
    ],
)
def test_unknown_parts_are_not_judged(judged: Resource) -> None:
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_a_broad_resource_beside_an_unknown_one_is_refused() -> None:
    assert len(refused(RULE, policy("s3:GetObject", [UNKNOWN, "*"]))) == 1


@pytest.mark.parametrize("judged", [policy(7), policy("s3:Get", [7]), resource({"policy": "x"}, POLICY)])
def test_parts_of_the_wrong_type_are_refused(judged: Resource) -> None:
    assert len(refused(RULE, judged)) == 1
