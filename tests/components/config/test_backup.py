"""The settings of backups: what AWS Backup refuses is refused before, with the fix."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.config.backup import BackupSettings
from tests.components.eks.making import cluster


def refusals(**data: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        BackupSettings.model_validate(data)
    errors = [each.get("ctx", {}).get("error") for each in caught.value.errors()]
    return [f"{error.reason}. {error.fix}" for error in errors if error is not None]


def test_the_defaults_hold() -> None:
    settings = BackupSettings.model_validate({})
    assert (settings.shortest_days, settings.longest_days) == (35, 365)
    assert settings.lock is None


@pytest.mark.parametrize(
    ("backup", "said"),
    [
        ({"coldAfterDays": 300}, "set monthlyKeptDays to 390 or more"),
        ({"coldAfterDays": 30, "monthlyKeptDays": None}, "there would be nothing to move"),
        ({"monthlyKeptDays": 35}, "monthlyKeptDays 35 is not more than dailyKeptDays 35"),
        ({"dailyKeptDays": 400}, "monthlyKeptDays 365 is not more than dailyKeptDays 400"),
    ],
)
def test_what_aws_backup_refuses_and_what_keeps_nothing_longer_is_refused(backup: dict[str, Any], said: str) -> None:
    assert any(said in each for each in refusals(**backup))


def test_everything_wrong_is_said_at_once() -> None:
    assert len(refusals(dailyKeptDays=100, monthlyKeptDays=90, coldAfterDays=30)) == 2


def test_a_lock_gives_at_least_three_days_to_think_again() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 3"):
        BackupSettings.model_validate({"lock": {"mode": "compliance", "graceDays": 1}})


def test_a_copy_in_the_same_region_is_refused() -> None:
    with pytest.raises(ValidationError, match="copyRegion is eu-central-1, the region itself"):
        cluster(backup={"copyRegion": "eu-central-1"})
