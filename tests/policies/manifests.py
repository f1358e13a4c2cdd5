"""Pods and their owners for the tests of rules: a pod that passes every rule, and ways to change and wrap it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi_policy import EnforcementLevel

from policies.config import parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.edits import apply
from policies.findings import Edit
from policies.rule import Resource, Stack
from policies.rules import RULES
from policies.unknowns import decode_struct

Json = dict[str, Any]

DIGEST = "sha256:" + "5e" * 32
IMAGE = f"registry.example.com/agents/web@{DIGEST}"
NAMESPACE = "storefront"
LABELS = {
    "app.kubernetes.io/name": "web",
    "app.kubernetes.io/instance": "storefront-web",
    "app.kubernetes.io/version": "1.0.0",
    "app.kubernetes.io/component": "server",
    "app.kubernetes.io/part-of": "storefront",
    "app.kubernetes.io/managed-by": "pulumi",
}
META = {"name": "web", "namespace": NAMESPACE, "labels": LABELS}
HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
SIZES = {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"}
LISTS = ("initContainers", "containers", "ephemeralContainers")
SIZED = ("initContainers", "containers")
UNTRUSTED = {"labels": {"agent-platform.dev/trust": "untrusted"}}
TODAY = datetime.date(2026, 11, 21)


def container(name: str = "app", **security: object) -> Json:
    """A container that passes every rule, with changes to its securityContext."""
    return {
        "name": name,
        "image": IMAGE,
        "imagePullPolicy": "Always",
        "securityContext": {**copy.deepcopy(HARDENED), **security},
        "resources": {"requests": dict(SIZES), "limits": dict(SIZES)},
        "readinessProbe": {"httpGet": {"path": "/health/ready", "port": 8080}},
        "livenessProbe": {"httpGet": {"path": "/health/live", "port": 8080}},
    }


def spec(**fields: object) -> Json:
    """A pod spec that passes every rule, with fields replaced."""
    return {
        "serviceAccountName": "web",
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}},
            }
        ],
        "containers": [container()],
        **fields,
    }


def template(pod: Any, metadata: Json | None = None) -> Json:
    """The pod template around a spec."""
    return {"metadata": {"labels": LABELS} if metadata is None else metadata, "spec": pod}


def _owner(*keys: str) -> Callable[[Json], Json]:
    """What makes an object of a template: it is put below the keys."""

    def wrap(inner: Json) -> Json:
        for key in reversed(keys):
            inner = {key: inner}
        return {"metadata": META, **inner}

    return wrap


def _pod(inner: Json) -> Json:
    metadata = inner["metadata"]
    return {**inner, "metadata": {**META, **metadata} if isinstance(metadata, dict) else metadata}


def _workflow(inner: Json) -> Json:
    pod = inner["spec"]
    steps = {"name": "run", "metadata": inner["metadata"]}
    rest = {key: value for key, value in pod.items() if key not in LISTS}
    return {
        "metadata": META,
        "spec": {
            **rest,
            "templates": [
                {
                    **steps,
                    "containerSet": {"containers": pod.get("containers", [])},
                    "initContainers": pod.get("initContainers", []),
                    "sidecars": pod.get("ephemeralContainers", []),
                }
            ],
        },
    }


def _replicated(inner: Json) -> Json:
    return {"metadata": META, "spec": {"replicas": 2, "template": inner}}


def _cron_workflow(inner: Json) -> Json:
    return {"metadata": META, "spec": {"workflowSpec": _workflow(inner)["spec"]}}


def _sandbox(inner: Json) -> Json:
    pod = inner["spec"]
    isolated = {"runtimeClassName": "gvisor", **pod} if isinstance(pod, dict) else pod
    return {"metadata": META, "spec": {"podTemplate": {**inner, "spec": isolated}}}


def _node_sets(inner: Json) -> Json:
    return {"metadata": META, "spec": {"nodeSets": [{"podTemplate": inner}]}}


KINDS: Mapping[str, Callable[[Json], Json]] = {
    "kubernetes:core/v1:Pod": _pod,
    "kubernetes:core/v1:PodList": lambda inner: {"items": [_pod(inner)]},
    "kubernetes:core/v1:List": lambda inner: {"items": [{"apiVersion": "v1", "kind": "Pod", **_pod(inner)}]},
    "kubernetes:core/v1:PodTemplate": _owner("template"),
    "kubernetes:core/v1:ReplicationController": _replicated,
    "kubernetes:apps/v1:Deployment": _replicated,
    "kubernetes:apps/v1:DeploymentList": lambda inner: {"items": [_replicated(inner)]},
    "kubernetes:apps/v1:DeploymentPatch": _owner("spec", "template"),
    "kubernetes:apps/v1:ReplicaSet": _replicated,
    "kubernetes:apps/v1:StatefulSet": _replicated,
    "kubernetes:apps/v1:DaemonSet": _owner("spec", "template"),
    "kubernetes:extensions/v1beta1:DaemonSet": _owner("spec", "template"),
    "kubernetes:batch/v1:Job": _owner("spec", "template"),
    "kubernetes:batch/v1:CronJob": _owner("spec", "jobTemplate", "spec", "template"),
    "kubernetes:batch/v1:CronJobPatch": _owner("spec", "jobTemplate", "spec", "template"),
    "kubernetes:argoproj.io/v1alpha1:Rollout": _replicated,
    "kubernetes:argoproj.io/v1alpha1:Workflow": _workflow,
    "kubernetes:argoproj.io/v1alpha1:WorkflowTemplate": _workflow,
    "kubernetes:argoproj.io/v1alpha1:ClusterWorkflowTemplate": _workflow,
    "kubernetes:argoproj.io/v1alpha1:CronWorkflow": _cron_workflow,
    "kubernetes:keda.sh/v1alpha1:ScaledJob": _owner("spec", "jobTargetRef", "template"),
    "kubernetes:agents.x-k8s.io/v1alpha1:Sandbox": _sandbox,
    "kubernetes:extensions.agents.x-k8s.io/v1alpha1:SandboxTemplate": _sandbox,
    "kubernetes:example.com/v1:Backup": _owner("spec", "jobTemplate", "spec", "template"),
    "kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch": _node_sets,
}
PATCHES = tuple(kind for kind in KINDS if kind.endswith("Patch"))
WHOLE = tuple(kind for kind in KINDS if not kind.endswith("Patch"))
EDITABLE = tuple(kind for kind in KINDS if "Workflow" not in kind)


def resource(properties: object, kind: str = "kubernetes:apps/v1:Deployment", name: str = "web") -> Resource:
    """A resource as the engine would hand it over."""
    return Resource(kind, f"urn:pulumi:dev::project::{kind}::{name}", name, properties)


def owned(pod: Any, kind: str = "kubernetes:apps/v1:Deployment", metadata: Json | None = None) -> Resource:
    """A resource of any kind that makes this pod."""
    return resource(KINDS[kind](template(pod, metadata)), kind)


def diagnostics(rule: str, judged: Resource, **options: object) -> list[Diagnostic]:
    """What one rule, with its options, says about a resource."""
    chosen = [each for each in RULES if each.name == rule]
    assert len(chosen) == 1, f"no rule is named {rule}"
    return Dispatcher(chosen, parse({rule: options}, chosen, today=TODAY)).evaluate(judged)


def messages(rule: str, judged: Resource, **options: object) -> list[str]:
    """The sentences of one rule about a resource; each is whole."""
    return _whole(diagnostics(rule, judged, **options))


def _whole(found: list[Diagnostic]) -> list[str]:
    for each in found:
        assert "Fix: " in each.message
        assert "Fix: None" not in each.message
    return [each.message for each in found]


def refused(rule: str, judged: Resource, **options: object) -> list[str]:
    """The violations of one rule, without what it could not judge."""
    return [text for text in messages(rule, judged, **options) if not text.startswith("could not judge")]


def unjudged(rule: str, judged: Resource, **options: object) -> list[str]:
    """What one rule could not judge."""
    return [text for text in messages(rule, judged, **options) if text.startswith("could not judge")]


def edits_of(rule: str, judged: Resource) -> tuple[Edit, ...]:
    """The edits with which one rule would mend a resource."""
    (chosen,) = (each for each in RULES if each.name == rule)
    return Dispatcher([chosen]).edits(chosen, judged)


def mended(rule: str, judged: Resource, **options: object) -> Resource:
    """The resource after one remediation by a rule, in the wire form and back, as in the engine."""
    chosen = [each for each in RULES if each.name == rule]
    dispatcher = Dispatcher(chosen, parse({rule: options}, chosen, today=TODAY), {rule: EnforcementLevel.REMEDIATE})
    properties = Struct()
    properties.update(judged.properties)
    apply(properties, dispatcher.edits(chosen[0], judged))
    return judged._replace(properties=decode_struct(properties))


def stack_of(*resources: Resource, preview: bool = False) -> Stack:
    """A stack of these resources."""
    return Stack(resources, preview=preview)


def stack_messages(rule: str, *resources: Resource, preview: bool = False, **options: object) -> list[str]:
    """The sentences of one rule about a whole stack."""
    chosen = [each for each in RULES if each.name == rule]
    dispatcher = Dispatcher(chosen, parse({rule: options}, chosen, today=TODAY))
    return _whole(dispatcher.evaluate_stack(stack_of(*resources, preview=preview)))


def with_container(name: str, changed: Json) -> Json:
    """A passing pod with one more container in the named list."""
    pod = spec()
    pod[name] = [*pod.get(name, []), changed]
    return pod


def in_list(where: str, changed: Json) -> Json:
    """A passing pod with this container alone in the named list."""
    return spec(**{"containers": [container()], where: [changed]})


def resourced(requests: object = None, limits: object = None, name: str = "odd") -> Json:
    """A container that passes every rule, with these resources."""
    return {**container(name), "resources": {"requests": requests, "limits": limits}}
