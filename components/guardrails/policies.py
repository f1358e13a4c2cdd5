"""The cluster-wide ValidatingAdmissionPolicies as pure manifests.

They are made once per cluster and act in every namespace that carries the team label. What differs between teams
(registries, ceilings) comes from a ConfigMap in the team's namespace, so a team adds parameters and no policy. A
namespace without parameters admits no pods. CEL: https://kubernetes.io/docs/reference/using-api/cel/
"""

from components.labels import GPU, GUARDRAIL_PARAMETERS, TEAM, Component, labels, metadata
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
    "limits": """variables.containers.map(c,
      has(c.resources) && has(c.resources.limits) ? c.resources.limits : {})""",
}


def images() -> Manifest:
    """Return the policy that holds images to the team's registries and to digests."""
    allowed = 'params.data.registries.split(",")'
    return _policy(
        "images",
        _WITH_DEBUGGING,
        ["pod", "containers", "images"],
        [
            (
                f'variables.images.all(i, {allowed}.exists(r, i.startsWith(r + "/")))',
                '"an image is not from an allowed registry; allowed: " + params.data.registries',
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
        ["pod", "containers", "limits"],
        [
            (
                'variables.limits.all(l, "cpu" in l && "memory" in l)',
                '"a container has no CPU or memory limit; set resources.limits"',
            ),
            _under_ceiling("cpu", "cpu"),
            _under_ceiling("memory", "memory"),
            _under_ceiling(GPU, "gpus"),
        ],
    )


def _under_ceiling(resource: str, parameter: str) -> tuple[str, str]:
    within = f'quantity(string(l["{resource}"])).compareTo(quantity(params.data.{parameter})) <= 0'
    return (
        f'variables.limits.all(l, !("{resource}" in l) || {within})',
        f'"a container\'s {resource} limit is over the ceiling of the team, which is " + params.data.{parameter}',
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
    """Return what puts a policy into force in every team's namespace, with that namespace's parameters."""
    name = policy["metadata"]["name"]
    return {
        "metadata": metadata(name, policy["metadata"]["labels"]),
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchExpressions": [{"key": TEAM, "operator": "Exists"}]}},
            "paramRef": {
                "selector": {"matchLabels": {GUARDRAIL_PARAMETERS: "true"}},
                "parameterNotFoundAction": "Deny",
            },
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
            "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
            "matchConstraints": {"resourceRules": matched},
            "variables": [{"name": name, "expression": _VARIABLES[name]} for name in variables],
            "validations": [
                {"expression": expression, "messageExpression": message, "reason": "Forbidden"}
                for expression, message in validations
            ],
        },
    }
