"""What a node of each instance type offers, by the formulas that EKS publishes."""

import pytest

from components.config.instances import instance_types, known_type
from components.config.model import RefusedError


@pytest.mark.parametrize(
    ("name", "millicores", "memory", "pods"),
    [
        # 2 cores: 60 + 10 reserved. 8192 x 0.925 - (255 + 11 x 110) - 100.
        ("m7i.large", 1930, 6012, 110),
        # 4 cores: 60 + 10 + 5 + 5 reserved.
        ("m7i.xlarge", 3920, 13590, 110),
        # 16 cores: 80 + 12 x 2.5 reserved.
        ("g6.4xlarge", 15890, 59055, 110),
        # 32 cores and more may have 250 pods: 131072 x 0.925 - (255 + 11 x 250) - 100.
        ("m7i.8xlarge", 31850, 118136, 250),
    ],
)
def test_pods_may_reserve_what_kubelet_and_machine_leave(name: str, millicores: int, memory: int, pods: int) -> None:
    found = instance_types()[name]
    assert (found.allocatable_millicores, found.allocatable_memory_mi, found.most_pods) == (millicores, memory, pods)


def test_every_type_leaves_room_for_pods_and_says_its_gpus_whole() -> None:
    for name, found in instance_types().items():
        assert found.allocatable_memory_mi > 1024, name
        assert bool(found.gpus) == bool(found.gpu_product) == bool(found.gpu_memory_mi), name
        assert found.architecture in ("amd64", "arm64"), name


def test_larger_types_of_a_family_cost_more() -> None:
    for family in {name.partition(".")[0] for name in instance_types()}:
        sizes = [found for name, found in instance_types().items() if name.startswith(f"{family}.")]
        by_cores = sorted((found for found in sizes if found.gpus == sizes[0].gpus), key=lambda found: found.cpu)
        prices = [found.usd["us-east-1"] for found in by_cores]
        assert prices == sorted(prices), family


def test_a_type_that_says_its_regions_is_offered_nowhere_else() -> None:
    assert not instance_types()["p5.48xlarge"].is_offered_in("eu-central-1")
    assert instance_types()["p5.48xlarge"].is_offered_in("us-east-1")
    assert instance_types()["g6.xlarge"].is_offered_in("eu-central-1")


def test_an_unknown_type_is_refused_with_the_known_families() -> None:
    with pytest.raises(RefusedError) as caught:
        known_type("z9.huge")
    assert "m7i" in caught.value.fix
