"""The folder `agents/<team>/<name>.yaml`: every file in it as an agent, or as the problems that it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from components.config.agent import Agent, AgentFile
from components.config.model import RefusedError
from components.config.names import checked_name
from components.config.problems import Problem, from_validation
from components.config.yaml_file import YamlFile, read


@dataclass(frozen=True)
class AgentsFolder:
    """What the folder holds.

    Attributes:
        agents: those whose files can be read at all, in the order of their names.
        names: references of all files, broken ones included, so that a call to one is not a second error.
        files: reference to file, for the lines.
        problems: what is wrong with single files.
        broken: reference to the options that are wrong in that file; its agent has stand-ins there.
    """

    agents: Sequence[Agent]
    names: frozenset[str]
    files: dict[str, YamlFile]
    problems: Sequence[Problem]
    broken: dict[str, frozenset[str]]

    def locate(self, agent: Agent, path: str) -> tuple[str, int]:
        """Return the file of an agent, and the line of a path inside it (0: unknown)."""
        file = self.files[agent.reference]
        return file.name, file.line(path)


def read_agents(folder: Path) -> AgentsFolder:
    """Read every agent's file. What is wrong comes back as problems; nothing is raised."""
    agents: list[Agent] = []
    files: dict[str, YamlFile] = {}
    problems: list[Problem] = []
    broken: dict[str, frozenset[str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".yaml", ".yml")):
        place = path.relative_to(folder)
        name = f"{folder.name}/{place}"
        if len(place.parts) != 2 or path.suffix not in (".yaml", ".yml"):
            reason = "no team could own a file in this place, so the agent would silently not exist"
            problems.append(Problem(name, 0, "", "", reason, f"move it to {folder.name}/<team>/<name>.yaml"))
            continue
        reference = f"{path.parent.name}/{path.stem}"
        if reference in files:
            reason = f"agent {reference} stands in {files[reference].name} already"
            problems.append(Problem(name, 0, "", "", reason, "remove one of the two files"))
            continue
        files[reference] = file = read(path, name)
        agent, broken[reference], found = _agent(path, file)
        problems += found
        if agent:
            agents.append(agent)
    return AgentsFolder(agents, frozenset(files), files, problems, broken)


def _agent(path: Path, file: YamlFile) -> tuple[Agent | None, frozenset[str], list[Problem]]:
    """Return the agent, with a stand-in for each option that is wrong; those options; and what is wrong."""
    problems = list(file.problems)
    for name in (path.parent.name, path.stem):
        try:
            checked_name(name)
        except RefusedError as error:
            problems.append(Problem(file.name, 0, "the path", f'"{name}"', error.reason, error.fix))
    if problems:
        return None, frozenset(), problems
    wrong: frozenset[str] = frozenset()
    try:
        spec = AgentFile.model_validate(file.data)
    except ValidationError as error:
        problems = from_validation(error, AgentFile, file.name, file.line)
        spec, wrong = _without(file.data, frozenset(str(item["loc"][0]) for item in error.errors() if item["loc"]))
    return Agent.model_construct(team=path.parent.name, name=path.stem, spec=spec), wrong, problems


def _without(data: object, wrong: frozenset[str]) -> tuple[AgentFile, frozenset[str]]:
    """Return the file's right options over stand-ins that ask for as little as can be, and which are stand-ins."""
    right = {key: value for key, value in data.items() if key not in wrong} if isinstance(data, dict) else {}
    tiny = {"cpu": "1m", "memory": "4Mi"}
    stand_in = {
        "description": "broken",
        "version": "0.0.0",
        "image": f"broken.invalid/broken@sha256:{'0' * 64}",
        "resources": {"requests": tiny, "limits": tiny},
    }
    if right.get("scaling") is not None or right.get("replicas") is None:
        right.pop("replicas", None)
    counted = {} if right.get("scaling") is not None or "replicas" in right else {"replicas": 0}
    try:
        return AgentFile.model_validate({**stand_in, **right, **counted}), wrong
    except ValidationError:
        every = frozenset(str(field.alias) for field in AgentFile.model_fields.values())
        return AgentFile.model_validate({**stand_in, "replicas": 0}), every
