"""Where in AWS agents are, as far as their permissions and their network depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Where:
    """A cluster's place. Ids, ARNs and ranges may be outputs.

    Attributes:
        cluster: the cluster's name; names in AWS begin with it.
        account_id: the account, twelve digits.
        region: the region.
        cidr: the network's addresses: those of services, and of the endpoints by which AWS is reached.
        key_arn: the KMS key of what teams keep.
        boundary_arn: the permissions boundary of every role.
        gateway_peers: the services that are reached through a route (s3, dynamodb), as a network policy names them.
    """

    cluster: str
    account_id: str
    region: str
    cidr: str
    key_arn: Any
    boundary_arn: str | None = None
    gateway_peers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cluster_arn(self) -> str:
        """Return the cluster's ARN, which follows from its name."""
        return self.arn("eks", f"cluster/{self.cluster}")

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something in the account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"
