"""The pods in custom resources, at known places and anywhere else."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.subjects.pods import pods_of
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import container, edits_of, refused, resource, spec, template, unjudged

RULE = "pod-no-privileged"
BAD = spec(containers=[container(privileged=True)])
WIDGET = "example.com/v1:Widget"


def custom(body: object, kind: str = WIDGET, **fields: object) -> Resource:
    return resource({"spec": body, **fields}, f"kubernetes:{kind}")


def ray(pod: object) -> dict[str, Any]:
    return {"headGroupSpec": {"template": pod}, "workerGroupSpecs": [{"template": pod}]}


def trained(pod: object) -> dict[str, Any]:
    return {"Master": {"template": pod}, "Worker": {"template": pod}}


def nested(value: object, *keys: str) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


MAKERS: list[tuple[str, Any, int]] = [
    ("ray.io/v1:RayCluster", ray, 2),
    ("ray.io/v1:RayJob", lambda pod: {"rayClusterSpec": ray(pod), "submitterPodTemplate": pod}, 3),
    ("ray.io/v1:RayService", lambda pod: {"rayClusterConfig": ray(pod)}, 2),
    ("batch.volcano.sh/v1alpha1:Job", lambda pod: {"tasks": [{"template": pod}, {"template": pod}]}, 2),
    ("kubeflow.org/v1:PyTorchJob", lambda pod: {"pytorchReplicaSpecs": trained(pod)}, 2),
    ("kubeflow.org/v1:TFJob", lambda pod: {"tfReplicaSpecs": trained(pod)}, 2),
    ("kubeflow.org/v1:MPIJob", lambda pod: {"mpiReplicaSpecs": trained(pod)}, 2),
    ("kubeflow.org/v1:XGBoostJob", lambda pod: {"xgbReplicaSpecs": trained(pod)}, 2),
    ("kubeflow.org/v1:PaddleJob", lambda pod: {"paddleReplicaSpecs": trained(pod)}, 2),
    ("kubeflow.org/v1:JAXJob", lambda pod: {"jaxReplicaSpecs": trained(pod)}, 2),
]


@pytest.mark.parametrize(("kind", "body", "count"), MAKERS)
def test_the_pods_of_known_operators_are_judged_once_each(kind: str, body: Any, count: int) -> None:
    assert len(refused(RULE, custom(body(template(BAD)), kind))) == count
    assert len(pods_of(custom(body(template(spec())), kind))) == count
    assert refused(RULE, custom(body(template(spec())), kind)) == []


@pytest.mark.parametrize(("kind", "body", "count"), MAKERS)
def test_unknown_pods_of_known_operators_are_not_judged_and_never_pass(kind: str, body: Any, count: int) -> None:
    for unknown in (UNKNOWN, {"spec": UNKNOWN}, {"spec": {"containers": UNKNOWN}}):
        (message,) = unjudged(RULE, custom(body(unknown), kind))
        assert f"could not judge {count} value" in message
    for key in body({}):
        (message,) = unjudged(RULE, custom({key: UNKNOWN}, kind))
        assert "could not judge 1 value" in message


@pytest.mark.parametrize("name", ["containers", "initContainers", "ephemeralContainers"])
@pytest.mark.parametrize("keys", [("runner",), ("spec",), ("runner", "spec"), ("a", "b", "c", "template", "spec"), ()])
def test_a_list_of_containers_anywhere_in_a_custom_resource_is_judged(keys: tuple[str, ...], name: str) -> None:
    body = nested({name: [container("odd", privileged=True)]}, *keys)
    path = ".".join(("spec", *keys, name))
    (message,) = refused(RULE, custom(body))
    assert f'container "odd" ({path}[0])' in message


def test_containers_are_found_inside_of_lists_and_in_an_object_that_has_a_pod_already() -> None:
    body = [{"containers": [container(privileged=True)], "worker": {"containers": [container(privileged=True)]}}]
    first, second = refused(RULE, custom({"sets": [body]}))
    assert "(spec.sets[0][0].containers[0])" in first
    assert "(spec.sets[0][0].worker.containers[0])" in second


def test_containers_are_found_ten_levels_below_a_custom_resource() -> None:
    keys = tuple("abcdefghi")
    assert len(refused(RULE, custom(nested(BAD, *keys)))) == 1
    assert refused(RULE, custom(nested(BAD, *keys, "j"))) == []


def test_what_is_found_can_be_mended() -> None:
    (edit,) = edits_of(RULE, custom({"runner": [BAD]}))
    assert edit.keys == ("spec", "runner", 0, "containers", 0, "securityContext", "privileged")


def test_the_metadata_of_a_pod_are_those_of_its_template_or_else_of_the_resource() -> None:
    own = {"spec": BAD, "metadata": {"labels": {"a": "inner"}}}
    outer = {"labels": {"a": "outer"}}
    (inner,) = pods_of(custom({"runner": own}, metadata=outer))
    (bare,) = pods_of(custom({"runner": BAD}, metadata=outer))
    assert [pod.metadata.at("labels", "a").value for pod in (inner, bare)] == ["inner", "outer"]


@pytest.mark.parametrize("wrap", [Secret, lambda value: {"inner": Secret([value])}])
def test_secret_parts_are_searched_and_not_printed(wrap: Any) -> None:
    hushed = spec(containers=[container("app", seccompProfile={"type": "hush"})])
    (message,) = refused("pod-seccomp", custom({"runner": wrap(hushed)}))
    assert "hush" not in message


@pytest.mark.parametrize(
    "body",
    [
        *({"runner": {key: UNKNOWN}} for key in ("template", "podTemplate", "podSpec", "containers", "initContainers")),
        *({"runner": {key: {"spec": UNKNOWN}}} for key in ("template", "podTemplate", "podSpec")),
        {"runner": {"containers": [UNKNOWN]}},
        {"runner": [{"template": UNKNOWN}]},
    ],
)
def test_an_unknown_part_where_a_pod_could_be_is_not_judged(body: object) -> None:
    assert len(unjudged(RULE, custom(body))) == 1
    assert refused(RULE, custom(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        {"size": UNKNOWN, "inner": {"spec": UNKNOWN}, "list": [UNKNOWN]},
        {"runner": {"containers": ["app", "proxy"], "initContainers": []}},
        {"runner": {"containers": {"type": "array"}, "ephemeralContainers": "none"}},
        *({key: BAD} for key in ("values", "valuesObject", "openAPIV3Schema")),
        {"deep": {"values": {"pod": BAD}}},
        {"predictor": {"model": container(privileged=True)}},
        {"steps": [container(privileged=True)], "podTemplate": {"hostNetwork": True}},
    ],
)
def test_what_is_no_pod_is_left_alone(body: object) -> None:
    assert pods_of(custom(body)) == ()


@pytest.mark.parametrize("group", ["kyverno.io", "policies.kyverno.io", "constraints.gatekeeper.sh"])
def test_the_patterns_of_policies_are_no_pods(group: str) -> None:
    assert pods_of(custom({"rules": [{"pattern": {"spec": BAD}}]}, f"{group}/v1:Policy")) == ()


@pytest.mark.parametrize(
    ("version", "kind"),
    [("v1", "ConfigMap"), ("apps/v1", "ControllerRevision"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition")],
)
def test_the_built_in_kinds_in_a_list_are_not_searched(version: str, kind: str) -> None:
    item = {"apiVersion": version, "kind": kind, "spec": {"runner": BAD}, "data": BAD}
    assert pods_of(resource({"items": [item]}, "kubernetes:core/v1:List")) == ()
    other = {**item, "apiVersion": "example.com/v1"}
    assert len(pods_of(resource({"items": [other]}, "kubernetes:core/v1:List"))) == 2


@pytest.mark.parametrize("server", ["predictor", "transformer", "explainer"])
@pytest.mark.parametrize("model", ["model", "sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx", "paddle"])
def test_the_pods_of_an_inference_service_are_judged(server: str, model: str) -> None:
    kind = "serving.kserve.io/v1beta1:InferenceService"
    (message,) = refused(RULE, custom({server: {model: container(privileged=True)}}, kind))
    assert f"container of the model (spec.{server}.{model})" in message
    assert len(refused("pod-no-host-namespaces", custom({server: {model: {}, "hostNetwork": True}}, kind))) == 1
    assert len(unjudged(RULE, custom({server: {model: UNKNOWN}}, kind))) == 1
    assert len(refused(RULE, custom({server: BAD}, kind))) == 1
    assert refused(RULE, custom({server: {model: {"modelFormat": {"name": "x"}}}}, kind)) == []


TASKS: list[tuple[str, Any]] = [
    ("Task", lambda task: task),
    ("TaskRun", lambda task: {"taskSpec": task}),
    ("Pipeline", lambda task: {"tasks": [{"name": "a", "taskSpec": task}]}),
    ("PipelineRun", lambda task: {"pipelineSpec": {"finally": [{"name": "a", "taskSpec": task}]}}),
]


@pytest.mark.parametrize(("kind", "wrap"), TASKS)
@pytest.mark.parametrize("name", ["steps", "sidecars"])
def test_the_steps_of_tekton_are_judged(kind: str, wrap: Any, name: str) -> None:
    kind = f"tekton.dev/v1:{kind}"
    (message,) = refused(RULE, custom(wrap({name: [container("odd", privileged=True)]}), kind))
    assert 'container "odd" (spec.' in message
    assert f"{name}[0])" in message
    assert refused(RULE, custom(wrap({name: [container()]}), kind)) == []
    for unknown in (UNKNOWN, [UNKNOWN]):
        assert len(unjudged(RULE, custom(wrap({name: unknown}), kind))) == 1
    volumes = [{"name": "v", "hostPath": {"path": "/"}}]
    assert len(refused("pod-no-host-path", custom(wrap({name: [container()], "volumes": volumes}), kind))) == 1


def test_a_step_has_what_the_template_of_steps_sets_and_a_sidecar_has_not() -> None:
    shared = {"securityContext": {"privileged": True}}
    body = {"stepTemplate": shared, "steps": [{"name": "a"}], "sidecars": [{"name": "b"}]}
    (message,) = refused(RULE, custom(body, "tekton.dev/v1:Task"))
    assert 'container "a"' in message
    assert len(unjudged(RULE, custom({**body, "stepTemplate": UNKNOWN}, "tekton.dev/v1:Task"))) == 1
    hushed = {"securityContext": {"seccompProfile": Secret({"type": "hush"})}}
    (message,) = refused("pod-seccomp", custom({**body, "stepTemplate": hushed}, "tekton.dev/v1:Task"))
    assert "hush" not in message


@pytest.mark.parametrize("wrap", [lambda value: value, Secret])
def test_a_steps_own_name_for_its_resources_is_read(wrap: Any) -> None:
    step = {"name": "a", "computeResources": wrap({"limits": {"nvidia.com/gpu": "777"}})}
    found = refused("gpu-whole-and-capped", custom({"steps": [step]}, "tekton.dev/v1:Task"))
    assert len(found) == 1
    assert ("777" in found[0]) is not isinstance(step["computeResources"], Secret)


@pytest.mark.parametrize("keys", [("podTemplate",), ("taskRunTemplate", "podTemplate")])
def test_the_pod_template_of_a_run_of_tekton_is_judged(keys: tuple[str, ...]) -> None:
    run = custom(nested({"hostNetwork": True}, *keys), "tekton.dev/v1:PipelineRun")
    assert len(refused("pod-no-host-namespaces", run)) == 1


@pytest.mark.parametrize("kind", ["Workflow", "CronWorkflow"])
def test_an_argo_workflow_inside_of_another_resource_is_judged_once(kind: str) -> None:
    inner = {"templates": [{"name": "a", "containerSet": {"containers": [container(privileged=True)]}}]}
    body = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind}
    body["spec"] = {"workflowSpec": inner} if kind == "CronWorkflow" else inner  # type: ignore[assignment]
    judged = custom({"triggers": [{"template": {"source": {"resource": body}}}]}, "argoproj.io/v1alpha1:Sensor")
    assert len(refused(RULE, judged)) == 1
    for other in ({**body, "kind": ["x"]}, {**body, "apiVersion": 5}, {**body, "apiVersion": "x.io/v1"}):
        assert len(refused(RULE, custom({"resource": other}))) == 1


@pytest.mark.parametrize("kind", ["Prometheus", "Alertmanager"])
def test_what_patches_an_operators_own_containers_is_judged_by_what_it_sets_alone(kind: str) -> None:
    def patching(**security: object) -> Resource:
        body = {"containers": [{"name": "reloader", "securityContext": security}]}
        return custom(body, f"monitoring.coreos.com/v1:{kind}")

    assert refused("pod-memory-limit", patching()) == []
    assert len(refused(RULE, patching(privileged=True))) == 1
