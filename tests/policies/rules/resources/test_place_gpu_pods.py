"""gpu-placement: GPU pods on GPU nodes, and nobody else."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    LISTS,
    PATCHES,
    container,
    edits_of,
    in_list,
    mended,
    owned,
    refused,
    resourced,
    spec,
    unjudged,
)

RULE = "gpu-placement"
MADE_WHOLE = [kind for kind in EDITABLE if kind not in PATCHES]
LABEL = "nvidia.com/gpu.present"
SELECTED = {LABEL: "true"}
TOLERATED = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
OTHER = {"key": "dedicated", "operator": "Equal", "value": "batch", "tolerationSeconds": 30}


def computing(count: object = "1", name: str = "nvidia.com/gpu", side: str = "limits") -> dict[str, Any]:
    demand: dict[str, Any] = {side: {name: count}}
    return resourced(**demand)


def gpu_pod(**fields: object) -> dict[str, Any]:
    return spec(containers=[container(), computing()], **fields)


PLACED = gpu_pod(nodeSelector=SELECTED, tolerations=[OTHER, TOLERATED])


def values(judged: Any) -> list[object]:
    """The values that the rule's edits would set."""
    return [edit.value for edit in edits_of(RULE, judged)]


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_gpu_pod_that_selects_and_tolerates_gpu_nodes_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(PLACED, kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tolerations", [None, [], [OTHER]])
def test_a_pod_without_gpus_that_goes_elsewhere_passes_in_every_kind(kind: str, tolerations: object) -> None:
    for selector in (None, {}, {"a": "b"}, {LABEL: "false"}):
        assert refused(RULE, owned(spec(nodeSelector=selector, tolerations=tolerations), kind)) == []


@pytest.mark.parametrize("kind", MADE_WHOLE)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("side", ["requests", "limits"])
def test_a_gpu_pod_that_does_neither_is_refused_in_every_list_of_every_kind(side: str, where: str, kind: str) -> None:
    pod = in_list(where, computing(side=side))
    selection, toleration = refused(RULE, owned(pod, kind))
    assert f'nodeSelector["{LABEL}"] is not set' in selection
    assert f'Fix: set nodeSelector["{LABEL}"] to "true"' in selection
    assert "tolerations has none for the taint of GPU nodes" in toleration
    assert "Fix: add {key: nvidia.com/gpu, operator: Exists, effect: NoSchedule} to tolerations" in toleration


OTHERS = ["example.com/gpu", "amd.com/cpu", "aws.amazon.com/eni", "vpc.amazonaws.com/pod-eni", "xamd.com/gpu", "cpu"]


@pytest.mark.parametrize("container_", [computing("0"), computing(None), *(computing("1", name) for name in OTHERS)])
def test_none_and_other_resources_make_no_gpu_pod(container_: dict[str, Any]) -> None:
    assert refused(RULE, owned(spec(containers=[container_]))) == []
    assert len(refused(RULE, owned(spec(containers=[container_], tolerations=[TOLERATED])))) == 1


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("value", ["false", "", "True"])
def test_a_gpu_pod_that_selects_nodes_without_gpus_is_refused_in_every_kind(value: str, kind: str) -> None:
    (message,) = refused(RULE, owned({**PLACED, "nodeSelector": {LABEL: value}}, kind))
    assert f'nodeSelector["{LABEL}"] is "{value}"' in message


@pytest.mark.parametrize("effect", [None, "", "NoSchedule"])
def test_a_toleration_of_the_taint_may_leave_the_effect_open(effect: object) -> None:
    toleration = {"key": "nvidia.com/gpu", "operator": "Equal", "value": "present", "effect": effect}
    assert refused(RULE, owned({**PLACED, "tolerations": [toleration]})) == []


@pytest.mark.parametrize("toleration", [{**TOLERATED, "effect": "NoExecute"}, {**TOLERATED, "key": "nvidia.com"}])
def test_a_toleration_of_another_effect_or_taint_is_not_enough(toleration: dict[str, Any]) -> None:
    (message,) = refused(RULE, owned({**PLACED, "tolerations": [toleration]}))
    assert "has none for the taint" in message


@pytest.mark.parametrize("kind", MADE_WHOLE)
@pytest.mark.parametrize("toleration", [TOLERATED, {"key": "nvidia.com/gpu"}, {**TOLERATED, "effect": "NoExecute"}])
def test_a_pod_without_gpus_that_tolerates_their_taint_is_refused_in_every_kind(
    toleration: dict[str, Any], kind: str
) -> None:
    (message,) = refused(RULE, owned(spec(tolerations=[OTHER, toleration]), kind))
    assert 'tolerations[1].key is "nvidia.com/gpu"' in message
    assert "Fix: remove it, since no container asks for such GPUs" in message


@pytest.mark.parametrize("kind", MADE_WHOLE)
def test_a_pod_without_gpus_that_selects_gpu_nodes_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(spec(nodeSelector=SELECTED), kind))
    assert f'nodeSelector["{LABEL}"] is "true". Fix: remove it, since no container asks for such GPUs' in message


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("blanket", [{"operator": "Exists"}, {"key": "", "operator": "Exists"}, {"key": None}, {}])
def test_a_toleration_of_every_taint_is_refused_in_every_pod_of_every_kind(blanket: dict[str, Any], kind: str) -> None:
    (message,) = refused(RULE, owned(spec(tolerations=[OTHER, blanket]), kind))
    assert "tolerations[1]" in message
    assert "Fix: name the key of the taint" in message
    assert len(refused(RULE, owned({**PLACED, "tolerations": [TOLERATED, blanket]}, kind))) == 1


def test_a_toleration_of_every_taint_is_no_placement() -> None:
    assert len(refused(RULE, owned({**PLACED, "tolerations": [{"operator": "Exists"}]}))) == 2


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_leave_all_to_another_owner(kind: str) -> None:
    assert refused(RULE, owned(gpu_pod(), kind)) == []
    assert refused(RULE, owned(gpu_pod(tolerations=[OTHER]), kind)) == []
    assert refused(RULE, owned(spec(nodeSelector=SELECTED, tolerations=[TOLERATED]), kind)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"nodeSelector": UNKNOWN},
        {"nodeSelector": {LABEL: UNKNOWN}},
        {"tolerations": UNKNOWN},
        {"tolerations": [UNKNOWN]},
        {"tolerations": [{"key": UNKNOWN}]},
        {"tolerations": [{**TOLERATED, "effect": UNKNOWN}]},
    ],
)
def test_unknown_placement_of_a_gpu_pod_is_not_judged(fields: dict[str, object]) -> None:
    judged = owned({**PLACED, **fields})
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_an_unreadable_selector_is_named_itself_and_once() -> None:
    (message,) = unjudged(RULE, owned({**PLACED, "nodeSelector": UNKNOWN}))
    assert "nodeSelector" in message
    assert LABEL not in message
    both = spec(containers=[computing(), computing(name="amd.com/gpu")], nodeSelector=UNKNOWN)
    assert "could not judge 1 value" in unjudged(RULE, owned(both))[0]
    for pod in (PLACED, spec()):
        (message,) = refused(RULE, owned({**pod, "nodeSelector": "x"}))
        assert (
            "nodeSelector is a string where an object belongs. Fix: write the labels of nodes as an object" in message
        )


def test_one_known_toleration_of_the_taint_is_enough_beside_an_unknown_effect() -> None:
    judged = owned({**PLACED, "tolerations": [{**TOLERATED, "effect": UNKNOWN}, TOLERATED]})
    assert refused(RULE, judged) + unjudged(RULE, judged) == []


@pytest.mark.parametrize("resources", [UNKNOWN, {"limits": UNKNOWN}])
def test_where_nobody_knows_whether_it_is_a_gpu_pod_only_blankets_are_refused(resources: object) -> None:
    changed = {**container(), "resources": resources}
    judged = owned(spec(containers=[changed], nodeSelector=SELECTED, tolerations=[TOLERATED, {"operator": "Exists"}]))
    assert "resources.limits" in unjudged(RULE, judged)[0]
    (message,) = refused(RULE, judged)
    assert "tolerations[1]" in message
    assert unjudged(RULE, owned({**PLACED, "containers": [changed, computing()]})) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"nodeSelector": "gpu"},
        {"nodeSelector": {LABEL: True}},
        {"tolerations": [TOLERATED, "all"]},
        {"tolerations": [TOLERATED, None]},
        {"tolerations": [TOLERATED, {"key": 1}]},
    ],
)
def test_placement_of_the_wrong_type_is_refused(fields: dict[str, object]) -> None:
    (message,) = refused(RULE, owned({**PLACED, **fields}))
    assert "belongs" in message


def test_demands_of_the_wrong_type_are_refused() -> None:
    (message,) = refused(RULE, owned(spec(containers=[{**container(), "resources": {"limits": "gpu"}}])))
    assert "where an object belongs" in message


@pytest.mark.parametrize("kind", MADE_WHOLE)
@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        (None, [TOLERATED]),
        ([OTHER], [OTHER, TOLERATED]),
        ([{"operator": "Exists"}, OTHER, {"key": 5}, None], [OTHER, TOLERATED]),
        ("all", [TOLERATED]),
        ([OTHER, TOLERATED, {}], [OTHER, TOLERATED]),
    ],
)
def test_a_mended_gpu_pod_selects_and_tolerates_gpu_nodes(tolerations: object, expected: object, kind: str) -> None:
    given = gpu_pod(nodeSelector={"a": "b", LABEL: False}, tolerations=tolerations)
    judged = mended(RULE, owned(given, kind))
    assert judged == owned(gpu_pod(nodeSelector={"a": "b", LABEL: "true"}, tolerations=expected), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


def test_a_gpu_pod_without_a_selector_is_mended() -> None:
    assert mended(RULE, owned(gpu_pod(tolerations=[TOLERATED]))) == owned(
        gpu_pod(tolerations=[TOLERATED], nodeSelector=SELECTED)
    )


@pytest.mark.parametrize("kind", MADE_WHOLE)
@pytest.mark.parametrize(
    ("tolerations", "kept"),
    [([TOLERATED, OTHER, {"operator": "Exists"}], {"tolerations": [OTHER]}), ([TOLERATED], {}), (5, {})],
)
def test_a_mended_pod_without_gpus_goes_elsewhere(tolerations: object, kept: dict[str, Any], kind: str) -> None:
    judged = mended(RULE, owned(spec(nodeSelector={**SELECTED, "a": "b"}, tolerations=tolerations), kind))
    assert judged == owned(spec(nodeSelector={"a": "b"}, **kept), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("kind", PATCHES)
def test_a_mended_patch_tolerates_no_longer_everything(kind: str) -> None:
    judged = mended(RULE, owned(gpu_pod(tolerations=[OTHER, {"operator": "Exists"}]), kind))
    assert judged == owned(gpu_pod(tolerations=[OTHER]), kind)


@pytest.mark.parametrize(
    "kept",
    [{"key": "a", "value": UNKNOWN}, {"key": "a", "value": Secret("b")}, {"key": "a", "x": [0.5]}, Secret(OTHER)],
)
def test_a_list_that_cannot_be_written_anew_is_not_mended(kept: object) -> None:
    assert values(owned(spec(tolerations=[{"operator": "Exists"}, kept]))) == []


def test_a_list_that_can_be_written_anew_is_mended_whole() -> None:
    kept = {**OTHER, "more": [{"a": True}]}
    assert values(owned(spec(tolerations=[{"operator": "Exists"}, kept]))) == [[kept]]


def test_a_secret_list_is_written_anew_where_it_stands() -> None:
    assert values(owned(spec(tolerations=Secret([{"operator": "Exists"}, OTHER])))) == [[OTHER]]


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_gpu_pod_that_names_its_node_goes_around_placement_and_is_refused_and_mended(kind: str) -> None:
    judged = owned({**PLACED, "nodeName": "node-1"}, kind)
    (message,) = refused(RULE, judged)
    assert 'nodeName is "node-1". Fix: remove it' in message
    repaired = mended(RULE, judged)
    assert refused(RULE, repaired) == []
    assert repaired.properties == owned(PLACED, kind).properties


def test_the_named_node_of_a_gpu_pod_is_judged_in_every_state_and_that_of_others_is_not() -> None:
    assert len(unjudged(RULE, owned({**PLACED, "nodeName": UNKNOWN}))) == 1
    assert "belongs" in refused(RULE, owned({**PLACED, "nodeName": 5}))[0]
    assert "hush" not in refused(RULE, owned({**PLACED, "nodeName": Secret("hush")}))[0]
    for name in (None, ""):
        assert refused(RULE, owned({**PLACED, "nodeName": name})) == []
    assert refused(RULE, owned(spec(nodeName="node-1"))) == []
