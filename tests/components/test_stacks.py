"""The stacks that the repository ships: what is refused when a part is taken away, and what is taken that exists."""

import json
import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.cluster import Kubeconfig
from components.config.environment import read_environment
from components.config.load import ROOT
from components.config.network import ExistingNetwork
from components.config.problems import ConfigurationError
from tests.components.stacks import ENVIRONMENTS, recorded

CLUSTER = "agent-platform:cluster"


def without_gpus(environment: str, folder: Path) -> None:
    """Copy what an environment is made of, but for the nodes that have GPUs."""
    for file in ROOT.glob("Pulumi.*.yaml"):
        shutil.copy(file, folder)
    shutil.copytree(ROOT / "agents", folder / "agents")
    path = folder / f"Pulumi.{environment}.yaml"
    settings: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    compute = settings["config"][CLUSTER]["compute"]
    for kind in ("nodeGroups", "nodePools"):
        if kind in compute:
            compute[kind] = [each for each in compute[kind] if each.get("role") != "gpu"]
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_without_gpu_nodes_an_environment_is_refused_and_names_the_agents_that_need_them(
    environment: str, tmp_path: Path
) -> None:
    whole = read_environment(ROOT, environment)
    asking = {agent.reference for agent in whole.agents if agent.spec.gpu}
    others = {agent.reference for agent in whole.agents} - asking
    assert asking
    assert others
    without_gpus(environment, tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        read_environment(tmp_path, environment)
    said = str(refused.value)
    assert {reference for reference in asking | others if f"{reference}.yaml" in said} == asking
    assert "its pods would wait for ever" in said
    assert "would do" in said  # the machine that a group would need


def examples(language: str) -> list[Any]:
    """Return the examples of the guide to what exists."""
    text = (ROOT / "docs/existing.md").read_text(encoding="utf-8")
    return [
        yaml.safe_load(textwrap.dedent(found)) for found in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    ]


def test_the_settings_that_the_guide_to_what_exists_shows_are_taken() -> None:
    network, cluster = (example[CLUSTER] for example in examples("yaml"))
    assert ExistingNetwork.model_validate(network["network"]).vpc_id == "vpc-0a1b2c3d4e5f60718"
    assert Kubeconfig.model_validate(cluster).context == "shared"


def test_the_list_of_imports_that_the_guide_shows_has_the_programs_own_names() -> None:
    (listed,) = examples("json")
    first = recorded("dev")[0].cloud
    urns = {each.urn.replace(":prod::", ":dev::").replace("pulumi:pulumi:Stack$", "") for each in first.registered}
    named = {each.name: each for each in first.registered}
    assert set(listed["nameTable"].values()) <= urns, json.dumps(listed["nameTable"])
    for resource in listed["resources"]:
        assert named[resource["name"]].type == resource["type"]
        if parent := resource.get("parent"):
            assert named[resource["name"]].parent == named[parent].urn
