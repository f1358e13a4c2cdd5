"""What runs an agent."""

from typing import Any

from components.agent import workload
from components.manifest import Manifest
from tests.components.conftest import make_agent

SCALED = {"min": 2, "max": 4, "cpu": 70}


def pod(**changes: Any) -> Manifest:
    spec: Manifest = workload.deployment(make_agent(**changes))["spec"]["template"]["spec"]
    return spec


def container(**changes: Any) -> Manifest:
    made: Manifest = pod(**changes)["containers"][0]
    return made


def test_a_deployment_leaves_the_number_of_pods_to_the_autoscaler() -> None:
    assert "replicas" not in workload.deployment(make_agent(replicas=None, scaling=SCALED))["spec"]
    assert workload.deployment(make_agent(replicas=0))["spec"]["replicas"] == 0


def test_a_changed_configuration_has_another_name_and_rolls_the_pods() -> None:
    before, after = make_agent(config={"A": "1"}), make_agent(config={"A": "2"})
    names = {workload.config_map(agent)["metadata"]["name"] for agent in (before, after)}
    assert len(names) == 2
    assert workload.deployment(before)["spec"]["template"] != workload.deployment(after)["spec"]["template"]


def test_the_pods_read_the_configuration_that_is_made_for_them() -> None:
    agent = make_agent(config={"A": "1"})
    reference = workload.deployment(agent)["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]["configMapRef"]
    assert reference["name"] == workload.config_map(agent)["metadata"]["name"]


def test_the_longest_names_stay_under_kubernetes_limit() -> None:
    agent = make_agent(f"shop/{'a' * 40}")
    assert len(workload.config_map(agent)["metadata"]["name"]) <= 63
    labels = workload.deployment(make_agent(f"{'t' * 22}/{'a' * 40}"))["metadata"]["labels"]
    assert max(len(value) for value in labels.values()) <= 63


def test_two_agents_never_share_an_instance_label() -> None:
    one, other = make_agent("a/b-c"), make_agent("a-b/c")
    selectors = [workload.deployment(agent)["spec"]["selector"]["matchLabels"] for agent in (one, other)]
    assert selectors[0] != selectors[1]


def test_the_selector_does_not_change_with_the_version() -> None:
    selectors = [workload.deployment(make_agent(version=v))["spec"]["selector"] for v in ("1.0.0", "2.0.0")]
    assert selectors[0] == selectors[1]


def test_the_three_probes_differ_and_a_busy_agent_is_not_killed() -> None:
    made = container()
    paths = {made[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert len(paths) == 3
    patience = {
        probe: made[probe]["periodSeconds"] * made[probe]["failureThreshold"] for probe in made if "Probe" in probe
    }
    assert patience["livenessProbe"] >= 4 * patience["readinessProbe"]


def test_startup_is_given_at_least_the_seconds_it_declares() -> None:
    probe = container(health={"startupSeconds": 601})["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 601


def test_the_wait_for_a_release_is_longer_than_a_startup() -> None:
    made = workload.deployment(make_agent(health={"startupSeconds": 900}))
    assert int(made["metadata"]["annotations"]["pulumi.com/timeoutSeconds"]) > 900
    assert made["spec"]["progressDeadlineSeconds"] > 900


def test_a_gpu_agent_asks_for_whole_gpus_and_goes_where_they_are() -> None:
    made, spec = container(gpu={"count": 2, "product": "NVIDIA-L4"}), pod(gpu={"count": 2, "product": "NVIDIA-L4"})
    resources = made["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "2"
    assert spec["nodeSelector"] == {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.product": "NVIDIA-L4"}
    assert spec["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_an_agent_without_gpus_does_not_tolerate_gpu_nodes() -> None:
    assert "tolerations" not in pod()


def test_a_release_of_a_gpu_agent_needs_no_spare_gpu() -> None:
    strategy = workload.deployment(make_agent(gpu={"count": 1}))["spec"]["strategy"]["rollingUpdate"]
    assert strategy == {"maxSurge": 0, "maxUnavailable": 1}


def test_a_release_of_other_agents_loses_no_capacity() -> None:
    strategy = workload.deployment(make_agent())["spec"]["strategy"]["rollingUpdate"]
    assert strategy == {"maxSurge": 1, "maxUnavailable": 0}


def test_pods_spread_over_zones_and_hosts() -> None:
    keys = {constraint["topologyKey"] for constraint in pod()["topologySpreadConstraints"]}
    assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def test_pods_get_no_token_for_the_api_server() -> None:
    assert pod()["automountServiceAccountToken"] is False
    assert workload.service_account(make_agent())["automountServiceAccountToken"] is False


def test_an_agent_of_protected_data_declares_class_residency_retention_and_audit() -> None:
    made = workload.deployment(make_agent(dataClass="health", retentionDays=30), "eu-central-1")
    assert made["metadata"]["labels"]["agent-platform.dev/data-class"] == "health"
    assert made["spec"]["template"]["metadata"]["labels"]["agent-platform.dev/data-class"] == "health"
    annotations = made["metadata"]["annotations"]
    assert annotations["agent-platform.dev/residency"] == "eu-central-1"
    assert annotations["agent-platform.dev/retention-days"] == "30"
    assert annotations["agent-platform.dev/audit"] == "true"


def test_an_agent_of_other_data_declares_nothing_about_them() -> None:
    metadata = workload.deployment(make_agent(), "eu-central-1")["metadata"]
    assert not [
        key for key in {**metadata["labels"], **metadata["annotations"]} if "data-class" in key or "audit" in key
    ]
