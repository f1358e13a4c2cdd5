"""Label selectors, and workloads with their numbers of pods."""

from typing import Any

import pytest

from policies.findings import Unjudged, Violation
from policies.rule import Stack
from policies.subjects.objects import objects_of
from policies.subjects.selectors import described, every, meets, same, scale_of, selects, some, workloads_in
from policies.unknowns import UNKNOWN, Opaque, Secret
from tests.policies.manifests import KINDS, PATCHES, WHOLE, owned, resource, spec
from tests.policies.rules.stack.builders import deployment, field, made

WEB = {"app": "web", "tier": "front"}


def expression(operator: Any, values: Any = None, key: Any = "app") -> Any:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": values}]}


@pytest.mark.parametrize(
    ("verdicts", "all_of_them", "one_of_them"),
    [
        ([], True, False),
        ([True, True], True, True),
        ([True, None], None, True),
        ([True, False, None], False, True),
        ([False, None], False, None),
        ([False, False], False, False),
    ],
)
def test_an_unknown_decides_only_where_nothing_else_does(verdicts: Any, all_of_them: Any, one_of_them: Any) -> None:
    assert every(verdicts) is all_of_them
    assert some(verdicts) is one_of_them


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [("a", "a", True), ("a", "b", False), (UNKNOWN, "a", None), ("a", UNKNOWN, None), (1, 1, False)],
)
def test_names_are_the_same_if_they_are_equal_strings(one: object, other: object, verdict: object) -> None:
    assert same(one, other) is verdict


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        ({}, True),
        (None, True),
        ({"app": "web"}, True),
        ({"app": "web", "tier": "front"}, True),
        ({"app": "api"}, False),
        ({"app": "web", "zone": "a"}, False),
        ({"app": UNKNOWN}, None),
        ({"app": UNKNOWN, "tier": "back"}, False),
        (UNKNOWN, None),
        (["app"], False),
        ({"app": 1}, False),
    ],
)
def test_labels_meet_what_they_hold(wanted: object, verdict: object) -> None:
    assert meets(field(wanted), field(WEB)) is verdict


@pytest.mark.parametrize(
    ("selector", "verdict"),
    [
        ({}, True),
        (None, False),
        (UNKNOWN, None),
        ("app=web", False),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchLabels": UNKNOWN}, None),
        ({"app": "web"}, False),
        (expression("In", ["web", "api"]), True),
        (expression("In", ["api"]), False),
        (expression("In", []), False),
        (expression("In", ["api", UNKNOWN]), None),
        (expression("In", UNKNOWN), None),
        (expression("NotIn", ["api"]), True),
        (expression("NotIn", ["web"]), False),
        (expression("NotIn", UNKNOWN), None),
        (expression("NotIn", ["api"], key="zone"), True),
        (expression("In", ["api"], key="zone"), False),
        (expression("Exists"), True),
        (expression("Exists", key="zone"), False),
        (expression("DoesNotExist"), False),
        (expression("DoesNotExist", key="zone"), True),
        (expression("Near", ["web"]), False),
        (expression("In", ["web"], key=UNKNOWN), None),
        (expression(UNKNOWN, ["web"]), None),
        (expression("Exists", key=3), False),
        ({"matchExpressions": [UNKNOWN]}, None),
        ({"matchExpressions": UNKNOWN}, None),
        ({"matchExpressions": "all"}, False),
        ({"matchLabels": {"app": "web"}, **expression("In", ["api"])}, False),
        ({"matchLabels": {"app": "api"}, **expression("In", ["web"])}, False),
    ],
)
def test_a_selector_selects_what_the_api_server_would(selector: object, verdict: object) -> None:
    assert selects(field(selector), field(WEB)) is verdict


@pytest.mark.parametrize(("operator", "verdict"), [("Exists", None), ("DoesNotExist", None), ("In", None)])
def test_an_unknown_label_decides_where_it_is_asked_for(operator: str, verdict: object) -> None:
    assert selects(field(expression(operator, ["web"])), field({"app": UNKNOWN})) is verdict
    assert selects(field({"matchLabels": {"app": "web"}}), field(UNKNOWN)) is verdict


@pytest.mark.parametrize("kind", WHOLE)
def test_every_kind_that_makes_pods_is_a_workload(kind: str) -> None:
    (workload,) = workloads_in(Stack([owned(spec(), kind)]))
    assert workload.owner.name == "web"
    assert len(workload.pods) == len(workload.labels) == 1
    assert workload.urn.endswith("::web")
    assert workload.kind in kind or kind.endswith("List")


def test_patches_and_other_kinds_are_no_workloads() -> None:
    others = [owned(spec(), kind) for kind in PATCHES]
    assert workloads_in(Stack([*others, made("core/v1:Service"), made("networking.k8s.io/v1:Ingress")])) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_templates_are_told_from_what_runs_by_itself(kind: str) -> None:
    templates = ("PodTemplate", "WorkflowTemplate", "ClusterWorkflowTemplate", "SandboxTemplate")
    for workload in workloads_in(Stack([owned(spec(), kind)])):
        assert workload.is_template is kind.endswith(tuple(f":{each}" for each in templates))


def scaler(kind: str = "autoscaling/v2:HorizontalPodAutoscaler", namespace: Any = "storefront", **fields: Any) -> Any:
    target = {"kind": "Deployment", "name": "web", **fields.pop("target", {})}
    return made(kind, "scaler", namespace, spec={"scaleTargetRef": target, **fields})


def scaled(*scalers: Any, **fields: Any) -> tuple[Any, Any]:
    stack = Stack([deployment(**fields), *scalers])
    (workload,) = workloads_in(stack)
    return tuple(scale_of(stack, workload))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("fields", "bounds"),
    [
        ({}, (1, 1)),
        ({"replicas": 3}, (3, 3)),
        ({"replicas": 0}, (0, 0)),
    ],
)
def test_a_workload_without_an_autoscaler_has_its_replicas(fields: Any, bounds: object) -> None:
    assert scaled(**fields) == bounds


def test_an_autoscaler_says_between_how_many_pods_a_workload_runs() -> None:
    assert scaled(scaler(minReplicas=2, maxReplicas=6), replicas=9) == (2, 6)
    assert scaled(scaler(maxReplicas=6), replicas=9) == (1, 6)
    assert scaled(scaler(), replicas=9) == (1, 1)
    keda = "keda.sh/v1alpha1:ScaledObject"
    assert scaled(scaler(keda, minReplicaCount=2, maxReplicaCount=6), replicas=9) == (2, 6)
    assert scaled(scaler(keda, target={"kind": None}), replicas=9) == (0, 100)


@pytest.mark.parametrize(
    "other",
    [
        scaler(maxReplicas=6, target={"name": "api"}),
        scaler(maxReplicas=6, target={"kind": "StatefulSet"}),
        scaler(maxReplicas=6, namespace="media"),
    ],
)
def test_the_autoscaler_of_another_workload_says_nothing(other: Any) -> None:
    assert scaled(other, replicas=9) == (9, 9)


def test_a_number_that_can_not_be_read_is_a_finding() -> None:
    least, most = scaled(replicas=UNKNOWN)
    assert least == most == Unjudged("spec.replicas")
    wrongs: list[Any] = ["3", True, -1, [], Opaque()]
    for wrong in wrongs:
        assert isinstance(scaled(replicas=wrong)[0], Violation)


def test_a_number_of_an_autoscaler_that_can_not_be_read_names_the_autoscaler() -> None:
    least, most = scaled(scaler(minReplicas=UNKNOWN, maxReplicas="6"))
    assert least == Unjudged('autoscaling/HorizontalPodAutoscaler "scaler": spec.minReplicas')
    assert isinstance(most, Violation)
    assert most.text.startswith('autoscaling/HorizontalPodAutoscaler "scaler": spec.maxReplicas is a string')


@pytest.mark.parametrize("key", ["kind", "apiVersion"])
def test_the_kind_of_an_object_is_not_shown_where_it_is_secret(key: str) -> None:
    item = {"apiVersion": "example.com/v1", "kind": "Hush", "metadata": {"name": "web"}}
    (plain,) = objects_of(resource({"items": [item]}, "kubernetes:core/v1:List"))
    assert described(plain) == 'example.com/Hush "web"'
    (hidden,) = objects_of(resource({"items": [{**item, key: Secret(item[key])}]}, "kubernetes:core/v1:List"))
    assert described(hidden) == 'an object of a secret kind "web"'
    (own,) = objects_of(resource({**item, key: Secret(item[key])}, "kubernetes:example.com/v1:Hush"))
    assert described(own) == 'example.com/Hush "web"'


def test_the_pods_of_a_secret_item_of_a_list_are_secret() -> None:
    item = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec(serviceAccountName="hush")}
    (workload,) = workloads_in(Stack((resource({"items": [Secret(item)]}, "kubernetes:core/v1:List"),), preview=False))
    (pod,) = workload.pods
    assert pod.at("serviceAccountName").text == "a secret value"
