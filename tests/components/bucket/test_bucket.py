"""The private bucket: what closes it, what it keeps, and that the pack accepts it."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.bucket import Guard, LogTarget, PrivateBucket
from components.bucket.documents import keeping
from components.bucket.logs import access_logs, load_balancers
from tests.components import aws_recording
from tests.components.aws_recording import ACCOUNT, ROOT, Cloud, judged, recording, run, unjudged, violations

KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0123"
RULE = keeping("all", expire_days=400, replaced_days=30)


def program(opts: pulumi.ResourceOptions) -> None:
    logs = PrivateBucket(
        "logs",
        "example-logs",
        guard=None,
        rules=[RULE],
        statements=[access_logs("example-logs", ACCOUNT, ["example-*"]), load_balancers("example-logs", ACCOUNT)],
        protect=True,
        opts=opts,
    )
    guard = Guard(KEY, logs.log_target)
    PrivateBucket("models", "example-models", guard=guard, rules=[RULE], protect=True, opts=opts)


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what a bucket and the one that keeps its logs register in a preview, then in an up."""
    with recording(preview=request.param) as cloud:
        run(program)
    return cloud


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack know which bucket keeps logs."""
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    config["s3-private-encrypted"] = {"logBuckets": ["logs-bucket"]}
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/config.prod.json").write_text(json.dumps(config))
    monkeypatch.setattr(aws_recording, "ROOT", tmp_path)


@pytest.mark.usefixtures("listed")
def test_the_pack_accepts_a_bucket_and_the_one_that_keeps_its_logs(either: Cloud) -> None:
    said = judged(either)
    assert violations(said) == []
    assert unjudged(said) == []


def test_whoever_forgets_to_list_the_log_bucket_is_told_by_the_pack(either: Cloud) -> None:
    assert any("aws:kms" in text for text in violations(judged(either)))


@pytest.mark.parametrize("name", ["logs", "models"])
def test_it_is_closed_to_the_public_without_acls_and_by_tls_only(either: Cloud, name: str) -> None:
    closed = either.named(f"{name}-closed").inputs
    assert [closed[key] for key in sorted(closed) if key != "bucket"] == [True] * 4
    assert either.named(f"{name}-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    refusal = json.loads(either.named(f"{name}-access").inputs["policy"])["Statement"][-1]
    assert (refusal["Effect"], refusal["Principal"], refusal["Action"]) == ("Deny", "*", "s3:*")
    assert refusal["Resource"] == [f"arn:aws:s3:::example-{name}", f"arn:aws:s3:::example-{name}/*"]
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_changes_of_who_may_do_what_follow_each_other(either: Cloud) -> None:
    assert either.named("models-ownership").urn in either.named("models-closed").dependencies
    assert either.named("models-closed").urn in either.named("models-access").dependencies


def encrypted(cloud: Cloud, name: str) -> dict[str, Any]:
    (rule,) = cloud.named(f"{name}-encryption").inputs["rules"]
    found: dict[str, Any] = rule
    return found


def test_data_have_a_key_of_their_own_and_logs_s3s(either: Cloud) -> None:
    assert encrypted(either, "models") == {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
        "bucketKeyEnabled": True,
    }
    assert encrypted(either, "logs") == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}


def test_versions_are_there_before_rules_about_them(either: Cloud) -> None:
    assert either.named("models-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert either.named("models-versioning").urn in either.named("models-lifecycle").dependencies


def test_the_access_log_waits_until_s3_may_write_it(either: Cloud) -> None:
    logging = either.one("bucketLogging:BucketLogging")
    assert (logging.inputs["targetBucket"], logging.inputs["targetPrefix"]) == ("example-logs", "example-models/")
    assert either.named("logs-access").urn in logging.dependencies


def test_logs_may_go_to_a_bucket_that_another_stack_made() -> None:
    def alone(opts: pulumi.ResourceOptions) -> None:
        guard = Guard(KEY, LogTarget("elsewhere"))
        PrivateBucket("models", "example-models", guard=guard, rules=[RULE], protect=False, opts=opts)

    with recording(preview=False) as cloud:
        run(alone)
    assert cloud.one("bucketLogging:BucketLogging").inputs["targetBucket"] == "elsewhere"
    bucket = cloud.one("s3/bucket:Bucket")
    assert (bucket.protect, bucket.inputs["forceDestroy"]) == (False, True)


def test_a_protected_bucket_is_never_emptied(either: Cloud) -> None:
    for bucket in either.of_type("s3/bucket:Bucket"):
        assert (bucket.protect, bucket.inputs["forceDestroy"]) == (True, False)


def test_only_this_accounts_buckets_and_load_balancers_write_logs() -> None:
    s3, balancers = access_logs("logs", ACCOUNT, ["a-*"]), load_balancers("logs", ACCOUNT)
    assert s3["Condition"] == {
        "ArnLike": {"aws:SourceArn": ["arn:aws:s3:::a-*"]},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    assert balancers["Resource"] == f"arn:aws:s3:::logs/AWSLogs/{ACCOUNT}/*"


def test_a_rule_moves_expires_and_forgets_what_was_replaced() -> None:
    rule = keeping("all", tiers={"STANDARD_IA": 30, "GLACIER_IR": 90}, expire_days=400, replaced_days=30)
    assert rule["transitions"] == [
        {"days": 30, "storage_class": "STANDARD_IA"},
        {"days": 90, "storage_class": "GLACIER_IR"},
    ]
    assert rule["expiration"] == {"days": 400}
    assert rule["noncurrent_version_expiration"] == {"noncurrent_days": 30}
    assert rule["abort_incomplete_multipart_upload"] == {"days_after_initiation": 7}


def test_a_rule_without_an_end_sweeps_up_the_marks_of_deleted_objects_only() -> None:
    rule = keeping("state", prefix="a/", replaced_days=90, replaced_versions=7)
    assert rule["expiration"] == {"expired_object_delete_marker": True}
    assert rule["noncurrent_version_expiration"] == {"noncurrent_days": 90, "newer_noncurrent_versions": 7}
    assert rule["filter"] == {"prefix": "a/"}
    assert "transitions" not in rule


def test_its_open_name_is_known_only_when_services_may_write_to_it() -> None:
    def writing(opts: pulumi.ResourceOptions) -> None:
        logs = PrivateBucket("logs", "example-logs", guard=None, rules=[RULE], protect=True, opts=opts)
        guard = Guard(KEY, LogTarget(logs.open_bucket))
        PrivateBucket("models", "example-models", guard=guard, rules=[RULE], protect=True, opts=opts)

    with recording(preview=False) as cloud:
        run(writing)
    assert cloud.named("logs-access").urn in cloud.named("models-logging").dependencies
    assert cloud.named("models-logging").inputs["targetBucket"] == "example-logs"
