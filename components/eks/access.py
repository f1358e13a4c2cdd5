"""Who reaches the cluster, as plain data: one entry a role, each with its access policies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components.config.access import Access

_POLICIES = {
    "admin": "AmazonEKSClusterAdminPolicy",
    "view": "AmazonEKSViewPolicy",
    "edit": "AmazonEKSEditPolicy",
    "adminView": "AmazonEKSAdminViewPolicy",
    "autoNode": "AmazonEKSAutoNodePolicy",
}
"""https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html"""


@dataclass(frozen=True)
class Grant:
    """An access policy and where it holds; no namespaces: everywhere."""

    policy: str
    namespaces: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        """Return the policy's ARN."""
        return f"arn:aws:eks::aws:cluster-access-policy/{_POLICIES[self.policy]}"

    @property
    def scope(self) -> dict[str, Any]:
        """Return where it holds, as EKS wants it."""
        return {"type": "namespace", "namespaces": list(self.namespaces)} if self.namespaces else {"type": "cluster"}


@dataclass(frozen=True)
class Entry:
    """A role in the cluster: what its resources are called, its groups there, what it is granted, and what it is of."""

    name: str
    role_arn: Any
    groups: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    kind: str = "STANDARD"


def entries(access: Access) -> Iterator[Entry]:
    """Yield the entries: the pipeline first, since whatever is made inside of the cluster is made by it."""
    yield Entry("pipeline", access.pipeline_role_arn, grants=(Grant("admin"),))
    yield Entry("break-glass", access.break_glass_role_arn, grants=(Grant("admin"),))
    for entry in access.entries:
        grants = tuple(Grant(each.policy, each.namespaces) for each in entry.policies)
        yield Entry(_name(entry.role_arn), entry.role_arn, entry.groups, grants)


def _name(role_arn: str) -> str:
    """Return account and name of a role, which are unique together; the path is not part of either."""
    return f"{role_arn.split(':')[4]}-{role_arn.rpartition('/')[2]}"


def auto_nodes(role_arn: Any) -> Entry:
    """Return the entry of nodes that Auto Mode starts in pools of our own; of those in its own EKS makes one.

    Args:
        role_arn: their role.
    """
    return Entry("nodes", role_arn, grants=(Grant("autoNode"),), kind="EC2")
