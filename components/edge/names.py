"""What the parts of an edge are called in AWS."""

from typing import Any

from components.naming import addressed

_LEGIBLE = 16
"""How much of a cluster's name fits: a load balancer's name has at most 32 characters, eleven of them a hash."""


def fixed_name(cluster: str, what: dict[str, Any]) -> str:
    """Return the name of a load balancer or target group, which carries a hash of what AWS can't change in it.

    Args:
        cluster: the cluster's name.
        what: the properties whose change makes another one, which needs another name.
    """
    return addressed(f"edge-{cluster[:_LEGIBLE].rstrip('-')}", {"cluster": cluster, **what})


def bucket_name(cluster: str, account_id: str, region: str) -> str:
    """Return the name of the bucket of access logs, which no other account in the world has.

    It begins with the cluster's, by which the pipeline may make it.
    """
    return addressed(f"{cluster}-edge", {"account": account_id, "region": region})


def global_name(cluster: str, region: str) -> str:
    """Return the name of what is the whole account's, whichever region's edge it belongs to."""
    return f"{cluster}-{region}-edge"
