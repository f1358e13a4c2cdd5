"""s3-private-encrypted: what a bucket of a stack needs, in itself or in resources of their own."""

import json
from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, refused, resource, stack_messages
from tests.policies.rules.storage.buckets import (
    BLOCK,
    BUCKETS,
    CLOSED,
    ENCRYPTIONS,
    LOGGINGS,
    POLICY,
    VERSIONINGS,
    document,
    encryption,
)

RULE = "s3-private-encrypted"


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
