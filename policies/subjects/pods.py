"""The pods that a resource makes: from built-in kinds, their Patch and List forms, and custom resources.

A pod here is a view for reading, in which an unreadable spec or list of containers carries its state into every field
read from it. Helm releases are not looked into: their pods are not in the resource. Argo Workflows, whose pods are
spread over a workflow, are in workflows.py. Custom resources are searched for pods at the places where operators are
known to have them, since there a part that is unknown may be one, and then everywhere for lists of containers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from policies.findings import Keys
from policies.rule import Area, Resource
from policies.subjects.workflows import WORKFLOW_SPECS, named, overlaid, workflow_pods
from policies.unknowns import ABSENT, UNKNOWN, Field, Secret, is_object, joined

LISTS: Final = ("initContainers", "containers", "ephemeralContainers")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("postStart", "preStop")
_BUILT_IN: Final[dict[str, tuple[str, ...]]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_POD_GROUPS: Final = frozenset({"core", "apps", "batch", "extensions"})
_OTHER_GROUPS: Final = frozenset(
    {
        *("admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "auditregistration.k8s.io"),
        *("autoscaling", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io"),
        *("flowcontrol.apiserver.k8s.io", "helm.sh", "kustomize", "lifecycle.k8s.io", "meta", "networking.k8s.io"),
        *("node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io"),
        *("settings.k8s.io", "storage.k8s.io", "storagemigration.k8s.io", "yaml"),
    }
)
_PATTERNS: Final = ("kyverno.io", "gatekeeper.sh")
"""The groups of policies, which hold patterns of pods."""
_PATCHED: Final = "monitoring.coreos.com"
"""The group whose operator makes the pods, and takes what a resource lists as patches of its own containers."""
_EACH: Final = "*"
_TEMPLATES: Final[tuple[tuple[str, ...], ...]] = (
    ("spec", "template"),  # Argo Rollout, Knative Service, Kubeflow and the like
    ("spec", "jobTemplate", "spec", "template"),
    ("spec", "jobTargetRef", "template"),  # KEDA ScaledJob
    ("spec", "podTemplate"),  # agent-sandbox Sandbox and SandboxTemplate, ECK Kibana and Logstash
    ("spec", "nodeSets", _EACH, "podTemplate"),  # ECK Elasticsearch
    ("spec", "daemonSet", "podTemplate"),  # ECK Beat
    ("spec", "deployment", "podTemplate"),
    *(
        ("spec", *cluster, *group, "template")
        for cluster in ((), ("rayClusterSpec",), ("rayClusterConfig",))  # RayCluster, RayJob, RayService
        for group in (("headGroupSpec",), ("workerGroupSpecs", _EACH))
    ),
    ("spec", "submitterPodTemplate"),  # RayJob
    *(
        ("spec", f"{framework}ReplicaSpecs", _EACH, "template")  # Kubeflow's PyTorchJob and the like
        for framework in ("pytorch", "tf", "mpi", "xgb", "paddle", "jax")
    ),
    ("spec", "tasks", _EACH, "template"),  # Volcano Job
    ("spec", "replicatedJobs", _EACH, "template", "spec", "template"),  # JobSet
    ("spec", "leaderWorkerTemplate", "leaderTemplate"),  # LeaderWorkerSet
    ("spec", "leaderWorkerTemplate", "workerTemplate"),
)
_DEPTH: Final = 10
_WHOLE: Final = (("template",), ("podTemplate",), ("podSpec",))
_NOT_SEARCHED: Final = frozenset({*LISTS, "values", "valuesObject", "openAPIV3Schema"})
"""Containers themselves, the values of Helm charts, and schemas."""
_STEPS: Final = ("steps", "sidecars")  # Tekton
_SERVERS: Final = (("predictor",), ("transformer",), ("explainer",))  # KServe InferenceService
_MODELS: Final = (
    *("model", "sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx", "huggingface", "pmml", "lightgbm"),
    "paddle",
)


class Pod(NamedTuple):
    """One pod: its spec, its metadata, its containers of all three lists.

    `partial` is true of a Patch: a field that it lacks may be set by another owner and is not demanded.
    """

    spec: Field
    metadata: Field
    containers: tuple[Field, ...]
    partial: bool

    def at(self, *keys: str) -> Field:
        """A field of the pod's spec."""
        return self.spec.at(*keys)

    @property
    def complete(self) -> bool:
        """Whether a field that is absent here is absent from the pod."""
        return not self.partial


def concerns(token: str) -> bool:
    """Whether a resource of this type can hold pods."""
    module, _, kind = token.removeprefix("kubernetes:").partition(":")
    if not token.startswith("kubernetes:") or not kind:
        return False
    group = module.partition("/")[0]
    if group in _POD_GROUPS:
        return kind == "List" or kind.removesuffix("Patch").removesuffix("List") in _BUILT_IN
    return group not in _OTHER_GROUPS


def pods_of(resource: Resource) -> tuple[Pod, ...]:
    """Every pod of a resource, in the order of its manifest."""
    return resource.view(_found)


def _found(resource: Resource) -> tuple[Pod, ...]:
    module, _, kind = resource.type.removeprefix("kubernetes:").partition(":")
    return tuple(_pods(Field(resource.properties, "", base=()), module.partition("/")[0], kind))


def _pods(root: Field, group: str, kind: str) -> Iterator[Pod]:
    partial = kind.endswith("Patch")
    kind = kind.removesuffix("Patch")
    if group in _POD_GROUPS and kind in _BUILT_IN:
        yield pod_from(root.at(*_BUILT_IN[kind]), partial=partial)
    elif kind.endswith("List") and root.at("items").value is not ABSENT:
        for item in root.at("items").items():
            pods = list(_pods(item, *_listed(item, group, kind)))
            yield from pods
            if kind == "List" and item.at("kind").value is UNKNOWN and not pods:
                yield pod_from(item.replaced(value=UNKNOWN), partial=True)
    elif group == "argoproj.io" and kind in WORKFLOW_SPECS:
        for spec, metadata, containers in workflow_pods(root.replaced(base=None), kind):
            yield Pod(spec, metadata, containers, partial)
    else:
        yield from _custom(root, group, partial=partial)


def _listed(item: Field, group: str, kind: str) -> tuple[str, str]:
    if kind != "List":
        return group, kind.removesuffix("List")
    named, version = item.at("kind").value, item.at("apiVersion").value
    group = version.rpartition("/")[0] if isinstance(version, str) else ""
    return group or "core", named if isinstance(named, str) else ""


def _custom(root: Field, group: str, *, partial: bool) -> Iterator[Pod]:
    seen: set[Keys] = set()
    for path in _TEMPLATES:
        for template in _expanded(root, path):
            if template.keys not in seen and _is_pod_template(template):
                seen |= {template.keys, (*template.keys, "spec")}
                yield pod_from(template, partial=partial)
    if group in _POD_GROUPS | _OTHER_GROUPS or group.endswith(_PATTERNS):
        return
    for field, parent in _searched(root, root, _DEPTH):
        if field.keys not in seen:
            owner = parent if field.keys[-1:] == ("spec",) else root
            yield from _pods_in(field, owner.at("metadata"), group, partial=partial)


def _searched(field: Field, parent: Field, depth: int) -> Iterator[tuple[Field, Field]]:
    """Every object down to a depth, and what is unknown where a pod could be, each with what it is in."""
    if field.value is UNKNOWN:
        if field.keys[-1:] in _WHOLE or (field.keys[-1:] == ("spec",) and parent.keys[-1:] in _WHOLE):
            yield field, parent
    elif is_object(field.value):
        yield field, parent
        for key in field.value if depth and not _workflow_kind(field) else ():
            if key not in _NOT_SEARCHED:
                yield from _searched(field.at(key), field, depth - 1)
    elif isinstance(field.value, list) and depth:
        for item in field.items():
            yield from _searched(item, field, depth - 1)


def _pods_in(field: Field, metadata: Field, group: str, *, partial: bool) -> Iterator[Pod]:
    workflow = _workflow_kind(field)
    if workflow:
        for spec, own, containers in workflow_pods(field.replaced(base=None), workflow):
            yield Pod(spec, own, containers, partial)
    elif field.value is UNKNOWN or any(_lists_objects(field.at(name)) for name in LISTS):
        yield _pod(field, metadata, partial=partial or group == _PATCHED)
    elif group == "tekton.dev" and any(_lists_objects(field.at(name)) for name in _STEPS):
        yield _pod(field, metadata, partial=True)._replace(containers=tuple(_steps(field)))
    elif group == "tekton.dev" and field.keys[-1:] == ("podTemplate",):
        yield _pod(field, metadata, partial=True)
    elif group == "serving.kserve.io" and field.keys[-1:] in _SERVERS:
        models = [field.at(name) for name in _MODELS if field.at(name).value is not ABSENT]
        containers = tuple(each.owned_by(f"container of the model ({joined(each.keys)})") for each in models)
        yield _pod(field, metadata, partial=True)._replace(containers=containers)


def _workflow_kind(field: Field) -> str:
    """The kind of an Argo Workflow that is inside of another resource, such as a Sensor; empty for anything else."""
    kind, version = field.at("kind").value, field.at("apiVersion").value
    argo = isinstance(version, str) and version.startswith("argoproj.io/")
    return kind if argo and isinstance(kind, str) and kind in WORKFLOW_SPECS else ""


def _lists_objects(field: Field) -> bool:
    """Whether a field is a list of objects, or may be one."""
    if not isinstance(field.value, list):
        return field.value is UNKNOWN
    return any(item.value is UNKNOWN or is_object(item.value) for item in field.items())


def _steps(task: Field) -> Iterator[Field]:
    """The containers of a Tekton task. A step has what the template of steps sets, and another name for resources."""
    shared = task.at("stepTemplate")
    for name in _STEPS:
        for item in task.at(name).items():
            value = overlaid(shared.value, item.value) if name == "steps" and shared.value is not ABSENT else item.value
            step = item.replaced(value=value, secret=item.secret or shared.secret, base=None)
            asked = step.at("computeResources")
            if is_object(step.value) and asked.value is not ABSENT:
                step = step.replaced(
                    value={**step.value, "resources": Secret(asked.value) if asked.secret else asked.value}
                )
            yield step.owned_by(f"container {named(item)} ({joined(item.keys)})")


def _expanded(root: Field, path: tuple[str, ...]) -> Iterator[Field]:
    field = root
    for depth, key in enumerate(path):
        if field.value is UNKNOWN:
            break
        if key == _EACH:
            entries = (item for _, item in field.entries()) if is_object(field.value) else field.items()
            for item in entries:
                yield from _expanded(item, path[depth + 1 :])
            return
        field = field.at(key)
    yield field


def _is_pod_template(template: Field) -> bool:
    if template.value is UNKNOWN:
        return True
    spec = template.at("spec").value
    return spec is UNKNOWN or (is_object(spec) and any(name in spec for name in LISTS))


def pod_from(template: Field, *, partial: bool) -> Pod:
    """The pod that a template (or a Pod object) describes."""
    return _pod(template.at("spec"), template.at("metadata"), partial=partial)


def handlers(container: Field) -> Iterator[Field]:
    """The probes and lifecycle hooks that a container has."""
    lifecycle = container.at("lifecycle")
    hooks = () if lifecycle.value is ABSENT else [lifecycle.at(name) for name in _HOOKS]
    for handler in (*(container.at(name) for name in _PROBES), *hooks):
        if handler.value is not ABSENT:
            yield handler


def _pod(spec: Field, metadata: Field, *, partial: bool) -> Pod:
    path = joined(spec.keys)
    pod = spec.owned_by(f"pod ({path})")
    readable = spec.value is ABSENT or is_object(spec.value)
    containers = tuple(each for name in LISTS for each in _containers(spec, path, name)) if readable else (pod,)
    return Pod(pod, metadata.owned_by(f"pod metadata ({joined(metadata.keys)})"), containers, partial)


def _containers(spec: Field, path: str, name: str) -> Iterator[Field]:
    listed = spec.at(name)
    if listed.value is ABSENT:
        return
    if not isinstance(listed.value, list):
        yield from (item.owned_by(f"containers ({path}.{name})") for item in listed.items())
        return
    for index, item in enumerate(listed.items()):
        yield item.owned_by(f"container {named(item)} ({path}.{name}[{index}])")


PODS: Final = Area(concerns=concerns, subjects=pods_of)
