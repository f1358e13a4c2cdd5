"""Fleets in whole stacks, as docs/vm-fleet.md has them: beside everything else, and in a team's stack of its own."""

import json
import re
from pathlib import Path

import pytest
import yaml
from pulumi_policy import EnforcementLevel

from components.config.layering import Layer
from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig
from components.config.reached import ReachedEks
from tests.components import aws_recording
from tests.components.aws_recording import Cloud, judged, unjudged
from tests.components.eks.making import GROUND, STACK_FILE, made

PAGE = (ROOT / "docs/vm-fleet.md").read_text()


def example(language: str) -> str:
    """Return the page's only block of a language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


def configuration(folder: Path) -> PlatformConfig:
    """Return the production environment with the page's fleet."""
    stack = yaml.safe_load(STACK_FILE.read_text())
    stack["config"] |= yaml.safe_load(example("yaml"))
    stack["config"]["agent-platform:cluster"]["boundaryArn"] = "arn:aws:iam::123456789012:policy/boundary"
    path = folder / "Pulumi.prod.yaml"
    path.write_text(yaml.safe_dump(stack))
    return read_stack_file(path, ROOT / "agents")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> PlatformConfig:
    return configuration(tmp_path_factory.mktemp("stack"))


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: PlatformConfig) -> None:
    """Configure the pack as for production, with what the page adds."""
    options = json.loads((ROOT / "policies/config.prod.json").read_text())
    for rule, added in json.loads(example("json")).items():
        options[rule] = {**options.get(rule, {}), **added}
    access = config.cluster.access  # type: ignore[union-attr]
    options["eks-access-entries"] = {"administrators": [access.pipeline_role_arn, access.break_glass_role_arn]}
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/config.prod.json").write_text(json.dumps(options))
    monkeypatch.setattr(aws_recording, "ROOT", tmp_path)


def below(config: PlatformConfig) -> PlatformConfig:
    """Return the stack of the fleet's team, which reaches the environment by contract."""
    ground = {**GROUND, "publicSubnetIds": ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]}
    told = config.cluster.told("https://example.eks.amazonaws.com", "Y2E=", ground)  # type: ignore[union-attr]
    changes = {"cluster": ReachedEks.model_validate(told), "layers": (Layer.TEAM,), "built_teams": ("storefront",)}
    return config.model_copy(update=changes)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("layers", ["all", "team"])
def test_the_pack_told_as_the_page_says_accepts_the_stack(layers: str, config: PlatformConfig) -> None:
    cloud, _ = made(config if layers == "all" else below(config), preview=False)
    assert cloud.one("autoscaling/group:Group")
    said = judged(cloud)
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert unjudged(said) == []


def test_outputs_say_where_a_fleet_is_and_how_prometheus_finds_it(config: PlatformConfig) -> None:
    _, outputs = made(config, preview=False)
    fleet = outputs["fleets"]["recommender"]
    assert fleet["url"] == "https://recommender.example.com"
    assert fleet["dns_name"].endswith(".elb.amazonaws.com")
    assert fleet["scrape_config"]["jobName"] == "vm-fleet/recommender"


def test_a_stack_without_fleets_says_nothing_of_them(config: PlatformConfig) -> None:
    _, outputs = made(config.model_copy(update={"fleets": ()}), preview=False)
    assert "fleets" not in outputs


def after(cloud: Cloud, name: str) -> set[str]:
    """Return the names of all that has to be there before a resource."""
    by_urn = {each.urn: each for each in cloud.registered}
    seen: set[str] = set()
    left = [cloud.named(name).urn]
    while left:
        each = by_urn.get(left.pop())
        if each and each.urn not in seen:
            seen.add(each.urn)
            left += [*each.dependencies, each.parent, each.provider]
    return {by_urn[urn].name for urn in seen}


def test_a_fleet_waits_for_its_way_out_and_for_the_role_of_autoscaling_but_not_for_the_cluster(
    config: PlatformConfig,
) -> None:
    cloud, _ = made(config, preview=False)
    before = after(cloud, "recommender-machines-group")
    assert {"network-nat-a", "network-private-a-out", "cluster-nodes-autoscaling"} <= before
    assert "cluster-nodes-autoscaling" in after(cloud, "recommender-machines-disks-key")
    assert not {"cluster-cluster", "cluster-nodes-system"} & before


def test_a_teams_own_stack_makes_its_fleet_in_the_network_that_it_is_told_of(config: PlatformConfig) -> None:
    cloud, _ = made(below(config), preview=False)
    assert cloud.one("autoscaling/group:Group").inputs["vpcZoneIdentifiers"] == GROUND["privateSubnetIds"]
    assert cloud.one("autoscaling/group:Group").inputs["name"] == "recommender"
    assert cloud.of_type("vpc:Vpc") == []
