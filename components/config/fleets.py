"""What no single fleet can see: whether it goes with its environment, and with the other fleets of its stack."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.config.cluster import Kubeconfig
from components.config.eks import Eks
from components.config.network import MadeNetwork
from components.config.problems import Problem
from components.config.reached import ReachedEks
from components.config.team import Team
from components.config.vm_fleet import VmFleetSettings
from components.config.yaml_file import YamlFile

LONGEST_TOGETHER = 45
"""What cluster and fleet may have together: a role's name has at most 64 characters, 19 of them for the longest region
and `vm`, and a bucket's 63, 17 of them for its purpose and a hash."""
_ARN = re.compile(r"arn:aws:[a-z]+:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):.+")


@dataclass(frozen=True)
class FleetSurroundings:
    """What fleets are held against.

    Attributes:
        file: the stack's settings.
        cluster: the environment's cluster, whose account and network fleets share.
        teams: the environment's teams.
        registries: where images of agents may come from.
        team: the one team that the stack is for; None: all.
    """

    file: YamlFile
    cluster: Kubeconfig | Eks | ReachedEks
    teams: Sequence[Team]
    registries: Sequence[str]
    team: str | None


def check_fleets(fleets: Sequence[VmFleetSettings], around: FleetSurroundings) -> Iterator[Problem]:
    """Refuse fleets that belong to nobody, that can't be where the stack is, or that name what is somewhere else."""
    if fleets and isinstance(around.cluster, Kubeconfig):
        reason = "fleets are machines in AWS, and this environment is not there"
        yield _problem(around, "fleets", "", reason, "move them to an environment whose cluster.kind is eks")
    names = [fleet.name for fleet in fleets]
    for index, fleet in enumerate(fleets):
        path = f"fleets.{index}"
        if fleet.name in names[:index]:
            reason = "another fleet of this stack has the name; AWS would refuse the second"
            yield _problem(around, f"{path}.name", fleet.name, reason, "rename one of them")
        yield from _team(fleet, around, path)
        yield from _registry(fleet, around, path)
        if not isinstance(around.cluster, Kubeconfig):
            yield from _place(fleet, around.cluster, around, path)


def _team(fleet: VmFleetSettings, around: FleetSurroundings, path: str) -> Iterator[Problem]:
    known = sorted(team.name for team in around.teams)
    if fleet.team not in known:
        near = difflib.get_close_matches(fleet.team, known, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        reason = "this environment has no such team; nobody would answer for the machines"
        yield _problem(around, f"{path}.team", fleet.team, reason, f"{guess}known: {', '.join(known) or 'none yet'}")
    elif around.team and fleet.team != around.team:
        reason = f"this stack is team {around.team}'s"
        yield _problem(around, f"{path}.team", fleet.team, reason, f"move the fleet to a stack of team {fleet.team}")


def _registry(fleet: VmFleetSettings, around: FleetSurroundings, path: str) -> Iterator[Problem]:
    image = fleet.image
    if image and around.registries and not any(image.startswith(f"{each}/") for each in around.registries):
        reason = "the image's registry is not one of this environment's"
        yield _problem(around, f"{path}.image", image, reason, f"push it to one of: {', '.join(around.registries)}")


def _place(
    fleet: VmFleetSettings, cluster: Eks | ReachedEks, around: FleetSurroundings, path: str
) -> Iterator[Problem]:
    account_id = cluster.account_id if isinstance(cluster, Eks) else cluster.ground.account_id
    named = {"certificateArn": fleet.certificate_arn, **{f"secrets.{k}": arn for k, arn in fleet.secrets.items()}}
    for key, arn in named.items():
        match = _ARN.fullmatch(arn)
        if match and (match["region"], match["account"]) != (cluster.region, account_id):
            reason = f"it is in {match['region']} of account {match['account']}, where the fleet can't use it"
            fix = f"name one in {cluster.region} of account {account_id}"
            yield _problem(around, f"{path}.{key}", "", reason, fix)
    if not fleet.internal and not _is_public(cluster):
        reason = "the environment's network has no public subnets; the internet could not reach the load balancer"
        yield _problem(around, f"{path}.internal", "false", reason, "set internal: true, or add public subnets")
    most = LONGEST_TOGETHER - len(cluster.name)
    if len(fleet.name) > most:
        reason = f"with {cluster.name} before it, the names of its role and bucket would be longer than AWS takes"
        yield _problem(around, f"{path}.name", fleet.name, reason, f"shorten it to {most} characters or fewer")


def _is_public(cluster: Eks | ReachedEks) -> bool:
    if isinstance(cluster, ReachedEks):
        return bool(cluster.ground.public_subnet_ids)
    return isinstance(cluster.network, MadeNetwork) or bool(cluster.network.public_subnets)


def _problem(around: FleetSurroundings, path: str, value: str, reason: str, fix: str) -> Problem:
    return Problem(around.file.name, around.file.line(path), path, value, reason, fix)
