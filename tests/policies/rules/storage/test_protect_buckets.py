"""s3-private-encrypted: each bucket and each resource that sets one up, judged alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import Json, mended, refused, resource, unjudged
from tests.policies.rules.storage.buckets import (
    ACLS,
    BLOCK,
    BUCKETS,
    BY_TLS,
    CLOSED,
    POLICY,
    VERSIONINGS,
    document,
)

RULE = "s3-private-encrypted"


@pytest.mark.parametrize("key", CLOSED)
@pytest.mark.parametrize("value", [None, False])
def test_a_block_of_public_access_has_no_gap_and_is_mended(key: str, value: object) -> None:
    judged = resource({**CLOSED, key: value}, BLOCK)
    (message,) = refused(RULE, judged)
    assert f"{key} is" in message
    assert f"Fix: set {key} to true" in message
    once = mended(RULE, judged)
    assert once.properties == CLOSED
    assert mended(RULE, once) == once


@pytest.mark.parametrize("token", VERSIONINGS)
@pytest.mark.parametrize("status", [None, "Suspended", "Disabled", "enabled"])
def test_versioning_that_is_off_is_refused_and_mended(token: str, status: object) -> None:
    judged = resource({"versioningConfiguration": {"status": status}}, token)
    (message,) = refused(RULE, judged)
    assert "versioningConfiguration.status is" in message
    assert "Fix: set status to Enabled" in message
    once = mended(RULE, judged)
    assert once.properties == {"versioningConfiguration": {"status": "Enabled"}}
    assert mended(RULE, once) == once


@pytest.mark.parametrize(
    ("token", "off", "on"),
    [
        (BUCKETS[0], {"versioning": {"enabled": False}}, {"versioning": {"enabled": True}}),
        (BUCKETS[1], {"versionings": [{"enabled": False}]}, {"versionings": [{"enabled": True}]}),
    ],
)
def test_a_buckets_own_versioning_that_is_off_is_refused_and_mended(token: str, off: Json, on: Json) -> None:
    assert "enabled is false. Fix: set enabled to true" in refused(RULE, resource(off, token))[0]
    assert mended(RULE, resource(off, token)).properties == on
    assert refused(RULE, resource(on, token)) == []


@pytest.mark.parametrize("token", [*BUCKETS, *ACLS])
@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read"])
def test_a_public_acl_is_refused_and_mended(token: str, acl: str) -> None:
    (message,) = refused(RULE, resource({"acl": acl}, token))
    assert f'acl is "{acl}". Fix: set acl to private' in message
    assert mended(RULE, resource({"acl": acl}, token)).properties == {"acl": "private"}
    for private in ("private", "log-delivery-write", "bucket-owner-full-control"):
        assert refused(RULE, resource({"acl": private}, token)) == []


@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers", "s3/LogDelivery"])
def test_a_grant_to_a_group_of_everyone_is_refused(group: str) -> None:
    uri = f"http://acs.amazonaws.com/groups/global/{group}"
    grants = [{"grantee": {"id": "1"}}, {"grantee": {"uri": uri}}]
    found = refused(RULE, resource({"grants": [{"id": "1"}, {"uri": uri}]}, BUCKETS[0]))
    found += refused(RULE, resource({"accessControlPolicy": {"grants": grants}}, ACLS[0]))
    assert len(found) == (0 if "Log" in group else 2)
    assert all("grants[1]" in message for message in found)


@pytest.mark.parametrize("form", [json.dumps, lambda policy: policy])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
        {"Action": "S3:*"},
        {"Action": ["*"]},
        {"Resource": "*"},
        {"Resource": "arn:aws:s3:::*"},
        {"Resource": "arn:aws:s3:::data*"},
        {"Resource": ["arn:aws-cn:s3:::data", "arn:aws-cn:s3:::data/*"]},
        {"Resource": ["arn:aws:s3:::data/*", "arn:aws:s3:::other", "arn:aws:s3:::data"]},
        {"Condition": {"Bool": {"aws:SecureTransport": False}}},
        {"Condition": {"BoolIfExists": {"AWS:securetransport": ["false"]}}},
    ],
)
def test_a_policy_that_denies_plain_http_passes_in_every_form(form: Any, fields: Json) -> None:
    assert refused(RULE, resource({"policy": form(document(**fields))}, POLICY)) == []
    assert refused(RULE, resource({"policy": form(document(**fields))}, BUCKETS[0])) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
        {"Principal": None},
        {"Action": "s3:GetObject"},
        {"Action": None, "NotAction": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::data"},
        {"Resource": "arn:aws:s3:::data/*"},
        {"Resource": "arn:aws:s3:::*/*"},
        {"Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/public/*"]},
        {"Resource": ["arn:aws:s3:::data", "arn:aws:s3:::other/*"]},
        {"Resource": None},
        {"Resource": 7},
        {"Condition": None},
        {"Condition": "aws:SecureTransport"},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": []}}},
        {"Condition": {"Bool": {"aws:ViaAWSService": "false"}}},
        {"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
    ],
)
def test_a_policy_that_denies_less_than_that_is_refused(fields: Json) -> None:
    for token in (POLICY, BUCKETS[0]):
        found = refused(RULE, resource({"policy": json.dumps(document(**fields))}, token))
        assert "policy has no statement that refuses plain HTTP. Fix: deny everyone s3:*" in found[-1]
        assert len(found) == (2 if "Effect" in fields else 1)


@pytest.mark.parametrize("token", [POLICY, BUCKETS[0]])
def test_a_policy_must_speak_of_its_own_bucket(token: str) -> None:
    for name, found in (("data", 0), ("other", 1)):
        assert len(refused(RULE, resource({"bucket": name, "policy": document()}, token))) == found
    everything = document(Resource="*")
    assert refused(RULE, resource({"bucket": "other", "policy": everything}, token)) == []
    unknown: Any = UNKNOWN
    assert refused(RULE, resource({"bucket": unknown, "policy": document()}, token)) == []
    partly = document(Resource=["arn:aws:s3:::data", UNKNOWN])
    assert len(unjudged(RULE, resource({"bucket": "data", "policy": partly}, token))) == 1


@pytest.mark.parametrize("effect", ["Deny", UNKNOWN])
def test_statements_may_share_the_bucket_and_its_objects(effect: object) -> None:
    whole = {**BY_TLS, "Resource": "arn:aws:s3:::data"}
    objects = {**BY_TLS, "Resource": "arn:aws:s3:::data/*", "Effect": effect}
    judged = resource({"policy": {"Statement": [whole, objects]}}, POLICY)
    assert refused(RULE, judged) == []
    assert len(unjudged(RULE, judged)) == int(effect is UNKNOWN)
    judged = resource({"policy": {"Statement": [whole, {**objects, "Resource": "arn:aws:s3:::data/x/*"}]}}, POLICY)
    assert len(refused(RULE, judged)) == 1


@pytest.mark.parametrize("policy", [None, "", "no json", 7, [], {}, {"Statement": []}])
def test_what_is_no_policy_is_refused(policy: object) -> None:
    assert "no statement that refuses plain HTTP" in refused(RULE, resource({"policy": policy}, POLICY))[-1]


def allowing(principal: object, **fields: object) -> Json:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    return {"Statement": [BY_TLS, {**allowed, **fields}]}


@pytest.mark.parametrize("token", [POLICY, *BUCKETS])
@pytest.mark.parametrize("form", [json.dumps, dict])
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]}])
def test_a_policy_that_lets_anybody_in_is_refused(
    token: str, form: Callable[[Json], object], principal: object
) -> None:
    (message,) = refused(RULE, resource({"policy": form(allowing(principal))}, token))
    assert "policy: Statement[1].Principal" in message
    assert "is anybody. Fix: name the accounts" in message


@pytest.mark.parametrize("token", [POLICY, *BUCKETS])
def test_a_policy_that_names_who_comes_in_or_from_which_network_passes(token: str) -> None:
    for principal in ({"AWS": "arn:aws:iam::111122223333:role/web"}, {"Service": "cloudfront.amazonaws.com"}):
        assert refused(RULE, resource({"policy": allowing(principal)}, token)) == []
    for key in ("aws:PrincipalOrgID", "aws:SourceVpce", "aws:SourceAccount"):
        condition = {"StringEquals": {key: "x-1"}}
        assert refused(RULE, resource({"policy": allowing("*", Condition=condition)}, token)) == []


@pytest.mark.parametrize("fields", [{"Principal": UNKNOWN}, {"Condition": UNKNOWN}])
def test_unknown_principals_of_a_policy_are_not_judged(fields: Json) -> None:
    judged = resource({"policy": allowing("*", **fields)}, POLICY)
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_one_statement_among_others_is_enough() -> None:
    policy = {"Statement": [{**BY_TLS, "Principal": {"AWS": "111122223333"}}, {**BY_TLS, "Action": "s3:Get*"}, BY_TLS]}
    assert unjudged(RULE, resource({"policy": policy}, POLICY)) == []
    assert refused(RULE, resource({"policy": policy}, POLICY)) == []


@pytest.mark.parametrize(
    "policy",
    [
        UNKNOWN,
        {"Statement": UNKNOWN},
        {"Statement": [UNKNOWN, {**BY_TLS, "Action": "s3:GetObject"}]},
        *(document(**{element: UNKNOWN}) for element in BY_TLS),
        document(Principal={"AWS": UNKNOWN}),
        document(Action=["s3:GetObject", UNKNOWN]),
        document(Resource=["arn:aws:s3:::data", UNKNOWN]),
        document(Condition={"Bool": UNKNOWN}),
        document(Condition={"Bool": {"aws:SecureTransport": UNKNOWN}}),
    ],
)
def test_a_policy_with_unknown_parts_is_not_judged(policy: object) -> None:
    for token in (POLICY, BUCKETS[0]):
        (message,) = unjudged(RULE, resource({"policy": policy}, token))
        assert "unknown at preview: policy" in message
        assert refused(RULE, resource({"policy": policy}, token)) == []


@pytest.mark.parametrize(
    ("token", "properties"),
    [
        (BLOCK, {**CLOSED, "blockPublicAcls": UNKNOWN}),
        (VERSIONINGS[0], {"versioningConfiguration": UNKNOWN}),
        (BUCKETS[0], {"versioning": UNKNOWN}),
        (BUCKETS[0], {"acl": UNKNOWN}),
        (BUCKETS[0], {"grants": UNKNOWN}),
    ],
)
def test_unknown_settings_are_not_judged(token: str, properties: Json) -> None:
    assert len(unjudged(RULE, resource(properties, token))) == 1
    assert refused(RULE, resource(properties, token)) == []


@pytest.mark.parametrize(
    ("token", "properties"),
    [
        (BLOCK, {**CLOSED, "blockPublicAcls": "true"}),
        (VERSIONINGS[0], {"versioningConfiguration": {"status": True}}),
        (BUCKETS[0], {"versioning": "on"}),
        (BUCKETS[0], {"acl": 7}),
        (BUCKETS[0], {"grants": "all"}),
    ],
)
def test_settings_of_the_wrong_type_are_refused(token: str, properties: Json) -> None:
    assert "belongs" in refused(RULE, resource(properties, token))[0]


def test_a_secret_acl_is_judged_and_not_shown() -> None:
    (message,) = refused(RULE, resource({"acl": Secret("public-read")}, BUCKETS[0]))
    assert "public-read" not in message
