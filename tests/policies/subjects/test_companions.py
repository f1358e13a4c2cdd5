"""Which resources point to a target: by a known value, or by a dependency where the value is unknown."""

from typing import Any

import pytest

from policies.findings import Unjudged, Violation
from policies.rule import Resource, Stack
from policies.subjects.companions import companions, demanded, is_customer_key
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import resource

BUCKET, BUCKET_V2 = "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


def bucket(called: str, token: str = BUCKET, **properties: Any) -> Resource:
    return resource({"id": UNKNOWN, "arn": UNKNOWN, **properties}, token, called)


def logging(value: object, *depended: Resource) -> Resource:
    made = resource({"bucket": value}, LOGGING, "logging")
    return made._replace(dependencies=tuple(each.urn for each in depended))


def found(target: Resource, *others: Resource) -> str:
    """`sure`, `unsure` or `none`: what the last of the other resources is to the target."""
    answer = companions(Stack([target, *others]), target, "bucket", (LOGGING, VERSIONING))
    assert len(answer.sure) + len(answer.unsure) <= 1
    return "sure" if answer.sure else "unsure" if answer.unsure else "none"


@pytest.mark.parametrize("key", ["id", "arn", "bucket", "name"])
def test_a_known_value_that_is_the_targets_own_points_to_it(key: str) -> None:
    assert found(bucket("data", **{key: "data-1"}), logging("data-1")) == "sure"
    assert found(bucket("data", **{key: "data-1"}), logging(Secret("data-1"))) == "sure"


def test_any_of_the_types_asked_for_is_found_and_no_other() -> None:
    target = bucket("data", id="data-1")
    assert found(target, resource({"bucket": "data-1"}, VERSIONING)) == "sure"
    assert found(target, resource({"bucket": "data-1"}, "aws:s3/bucketPolicy:BucketPolicy")) == "none"


def test_a_known_value_that_is_not_the_targets_does_not_point_to_it() -> None:
    assert found(bucket("data", id="data-1"), logging("data-2")) == "none"
    assert found(bucket("data", bucket="data-1"), logging("data-2")) == "none"


def test_a_known_value_may_be_a_targets_whose_id_is_unknown_if_it_depends_on_it() -> None:
    target = bucket("data")
    assert found(target, logging("data-1", target)) == "sure"
    assert found(target, logging("data-1")) == "none"


def test_a_dependency_does_not_count_where_the_known_id_is_another() -> None:
    target = bucket("data", id="data-1")
    assert found(target, logging("data-2", target)) == "none"
    assert found(target, logging(UNKNOWN, target)) == "none"


def test_an_unknown_value_is_the_one_bucket_that_it_depends_on() -> None:
    target, other = bucket("data"), bucket("other")
    assert found(target, other, logging(UNKNOWN, target)) == "sure"
    assert found(target, other, logging(UNKNOWN, other)) == "none"
    assert found(target, other, logging(UNKNOWN)) == "none"


@pytest.mark.parametrize("token", [BUCKET, BUCKET_V2])
def test_of_two_buckets_that_it_depends_on_it_may_be_either(token: str) -> None:
    target, other = bucket("data"), bucket("logs", token)
    assert found(target, other, logging(UNKNOWN, target, other)) == "unsure"
    assert found(target, other, logging(UNKNOWN, other, target)) == "unsure"


def test_dependencies_of_other_kinds_or_with_known_ids_leave_no_doubt() -> None:
    target, known = bucket("data"), bucket("logs", id="logs-1")
    key = resource({"id": UNKNOWN}, "aws:kms/key:Key")
    elsewhere = resource({"id": UNKNOWN}, "gcp:s3/bucket:Bucket", "elsewhere")
    assert found(target, known, key, elsewhere, logging(UNKNOWN, target, known, key, elsewhere)) == "sure"
    assert found(target, logging(UNKNOWN, target, bucket("not in the stack"))) == "sure"


def test_the_default_form_of_a_type_is_of_the_same_kind() -> None:
    group = resource({"id": UNKNOWN}, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    other = resource({"id": UNKNOWN}, "aws:ec2/securityGroup:SecurityGroup", "other")
    rule = resource({"bucket": UNKNOWN}, LOGGING, "rule")._replace(dependencies=(group.urn, other.urn))
    assert found(group, other, rule) == "unsure"


@pytest.mark.parametrize("value", [None, 7, True, [], {}, ["data-1"]])
def test_what_is_absent_or_no_string_points_to_nothing(value: object) -> None:
    target = bucket("data")
    assert found(target, logging(value, target)) == "none"


@pytest.mark.parametrize("properties", [None, UNKNOWN, [], "text", 7])
def test_properties_of_any_shape_are_read(properties: object) -> None:
    target = resource(properties, BUCKET)
    assert found(target, logging("data-1")) == "none"
    assert found(bucket("data", id="data-1"), resource(properties, LOGGING)) == "none"


def test_what_is_demanded_and_lacks_is_a_violation_of_the_target() -> None:
    first, second = bucket("first", id="first"), bucket("second", BUCKET_V2, id="second")
    stack = Stack([first, second, logging("first")])
    tokens = (BUCKET, BUCKET_V2)
    assert list(demanded(stack, tokens, "bucket", LOGGING, "no log")) == [Violation("no log", urn=second.urn)]
    assert len(list(demanded(stack, tokens, "bucket", VERSIONING, "no log"))) == 2


def test_what_is_demanded_and_may_be_there_is_unjudged_and_names_what_may_be_it() -> None:
    first, second = bucket("first"), bucket("second")
    stack = Stack([first, second, logging(UNKNOWN, first, second)])
    one, two = demanded(stack, (BUCKET,), "bucket", LOGGING, "no log")
    assert isinstance(one, Unjudged)
    assert "BucketLogging" in one.place
    assert (one.urn, two.urn) == (first.urn, second.urn)


def test_a_sure_companion_counts_beside_an_unsure_one() -> None:
    first, second = bucket("first"), bucket("second")
    sure = logging(UNKNOWN, first)._replace(urn="urn:sure")
    stack = Stack([first, second, logging(UNKNOWN, first, second), sure])
    assert [each.urn for each in demanded(stack, (BUCKET,), "bucket", LOGGING, "no log")] == [second.urn]


@pytest.mark.parametrize(
    ("key", "own"),
    [
        ("arn:aws:kms:eu-central-1:111122223333:key/1234", True),
        ("1234", True),
        ("alias/storefront", True),
        ("alias/awsome", True),
        ("alias/aws/s3", False),
        ("arn:aws:kms:eu-central-1:111122223333:alias/aws/ebs", False),
        ("", False),
    ],
)
def test_a_key_that_aws_manages_is_not_the_customers(key: str, own: bool) -> None:
    assert is_customer_key(key) is own
