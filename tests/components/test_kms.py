"""A key of our own: how it is made, who may use it, and that the pack accepts it."""

import json
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

from components.kms import Key
from components.kms.policy import key_policy, log_groups
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, judged, recording, run, unjudged, value, violations

LOGS = log_groups(REGION, ACCOUNT, ["/aws/eks/agents/cluster"])


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what a key registers in a preview, then in an up."""
    with recording(preview=request.param) as made:
        make()
    return made


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with recording(preview=request.param) as made:
        yield made


def make(*, protect: bool = True, account_id: pulumi.Input[str] = ACCOUNT, statements: Any = (LOGS,)) -> Key:
    def program(opts: pulumi.ResourceOptions) -> Key:
        return Key(
            "logs",
            description="Logs of the cluster and its network",
            alias="agents-logs",
            statements=statements,
            account_id=account_id,
            protect=protect,
            opts=opts,
        )

    made: Key = run(program)
    return made


def test_the_pack_accepts_a_key_and_has_nothing_to_add(either: Cloud) -> None:
    said = judged(either)
    assert violations(said) == []
    assert unjudged(said) == []


def test_a_key_without_statements_still_has_a_policy_that_the_pack_accepts(cloud: Cloud) -> None:
    make(statements=())
    assert violations(judged(cloud)) == []
    assert len(json.loads(cloud.one("kms/key:Key").inputs["policy"])["Statement"]) == 1


def test_an_unprotected_key_is_what_the_pack_refuses_in_production(cloud: Cloud) -> None:
    make(protect=False)
    assert ["protect" in message for message in violations(judged(cloud))] == [True]


def test_a_key_rotates_and_is_deleted_after_thirty_days_only(either: Cloud) -> None:
    inputs = either.one("kms/key:Key").inputs
    assert inputs["enableKeyRotation"] is True
    assert inputs["deletionWindowInDays"] == 30


def test_the_accounts_root_and_the_given_statements_stand_in_the_policy(either: Cloud) -> None:
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert json.loads(either.one("kms/key:Key").inputs["policy"]) == key_policy(root, [LOGS])


def test_an_account_that_is_an_output_gives_the_same_policy(cloud: Cloud) -> None:
    make(account_id=pulumi.Output.from_input(ACCOUNT))
    assert f"arn:aws:iam::{ACCOUNT}:root" in cloud.one("kms/key:Key").inputs["policy"]


def test_the_alias_points_to_the_key(either: Cloud) -> None:
    alias = either.one("kms/alias:Alias")
    assert alias.inputs["name"] == "alias/agents-logs"
    assert either.one("kms/key:Key").urn in alias.dependencies


def test_arn_id_and_the_aliass_target_are_the_keys() -> None:
    with recording(preview=False) as cloud:
        key = make()
        made = cloud.one("kms/key:Key").outputs
        assert (value(key.arn), value(key.key_id)) == (made["arn"], made["keyId"])
        assert cloud.one("kms/alias:Alias").inputs["targetKeyId"] == made["keyId"]


def test_log_groups_lets_the_regions_log_service_use_the_key_for_the_named_groups_only() -> None:
    assert LOGS["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    assert LOGS["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": [
                "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/eks/agents/cluster"
            ]
        }
    }
