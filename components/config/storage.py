"""Where an environment keeps models, backups and logs, and the files that its agents share."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from components.config.model import Matching, Model, RefusedError
from components.config.names import Name
from components.config.quantities import Count
from components.config.regions import Region

LONGEST_BUCKET = 63
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
BETWEEN_TIERS = 30
"""The days that S3 wants between two moves of an object, and before the first:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""
_PAID_DAYS = {"infrequentDays": 30, "archiveDays": 90, "deepArchiveDays": 180}
"""The days of each tier that are paid for, even if an object goes sooner: https://aws.amazon.com/s3/storage-classes/"""
_TIERS = {"infrequentDays": "STANDARD_IA", "archiveDays": "GLACIER_IR", "deepArchiveDays": "DEEP_ARCHIVE"}

_SHORT = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}

Age = Annotated[Count, Field(ge=1, le=36_500)]
FileAge = Literal[1, 7, 14, 30, 60, 90, 180, 270, 365]
"""The ages that EFS knows: https://docs.aws.amazon.com/efs/latest/ug/API_LifecyclePolicy.html"""


class BucketRole(StrEnum):
    """What a bucket is for."""

    MODELS = "models"
    BACKUPS = "backups"
    LOGS = "logs"


class Ages(Model):
    """How long a bucket keeps what, and where: ages of objects in days."""

    infrequent_days: Age | None = Field(
        None, description="Moves to a tier at half the price that charges for reading (STANDARD_IA)."
    )
    archive_days: Age | None = Field(
        None, description="Moves to a tier at a sixth of the price that charges more (GLACIER_IR); still read at once."
    )
    deep_archive_days: Age | None = Field(
        None, description="Moves to the cheapest tier (DEEP_ARCHIVE), which takes twelve hours to read from."
    )
    expire_days: Age | None = Field(None, description="Goes; default: never.")
    replaced_days: Age = Field(90, description="How long what was deleted or written over can be brought back.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield moves that S3 refuses, and an end that comes before what is paid for anyway."""
        ages = {key: cls._written(data, key) for key in _TIERS}
        moves = [(key, age) for key, age in ages.items() if isinstance(age, int)]
        if moves and moves[0][1] < BETWEEN_TIERS:
            key, age = moves[0]
            yield RefusedError(f"{key} is {age}; S3 moves no object sooner", f"set {key} to {BETWEEN_TIERS} or more")
        for (before, first), (key, age) in pairwise(moves):
            if age < first + BETWEEN_TIERS:
                reason = f"{key} {age} is less than {BETWEEN_TIERS} days after {before} {first}; S3 refuses that"
                yield RefusedError(reason, f"set {key} to {first + BETWEEN_TIERS} or more, or leave one of the two out")
        end = cls._written(data, "expireDays")
        if moves and isinstance(end, int):
            key, age = moves[-1]
            if end < age + _PAID_DAYS[key]:
                reason = (
                    f"expireDays {end} is less than {_PAID_DAYS[key]} days after {key} {age}, and so many days of that "
                    "tier are paid for anyway"
                )
                yield RefusedError(reason, f"set expireDays to {age + _PAID_DAYS[key]} or more, or {key} to null")

    @classmethod
    def _written(cls, data: Mapping[str, Any], key: str) -> Any:
        defaults = {str(field.alias): field.default for field in cls.model_fields.values()}
        return data.get(key, defaults[key])

    @property
    def tiers(self) -> Mapping[str, int]:
        """Return S3's storage classes by the age at which objects move there."""
        ages = (self.infrequent_days, self.archive_days, self.deep_archive_days)
        return {tier: age for tier, age in zip(_TIERS.values(), ages, strict=True) if age is not None}


class ModelAges(Ages):
    """How long models are kept."""

    infrequent_days: Age | None = Field(90, description="Moves to STANDARD_IA: an old model is read seldom.")


class BackupAges(Ages):
    """How long backups are kept."""

    infrequent_days: Age | None = Field(30, description="Moves to STANDARD_IA.")
    archive_days: Age | None = Field(90, description="Moves to GLACIER_IR.")
    expire_days: Age | None = Field(400, description="Goes.")


class LogAges(Ages):
    """How long logs are kept: who read and wrote which bucket, who called which load balancer."""

    infrequent_days: Age | None = Field(30, description="Moves to STANDARD_IA.")
    archive_days: Age | None = Field(90, description="Moves to GLACIER_IR.")
    expire_days: Annotated[Count, Field(ge=365, le=36_500)] | None = Field(400, description="Goes: after a year.")
    replaced_days: Age = Field(30, description="How long a deleted log can be brought back.")


class Buckets(Model):
    """The buckets of an environment."""

    models: ModelAges = Field(
        default_factory=lambda: ModelAges.model_validate({}), description="Models and what they are trained with."
    )
    backups: BackupAges = Field(
        default_factory=lambda: BackupAges.model_validate({}),
        description="What backs itself up, as a search cluster or a database.",
    )
    logs: LogAges = Field(default_factory=lambda: LogAges.model_validate({}), description="Access logs.")

    def ages(self, role: BucketRole) -> Ages:
        """Return how long a bucket keeps what."""
        return {BucketRole.MODELS: self.models, BucketRole.BACKUPS: self.backups, BucketRole.LOGS: self.logs}[role]


class Files(Model):
    """A file system that pods of all zones share."""

    throughput: Literal["elastic", "bursting"] = Field(
        "elastic",
        description="`elastic` is paid for by what is read and written; `bursting` is as fast as the files are many.",
    )
    infrequent_days: FileAge | None = Field(
        30, description="Files that nobody read for so long cost less, to read more."
    )
    archive_days: FileAge | None = Field(90, description="The same once more; with `elastic` only.")
    shares: tuple[Name, ...] = Field(
        ("models", "datasets"), max_length=50, description="Folders that are entered as one user, each by its own door."
    )
    user_id: Count = Field(
        10001, ge=10_000, le=65_533, description="Whose files those in shares are, user and group alike."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield ages that EFS refuses, and shares that are named twice."""
        early, late = data.get("infrequentDays", 30), data.get("archiveDays", 90)
        if late is not None and data.get("throughput") == "bursting":
            reason = f"archiveDays is {late} and throughput bursting; EFS archives with elastic throughput only"
            yield RefusedError(reason, "set archiveDays to null, or throughput to elastic")
        if isinstance(early, int) and isinstance(late, int) and late <= early:
            reason = f"archiveDays {late} is not after infrequentDays {early}; EFS refuses that"
            yield RefusedError(reason, "set archiveDays to a later age, or to null")
        listed = data.get("shares")
        shares = [each for each in listed if isinstance(each, str)] if isinstance(listed, list | tuple) else []
        for share in sorted({each for each in shares if shares.count(each) > 1}):
            yield RefusedError(f"shares names {share} {shares.count(share)} times", "name each share once")


class StorageSettings(Model):
    """Where an environment keeps models, backups and logs, and the files that its agents share."""

    prefix: (
        Annotated[
            str,
            Matching(
                "[a-z0-9][a-z0-9-]*[a-z0-9]",
                "can't begin the name of a bucket",
                "use lower-case letters, digits and hyphens",
            ),
        ]
        | None
    ) = Field(
        None,
        description="What the names of its buckets begin with. It has to begin with the bootstrap's name, by which the "
        "pipeline may make them; default: the cluster's name.",
    )
    buckets: Buckets = Field(default_factory=lambda: Buckets.model_validate({}), description="How long they keep what.")
    replica_region: Region | None = Field(
        None,
        description="The region where a copy of models and backups is kept, made as they are written; none: nowhere.",
        examples=["eu-west-1"],
    )
    files: Files | None = Field(None, description="The file system that pods share; none: there is none.")

    def bucket_name(self, cluster: str, account_id: str, region: str, role: BucketRole) -> str:
        """Return a bucket's name: account and region in it make it the only one in the world."""
        return f"{self.prefix or cluster}-{account_id}-{region}-{role}"

    def copy_name(self, cluster: str, account_id: str, source: str, role: BucketRole) -> str:
        """Return the name of a bucket's copy in `replica_region`: with its source in it, it is none of another stack's.

        Args:
            cluster: the cluster's name, which stacks in several regions may share.
            account_id: the account.
            source: the region of the bucket that is copied.
            role: what that is for.
        """
        return f"{self.bucket_name(cluster, account_id, str(self.replica_region), role)}-{_short(source)}"


def _short(region: str) -> str:
    """Return a region in few letters, as `ap-se-2`: names of buckets have to hold two."""
    for direction, letter in _SHORT.items():
        region = region.replace(direction, letter)
    return region


def check_storage(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield what does not go with the rest of a cluster's settings, as people wrote them."""
    storage, region = data.get("storage"), data.get("region")
    if not isinstance(storage, Mapping):
        return
    replica = storage.get("replicaRegion")
    if replica is not None and replica == region:
        reason = f"storage.replicaRegion is {replica}, the region itself: what takes away one would take the other"
        yield RefusedError(reason, "choose another region, or leave replicaRegion out")
    prefix, account = storage.get("prefix") or data.get("name"), data.get("accountId")
    own = f"-{account}-{region}-{BucketRole.BACKUPS}"
    copy = f"-{account}-{replica}-{BucketRole.BACKUPS}-{_short(str(region))}"
    if isinstance(prefix, str):
        longest = max(own, copy, key=len) if replica else own
        if len(prefix) + len(longest) > LONGEST_BUCKET:
            reason = f"a bucket {prefix}{longest} would have more than the {LONGEST_BUCKET} characters that S3 takes"
            yield RefusedError(reason, f"set storage.prefix to at most {LONGEST_BUCKET - len(longest)} characters")
