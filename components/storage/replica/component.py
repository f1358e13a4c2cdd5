"""The other end of a replication as one component."""

from collections.abc import Mapping

import pulumi

from components.bucket import Guard, PrivateBucket
from components.bucket.documents import keeping
from components.bucket.logs import access_logs
from components.config.storage import BucketRole, StorageSettings
from components.ground import Ground
from components.kms import Key


class ReplicaBuckets(pulumi.ComponentResource):
    """Buckets in another region that S3 copies into, with a key and an access log of their own there.

    Args:
        settings: where the environment keeps what.
        ground: where the buckets that are copied are.
        roles: which buckets are copied.
        opts: a provider of the other region.

    Attributes:
        key_arn: the key of the copies.
        buckets: the buckets that hold them.
    """

    key_arn: pulumi.Output[str]
    buckets: Mapping[BucketRole, PrivateBucket]

    def __init__(
        self,
        name: str,
        settings: StorageSettings,
        ground: Ground,
        roles: tuple[BucketRole, ...],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("agent-platform:index:ReplicaBuckets", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._child = pulumi.ResourceOptions(parent=self)
        self.key_arn = self._make_key()
        logs = self._make_logs(roles)
        self.buckets = {role: self._make_bucket(role, Guard(self.key_arn, logs.log_target)) for role in roles}
        self.register_outputs({"keyArn": self.key_arn})

    def _make_key(self) -> pulumi.Output[str]:
        return Key(
            f"{self._name}-data",
            description=f"Copies of what {self._ground.cluster} keeps in {self._ground.region}",
            alias=f"{self._ground.cluster}/copies-{self._ground.region}",
            account_id=self._ground.account_id,
            protect=self._ground.protect,
            opts=self._child,
        ).arn

    def _make_logs(self, roles: tuple[BucketRole, ...]) -> PrivateBucket:
        logs = self._bucket_name(BucketRole.LOGS)
        sources = [self._bucket_name(role) for role in roles]
        leave = access_logs(logs, self._ground.account_id, sources)
        return self._make_bucket(BucketRole.LOGS, None, leave)

    def _make_bucket(self, role: BucketRole, guard: Guard | None, *statements: Mapping[str, object]) -> PrivateBucket:
        ages = self._settings.buckets.ages(role)
        # Copies begin in the infrequent tier.
        tiers = {tier: age for tier, age in ages.tiers.items() if guard is None or tier != "STANDARD_IA"}
        rule = keeping("all", tiers=tiers, expire_days=ages.expire_days, replaced_days=ages.replaced_days)
        return PrivateBucket(
            f"{self._name}-{role}",
            self._bucket_name(role),
            guard=guard,
            rules=[rule],
            statements=statements,
            protect=self._ground.protect,
            opts=self._child,
        )

    def _bucket_name(self, role: BucketRole) -> str:
        return self._settings.copy_name(self._ground.cluster, self._ground.account_id, self._ground.region, role)
