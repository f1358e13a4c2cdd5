"""Backups of a cluster, its volumes, file systems and buckets, kept where nobody who has the cluster can reach them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from components.config.model import Model, RefusedError
from components.config.quantities import Count
from components.config.regions import Region

COLD_DAYS = 90
"""The least time in cold storage; AWS Backup refuses an end before it:
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"""

KeptDays = Annotated[Count, Field(ge=1, le=36_500)]


class Lock(Model):
    """What keeps people from deleting backups before their time."""

    mode: Literal["governance", "compliance"] = Field(
        "governance",
        description="`governance`: whoever has the right to can remove the lock; `compliance`: nobody ever can.",
    )
    grace_days: Count = Field(
        7, ge=3, le=365, description="The days in which a lock of mode `compliance` can still be taken back."
    )


class BackupSettings(Model):
    """What is kept of the cluster, and of whatever is tagged for it, each day and each month."""

    start_hour: Count = Field(2, ge=0, le=23, description="The hour (UTC) after which they begin.")
    daily_kept_days: KeptDays = Field(35, description="How long the backup of a day is kept.")
    monthly_kept_days: KeptDays | None = Field(
        365, description="How long that of the first day of a month is; null: there is none."
    )
    cold_after_days: KeptDays | None = Field(
        None, description="When a monthly one moves to cold storage, if its kind can; none: never."
    )
    lock: Lock | None = Field(None, description="What keeps backups from being deleted; none: nothing but rights.")
    copy_region: Region | None = Field(
        None, description="The region where a copy of each is kept; none: nowhere.", examples=["eu-west-1"]
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield ends that come before cold storage is paid off, and months shorter than days."""
        daily, monthly = data.get("dailyKeptDays", 35), data.get("monthlyKeptDays", 365)
        cold = data.get("coldAfterDays")
        if isinstance(cold, int) and monthly is None:
            reason = f"coldAfterDays is {cold}, but monthlyKeptDays null: there would be nothing to move"
            yield RefusedError(reason, "set monthlyKeptDays, or leave coldAfterDays out")
        elif isinstance(cold, int) and isinstance(monthly, int) and monthly < cold + COLD_DAYS:
            reason = (
                f"monthlyKeptDays {monthly} is less than {COLD_DAYS} days after coldAfterDays {cold}; AWS Backup keeps "
                "nothing in cold storage for less"
            )
            yield RefusedError(reason, f"set monthlyKeptDays to {cold + COLD_DAYS} or more, or leave coldAfterDays out")
        if isinstance(daily, int) and isinstance(monthly, int) and monthly <= daily:
            reason = f"monthlyKeptDays {monthly} is not more than dailyKeptDays {daily}: it would keep nothing longer"
            yield RefusedError(reason, "set monthlyKeptDays to more, or to null")

    @property
    def shortest_days(self) -> int:
        """Return how long a backup is kept at least."""
        return self.daily_kept_days

    @property
    def longest_days(self) -> int:
        """Return how long a backup is kept at most."""
        return self.monthly_kept_days or self.daily_kept_days


def check_backup(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield what does not go with the rest of a cluster's settings, as people wrote them."""
    backup, region = data.get("backup"), data.get("region")
    copy = backup.get("copyRegion") if isinstance(backup, Mapping) else None
    if copy is not None and copy == region:
        reason = f"backup.copyRegion is {copy}, the region itself: what takes away one would take the other"
        yield RefusedError(reason, "choose another region, or leave copyRegion out")
