"""The only reader of configuration: settings and agents' files in, one checked `PlatformConfig` out.

`load` serves the Pulumi program, `read_stack_file` serves tools that run before the engine; both end in `check`.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import ValidationError

from components.config.above import FromContract, Published
from components.config.agents_folder import AgentsFolder, read_agents
from components.config.checks import Surroundings, check_agents, check_settings
from components.config.cluster import Kubeconfig
from components.config.contract import Contract, folder
from components.config.fleets import FleetSurroundings, check_fleets
from components.config.layering import Layer, above, held
from components.config.model import RefusedError
from components.config.platform import AnyCluster, PlatformConfig, StackSettings
from components.config.problems import ConfigurationError, Problem, from_validation
from components.config.promised import promised
from components.config.reached import ReachedEks
from components.config.secrets import check_secrets, owned_secrets
from components.config.service_checks import check_services, owned
from components.config.stack_files import PREFIX, below, settings_in, stack_file, stack_name
from components.config.uses_checks import Offered, check_uses
from components.config.yaml_file import YamlFile

ROOT = Path(__file__).resolve().parents[2]


async def load() -> PlatformConfig:
    """Return the configuration of the stack that the engine runs.

    Raises:
        pulumi.RunError: it can't work; the text is the report of all problems.
    """
    path = stack_file(ROOT, pulumi.get_stack())
    file = configured(path.name)
    agents = read_agents(ROOT / "agents")
    try:
        settings = _settings(file, agents)
        contract = await _contract(settings.cluster) if isinstance(settings.cluster, FromContract) else None
        return _checked(settings, contract, agents, file, path)
    except ConfigurationError as error:
        raise pulumi.RunError(str(error)) from None


def configured(name: str) -> YamlFile:
    """Return the settings that the engine holds for its stack, as if they were read from a file of this name."""
    config = pulumi.Config(PREFIX.removesuffix(":"))
    options = [key.removeprefix(PREFIX) for key in CONFIG.get() if key.startswith(PREFIX)]
    return YamlFile(name, {option: _value(config, option) for option in options}, {}, ())


def read_stack_file(path: Path, agents: Path, contract: Contract | None = None) -> PlatformConfig:
    """Return the configuration of a stack file without an engine.

    Args:
        path: the stack file, `Pulumi.<stack>.yaml`.
        agents: the folder of the agents' files.
        contract: what the layer above tells, for a stack that gets its cluster by contract; by default what that
            layer's own file, which lies beside this one, promises.

    Raises:
        ConfigurationError: it can't work; holds all problems of all files.
    """
    return _read(path, agents, contract, ())


def _read(path: Path, agents: Path, contract: Contract | None, lower: tuple[str, ...]) -> PlatformConfig:
    """Read a stack file and, where it needs them, those above it; `lower` are the files that asked."""
    file, folder = settings_in(path), read_agents(agents)
    settings = _settings(file, folder)
    if contract is None and isinstance(settings.cluster, FromContract):
        upper = stack_file(path.parent, settings.cluster.upper)
        if not upper.is_file() or upper.name in (path.name, *lower):
            raise ConfigurationError([_nobody_tells(file, settings.cluster, upper), *folder.problems])
        contract = Contract.model_validate(promised(_read(upper, agents, None, (path.name, *lower))))
    return _checked(settings, contract, folder, file, path)


def _nobody_tells(file: YamlFile, cluster: FromContract, upper: Path) -> Problem:
    where = "cluster.parameter.name" if cluster.parameter else "cluster.stack"
    reason = f"{upper.name}, which would tell of the cluster, is not here, so nobody knows whether agents fit it"
    if upper.is_file():
        reason = f"{upper.name} takes its cluster from this stack in turn, so nobody makes it"
    return Problem(file.name, file.line(where), where, "", reason, "name the stack that holds the layer above")


def _checked(
    settings: StackSettings, contract: Contract | None, agents: AgentsFolder, file: YamlFile, path: Path
) -> PlatformConfig:
    """Hold settings, contract and agents' files against each other.

    Raises:
        ConfigurationError: with every problem of every file.
    """
    cluster: AnyCluster
    registries, teams = settings.registries, settings.teams
    if not isinstance(settings.cluster, FromContract):
        cluster = settings.cluster
    else:
        assert contract  # noqa: S101 - whoever reads a stack below another reads its contract first
        cluster = contract.cluster
        if Layer.PLATFORM not in settings.layers:
            registries, teams = contract.registries, contract.teams
        if found := list(_misread(settings, settings.cluster, contract, file)):
            raise ConfigurationError([*found, *agents.problems])
    region = None if isinstance(cluster, Kubeconfig) else cluster.region
    has_teams = held(settings.layers) != (Layer.CLOUD,)
    around = Surroundings(file, teams, registries, cluster.node_pools, region, has_teams)
    built_teams = (settings.team,) if settings.team else tuple(team.name for team in teams)
    services, secrets = owned(settings.services, settings.team), owned_secrets(settings.secrets, settings.team)
    offered = Offered(
        settings.environment, cluster, built_teams if Layer.TEAM in settings.layers else (), services, secrets
    )
    problems = [
        *check_settings(around, settings.team),
        *check_services(settings.services, settings.team, teams, region, cluster.zones, file),
        *check_secrets(settings.secrets, settings.team, teams, offered.place, file),
        *check_fleets(settings.fleets, FleetSurroundings(file, cluster, teams, registries, settings.team)),
        *agents.problems,
        *check_agents(agents, around),
        *check_uses(agents, offered),
    ]
    if problems:
        raise ConfigurationError(problems)
    return PlatformConfig.model_construct(
        stack=stack_name(path),
        environment=settings.environment,
        layers=settings.layers,
        cluster=cluster,
        registries=registries,
        teams=teams,
        agents=tuple(agents.agents),
        built_teams=built_teams,
        below=below(path.parent, stack_name(path)),
        services=services,
        secrets=secrets,
        fleets=settings.fleets,
    )


def _misread(settings: StackSettings, cluster: FromContract, contract: Contract, file: YamlFile) -> Iterator[Problem]:
    """Yield why a contract is not the one that a stack of these layers can stand on."""
    upper = cluster.upper
    if contract.environment != settings.environment:
        reason = f"{upper} is of environment {contract.environment}, and this stack of {settings.environment}"
        yield Problem(file.name, file.line("environment"), "environment", "", reason, "make the two agree")
    if cluster.parameter and isinstance(contract.cluster, ReachedEks):
        for option, said, true in (
            ("region", cluster.parameter.region, contract.cluster.region),
            ("accountId", cluster.parameter.account_id, contract.cluster.ground.account_id),
        ):
            if said != true:
                path = f"cluster.parameter.{option}"
                reason = f"{upper} publishes its contract in {true}, the cluster's {option}; nothing is found elsewhere"
                yield Problem(file.name, file.line(path), path, said, reason, f'write {option}: "{true}"')
    wanted = above(settings.layers)
    if wanted is Layer.CLOUD and contract.layer is not Layer.CLOUD:
        reason = f"{upper} holds the platform layer already; two would fight over guardrails and teams"
        fix = "remove platform from layers, or name the stack that holds the cloud layer alone"
        yield Problem(file.name, file.line("cluster"), "cluster", "", reason, fix)
    if wanted is Layer.PLATFORM and contract.layer is Layer.CLOUD:
        reason = f"{upper} holds the cloud layer alone: it tells of no team and no registry"
        fix = "name the stack that holds the platform layer"
        yield Problem(file.name, file.line("cluster"), "cluster", "", reason, fix)


def _value(config: pulumi.Config, name: str) -> Any:
    try:
        return config.get_object(name)
    except pulumi.ConfigTypeError:
        return config.get(name)


async def _contract(cluster: FromContract) -> Contract:
    """Ask the layer above, by its output or by what it published.

    Raises:
        ConfigurationError: it is not up, or tells what this program can't read.
    """
    try:
        told = await (_published(cluster.parameter) if cluster.parameter else _output(str(cluster.stack)))
        return Contract.from_output(told)
    except RefusedError as error:
        problem = Problem(f"the layer above, {cluster.upper}", 0, "contract", "", error.reason, error.fix)
        raise ConfigurationError([problem]) from None


async def _output(stack: str) -> object:
    details = await pulumi.StackReference(stack).get_output_details("contract")
    if details.value is None:
        raise RefusedError("it exports no contract, so the cluster is not known", _bring_up(stack.rpartition("/")[2]))
    return details.value


async def _published(parameter: Published) -> object:
    """Put together again what `contract.published` took apart."""
    import pulumi_aws as aws  # a stack without AWS starts without its SDK

    account = aws.Provider("contract", region=parameter.region, allowed_account_ids=[parameter.account_id])
    opts = pulumi.InvokeOptions(provider=account)

    async def read(name: str) -> Any:
        try:
            found = await aws.ssm.get_parameter_output(name=name, opts=opts).future()
        except Exception as error:  # noqa: BLE001 - the SDK raises no narrower one
            where = f"{parameter.account_id}, {parameter.region}"
            raise RefusedError(f"{name} can't be read in {where}: {error}", _bring_up(stack)) from None
        return json.loads(str(found and found.insecure_value))

    stack = parameter.name.split("/")[2]
    told = await read(parameter.name)
    teams = await asyncio.gather(*(read(f"{folder(stack)}/teams/{name}") for name in told["teams"]))
    return {**told, "teams": teams}


def _bring_up(stack: str) -> str:
    return f"bring that layer up first: pulumi up -s {stack}"


def _settings(file: YamlFile, agents: AgentsFolder) -> StackSettings:
    problems = [*file.problems]
    if not problems:
        try:
            return StackSettings.model_validate(file.data)
        except ValidationError as error:
            problems += from_validation(error, StackSettings, file.name, file.line)
    raise ConfigurationError([*problems, *agents.problems])
