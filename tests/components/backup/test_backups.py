"""Backups: what is kept when and for how long, where, and what keeps people from deleting it."""

from typing import Any

import pytest

from components.backup.plan import MANAGED
from tests.components.aws_recording import Cloud
from tests.components.storage.making import document, made_with, recorded, settled

CLUSTER = "arn:aws:eks:eu-central-1:123456789012:cluster/agent-platform-prod"


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what an environment that keeps everything registers in a preview, then in an up."""
    return recorded(preview=request.param)


def rules(cloud: Cloud) -> dict[str, dict[str, Any]]:
    return {each["ruleName"]: each for each in cloud.one("backup/plan:Plan").inputs["rules"]}


def made(**backup: Any) -> Cloud:
    return made_with(backup=backup)[0]


def test_days_are_kept_a_month_and_months_a_year() -> None:
    kept = rules(made())
    assert kept["daily"]["lifecycle"] == {"deleteAfter": 35}
    assert kept["monthly"]["lifecycle"] == {"deleteAfter": 365}
    assert (kept["daily"]["schedule"], kept["monthly"]["schedule"]) == ("cron(0 2 ? * * *)", "cron(0 2 1 * ? *)")


def test_months_move_to_cold_storage_where_settings_say_so(either: Cloud) -> None:
    assert rules(either)["monthly"]["lifecycle"] == {
        "coldStorageAfter": 30,
        "deleteAfter": 365,
        "optInToArchiveForSupportedResources": True,
    }
    assert "coldStorageAfter" not in rules(either)["daily"]["lifecycle"]


def test_hour_and_times_are_set() -> None:
    kept = rules(made(startHour=23, dailyKeptDays=7, monthlyKeptDays=None))
    assert set(kept) == {"daily"}
    assert kept["daily"]["schedule"] == "cron(0 23 ? * * *)"
    assert kept["daily"]["lifecycle"] == {"deleteAfter": 7}


def test_the_cluster_and_whatever_is_tagged_for_it_are_kept(either: Cloud) -> None:
    cluster, tagged = (either.named(f"backup-{what}").inputs for what in ("cluster", "tagged"))
    assert cluster["resources"] == [CLUSTER]
    assert tagged["conditions"] == [
        {"stringEquals": [{"key": "aws:ResourceTag/backup", "value": "agent-platform-prod"}]}
    ]
    assert [each.split(":")[2] for each in tagged["resources"]] == ["ec2", "elasticfilesystem", "s3"]


def test_the_plan_keeps_what_the_program_tagged_for_it(either: Cloud) -> None:
    (condition,) = either.named("backup-tagged").inputs["conditions"]
    tagged = [each.name for each in either.registered if each.inputs.get("tags", {}).get("backup")]
    assert tagged == ["files-system", "storage-models-bucket"]
    tags = {either.named(name).inputs["tags"]["backup"] for name in tagged}
    assert tags == {condition["stringEquals"][0]["value"]}


def test_backups_begin_with_the_rights_that_they_need(either: Cloud) -> None:
    attached = either.of_type("RolePolicyAttachment")
    assert {each.inputs["policyArn"] for each in attached} == set(MANAGED.values())
    for what in ("cluster", "tagged"):
        assert {each.urn for each in attached} <= either.named(f"backup-{what}").dependencies
    (trust,) = document(either.named("backup-role"), "assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_each_vault_has_a_key_of_its_own(either: Cloud) -> None:
    for where in ("here", "copies"):
        vault = either.named(f"backup-{where}-vault")
        assert either.named(f"backup-{where}-backups-key").urn in vault.dependencies


def test_copies_are_named_by_their_source_since_the_cluster_may_live_in_the_other_region_too(either: Cloud) -> None:
    assert either.named("backup-here-vault").inputs["name"] == "agent-platform-prod"
    assert either.named("backup-copies-vault").inputs["name"] == "agent-platform-prod-eu-central-1"
    assert either.named("backup-here-backups-alias").inputs["name"] == "alias/agent-platform-prod/backups"
    copies = either.named("backup-copies-backups-alias").inputs["name"]
    assert copies == "alias/agent-platform-prod/backups-eu-central-1"


def test_copies_of_two_regions_stay_apart_where_their_names_are_cut() -> None:
    kept: dict[str, Any] = {"name": "c" * 40, "storage": None, "backup": {"copyRegion": "eu-west-1"}}
    clouds = [made_with(**settled(region, **kept))[0] for region in ("ap-southeast-1", "ap-southeast-2")]
    names = {cloud.named("backup-copies-vault").inputs["name"] for cloud in clouds}
    assert len(names) == 2
    assert all(len(name) <= 50 for name in names)


def test_every_backup_is_copied_to_the_other_regions_vault_and_kept_there_as_long(either: Cloud) -> None:
    there = either.named("backup-copies-vault")
    assert there.urn in either.one("backup/plan:Plan").dependencies
    for each in rules(recorded(preview=False)).values():
        (copy,) = each["copyActions"]
        assert copy["lifecycle"] == each["lifecycle"]
    assert all("copyActions" not in each for each in rules(made()).values())


def test_a_locked_vault_takes_nothing_that_goes_sooner_or_later_than_the_plan_says(either: Cloud) -> None:
    for where in ("here", "copies"):
        lock = either.named(f"backup-{where}-lock").inputs
        assert (lock["minRetentionDays"], lock["maxRetentionDays"]) == (35, 365)
        assert "changeableForDays" not in lock
    assert either.named("backup-here-lock").urn in either.one("backup/plan:Plan").dependencies


def test_a_lock_that_nobody_can_remove_begins_after_its_days_of_grace() -> None:
    lock = made(lock={"mode": "compliance", "graceDays": 14}, monthlyKeptDays=None).named("backup-here-lock").inputs
    assert lock["changeableForDays"] == 14
    assert (lock["minRetentionDays"], lock["maxRetentionDays"]) == (35, 35)


def test_without_a_lock_there_is_none_and_an_unprotected_vault_goes_with_what_is_in_it() -> None:
    cloud, _ = made_with(backup={}, deletionProtection=False)
    assert cloud.of_type("VaultLockConfiguration") == []
    vault = cloud.named("backup-here-vault")
    assert (vault.protect, vault.inputs["forceDestroy"]) == (False, True)
