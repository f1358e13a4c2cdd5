"""kms-no-wildcard-principal."""

import json
from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import refused, resource, stack_messages, unjudged

RULE = "kms-no-wildcard-principal"
KEY = "aws:kms/key:Key"
POLICY = "aws:kms/keyPolicy:KeyPolicy"
KEYS = (
    KEY,
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
OWN = {"AWS": "arn:aws:iam::123456789012:root"}


def document(principal: object, condition: object = None, **more: Any) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": principal, **more}
    return {"Statement": [{**statement, "Condition": condition}]}


def key(principal: object, condition: object = None, **more: Any) -> Resource:
    return resource({"policy": document(principal, condition, **more)}, KEY)


@pytest.mark.parametrize("kind", [*KEYS, POLICY])
@pytest.mark.parametrize("write", [json.dumps, lambda value: value])
def test_anybody_is_refused_in_every_resource_and_form(kind: str, write: Any) -> None:
    (message,) = refused(RULE, resource({"policy": write(document("*"))}, kind))
    assert 'policy: Statement[0].Principal is "*"' in message
    assert "aws:PrincipalOrgID" in message
    assert refused(RULE, resource({"policy": write(document(OWN))}, kind)) == []


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["1", "*"]}, {"AWS": "arn:aws:iam::*:root"}])
def test_anybody_is_refused_under_any_name(principal: object) -> None:
    assert len(refused(RULE, key(principal))) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID"),
        *("aws:PrincipalOrgPaths", "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"),
    ],
)
def test_a_condition_on_who_calls_narrows_it(name: str) -> None:
    assert refused(RULE, key("*", {"StringEquals": {name: "123456789012"}})) == []
    assert len(refused(RULE, key("*", {"StringLike": {name: "12*"}}))) == 1


def test_a_condition_on_something_else_does_not() -> None:
    assert len(refused(RULE, key("*", {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}))) == 1
    assert len(refused(RULE, key("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/web"}}))) == 1


def test_a_statement_names_somebody() -> None:
    assert "Principal is not set" in refused(RULE, key(None))[0]
    assert "everybody but" in refused(RULE, key(None, NotPrincipal=OWN))[0]
    assert len(refused(RULE, key(None, NotPrincipal=OWN))) == 1


def test_a_denial_may_name_everybody() -> None:
    assert refused(RULE, key("*", Effect="Deny")) == []


@pytest.mark.parametrize(
    "judged",
    [
        key(UNKNOWN),
        key({"AWS": UNKNOWN}),
        key("*", UNKNOWN),
        key("*", {"StringEquals": {"kms:CallerAccount": UNKNOWN}}),
        resource({"policy": UNKNOWN}, KEY),
    ],
)
def test_unknown_parts_are_not_judged(judged: Resource) -> None:
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_a_name_of_the_wrong_type_is_said_to_be_no_string() -> None:
    assert "where a string belongs" in refused(RULE, key({"AWS": 7}))[0]


@pytest.mark.parametrize("judged", [key(7), key({"AWS": 7}), resource({"policy": "x"}, KEY)])
def test_parts_of_the_wrong_type_are_refused(judged: Resource) -> None:
    assert len(refused(RULE, judged)) == 1


def test_a_secret_policy_is_judged_and_not_shown() -> None:
    (message,) = refused(RULE, resource({"policy": Secret(document("hidden*"))}, KEY))
    assert "hidden" not in message


def beside(key_id: object, *dependencies: str) -> Resource:
    return resource({"keyId": key_id, "policy": {}}, POLICY)._replace(dependencies=dependencies)


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_without_a_policy_is_refused_in_every_kind(kind: str) -> None:
    bare = resource({}, kind)
    assert refused(RULE, bare) == []
    (message,) = stack_messages(RULE, bare)
    assert "policy is not set" in message
    assert kind in message
    assert stack_messages(RULE, resource({"policy": UNKNOWN}, kind)) == []
    assert stack_messages(RULE, bare, beside(UNKNOWN, "other", bare.urn)) == []


@pytest.mark.parametrize("name", ["id", "keyId", "arn"])
def test_a_policy_beside_the_key_is_found_by_what_names_the_key(name: str) -> None:
    bare = resource({name: "k-1"}, KEY)
    assert stack_messages(RULE, bare, beside("k-1")) == []
    assert len(stack_messages(RULE, bare, beside("k-2"))) == 1
    assert len(stack_messages(RULE, resource({name: []}, KEY), beside([]))) == 1


def test_a_policy_that_may_be_of_any_key_leaves_it_unjudged() -> None:
    bare = resource({}, KEY)
    (message,) = stack_messages(RULE, bare, beside(UNKNOWN))
    assert message.startswith(f"could not judge 1 value of {KEY}")
    assert ": policy, which a KeyPolicy of this stack may set. " in message
    (message,) = stack_messages(RULE, bare, beside(UNKNOWN, "another key"))
    assert not message.startswith("could not judge")
