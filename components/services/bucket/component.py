"""A team's bucket as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import pulumi

from components.bucket.component import Guard, LogTarget, PrivateBucket
from components.bucket.documents import keeping
from components.config.services import Bucket
from components.services.made import Made
from components.services.site import Site

_LONGEST_NAME = 63
_COLD = "GLACIER_IR"


class TeamBucket(pulumi.ComponentResource):
    """A private bucket for files of a team.

    Args:
        bucket: the bucket's settings.
        site: where it is made.
        log_to: where it is written down who read and wrote what.

    Attributes:
        made: the bucket as agents need it.
    """

    made: Made

    def __init__(
        self, name: str, bucket: Bucket, site: Site, log_to: LogTarget, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("agent-platform:index:TeamBucket", name, None, opts)
        self._name, self._bucket, self._site = name, bucket, site
        self.made = self._told(self._make_bucket(log_to))
        self.register_outputs({"arn": self.made.arn, "bucket": self.made.host})

    def _make_bucket(self, log_to: LogTarget) -> PrivateBucket:
        bucket, called = self._bucket, self._site.called_in_the_world(_LONGEST_NAME)
        ages = keeping(
            "files",
            tiers={_COLD: bucket.cold_days} if bucket.cold_days else None,
            expire_days=bucket.expire_days,
            replaced_days=bucket.old_version_days,
        )
        return PrivateBucket(
            f"{self._name}-files",
            called,
            guard=Guard(self._site.ground.key_arn, log_to, self._site.tags(called)),
            rules=[ages],
            protect=self._site.ground.protect,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _told(self, bucket: PrivateBucket) -> Made:
        return Made(
            kind="bucket",
            team=self._site.team,
            name=self._site.name,
            arn=bucket.arn,
            parts={"objects": f"{bucket.arn}/*"},
            host=bucket.bucket,
            key_arn=self._site.ground.key_arn,
        )
