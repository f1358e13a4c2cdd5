"""What a stack holds, seen as the resources that the program registers."""

from typing import Any

from components.config.contract import Contract
from components.config.layering import Layer
from components.config.load import ROOT
from components.config.platform import PlatformConfig
from components.layers import build
from tests.components.aws_recording import Cloud, Registered, run_program


def run(config: PlatformConfig) -> dict[str, Any]:
    """Run the program with a configuration and return its outputs."""
    outputs: dict[str, Any] = {}
    run_program(lambda: outputs.update(build(config, ROOT)))
    return outputs


def objects(cloud: Cloud) -> list[Registered]:
    return [r for r in cloud.registered if r.type.startswith("kubernetes:")]


def of_kind(cloud: Cloud, kind: str) -> list[Registered]:
    return [r for r in objects(cloud) if r.type.endswith(f":{kind}")]


def test_every_agent_has_its_workload_address_identity_budget_and_network(
    cloud: Cloud, example: PlatformConfig
) -> None:
    run(example)
    expected = sorted(agent.name for agent in example.agents)
    for kind in ("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"):
        assert sorted(r.inputs["metadata"]["name"] for r in of_kind(cloud, kind)) == expected, kind
    scaled = sorted(agent.name for agent in example.agents if agent.spec.scaling)
    assert sorted(r.inputs["metadata"]["name"] for r in of_kind(cloud, "HorizontalPodAutoscaler")) == scaled


def test_every_object_has_the_same_field_manager_so_that_a_killed_run_finds_it_again(
    cloud: Cloud, example: PlatformConfig
) -> None:
    run(example)
    managers = {r.inputs["metadata"]["annotations"]["pulumi.com/patchFieldManager"] for r in objects(cloud)}
    assert managers == {"agent-platform"}


def test_every_object_carries_the_six_standard_labels(cloud: Cloud, example: PlatformConfig) -> None:
    run(example)
    parts = ("name", "instance", "version", "component", "part-of", "managed-by")
    for made in objects(cloud):
        assert {f"app.kubernetes.io/{part}" for part in parts} <= set(made.inputs["metadata"]["labels"]), made.name


def test_every_config_map_is_named_by_its_content(cloud: Cloud, example: PlatformConfig) -> None:
    run(example)
    found = of_kind(cloud, "ConfigMap")
    assert found
    for made in found:
        assert made.inputs["immutable"] is True
        assert len(made.inputs["metadata"]["name"].rpartition("-")[2]) == 10


def test_names_of_resources_are_unique_and_carry_no_environment(cloud: Cloud, example: PlatformConfig) -> None:
    run(example)
    keys = [(made.type, made.name) for made in cloud.registered]
    assert len(set(keys)) == len(keys)
    assert not any("local" in name.split("-") for _, name in keys)


def test_a_stack_without_the_team_layer_makes_no_agent(cloud: Cloud, example: PlatformConfig) -> None:
    outputs = run(example.model_copy(update={"layers": (Layer.CLOUD, Layer.PLATFORM)}))
    assert of_kind(cloud, "Deployment") == []
    assert len(of_kind(cloud, "Namespace")) == len(example.teams)
    assert outputs["agents"] == {}


def test_a_teams_own_stack_makes_its_agents_and_nothing_of_the_platform(cloud: Cloud, example: PlatformConfig) -> None:
    run(example.model_copy(update={"layers": (Layer.TEAM,), "built_teams": ("media",)}))
    assert of_kind(cloud, "Namespace") == []
    assert {made.inputs["metadata"]["namespace"] for made in of_kind(cloud, "Deployment")} == {"media"}


def test_the_contract_tells_cluster_and_teams_and_reads_back_as_it_was(cloud: Cloud, example: PlatformConfig) -> None:
    contract = run(example)["contract"]
    assert Contract.model_validate(contract).plain()["cluster"] == example.cluster.plain()


def test_outputs_say_where_each_agent_is(cloud: Cloud, example: PlatformConfig) -> None:
    assert run(example)["agents"]["media/image-reader"] == {
        "namespace": "media",
        "deployment": "image-reader",
        "service": "image-reader",
        "url": "http://image-reader.media.svc",
        "fewest_pods": 2,
    }
