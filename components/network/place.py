"""Where a network is, and whose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """What a network has to know of the cluster that is to live in it.

    Args:
        cluster: the cluster's name, unique in its account and region, at most 40 characters; names and tags in AWS
            begin with it.
        account_id: the account, twelve digits.
        region: the region.
        zones: the names of the cluster's availability zones. If one NAT gateway serves them all, the first has it.
        boundary_arn: the permissions boundary of the roles that are made for it; None: they get none.
    """

    cluster: str
    account_id: str
    region: str
    zones: tuple[str, ...]
    boundary_arn: str | None = None
