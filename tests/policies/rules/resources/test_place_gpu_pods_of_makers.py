"""gpu-placement: the nodes of each maker, and pods that claim devices."""

from typing import Any

import pytest

from components.guardrails import resources as guardrail
from policies.config import ConfigError
from policies.rules.resources import place_gpu_pods
from policies.subjects.resource_demands import DEVICE_CLASS, GPU_PREFIXES
from policies.unknowns import UNKNOWN
from tests.policies.manifests import EDITABLE, PATCHES, mended, owned, refused, resourced, spec, unjudged

RULE = "gpu-placement"
MADE_WHOLE = [kind for kind in EDITABLE if kind not in PATCHES]
TOLERATED = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
NVIDIA = ("nvidia.com/gpu.present", "nvidia.com/gpu")
AMD = ("feature.node.kubernetes.io/amd-gpu", "amd.com/gpu")
NEURON = ("feature.node.kubernetes.io/aws-neuron", "aws.amazon.com/neuron")
INTEL = ("intel.feature.node.kubernetes.io/gpu", "gpu.intel.com/i915")
GAUDI = ("intel.feature.node.kubernetes.io/gaudi", "habana.ai/gaudi")
NODES = [NVIDIA, AMD, NEURON, INTEL, GAUDI]
MAKERS = [
    *((name, NVIDIA) for name in ("nvidia.com/gpu", "nvidia.com/mig-3g.20gb", "nvidia.com/gpu.shared")),
    *((name, NEURON) for name in ("aws.amazon.com/neuron", "aws.amazon.com/neuroncore", "aws.amazon.com/neurondevice")),
    *((name, INTEL) for name in ("gpu.intel.com/i915", "gpu.intel.com/xe")),
    *(("amd.com/gpu", AMD), ("habana.ai/gaudi", GAUDI)),
]


def computing(count: object = "1", name: str = "nvidia.com/gpu") -> dict[str, Any]:
    return resourced(limits={name: count})


def placed(*nodes: tuple[str, str]) -> dict[str, Any]:
    """What brings a pod to nodes with these labels and taints."""
    return {
        "nodeSelector": {label: "true" for label, _ in nodes},
        "tolerations": [{**TOLERATED, "key": taint} for _, taint in nodes],
    }


@pytest.mark.parametrize(("name", "nodes"), MAKERS)
@pytest.mark.parametrize("count", ["1", 8, UNKNOWN, "some"])
def test_every_gpu_resource_makes_a_gpu_pod_of_its_maker(count: object, name: str, nodes: tuple[str, str]) -> None:
    selection, toleration = refused(RULE, owned(spec(containers=[computing(count, name)])))
    assert f'nodeSelector["{nodes[0]}"] is not set' in selection
    assert f"add {{key: {nodes[1]}, operator: Exists, effect: NoSchedule}}" in toleration
    assert refused(RULE, owned(spec(containers=[computing(count, name)], **placed(nodes)))) == []


@pytest.mark.parametrize(("name", "nodes"), MAKERS)
@pytest.mark.parametrize("other", NODES)
def test_a_gpu_pod_goes_to_nodes_of_no_other_maker(other: tuple[str, str], name: str, nodes: tuple[str, str]) -> None:
    if other == nodes:
        return
    judged = owned(spec(containers=[computing("1", name)], **placed(nodes, other)))
    selection, toleration = refused(RULE, judged)
    assert f'nodeSelector["{other[0]}"] is "true". Fix: remove it, since no container asks for such GPUs' in selection
    assert f'tolerations[1].key is "{other[1]}". Fix: remove it' in toleration
    assert mended(RULE, judged) == owned(spec(containers=[computing("1", name)], **placed(nodes)))


def test_a_pod_that_asks_two_makers_needs_the_labels_and_taints_of_both() -> None:
    pod = spec(containers=[computing("1"), computing("1", "amd.com/gpu")])
    assert len(refused(RULE, owned(pod))) == 4
    assert mended(RULE, owned(pod)) == owned({**pod, **placed(NVIDIA, AMD)})


@pytest.mark.parametrize("nodes", NODES)
def test_a_pod_without_gpus_goes_to_nodes_of_no_maker(nodes: tuple[str, str]) -> None:
    assert len(refused(RULE, owned(spec(**placed(nodes))))) == 2


def test_labels_and_taints_are_a_setting_that_changes_what_it_names() -> None:
    pod = spec(containers=[computing("1", "amd.com/gpu")], **placed(("accelerator", "amd.com/gpu")))
    assert len(refused(RULE, owned(pod))) == 1
    assert refused(RULE, owned(pod), nodes={"amd.com/gpu": {"label": "accelerator"}}) == []
    moved = spec(containers=[computing("1", "amd.com/gpu")], **placed(("accelerator", "dedicated")))
    assert refused(RULE, owned(moved), nodes={"amd.com/gpu": {"label": "accelerator", "taint": "dedicated"}}) == []
    assert (
        refused(RULE, owned(spec(containers=[computing()], **placed(NVIDIA))), nodes={"amd.com/gpu": {"taint": "amd"}})
        == []
    )


def test_makers_may_have_a_label_and_a_taint_in_common() -> None:
    nodes = {"label": "accelerator", "taint": "dedicated"}
    common = {"amd.com/gpu": nodes, "nvidia.com/": nodes}
    pod = spec(containers=[computing("1", "amd.com/gpu")], **placed(("accelerator", "dedicated")))
    assert refused(RULE, owned(pod), nodes=common) == []
    assert len(refused(RULE, owned(spec(**placed(("accelerator", "dedicated")))), nodes=common)) == 2


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ("gpu", "is not an object"),
        ({"google.com/tpu": {"label": "a"}}, "begins no GPU's name. Fix: write one of nvidia.com/, amd.com/gpu"),
        ({"amd.com/gpu": "a"}, "is no label and taint"),
        ({"amd.com/gpu": {"label": ""}}, "is no label and taint"),
        ({"amd.com/gpu": {"taint": 1}}, "is no label and taint"),
        ({"amd.com/gpu": {"key": "a"}}, "is no label and taint"),
    ],
)
def test_nodes_that_can_t_be_read_are_refused(nodes: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        refused(RULE, owned(spec()), nodes=nodes)


def test_every_maker_has_nodes() -> None:
    by_class = (DEVICE_CLASS,)
    assert (*place_gpu_pods.RULE.options["nodes"].parse({})["label"].by_prefix, *by_class) == GPU_PREFIXES


def test_the_guardrails_know_the_same_nodes() -> None:
    assert {it.prefix: {"label": it.label, "taint": it.taint} for it in guardrail.NODES} == (
        place_gpu_pods.RULE.options["nodes"].default
    )


def claiming(**fields: object) -> dict[str, Any]:
    named = [{"name": "net", "resourceClaimName": "net-1"}, {"name": "gpu", "resourceClaimTemplateName": "gpu-large"}]
    return spec(**{"resourceClaims": named, **fields})


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("claims", [["gpu-large"], ["gpu-*"], ["x", "net-1"]])
def test_a_pod_with_a_claim_for_gpus_may_go_to_gpu_nodes_but_not_name_one(claims: list[str], kind: str) -> None:
    for fields in (placed(NVIDIA), placed(*NODES), {}):
        assert refused(RULE, owned(claiming(**fields), kind), claims=claims) == []
    (message,) = refused(RULE, owned(claiming(nodeName="node-1"), kind), claims=claims)
    assert 'nodeName is "node-1"' in message


@pytest.mark.parametrize("kind", MADE_WHOLE)
@pytest.mark.parametrize("claims", [[], ["gpu"], ["gpu-large-*"]])
def test_a_pod_with_other_claims_may_not_go_to_gpu_nodes(claims: list[str], kind: str) -> None:
    assert refused(RULE, owned(claiming(), kind), claims=claims) == []
    selection, toleration = refused(RULE, owned(claiming(**placed(NVIDIA)), kind), claims=claims)
    for message in (selection, toleration):
        assert "since no container asks for such GPUs, or list the claim that does in the option claims." in message


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("count", ["1", UNKNOWN])
def test_a_pod_that_asks_for_devices_of_a_class_may_go_to_gpu_nodes_but_not_name_one(count: object, kind: str) -> None:
    asking = [computing(count, f"{DEVICE_CLASS}gpu")]
    for fields in (placed(NVIDIA), placed(*NODES), {}):
        assert refused(RULE, owned(spec(containers=asking, **fields), kind)) == []
    (message,) = refused(RULE, owned(spec(containers=asking, nodeName="node-1"), kind))
    assert 'nodeName is "node-1"' in message


def test_devices_of_a_class_do_not_replace_what_another_container_asks_for_and_none_are_none() -> None:
    by_class = computing("1", f"{DEVICE_CLASS}gpu")
    assert len(refused(RULE, owned(spec(containers=[by_class, computing()])))) == 2
    none = computing("0", f"{DEVICE_CLASS}gpu")
    assert len(refused(RULE, owned(spec(containers=[none], **placed(NVIDIA))))) == 2


def test_a_claim_does_not_replace_what_its_containers_ask_for() -> None:
    pod = claiming(containers=[computing()])
    assert len(refused(RULE, owned(pod), claims=["gpu-*"])) == 2


@pytest.mark.parametrize(
    "claims", [UNKNOWN, [UNKNOWN], [{"resourceClaimName": UNKNOWN}], [{"resourceClaimTemplateName": UNKNOWN}]]
)
def test_a_claim_of_unknown_name_is_not_judged_where_names_matter(claims: object) -> None:
    judged = owned(claiming(resourceClaims=claims, **placed(NVIDIA)))
    assert len(refused(RULE, judged)) == 2
    assert refused(RULE, judged, claims=["gpu-*"]) == []
    assert "resourceClaims" in unjudged(RULE, judged, claims=["gpu-*"])[0]


@pytest.mark.parametrize("claims", ["gpu", [7], [{"resourceClaimName": 7}]])
def test_claims_of_the_wrong_type_are_refused_where_names_matter(claims: object) -> None:
    (message,) = refused(RULE, owned(claiming(resourceClaims=claims)), claims=["gpu-*"])
    assert "belongs" in message
