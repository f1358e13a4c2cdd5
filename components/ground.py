"""What everything in one account and region of AWS stands on, whichever stack makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi


@dataclass(frozen=True)
class Ground:
    """Where things are made. Ids and ARNs may be outputs.

    Attributes:
        cluster: the cluster's name; names and tags in AWS begin with it.
        account_id: the account, twelve digits.
        region: the region.
        zones: the names of the availability zones, sorted.
        vpc_id: the network.
        cidr: its addresses.
        private_subnet_ids: one for each zone, with a way out.
        public_subnet_ids: one for each zone, that the internet reaches; none, where the network has none.
        node_security_group_id: the group of nodes and pods.
        key_arn: the KMS key of what teams keep.
        boundary_arn: the permissions boundary of every role; None: the account has none.
        tags: whose it is; the provider's default tags do not reach machines and disks.
        protect: refuse to delete what can't be made again.
        opts: the provider, which can change this account only.
        after: what machines of autoscaling groups wait for, and the keys of their disks: the ways out of the private
            subnets, and the role of autoscaling. None where another stack has made all that.
        gateway_cidrs: the region's addresses of services that are reached through a route (s3, dynamodb), where known.
    """

    cluster: str
    account_id: str
    region: str
    zones: tuple[str, ...]
    vpc_id: Any
    cidr: str
    private_subnet_ids: Sequence[Any]
    public_subnet_ids: Sequence[Any]
    node_security_group_id: Any
    key_arn: Any
    boundary_arn: str | None
    tags: Mapping[str, str]
    protect: bool
    opts: pulumi.ResourceOptions
    after: Sequence[pulumi.Resource] = ()
    gateway_cidrs: Mapping[str, Any] = field(default_factory=dict)
