"""What agents of a team are given in AWS: secrets that are made for them, and roles that open what they use."""

from collections.abc import Mapping, Sequence

import pulumi

from components.config.platform import PlatformConfig
from components.config.uses import Use, UsedSecret
from components.ground import Ground
from components.identity.grants import peers
from components.identity.reach import Reach, granted, reach
from components.identity.roles.component import Roles, Using
from components.identity.secrets.component import Secrets
from components.identity.where import Where
from components.services.made import Made


def reaches(
    config: PlatformConfig, team: str, services: Mapping[str, Made], ground: Ground, cluster: pulumi.Resource
) -> dict[str, Reach]:
    """Make the secrets and roles of a team; return what each of its agents is given, by its name.

    Args:
        config: the configuration of the stack.
        team: the team.
        services: what is made for its agents, by `team/name`.
        ground: where it is made.
        cluster: what tells that the cluster is there.
    """
    secrets = [each.spec for each in config.secrets if each.team == team]
    entries = Secrets(f"{team}-secrets", team, secrets, ground, ground.opts).entries if secrets else {}
    where = _where(ground)
    using = {
        agent.name: Using(uses, [granted(use, team, where, lambda name: services[f"{team}/{name}"]) for use in uses])
        for agent in config.agents_of(team)
        if (uses := agent.uses(config.environment))
    }
    identified = Roles(f"{team}-roles", team, using, where, cluster, ground.opts).identified if using else {}
    return {name: reach(found.grants, [identified[name], *_read(found.uses, entries)]) for name, found in using.items()}


def _read(uses: Sequence[Use], entries: Mapping[str, pulumi.Resource]) -> list[pulumi.Resource]:
    """Return the secrets that are read: an agent may ask for them as soon as it runs."""
    return [entries[use.secret] for use in uses if isinstance(use, UsedSecret)]


def _where(ground: Ground) -> Where:
    gateways = {
        service: pulumi.Output.from_input(cidrs).apply(peers) for service, cidrs in ground.gateway_cidrs.items()
    }
    return Where(
        ground.cluster,
        ground.account_id,
        ground.region,
        ground.cidr,
        ground.key_arn,
        ground.boundary_arn,
        gateways,
    )
