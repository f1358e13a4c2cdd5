"""An EKS cluster that answers with a real control plane, and node groups that become its nodes."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.control_plane.client import connect
from local.control_plane.nodes import READY_WITHIN_SECONDS, ready_nodes
from local.providers.aws import CLUSTER_VARIABLE
from local.toolchain.provider_plugin import rehearsal
from tests.local.aws.plugin import Made, Plugin
from tests.local.aws.world import World
from tests.local.providers.plugin import CallFailedError

ROOT = Path(__file__).resolve().parents[3]
GROUP = "eks/nodeGroup:NodeGroup"
AWS = ROOT / "local" / "providers" / "aws" / "bin" / "aws"


@pytest.fixture
def cluster(world: World, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Return a cluster that answers with the control plane."""
    monkeypatch.setenv(
        CLUSTER_VARIABLE, rehearsal({"PATH": ""}, ROOT, world.plugin.folder, kubeconfig)[CLUSTER_VARIABLE]
    )
    return world["eks/cluster:Cluster"]


@pytest.fixture
def group(cluster: Made, world: World, plugin: Plugin) -> Iterator[Made]:
    """Return a group of three GPU nodes."""
    template = {
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 200}}],
        "userData": base64.b64encode(b"[settings.kubernetes]\nmax-pods = 58\n").decode(),
    }
    news = {
        **world.inputs(GROUP),
        "nodeGroupName": "gpu",
        "instanceTypes": ["g6.4xlarge"],
        "scalingConfig": {"minSize": 0, "desiredSize": 3, "maxSize": 4},
        "labels": {"example.com/tier": "gpu"},
        "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}],
        "launchTemplate": {"id": plugin.make("ec2/launchTemplate:LaunchTemplate", template).id, "version": "1"},
    }
    made = plugin.make(GROUP, news)
    yield made
    plugin.delete(made)


def nodes(kubeconfig: Path) -> list[Any]:
    with connect(kubeconfig) as found:
        return found.nodes("eks.amazonaws.com/nodegroup=gpu")


@pytest.mark.cluster
def test_a_cluster_answers_with_the_control_planes_address_and_certificate(cluster: Made, kubeconfig: Path) -> None:
    served = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]
    assert cluster["endpoint"] == served["server"]
    assert cluster["certificateAuthority"]["data"] == served["certificate-authority-data"]


@pytest.mark.cluster
def test_a_group_becomes_nodes_with_its_machines_labels_taints_and_zones(group: Made, kubeconfig: Path) -> None:
    found = nodes(kubeconfig)
    assert len(found) == 3
    assert {node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in found} == {
        "eu-central-1a",
        "eu-central-1b",
    }
    assert len({node["spec"]["podCIDR"] for node in found}) == 3
    node = found[0]
    assert (
        node["metadata"]["labels"].items()
        >= {
            "node.kubernetes.io/instance-type": "g6.4xlarge",
            "eks.amazonaws.com/capacityType": "ON_DEMAND",
            "example.com/tier": "gpu",
            "nvidia.com/gpu.count": "1",
        }.items()
    )
    assert {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"} in node["spec"]["taints"]
    assert node["status"]["allocatable"]["nvidia.com/gpu"] == "1"
    assert node["status"]["allocatable"]["pods"] == "58"
    assert node["status"]["allocatable"]["ephemeral-storage"] == "200Gi"


@pytest.mark.cluster
def test_the_autoscaling_group_of_a_group_can_be_tagged_and_no_other_can(group: Made, plugin: Plugin) -> None:
    tag = {"key": "k8s.io/cluster-autoscaler/node-template/label/tier", "value": "gpu", "propagateAtLaunch": False}
    name = group["resources"][0]["autoscalingGroups"][0]["name"]
    plugin.make("autoscaling/tag:Tag", {"autoscalingGroupName": name, "tag": tag})
    with pytest.raises(CallFailedError, match="AutoScalingGroup name not found"):
        plugin.make("autoscaling/tag:Tag", {"autoscalingGroupName": f"{name}-other", "tag": tag})


@pytest.mark.cluster
def test_nodes_follow_the_groups_size_and_go_with_it(
    group: Made, world: World, plugin: Plugin, kubeconfig: Path
) -> None:
    before = {node["metadata"]["name"] for node in nodes(kubeconfig)}
    fewer = plugin.update(group, {**group.inputs, "scalingConfig": {"minSize": 0, "desiredSize": 1, "maxSize": 4}})
    (left,) = nodes(kubeconfig)
    assert left["metadata"]["name"] in before
    plugin.delete(fewer)
    assert nodes(kubeconfig) == []


@pytest.mark.cluster
def test_simulated_nodes_become_ready(group: Made, kubeconfig: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while len(ready_nodes(nodes(kubeconfig))) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.cluster
def test_an_instance_type_that_nobody_knows_is_refused_and_leaves_no_group(
    cluster: Made, world: World, plugin: Plugin
) -> None:
    with pytest.raises(CallFailedError, match="do not exist: "):
        plugin.make(GROUP, {**world.inputs(GROUP), "instanceTypes": ["x9.huge"]})
    assert not [row for row in plugin.inventory() if row.token == f"aws:{GROUP}"]


@pytest.mark.cluster
def test_a_control_plane_stands_in_for_one_cluster(cluster: Made, world: World, plugin: Plugin) -> None:
    with pytest.raises(CallFailedError, match=f"ResourceLimitExceeded.*{cluster.id}"):
        plugin.make("eks/cluster:Cluster", world.inputs("eks/cluster:Cluster"), "second")


def aws(folder: Path, kubeconfig: Path | None, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = rehearsal({**os.environ}, ROOT, folder, kubeconfig)
    return subprocess.run([str(AWS), *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.cluster
def test_get_token_gives_the_credentials_of_the_control_plane(
    cluster: Made, plugin: Plugin, kubeconfig: Path, tmp_path: Path
) -> None:
    """With the kubeconfig that such a cluster's users have."""
    user = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": str(AWS),
        "args": ["--region", "eu-central-1", "eks", "get-token", "--cluster-name", cluster.id, "--output", "json"],
        "interactiveMode": "Never",
        "env": [{"name": k, "value": v} for k, v in rehearsal({"PATH": ""}, ROOT, plugin.folder, kubeconfig).items()],
    }
    served = {"server": cluster["endpoint"], "certificate-authority-data": cluster["certificateAuthority"]["data"]}
    own = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "clusters": [{"name": "it", "cluster": served}],
        "users": [{"name": "it", "user": {"exec": {**user, "env": user["env"][1:]}}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(own))
    with connect(path) as found:
        assert found.version().startswith("v1.")


def test_get_token_of_a_cluster_that_is_not_there_fails_as_in_aws(plugin: Plugin) -> None:
    finished = aws(plugin.folder, None, "eks", "get-token", "--cluster-name", "nothing")
    assert finished.returncode == 254
    assert "No cluster found for name: nothing" in finished.stderr


def test_the_stand_in_for_aws_answers_nothing_else(plugin: Plugin) -> None:
    finished = aws(plugin.folder, None, "s3", "ls")
    assert finished.returncode == 2
    assert "this is the `aws` of a rehearsal" in finished.stderr


def test_a_kubeconfig_that_is_none_is_refused(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("clusters: []")
    monkeypatch.setenv(CLUSTER_VARIABLE, str(path))
    with pytest.raises(CallFailedError, match="no kubeconfig of one cluster"):
        world["eks/cluster:Cluster"]
