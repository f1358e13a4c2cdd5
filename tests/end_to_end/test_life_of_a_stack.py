"""From nothing to agents running, and through what people do next: one story, told in order on one checkout."""

import json
import time
from typing import Any

import pytest

from tests.end_to_end.conftest import Checkout

pytestmark = [pytest.mark.cluster, pytest.mark.engine]
EXAMPLES = {
    "media/image-reader",
    "media/video-analyst",
    "storefront/recommender",
    "storefront/search-ranker",
    "storefront/support-bot",
}
SCALING_SECONDS = 150


def deployments(checkout: Checkout) -> dict[str, Any]:
    listed = checkout.get("deployments", "-A")
    return {f"{d['metadata']['namespace']}/{d['metadata']['name']}": d for d in listed}


def pods(checkout: Checkout, namespace: str, agent: str) -> list[Any]:
    found: list[Any] = checkout.get("pods", "-n", namespace, "-l", f"app.kubernetes.io/name={agent}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def test_every_example_agent_is_ready_after_up(checkout: Checkout) -> None:
    found = deployments(checkout)
    assert set(found) == EXAMPLES
    fewest = {"media/video-analyst": 1}
    for reference, deployment in found.items():
        assert deployment["status"].get("readyReplicas", 0) >= fewest.get(reference, 2), reference


def test_gpu_agents_run_on_gpu_nodes_and_no_other_agent_does(checkout: Checkout) -> None:
    gpu_nodes = {n["metadata"]["name"] for n in checkout.get("nodes", "-l", "nvidia.com/gpu.present=true")}
    assert gpu_nodes
    for reference in EXAMPLES:
        namespace, agent = reference.split("/")
        on_gpu = {pod["spec"]["nodeName"] in gpu_nodes for pod in pods(checkout, namespace, agent)}
        assert on_gpu == {reference == "media/image-reader"}, reference


def test_the_pods_of_an_agent_stand_in_different_zones(checkout: Checkout) -> None:
    zone = {
        n["metadata"]["name"]: n["metadata"]["labels"]["topology.kubernetes.io/zone"] for n in checkout.get("nodes")
    }
    for agent in ("support-bot", "recommender", "search-ranker"):
        zones = {zone[pod["spec"]["nodeName"]] for pod in pods(checkout, "storefront", agent)}
        assert len(zones) >= 2, agent


def test_up_says_what_was_made_where_the_time_went_and_what_to_try_next(checkout: Checkout) -> None:
    printed = checkout.local("up")
    for reference in EXAMPLES:
        assert reference in printed
    assert "where the time went" in printed
    assert "make down" in printed
    assert "no changes" in printed


def test_up_changes_nothing_after_an_agent_was_scaled_by_load(checkout: Checkout) -> None:
    before = len(pods(checkout, "storefront", "support-bot"))
    for pod in pods(checkout, "storefront", "support-bot"):
        name = pod["metadata"]["name"]
        checkout.kubectl("annotate", "pod", "-n", "storefront", name, "kwok.x-k8s.io/usage-cpu=900m")
    deadline = time.monotonic() + SCALING_SECONDS
    while deployments(checkout)["storefront/support-bot"]["spec"]["replicas"] <= before:
        assert time.monotonic() < deadline, checkout.kubectl("describe", "hpa", "-n", "storefront", "support-bot")
        time.sleep(1)
    assert "no changes" in checkout.local("up")
    assert deployments(checkout)["storefront/support-bot"]["spec"]["replicas"] > before


def test_refresh_shows_a_hand_edit_and_up_heals_it(checkout: Checkout) -> None:
    patch = json.dumps({"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 99}}}})
    checkout.kubectl("patch", "deployment", "-n", "storefront", "search-ranker", "-p", patch)
    assert "storefront-search-ranker" in checkout.local("refresh")
    assert "storefront-search-ranker" in checkout.local("preview")
    checkout.local("up")
    healed = deployments(checkout)["storefront/search-ranker"]
    assert healed["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] < 99
    assert "no changes" in checkout.local("up")


def test_an_object_deleted_by_hand_comes_back(checkout: Checkout) -> None:
    checkout.kubectl("delete", "service", "-n", "storefront", "recommender")
    checkout.local("refresh")
    checkout.local("up")
    assert checkout.get("service", "-n", "storefront", "recommender")["spec"]["type"] == "ClusterIP"


def test_one_more_file_is_one_more_agent_and_removing_it_removes_exactly_that(checkout: Checkout) -> None:
    before = checkout.names()
    path = checkout.write_agent("storefront/greeter", description="Greets.", config={"GREETING": "hello"})
    checkout.local("up")
    added = checkout.names() - before
    assert {entry.split("/")[0] for entry in added} == {
        "Deployment",
        "Service",
        "ServiceAccount",
        "ConfigMap",
        "PodDisruptionBudget",
        "NetworkPolicy",
    }
    assert all(entry.split("/")[2].startswith("greeter") for entry in added)
    path.unlink()
    checkout.local("up")
    assert checkout.names() == before


def test_a_changed_configuration_rolls_the_pods_and_leaves_one_config_map(checkout: Checkout) -> None:
    def config_maps() -> set[str]:
        return {entry for entry in checkout.names() if entry.startswith("ConfigMap/storefront/search-ranker-config")}

    before, old = config_maps(), {pod["metadata"]["name"] for pod in pods(checkout, "storefront", "search-ranker")}
    original = (checkout.folder / "agents/storefront/search-ranker.yaml").read_text()
    path = checkout.write_agent("storefront/search-ranker", config={"BOOST": "2"})
    try:
        checkout.local("up")
        assert len(config_maps()) == 1
        assert config_maps() != before
        assert not old & {pod["metadata"]["name"] for pod in pods(checkout, "storefront", "search-ranker")}
    finally:
        path.write_text(original)


def test_down_leaves_nothing_running_and_up_comes_back_to_the_same_objects(checkout: Checkout) -> None:
    checkout.local("up")
    before = checkout.names()
    checkout.local("stop")
    status = checkout.status(expect=3)
    assert status["state"] == "stopped"
    assert all(component["pid"] is None for component in status["components"])
    assert "no changes" in checkout.local("up")
    assert checkout.names() == before


def test_destroy_removes_everything_the_stack_made(checkout: Checkout) -> None:
    checkout.local("destroy", "--yes")
    assert checkout.names() == set()
    assert checkout.get("validatingadmissionpolicies") == []
    assert {n["metadata"]["name"] for n in checkout.get("namespaces")}.isdisjoint({"storefront", "media"})
    checkout.local("up")
    assert set(deployments(checkout)) == EXAMPLES
