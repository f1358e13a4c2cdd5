"""What a fleet's things are called.

What IAM tells apart by name, as roles, alarms and buckets, begins with the cluster's name, as the pipeline may make it;
everything else is called as the fleet.
"""

from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground
from components.naming import addressed


def role_name(settings: VmFleetSettings, ground: Ground) -> str:
    """Return the name of role, policy and instance profile; they are the whole account's: the region is in it.

    `vm` keeps it apart from the roles of the cluster itself, as `<cluster>-<region>-backup`.
    """
    return f"{ground.cluster}-{ground.region}-vm-{settings.name}"


def alarm_name(settings: VmFleetSettings, ground: Ground) -> str:
    """Return the name of the alarm that rings when requests fail."""
    return f"{ground.cluster}-{settings.name}-failures"


def bucket_name(settings: VmFleetSettings, ground: Ground) -> str:
    """Return the name of the bucket of access logs, which no other account in the world has."""
    where = {"account": ground.account_id, "region": ground.region}
    return addressed(f"{ground.cluster}-{settings.name}-logs", where)


def key_alias(settings: VmFleetSettings, ground: Ground) -> str:
    """Return the alias of the key of the machines' disks, without `alias/`."""
    return f"{ground.cluster}/fleets/{settings.name}"


def tags(settings: VmFleetSettings, name: str | None = None) -> dict[str, str]:
    """Return the tags of what is the team's; the provider's default tags say who else answers for it.

    Args:
        settings: the fleet.
        name: what it is called; None: as the fleet.
    """
    return {"Name": name or settings.name, "team": settings.team}
