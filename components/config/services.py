"""What agents use in AWS beside the cluster: caches, queues, streams, tables, databases and buckets of their teams."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components.config.access import mappings
from components.config.model import Matching, Model, RefusedError
from components.config.names import Name
from components.config.quantities import Count
from components.config.service_sizes import AURORA, BROKERS, CACHE_NODES, DATABASES, families

DEAD_LETTER_DAYS = 14
"""How long a queue's dead letters are kept, counted from when they were first sent; SQS keeps nothing longer."""
_MOST_INDEXES = 20
_COLD_DAYS = 90
"""What S3 bills of Glacier Instant Retrieval at least: https://aws.amazon.com/s3/storage-classes/glacier/"""
_DAY = 86_400


def _without_ending(name: object) -> object:
    if isinstance(name, str) and name.endswith(".fifo"):
        raise RefusedError(f'"{name}" has the ending of FIFO queues, which is added', "leave it out, set `fifo: true`")
    return name


def _known(service: str, types: tuple[str, ...]) -> AfterValidator:
    """Return the check that a type of machine is one of a service's."""

    def checked(name: str) -> str:
        if name not in types:
            reason = f'"{name}" is none of the types of {service} that the platform knows; AWS would refuse it'
            raise RefusedError(reason, f"take one of {', '.join(families(types))}")
        return name

    return AfterValidator(checked)


ServiceName = Annotated[Name, BeforeValidator(_without_ending)]
Attribute = Annotated[
    str, Matching("[A-Za-z0-9_.-]{1,255}", "can't be the name of an attribute", "write it as sessionId")
]
IndexName = Annotated[str, Matching("[A-Za-z0-9_.-]{3,255}", "can't be the name of an index", "write it as by-user")]
FinalSnapshot = Annotated[
    bool,
    Field(
        description="Keep a last snapshot, `<its name>-final`, when it is deleted; who makes and deletes it again and "
        "again has to delete that too."
    ),
]


class _Service(Model):
    """What services of all kinds have."""

    kind: str
    name: ServiceName = Field(
        description="Its name, unique in its team; an agent's `uses` names it.", examples=["sessions"]
    )
    team: Name | None = Field(None, description="The team that it belongs to; default: the team of the stack.")
    data_class: Literal["personal", "health", "financial"] | None = Field(
        None, description="The class of protected data that it keeps; the team needs a `residency` then."
    )


class Cache(_Service):
    """A cache in memory, for sessions, shared state and heartbeats: Valkey or Redis in Amazon ElastiCache."""

    kind: Literal["cache"]
    engine: Literal["valkey", "redis"] = Field(
        "valkey", description="What it runs; Valkey costs a fifth less and speaks the same protocol."
    )
    node_type: Annotated[str, _known("ElastiCache", CACHE_NODES)] = Field(
        "cache.t4g.small", description="The machine of each node."
    )
    replicas: Count = Field(
        1, ge=0, le=5, description="Copies, each in another zone, that take over when the primary fails."
    )
    snapshot_days: Count = Field(7, ge=1, le=35, description="How long daily snapshots are kept.")
    final_snapshot: FinalSnapshot = True
    when_full: Literal["volatile-lru", "volatile-ttl", "allkeys-lru", "allkeys-lfu", "noeviction"] = Field(
        "volatile-lru", description="What goes when its memory is full, as Redis' `maxmemory-policy`."
    )


class Queue(_Service):
    """A queue of tasks in Amazon SQS, with a second one for those that failed again and again."""

    kind: Literal["queue"]
    fifo: bool = Field(False, description="Keep the order within each message group, and deliver once.")
    visibility_seconds: Count = Field(
        60, ge=1, le=43_200, description="How long a task may take before another agent gets it too."
    )
    retention_days: Count = Field(
        4, ge=1, le=DEAD_LETTER_DAYS - 1, description="How long a task waits at most; dead letters are kept 14 days."
    )
    attempts: Count = Field(5, ge=1, le=1000, description="How often a task is tried before it is a dead letter.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield tasks that would be thrown away before anybody learns that they fail."""
        seconds, days = _whole(data, "visibilitySeconds", 60), _whole(data, "retentionDays", 4)
        attempts = _whole(data, "attempts", 5)
        if days < DEAD_LETTER_DAYS and attempts * seconds > days * _DAY:
            reason = f"{attempts} attempts of {seconds} s take longer than the {days} days that a task is kept"
            yield RefusedError(
                f"{reason}; it would be gone before it is a dead letter", "lower attempts, or raise days"
            )


class Stream(_Service):
    """A log of events that many read: Apache Kafka in Amazon MSK, its brokers over two or three zones."""

    kind: Literal["stream"]
    version: Literal["3.8.x.kraft", "3.9.x.kraft"] = Field("3.9.x.kraft", description="The version of Kafka.")
    broker_type: Annotated[str, _known("MSK", BROKERS)] = Field(
        "kafka.m7g.large", description="The machine of each broker."
    )
    brokers_per_zone: Count = Field(1, ge=1, le=10, description="Brokers in each zone.")
    disk_gi: Count = Field(100, ge=10, le=16_384, description="The disk of each broker, in GiB; it can only grow.")
    retention_hours: Count = Field(168, ge=1, le=8760, description="How long events are kept, unless a topic differs.")


class TableKey(Model):
    """An attribute that items are found by."""

    name: Attribute = Field(description="Its name.", examples=["sessionId"])
    type: Literal["string", "number", "binary"] = Field("string", description="What it holds.")


class Index(Model):
    """Another way to find the items of a table."""

    name: IndexName = Field(description="Its name.", examples=["by-user"])
    hash_key: TableKey = Field(description="The attribute that its items are spread by.")
    range_key: TableKey | None = Field(None, description="The attribute that they are sorted by.")


class Capacity(Model):
    """Reads and writes a second that are paid for, used or not."""

    read: Count = Field(ge=1, le=40_000, description="Reads of 4 KB a second.")
    write: Count = Field(ge=1, le=40_000, description="Writes of 1 KB a second.")


class Table(_Service):
    """A table of items found by their key, in Amazon DynamoDB."""

    kind: Literal["table"]
    hash_key: TableKey = Field(
        description="The attribute that items are spread by; fixed for its life.", examples=["{name: sessionId}"]
    )
    range_key: TableKey | None = Field(None, description="The attribute that they are sorted by; fixed for its life.")
    indexes: tuple[Index, ...] = Field((), max_length=_MOST_INDEXES, description="Other ways to find them.")
    ttl: Attribute | None = Field(
        None,
        description="The attribute with the time, in seconds since 1970, at which an item goes.",
        examples=["gone"],
    )
    capacity: Capacity | None = Field(None, description="What is paid for; none: by the request.")
    recovery_days: Count = Field(35, ge=1, le=35, description="How far back it can be restored, to the second.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield attributes and indexes that contradict each other."""
        indexes = mappings(data.get("indexes"))
        for name in _twice([str(index.get("name")) for index in indexes]):
            yield RefusedError(f"indexes has {name} more than once", "name each index once")
        types: dict[str, set[str]] = {}
        for owner in (data, *indexes):
            keys = mappings([owner.get("hashKey"), owner.get("rangeKey")])
            for key in keys:
                types.setdefault(str(key.get("name")), set()).add(str(key.get("type", "string")))
            if len(keys) == 2 and keys[0].get("name") == keys[1].get("name"):
                reason = f"hashKey and rangeKey are both {keys[0].get('name')}; DynamoDB wants two attributes"
                yield RefusedError(reason, "name another attribute, or leave out rangeKey")
        for name in sorted(name for name, found in types.items() if len(found) > 1):
            reason = f"attribute {name} is {' here and '.join(sorted(types[name]))} there"
            yield RefusedError(f"{reason}; an attribute of a key has one type", "give it the same type everywhere")
        if types.get(str(data.get("ttl")), {"number"}) != {"number"}:
            yield RefusedError(f"ttl is {data.get('ttl')}, a key that is no number", "name an attribute that is a time")


class Database(_Service):
    """A database of its own: PostgreSQL in Amazon RDS, or Aurora. Agents log in by their roles, without a password."""

    kind: Literal["database"]
    engine: Literal["postgres", "aurora"] = Field(
        "postgres", description="PostgreSQL on one machine with a disk, or Aurora, whose storage grows by itself."
    )
    version: Literal["16", "17"] = Field("17", description="The major version of PostgreSQL.", examples=['"17"'])
    instance_type: Annotated[str, _known("RDS", DATABASES)] = Field(
        "db.t4g.medium", description="The machine of each instance."
    )
    multi_az: bool = Field(True, description="Keep a second instance in another zone that takes over.")
    storage_gi: Count = Field(20, ge=20, le=16_384, description="Its disk, in GiB; not with Aurora. It can only grow.")
    most_storage_gi: Count = Field(100, ge=20, le=65_536, description="How far the disk grows by itself, in GiB.")
    backup_days: Count = Field(7, ge=7, le=35, description="How far back it can be restored, to the second.")
    final_snapshot: FinalSnapshot = True

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield sizes that its engine does not have."""
        least, most = _whole(data, "storageGi", 20), _whole(data, "mostStorageGi", 100)
        if data.get("engine") == "aurora":
            given = [key for key in ("storageGi", "mostStorageGi") if key in data]
            if given:
                reason = f"{' and '.join(given)} would have no effect: Aurora's storage grows and shrinks by itself"
                yield RefusedError(reason, "remove it")
            chosen = data.get("instanceType", "db.t4g.medium")
            if chosen in DATABASES and chosen not in AURORA:
                yield RefusedError(f"Aurora has no {chosen}", f"take one of {', '.join(families(AURORA))}")
        elif least < most and most * 10 < least * 11:
            reason = f"mostStorageGi {most} is less than a tenth above storageGi {least}; RDS refuses to grow so little"
            yield RefusedError(reason, f"write {-(-least * 11 // 10)} or more, or {least} for a disk that never grows")
        elif most < least:
            reason = f"mostStorageGi {most} is less than storageGi {least}"
            yield RefusedError(reason, f"write {least} or more")


class Bucket(_Service):
    """A private bucket for files, in Amazon S3."""

    kind: Literal["bucket"]
    cold_days: Count | None = Field(
        None,
        ge=30,
        le=3650,
        description="The age at which a file moves to storage at a sixth of the price that charges for each read.",
    )
    expire_days: Count | None = Field(None, ge=1, le=36_500, description="The age at which a file goes; none: never.")
    old_version_days: Count = Field(
        30, ge=1, le=3650, description="How long a file that was deleted or written over can be brought back."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield files that would go before the storage that they moved to is used up."""
        cold, gone = _whole(data, "coldDays", 0), _whole(data, "expireDays", 0)
        if cold and 0 < gone < cold + _COLD_DAYS:
            reason = (
                f"expireDays {gone} is less than {_COLD_DAYS} days after coldDays {cold}, which are paid for anyway"
            )
            yield RefusedError(reason, f"remove coldDays, or set expireDays to {cold + _COLD_DAYS} or more")


Service = Cache | Queue | Stream | Table | Database | Bucket
AnyService = Annotated[Service, Field(discriminator="kind")]


class TeamService(Model):
    """A service with its team."""

    team: Name
    spec: AnyService

    @property
    def name(self) -> str:
        """Return its name, unique in its team."""
        return self.spec.name

    @property
    def reference(self) -> str:
        """Return `team/name`, unique in an environment."""
        return f"{self.team}/{self.name}"


def _whole(data: Mapping[str, Any], key: str, default: int) -> int:
    """Return a number as people wrote it; the default, if it is none, which is said elsewhere."""
    value = data.get(key, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _twice(values: list[str]) -> list[str]:
    return sorted(value for value, count in Counter(values).items() if count > 1)
