"""What a fleet is given from above: where it is, and who watches it. Ids and ARNs may be outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where a fleet is, and what is there already.

    Args:
        account_id: the account, twelve digits.
        region: the region.
        vpc_id: the network.
        public_subnet_ids: for a load balancer that the internet reaches: two zones or more.
        private_subnet_ids: for machines and an internal load balancer: two zones or more, with a way out.
        key_arn: the KMS key of disks and secrets. Its policy lets the account's autoscaling role use it
            (`components.eks.nodes.machines.disk_key_statements`), or no machine starts.
        boundary_arn: the permissions boundary of the machines' role.
        tags: whose the machines are; the provider's default tags do not reach them.
        protect: refuse to delete what can't be made again, and the load balancer.
        after: resources without which no machine starts: what gives the private subnets their way out.
    """

    account_id: str
    region: str
    vpc_id: Any
    public_subnet_ids: Sequence[Any]
    private_subnet_ids: Sequence[Any]
    key_arn: Any
    boundary_arn: Any
    tags: Mapping[str, str]
    protect: bool
    after: Sequence[Any] = ()


@dataclass(frozen=True)
class Observers:
    """Who watches a fleet.

    Args:
        prometheus_cidr: the addresses from which Prometheus asks for metrics.
        logstash_host: the name under which Logstash takes logs, by the protocol of Beats and with TLS.
        logstash_port: its port.
        logstash_cidr: the addresses behind that name.
        logstash_ca: what signed its certificate, in PEM; None: an authority that everybody knows.
    """

    prometheus_cidr: str
    logstash_host: str
    logstash_port: int
    logstash_cidr: str
    logstash_ca: str | None = None
