"""What is known of a service once it is made: what permissions, network policies and environment variables are made
from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

HTTPS = 443

Kind = Literal["cache", "queue", "stream", "table", "database", "bucket"]


@dataclass(frozen=True)
class Made:
    """A service as agents need it. ARNs, hosts and URLs may be outputs.

    Attributes:
        kind: what it is, as in the settings.
        team: the team that it belongs to.
        name: its name in the settings.
        arn: what permissions name: the cache, queue, cluster of brokers, table, database or bucket itself.
        parts: further ARNs that permissions name, by what they are:
            cache: `user`, which `elasticache:Connect` wants beside the cache;
            queue: `deadLetters`, the queue of what failed again and again;
            stream: `topics` and `groups`, patterns of all of them;
            table: `indexes`, the pattern of all of them;
            database: `login`, which `rds-db:connect` wants;
            bucket: `objects`, the pattern of all of them.
        host: where it is: a host name (cache, database), hosts with ports after commas (stream), a URL (queue), or the
            name by which AWS's API knows it (table, bucket).
        port: where it listens, by TCP and TLS.
        key_arn: the KMS key that encrypts it. Readers need `kms:Decrypt` of what is kept in queues, tables and buckets,
            writers `kms:GenerateDataKey` too; the others use it by themselves.
        login: the user that agents log in as by their roles (cache, database).
        database: the name of the database in a database.
        secret_arn: the secret with the administrator's password of a database, which is no agent's.
    """

    kind: Kind
    team: str
    name: str
    arn: Any
    host: Any
    key_arn: Any
    parts: Mapping[str, Any] = field(default_factory=dict)
    port: int = HTTPS
    login: str | None = None
    database: str | None = None
    secret_arn: Any | None = None

    @property
    def reference(self) -> str:
        """Return `team/name`, unique in an environment."""
        return f"{self.team}/{self.name}"

    @property
    def is_in_network(self) -> bool:
        """Whether its addresses are those of the cluster's network; AWS's own APIs have others."""
        return self.kind in ("cache", "stream", "database")
