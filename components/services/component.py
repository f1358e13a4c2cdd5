"""All services of a team as one component."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from components.bucket.component import LogTarget, PrivateBucket
from components.bucket.documents import keeping
from components.bucket.logs import access_logs
from components.config.services import Bucket, TeamService
from components.ground import Ground
from components.services.bucket.component import TeamBucket
from components.services.cache.component import TeamCache
from components.services.database.component import TeamDatabase
from components.services.logs import RETENTION_DAYS
from components.services.made import Made
from components.services.queue.component import TeamQueue
from components.services.site import Site
from components.services.stream.component import TeamStream
from components.services.table.component import TeamTable

_LONGEST_BUCKET = 63
_MAKERS: Mapping[str, Callable[..., Any]] = {
    "cache": TeamCache,
    "database": TeamDatabase,
    "queue": TeamQueue,
    "stream": TeamStream,
    "table": TeamTable,
}
"""What makes a service of each kind; buckets have one more need."""


class TeamServices(pulumi.ComponentResource):
    """What the agents of one team use in AWS beside the cluster.

    Args:
        team: the team.
        services: its services.
        ground: the account, region and network.
        log_to: where the access logs of its buckets go; None: to a bucket of the team's own, if it has buckets. The
            pack must know that one, `<name>-access-logs-bucket`, in the option `logBuckets` of `s3-private-encrypted`.

    Attributes:
        made: the services as agents need them, by their names.
    """

    made: Mapping[str, Made]

    def __init__(
        self,
        name: str,
        team: str,
        services: Sequence[TeamService],
        ground: Ground,
        log_to: LogTarget | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:TeamServices", name, None, opts)
        self._name, self._team, self._ground = name, team, ground
        self._child = pulumi.ResourceOptions(parent=self)
        self.made = self._make(services, log_to)
        self.register_outputs({"services": sorted(self.made)})

    def _make(self, services: Sequence[TeamService], log_to: LogTarget | None) -> dict[str, Made]:
        made = {
            each.name: _MAKERS[each.spec.kind](
                f"{self._name}-{each.name}", each.spec, self._site(each), opts=self._child
            ).made
            for each in services
            if not isinstance(each.spec, Bucket)
        }
        buckets = {each.spec: self._site(each) for each in services if isinstance(each.spec, Bucket)}
        if buckets:
            target = log_to or self._make_log_bucket()
            made |= {
                bucket.name: TeamBucket(f"{self._name}-{bucket.name}", bucket, site, target, self._child).made
                for bucket, site in buckets.items()
            }
        return made

    def _site(self, service: TeamService) -> Site:
        return Site(self._ground, self._team, service.name, service.spec.data_class)

    def _make_log_bucket(self) -> LogTarget:
        site = Site(self._ground, self._team, "access-logs")
        called = site.called_in_the_world(_LONGEST_BUCKET, "logs")
        return PrivateBucket(
            f"{self._name}-access-logs",
            called,
            guard=None,
            rules=[keeping("logs", expire_days=RETENTION_DAYS, replaced_days=1)],
            statements=[access_logs(called, self._ground.account_id, [f"{self._ground.cluster}-*"])],
            protect=self._ground.protect,
            opts=self._child,
        ).log_target
