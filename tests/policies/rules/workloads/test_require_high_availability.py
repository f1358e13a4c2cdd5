"""workload-ha: two pods or more, spread over zones."""

import pytest

from policies.config import ConfigError
from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import messages, refused, resource, spec, stack_messages, template, unjudged

RULE = "workload-ha"
KINDS = ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet", "kubernetes:argoproj.io/v1alpha1:Rollout"]
HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
KEDA = "kubernetes:keda.sh/v1alpha1:ScaledObject"
META = {"name": "web", "namespace": "storefront"}
ZONE = "topology.kubernetes.io/zone"
DURING = "DuringSchedulingIgnoredDuringExecution"


def workload(replicas: object, kind: str = KINDS[0], metadata: object = None, /, **fields: object) -> Resource:
    inner = {"replicas": replicas, "template": template(spec(**fields))}
    return resource({"metadata": META if metadata is None else metadata, "spec": inner}, kind)


def scaler(least: object, scaled: str = KINDS[0], kind: str = HPA, name: object = "web") -> Resource:
    version, _, kind_ = scaled.removeprefix("kubernetes:").partition(":")
    low = "minReplicaCount" if kind == KEDA else "minReplicas"
    target = {"apiVersion": version, "kind": kind_, "name": name}
    return resource(
        {"metadata": META, "spec": {low: least, "maxReplicas": 9, "scaleTargetRef": target}}, kind, "scaler"
    )


def spread(key: object, **fields: object) -> dict[str, object]:
    return {"topologyKey": key, "labelSelector": {"matchLabels": {"app": "x"}}, **fields}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("replicas", [2, 3, 100, 0, None])
def test_enough_pods_pass_and_so_does_a_workload_that_is_off(kind: str, replicas: object) -> None:
    assert messages(RULE, workload(replicas, kind)) == []


@pytest.mark.parametrize("kind", [*KINDS, f"{KINDS[0]}Patch"])
@pytest.mark.parametrize("replicas", [1, -1])
def test_a_single_pod_is_refused(kind: str, replicas: int) -> None:
    (message,) = refused(RULE, workload(replicas, kind))
    assert f"spec.replicas is {replicas}" in message
    assert "Fix: set spec.replicas to 2 or more" in message


def test_the_fewest_pods_are_an_option() -> None:
    assert len(refused(RULE, workload(2), leastReplicas=3)) == 1
    assert messages(RULE, workload(3), leastReplicas=3) == []
    assert messages(RULE, workload(1), leastReplicas=1) == []
    assert messages(RULE, workload(100), leastReplicas=100) == []
    for wrong in (0, 101):
        with pytest.raises(ConfigError, match="whole number from 1 to 100"):
            messages(RULE, workload(2), leastReplicas=wrong)
    assert len(stack_messages(RULE, workload(None), scaler(2), leastReplicas=3)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "constraints",
    [None, [], [spread("kubernetes.io/hostname")], [spread(ZONE, labelSelector=None)], [{}], [spread(1)], "x"],
)
def test_pods_that_are_not_spread_over_zones_are_refused(kind: str, constraints: object) -> None:
    (message,) = refused(RULE, workload(2, kind, topologySpreadConstraints=constraints))
    assert "spec.template.spec does not spread its pods over zones" in message
    assert f"Fix: add a topologySpreadConstraint with topologyKey {ZONE}" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "fields",
    [
        {"topologySpreadConstraints": [spread("kubernetes.io/hostname"), spread(ZONE)]},
        {"topologySpreadConstraints": [spread(UNKNOWN), spread(ZONE)]},
        {"affinity": {"podAntiAffinity": {f"required{DURING}": [spread(ZONE)]}}},
        {"affinity": {"podAntiAffinity": {f"preferred{DURING}": [{"weight": 1, "podAffinityTerm": spread(ZONE)}]}}},
    ],
)
def test_pods_that_are_spread_over_zones_pass(kind: str, fields: dict[str, object]) -> None:
    assert messages(RULE, workload(2, kind, **{"topologySpreadConstraints": None, **fields})) == []


def test_an_affinity_that_draws_pods_together_does_not_spread() -> None:
    drawn = {"podAffinity": {f"required{DURING}": [spread(ZONE)]}}
    apart = {"podAntiAffinity": {f"required{DURING}": [spread("kubernetes.io/hostname")]}}
    assert len(refused(RULE, workload(2, topologySpreadConstraints=None, affinity={**drawn, **apart}))) == 1


def test_a_rollout_of_another_workload_has_no_pods_of_its_own() -> None:
    judged = resource({"metadata": META, "spec": {"replicas": 2, "workloadRef": {"name": "x"}}}, KINDS[2])
    assert messages(RULE, judged) == []


def test_a_patch_need_not_spread() -> None:
    assert messages(RULE, workload(None, f"{KINDS[0]}Patch", topologySpreadConstraints=None)) == []


def test_workloads_of_a_list_are_judged() -> None:
    listed = resource({"items": [workload(2).properties, workload(1).properties]}, "kubernetes:apps/v1:DeploymentList")
    assert "items[1].spec.replicas" in refused(RULE, listed)[0]


@pytest.mark.parametrize(
    ("judged", "place"),
    [
        (workload(UNKNOWN), "spec.replicas"),
        (workload(2, topologySpreadConstraints=UNKNOWN), "topologySpreadConstraints"),
        (workload(2, topologySpreadConstraints=[spread(UNKNOWN)]), "topologySpreadConstraints[0].topologyKey"),
        (workload(2, topologySpreadConstraints=None, affinity=UNKNOWN), "affinity"),
    ],
)
def test_unknown_values_are_not_judged(judged: Resource, place: str) -> None:
    (message,) = unjudged(RULE, judged)
    assert place in message
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("replicas", ["2", True, 2.5, [], {}])
def test_a_number_of_the_wrong_type_is_refused(replicas: object) -> None:
    assert "a whole number belongs" in refused(RULE, workload(replicas))[0]


def test_a_secret_number_is_judged_and_not_printed() -> None:
    assert "is a secret value" in refused(RULE, workload(Secret(1)))[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", [HPA, KEDA])
def test_an_autoscaler_that_keeps_two_pods_passes(kind: str, by: str) -> None:
    assert stack_messages(RULE, workload(None, kind), scaler(2, kind, by)) == []
    assert stack_messages(RULE, workload(None, kind), scaler(1, kind, by), scaler(3, kind, by)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", [HPA, KEDA])
@pytest.mark.parametrize("least", [1, 0, None, "2"])
def test_an_autoscaler_that_may_leave_one_is_refused(kind: str, by: str, least: object) -> None:
    (message,) = stack_messages(RULE, workload(None, kind), scaler(least, kind, by))
    assert message.startswith(kind)
    assert "spec.replicas is left to an autoscaler that may leave fewer" in message
    assert "2 or more" in message


def test_an_autoscaler_without_a_fewest_keeps_one_and_a_scaled_object_none() -> None:
    assert stack_messages(RULE, workload(None), scaler(None), leastReplicas=1) == []
    assert len(stack_messages(RULE, workload(None), scaler(None, kind=KEDA), leastReplicas=1)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_workload_without_a_number_and_an_autoscaler_is_refused(kind: str) -> None:
    (message,) = stack_messages(RULE, workload(None, kind), scaler(2, name="other"))
    assert "spec.replicas is not set, which is 1" in message
    assert len(stack_messages(RULE, workload(None, kind))) == 1


@pytest.mark.parametrize("replicas", [1, 2, UNKNOWN])
def test_a_number_of_its_own_is_left_to_the_resource_rule(replicas: object) -> None:
    assert stack_messages(RULE, workload(replicas)) == []


def test_other_kinds_and_patches_need_no_number() -> None:
    assert stack_messages(RULE, workload(None, "kubernetes:apps/v1:DaemonSet")) == []
    assert stack_messages(RULE, workload(None, f"{KINDS[0]}Patch")) == []


def test_an_unknown_autoscaler_or_bound_is_not_judged() -> None:
    for unknown in (scaler(UNKNOWN), scaler(2, name=UNKNOWN), scaler(1, name=UNKNOWN)):
        (message,) = stack_messages(RULE, workload(None), unknown)
        assert "could not judge" in message
        assert "spec.replicas" in message
    assert stack_messages(RULE, workload(None), scaler(UNKNOWN), scaler(2)) == []
    unnamed = workload(None, KINDS[0], {"name": UNKNOWN, "namespace": "storefront"})
    assert "could not judge" in stack_messages(RULE, unnamed, scaler(2))[0]
    assert "not set" in stack_messages(RULE, unnamed)[0]
