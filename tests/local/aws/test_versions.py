"""Versions of Kubernetes that the offline provider refuses, as EKS does, and the tags of autoscaling groups."""

import pytest

from tests.local.aws.plugin import Plugin
from tests.local.aws.world import World
from tests.local.providers.plugin import CallFailedError

CLUSTER = "eks/cluster:Cluster"
GROUP = "eks/nodeGroup:NodeGroup"


@pytest.mark.parametrize(("new", "said"), [("1.36", "from 1.34 to 1.36"), ("1.33", "from 1.34 to 1.33")])
def test_a_cluster_leaves_no_minor_version_out_and_never_goes_back(
    world: World, plugin: Plugin, new: str, said: str
) -> None:
    made = plugin.make(CLUSTER, {**world.inputs(CLUSTER), "version": "1.34"})
    with pytest.raises(CallFailedError, match=f"Unsupported Kubernetes minor version update {said}"):
        plugin.update(made, {**made.inputs, "version": new})
    assert plugin.update(made, {**made.inputs, "version": "1.35"})["version"] == "1.35"


def test_nodes_are_never_newer_than_their_control_plane(world: World, plugin: Plugin) -> None:
    with pytest.raises(CallFailedError, match="cannot be newer than cluster version"):
        plugin.make(GROUP, {**world.inputs(GROUP), "version": "1.36"})


def test_a_cluster_leaves_its_nodes_at_most_three_minor_versions_behind(world: World, plugin: Plugin) -> None:
    inputs = {**world.inputs(CLUSTER), "name": "old", "version": "1.31"}
    cluster = plugin.make(CLUSTER, inputs, "old")
    plugin.make(GROUP, {**world.inputs(GROUP), "clusterName": cluster.id, "version": "1.31"}, "nodes")
    for version in ("1.32", "1.33", "1.34"):
        cluster = plugin.update(cluster, {**cluster.inputs, "version": version})
    with pytest.raises(CallFailedError, match="must be updated to match cluster version"):
        plugin.update(cluster, {**cluster.inputs, "version": "1.35"})


def test_a_node_group_brings_an_autoscaling_group_that_can_be_tagged(world: World, plugin: Plugin) -> None:
    group = plugin.make(GROUP, world.inputs(GROUP), "tagged")
    name = group["resources"][0]["autoscalingGroups"][0]["name"]
    tag = {"key": "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu", "value": "4"}
    made = plugin.make(
        "autoscaling/tag:Tag", {"autoscalingGroupName": name, "tag": {**tag, "propagateAtLaunch": False}}, "tag"
    )
    assert made.id == f"{name},{tag['key']}"
    with pytest.raises(CallFailedError):
        plugin.make("autoscaling/tag:Tag", {**made.inputs, "autoscalingGroupName": "nobodys"}, "other")
