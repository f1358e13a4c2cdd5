"""What no single service can see: its environment, its team, its neighbours, and the zones that it is to stand in."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from pydantic import TypeAdapter, ValidationError

from components.config.access import mappings
from components.config.layering import Environment
from components.config.model import RefusedError
from components.config.problems import Problem
from components.config.services import AnyService, Cache, Database, Queue, Service, Stream, TeamService
from components.config.team import Team
from components.config.yaml_file import YamlFile

_SERVICE: TypeAdapter[Service] = TypeAdapter(AnyService)
_FEWEST_ZONES = 2


def unfit(settings: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield what is wrong between services as people wrote them in a stack's settings, and unsafe in production."""
    listed = mappings(settings.get("services"))
    owners = [(each.get("team") or settings.get("team"), str(each.get("name"))) for each in listed]
    for (team, name), count in sorted(Counter(owners).items(), key=str):
        if count > 1:
            reason = f"services has {name} of team {team} {count} times; agents would not know which is meant"
            yield RefusedError(reason, "rename or remove one of them")
    cluster = settings.get("cluster")
    if listed and isinstance(cluster, Mapping) and cluster.get("kind") == "kubeconfig":
        reason = "services are made in AWS, and cluster.kind is kubeconfig: nobody knows an account and a network there"
        yield RefusedError(reason, "remove services, or use a cluster that is made by `kind: eks`")
    if settings.get("environment") == Environment.PROD:
        for each in listed:
            with contextlib.suppress(ValidationError):  # what is wrong in a service itself is said elsewhere
                yield from _unsafe(_SERVICE.validate_python(each))


def _unsafe(service: Service) -> Iterator[RefusedError]:
    """Yield what would fail with a single machine in production."""
    name = f"{service.kind} {service.name}"
    if isinstance(service, Cache) and not service.replicas:
        reason = f"{name} has no replicas: when its node fails, all that it keeps is gone"
        yield RefusedError(reason, "set replicas to 1 or more in production")
    if isinstance(service, Database) and not service.multi_az:
        reason = f"{name} has one instance: when its zone fails, so do all agents that use it"
        yield RefusedError(reason, "leave out multiAz in production")
    if isinstance(service, Stream) and service.broker_type.startswith("kafka.t3."):
        reason = f"{name} runs on {service.broker_type}, which slows down once its CPU credits are used up"
        yield RefusedError(reason, "take a kafka.m7g in production")


def owned(services: Sequence[Service], chosen: str | None) -> tuple[TeamService, ...]:
    """Return services with their teams: each one's own, or the stack's."""
    named = [(service, service.team or chosen) for service in services]
    return tuple(TeamService.model_construct(team=team, spec=service) for service, team in named if team)


def check_services(
    services: Sequence[Service],
    chosen: str | None,
    teams: Sequence[Team],
    region: str | None,
    zones: Sequence[str],
    file: YamlFile,
) -> Iterator[Problem]:
    """Refuse services without a team, with another's name, too far from their data's home, or short of zones.

    Args:
        services: the services of the stack.
        chosen: the one team whose agents the stack holds, if any.
        teams: the teams of the environment.
        region: the region of the cluster, if it is in AWS.
        zones: the cluster's zones.
        file: the stack's settings.
    """
    by_name = {team.name: team for team in teams}
    for index, service in enumerate(services):
        team = service.team or chosen
        wrong = _wrong(service, team, chosen, by_name, region, zones)
        siblings = [each for each in services if each.kind == service.kind and (each.team or chosen) == team]
        for option, refused in chain(wrong, _taken(service, siblings)):
            path = f"services.{index}{f'.{option}' if option else ''}"
            found = f'"{service.plain().get(option or "name", "")}"'
            yield Problem(file.name, file.line(path), path, found, refused.reason, refused.fix)


def _wrong(
    service: Service,
    team: str | None,
    chosen: str | None,
    teams: Mapping[str, Team],
    region: str | None,
    zones: Sequence[str],
) -> Iterator[tuple[str, RefusedError]]:
    known = ", ".join(sorted(teams))
    if team is None:
        reason = f"nothing says which team's {service.name} is, and the stack is of all teams"
        yield "", RefusedError(reason, f"add `team:`, one of {known}")
        return
    if team not in teams:
        yield "team", RefusedError(f"team {team} is not one of this environment's", f"known: {known}")
        return
    if chosen and team != chosen:
        reason = f"{service.name} is team {team}'s, but this is the stack of team {chosen}"
        yield "team", RefusedError(reason, "move it to that team's stack, or remove `team`")
    for other in sorted(teams):
        names = [f"{team}-{name}" for name in (service.name, *_parts(service))]
        taken = [name for name in names if name.startswith(f"{other}-")]
        if taken and len(other) > len(team):
            reason = f"in AWS it, or a part of it, would be called {taken[0]}, as a service of team {other} may be"
            yield "name", RefusedError(reason, "rename it")
    yield from _residency(service, teams[team], region)
    yield from _zones(service, zones)


def _taken(service: Service, siblings: Sequence[Service]) -> Iterator[tuple[str, RefusedError]]:
    for other in siblings:
        if service.name in _parts(other):
            reason = f"{other.kind} {other.name} has something called {service.name} in AWS"
            yield "name", RefusedError(f"{reason}; nobody could tell the two apart", "rename one of them")


def _parts(service: Service) -> tuple[str, ...]:
    """Return what a service would have to be called to be taken for a part of this one: dead letters of a queue,
    instances of Aurora, the default user of Redis.
    """
    if isinstance(service, Queue):
        return (f"{service.name}-dead-letters",)
    if isinstance(service, Database) and service.engine == "aurora":
        return (f"{service.name}-1", f"{service.name}-2")
    if isinstance(service, Cache) and service.engine == "redis":
        return (f"{service.name}-nobody",)
    return ()


def _residency(service: Service, team: Team, region: str | None) -> Iterator[tuple[str, RefusedError]]:
    if service.data_class and team.residency != region:
        stay = f"stay in {team.residency}" if team.residency else "may be anywhere"
        reason = f"it keeps {service.data_class} data in {region}, and data of team {team.name} {stay}"
        fix = f"set `residency: {region}` of the team, or keep such data in a stack of that region"
        yield "dataClass", RefusedError(reason, fix)


def _zones(service: Service, zones: Sequence[str]) -> Iterator[tuple[str, RefusedError]]:
    needs_two = not isinstance(service, Queue) and (
        isinstance(service, Stream | Database) or (isinstance(service, Cache) and service.replicas > 0)
    )
    if needs_two and len(set(zones)) < _FEWEST_ZONES:
        reason = f"a {service.kind} like this stands in two zones, and the cluster's network has {len(set(zones))}"
        yield "", RefusedError(reason, "give the cluster another zone")
