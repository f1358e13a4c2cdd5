"""What a stack holds, seen as the resources that the program registers."""

from pulumi.runtime import mocks

from components.config.contract import Contract
from components.config.platform import Layer, PlatformConfig
from tests.components.recording import Recorder, run


def objects(recorder: Recorder) -> list[mocks.MockResourceArgs]:
    return [r for r in recorder.made if r.typ.startswith("kubernetes:")]


def of_kind(recorder: Recorder, kind: str) -> list[mocks.MockResourceArgs]:
    return [r for r in objects(recorder) if r.typ.endswith(f":{kind}")]


def test_every_agent_has_its_workload_address_identity_budget_and_network(
    recorder: Recorder, example: PlatformConfig
) -> None:
    run(example)
    expected = sorted(agent.name for agent in example.agents)
    for kind in ("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"):
        assert sorted(r.inputs["metadata"]["name"] for r in of_kind(recorder, kind)) == expected, kind
    scaled = sorted(agent.name for agent in example.agents if agent.spec.scaling)
    assert sorted(r.inputs["metadata"]["name"] for r in of_kind(recorder, "HorizontalPodAutoscaler")) == scaled


def test_every_object_has_the_same_field_manager_so_that_a_killed_run_finds_it_again(
    recorder: Recorder, example: PlatformConfig
) -> None:
    run(example)
    managers = {r.inputs["metadata"]["annotations"]["pulumi.com/patchFieldManager"] for r in objects(recorder)}
    assert managers == {"agent-platform"}


def test_every_object_carries_the_six_standard_labels(recorder: Recorder, example: PlatformConfig) -> None:
    run(example)
    parts = ("name", "instance", "version", "component", "part-of", "managed-by")
    for made in objects(recorder):
        assert {f"app.kubernetes.io/{part}" for part in parts} <= set(made.inputs["metadata"]["labels"]), made.name


def test_every_config_map_is_named_by_its_content(recorder: Recorder, example: PlatformConfig) -> None:
    run(example)
    found = of_kind(recorder, "ConfigMap")
    assert found
    for made in found:
        assert made.inputs["immutable"] is True
        assert len(made.inputs["metadata"]["name"].rpartition("-")[2]) == 10


def test_names_of_resources_are_unique_and_carry_no_environment(recorder: Recorder, example: PlatformConfig) -> None:
    run(example)
    keys = [(made.typ, made.name) for made in recorder.made]
    assert len(set(keys)) == len(keys)
    assert not any("local" in name.split("-") for _, name in keys)


def test_a_stack_without_the_team_layer_makes_no_agent(recorder: Recorder, example: PlatformConfig) -> None:
    outputs = run(example.model_copy(update={"layers": (Layer.CLOUD, Layer.PLATFORM)}))
    assert of_kind(recorder, "Deployment") == []
    assert len(of_kind(recorder, "Namespace")) == len(example.teams)
    assert outputs["agents"] == {}


def test_a_teams_own_stack_makes_its_agents_and_nothing_of_the_platform(
    recorder: Recorder, example: PlatformConfig
) -> None:
    run(example.model_copy(update={"layers": (Layer.TEAM,), "built_teams": ("media",)}))
    assert of_kind(recorder, "Namespace") == []
    assert {made.inputs["metadata"]["namespace"] for made in of_kind(recorder, "Deployment")} == {"media"}


def test_the_contract_tells_cluster_and_teams_and_reads_back_as_it_was(
    recorder: Recorder, example: PlatformConfig
) -> None:
    contract = run(example)["contract"]
    assert Contract.model_validate(contract).plain()["cluster"] == example.cluster.plain()


def test_outputs_say_where_each_agent_is(recorder: Recorder, example: PlatformConfig) -> None:
    assert run(example)["agents"]["media/image-reader"] == {
        "namespace": "media",
        "deployment": "image-reader",
        "service": "image-reader",
        "url": "http://image-reader.media.svc",
        "fewest_pods": 2,
    }
