"""hpa-sane: an autoscaler has bounds, a target, and no rival."""

from typing import Any

import pytest

from policies.config import ConfigError
from policies.rule import Resource, ResourceOptions
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import mended, messages, refused, resource, stack_messages, unjudged

RULE = "hpa-sane"
HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
HPAS = [
    HPA,
    "kubernetes:autoscaling/v1:HorizontalPodAutoscaler",
    "kubernetes:autoscaling/v2beta2:HorizontalPodAutoscaler",
]
KEDA = "kubernetes:keda.sh/v1alpha1:ScaledObject"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
META = {"name": "web", "namespace": "storefront"}


def scaler(least: object, most: object, kind: str = HPA, target: object = None, name: str = "scaler") -> Resource:
    low, high = ("minReplicaCount", "maxReplicaCount") if kind == KEDA else ("minReplicas", "maxReplicas")
    reference = TARGET if target is None else target
    metadata = {"name": name, "namespace": "storefront"}
    return resource({"metadata": metadata, "spec": {low: least, high: most, "scaleTargetRef": reference}}, kind, name)


def workload(kind: str = DEPLOYMENT, metadata: object = None, **spec: object) -> Resource:
    return resource({"metadata": META if metadata is None else metadata, "spec": spec}, kind)


def both(judged: Resource) -> tuple[object, object]:
    properties: Any = judged.properties
    spec = properties["spec"]
    return tuple(
        spec.get(key, spec.get(other))
        for key, other in (("minReplicas", "minReplicaCount"), ("maxReplicas", "maxReplicaCount"))
    )


@pytest.mark.parametrize("kind", [*HPAS, KEDA])
@pytest.mark.parametrize(("least", "most"), [(2, 6), (None, 50), (1, 1), (50, 50)])
def test_bounds_in_order_and_under_the_ceiling_pass(kind: str, least: object, most: object) -> None:
    assert messages(RULE, scaler(least, most, kind)) == []


@pytest.mark.parametrize("kind", [*HPAS, KEDA])
@pytest.mark.parametrize(
    ("least", "most", "after"),
    [(2, 51, (2, 50)), (5, 3, (5, 5)), (60, 80, (50, 50)), (60, 3, (50, 50)), (-1, 5, None), (-2, -1, None)],
)
def test_other_bounds_are_refused_and_mended(kind: str, least: int, most: int, after: object) -> None:
    judged = scaler(least, most, kind)
    (message,) = refused(RULE, judged)
    assert f"is {least}" in message
    assert f"is {most}" in message
    assert "the ceiling 50" in message
    fixed = mended(RULE, judged)
    floor = 0 if kind == KEDA else 1
    assert both(fixed) == (after or (floor, max(most, floor)))
    assert messages(RULE, fixed) == []
    assert mended(RULE, fixed) == fixed


def test_zero_is_for_a_scaled_object_only() -> None:
    assert messages(RULE, scaler(0, 5, KEDA)) == []
    assert messages(RULE, scaler(0, 0, KEDA)) == []
    assert both(mended(RULE, scaler(0, 5))) == (1, 5)
    assert both(mended(RULE, scaler(None, 0))) == (None, 1)
    assert "is not set (1)" in refused(RULE, scaler(None, 0))[0]


def test_the_ceiling_is_an_option() -> None:
    assert messages(RULE, scaler(2, 80), ceiling=80) == []
    assert len(refused(RULE, scaler(2, 81), ceiling=80)) == 1
    assert both(mended(RULE, scaler(2, 6), ceiling=1)) == (1, 1)
    with pytest.raises(ConfigError, match="whole number from 1 to"):
        messages(RULE, scaler(2, 6), ceiling=0)


def test_an_autoscaler_without_a_most_is_refused_and_left_to_a_person() -> None:
    judged = scaler(2, None)
    assert "spec.maxReplicas is not set" in refused(RULE, judged)[0]
    assert mended(RULE, judged) == judged


def test_a_scaled_object_without_a_most_may_have_a_hundred_pods() -> None:
    judged = scaler(2, None, KEDA)
    assert "is not set (100)" in refused(RULE, judged)[0]
    assert both(mended(RULE, judged)) == (2, 50)
    assert messages(RULE, judged, ceiling=100) == []
    assert len(refused(RULE, judged, ceiling=99)) == 1


def test_a_patch_is_judged_by_what_it_sets() -> None:
    for kind, low in ((f"{HPA}Patch", "minReplicas"), (f"{KEDA}Patch", "minReplicaCount")):
        assert messages(RULE, resource({"spec": {}}, kind)) == []
        judged = resource({"spec": {low: 60}}, kind)
        assert len(refused(RULE, judged)) == 1
        assert mended(RULE, judged).properties == {"spec": {low: 50}}


def test_autoscalers_of_a_list_are_judged() -> None:
    listed = resource({"items": [scaler(2, 3).properties, scaler(5, 3).properties]}, f"{HPA}List")
    assert "items[1]" in refused(RULE, listed)[0]


@pytest.mark.parametrize(("least", "most"), [(UNKNOWN, 5), (2, UNKNOWN), (UNKNOWN, UNKNOWN)])
def test_unknown_bounds_are_not_judged(least: object, most: object) -> None:
    assert len(unjudged(RULE, scaler(least, most))) == 1
    assert refused(RULE, scaler(least, most)) == []


def test_what_is_wrong_whatever_is_unknown_is_refused() -> None:
    assert len(refused(RULE, scaler(UNKNOWN, 51))) == 1
    assert both(mended(RULE, scaler(60, 70))) == (50, 50)
    assert len(refused(RULE, scaler(51, UNKNOWN))) == 1


@pytest.mark.parametrize(("least", "most"), [("2", 5), (2, "5"), (2, 5.5), (True, 5), ([], 5)])
def test_bounds_of_the_wrong_type_are_refused(least: object, most: object) -> None:
    judged = scaler(least, most)
    assert "a whole number belongs" in refused(RULE, judged)[0]
    assert mended(RULE, judged) == judged


def test_secret_bounds_are_judged_and_not_printed() -> None:
    (message,) = refused(RULE, scaler(Secret(77), Secret(78)))
    assert "77" not in message
    assert "78" not in message


@pytest.mark.parametrize("kind", [*HPAS, KEDA])
@pytest.mark.parametrize("name", [None, ""])
def test_a_target_without_a_name_is_refused(kind: str, name: object) -> None:
    (message,) = refused(RULE, scaler(2, 5, kind, {**TARGET, "name": name}))
    assert "spec.scaleTargetRef.name is" in message
    assert messages(RULE, resource({"spec": {}}, f"{HPA}Patch")) == []


def test_a_target_needs_its_kind_and_a_scaled_object_takes_a_deployment() -> None:
    assert "scaleTargetRef.kind" in refused(RULE, scaler(2, 5, HPA, {"name": "web"}))[0]
    assert messages(RULE, scaler(2, 5, KEDA, {"name": "web"})) == []
    assert "scaleTargetRef.kind" in refused(RULE, scaler(2, 5, KEDA, {"kind": 1, "name": "web"}))[0]
    assert "scaleTargetRef.apiVersion" in refused(RULE, scaler(2, 5, HPA, {**TARGET, "apiVersion": 1}))[0]
    assert len(unjudged(RULE, scaler(2, 5, HPA, {**TARGET, "name": UNKNOWN}))) == 1


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (DEPLOYMENT, TARGET),
        ("kubernetes:apps/v1:StatefulSet", {**TARGET, "kind": "StatefulSet"}),
        (
            "kubernetes:argoproj.io/v1alpha1:Rollout",
            {**TARGET, "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"},
        ),
        (
            "kubernetes:core/v1:ReplicationController",
            {"apiVersion": "v1", "kind": "ReplicationController", "name": "web"},
        ),
        ("kubernetes:core/v1:ReplicationController", {"kind": "ReplicationController", "name": "web"}),
    ],
)
def test_a_target_in_the_stack_passes(kind: str, target: object) -> None:
    assert stack_messages(RULE, scaler(2, 5, target=target), workload(kind)) == []
    assert stack_messages(RULE, scaler(2, 5, target=target), workload(f"{kind}Patch")) == []


@pytest.mark.parametrize("target", [{"name": "web"}, {"name": "web", "kind": ""}, TARGET])
def test_a_scaled_object_finds_its_deployment(target: object) -> None:
    assert stack_messages(RULE, scaler(2, 5, KEDA, target), workload()) == []


@pytest.mark.parametrize("kind", [HPA, KEDA])
@pytest.mark.parametrize(
    "target", [{**TARGET, "name": "other"}, {**TARGET, "kind": "StatefulSet"}, {**TARGET, "apiVersion": "x.io/v1"}]
)
def test_a_target_that_is_not_in_the_stack_is_refused(kind: str, target: dict[str, object]) -> None:
    (message,) = stack_messages(RULE, scaler(2, 5, kind, target), workload())
    assert f'scaleTargetRef.name is "{target["name"]}", which is not in this stack' in message
    assert '"scaler"' in message


def test_a_target_of_another_namespace_is_refused() -> None:
    other = workload(metadata={"name": "web", "namespace": "media"})
    assert len(stack_messages(RULE, scaler(2, 5), other)) == 1


def test_a_target_without_an_api_version_is_one_of_the_core_group() -> None:
    assert len(stack_messages(RULE, scaler(2, 5, target={"kind": "Deployment", "name": "web"}), workload())) == 1


@pytest.mark.parametrize("target", [{**TARGET, "name": 1}, {**TARGET, "kind": 1}, {**TARGET, "apiVersion": 1}, "x"])
def test_a_target_that_can_not_be_read_is_left_to_the_resource_rule(target: object) -> None:
    assert stack_messages(RULE, scaler(2, 5, target=target), workload()) == []
    assert len(refused(RULE, scaler(2, 5, target=target))) >= 1


@pytest.mark.parametrize("key", ["name", "kind", "apiVersion"])
def test_an_unknown_target_is_not_judged_unless_nothing_can_be_it(key: str) -> None:
    unknown = scaler(2, 5, target={**TARGET, key: UNKNOWN})
    (message,) = stack_messages(RULE, unknown, workload(replicas=3))
    assert "could not judge" in message
    assert len(stack_messages(RULE, unknown)) == 1
    assert "not in this stack" in stack_messages(RULE, unknown)[0]


def test_a_workload_with_an_unknown_name_may_be_the_target() -> None:
    unknown = workload(metadata={"name": UNKNOWN, "namespace": "storefront"})
    assert "could not judge" in stack_messages(RULE, scaler(2, 5), unknown)[0]
    elsewhere = workload(metadata={"name": UNKNOWN, "namespace": "media"})
    assert "not in this stack" in stack_messages(RULE, scaler(2, 5), elsewhere)[0]


@pytest.mark.parametrize("kind", [HPA, KEDA])
@pytest.mark.parametrize("replicas", [3, 0, UNKNOWN])
def test_a_static_number_of_pods_beside_an_autoscaler_is_refused(kind: str, replicas: object) -> None:
    (message,) = stack_messages(RULE, scaler(2, 5, kind), workload(replicas=replicas))
    assert message.startswith(DEPLOYMENT)
    assert f"spec.replicas is set although {kind.rpartition(':')[2]} scales it" in message


@pytest.mark.parametrize("ignored", ["spec.replicas", "spec"])
def test_a_number_that_updates_ignore_is_only_the_first_and_passes(ignored: str) -> None:
    judged = workload(replicas=3)
    options = ResourceOptions(ignore_changes=("metadata", ignored))
    assert stack_messages(RULE, scaler(2, 5), judged._replace(options=options)) == []
    other = ResourceOptions(ignore_changes=("spec.template",))
    assert len(stack_messages(RULE, scaler(2, 5), judged._replace(options=other))) == 1


@pytest.mark.parametrize("kinds", [(HPA, KEDA), (HPA, HPA), (KEDA, KEDA)])
def test_two_autoscalers_of_one_workload_are_both_refused(kinds: tuple[str, str]) -> None:
    found = stack_messages(RULE, scaler(2, 5, kinds[0], name="a"), scaler(2, 5, kinds[1], name="b"), workload())
    assert len(found) == 2
    assert all("is the target of another autoscaler too" in message for message in found)


def test_an_autoscaler_that_may_be_a_rival_is_not_judged() -> None:
    unknown = scaler(2, 5, target={**TARGET, "name": UNKNOWN}, name="b")
    found = stack_messages(RULE, scaler(2, 5, name="a"), unknown, workload())
    assert len(found) == 2
    assert all("could not judge" in message for message in found)


def test_a_patch_of_an_autoscaler_is_no_second_one() -> None:
    patch = resource(scaler(2, 5).properties, f"{HPA}Patch", "patch")
    assert stack_messages(RULE, scaler(2, 5), patch, workload()) == []
