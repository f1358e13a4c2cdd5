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
        agents: those that are right in themselves, in the order of their names.
        names: references of all files, broken ones included, so that a call to one is not a second error.
        files: reference to file, for the lines.
        problems: what is wrong with single files.
    """

    agents: Sequence[Agent]
    names: frozenset[str]
    files: dict[str, YamlFile]
    problems: Sequence[Problem]

    def locate(self, agent: Agent, path: str) -> tuple[str, int]:
        """Return the file of an agent, and the line of a path inside it (0: unknown)."""
        file = self.files[agent.reference]
        return file.name, file.line(path)


def read_agents(folder: Path) -> AgentsFolder:
    """Read every agent's file. What is wrong comes back as problems; nothing is raised."""
    agents: list[Agent] = []
    files: dict[str, YamlFile] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/*")):
        if path.name.startswith(".") or path.suffix not in (".yaml", ".yml") or not path.is_file():
            continue
        file = read(path, f"{folder.name}/{path.parent.name}/{path.name}")
        reference = f"{path.parent.name}/{path.stem}"
        if reference in files:
            reason = f"agent {reference} stands in {files[reference].name} already"
            problems.append(Problem(file.name, 0, "", "", reason, "remove one of the two files"))
            continue
        files[reference] = file
        found = _agent(path, file)
        if isinstance(found, Agent):
            agents.append(found)
        else:
            problems += found
    return AgentsFolder(agents, frozenset(files), files, problems)


def _agent(path: Path, file: YamlFile) -> Agent | list[Problem]:
    problems = list(file.problems)
    for name in (path.parent.name, path.stem):
        try:
            checked_name(name)
        except RefusedError as error:
            problems.append(Problem(file.name, 0, "the path", f'"{name}"', error.reason, error.fix))
    if not file.problems:
        try:
            spec = AgentFile.model_validate(file.data)
        except ValidationError as error:
            problems += from_validation(error, AgentFile, file.name, file.line)
        else:
            if not problems:
                return Agent.model_construct(team=path.parent.name, name=path.stem, spec=spec)
    return problems
