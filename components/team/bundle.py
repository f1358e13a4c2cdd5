"""A team's namespace and what bounds it, as pure manifests."""

from components.config.team import Team
from components.labels import (
    ALLOWED_REGISTRIES,
    CPU_CEILING,
    GPU,
    GPU_CEILING,
    MEMORY_CEILING,
    NAMESPACE,
    RESIDENCY,
    ROLE,
    TEAM,
    Component,
    NamespaceRole,
    labels,
    metadata,
)
from components.manifest import Manifest

VERSION = "1.0.0"
_PRIVATE_DNS_PORTS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
_POD_IDENTITY_AGENT = ["169.254.170.23/32", "fd00:ec2::23/128"]
"""https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html"""


def priority_class_name(team: str) -> str:
    """Return the name of the team's PriorityClass."""
    return f"agent-platform-{team}"


def namespace(team: Team, registries: tuple[str, ...]) -> Manifest:
    """Return the namespace: Pod Security admits the restricted profile only, the guardrails find what they allow."""
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    allowed = {
        ALLOWED_REGISTRIES: ",".join(registries),
        CPU_CEILING: team.ceiling.cpu,
        MEMORY_CEILING: team.ceiling.memory,
        GPU_CEILING: str(team.ceiling.gpus),
        **({RESIDENCY: team.residency} if team.residency else {}),
    }
    return {
        "metadata": metadata(team.namespace, {**_labels(team), TEAM: team.name, **levels}, annotations=allowed),
    }


def quota(team: Team) -> Manifest:
    """Return the ResourceQuota: what all pods may reserve together; nothing is exposed past the ingress."""
    hard = {
        "requests.cpu": team.quota.cpu,
        "requests.memory": team.quota.memory,
        f"requests.{GPU}": str(team.quota.gpus),
        "pods": str(team.quota.pods),
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    return _object(team, "quota", {"spec": {"hard": hard}})


def limit_range(team: Team) -> Manifest:
    """Return the LimitRange: the ceiling of one container."""
    most = {"cpu": team.ceiling.cpu, "memory": team.ceiling.memory}
    return _object(team, "ceiling", {"spec": {"limits": [{"type": "Container", "max": most}]}})


def default_deny(team: Team) -> Manifest:
    """Return the NetworkPolicy that closes every pod both ways."""
    return _object(team, "default-deny", {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}})


def platform_traffic(team: Team) -> Manifest:
    """Return the NetworkPolicy for what every agent needs: names, identity, and being reached by the platform."""
    roles = [role.value for role in NamespaceRole]
    platform = {"namespaceSelector": {"matchExpressions": [{"key": ROLE, "operator": "In", "values": roles}]}}
    dns = {
        "namespaceSelector": {"matchLabels": {NAMESPACE: "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    spec = {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [platform]}],
        "egress": [
            {"to": [dns], "ports": _PRIVATE_DNS_PORTS},
            {
                "to": [{"ipBlock": {"cidr": cidr}} for cidr in _POD_IDENTITY_AGENT],
                "ports": [{"protocol": "TCP", "port": 80}],
            },
        ],
    }
    return _object(team, "platform-traffic", {"spec": spec})


def reader_role(team: Team) -> Manifest:
    """Return the Role of the team's people: they see what runs, but no secrets, and change it by their stack only."""
    rules = [
        {
            "apiGroups": [""],
            "resources": ["pods", "pods/log", "services", "events", "configmaps", "resourcequotas", "limitranges"],
        },
        {"apiGroups": ["apps"], "resources": ["deployments", "replicasets"]},
        {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"]},
        {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"]},
        {"apiGroups": ["events.k8s.io"], "resources": ["events"]},
        {"apiGroups": ["metrics.k8s.io"], "resources": ["pods"]},
    ]
    return _object(team, "reader", {"rules": [{**rule, "verbs": ["get", "list", "watch"]} for rule in rules]})


def reader_binding(team: Team) -> Manifest:
    """Return the RoleBinding of the team's SSO group."""
    return _object(
        team,
        "reader",
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": team.group}],
        },
    )


def priority_class(team: Team) -> Manifest:
    """Return the PriorityClass of the team's pods."""
    return {
        "metadata": metadata(priority_class_name(team.name), _labels(team)),
        "value": team.priority,
        "description": f"Agents of team {team.name}.",
    }


def _labels(team: Team) -> dict[str, str]:
    return labels(team.name, team.name, Component.TEAM, team.name, VERSION)


def _object(team: Team, name: str, content: Manifest) -> Manifest:
    return {"metadata": metadata(name, _labels(team), team.namespace), **content}
