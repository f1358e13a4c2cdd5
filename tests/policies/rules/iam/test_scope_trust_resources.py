"""iam-trust-scoped: policies of resources, and statements by property, that let anybody in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.rule import Resource
from policies.subjects.resource_policies import POLICIES
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import Json, refused, resource, unjudged

RULE = "iam-trust-scoped"
QUEUE = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:alerts"
FUNCTION = "aws:lambda/permission:Permission"
EVENTS = "aws:cloudwatch/eventPermission:EventPermission"
LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission"
URL = "aws:lambda/functionUrl:FunctionUrl"
ROLE_ARN = "arn:aws:iam::123456789012:role/web"


def policy(principal: object, condition: object = None, **fields: object) -> Json:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", "Condition": condition}
    return {"Statement": [{**statement, **fields}]}


def holding(token: str, document: object) -> Resource:
    for key in reversed(POLICIES[token]):
        document = {key: document}
    return resource(document, token)


@pytest.mark.parametrize("token", POLICIES)
@pytest.mark.parametrize("form", [json.dumps, dict])
def test_a_policy_that_lets_anybody_in_is_refused(token: str, form: Callable[[Json], object]) -> None:
    for principal in ("*", {"AWS": "*"}, {"AWS": ["123456789012", "*"]}, {"Service": "*"}):
        (message,) = refused(RULE, holding(token, form(policy(principal))))
        assert f"{'.'.join(POLICIES[token])}: Statement[0].Principal" in message
        assert "which is anybody. Fix: name the accounts, roles or services that may use it" in message
    assert "allows everybody but" in refused(RULE, holding(token, policy(None, NotPrincipal="1")))[0]


@pytest.mark.parametrize("token", POLICIES)
def test_an_empty_text_is_no_policy(token: str) -> None:
    assert refused(RULE, holding(token, "")) == unjudged(RULE, holding(token, "")) == []
    assert len(refused(RULE, holding(token, " "))) == 1


@pytest.mark.parametrize("token", POLICIES)
def test_policies_that_name_who_comes_in_and_denials_pass(token: str) -> None:
    assert refused(RULE, holding(token, policy({"AWS": ROLE_ARN}))) == []
    sourced = policy({"Service": "events.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": TOPIC_ARN}})
    assert refused(RULE, holding(token, sourced)) == []
    assert refused(RULE, holding(token, policy("*", Effect="Deny"))) == []
    assert refused(RULE, holding(token, None)) == unjudged(RULE, holding(token, None)) == []


@pytest.mark.parametrize(
    "key",
    [
        *("aws:PrincipalOrgID", "aws:PrincipalAccount", "aws:SourceAccount", "AWS:SourceOwner", "aws:SourceVpce"),
        "aws:SourceOrgID",
    ],
)
def test_a_condition_narrows_anybody(key: str) -> None:
    assert refused(RULE, holding(QUEUE, policy("*", {"StringEquals": {key: "x-1"}}))) == []
    assert len(refused(RULE, holding(QUEUE, policy("*", {"StringEquals": {key: "*"}})))) == 1
    assert len(refused(RULE, holding(QUEUE, policy("*", {"StringNotEquals": {key: "x-1"}})))) == 1
    assert len(refused(RULE, holding(QUEUE, policy("*", {"StringEqualsIfExists": {key: "x-1"}})))) == 1


@pytest.mark.parametrize(
    ("source", "passes"),
    [
        (TOPIC_ARN, True),
        ("arn:aws:sns:eu-west-1:123456789012:*", True),
        ("arn:aws:s3:::uploads", True),
        ("arn:aws:sns:eu-west-1:*:alerts", False),
        ("arn:aws:sns:*", False),
        ("arn:aws:s3:::*", False),
        ("arn:aws:s3:::uploads-*", False),
        ("arn:*", False),
    ],
)
def test_a_source_narrows_if_it_is_of_one_account(source: str, passes: bool) -> None:
    assert bool(refused(RULE, holding(QUEUE, policy("*", {"ArnLike": {"aws:SourceArn": source}})))) is not passes
    permission = {"principal": "s3.amazonaws.com", "sourceArn": source}
    assert bool(refused(RULE, resource(permission, FUNCTION))) is not passes


@pytest.mark.parametrize("token", POLICIES)
def test_a_service_that_sends_to_a_queue_a_topic_a_bus_or_a_function_is_bound_to_a_source(token: str) -> None:
    sent_to = token.startswith(("aws:sqs/", "aws:sns/", "aws:lambda/", "aws:cloudwatch/eventBusPolicy:"))
    plain = refused(RULE, holding(token, policy({"Service": ["events.amazonaws.com", "sns.amazonaws.com"]})))
    assert len(plain) == (2 if sent_to else 0)
    assert all("which comes for any account. Fix: add the condition ArnLike aws:SourceArn" in each for each in plain)
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert len(refused(RULE, holding(token, policy({"Service": "s3.amazonaws.com"}, organization)))) == int(sent_to)


@pytest.mark.parametrize(
    "key", ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:SourceOrgID", "lambda:EventSourceToken"]
)
def test_a_source_binds_a_service(key: str) -> None:
    def judged(value: object) -> Resource:
        return holding(QUEUE, policy({"Service": "s3.amazonaws.com"}, {"StringEquals": {key: value}}))

    assert refused(RULE, judged("123456789012")) == []
    assert len(refused(RULE, judged("*"))) == 1
    assert len(unjudged(RULE, judged(UNKNOWN))) == 1


@pytest.mark.parametrize("token", POLICIES)
@pytest.mark.parametrize("document", [UNKNOWN, policy(UNKNOWN), policy("*", UNKNOWN)])
def test_unknown_policies_are_not_judged(token: str, document: object) -> None:
    assert len(unjudged(RULE, holding(token, document))) == 1
    assert refused(RULE, holding(token, document)) == []


@pytest.mark.parametrize("document", ["no json", 7, policy(7)])
def test_policies_that_can_not_be_read_are_refused(document: object) -> None:
    assert len(refused(RULE, holding(QUEUE, document))) == 1


NARROWED: list[tuple[str, Json]] = [
    (FUNCTION, {"sourceArn": TOPIC_ARN}),
    (FUNCTION, {"sourceAccount": "123456789012"}),
    (FUNCTION, {"principalOrgId": "o-1"}),
    (FUNCTION, {"eventSourceToken": "amzn1.ask.skill.1"}),
    (EVENTS, {"condition": {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-1"}}),
    (LAYER, {"organizationId": "o-1"}),
]


@pytest.mark.parametrize("token", [FUNCTION, EVENTS, LAYER])
def test_a_permission_for_anybody_is_refused(token: str) -> None:
    (message,) = refused(RULE, resource({"principal": "*"}, token))
    assert 'principal is "*", which is anybody. Fix: name the accounts' in message
    assert "principal is not set" in refused(RULE, resource({}, token))[0]
    assert "where a string belongs" in refused(RULE, resource({"principal": ["*"]}, token))[0]
    for name in ("123456789012", ROLE_ARN):
        assert refused(RULE, resource({"principal": name}, token)) == []


@pytest.mark.parametrize(("token", "fields"), NARROWED)
def test_a_permission_for_anybody_passes_if_a_property_narrows_it(token: str, fields: Json) -> None:
    assert refused(RULE, resource({"principal": "*", **fields}, token)) == []
    ((key, value),) = fields.items()
    for vague in ("*", ""):
        loose: Any = {**value, "value": vague} if isinstance(value, dict) else vague
        assert len(refused(RULE, resource({"principal": "*", key: loose}, token))) == 1
    unknown: Any = {**value, "value": UNKNOWN} if isinstance(value, dict) else UNKNOWN
    judged = resource({"principal": "*", key: unknown}, token)
    assert key in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    "principal", ["sns.amazonaws.com", "S3.amazonaws.com", "lambda.amazonaws.eu", "logs.eu-west-1.amazonaws.com"]
)
def test_a_service_that_calls_a_function_is_bound_to_a_source(principal: str) -> None:
    (message,) = refused(RULE, resource({"principal": principal}, FUNCTION))
    assert f'principal is "{principal}", which comes for any account. Fix: set sourceArn or sourceAccount.' in message
    assert refused(RULE, resource({"principal": principal, "sourceArn": TOPIC_ARN}, FUNCTION)) == []


@pytest.mark.parametrize("principal", ["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"])
def test_alexa_calls_a_function_for_one_skill(principal: str) -> None:
    (message,) = refused(RULE, resource({"principal": principal}, FUNCTION))
    assert "which comes for any account. Fix: set eventSourceToken to the id of the skill." in message
    assert refused(RULE, resource({"principal": principal, "eventSourceToken": "amzn1.ask.skill.1"}, FUNCTION)) == []


@pytest.mark.parametrize("token", [FUNCTION, EVENTS, LAYER])
@pytest.mark.parametrize(
    "principal",
    [
        *("", " ", "12345678901", "1234567890123", "anyone", "arn:aws:iam::*:root"),
        *("arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:", "arn:aws:s3:::uploads"),
    ],
)
def test_who_is_no_account_and_of_no_account_is_anybody(token: str, principal: str) -> None:
    assert "which is anybody" in refused(RULE, resource({"principal": principal}, token))[0]


@pytest.mark.parametrize("principal", [ROLE_ARN, "arn:aws-cn:iam::123456789012:root", "arn:aws:sts::123456789012:a/b"])
def test_an_identity_of_an_account_may_use_a_function(principal: str) -> None:
    assert refused(RULE, resource({"principal": principal}, FUNCTION)) == []


def test_a_permission_for_somebody_unknown_is_not_judged() -> None:
    unclear: list[Json] = [{"principal": UNKNOWN}, {"principal": UNKNOWN, "sourceArn": UNKNOWN}]
    for fields in unclear:
        judged = resource(fields, FUNCTION)
        assert "principal" in unjudged(RULE, judged)[0]
        assert refused(RULE, judged) == []
    broken: Json = {"principal": 7, "sourceArn": UNKNOWN}
    assert len(refused(RULE, resource(broken, FUNCTION))) == 1


def test_a_permission_from_ones_own_source_is_narrow_whoever_comes() -> None:
    judged = resource({"principal": UNKNOWN, "sourceArn": "arn:aws:s3:::uploads"}, FUNCTION)
    assert refused(RULE, judged) == unjudged(RULE, judged) == []
    broken: Json = {"principal": 7, "sourceArn": "arn:aws:s3:::uploads"}
    assert len(refused(RULE, resource(broken, FUNCTION))) == 1
    assert len(refused(RULE, resource({"sourceArn": "arn:aws:s3:::uploads"}, FUNCTION))) == 1


def test_a_secret_principal_is_judged_and_not_shown() -> None:
    (message,) = refused(RULE, resource({"principal": Secret("sns.amazonaws.com")}, FUNCTION))
    assert "a secret value" in message
    assert "sns" not in message


def test_the_url_of_a_function_asks_who_calls() -> None:
    assert refused(RULE, resource({"authorizationType": "AWS_IAM"}, URL)) == []
    assert 'authorizationType is "NONE". Fix: set' in refused(RULE, resource({"authorizationType": "NONE"}, URL))[0]
    assert len(refused(RULE, resource({}, URL))) == 1
    assert len(unjudged(RULE, resource({"authorizationType": UNKNOWN}, URL))) == 1
