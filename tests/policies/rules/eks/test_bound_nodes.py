"""nodes-bounded."""

from typing import Any

import pytest

from policies.config import ConfigError
from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "nodes-bounded"
GROUP = "aws:eks/nodeGroup:NodeGroup"
SCALING = "aws:autoscaling/group:Group"
POOL = "kubernetes:karpenter.sh/v1:NodePool"
TAINT = {"key": "nvidia.com/gpu", "effect": "NO_SCHEDULE"}


def group(**more: Any) -> Resource:
    return resource({"scalingConfig": {"maxSize": 20}, **more}, GROUP)


def pool(*requirements: Any, taints: object = None, limits: object = (("cpu", "100"),), kind: str = POOL) -> Resource:
    spec = {"requirements": list(requirements), "taints": taints}
    ceiling = dict(limits) if isinstance(limits, tuple) else limits
    return resource({"spec": {"limits": ceiling, "template": {"spec": spec}}}, kind)


def need(key: object, *values: object, operator: object = "In") -> dict[str, object]:
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize("size", [1, 20])
def test_a_group_under_the_ceiling_passes(size: int) -> None:
    assert refused(RULE, group(scalingConfig={"maxSize": size})) == []
    assert refused(RULE, resource({"maxSize": size, "instanceTypes": ["g5.xlarge"]}, SCALING)) == []


@pytest.mark.parametrize("size", [None, 21, "20", 2.5])
def test_a_group_without_a_ceiling_or_above_it_is_refused(size: object) -> None:
    (message,) = refused(RULE, group(scalingConfig={"maxSize": size}))
    assert "scalingConfig.maxSize" in message
    assert len(refused(RULE, resource({"maxSize": size}, SCALING))) == 1


def test_the_ceiling_is_a_setting() -> None:
    assert refused(RULE, group(scalingConfig={"maxSize": 1}), mostNodes=1) == []
    assert len(refused(RULE, group(scalingConfig={"maxSize": 2}), mostNodes=1)) == 1
    assert refused(RULE, group(), mostNodes=1000) == []
    for bad in (0, 1001):
        with pytest.raises(ConfigError):
            refused(RULE, group(), mostNodes=bad)


@pytest.mark.parametrize(
    "nodes",
    [
        *(
            {"instanceTypes": ["m7i.large", each]}
            for each in ("g5.xlarge", "g6e.xlarge", "gr6.4xlarge", "p5en.48xlarge")
        ),
        *({"instanceTypes": [each]} for each in ("inf2.xlarge", "trn1n.32xlarge", "dl1.24xlarge", "p4d-x.metal")),
        *({"amiType": each} for each in ("AL2_x86_64_GPU", "AL2023_x86_64_NVIDIA", "AL2023_x86_64_NEURON")),
    ],
)
def test_nodes_with_gpus_need_a_taint(nodes: dict[str, object]) -> None:
    (message,) = refused(RULE, group(**nodes))
    assert "taints lets any pod land on GPU nodes" in message
    assert "NO_SCHEDULE" in message
    assert refused(RULE, group(**nodes, taints=[{"effect": "PREFER_NO_SCHEDULE"}, TAINT])) == []
    assert refused(RULE, group(**nodes, taints=[{**TAINT, "effect": "NO_EXECUTE"}])) == []
    assert len(refused(RULE, group(**nodes, taints=[{**TAINT, "effect": "PREFER_NO_SCHEDULE"}]))) == 1


@pytest.mark.parametrize(
    "type_", ["m7g.large", "c7gn.large", "t4g.small", "i4g.large", "hpc7g.4xlarge", "u-6tb1.metal", "x2gd.large"]
)
def test_nodes_without_gpus_need_none(type_: str) -> None:
    assert refused(RULE, group(instanceTypes=[type_], amiType="AL2023_x86_64_STANDARD")) == []


@pytest.mark.parametrize("nodes", [{"instanceTypes": "g5.xlarge"}, {"instanceTypes": [7]}, {"amiType": 7}])
def test_types_of_the_wrong_type_are_refused(nodes: dict[str, object]) -> None:
    assert len(refused(RULE, group(**nodes))) == 1


@pytest.mark.parametrize(
    "judged",
    [
        group(scalingConfig={"maxSize": UNKNOWN}),
        group(instanceTypes=UNKNOWN),
        group(instanceTypes=["m7i.large", UNKNOWN]),
        group(amiType=UNKNOWN),
        group(instanceTypes=["g5.xlarge"], taints=UNKNOWN),
        group(instanceTypes=["g5.xlarge"], taints=[{"effect": UNKNOWN}]),
        pool(need("karpenter.k8s.aws/instance-family", UNKNOWN)),
        pool(need("karpenter.k8s.aws/instance-category", UNKNOWN)),
        pool(need(UNKNOWN, "g5")),
        pool(need("karpenter.k8s.aws/instance-family", "m7i", operator=UNKNOWN)),
        pool(UNKNOWN),
        pool(need("karpenter.k8s.aws/instance-family", "g5"), taints=UNKNOWN),
        pool(limits={"cpu": UNKNOWN}),
        pool(limits=UNKNOWN),
    ],
)
def test_unknown_values_are_not_judged(judged: Resource) -> None:
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_unknown_types_of_tainted_nodes_are_no_finding() -> None:
    assert unjudged(RULE, group(instanceTypes=UNKNOWN, amiType=UNKNOWN, taints=[TAINT])) == []


@pytest.mark.parametrize("limits", [None, {}, {"cpu": None}])
def test_a_node_pool_without_limits_is_refused(limits: object) -> None:
    found = refused(RULE, pool(limits=limits))
    assert len(found) == (0 if limits == {"cpu": None} else 1)
    assert refused(RULE, pool(limits=limits, kind=f"{POOL}Patch")) == []


@pytest.mark.parametrize("limits", ["x", {"cpu": []}])
def test_limits_of_the_wrong_type_are_refused(limits: object) -> None:
    assert len(refused(RULE, pool(limits=limits))) == 1


def test_a_node_pool_with_limits_passes() -> None:
    assert refused(RULE, pool(limits={"cpu": 100, "memory": "1Ti", "nvidia.com/gpu": 1.5})) == []


GPU_NEEDS = [
    need("karpenter.k8s.aws/instance-family", "m7i", "g5"),
    need("node.kubernetes.io/instance-type", "p5.48xlarge"),
    *(need("karpenter.k8s.aws/instance-category", each) for each in ("g", "p", "gr", "inf", "trn", "dl")),
    need("karpenter.k8s.aws/instance-gpu-name", "t4"),
    need("karpenter.k8s.aws/instance-gpu-count", operator="Exists"),
    need("karpenter.k8s.aws/instance-accelerator-count", "0", operator="Gt"),
]


@pytest.mark.parametrize("requirement", GPU_NEEDS, ids=str)
def test_a_node_pool_with_gpus_needs_a_taint(requirement: object) -> None:
    (message,) = refused(RULE, pool(need("topology.kubernetes.io/zone", "a"), requirement))
    assert "template.spec.taints lets any pod land" in message
    assert "NoSchedule" in message
    for effect in ("NoSchedule", "NoExecute"):
        assert refused(RULE, pool(requirement, taints=[{"key": "k", "effect": effect}])) == []
    assert len(refused(RULE, pool(requirement, taints=[{"key": "k", "effect": "PreferNoSchedule"}]))) == 1
    assert refused(RULE, pool(requirement, kind=f"{POOL}Patch")) == []


@pytest.mark.parametrize(
    "requirement",
    [
        need("karpenter.k8s.aws/instance-family", "g5", operator="NotIn"),
        need("karpenter.k8s.aws/instance-gpu-count", operator="DoesNotExist"),
        need("karpenter.k8s.aws/instance-gpu-count", "1", operator="Lt"),
        need("karpenter.k8s.aws/instance-category", "c", "m", 7),
        need("karpenter.k8s.aws/instance-family", "m7g", 7),
        need("topology.kubernetes.io/zone", "g5", UNKNOWN),
        need("kubernetes.io/arch", "g"),
        need(7, "g5"),
        "x",
    ],
    ids=str,
)
def test_a_node_pool_without_gpus_needs_none(requirement: object) -> None:
    judged = pool(requirement)
    assert [refused(RULE, judged), unjudged(RULE, judged)] == [[], []]
