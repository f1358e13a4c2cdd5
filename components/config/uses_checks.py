"""What an agent's file alone can't tell of what it uses: whether it is there, can be reached, and fits one role."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.config.agent import Agent
from components.config.agents_folder import AgentsFolder
from components.config.cluster import Kubeconfig
from components.config.eks import Eks
from components.config.model import RefusedError
from components.config.problems import Problem
from components.config.reached import ReachedEks
from components.config.secrets import TeamSecret
from components.config.services import TeamService
from components.config.uses import Access, Use, UsedBucket, UsedModel, UsedSecret, UsedService
from components.identity.documents import LONGEST_POLICY, policy, size
from components.identity.grants import Grant
from components.identity.reach import granted
from components.identity.where import Where
from components.network.endpoints import GATEWAYS
from components.services.made import Made

_OWN_VARIABLES = frozenset({"AGENT_NAME", "AGENT_TEAM", "AGENT_VERSION", "PORT"})
_ENDPOINTS = {"queue": "sqs", "table": "dynamodb", "bucket": "s3"}
"""The AWS service that an agent talks to, for services that are not in the network themselves."""
_UNKNOWN = object()
_PARTS = dict.fromkeys(("user", "topics", "groups", "indexes", "login", "objects"), _UNKNOWN)


@dataclass(frozen=True)
class Offered:
    """What agents of a stack find.

    Attributes:
        environment: the environment's name.
        cluster: the cluster that they run in.
        teams: the names of the teams whose agents the stack makes.
        services: the services of these teams.
        secrets: the secrets of these teams.
    """

    environment: str
    cluster: Kubeconfig | Eks | ReachedEks
    teams: Sequence[str]
    services: Sequence[TeamService]
    secrets: Sequence[TeamSecret]

    @property
    def place(self) -> tuple[str, str] | None:
        """Return the region and the account of the cluster; None, if it is not in AWS."""
        if isinstance(self.cluster, Kubeconfig):
            return None
        account = self.cluster.account_id if isinstance(self.cluster, Eks) else self.cluster.ground.account_id
        return self.cluster.region, account

    def service(self, team: str, name: str) -> TeamService | None:
        """Return a team's service, if there is such a one."""
        return next((each for each in self.services if (each.team, each.name) == (team, name)), None)


def check_uses(folder: AgentsFolder, offered: Offered) -> Iterator[Problem]:
    """Refuse what agents use and can't have, or could not find, in the environment."""
    for agent in folder.agents:
        if agent.team in offered.teams and "uses" not in folder.broken[agent.reference]:
            for path, refused in _wrong(agent, offered):
                file, line = folder.locate(agent, path)
                yield Problem(file, line, path, "", refused.reason, refused.fix)


def _wrong(agent: Agent, offered: Offered) -> Iterator[tuple[str, RefusedError]]:
    used = [(f"uses.{index}", use) for index, use in enumerate(agent.spec.uses) if use.is_used_in(offered.environment)]
    if isinstance(offered.cluster, Kubeconfig):
        yield from ((path, _not_in_aws(offered.environment)) for path, _ in used)
        return
    where = _where(offered.cluster)
    grants: list[Grant] = []
    for path, use in used:
        refused = [*_unknown(agent, use, offered), *_unreachable(use, agent, offered, offered.cluster)]
        yield from ((path, each) for each in refused)
        if not refused:
            grants.append(_granted(agent, use, offered, where))
    yield from (("uses", each) for each in _together(agent, grants))


def _not_in_aws(environment: str) -> RefusedError:
    reason = f"the cluster of {environment} is not in AWS, so nothing gives its agents a role there"
    return RefusedError(reason, "add `environments: [dev, prod]` to it, if the agent can do without it here")


def _unknown(agent: Agent, use: Use, offered: Offered) -> Iterator[RefusedError]:
    """Yield that a team has no such service or secret, or that an access is none of the service's."""
    if isinstance(use, UsedSecret):
        secrets = [each.name for each in offered.secrets if each.team == agent.team]
        if use.secret not in secrets:
            yield _missing("secret", use.secret, agent.team, secrets)
    elif isinstance(use, UsedService):
        found = offered.service(agent.team, use.service)
        if found is None:
            names = [each.name for each in offered.services if each.team == agent.team]
            yield _missing("service", use.service, agent.team, names)
        elif found.spec.kind in ("cache", "database") and use.access is not Access.READ_WRITE:
            reason = (
                f"{use.service} is a {found.spec.kind}, which has one user for all agents: who reads it also writes"
            )
            yield RefusedError(f"{reason}; access is {use.access.value}", "write `access: readWrite`")
    elif isinstance(use, UsedModel) and use.profile and agent.spec.data_class:
        reason = f"{use.model} answers from several regions, and {agent.spec.data_class} data would leave their own"
        yield RefusedError(reason, f"use {use.foundation}, which answers in the cluster's region, or another model")


def _missing(what: str, name: str, team: str, known: Sequence[str]) -> RefusedError:
    near = difflib.get_close_matches(name, known, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    have = ", ".join(sorted(known)) or "none"
    reason = f"team {team} has no {what} {name}; the agent could not find it"
    return RefusedError(reason, f"{guess}It has: {have}. Or add it to `agent-platform:{what}s` of the team's stack")


def _unreachable(use: Use, agent: Agent, offered: Offered, cluster: Eks | ReachedEks) -> Iterator[RefusedError]:
    """Yield that the network has no way to the part of AWS that is used."""
    endpoint = _endpoint(use, agent, offered)
    if endpoint is None:
        return
    known, gateways = _ways(cluster)
    if endpoint in GATEWAYS and endpoint not in gateways:
        reason = f"the network exists, and nobody says which addresses {endpoint} has in {cluster.region}, so that no"
        fix = f"add them as `gatewayCidrs: {{{endpoint}: [...]}}` to the network of the cloud layer's stack"
        yield RefusedError(f"{reason} network policy could let the agent out to them", fix)
    if endpoint not in GATEWAYS and known is not None and endpoint not in known:
        reason = f"the network has no endpoint for {endpoint}, and agents reach AWS by endpoints only"
        yield RefusedError(reason, f"add {endpoint} to `interfaceEndpoints` of the cloud layer's network")


def _endpoint(use: Use, agent: Agent, offered: Offered) -> str | None:
    if isinstance(use, UsedSecret):
        return "secretsmanager"
    if isinstance(use, UsedModel):
        return "bedrock-runtime"
    if isinstance(use, UsedBucket):
        return "s3"
    found = offered.service(agent.team, use.service)
    return _ENDPOINTS.get(found.spec.kind) if found else None


def _ways(cluster: Eks | ReachedEks) -> tuple[tuple[str, ...] | None, frozenset[str]]:
    """Return the endpoints of a network, None where only its makers know, and what is reached through a route."""
    known = cluster.network.endpoints if isinstance(cluster, Eks) else cluster.ground.endpoints
    place = cluster.network if isinstance(cluster, Eks) else cluster.ground
    return known, frozenset([*(known or ()), *getattr(place, "gateway_cidrs", ())])


def _where(cluster: Eks | ReachedEks) -> Where:
    account = cluster.account_id if isinstance(cluster, Eks) else cluster.ground.account_id
    cidr = cluster.network.cidr if isinstance(cluster, Eks) else cluster.ground.cidr
    return Where(cluster.name, account, cluster.region, cidr, _UNKNOWN)


def _granted(agent: Agent, use: Use, offered: Offered, where: Where) -> Grant:
    """Return what a thing will give, with stand-ins for what only creation tells."""
    return granted(use, agent.team, where, lambda name: _stand_in(agent.team, name, offered))


def _stand_in(team: str, name: str, offered: Offered) -> Made:
    found = offered.service(team, name)
    assert found  # noqa: S101 - what the team does not have was refused before
    kind = found.spec.kind
    database = name if kind == "database" else None
    return Made(kind, team, name, _UNKNOWN, _UNKNOWN, _UNKNOWN, _PARTS, login=name, database=database)


def _together(agent: Agent, grants: Sequence[Grant]) -> Iterator[RefusedError]:
    """Yield variables that are set twice, and a policy that no role could have."""
    names = Counter(name for grant in grants for name in grant.variables)
    taken: Mapping[str, str] = {
        **dict.fromkeys(_OWN_VARIABLES, "the platform sets it"),
        **dict.fromkeys(agent.spec.config, "config has it too"),
    }
    for name, count in sorted(names.items()):
        if count > 1 or name in taken:
            reason = f"{name} would be set twice: {taken.get(name, f'{count} of the things used are called so')}"
            yield RefusedError(reason, "give one of them another name, as `as: OTHER`")
    needed = size(policy(statement for grant in grants for statement in grant.statements))
    if needed > LONGEST_POLICY:
        reason = f"the policy of all {len(grants)} has {needed} characters; a role in AWS holds {LONGEST_POLICY}"
        yield RefusedError(reason, "use fewer things, or split the agent in two")
