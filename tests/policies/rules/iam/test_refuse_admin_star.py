"""iam-no-admin-star."""

import json
from typing import Any

import pytest

from policies.config import ConfigError
from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import refused, resource, unjudged

RULE = "iam-no-admin-star"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BUCKET = "arn:aws:s3:::models/*"
WRAPS: dict[str, Any] = {
    POLICY: lambda document: {"policy": document},
    "aws:iam/rolePolicy:RolePolicy": lambda document: {"policy": document},
    "aws:iam/groupPolicy:GroupPolicy": lambda document: {"policy": document},
    "aws:iam/role:Role": lambda document: {"inlinePolicies": [{"name": "own", "policy": document}]},
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": lambda document: {"inlinePolicy": document},
}


def policy(action: object = "s3:GetObject", where: object = BUCKET, **more: Any) -> Resource:
    statement = {"Effect": "Allow", "Action": action, "Resource": where, **more}
    return resource({"policy": {"Version": "2012-10-17", "Statement": [statement]}}, POLICY)


@pytest.mark.parametrize("kind", WRAPS)
@pytest.mark.parametrize("write", [json.dumps, lambda document: document])
def test_a_star_is_refused_in_every_resource_and_form(kind: str, write: Any) -> None:
    document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": BUCKET}}
    (message,) = refused(RULE, resource(WRAPS[kind](write(document)), kind))
    assert 'Statement.Action is "*"' in message
    assert "Fix: name the actions" in message
    document["Statement"]["Action"] = "s3:GetObject"
    assert refused(RULE, resource(WRAPS[kind](write(document)), kind)) == []


@pytest.mark.parametrize(
    "action", ["*", "**", "*:*", "s3:*", "S3:**", "s3:?*", "i*:Get*", "?am:PassRole", "", ":Get", "s3"]
)
def test_an_action_that_names_none_is_refused(action: str) -> None:
    (message,) = refused(RULE, policy(["s3:GetObject", action]))
    assert "Statement[0].Action[1]" in message


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:Get*", "s3:*Object", "ec2:Describe*", "ssmmessages:*"])
def test_an_action_with_a_name_passes(action: str) -> None:
    assert refused(RULE, policy(action)) == []


def test_a_service_may_be_allowed_as_a_whole_by_configuration() -> None:
    assert refused(RULE, policy("S3:*"), serviceWildcards=["s3"]) == []
    assert len(refused(RULE, policy(["s3:*", "sqs:*", "*"]), serviceWildcards=["s3"])) == 2


@pytest.mark.parametrize(
    "where",
    [
        *("*", ["a", "*"], "arn:aws:s3:::*", "arn:*", "arn:aws:s3:::*/*", "arn:aws:dynamodb:*:123456789012:*"),
        "arn:aws:dynamodb:eu-west-1:123456789012:table/*",
    ],
)
def test_every_resource_is_refused_for_an_action_that_could_name_some(where: object) -> None:
    (message,) = refused(RULE, policy(["s3:GetObject", "ec2:DescribeImages"], where))
    assert "Statement[0].Resource" in message
    assert 'for "s3:GetObject"' in message
    assert "ec2" not in message


@pytest.mark.parametrize(
    "actions",
    [
        "ecr:GetAuthorizationToken",
        ["ec2:DescribeImages", "EC2:describe*"],
        "xray:PutTraceSegments",
        "ssmmessages:*",
        [],
    ],
)
def test_actions_that_have_no_resource_may_stand_beside_the_star(actions: object) -> None:
    assert refused(RULE, policy(actions, "*")) == []


def test_which_actions_have_no_resource_is_a_setting() -> None:
    assert refused(RULE, policy("foo:List", "*"), unscopableActions=["foo:L*"]) == []
    assert len(refused(RULE, policy("ec2:DescribeImages", "*"), unscopableActions=[])) == 1


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "ec2:ResourceTag/team", "aws:RequestTag/team"])
def test_a_tag_condition_narrows_the_star(key: str) -> None:
    assert refused(RULE, policy("ec2:StopInstances", "*", Condition={"StringEquals": {key: "a"}})) == []
    assert len(refused(RULE, policy("ec2:StopInstances", "*", Condition={"StringEquals": {"aws:X": "a"}}))) == 1
    unknown = policy("ec2:StopInstances", "*", Condition={"StringEquals": {key: UNKNOWN}})
    assert refused(RULE, unknown) == []
    assert "Condition" in unjudged(RULE, unknown)[0]


@pytest.mark.parametrize("name", ["NotAction", "NotResource"])
@pytest.mark.parametrize("value", ["iam:*", [], UNKNOWN])
def test_all_but_what_is_named_is_refused(name: str, value: object) -> None:
    (message,) = refused(RULE, policy(**{name: value}))
    assert f"Statement[0].{name} allows everything" in message
    assert f"write {name.removeprefix('Not')} instead" in message


def test_everything_but_some_actions_on_every_resource_is_refused_twice() -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    found = refused(RULE, resource({"policy": {"Statement": statement}}, POLICY))
    assert len(found) == 2
    assert "iam" not in found[1].partition("policy: ")[2]
    assert "for all but what NotAction names" in found[1]


def test_what_is_denied_may_be_everything() -> None:
    assert refused(RULE, policy("*", "*", Effect="Deny")) == []


def test_every_statement_is_judged() -> None:
    listed = [{"Effect": "Allow", "Action": "*", "Resource": BUCKET}] * 3
    assert len(refused(RULE, resource({"policy": {"Statement": listed}}, POLICY))) == 3


@pytest.mark.parametrize(
    "name",
    [
        *("AdministratorAccess", "AdministratorAccess-Amplify", "AdministratorAccess-AWSElasticBeanstalk"),
        *("IAMFullAccess", "PowerUserAccess", "AWSOrganizationsFullAccess", "job-function/SystemAdministrator"),
    ],
)
def test_an_admin_policy_of_aws_is_refused(name: str) -> None:
    arn = f"arn:aws:iam::aws:policy/{name}"
    (message,) = refused(RULE, resource({"policyArn": arn}, ATTACHMENT))
    assert name in message
    assert "Fix: attach a policy" in message
    assert len(refused(RULE, resource({"managedPolicyArns": ["arn:x/y", arn]}, "aws:iam/role:Role"))) == 1


def test_which_policies_are_refused_is_a_setting() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert refused(RULE, resource({"policyArn": arn}, ATTACHMENT)) == []
    assert len(refused(RULE, resource({"policyArn": arn}, ATTACHMENT), refusedManagedPolicies=["ReadOnlyAccess"])) == 1
    with pytest.raises(ConfigError, match="refusedManagedPolicies"):
        refused(RULE, resource({}, ATTACHMENT), refusedManagedPolicies="x")


@pytest.mark.parametrize(
    "judged",
    [
        policy(UNKNOWN),
        policy([UNKNOWN]),
        policy(UNKNOWN, "*"),
        policy(where=UNKNOWN),
        policy(where=[UNKNOWN]),
        resource({"policy": UNKNOWN}, POLICY),
        resource({"policyArn": UNKNOWN}, ATTACHMENT),
        resource({"inlinePolicies": UNKNOWN}, "aws:iam/role:Role"),
    ],
)
def test_unknown_parts_are_not_judged(judged: Resource) -> None:
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    "judged",
    [
        policy(7),
        policy(where={}),
        resource({"policy": "no json"}, POLICY),
        resource({"policy": 7}, POLICY),
        resource({"policyArn": 7}, ATTACHMENT),
        resource({"inlinePolicies": "x"}, "aws:iam/role:Role"),
    ],
)
def test_parts_of_the_wrong_type_are_refused(judged: Resource) -> None:
    assert len(refused(RULE, judged)) == 1


def test_a_secret_document_is_judged_and_not_shown() -> None:
    document = json.dumps({"Statement": {"Effect": "Allow", "Action": "hidden:*", "Resource": BUCKET}})
    (message,) = refused(RULE, resource({"policy": Secret(document)}, POLICY))
    assert "a secret value" in message
    assert "hidden" not in message
