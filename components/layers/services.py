"""The services of a stack's teams: what their agents use in AWS beside the cluster."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.config.services import TeamService
from components.config.storage import BucketRole
from components.ground import Ground
from components.services.made import Made


def build_services(services: Sequence[TeamService], ground: Ground, told: Mapping[str, Any]) -> dict[str, Made]:
    """Make services, team by team; return each as agents need it, by `team/name`.

    Args:
        services: the services with their teams.
        ground: the account, region and network.
        told: what the contract tells of the cluster; the environment's bucket for logs is in it, where it has one.
    """
    from components.bucket.component import LogTarget  # a stack without AWS starts without its SDK
    from components.services.component import TeamServices

    log_bucket = told.get("storage", {}).get("buckets", {}).get(BucketRole.LOGS.value)
    log_to = LogTarget(log_bucket) if log_bucket else None
    teams = {team: [each for each in services if each.team == team] for team in sorted({s.team for s in services})}
    made = [TeamServices(team, team, own, ground, log_to, ground.opts).made for team, own in teams.items()]
    return {each.reference: each for services_of_team in made for each in services_of_team.values()}


def described(services: Mapping[str, Made]) -> dict[str, dict[str, Any]]:
    """Return where services are, for people; no credential is among it, only the ARN of the secret that has one."""
    return {reference: _told(made) for reference, made in sorted(services.items())}


def _told(made: Made) -> dict[str, Any]:
    told = {"kind": made.kind, "arn": made.arn, "host": made.host, "port": made.port}
    for_administrators = {"deadLetters": made.parts.get("deadLetters"), "secretArn": made.secret_arn}
    return told | {key: arn for key, arn in for_administrators.items() if arn is not None}
