"""What is refused of the bootstrap's settings, how they are read, and that those in the repository are right."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import mocks

from components.bootstrap.load import check, load
from components.config.bootstrap import BootstrapSettings
from components.config.load import ROOT
from components.config.problems import ConfigurationError, Problem
from components.config.yaml_file import YamlFile

FILES = sorted((ROOT / "bootstrap").glob("Pulumi.*.yaml"))
ENVIRONMENT = {"kind": "environment", "name": "prod"}


class Nothing(mocks.Mocks):
    """Stands in for an engine that nothing is asked of."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError(f"the loader makes {args.name}")

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        raise AssertionError(f"the loader asks {args.token}")


def settings_in(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())["config"]["agent-platform:bootstrap"]
    return found


def written(**changes: Any) -> dict[str, Any]:
    return {**settings_in(ROOT / "bootstrap/Pulumi.prod.yaml"), **changes}


def github(**changes: Any) -> dict[str, Any]:
    return {**written()["github"], **changes}


def checked(data: dict[str, Any]) -> BootstrapSettings:
    return check(YamlFile("bootstrap/Pulumi.prod.yaml", {"bootstrap": data}, {}, ()))


def problems(**changes: Any) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as caught:
        checked(written(**changes))
    return caught.value.problems


def only(**changes: Any) -> Problem:
    (problem,) = problems(**changes)
    return problem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_settings_in_the_repository_are_right(path: Path) -> None:
    assert path.name == f"Pulumi.{checked(settings_in(path)).environment}.yaml"


def test_every_environment_has_an_account_and_origins_of_its_own() -> None:
    found = [settings_in(path) for path in FILES]
    assert len(found) > 1
    assert len({each["accountId"] for each in found}) == len(found)
    origins = [str(each["github"][job]) for each in found for job in ("up", "preview")]
    assert len(set(origins)) == len(origins)


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"name": "Agents"}, "name", "can't begin the names"),
        ({"name": "a" * 21}, "name", "20"),
        ({"accountId": "12"}, "accountId", "not the id of an AWS account"),
        ({"region": "europe"}, "region", "not the name of a region"),
        ({"owner": ""}, "owner", "1"),
        ({"oldStateDays": 1}, "oldStateDays", "30"),
        ({"oldStateVersions": 0}, "oldStateVersions", "1"),
        ({"accessLogDays": 30}, "accessLogDays", "365"),
        ({"github": github(owner="exa*")}, "github.owner", "not a user or organization"),
        ({"github": github(owner="example/agent-platform")}, "github.owner", "not a user or organization"),
        ({"github": github(repository="*")}, "github.repository", "not a repository's name"),
        ({"github": github(up={"kind": "branch", "name": "*"})}, "github.up.name", "plain name of one branch"),
        ({"github": github(up={"kind": "branch", "name": "release/*"})}, "github.up.name", "plain name of one branch"),
        ({"github": github(up={"kind": "environment", "name": "pro?"})}, "github.up.name", "not a plain name"),
        ({"github": github(up={"kind": "environment", "name": "a:b"})}, "github.up.name", "not a plain name"),
        ({"github": github(up={"kind": "pull_request"})}, "github.up", "none that is known"),
        ({"github": github(preview=ENVIRONMENT)}, "github", "up and preview are both prod"),
        ({"github": github(ownerId=1)}, "github", "only ownerId is set"),
        ({"github": github(repositoryId=1)}, "github", "only repositoryId is set"),
        ({"github": github(ownerId=0, repositoryId=1)}, "github.ownerId", "1"),
    ],
)
def test_what_could_not_work_or_would_trust_too_many_is_refused(
    changes: dict[str, Any], path: str, reason: str
) -> None:
    problem = only(**changes)
    assert problem.path == f"bootstrap.{path}"
    assert reason in problem.reason


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = github(owner="a/b", up={"kind": "branch", "name": "*"}, ownerId=1)
    found = problems(name="X", accountId="1", region="here", github=wrong, oldStateDays=1)
    assert len(found) == 7
    assert all(problem.fix for problem in found)


def test_a_branch_and_an_environment_of_one_name_are_two_origins() -> None:
    both = github(up={"kind": "branch", "name": "main"}, preview={"kind": "environment", "name": "main"})
    assert checked(written(github=both)).github.up != checked(written(github=both)).github.preview


def loaded(**config: Any) -> BootstrapSettings:
    """Read settings as the program does, from an engine that has them."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    mocks.set_mocks(Nothing(), project="agent-platform-bootstrap", stack="prod")
    pulumi.runtime.set_all_config({f"agent-platform:{key}": json.dumps(value) for key, value in config.items()})
    try:
        return load()
    finally:
        pulumi.runtime.set_all_config({})
        loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop)))  # the mocks' own: they register a stack
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)


def test_the_program_reads_what_the_file_says() -> None:
    assert loaded(bootstrap=written()) == checked(written())


def test_the_program_ends_with_the_report() -> None:
    with pytest.raises(pulumi.RunError, match="2 problems in the configuration; nothing was changed"):
        loaded(bootstrap=written(accountId="1", name="X"))


@pytest.mark.parametrize("config", [{}, {"bootstrap": "prod"}, {"bootstrap": written(), "bootstrp": {}}])
def test_a_stack_file_without_the_map_or_with_more_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(pulumi.RunError, match="1 problem in the configuration"):
        loaded(**config)
