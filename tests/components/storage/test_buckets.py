"""The buckets of an environment: how long they keep what, who writes to them, and how they are copied."""

from typing import Any

import pytest

from tests.components.aws_recording import Cloud
from tests.components.storage.making import KEY, document, made_with, settled

NAME = "agent-platform-prod-123456789012-eu-central-1"
THERE = "agent-platform-prod-123456789012-eu-west-1-{}-eu-c-1"


def rule(cloud: Cloud, bucket: str) -> dict[str, Any]:
    (found,) = cloud.named(f"storage-{bucket}-lifecycle").inputs["rules"]
    made: dict[str, Any] = found
    return made


def tiers(cloud: Cloud, bucket: str) -> dict[str, int]:
    return {each["storageClass"]: each["days"] for each in rule(cloud, bucket).get("transitions", [])}


def test_models_stay_and_grow_cheaper_while_backups_and_logs_go_in_the_end(either: Cloud) -> None:
    assert tiers(either, "models") == {"STANDARD_IA": 90}
    assert tiers(either, "backups") == tiers(either, "logs") == {"STANDARD_IA": 30, "GLACIER_IR": 90}
    assert "days" not in rule(either, "models")["expiration"]
    assert rule(either, "logs")["expiration"] == {"days": 400}


def test_ages_are_set_bucket_by_bucket() -> None:
    ages = {"archiveDays": 120, "deepArchiveDays": 200, "expireDays": 900, "replacedDays": 10}
    cloud, _ = made_with(storage={"buckets": {"models": ages}})
    assert tiers(cloud, "models") == {"STANDARD_IA": 90, "GLACIER_IR": 120, "DEEP_ARCHIVE": 200}
    assert rule(cloud, "models")["expiration"] == {"days": 900}
    assert rule(cloud, "models")["noncurrentVersionExpiration"] == {"noncurrentDays": 10}


def test_names_begin_with_the_cluster_or_with_what_settings_say() -> None:
    cloud, _ = made_with(storage={"prefix": "shop", "replicaRegion": "eu-west-1"})
    names = {each.inputs["bucket"] for each in cloud.of_type("s3/bucket:Bucket")}
    assert "shop-123456789012-eu-central-1-models" in names
    assert "shop-123456789012-eu-west-1-logs-eu-c-1" in names


def test_copies_have_no_name_of_a_stack_of_the_cluster_in_the_other_region(either: Cloud) -> None:
    here = {each.inputs["bucket"] for each in either.of_type("s3/bucket:Bucket")}
    cloud, _ = made_with(**settled("eu-west-1", storage={"replicaRegion": "eu-central-1"}, backup=None))
    there = {each.inputs["bucket"] for each in cloud.of_type("s3/bucket:Bucket")}
    assert (len(here), len(there), here & there) == (6, 6, set())
    aliases = [{each.inputs["name"] for each in made.of_type("kms/alias:Alias")} for made in (either, cloud)]
    assert {"alias/agent-platform-prod/copies-eu-central-1"} <= aliases[0]
    assert {"alias/agent-platform-prod/copies-eu-west-1"} <= aliases[1]


def test_logs_are_written_by_s3_for_buckets_of_the_cluster_and_by_the_accounts_load_balancers(either: Cloud) -> None:
    s3, balancers, _ = document(either.named("storage-logs-access"))["Statement"]
    assert s3["Condition"]["ArnLike"] == {"aws:SourceArn": ["arn:aws:s3:::agent-platform-prod-*"]}
    assert balancers["Resource"] == f"arn:aws:s3:::{NAME}-logs/AWSLogs/123456789012/*"
    for bucket in ("models", "backups"):
        assert either.named(f"storage-{bucket}-logging").inputs["targetBucket"] == f"{NAME}-logs"


def test_models_are_tagged_for_backup_and_copies_of_backups_are_not(either: Cloud) -> None:
    tagged = {each.inputs["tags"].get("backup") for each in either.of_type("s3/bucket:Bucket")}
    assert tagged == {None, "agent-platform-prod"}
    (models,) = [each for each in either.of_type("s3/bucket:Bucket") if "backup" in each.inputs["tags"]]
    assert models.name == "storage-models-bucket"


@pytest.mark.parametrize("bucket", ["models", "backups"])
def test_what_is_written_is_copied_under_the_other_regions_key_once_both_ends_keep_versions(
    either: Cloud, bucket: str
) -> None:
    copying = either.named(f"storage-{bucket}-copying")
    (how,) = copying.inputs["rules"]
    assert how["destination"]["bucket"] == f"arn:aws:s3:::{THERE.format(bucket)}"
    assert how["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    needed = (f"{bucket}-versioning", f"copies-{bucket}-versioning", "copier-permissions", "copies-data-key")
    assert {either.named(f"storage-{each}").urn for each in needed} <= copying.dependencies


def test_copies_begin_in_the_cheaper_tier_and_go_as_the_originals_do(either: Cloud) -> None:
    assert tiers(either, "copies-backups") == {"GLACIER_IR": 90}
    assert rule(either, "copies-backups")["expiration"] == rule(either, "backups")["expiration"]
    (how,) = either.named("storage-backups-copying").inputs["rules"]
    assert how["destination"]["storageClass"] == "STANDARD_IA"


def test_copies_have_an_access_log_in_their_own_region(either: Cloud) -> None:
    assert either.named("storage-copies-models-logging").inputs["targetBucket"] == THERE.format("logs")
    leave = document(either.named("storage-copies-logs-access"))["Statement"][0]
    assert leave["Condition"]["ArnLike"]["aws:SourceArn"] == [
        f"arn:aws:s3:::{THERE.format('models')}",
        f"arn:aws:s3:::{THERE.format('backups')}",
    ]


def test_the_role_that_copies_reads_one_end_writes_the_other_and_uses_keys_for_those_alone(up: Cloud) -> None:
    see, read, write, decrypt, encrypt = document(up.named("storage-copier-permissions"))["Statement"]
    assert see["Resource"] == [f"arn:aws:s3:::{NAME}-{each}" for each in ("models", "backups")]
    assert read["Resource"] == [f"{arn}/*" for arn in see["Resource"]]
    assert write["Resource"] == [f"arn:aws:s3:::{THERE.format(each)}/*" for each in ("models", "backups")]
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], KEY)
    assert encrypt["Resource"] == up.named("storage-copies-data-key").outputs["arn"]
    for use, region in ((decrypt, "eu-central-1"), (encrypt, "eu-west-1")):
        assert use["Condition"]["StringEquals"]["kms:ViaService"] == f"s3.{region}.amazonaws.com"
    (trust,) = document(up.named("storage-copier"), "assumeRolePolicy")["Statement"]
    assert trust["Condition"]["ArnEquals"] == {"aws:SourceArn": see["Resource"]}


def test_without_another_region_nothing_is_copied() -> None:
    cloud, _ = made_with(storage={})
    assert cloud.of_type("BucketReplicationConfig") == []
    assert len(cloud.of_type("s3/bucket:Bucket")) == 3
