"""s3-private-encrypted: buckets, their settings inside and in resources of their own."""

import json
from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import Json, mended, refused, resource, stack_messages, unjudged

RULE = "s3-private-encrypted"
BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
VERSIONINGS = ("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2")
LOGGINGS = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
ENCRYPTIONS = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
CLOSED: Json = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
BY_TLS: Json = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def document(**fields: object) -> Json:
    """A policy that refuses plain HTTP, with elements of its statement replaced."""
    statement = {key: value for key, value in {**BY_TLS, **fields}.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [statement]}


def encryption(algorithm: object) -> Json:
    return {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}]}


def settings(of: str = "data", number: int = 0) -> dict[str, Resource]:
    """Everything that a bucket needs, each in its own resource, by its kind."""
    made: dict[str, tuple[str, Json]] = {
        "block": (BLOCK, CLOSED),
        "policy": (POLICY, {"policy": json.dumps(document())}),
        "versioning": (VERSIONINGS[number], {"versioningConfiguration": {"status": "Enabled"}}),
        "encryption": (ENCRYPTIONS[number], encryption("aws:kms")),
        "logging": (LOGGINGS[number], {"targetBucket": "logs"}),
    }
    return {kind: resource({"bucket": of, **properties}, token, of) for kind, (token, properties) in made.items()}


def bucket(token: str = BUCKETS[0], name: str = "data", **properties: Any) -> Resource:
    return resource({"id": name, "bucket": name, **properties}, token, name)


LACKS = {
    "block": "nothing blocks public access. Fix: add an aws.s3.BucketPublicAccessBlock",
    "policy": "no policy refuses plain HTTP. Fix: add an aws.s3.BucketPolicy",
    "versioning": "it is not versioned. Fix: add an aws.s3.BucketVersioning",
    "encryption": "KMS doesn't encrypt it. Fix: add an aws.s3.BucketServerSideEncryptionConfiguration",
    "logging": "it writes no access log. Fix: add an aws.s3.BucketLogging",
}


@pytest.mark.parametrize("token", BUCKETS)
@pytest.mark.parametrize("number", [0, 1])
def test_a_bucket_with_all_its_settings_passes(token: str, number: int) -> None:
    made = settings(number=number).values()
    assert stack_messages(RULE, bucket(token), *made) == []
    assert [refused(RULE, each) for each in (bucket(token), *made)] == [[]] * 6


@pytest.mark.parametrize("token", BUCKETS)
@pytest.mark.parametrize("kind", LACKS)
def test_a_bucket_that_lacks_one_of_them_is_refused(token: str, kind: str) -> None:
    rest = settings()
    rest[kind] = settings(of="other")[kind]
    (message,) = stack_messages(RULE, bucket(token), *rest.values())
    assert f'{token} "data": {LACKS[kind]}' in message


def test_a_bare_bucket_lacks_all_five() -> None:
    assert len(stack_messages(RULE, bucket())) == 5


@pytest.mark.parametrize(
    ("token", "kind", "own"),
    [
        (BUCKETS[0], "versioning", {"versioning": {"enabled": True}}),
        (BUCKETS[1], "versioning", {"versionings": [{"enabled": True}]}),
        (BUCKETS[0], "logging", {"logging": {"targetBucket": "logs"}}),
        (BUCKETS[1], "logging", {"loggings": [{"targetBucket": "logs"}]}),
        (BUCKETS[0], "policy", {"policy": json.dumps(document())}),
        *(
            (
                BUCKETS[0],
                "encryption",
                {
                    "serverSideEncryptionConfiguration": {
                        "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}
                    }
                },
            )
            for algorithm in ("aws:kms", "aws:kms:dsse")
        ),
        (
            BUCKETS[1],
            "encryption",
            {
                "serverSideEncryptionConfigurations": [
                    {"rules": [{"applyServerSideEncryptionByDefaults": [{"sseAlgorithm": "aws:kms"}]}]}
                ]
            },
        ),
    ],
)
def test_a_setting_may_be_the_buckets_own(token: str, kind: str, own: Json) -> None:
    unknowable: Any = UNKNOWN
    rest = [each for name, each in settings().items() if name != kind]
    assert stack_messages(RULE, bucket(token, **own), *rest) == []
    unknown = bucket(token, **dict.fromkeys(own, unknowable))
    (message,) = stack_messages(RULE, unknown, *rest, preview=True)
    assert LACKS[kind] in message


@pytest.mark.parametrize(
    ("kind", "own", "found"),
    [
        ("versioning", {"versioning": {"enabled": False}}, "versioning.enabled is false. Fix: add an aws.s3"),
        ("versioning", {"versioning": {}}, LACKS["versioning"]),
        ("logging", {"logging": {}}, LACKS["logging"]),
        (
            "encryption",
            {
                "serverSideEncryptionConfiguration": {
                    "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
                }
            },
            'sseAlgorithm is "AES256". Fix: add an aws.s3',
        ),
    ],
)
def test_a_setting_of_the_buckets_own_must_be_right(kind: str, own: Json, found: str) -> None:
    rest = [each for name, each in settings().items() if name != kind]
    (message,) = stack_messages(RULE, bucket(**own), *rest)
    assert found in message


def test_what_aws_filled_in_does_not_count_beside_a_resource_that_sets_it() -> None:
    filled: Json = {
        "versioning": {"enabled": False},
        "serverSideEncryptionConfiguration": {
            "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
        },
    }
    assert stack_messages(RULE, bucket(**filled), *settings().values()) == []


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("algorithm", ["AES256", None, 7])
def test_an_encryption_without_kms_is_refused_where_it_stands(number: int, algorithm: object) -> None:
    made = settings(number=number)
    made["encryption"] = made["encryption"]._replace(properties={"bucket": "data", **encryption(algorithm)})
    (message,) = stack_messages(RULE, bucket(), *made.values())
    assert ENCRYPTIONS[number] in message
    assert "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm is" in message


@pytest.mark.parametrize("rules", [None, []])
def test_an_encryption_without_rules_encrypts_nothing(rules: object) -> None:
    made = settings()
    made["encryption"] = made["encryption"]._replace(properties={"bucket": "data", "rules": rules})
    (message,) = stack_messages(RULE, bucket(), *made.values())
    assert LACKS["encryption"] in message


def test_an_unknown_algorithm_is_not_judged() -> None:
    made = settings()
    made["encryption"] = made["encryption"]._replace(properties={"bucket": "data", **encryption(UNKNOWN)})
    (message,) = stack_messages(RULE, bucket(), *made.values())
    assert "could not judge" in message
    assert "sseAlgorithm" in message


def test_a_bucket_that_keeps_logs_need_not_log_and_may_be_encrypted_by_s3() -> None:
    made = settings(of="logs")
    made["encryption"] = made["encryption"]._replace(properties={"bucket": "logs", **encryption("AES256")})
    del made["logging"]
    logs = bucket(name="logs")
    assert stack_messages(RULE, logs, *made.values(), logBuckets=["logs"]) == []
    assert len(stack_messages(RULE, logs, *made.values(), logBuckets=["other"])) == 2
    assert len(stack_messages(RULE, logs, logBuckets=["logs"])) == 4
    made["encryption"] = made["encryption"]._replace(properties={"bucket": "logs", **encryption("none")})
    assert len(stack_messages(RULE, logs, *made.values(), logBuckets=["logs"])) == 1


def test_settings_of_a_bucket_yet_to_be_made_are_known_by_dependency() -> None:
    data = resource({"id": UNKNOWN, "versioning": UNKNOWN}, BUCKETS[0], "data")
    made = [
        each._replace(properties={**dict(each.properties), "bucket": UNKNOWN}, dependencies=(data.urn,))  # type: ignore[call-overload]
        for each in settings().values()
    ]
    assert stack_messages(RULE, data, *made, preview=True) == []


def test_logging_that_depends_on_both_buckets_is_not_judged_before_they_are_made() -> None:
    data, logs = (resource({"id": UNKNOWN}, BUCKETS[0], name) for name in ("data", "logs"))
    log = resource({"bucket": UNKNOWN, "targetBucket": UNKNOWN}, LOGGINGS[0])
    found = stack_messages(RULE, data, logs, log._replace(dependencies=(data.urn, logs.urn)), logBuckets=["logs"])
    (message,) = [text for text in found if "could not judge" in text]
    assert '"data"' in message
    assert "BucketLogging" in message


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
        (message,) = refused(RULE, resource({"policy": json.dumps(document(**fields))}, token))
        assert "policy has no statement that refuses plain HTTP. Fix: deny everyone s3:*" in message


@pytest.mark.parametrize("policy", [None, "", "no json", 7, [], {}, {"Statement": []}])
def test_what_is_no_policy_is_refused(policy: object) -> None:
    assert len(refused(RULE, resource({"policy": policy}, POLICY))) == 1


def test_one_statement_among_others_is_enough() -> None:
    policy = {"Statement": [{**BY_TLS, "Effect": "Allow"}, UNKNOWN, BY_TLS]}
    assert unjudged(RULE, resource({"policy": policy}, POLICY)) == []
    assert refused(RULE, resource({"policy": policy}, POLICY)) == []


@pytest.mark.parametrize(
    "policy",
    [
        UNKNOWN,
        {"Statement": UNKNOWN},
        {"Statement": [UNKNOWN, {**BY_TLS, "Effect": "Allow"}]},
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
