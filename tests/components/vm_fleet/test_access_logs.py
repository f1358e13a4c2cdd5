"""The bucket of a load balancer's log: who writes to it, how it is kept."""

import json

from components.vm_fleet.names import bucket_name
from tests.components.aws_recording import ACCOUNT, Cloud
from tests.components.vm_fleet.making import ground, made_with, settings

BUCKET = f"arn:aws:s3:::{bucket_name(settings(), ground())}"


def test_nobody_comes_by_plain_http_and_only_load_balancers_of_the_account_write(either: Cloud) -> None:
    delivery, refusal = json.loads(either.one("bucketPolicy:BucketPolicy").inputs["policy"])["Statement"]
    assert (refusal["Effect"], refusal["Principal"], refusal["Action"]) == ("Deny", "*", "s3:*")
    assert refusal["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (delivery["Effect"], delivery["Action"]) == ("Allow", "s3:PutObject")
    assert delivery["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert delivery["Resource"] == f"{BUCKET}/AWSLogs/{ACCOUNT}/*"


def test_it_is_closed_encrypted_by_s3_and_versioned(either: Cloud) -> None:
    block = either.one("BucketPublicAccessBlock").inputs
    assert [block[key] for key in sorted(block) if key != "bucket"] == [True] * 4
    (rule,) = either.one("BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert either.one("BucketVersioning").inputs["versioningConfiguration"] == {"status": "Enabled"}


def test_logs_go_when_their_time_is_over() -> None:
    (rule,) = made_with(settings(accessLogDays=400)).one("BucketLifecycleConfiguration").inputs["rules"]
    assert (rule["status"], rule["expiration"], rule["filter"]) == ("Enabled", {"days": 400}, {"prefix": ""})
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}


def test_the_load_balancer_waits_until_it_may_write(either: Cloud) -> None:
    policy = either.one("bucketPolicy:BucketPolicy").urn
    balancer = either.one("loadBalancer:LoadBalancer")
    assert policy in balancer.dependencies
    assert balancer.inputs["accessLogs"]["enabled"] is True
