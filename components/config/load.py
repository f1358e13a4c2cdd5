"""The only reader of configuration: settings and agents' files in, one checked `PlatformConfig` out.

`load` serves the Pulumi program, `read_stack_file` serves tools that run before the engine; both end in `check`.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import ValidationError

from components.config.agents_folder import AgentsFolder, read_agents
from components.config.checks import Surroundings, check_agents, check_settings
from components.config.cluster import FromContract, Kubeconfig
from components.config.contract import Contract
from components.config.platform import AnyCluster, PlatformConfig, StackSettings
from components.config.problems import ConfigurationError, Problem, from_validation
from components.config.yaml_file import YamlFile, read

PREFIX = "agent-platform:"
_SETTINGS_FIX = f"write the settings below it, each as `{PREFIX}<option>:`"
ROOT = Path(__file__).resolve().parents[2]


async def load() -> PlatformConfig:
    """Return the configuration of the stack that the engine runs.

    Raises:
        pulumi.RunError: it can't work; the text is the report of all problems.
    """
    config = pulumi.Config(PREFIX.removesuffix(":"))
    names = [key.removeprefix(PREFIX) for key in CONFIG.get() if key.startswith(PREFIX)]
    file = YamlFile(f"Pulumi.{pulumi.get_stack()}.yaml", {name: _value(config, name) for name in names}, {}, ())
    agents = read_agents(ROOT / "agents")
    try:
        settings = _settings(file, agents)
        contract = await _contract(settings.cluster) if isinstance(settings.cluster, FromContract) else None
        return check(settings, contract, agents, file)
    except ConfigurationError as error:
        raise pulumi.RunError(str(error)) from None


def read_stack_file(path: Path, agents: Path, contract: Contract | None = None) -> PlatformConfig:
    """Return the configuration of a stack file without an engine.

    Args:
        path: the stack file, `Pulumi.<stack>.yaml`.
        agents: the folder of the agents' files.
        contract: what the layer above tells, for a stack that gets its cluster by contract.

    Raises:
        ConfigurationError: it can't work; holds all problems of all files.
    """
    whole = read(path, path.name)
    config = whole.data.get("config", {}) if isinstance(whole.data, dict) else {}
    if not isinstance(config, dict):
        problem = Problem(path.name, whole.line("config"), "config", "", "`config` holds no settings", _SETTINGS_FIX)
        raise ConfigurationError([problem, *read_agents(agents).problems])
    foreign = tuple(
        Problem(path.name, whole.line(f"config.{key}"), f"config.{key}", "", "Pulumi would read it for nobody", fix)
        for key, fix in _near_prefix(config)
    )
    data = {key.removeprefix(PREFIX): value for key, value in config.items() if str(key).startswith(PREFIX)}
    lines = {key.removeprefix(f"config.{PREFIX}"): line for key, line in whole.lines.items()}
    folder = read_agents(agents)
    file = YamlFile(path.name, data, lines, (*whole.problems, *foreign))
    return check(_settings(file, folder), contract, folder, file)


def check(settings: StackSettings, contract: Contract | None, agents: AgentsFolder, file: YamlFile) -> PlatformConfig:
    """Hold settings and agents' files against each other.

    Raises:
        ConfigurationError: with every problem of every file.
    """
    cluster: AnyCluster
    if not isinstance(settings.cluster, FromContract):
        cluster, registries, teams = settings.cluster, settings.registries, settings.teams
    elif contract:
        cluster, registries, teams = contract.cluster, contract.registries, contract.teams
    else:
        reason = f"what {settings.cluster.stack} tells in its contract is not known here"
        raise ConfigurationError(
            [Problem(file.name, file.line("cluster"), "cluster", "", reason, "bring that layer up first")]
        )
    region = None if isinstance(cluster, Kubeconfig) else cluster.region
    around = Surroundings(file, teams, registries, cluster.node_pools, region)
    problems = [
        *check_settings(around, settings.team),
        *agents.problems,
        *check_agents(agents, around),
    ]
    if problems:
        raise ConfigurationError(problems)
    return PlatformConfig.model_construct(
        environment=settings.environment,
        layers=settings.layers,
        cluster=cluster,
        registries=registries,
        teams=teams,
        agents=tuple(agents.agents),
        built_teams=(settings.team,) if settings.team else tuple(team.name for team in teams),
    )


def _near_prefix(config: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    """Yield keys whose project is nearly ours, as a typing mistake makes them, with the fix."""
    for key in map(str, config):
        project, colon, option = key.partition(":")
        if colon and project != PREFIX[:-1] and difflib.get_close_matches(project, [PREFIX[:-1]], cutoff=0.8):
            yield key, f"write `{PREFIX}{option}`"


def _value(config: pulumi.Config, name: str) -> Any:
    try:
        return config.get_object(name)
    except pulumi.ConfigTypeError:
        return config.get(name)


async def _contract(cluster: FromContract) -> Contract:
    details = await pulumi.StackReference(cluster.stack).get_output_details("contract")
    if details.value is None:
        reason = f"{cluster.stack} exports no contract, so the cluster is not known"
        fix = f"bring that layer up first: pulumi up -s {cluster.stack}"
        raise ConfigurationError([Problem("the layer above", 0, "cluster.stack", cluster.stack, reason, fix)])
    return Contract.from_output(details.value)


def _settings(file: YamlFile, agents: AgentsFolder) -> StackSettings:
    problems = [*file.problems]
    if not problems:
        try:
            return StackSettings.model_validate(file.data)
        except ValidationError as error:
            problems += from_validation(error, StackSettings, file.name, file.line)
    raise ConfigurationError([*problems, *agents.problems])
