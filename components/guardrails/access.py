"""The guardrail of who may do what in a team's namespace: roles, bindings and service accounts."""

from typing import NamedTuple

from components.guardrails.cel import Check, listed, plain
from components.guardrails.policy import policy
from components.manifest import Manifest

_RBAC = "rbac.authorization.k8s.io"
_KINDS = {_RBAC: ["roles", "rolebindings"], "": ["serviceaccounts"]}
_EVERYBODY = (
    *("system:anonymous", "system:unauthenticated", "system:authenticated"),
    *("system:serviceaccounts", "system:masters", "system:nodes"),
)
_CHANGE = ("create", "update", "patch")


class _Power(NamedTuple):
    """Verbs on resources of one API group; a resource `a/` stands for all that begin so, no verb for any verb."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]

    @property
    def granted(self) -> str:
        """The CEL of whether the rule `r` of a role grants it."""
        whole = {"*", *self.resources, *(f"*/{name.partition('/')[2]}" for name in self.resources if "/" in name)}
        begun = [name for name in self.resources if name.endswith("/")]
        resource = f"name in {listed(sorted(whole))}"
        if begun:
            resource = f"{resource} || {listed(begun)}.exists(start, name.startsWith(start) || name + '/' == start)"
        verb = f"verb in {listed(('*', *self.verbs))}" if self.verbs else "true"
        return (
            f"r.?apiGroups.orValue([]).exists(group, group in {listed((self.group, '*'))})"
            f" && r.?resources.orValue([]).exists(name, {resource})"
            f" && r.?verbs.orValue([]).exists(verb, {verb})"
        )


_IMPERSONATE = (
    *("impersonate", "impersonate:user-info", "impersonate:serviceaccount"),
    *("impersonate:arbitrary-node", "impersonate:associated-node"),
)
_ESCALATIONS = (
    _Power(_RBAC, ("roles", "clusterroles", "rolebindings", "clusterrolebindings"), ("bind",)),
    _Power(_RBAC, ("roles", "clusterroles"), ("escalate",)),
    _Power("", ("users", "groups", "serviceaccounts"), _IMPERSONATE),
    _Power("authentication.k8s.io", ("uids", "userextras/", "users", "groups"), _IMPERSONATE),
    _Power("", ("nodes/proxy",), ()),
    _Power("", ("serviceaccounts/token",), ("create",)),
    _Power("", ("persistentvolumes",), ("create",)),
    _Power("", ("services/status",), ("update", "patch")),
    _Power("", ("namespaces",), ("update", "patch")),
    _Power(
        "certificates.k8s.io",
        ("certificatesigningrequests/approval", "certificatesigningrequests/status"),
        ("update", "patch"),
    ),
    _Power("certificates.k8s.io", ("signers",), ("approve", "sign", "attest")),
    _Power(
        "admissionregistration.k8s.io",
        (
            *("mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
            *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
            *("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
        ),
        (*_CHANGE, "delete"),
    ),
)
_INTO_PODS = (
    _Power("", ("secrets",), ("get", "list", "watch")),
    _Power("", ("pods/exec", "pods/attach", "pods/portforward"), ("create", "get")),
    _Power("", ("pods/ephemeralcontainers", "replicationcontrollers"), _CHANGE),
    _Power("", ("pods/proxy", "services/proxy"), ()),
    _Power("", ("pods",), ("create",)),
    _Power("apps", ("deployments", "statefulsets", "daemonsets", "replicasets"), _CHANGE),
    _Power("batch", ("jobs", "cronjobs"), _CHANGE),
    _Power("argoproj.io", ("workflows", "cronworkflows", "rollouts"), _CHANGE),
    _Power("ray.io", ("rayjobs", "rayclusters", "rayservices", "raycronjobs"), _CHANGE),
    _Power("keda.sh", ("scaledjobs",), _CHANGE),
    _Power("agents.x-k8s.io", ("sandboxes",), _CHANGE),
    _Power("extensions.agents.x-k8s.io", ("sandboxtemplates", "sandboxwarmpools"), _CHANGE),
)


def access() -> Manifest:
    """Return the policy of roles, bindings and service accounts.

    The account `default` is the API server's own, made in every namespace and used by no pod that `identities` admits.
    """
    return policy(
        "access",
        _KINDS,
        [
            *_roles(),
            *_bindings(),
            plain(
                "sa-no-automount",
                'object.kind != "ServiceAccount" || object.metadata.name == "default"'
                " || !object.?automountServiceAccountToken.orValue(true)",
                "pods of the service account would get a token for the API server",
                "set automountServiceAccountToken: false",
            ),
        ],
        {"rules": 'object.kind == "Role" ? dyn(object).?rules.orValue([]) : []'},
    )


def _roles() -> list[Check]:
    keys = ("apiGroups", "resources", "verbs")
    named = " && ".join(f'r.?{key}.orValue([]).all(name, !name.contains("*"))' for key in keys)
    return [
        plain(
            "rbac-no-wildcard",
            f"variables.rules.all(r, {named})",
            "a rule of the role grants by wildcard",
            "name the API groups, resources and verbs that are needed",
        ),
        plain(
            "rbac-no-escalation",
            _none_granted(_ESCALATIONS),
            "a rule of the role grants a way to rights that it does not name",
            "remove bind, escalate, impersonate, tokens, certificates, webhooks, nodes/proxy, persistentvolumes and "
            "writing to namespaces and services/status",
        ),
        plain(
            "rbac-no-secrets-exec-pods",
            _none_granted(_INTO_PODS),
            "a rule of the role lets its subjects read secrets, enter pods or make pods",
            "remove secrets, pods/exec, pods/attach, pods/portforward, pods/proxy, services/proxy "
            "and the making of pods and workloads",
        ),
    ]


def _none_granted(powers: tuple[_Power, ...]) -> str:
    return f"variables.rules.all(r, {' && '.join(f'!({power.granted})' for power in powers)})"


def _bindings() -> list[Check]:
    cluster_role = 'object.kind != "RoleBinding" || object.roleRef.kind != "ClusterRole"'
    everybody = f's.name in {listed(_EVERYBODY)} || s.name.startsWith("system:serviceaccounts:")'
    subjects = f'object.?subjects.orValue([]).all(s, s.kind == "ServiceAccount" || !({everybody}))'
    all_rights = 'object.roleRef.name == "cluster-admin" || object.roleRef.name.startsWith("system:controller:")'
    return [
        plain(
            "rbac-no-cluster-admin",
            f'({cluster_role} || !({all_rights})) && (object.kind != "RoleBinding" || {subjects})',
            "it binds cluster-admin or a role of a controller of Kubernetes, or everybody, or system:masters",
            "bind a role that grants what is needed to the one service account or group that needs it",
        ),
        plain(
            "rbac-no-secrets-exec-pods",
            f"{cluster_role} || !(object.roleRef.name in {listed(('admin', 'edit'))})",
            "it binds a built-in role that reads secrets and makes pods",
            "bind a role without these rights, as view",
        ),
    ]
