"""What no single model can see: agents beside their team, each other, and the nodes they must fit on."""

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from components.config.agent import Agent
from components.config.agents_folder import AgentsFolder
from components.config.cluster import NodePool
from components.config.instances import smallest
from components.config.model import LONGEST_LABEL
from components.config.problems import Problem
from components.config.quantities import amount
from components.config.team import Team
from components.config.yaml_file import YamlFile

Locate = Callable[[Agent, str], tuple[str, int]]
"""Gives file and line of a path inside an agent's file."""


@dataclass(frozen=True)
class Surroundings:
    """What agents are held against."""

    settings: YamlFile
    teams: Sequence[Team]
    registries: Sequence[str]
    node_pools: Sequence[NodePool]
    region: str | None = None
    """The region of AWS whose machines a further pool could have; None where somebody else has the machines."""
    has_teams: bool = True
    """Whether teams and registries are known: a stack of the cloud layer alone does not know them."""


def check_settings(around: Surroundings, chosen: str | None) -> Iterator[Problem]:
    """Refuse what is missing or declared twice, and a chosen team that does not exist."""
    file = around.settings
    names = [team.name for team in around.teams]
    for section, values in (("registries", around.registries), ("teams", around.teams)):
        if around.has_teams and not values:
            reason = f"`{section}` is empty, so nothing could run"
            yield Problem(file.name, 0, section, "", reason, f"list at least one under `agent-platform:{section}`")
    for section, found in (("teams", names), ("cluster.nodePools", [pool.name for pool in around.node_pools])):
        for index, name in enumerate(found):
            if name in found[:index]:
                path = f"{section}.{index}"
                reason = f"{name} is declared already; two would fight over the same objects"
                yield Problem(file.name, file.line(path), path, f'"{name}"', reason, "rename or remove one of them")
    if chosen and chosen not in names:
        reason = f"team {chosen} is not one of this environment's"
        yield Problem(file.name, file.line("team"), "team", f'"{chosen}"', reason, f"known: {', '.join(sorted(names))}")


def check_agents(folder: AgentsFolder, around: Surroundings) -> Iterator[Problem]:
    """Refuse what can't work together: team, calls, registry, node and quota; nodes alone where teams are not known."""
    teams = {team.name: team for team in around.teams}
    for agent in folder.agents:
        wrong = folder.broken[agent.reference]
        for problem in _one(agent, folder.names, around, teams, folder.locate):
            if problem.path.split(".")[0] not in wrong:
                yield problem
    for index, team in enumerate(around.teams):
        mine = [agent for agent in folder.agents if agent.team == team.name]
        yield from _quota(team, mine, around.settings, f"teams.{index}.quota")


def _one(
    agent: Agent, known: Iterable[str], around: Surroundings, teams: Mapping[str, Team], locate: Locate
) -> Iterator[Problem]:
    yield from _fits_a_node(agent, around, locate)
    if not around.has_teams:
        return
    yield from _label(agent, locate)
    yield from _calls(agent, known, locate)
    yield from _registry(agent, around.registries, locate)
    if agent.team in teams:
        yield from _under_the_ceiling(agent, teams[agent.team], locate)
        yield from _residency(agent, teams[agent.team], locate)
        return
    near = difflib.get_close_matches(agent.team, sorted(teams), n=1)
    reason = f"the folder names team {agent.team}, which this environment does not have"
    guess = f"did you mean {near[0]}? " if near else ""
    fix = f"{guess}Move the file to a team ({', '.join(sorted(teams)) or 'none yet'}), or declare the team"
    yield Problem(
        locate(agent, "")[0], 0, "the path", "", reason, f"{fix} under `agent-platform:teams` in {around.settings.name}"
    )


def _label(agent: Agent, locate: Locate) -> Iterator[Problem]:
    label = f"{agent.team}-{agent.name}"
    if len(label) > LONGEST_LABEL:
        reason = f"team and agent together, {label}, have {len(label)} characters; a label can carry {LONGEST_LABEL}"
        yield Problem(locate(agent, "")[0], 0, "the path", "", reason, "shorten one of the two names")


def _calls(agent: Agent, known: Iterable[str], locate: Locate) -> Iterator[Problem]:
    for index, callee in enumerate(agent.callees):
        file, line = locate(agent, f"calls.{index}")
        value = f'"{agent.spec.calls[index]}"'
        if callee == agent.reference:
            yield Problem(file, line, f"calls.{index}", value, "an agent does not call itself", "remove the line")
        elif callee not in known:
            reason = f"there is no agent {callee}; the network policy would point at nothing and the call would fail"
            yield Problem(file, line, f"calls.{index}", value, reason, _nearest(callee, known))


def _nearest(callee: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(callee, sorted(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}? " * bool(near) + "Or add the agent's file, or remove the call"


def _residency(agent: Agent, team: Team, locate: Locate) -> Iterator[Problem]:
    if agent.spec.data_class is None or team.residency is not None:
        return
    file, line = locate(agent, "dataClass")
    reason = f"team {team.name} does not say where its data stay, so this agent's could be anywhere"
    fix = f"add `residency: <region>` to team {team.name} in the stack's settings"
    yield Problem(file, line, "dataClass", f'"{agent.spec.data_class}"', reason, fix)


def _registry(agent: Agent, registries: Sequence[str], locate: Locate) -> Iterator[Problem]:
    image = agent.spec.image
    if not registries or any(image.startswith(f"{registry}/") for registry in registries):
        return
    file, line = locate(agent, "image")
    reason = "the image's registry is not one of this environment's, so the API server would refuse the pod"
    yield Problem(file, line, "image", f'"{image}"', reason, f"push it to one of: {', '.join(registries)}")


def _fits_a_node(agent: Agent, around: Surroundings, locate: Locate) -> Iterator[Problem]:
    pools, gpu, requests = around.node_pools, agent.spec.gpu, agent.spec.resources.requests
    able = [pool for pool in pools if bool(pool.gpus) == bool(gpu)]
    if gpu and gpu.product:
        able = [pool for pool in able if pool.gpu_product == gpu.product]
        if not able:
            file, line = locate(agent, "gpu.product")
            have = ", ".join(sorted({pool.gpu_product for pool in pools if pool.gpu_product})) or "none"
            reason = "no node has this GPU, so its pods would wait for ever"
            yield Problem(
                file,
                line,
                "gpu.product",
                f'"{gpu.product}"',
                reason,
                f"this cluster has: {have}{_nearest_machine(agent, around.region)}",
            )
            return
    if gpu and not able:
        file, line = locate(agent, "gpu")
        reason = "no node that agents may land on has GPUs, so its pods would wait for ever"
        fix = f"add a GPU node group or pool{_nearest_machine(agent, around.region)}, or remove gpu"
        yield Problem(file, line, "gpu", "", reason, fix)
        return
    fix = f"ask for less, or add a larger node pool{_nearest_machine(agent, around.region)}"
    needs: list[tuple[str, str, Callable[[NodePool], Decimal]]] = [
        ("resources.requests.memory", requests.memory, lambda pool: amount(pool.memory)),
    ]
    if requests.cpu:
        needs.append(("resources.requests.cpu", requests.cpu, lambda pool: amount(pool.cpu)))
    if gpu:
        needs.append(("gpu.count", str(gpu.count), lambda pool: Decimal(pool.gpus)))
    if any(all(amount(need) <= offer(pool) for _, need, offer in needs) for pool in able):
        return
    kind = "GPU node" if gpu else "node without GPUs"
    for path, need, offer in needs:
        largest = max(able, key=offer, default=None)
        if largest is None or amount(need) > offer(largest):
            file, line = locate(agent, path)
            most = (
                f"at most {_plain(path, largest)} (pool {largest.name})" if largest else "none: there is no such node"
            )
            reason = f"one pod asks for {need}, but a {kind} offers {most}; its pods would wait for ever"
            yield Problem(file, line, path, need, reason, fix)
            return
    file, line = locate(agent, "resources")
    reason = f"each request fits some {kind}, but no single one holds them together; its pods would wait for ever"
    yield Problem(file, line, "resources", "", reason, fix)


def _nearest_machine(agent: Agent, region: str | None) -> str:
    """Name the machine that a pool would need for an agent, where machines can be had."""
    if region is None:
        return ""
    requests, gpu = agent.spec.resources.requests, agent.spec.gpu
    millicores, memory = math.ceil(amount(requests.cpu or "1m") * 1000), math.ceil(amount(requests.memory) / 2**20)
    found = smallest(millicores, memory, gpu.count if gpu else 0, gpu.product if gpu else None, region)
    return f"; {found} would do" if found else f"; no machine in {region} would do"


def _plain(path: str, pool: NodePool) -> str:
    return {"gpu.count": str(pool.gpus), "resources.requests.cpu": pool.cpu}.get(path, pool.memory)


def _under_the_ceiling(agent: Agent, team: Team, locate: Locate) -> Iterator[Problem]:
    limits, ceiling = agent.spec.resources.limits, team.ceiling
    gpus = agent.spec.gpu.count if agent.spec.gpu else 0
    for path, value, most, over in (
        ("resources.limits.cpu", limits.cpu, ceiling.cpu, amount(limits.cpu) > amount(ceiling.cpu)),
        ("resources.limits.memory", limits.memory, ceiling.memory, amount(limits.memory) > amount(ceiling.memory)),
        ("gpu.count", str(gpus), str(ceiling.gpus), gpus > ceiling.gpus),
    ):
        if over:
            file, line = locate(agent, path)
            reason = f"{value} is over team {team.name}'s ceiling of {most} for one pod; the API server would refuse it"
            yield Problem(file, line, path, value, reason, f"ask for {most} or less, or raise the team's `ceiling`")


def _quota(team: Team, agents: Sequence[Agent], file: YamlFile, path: str) -> Iterator[Problem]:
    for what, quota in (
        ("cpu", amount(team.quota.cpu)),
        ("memory", amount(team.quota.memory)),
        ("gpus", Decimal(team.quota.gpus)),
        ("pods", Decimal(team.quota.pods)),
    ):
        shares = sorted(((_one_pod(agent, what) * agent.most_pods, agent.name) for agent in agents), reverse=True)
        needed = sum((share for share, _ in shares), Decimal(0))
        if needed > quota:
            largest = ", ".join(f"{name} {_human(what, share)}" for share, name in shares[:3] if share)
            reason = (
                f"team {team.name}'s agents can reserve {_human(what, needed)} at full scale during a release, "
                f"over its quota of {_human(what, quota)}; the last pods would be refused. Largest: {largest}"
            )
            fix = f"raise the quota to {_human(what, needed)}, or lower `scaling.max` or the requests"
            where = f"{path}.{what}"
            yield Problem(file.name, file.line(where), where, _human(what, quota), reason, fix)


def _one_pod(agent: Agent, what: str) -> Decimal:
    """Return what one pod counts in a quota: CPU without a request counts with its limit."""
    requests, limits, gpu = agent.spec.resources.requests, agent.spec.resources.limits, agent.spec.gpu
    if what == "cpu":
        return amount(requests.cpu or limits.cpu)
    if what == "memory":
        return amount(requests.memory)
    return Decimal(1) if what == "pods" else Decimal(gpu.count if gpu else 0)


def _human(what: str, value: Decimal) -> str:
    """Return an amount as people write it: Gi for memory, plain numbers else."""
    if what != "memory":
        return f"{value.normalize():f}"
    gibibytes = value / (1024**3)
    return f"{gibibytes.normalize():f}Gi" if gibibytes == gibibytes.to_integral_value() else f"{float(gibibytes):.1f}Gi"
