"""The settings of what an environment keeps: what can't work is refused, all of it at once, with the fix."""

from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.config.eks import Eks
from components.config.storage import Ages, BackupAges, BucketRole, Files, StorageSettings
from tests.components.eks.making import cluster


def refusals(model: type[Any], **data: Any) -> list[str]:
    """Return reason and fix of every refusal."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    errors = [each.get("ctx", {}).get("error") for each in caught.value.errors()]
    return [f"{error.reason}. {error.fix}" for error in errors if error is not None]


def of_cluster(**changes: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        cluster(**changes)
    errors = [each.get("ctx", {}).get("error") for each in caught.value.errors()]
    return [f"{error.reason}. {error.fix}" for error in errors if error is not None]


def test_the_defaults_hold() -> None:
    settings = StorageSettings.model_validate({"files": {}})
    assert settings.buckets.ages(BucketRole.LOGS).expire_days == 400
    assert settings.buckets.ages(BucketRole.MODELS).expire_days is None
    assert settings.files is not None
    assert settings.files.shares == ("models", "datasets")


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ({"infrequentDays": 7}, "infrequentDays is 7; S3 moves no object sooner. set infrequentDays to 30"),
        ({"archiveDays": 7}, "archiveDays is 7; S3 moves no object sooner"),
        ({"infrequentDays": 60, "archiveDays": 60}, "set archiveDays to 90 or more"),
        ({"archiveDays": 90, "deepArchiveDays": 100}, "set deepArchiveDays to 120 or more"),
        ({"infrequentDays": 90, "expireDays": 60}, "expireDays 60 is less than 30 days after infrequentDays 90"),
        ({"archiveDays": 90, "expireDays": 100}, "set expireDays to 180 or more, or archiveDays to null"),
        ({"deepArchiveDays": 90, "expireDays": 200}, "set expireDays to 270 or more"),
    ],
)
def test_moves_that_s3_refuses_or_that_cost_more_than_they_save_are_refused(ages: dict[str, int], said: str) -> None:
    assert any(said in each for each in refusals(Ages, **ages))


def test_an_end_is_held_against_the_defaults_too() -> None:
    (said,) = refusals(BackupAges, expireDays=100)
    assert "archiveDays 90" in said
    assert BackupAges.model_validate({"expireDays": 100, "archiveDays": None}).tiers == {"STANDARD_IA": 30}


def test_logs_are_kept_a_year() -> None:
    with pytest.raises(ValidationError, match="365"):
        StorageSettings.model_validate({"buckets": {"logs": {"expireDays": 200}}})


@given(st.fixed_dictionaries({key: st.none() | st.integers(1, 1000) for key in
       ("infrequentDays", "archiveDays", "deepArchiveDays", "expireDays")}))  # fmt: skip
@hypothesis.settings(max_examples=200, deadline=None)
def test_whatever_is_accepted_s3_takes(ages: dict[str, int | None]) -> None:
    try:
        accepted = Ages.model_validate(ages)
    except ValidationError:
        return
    moves = list(accepted.tiers.values())
    assert all(later - earlier >= 30 for earlier, later in zip([0, *moves], moves, strict=False))
    assert not moves or accepted.expire_days is None or accepted.expire_days > moves[-1]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"throughput": "bursting"}, "EFS archives with elastic throughput only"),
        ({"infrequentDays": 90}, "archiveDays 90 is not after infrequentDays 90"),
        ({"shares": ["models", "models"]}, "shares names models 2 times"),
    ],
)
def test_files_that_efs_refuses_are_refused(files: dict[str, Any], said: str) -> None:
    assert any(said in each for each in refusals(Files, **files))


def test_everything_wrong_is_said_at_once() -> None:
    said = refusals(Files, throughput="bursting", infrequentDays=180, shares=["a", "a"])
    assert len(said) == 3


def test_a_copy_in_the_same_region_is_refused() -> None:
    (said,) = of_cluster(storage={"replicaRegion": "eu-central-1"})
    assert "storage.replicaRegion is eu-central-1, the region itself" in said


def test_names_that_s3_does_not_take_are_refused_with_the_length_that_it_does() -> None:
    (said,) = of_cluster(name="a" * 40, storage={"replicaRegion": "ap-southeast-1"})
    assert "set storage.prefix to at most 20 characters" in said
    longest = cluster(name="a" * 40, storage={"replicaRegion": "ap-southeast-1", "prefix": "b" * 20})
    assert isinstance(longest, Eks)
    assert longest.storage is not None
    names = [longest.storage.copy_name("", "1" * 12, "eu-central-1", role) for role in BucketRole]
    assert max(map(len, names)) == 63


def test_the_length_of_a_bucket_without_a_copy_is_held_against_its_own_region() -> None:
    (said,) = of_cluster(name="a" * 40, storage={})
    assert "set storage.prefix to at most 29 characters" in said
    longest = cluster(name="a" * 40, storage={"prefix": "b" * 29})
    assert longest.storage is not None
    names = [longest.storage.bucket_name("", "1" * 12, "eu-central-1", role) for role in BucketRole]
    assert max(map(len, names)) == 63


def test_copies_of_any_two_regions_have_two_names() -> None:
    regions = ("us-east-1", "us-east-2", "us-west-1", "ap-southeast-1", "ap-northeast-1", "ap-south-1", "ap-east-1")
    settings = StorageSettings.model_validate({"replicaRegion": "eu-west-1"})
    names = {settings.copy_name("shop", "1" * 12, region, BucketRole.MODELS) for region in regions}
    assert len(names) == len(regions)
