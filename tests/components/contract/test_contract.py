"""What a stack publishes for the layers below, and that it can be put together again."""

import functools
import json
from typing import Any

from components.config.contract import Contract
from components.config.environment import read_environment
from components.config.load import ROOT
from tests.components.aws_recording import Cloud, judged
from tests.components.eks.making import made

KIND = "aws:ssm/parameter:Parameter"


@functools.cache
def stack(name: str, *, preview: bool = False) -> tuple[Cloud, dict[str, Any]]:
    """Return what one of our own stacks registers and exports."""
    (config,) = [stack for stack in read_environment(ROOT, "dev").stacks if stack.stack == name]
    return made(config, preview=preview)


def values(cloud: Cloud) -> dict[str, Any]:
    return {each.inputs["name"]: json.loads(each.inputs["insecureValue"]) for each in cloud.of_type(KIND)}


def test_the_cloud_layer_publishes_what_it_exports() -> None:
    cloud, outputs = stack("dev")
    assert values(cloud) == {"/agent-platform/dev/contract": outputs["contract"]}


def test_the_platform_layer_publishes_each_team_by_itself_and_a_reader_gets_it_all_again() -> None:
    cloud, outputs = stack("dev-platform")
    found = values(cloud)
    shared = found.pop("/agent-platform/dev-platform/contract")
    assert shared["teams"] == ["media", "storefront"]
    assert set(found) == {f"/agent-platform/dev-platform/teams/{team}" for team in shared["teams"]}
    told = Contract.from_output({**shared, "teams": list(found.values())})
    exported = Contract.from_output(outputs["contract"])
    assert (told.cluster, told.registries) == (exported.cluster, exported.registries)
    assert set(told.teams) == set(exported.teams)


def test_a_team_publishes_nothing_since_nobody_stands_on_it() -> None:
    cloud, outputs = stack("dev-media")
    assert cloud.of_type(KIND) == []
    assert "next" not in outputs


def test_it_is_published_only_when_all_that_it_tells_of_is_there() -> None:
    cloud, _ = stack("dev-platform")
    (contract,) = cloud.of_type("agent-platform:index:PublishedContract")
    waited_for = {each.name for each in cloud.registered if each.urn in contract.dependencies}
    assert waited_for >= {"storefront-namespace", "media-namespace"}
    assert any(name.startswith("guardrails-") for name in waited_for)


def test_before_the_cluster_is_there_nothing_is_said_of_it() -> None:
    cloud, _ = stack("dev", preview=True)
    assert not isinstance(cloud.one(KIND).inputs["insecureValue"], str)


def test_it_is_plain_text_of_any_size_and_the_pack_has_nothing_against_it() -> None:
    cloud, _ = stack("dev-platform")
    for each in cloud.of_type(KIND):
        assert each.inputs["type"] == "String"
        assert each.inputs["tier"] == "Intelligent-Tiering"
        assert "value" not in each.inputs
    urns = {each.urn for each in cloud.of_type(KIND)}
    assert [each.message for each in judged(cloud, "dev") if each.urn in urns] == []


def test_outputs_name_the_stacks_that_come_next() -> None:
    assert stack("dev")[1]["next"] == ["pulumi up -s dev-platform"]
    assert stack("dev-platform")[1]["next"] == ["pulumi up -s dev-media", "pulumi up -s dev-storefront"]
