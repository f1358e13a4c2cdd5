"""rbac-no-secrets-exec-pods: no role reads secrets, goes into pods or makes them, unless it is listed.

A role does not say in which namespaces it will act, so every role is judged. A controller that needs such rights in
its platform namespace is listed in the option `allowedRoles`: a Role (or RoleBinding) as namespace/name, a
ClusterRole (or ClusterRoleBinding) by its name. For a while only, write an exemption instead.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Unjudged
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.grants import BINDINGS, ROLES, Power, granted, power
from policies.subjects.objects import Object, objects
from policies.unknowns import UNKNOWN

_FIX: Final = "remove what grants it from the rule, or list a controller's role in the option `allowedRoles`"
_FIX_BINDING: Final = "bind a role without these rights, as view, or list the binding in the option `allowedRoles`"
_CHANGE: Final = "create update patch"
_POWERS: Final[tuple[Power, ...]] = (
    power("read secrets", "", "secrets", "get list watch"),
    power("run commands in pods (pods/exec, pods/attach)", "", "pods/exec pods/attach", "create get"),
    power("reach ports of pods past network policies (pods/portforward)", "", "pods/portforward", "create get"),
    power("put containers into running pods (pods/ephemeralcontainers)", "", "pods/ephemeralcontainers", _CHANGE),
    power("reach ports of pods by the API server (pods/proxy, services/proxy)", "", "pods/proxy services/proxy", "*"),
    power("make pods", "", "pods", "create"),
    power("make pods by replicationcontrollers", "", "replicationcontrollers", _CHANGE),
    power("make pods by workloads", "apps", "deployments statefulsets daemonsets replicasets", _CHANGE),
    power("make pods by jobs", "batch", "jobs cronjobs", _CHANGE),
    power("make pods by Argo", "argoproj.io", "workflows cronworkflows rollouts", _CHANGE),
    power("make pods by Ray", "ray.io", "rayjobs rayclusters rayservices raycronjobs", _CHANGE),
    power("make pods by scaled jobs", "keda.sh", "scaledjobs", _CHANGE),
    power("make pods by sandboxes", "agents.x-k8s.io", "sandboxes", _CHANGE),
    power("make pods by sandboxes", "extensions.agents.x-k8s.io", "sandboxtemplates sandboxwarmpools", _CHANGE),
)
_BUILT_IN: Final = frozenset({"admin", "edit"})


def judge(judged: Object, options: Options) -> Iterator[Finding]:
    """Finds every rule that grants one of the powers, and every binding to a built-in role that does."""
    entries = options["allowedRoles"]
    if _identity(judged) in entries:
        return
    found = _findings(judged)
    if entries and UNKNOWN in _parts(judged):
        if any(True for _ in found):
            yield Unjudged(place(judged.at("metadata")))
        return
    yield from found


def _findings(judged: Object) -> Iterator[Finding]:
    if judged.kind in ROLES:
        for rule in judged.at("rules").items():
            yield from granted(rule, _POWERS, _FIX)
    elif judged.at("roleRef", "kind").value != "Role":
        yield from check(judged.at("roleRef", "name"), TEXT, lambda it: it not in _BUILT_IN, fix=_FIX_BINDING)


def _parts(judged: Object) -> tuple[object, ...]:
    cluster_wide = judged.kind in (ROLES[1], BINDINGS[1])
    return (judged.name,) if cluster_wide else (judged.namespace, judged.name)


def _identity(judged: Object) -> str:
    return "/".join(part if isinstance(part, str) else "" for part in _parts(judged))


RULE = Rule(
    name="rbac-no-secrets-exec-pods",
    description="Roles must not grant to read secrets, to run commands in pods or to make pods.",
    why="Each of the three gives all that the pods and service accounts of the namespace have.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=("CKV2_K8S_2", "CKV2_K8S_5"),
        cis_eks=("4.1.2", "4.1.4"),
        kubescape=("C-0002",),
        owasp=("ASI03",),
    ),
    remediation="Remove secrets, pods/exec and the making of pods from the role; agents and people need none of them.",
    area=objects(*ROLES, *BINDINGS),
    judge=judge,
    options={
        "allowedRoles": text_list(
            "Roles and bindings of controllers that may have these rights: namespace/name, or the name of a "
            "ClusterRole or ClusterRoleBinding.",
            [],
        )
    },
)
