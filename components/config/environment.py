"""An environment: its stacks in order, each held against its own files and against those of the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.config.agent import Agent
from components.config.layering import Layer
from components.config.load import read_stack_file
from components.config.platform import PlatformConfig
from components.config.problems import ConfigurationError, Problem
from components.config.stack_files import settings_in, stack_file, uppers


@dataclass(frozen=True)
class StacksOfEnvironment:
    """The stacks of one environment, each after the one that it stands on.

    Attributes:
        name: the stack that holds the cluster; the environment is called after it.
        stacks: their checked configurations.
        upper: for each stack, the one whose contract it takes; None for the first.
    """

    name: str
    stacks: tuple[PlatformConfig, ...]
    upper: dict[str, str | None]

    @property
    def first(self) -> PlatformConfig:
        """Return the stack that the others stand on: it makes the cluster, or names it."""
        return self.stacks[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the stacks' names in order."""
        return tuple(stack.stack for stack in self.stacks)

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Return every agent that one of the stacks makes."""
        return tuple(agent for stack in self.stacks for agent in made_by(stack))

    def with_uppers(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return these stacks with those that they stand on, in order."""
        needed: set[str | None] = set()
        for name in names:
            stack: str | None = name
            while stack:
                needed.add(stack)
                stack = self.upper[stack]
        return tuple(name for name in self.names if name in needed)


def made_by(stack: PlatformConfig) -> tuple[Agent, ...]:
    """Return the agents that a stack makes."""
    if Layer.TEAM not in stack.layers:
        return ()
    return tuple(agent for team in stack.built_teams for agent in stack.agents_of(team))


def environments(root: Path) -> tuple[str, ...]:
    """Return the environments of a folder: the stacks that take their cluster from no other stack of it."""
    found = uppers(root)
    return tuple(name for name, upper in found.items() if upper not in found)


def read_environment(root: Path, name: str) -> StacksOfEnvironment:
    """Return an environment without an engine; what only creation tells has stand-ins.

    Args:
        root: the folder of the stack files; the agents are in `agents/` below it.
        name: the environment, as in `Pulumi.<name>.yaml`.

    Raises:
        ConfigurationError: it can't work; holds all problems of all its files.
    """
    found = uppers(root)
    if name not in environments(root):
        raise ConfigurationError([_no_environment(root, name, found)])
    stacks: list[PlatformConfig] = []
    problems: list[Problem] = []
    for stack in [*_in_order(name, found), *_strays(root, name, found)]:
        try:
            stacks.append(read_stack_file(stack_file(root, stack), root / "agents"))
        except ConfigurationError as error:
            problems += error.problems
    problems += [*_claimed_twice(stacks), *([] if problems else _claimed_by_nobody(stacks))]
    if problems:
        raise ConfigurationError(problems)
    upper = {stack.stack: found[stack.stack] for stack in stacks}
    return StacksOfEnvironment(name, tuple(stacks), {**upper, name: None})


def _no_environment(root: Path, name: str, found: dict[str, str | None]) -> Problem:
    file = stack_file(root, name).name
    known = f"name one of: {', '.join(environments(root)) or 'none yet'}"
    if name not in found:
        return Problem(file, 0, "", "", "there is no such stack file, so there is no such environment", known)
    reason = f"{name} is one stack of an environment: it takes its cluster from {found[name]}"
    return Problem(file, 0, "cluster", "", reason, known)


def _in_order(name: str, found: dict[str, str | None]) -> list[str]:
    """Return a stack and all below it, each after the one that it stands on."""
    order = [name]
    for stack in order:
        order += [lower for lower, upper in found.items() if upper == stack and lower not in order]
    return order


def _strays(root: Path, name: str, found: dict[str, str | None]) -> list[str]:
    """Return the stacks that by their names are this environment's, but whose files don't say what they stand on.

    Reading one tells what is wrong with it; without that it would be left out in silence.
    """
    return [
        stack
        for stack, upper in found.items()
        if stack.startswith(f"{name}-") and upper not in found and not _begins(root, stack)
    ]


def _begins(root: Path, stack: str) -> bool:
    """Whether a stack makes or names its cluster itself, so that it is an environment's first, right or wrong."""
    cluster = settings_in(stack_file(root, stack)).data.get("cluster")
    return isinstance(cluster, Mapping) and cluster.get("kind") in ("eks", "kubeconfig")


def _claimed_twice(stacks: Sequence[PlatformConfig]) -> Iterator[Problem]:
    """Yield the teams, the platforms and the names of fleets that two stacks would make in one cluster."""
    holders: dict[str, list[str]] = defaultdict(list)
    fleets: dict[str, list[str]] = defaultdict(list)
    for stack in stacks:
        if Layer.PLATFORM in stack.layers:
            holders["the platform layer"].append(stack.stack)
        for team in stack.built_teams if Layer.TEAM in stack.layers else ():
            holders[f"team {team}"].append(stack.stack)
        for fleet in stack.fleets:
            fleets[fleet.name].append(stack.stack)
    for what, names in holders.items():
        if len(names) > 1:
            reason = f"{' and '.join(names)} both hold {what}; each would take the other's objects for its own"
            yield Problem(
                f"Pulumi.{names[1]}.yaml", 0, "", "", reason, "leave it to one of them: set `team`, or remove a file"
            )
    for fleet_name, names in fleets.items():
        if len(names) > 1:
            reason = f"{' and '.join(names)} both have a fleet {fleet_name}; AWS would refuse the second"
            yield Problem(f"Pulumi.{names[1]}.yaml", 0, "fleets", fleet_name, reason, "rename one of them")


def _claimed_by_nobody(stacks: Sequence[PlatformConfig]) -> Iterator[Problem]:
    """Yield the teams whose agents no stack makes."""
    made = {agent.reference for stack in stacks for agent in made_by(stack)}
    first = stacks[0]
    missing = sorted({agent.team for agent in first.agents if agent.reference not in made})
    for team in missing:
        count = len(first.agents_of(team))
        reason = f"no stack of the environment holds team {team}, so its {count} agents would not exist"
        settings = f"`layers: [team]`, `team: {team}` and `cluster: {{kind: contract}}`"
        fix = f"write Pulumi.{first.stack}-{team}.yaml with {settings}"
        yield Problem(f"Pulumi.{first.stack}.yaml", 0, "", "", reason, fix)
