"""What is refused of a node group, and of groups together."""

from pathlib import Path

import pytest

from components.config.eks import Eks
from tests.components.config.production import group, only, read, refused, setting
from tests.components.eks.making import cluster


def test_an_unknown_instance_type_is_refused_with_those_that_are_near(tmp_path: Path) -> None:
    problem = only(tmp_path, group("general", instanceTypes=["m7i.4xlrage"]))
    assert problem.path == "cluster.compute.nodeGroups.1.instanceTypes.0"
    assert "did you mean m7i.4xlarge" in problem.fix


def test_no_groups_and_no_types_are_refused(tmp_path: Path) -> None:
    assert "role: system" in only(tmp_path, setting(compute={"kind": "managed", "nodeGroups": []})).fix
    assert "no machine" in only(tmp_path, group("storage", instanceTypes=[])).reason


def test_mixed_architectures_are_refused(tmp_path: Path) -> None:
    assert "amd64, arm64" in only(tmp_path, group("general", instanceTypes=["m7i.large", "m7g.large"])).reason


def test_machines_with_and_without_gpus_are_refused(tmp_path: Path) -> None:
    assert "mixes GPUs" in only(tmp_path, group("gpu", instanceTypes=["g6.4xlarge", "m7i.4xlarge"])).reason


def test_machines_with_different_gpus_are_refused(tmp_path: Path) -> None:
    assert "NVIDIA-A10G, NVIDIA-L4" in only(tmp_path, group("gpu", instanceTypes=["g6.xlarge", "g5.xlarge"])).reason


def test_a_gpu_group_has_gpus_and_no_other_group_does(tmp_path: Path) -> None:
    assert "has no GPU" in refused(tmp_path, group("gpu", instanceTypes=["m7i.large"]))[-1].reason
    assert "set role to gpu" in refused(tmp_path, group("general", instanceTypes=["g6.xlarge"]))[-1].fix


def test_spot_for_the_system_is_refused(tmp_path: Path) -> None:
    assert "two minutes' notice" in only(tmp_path, group("system", capacity="spot")).reason


def test_spot_from_a_reservation_is_refused(tmp_path: Path) -> None:
    assert "capacityReservationId" in only(tmp_path, group("gpu", capacity="spot")).fix


@pytest.mark.parametrize("desired", [0, 13])
def test_a_desired_size_out_of_range_is_refused(tmp_path: Path, desired: int) -> None:
    assert (
        f"desired {desired} is not between min 3 and max 12" in only(tmp_path, group("general", desired=desired)).reason
    )


def test_a_least_size_over_the_most_is_refused(tmp_path: Path) -> None:
    assert "min 3 is more than max 2" in only(tmp_path, group("general", max=2)).reason


def test_a_zone_that_the_cluster_does_not_have_is_refused(tmp_path: Path) -> None:
    assert "no subnet" in only(tmp_path, group("storage", zones=["eu-central-1d"])).reason


def test_one_zone_is_enough_for_a_group(tmp_path: Path) -> None:
    cluster = read(tmp_path, group("storage", zones=["eu-central-1a"])).cluster
    assert isinstance(cluster, Eks)
    assert cluster.compute.node_groups[3].zones == ("eu-central-1a",)


def test_a_type_that_the_region_lacks_is_refused_with_regions_that_have_it(tmp_path: Path) -> None:
    problem = refused(tmp_path, group("gpu", instanceTypes=["p5.48xlarge"]))[-1]
    assert "which eu-central-1 does not have" in problem.reason
    assert "us-east-1" in problem.fix


def test_two_groups_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "general 2 times" in only(tmp_path, group("storage", name="general")).reason


def test_a_cluster_without_a_system_group_is_refused(tmp_path: Path) -> None:
    assert "role: system" in only(tmp_path, group("system", role="general")).fix


@pytest.mark.parametrize("key", ["nvidia.com/gpu", "node.kubernetes.io/x", "eks.amazonaws.com/nodegroup"])
def test_labels_and_taints_of_others_are_refused(tmp_path: Path, key: str) -> None:
    assert "one of the two values would be lost" in only(tmp_path, group("general", labels={key: "x"})).reason
    assert key in only(tmp_path, group("general", taints=[{"key": key, "effect": "PreferNoSchedule"}])).reason


def test_a_pool_offers_what_its_smallest_machine_does() -> None:
    pool = cluster(
        compute={
            "kind": "managed",
            "nodeGroups": [
                {"name": "s", "role": "system", "instanceTypes": ["m7i.4xlarge", "m7i.xlarge"], "min": 1, "max": 9}
            ],
        }
    ).node_pools[0]
    assert (pool.cpu, pool.memory, pool.nodes) == ("3920m", "13590Mi", 9)
