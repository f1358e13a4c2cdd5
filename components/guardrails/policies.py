"""The cluster-wide ValidatingAdmissionPolicies as pure manifests.

They are made once per cluster and act in every namespace that carries the team label. What differs between teams
(registries, ceilings) stands in annotations of the team's namespace, which only the platform layer writes; a
namespace without them admits no pods. Annotations rather than a `paramKind`: the API server never serves parameters
of a built-in kind again once its last policy was deleted (kubernetes/kubernetes, admission/plugin/policy/generic),
so a stack could not be destroyed and made again. CEL: https://kubernetes.io/docs/reference/using-api/cel/
"""

from components.labels import (
    ALLOWED_REGISTRIES,
    CPU_CEILING,
    GPU,
    GPU_CEILING,
    MEMORY_CEILING,
    TEAM,
    Component,
    labels,
    metadata,
)
from components.manifest import Manifest

VERSION = "1.0.0"
_WORKLOADS = {
    "": ["pods", "replicationcontrollers"],
    "apps": ["deployments", "replicasets", "statefulsets", "daemonsets"],
    "batch": ["jobs", "cronjobs"],
}
_WITH_DEBUGGING = {**_WORKLOADS, "": [*_WORKLOADS[""], "pods/ephemeralcontainers"]}
_VARIABLES = {
    "pod": """dyn(object).kind == "Pod" ? dyn(object).spec
      : dyn(object).kind == "CronJob" ? dyn(object).spec.jobTemplate.spec.template.spec
      : dyn(object).spec.template.spec""",
    "containers": """variables.pod.containers
      + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])""",
    "images": """(variables.containers
      + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])).map(c, c.image)""",
    "team": "namespaceObject.metadata.annotations",
    "limits": """variables.containers.map(c,
      has(c.resources) && has(c.resources.limits) ? c.resources.limits : {})""",
}


def images() -> Manifest:
    """Return the policy that holds images to the team's registries and to digests."""
    allowed = f'variables.team["{ALLOWED_REGISTRIES}"]'
    return _policy(
        "images",
        _WITH_DEBUGGING,
        ["team", "pod", "containers", "images"],
        [
            (
                f'variables.images.all(i, {allowed}.split(",").exists(r, i.startsWith(r + "/")))',
                f'"an image is not from an allowed registry; allowed: " + {allowed}',
            ),
            (
                'variables.images.all(i, i.matches("@sha256:[0-9a-f]{64}$"))',
                '"an image is not pinned by digest; write registry/repository@sha256:<digest>"',
            ),
        ],
    )


def resources() -> Manifest:
    """Return the policy that holds containers to limits (requests default to them) and to the team's ceiling."""
    return _policy(
        "resources",
        _WORKLOADS,
        ["team", "pod", "containers", "limits"],
        [
            (
                'variables.limits.all(l, "cpu" in l && "memory" in l)',
                '"a container has no CPU or memory limit; set resources.limits"',
            ),
            _under_ceiling("cpu", CPU_CEILING),
            _under_ceiling("memory", MEMORY_CEILING),
            _under_ceiling(GPU, GPU_CEILING),
        ],
    )


def _under_ceiling(resource: str, annotation: str) -> tuple[str, str]:
    ceiling = f'variables.team["{annotation}"]'
    within = f'quantity(string(l["{resource}"])).compareTo(quantity({ceiling})) <= 0'
    return (
        f'variables.limits.all(l, !("{resource}" in l) || {within})',
        f'"a container\'s {resource} limit is over the ceiling of the team, which is " + {ceiling}',
    )


def identities() -> Manifest:
    """Return the policy that keeps agents from the API server and from each other's identity."""
    return _policy(
        "identities",
        _WORKLOADS,
        ["pod"],
        [
            (
                "has(variables.pod.automountServiceAccountToken) && !variables.pod.automountServiceAccountToken",
                '"the pod would get a token for the API server; set automountServiceAccountToken: false"',
            ),
            (
                'has(variables.pod.serviceAccountName) && variables.pod.serviceAccountName != "default"',
                '"the pod has no service account of its own; set serviceAccountName"',
            ),
        ],
    )


def binding(policy: Manifest) -> Manifest:
    """Return what puts a policy into force in every team's namespace."""
    name = policy["metadata"]["name"]
    return {
        "metadata": metadata(name, policy["metadata"]["labels"]),
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchExpressions": [{"key": TEAM, "operator": "Exists"}]}},
        },
    }


def _policy(
    role: str, rules: dict[str, list[str]], variables: list[str], validations: list[tuple[str, str]]
) -> Manifest:
    """Return a policy: `rules` maps API groups to resources, `validations` are expressions with their messages."""
    matched = [
        {"apiGroups": [group], "apiVersions": ["v1"], "resources": kinds, "operations": ["CREATE", "UPDATE"]}
        for group, kinds in rules.items()
    ]
    name = f"agent-platform-{role}"
    return {
        "metadata": metadata(name, labels(name, name, Component.GUARDRAIL, "agent-platform", VERSION)),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": matched},
            "variables": [{"name": name, "expression": _VARIABLES[name]} for name in variables],
            "validations": [
                {"expression": expression, "messageExpression": message} for expression, message in validations
            ],
        },
    }
