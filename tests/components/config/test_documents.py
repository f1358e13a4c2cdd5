"""What is generated from the models is what lies in the repository."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from components.config import reference
from components.config.load import ROOT
from components.config.schema import TARGET, agent_schema

EXAMPLES = sorted((ROOT / "agents").glob("*/*.yaml"))


def test_the_schema_of_agents_files_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == agent_schema(), "run: make generate"


@pytest.mark.parametrize("file", reference.PAGES)
def test_the_reference_of_options_is_current(file: str) -> None:
    model, head = reference.PAGES[file]
    assert (ROOT / "docs" / file).read_text(encoding="utf-8") == reference.page(model, head), "run: make generate"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_right_by_the_schema_and_names_it_for_editors(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../agent.schema.json\n")
    jsonschema.validate(yaml.safe_load(text), json.loads(agent_schema()))


def test_the_settings_of_every_environment_are_right() -> None:
    command = [sys.executable, "-m", "components.config"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    heads = [line for line in checked.stdout.splitlines() if not line.startswith(" ")]
    assert heads == [
        "dev: 5 agents in 4 stacks, all right",
        "local: 5 agents in 1 stacks, all right",
        "prod: 5 agents in 4 stacks, all right",
        "prod-west: 5 agents in 4 stacks, all right",
    ]


def test_a_refused_configuration_is_reported_with_exit_code_1(tmp_path: Path) -> None:
    broken = tmp_path / "Pulumi.broken.yaml"
    broken.write_text("config:\n  agent-platform:environment: moon\n")
    command = [sys.executable, "-m", "components.config", str(broken)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert "agent-platform" not in checked.stdout
    assert "environment" in checked.stderr
    assert "Traceback" not in checked.stderr
