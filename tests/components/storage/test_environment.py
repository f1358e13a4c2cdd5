"""An environment that keeps data, as a whole: what the pack says of it, what it tells, what is of use."""

import json
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from components.config.reached import ReachedStorage
from tests.components.aws_recording import Cloud, judged, unjudged, violations
from tests.components.storage.making import ELSEWHERE, made_with, recorded, settled

MEANS = (
    *("s3/bucket:Bucket", "kms/key:Key", "iam/role:Role", "ec2/securityGroup:SecurityGroup"),
    *("efs/fileSystem:FileSystem", "backup/plan:Plan", "AnomalyMonitor"),
)
"""What is made so that something else uses it."""


@pytest.mark.usefixtures("listed")
def test_the_pack_accepts_all_of_it_and_leaves_nothing_unjudged(up: Cloud) -> None:
    said = judged(up)
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert unjudged(said) == []


@pytest.mark.usefixtures("listed")
def test_at_preview_nothing_but_what_the_new_key_of_the_copies_is_for_is_unknown_to_the_pack() -> None:
    said = judged(recorded(preview=True))
    assert violations(said) == []
    assert [text for text in unjudged(said) if "storage-copier-permissions" not in text] == []


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    "changes",
    [
        {"storage": None},
        {"backup": None},
        {"budget": None},
        {"storage": {}},
        {"storage": {"files": {"shares": []}}, "backup": {"lock": {"mode": "compliance"}}},
        {"storage": None, "backup": None, "budget": None},
    ],
    ids=["no storage", "no backup", "no budget", "buckets only", "no copies", "nothing"],
)
def test_each_part_can_be_left_out(changes: dict[str, Any]) -> None:
    said = judged(made_with(**changes)[0])
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert unjudged(said) == []


def test_what_others_are_to_use_is_used(either: Cloud) -> None:
    found = [each for each in either.registered if each.type.endswith(MEANS)]
    assert len({each.type for each in found}) == len(MEANS)
    assert [each.name for each in found if each.urn not in either.referenced()] == []


def test_all_that_holds_data_or_opens_it_is_protected_as_long_as_the_cluster_is(up: Cloud) -> None:
    guarded = {each.name for each in up.registered if each.protect}
    keys = {"backup-copies-backups-key", "backup-here-backups-key", "storage-copies-data-key"}
    copies = {f"storage-{copies}{role}-bucket" for copies in ("", "copies-") for role in ("models", "backups", "logs")}
    assert guarded == {*keys, *copies, "files-system", "backup-here-vault", "backup-copies-vault"}
    free, _ = made_with(deletionProtection=False)
    assert [each.name for each in free.registered if each.protect] == []


def test_another_region_has_a_provider_of_its_own_for_the_same_account(either: Cloud) -> None:
    there = either.named(f"aws-{ELSEWHERE}-copies")
    assert there.inputs["region"] == ELSEWHERE
    assert json.loads(there.inputs["allowedAccountIds"]) == ["123456789012"]
    assert json.loads(there.inputs["defaultTags"])["tags"]["environment"] == "prod"
    made = {each.name for each in either.registered if each.provider == there.urn}
    assert {"storage-copies-models-bucket", "storage-copies-data-key", "backup-copies-vault"} <= made
    assert not any(name.startswith(("files", "volumes", "budget")) for name in made)


def test_without_another_region_there_is_no_provider_for_one() -> None:
    cloud, _ = made_with(storage={}, backup={})
    assert [each.name for each in cloud.of_type("pulumi:providers:aws")] == ["aws"]


def test_every_role_has_the_boundary(either: Cloud) -> None:
    roles = either.of_type("iam/role:Role")
    assert [each.name for each in roles] == ["backup-role", "storage-copier"]
    assert all(each.inputs["permissionsBoundary"].endswith("policy/boundary") for each in roles)


def test_the_names_of_roles_fit_the_longest_cluster_in_the_longest_region() -> None:
    kept = {"storage": {"prefix": "shop", "replicaRegion": ELSEWHERE}, "backup": {"copyRegion": ELSEWHERE}}
    cloud, _ = made_with(**settled("ap-southeast-2", name="c" * 40, **kept))
    names = {each.name: each.inputs["name"] for each in cloud.of_type("iam/role:Role")}
    assert set(names) == {"backup-role", "storage-copier"}
    assert all(name.startswith("c" * 40) and len(name) <= 64 for name in names.values())


def test_the_contract_tells_where_things_are_kept() -> None:
    _, told = made_with()
    storage = ReachedStorage.model_validate(told["storage"])
    name = "agent-platform-prod-123456789012-eu-central-1"
    assert {role.value: bucket for role, bucket in storage.buckets.items()} == {
        role: f"{name}-{role}" for role in ("models", "backups", "logs")
    }
    assert storage.file_system_id
    assert set(storage.shares) == {"models", "datasets"}


def test_it_tells_nothing_of_what_there_is_not() -> None:
    assert made_with(storage=None)[1] == {}
    assert set(made_with(storage={})[1]["storage"]) == {"buckets"}
