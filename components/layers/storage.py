"""What the cloud layer keeps: buckets, files, volumes, backups; and who is told what all of it costs."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.backup.component import Backups
from components.budget.component import CostAlerts
from components.config.eks import Eks
from components.ground import Ground
from components.storage.buckets.component import Buckets
from components.storage.files.component import SharedFiles
from components.storage.volumes.component import Volumes


def keep_data(
    settings: Eks, ground: Ground, provider: kubernetes.Provider, drivers: Sequence[pulumi.Resource]
) -> dict[str, Any]:
    """Make what settings ask for, and return what the contract tells of it beside the cluster.

    Every cluster has volumes: the only class that EKS makes by itself is neither encrypted by a key of ours nor taken
    where a claim names none.

    Args:
        settings: the cluster's settings.
        ground: where things are made.
        provider: makes objects in the cluster.
        drivers: what serves volumes there.
    """
    storage, backup = settings.storage, settings.backup
    elsewhere = _elsewhere(ground, storage.replica_region if storage else None, backup.copy_region if backup else None)
    files = None
    if storage and storage.files:
        files = SharedFiles("files", storage.files, ground, is_planned=backup is not None, opts=ground.opts)
    Volumes("volumes", settings, ground.key_arn, files, provider, drivers, ground.opts)
    if backup:
        there = elsewhere[backup.copy_region] if backup.copy_region else None
        Backups("backup", backup, ground, settings.arn, there, ground.opts)
    if storage is None:
        return {}
    there = elsewhere[storage.replica_region] if storage.replica_region else None
    buckets = Buckets("storage", storage, ground, there, ground.opts)
    told = {"buckets": {role.value: bucket.open_bucket for role, bucket in buckets.buckets.items()}}
    return {"storage": {**told, **({"fileSystemId": files.id, "shares": files.shares} if files else {})}}


def watch_costs(settings: Eks, environment: str, ground: Ground) -> None:
    """Make the budget and the search for unusual costs, where settings ask for them."""
    if settings.budget:
        CostAlerts("budget", settings.budget, settings.name, environment, settings.cost_center, ground.opts)


def _elsewhere(ground: Ground, *regions: str | None) -> dict[str, pulumi.ResourceOptions]:
    """Return the providers of other regions, one for each; they can change the same account only."""
    return {
        region: pulumi.ResourceOptions(
            provider=aws.Provider(
                f"aws-{region}-copies",
                region=region,
                allowed_account_ids=[ground.account_id],
                default_tags={"tags": ground.tags},
            )
        )
        for region in sorted({region for region in regions if region})
    }
