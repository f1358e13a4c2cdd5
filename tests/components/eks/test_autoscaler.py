"""The cluster-autoscaler: what it may do, what tells it of empty groups, and how the scheduler packs."""

import json
from typing import Any

import pytest

from components.eks.autoscaler import node_template, permissions, tag_name
from components.eks.packing import scheduler
from tests.components.aws_recording import Cloud
from tests.components.config.test_compute import SYSTEM
from tests.components.eks.computing import recorded
from tests.components.eks.making import cluster
from tests.components.eks.test_nodes import group

GPU_GROUP = {"name": "gpu", "role": "gpu", "instanceTypes": ["g6.4xlarge"], "min": 0, "max": 4}
SHARED = {**GPU_GROUP, "gpuSharing": {"kind": "timeSlicing", "replicas": 4}}


def managed(*groups: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"kind": "managed", "nodeGroups": [SYSTEM, *groups], **changes}


def test_it_changes_the_size_of_this_clusters_groups_and_of_no_others() -> None:
    look, ask, change = permissions(cluster())["Statement"]
    assert all(action.split(":")[1].startswith(("Describe", "Get")) for action in look["Action"])
    assert ask["Resource"] == "arn:aws:eks:eu-central-1:123456789012:nodegroup/agent-platform-prod/*"
    assert change["Condition"]["StringEquals"] == {
        "aws:ResourceTag/k8s.io/cluster-autoscaler/agent-platform-prod": "owned",
        "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
    }


def test_its_pods_take_the_role_and_nobody_elses_do(up: Cloud) -> None:
    role = up.named("cluster-scaler-role")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    asked = statement["Condition"]["StringEquals"]
    assert asked["aws:RequestTag/kubernetes-service-account"] == "cluster-autoscaler"
    taker = up.named("cluster-scaler-association").inputs
    assert (taker["namespace"], taker["serviceAccount"]) == ("kube-system", "cluster-autoscaler")
    assert taker["roleArn"] == role.outputs["arn"]


def test_an_empty_group_is_described_with_labels_taints_and_what_pods_can_ask_for() -> None:
    found = {tag_name(key): value for key, value in node_template(group(**SHARED)).items()}
    assert found["label-nvidia-com-gpu-product"] == "NVIDIA-L4-SHARED"
    assert found["label-agent-platform-dev-node-pool"] == "gpu"
    assert found["taint-nvidia-com-gpu"] == "present:NoSchedule"
    assert found["resources-nvidia-com-gpu"] == "4"
    assert found["resources-ephemeral-storage"] == "100Gi"


def test_a_group_that_always_has_a_node_needs_no_description() -> None:
    assert node_template(group(min=1)) == {}


@pytest.mark.parametrize("preview", [True, False])
def test_the_description_is_on_the_group_that_eks_made(preview: bool) -> None:
    cloud = recorded(managed(SHARED), preview=preview)
    tags = cloud.of_type("autoscaling/tag:Tag")
    assert {each.inputs["tag"]["propagateAtLaunch"] for each in tags} == {False}
    assert {each.inputs["tag"]["key"] for each in tags} == set(node_template(group(**SHARED)))
    nodes = cloud.named("cluster-nodes-gpu")
    assert all(nodes.urn in each.dependencies for each in tags)
    if not preview:
        scaled = nodes.outputs["resources"][0]["autoscalingGroups"][0]["name"]
        assert {each.inputs["autoscalingGroupName"] for each in tags} == {scaled}


def test_without_an_autoscaler_sizes_are_what_is_written_and_nobody_has_its_role() -> None:
    cloud = recorded(managed(GPU_GROUP, scaledBy="nobody"))
    assert cloud.of_type("autoscaling/tag:Tag") == []
    assert not [each for each in cloud.registered if each.name.startswith("cluster-scaler")]
    assert cloud.named("cluster-nodes-gpu").ignore_changes == ()


def test_pods_with_gpus_fill_nodes_and_the_others_are_left_to_their_spread(either: Cloud) -> None:
    strategy = either.named("cluster-cluster").inputs["kubeSchedulerConfig"]["nodeResourcesFit"]["scoringStrategy"]
    assert strategy == {"type": "MostAllocated", "resources": [{"name": "nvidia.com/gpu", "weight": 1}]}


def test_without_gpus_or_told_to_spread_the_scheduler_keeps_its_own_way() -> None:
    assert scheduler(cluster(compute=managed())) is None
    assert scheduler(cluster(packing="spread")) is None


def test_every_pod_is_packed_only_if_told_so_and_gpus_weigh_most() -> None:
    found = scheduler(cluster(packing="all"))
    assert found is not None
    weights = {each["name"]: each["weight"] for each in found["node_resources_fit"]["scoring_strategy"]["resources"]}
    assert weights["nvidia.com/gpu"] > weights["cpu"] == weights["memory"]
