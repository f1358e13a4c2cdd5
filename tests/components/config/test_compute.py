"""Who starts nodes, and what is refused of it: groups, Karpenter's pools, Auto Mode."""

from pathlib import Path
from typing import Any

import pytest

from components.config.addons import AddOn
from components.config.eks import Eks
from components.config.pools import Pool
from tests.components.config.conftest import Project
from tests.components.config.production import Change, group, only, refused, setting
from tests.components.eks.making import cluster, written

SYSTEM = {
    "name": "system",
    "role": "system",
    "instanceTypes": ["m7i.large"],
    "min": 3,
    "max": 3,
    "taints": [{"key": "CriticalAddonsOnly"}],
}
GENERAL = {"name": "general", "role": "general", "families": ["m7i"], "limits": {"cpu": 400, "memory": "1600Gi"}}
GPU = {
    "name": "gpu",
    "role": "gpu",
    "instanceTypes": ["g6.4xlarge"],
    "limits": {"cpu": 200, "memory": "1Ti", "gpus": 8},
}
ENDPOINTS = ["autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "kms", "logs", "sqs", "ssm", "sts"]
NETWORK = {"kind": "made", "cidr": "10.40.0.0/16", "interfaceEndpoints": ENDPOINTS}


def karpenter(*pools: dict[str, Any], **changes: Any) -> Change:
    compute = {"kind": "karpenter", "nodeGroups": [SYSTEM], "installed": True, **changes}
    return setting(compute={**compute, "nodePools": list(pools or (GENERAL, GPU))}, network=NETWORK)


def auto(*pools: dict[str, Any], **changes: Any) -> Change:
    return setting(compute={"kind": "auto", "nodePools": list(pools or (GENERAL, GPU)), **changes})


def pool(**changes: Any) -> Pool:
    return Pool.model_validate({**GENERAL, **changes})


def test_agents_find_the_same_kinds_of_nodes_whoever_starts_them() -> None:
    settings = written()
    for change in (karpenter(), auto()):
        change(settings)
        assert [each.gpu_product for each in Eks.model_validate(settings).node_pools] == [None, "NVIDIA-L4"]


def test_another_kind_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    problem = only(tmp_path, setting(compute={"kind": "fargate"}))
    assert all(kind in problem.reason + problem.fix for kind in ("managed", "karpenter", "auto"))


def test_shared_gpus_are_offered_as_many_as_pods_can_ask_for_and_under_another_name() -> None:
    compute = {
        "kind": "managed",
        "nodeGroups": [
            SYSTEM,
            {"name": "turns", "role": "gpu", "instanceTypes": ["g6.12xlarge"], "min": 0, "max": 2}
            | {"gpuSharing": {"kind": "timeSlicing", "replicas": 3}},
            {"name": "parts", "role": "gpu", "instanceTypes": ["p4d.24xlarge"], "min": 0, "max": 2}
            | {"gpuSharing": {"kind": "mig", "profile": "3g.20gb"}},
        ],
    }
    turns, parts = cluster(compute=compute).node_pools
    assert (turns.gpus, turns.gpu_product) == (12, "NVIDIA-L4-SHARED")
    assert (parts.gpus, parts.gpu_product) == (16, "NVIDIA-A100-SXM4-40GB-MIG-3g.20gb")
    groups = {each.name: each.node_labels for each in cluster(compute=compute).compute.node_groups}
    assert groups["turns"]["nvidia.com/device-plugin.config"] == "time-slicing-3"
    assert groups["parts"]["nvidia.com/mig.config"] == "all-3g.20gb"
    assert groups["parts"]["nvidia.com/gpu.product"] == parts.gpu_product


def test_an_agent_that_names_a_whole_gpu_gets_no_share_of_one(project: Project) -> None:
    settings = written()
    group("gpu", gpuSharing={"kind": "timeSlicing", "replicas": 2})(settings)
    project.settings["environment"], project.settings["cluster"] = "prod", settings
    project.write("shop/good", gpu={"count": 1, "product": "NVIDIA-L4"})
    (problem,) = project.problems()
    assert (problem.path, "NVIDIA-L4-SHARED" in problem.fix) == ("gpu.product", True)
    project.write("shop/good", gpu={"count": 1, "product": "NVIDIA-L4-SHARED"})
    assert project.read().agents


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gpuSharing": {"kind": "mig", "profile": "1g.10gb"}}, "NVIDIA-L4 can't be divided"),
        (
            {"gpuSharing": {"kind": "mig", "profile": "9g.9gb"}, "instanceTypes": ["p4d.24xlarge"]},
            "no MIG profile 9g.9gb",
        ),
        (
            {"gpuSharing": {"kind": "timeSlicing", "replicas": 2}, "operatingSystem": "bottlerocket"},
            "device plugin of its own",
        ),
    ],
)
def test_gpus_are_shared_only_as_they_can_be(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    assert any(said in problem.reason for problem in refused(tmp_path, group("gpu", **changes)))


def test_sharing_without_a_gpu_is_refused(tmp_path: Path) -> None:
    sharing = {"kind": "timeSlicing", "replicas": 2}
    assert "have no GPU" in only(tmp_path, group("general", gpuSharing=sharing)).reason


def test_a_pool_holds_its_largest_machine_as_often_as_its_limits_allow() -> None:
    (largest,) = pool().pools()
    assert (largest.name, largest.instance_type, largest.nodes) == ("general", "m7i.48xlarge", 2)
    (smaller,) = pool(limits={"cpu": 100, "memory": "1Ti"}).pools()
    assert (smaller.instance_type, smaller.nodes) == ("m7i.24xlarge", 1)


def test_a_pool_of_machines_that_surpass_each_other_holds_each() -> None:
    found = pool(families=[], instanceTypes=["c7i.4xlarge", "r7i.2xlarge", "m7i.large"]).pools()
    assert [each.instance_type for each in found] == ["c7i.4xlarge", "r7i.2xlarge"]
    assert [each.name for each in found] == ["general-c7i-4xlarge", "general-r7i-2xlarge"]


def test_gpus_bound_a_pool_too() -> None:
    (found,) = Pool.model_validate({**GPU, "limits": {"cpu": 200, "memory": "1Ti", "gpus": 3}}).pools()
    assert (found.nodes, found.gpus, found.gpu_product) == (3, 1, "NVIDIA-L4")


def test_an_agent_that_no_machine_of_a_pool_holds_is_refused(project: Project) -> None:
    settings = written()
    karpenter({**GENERAL, "families": [], "instanceTypes": ["m7i.xlarge", "m7i.large"]})(settings)
    project.settings["environment"], project.settings["cluster"] = "prod", settings
    size = {"cpu": 1, "memory": "16Gi"}
    project.write("shop/good", resources={"requests": size, "limits": size})
    (problem,) = project.problems()
    assert "at most 13590Mi (pool general)" in problem.reason
    assert "m7i.2xlarge would do" in problem.fix or "r7i" in problem.fix


def test_until_karpenter_runs_its_pools_hold_nothing(tmp_path: Path) -> None:
    found = refused(tmp_path, karpenter(installed=False))
    assert any("there is no such node" in problem.reason for problem in found)


@pytest.mark.parametrize(
    ("changes", "said", "fix"),
    [
        ({"families": [], "instanceTypes": []}, "could start no machine", "families, as m7i"),
        ({"families": ["z9"]}, "no family of instance types", "m7i"),
        ({"families": ["m7i", "m7g"]}, "mixes architectures", "one group of each"),
        ({"families": ["g6"]}, "has GPUs (NVIDIA-L4)", "set role to gpu"),
        ({"limits": {"cpu": 1, "memory": "1Ti"}}, "less than a single machine has", "raise the limits"),
        ({"role": "system", "capacity": ["spot"]}, "two minutes' notice", "onDemand"),
        ({"zones": ["eu-central-1d"]}, "no subnet", "eu-central-1a"),
        ({"taints": [{"key": "karpenter.sh/disrupted"}]}, "would be lost", "domain of your own"),
    ],
)
def test_a_pool_that_can_not_work_is_refused(tmp_path: Path, changes: dict[str, Any], said: str, fix: str) -> None:
    found = [each for each in refused(tmp_path, karpenter({**GENERAL, **changes}, GPU)) if said in each.reason]
    assert found
    assert fix in found[0].fix


def test_a_pool_of_gpus_says_how_many(tmp_path: Path) -> None:
    unbounded = {**GPU, "limits": {"cpu": 200, "memory": "1Ti"}}
    assert any("limits has no gpus" in each.reason for each in refused(tmp_path, karpenter(GENERAL, unbounded)))


def test_a_machine_that_the_region_lacks_is_refused_in_a_pool_too(tmp_path: Path) -> None:
    strange = {**GPU, "instanceTypes": ["p5.48xlarge"], "limits": {"cpu": 400, "memory": "4Ti", "gpus": 8}}
    found = refused(tmp_path, karpenter(GENERAL, strange))
    assert any("node pool gpu asks for p5.48xlarge" in each.reason for each in found)


def test_a_group_and_a_pool_do_not_share_a_name(tmp_path: Path) -> None:
    assert any(
        "system is a node group and a node pool" in each.reason
        for each in refused(tmp_path, karpenter({**GENERAL, "name": "system"}, GENERAL, GPU))
    )


def test_karpenter_needs_a_home_a_pinned_image_and_word_of_interruptions(tmp_path: Path) -> None:
    assert any("role: system" in each.fix for each in refused(tmp_path, karpenter(nodeGroups=[])))
    assert any("al2023@v20260818" in each.fix for each in refused(tmp_path, karpenter(image="al2023@latest")))
    closed = setting(network={"kind": "made", "cidr": "10.40.0.0/16"})
    assert "sqs]" in only(tmp_path, karpenter(), closed).fix


def test_auto_mode_leaves_out_what_it_has_in_itself(tmp_path: Path) -> None:
    versions = cluster(compute={"kind": "auto", "nodePools": [GENERAL]}).versions
    assert {AddOn.VPC_CNI, AddOn.KUBE_PROXY, AddOn.POD_IDENTITY, AddOn.COREDNS, AddOn.EBS_CSI}.isdisjoint(versions)
    assert AddOn.EFS_CSI in versions
    twice = setting(addOns={"vpc-cni": "v1.22.4-eksbuild.3"})
    assert "a part of Auto Mode" in only(tmp_path, auto(), twice).reason


def test_auto_mode_takes_no_groups_and_no_launch_templates(tmp_path: Path) -> None:
    assert any("nodeGroups" in each.path for each in refused(tmp_path, auto(nodeGroups=[SYSTEM])))


@pytest.mark.parametrize(
    ("pools", "said"),
    [
        ([GPU], "add-ons would wait for ever"),
        ([{**GENERAL, "taints": [{"key": "example.com/x"}]}, GPU], "add-ons would wait for ever"),
        ([{**GENERAL, "name": "general-purpose"}, GPU], "is a pool or class of AWS's"),
        ([{**GENERAL, "expireAfterDays": 30}, GPU], "Auto Mode ends them after 21"),
        ([GENERAL, {**GPU, "gpuSharing": {"kind": "timeSlicing", "replicas": 2}}], "can't be told to share"),
    ],
)
def test_what_auto_mode_does_not_know_is_refused(tmp_path: Path, pools: list[dict[str, Any]], said: str) -> None:
    assert any(said in each.reason for each in refused(tmp_path, auto(*pools)))


def test_a_pool_of_aws_holds_agents_without_gpus() -> None:
    compute = {"kind": "auto", "nodePools": [GPU], "builtInPools": ["system", "general-purpose"]}
    assert [each.name for each in cluster(compute=compute).node_pools] == ["gpu", "general-purpose"]
