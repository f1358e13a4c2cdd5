"""data-class-protected: what a declared class of data demands of AWS stores."""

from typing import Any

import pytest

from policies.rule import Provider, Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    refused,
    resource,
    stack_messages,
    unjudged,
)

RULE = "data-class-protected"
CLASS = "agent-platform.dev/data-class"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
TAGS = {"data-class": "health"}
ENCRYPTED: dict[str, dict[str, Any]] = {
    "aws:efs/fileSystem:FileSystem": {"encrypted": True, "kmsKeyId": KEY},
    "aws:ebs/volume:Volume": {"encrypted": True, "kmsKeyId": KEY},
    "aws:rds/instance:Instance": {"storageEncrypted": True, "kmsKeyId": KEY},
    "aws:rds/cluster:Cluster": {"storageEncrypted": True, "kmsKeyId": KEY},
    "aws:dynamodb/table:Table": {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
    "aws:elasticache/replicationGroup:ReplicationGroup": {"atRestEncryptionEnabled": True, "kmsKeyId": KEY},
    "aws:sqs/queue:Queue": {"kmsMasterKeyId": KEY},
    "aws:sns/topic:Topic": {"kmsMasterKeyId": KEY},
    "aws:kinesis/stream:Stream": {"kmsKeyId": KEY},
    "aws:cloudwatch/logGroup:LogGroup": {"kmsKeyId": KEY},
}


@pytest.mark.parametrize(("kind", "settings"), ENCRYPTED.items())
@pytest.mark.parametrize("tags", ["tags", "tagsAll"])
@pytest.mark.parametrize("tag", ["data-class", CLASS])
def test_a_store_with_a_key_of_ones_own_passes(kind: str, settings: dict[str, Any], tags: str, tag: str) -> None:
    assert refused(RULE, resource({**settings, tags: {tag: "health"}}, kind)) == []
    assert len(refused(RULE, resource({tags: {tag: "health"}}, kind))) == 1 + ("ncryp" in str(settings))
    assert refused(RULE, resource({tags: {tag: "public"}}, kind)) == []
    assert refused(RULE, resource({}, kind)) == []


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_a_store_with_a_key_of_aws_is_refused(kind: str) -> None:
    def weakened(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: weakened(inner) for name, inner in value.items()}
        return "alias/aws/sqs" if isinstance(value, str) else False

    found = refused(RULE, resource({**weakened(ENCRYPTED[kind]), "tags": TAGS}, kind))
    assert 'is "alias/aws/sqs". Fix: name a KMS key of your own' in found[-1]
    assert len(found) == 1 + ("ncryp" in str(ENCRYPTED[kind]))


def test_a_store_with_an_empty_or_unknown_key() -> None:
    kind = "aws:sqs/queue:Queue"
    assert len(refused(RULE, resource({"kmsMasterKeyId": "", "tags": TAGS}, kind))) == 1
    assert len(unjudged(RULE, resource({"kmsMasterKeyId": UNKNOWN, "tags": TAGS}, kind))) == 1
    assert len(unjudged(RULE, resource({"tags": UNKNOWN}, kind))) == 1


def test_a_store_is_in_one_of_the_regions_if_there_is_a_list() -> None:
    regions = ["eu-west-1", "eu-central-1"]
    queue = resource({"kmsMasterKeyId": KEY, "tags": TAGS}, "aws:sqs/queue:Queue")
    here = queue._replace(provider=Provider("aws", "p", {"region": "eu-central-1"}, explicit=True))
    assert refused(RULE, here, regions=regions) == []
    assert len(refused(RULE, here)) == 0
    (message,) = refused(RULE, here, regions=["us-east-1", "us-east-2"])
    assert 'the store\'s provider: region is "eu-central-1". Fix: put the store into us-east-1 or us-east-2.' in message
    own = here._replace(properties={"kmsMasterKeyId": KEY, "tags": TAGS, "region": "us-east-1"})
    assert 'region is "us-east-1"' in refused(RULE, own, regions=regions)[0]
    assert refused(RULE, own, regions=["us-east-1"]) == []
    assert len(unjudged(RULE, queue, regions=regions)) == 1
    nowhere = queue._replace(provider=Provider("aws", "p", {}, explicit=True))
    assert "is not set" in refused(RULE, nowhere, regions=regions)[0]
    bucket = resource({"tags": TAGS}, "aws:s3/bucket:Bucket")._replace(provider=here.provider)
    assert len(refused(RULE, bucket, regions=["us-east-1"])) == 1
    assert refused(RULE, bucket, regions=regions) == []


BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def bucket(kind: str = BUCKET, **properties: Any) -> Resource:
    return resource({"bucket": "data", "tags": TAGS, **properties}, kind, "data")


def setting(
    algorithm: object = "aws:kms", key: object = KEY, name: object = "data", kind: str = ENCRYPTION
) -> Resource:
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}
    return resource({"bucket": name, "rules": [{"applyServerSideEncryptionByDefault": default}]}, kind, "setting")


@pytest.mark.parametrize("version", ["", "V2"])
def test_a_bucket_is_encrypted_by_a_setting_of_its_own(version: str) -> None:
    made = bucket(f"aws:s3/bucket{version}:Bucket{version}")
    encrypted = ENCRYPTION.replace("Configuration", f"Configuration{version}")
    assert stack_messages(RULE, made, setting(kind=encrypted)) == []
    assert stack_messages(RULE, made, setting("aws:kms:dsse", kind=encrypted)) == []
    (message,) = stack_messages(RULE, made, setting(name="other", kind=encrypted))
    assert "the stack sets no encryption for this bucket. Fix: add a BucketServerSideEncryption" in message


@pytest.mark.parametrize(
    ("algorithm", "key"), [("AES256", KEY), ("aws:kms", None), ("aws:kms", "alias/aws/s3"), (None, KEY)]
)
def test_a_bucket_needs_kms_and_a_key_of_ones_own(algorithm: object, key: object) -> None:
    (message,) = stack_messages(RULE, bucket(), setting(algorithm, key))
    assert 'aws:s3/bucket:Bucket "data"' in message


def test_a_setting_belongs_to_the_bucket_that_it_depends_on() -> None:
    made = bucket(bucket=UNKNOWN)
    assert stack_messages(RULE, made, setting(name=UNKNOWN)._replace(dependencies=(made.urn,))) == []
    assert len(stack_messages(RULE, made, setting(name=UNKNOWN))) == 1


def test_a_bucket_may_be_encrypted_inline() -> None:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}}
    assert stack_messages(RULE, bucket(serverSideEncryptionConfiguration={"rule": rule})) == []
    assert len(stack_messages(RULE, bucket(serverSideEncryptionConfiguration={"rule": {}}))) == 2


def test_a_bucket_without_a_class_and_unknown_tags() -> None:
    assert stack_messages(RULE, bucket(tags={"data-class": "public"})) == []
    assert stack_messages(RULE, bucket(tags=UNKNOWN))[0].startswith("could not judge")
    assert refused(RULE, bucket()) == []
