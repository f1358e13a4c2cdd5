"""rbac-no-secrets-exec-pods: no role reads secrets, goes into pods or makes them."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, messages, refused, resource, unjudged

RULE = "rbac-no-secrets-exec-pods"
PREFIX = "kubernetes:rbac.authorization.k8s.io/v1"
ROLES = [f"{PREFIX}:{kind}" for kind in ("Role", "ClusterRole", "RolePatch")]
BINDINGS = [f"{PREFIX}:{kind}" for kind in ("RoleBinding", "ClusterRoleBinding", "RoleBindingPatch")]
SECRETS: Json = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
GRANTS = [
    *(("", "secrets", verb) for verb in ("get", "list", "watch", "*")),
    *(("", f"pods/{part}", verb) for part in ("exec", "attach", "portforward") for verb in ("create", "get")),
    *(("", "pods/ephemeralcontainers", verb) for verb in ("create", "update", "patch")),
    ("", "pods", "create"),
    *(("", "replicationcontrollers", verb) for verb in ("create", "update", "patch")),
    *(("apps", kind, "create") for kind in ("deployments", "statefulsets", "daemonsets", "replicasets")),
    *(("apps", "deployments", verb) for verb in ("update", "patch")),
    *(("batch", kind, "create") for kind in ("jobs", "cronjobs")),
    *(("batch", "jobs", verb) for verb in ("update", "patch")),
    *(("", f"{kind}/proxy", verb) for kind in ("pods", "services") for verb in ("get", "create", "patch")),
    *(("argoproj.io", kind, "create") for kind in ("workflows", "cronworkflows", "rollouts")),
    *(("ray.io", kind, "create") for kind in ("rayjobs", "rayclusters", "rayservices", "raycronjobs")),
    *(("keda.sh", "scaledjobs", verb) for verb in ("create", "update", "patch")),
    *(("agents.x-k8s.io", "sandboxes", verb) for verb in ("create", "update", "patch")),
    ("extensions.agents.x-k8s.io", "sandboxtemplates", "create"),
    ("extensions.agents.x-k8s.io", "sandboxwarmpools", "update"),
    ("*", "*", "*"),
    ("", "*/exec", "create"),
]
HARMLESS = [
    ("", "secrets", "create"),
    ("", "secrets", "delete"),
    ("", "pods", "get"),
    ("", "pods", "delete"),
    ("", "pods/log", "get"),
    ("", "pods/exec", "delete"),
    ("", "configmaps", "get"),
    ("apps", "deployments", "get"),
    ("apps", "secrets", "get"),
    ("argoproj.io", "workflows", "get"),
    ("argoproj.io", "applications", "create"),
    ("ray.io", "rayjobs", "delete"),
    ("keda.sh", "scaledobjects", "create"),
    ("agents.x-k8s.io", "sandboxes", "list"),
    ("", "services", "get"),
    ("apps", "services/proxy", "get"),
    ("batch", "jobs", "delete"),
]


def role(group: object, name: object, verb: object, kind: str = ROLES[0], /, **metadata: Any) -> Resource:
    rule = {"apiGroups": [group], "resources": [name], "verbs": [verb]}
    named: Json = {"name": "r", "namespace": "web", **metadata}
    return resource({"metadata": named, "rules": [rule]}, kind)


def binding(kind: str, role: object, /, **metadata: Any) -> Resource:
    return resource({"metadata": {"name": "b", "namespace": "web", **metadata}, "roleRef": role}, kind)


@pytest.mark.parametrize("kind", ROLES)
@pytest.mark.parametrize(("group", "name", "verb"), GRANTS)
def test_each_of_these_rights_is_refused(kind: str, group: str, name: str, verb: str) -> None:
    (message,) = refused(RULE, role(group, name, verb, kind))
    assert "rules[0] grants to " in message
    assert "allowedRoles" in message


@pytest.mark.parametrize(("group", "name", "verb"), HARMLESS)
def test_other_rights_pass(group: str, name: str, verb: str) -> None:
    assert messages(RULE, role(group, name, verb)) == []


@pytest.mark.parametrize("kind", BINDINGS)
@pytest.mark.parametrize("name", ["admin", "edit"])
def test_a_binding_to_a_built_in_role_with_these_rights_is_refused(kind: str, name: str) -> None:
    (message,) = refused(RULE, binding(kind, {"kind": "ClusterRole", "name": name}))
    assert f'roleRef.name is "{name}"' in message
    assert len(refused(RULE, binding(kind, {"name": name}))) == 1


@pytest.mark.parametrize("kind", BINDINGS)
@pytest.mark.parametrize("role_", [{"kind": "ClusterRole", "name": "view"}, {"kind": "Role", "name": "admin"}])
def test_a_binding_to_another_role_passes(kind: str, role_: object) -> None:
    assert messages(RULE, binding(kind, role_)) == []


def test_a_listed_role_or_binding_passes_and_no_other() -> None:
    allowed = ["keda/r", "operator", "keda/b"]
    assert messages(RULE, role("", "secrets", "get", namespace="keda"), allowedRoles=allowed) == []
    assert messages(RULE, role("", "secrets", "get", ROLES[1], name="operator"), allowedRoles=allowed) == []
    edit = {"kind": "ClusterRole", "name": "edit"}
    assert messages(RULE, binding(BINDINGS[0], edit, namespace="keda"), allowedRoles=allowed) == []
    assert messages(RULE, binding(BINDINGS[1], edit, name="operator"), allowedRoles=allowed) == []
    assert len(refused(RULE, role("", "secrets", "get"), allowedRoles=allowed)) == 1
    assert len(refused(RULE, role("", "secrets", "get", name="operator"), allowedRoles=allowed)) == 1
    assert len(refused(RULE, role("", "secrets", "get", ROLES[1], namespace="keda"), allowedRoles=allowed)) == 1
    assert len(refused(RULE, binding(BINDINGS[0], edit), allowedRoles=allowed)) == 1


def test_a_role_without_a_namespace_is_one_in_default() -> None:
    assert messages(RULE, role("", "secrets", "get", namespace=None), allowedRoles=["default/r"]) == []


def test_an_unknown_name_may_be_a_listed_one() -> None:
    judged = role("", "secrets", "get", name=UNKNOWN)
    assert "metadata" in unjudged(RULE, judged, allowedRoles=["web/r"])[0]
    assert refused(RULE, judged, allowedRoles=["web/r"]) == []
    assert len(refused(RULE, judged)) == 1
    assert messages(RULE, role("", "pods", "get", name=UNKNOWN), allowedRoles=["web/r"]) == []
    assert len(unjudged(RULE, role("", "secrets", "get", namespace=UNKNOWN), allowedRoles=["web/r"])) == 1
    cluster_wide = role("", "secrets", "get", ROLES[1], namespace=UNKNOWN)
    assert len(refused(RULE, cluster_wide, allowedRoles=["web/r"])) == 1
    bound = binding(BINDINGS[1], {"name": "edit"}, namespace=UNKNOWN)
    assert len(refused(RULE, bound, allowedRoles=["web/r"])) == 1


@pytest.mark.parametrize("rule", [{**SECRETS, "verbs": [UNKNOWN]}, {**SECRETS, "resources": UNKNOWN}, UNKNOWN])
def test_unknown_rights_are_not_judged(rule: object) -> None:
    judged = resource({"metadata": {"name": "r"}, "rules": [rule]}, ROLES[0])
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


def test_an_unknown_role_of_a_binding_is_not_judged() -> None:
    assert len(unjudged(RULE, binding(BINDINGS[0], {"kind": "ClusterRole", "name": UNKNOWN}))) == 1
    assert len(unjudged(RULE, binding(BINDINGS[0], UNKNOWN))) == 1


@pytest.mark.parametrize("judged", [role("", 1, "get"), binding(BINDINGS[0], "x"), binding(BINDINGS[0], {"name": []})])
def test_values_of_the_wrong_type_are_refused(judged: Resource) -> None:
    assert "belongs" in refused(RULE, judged)[0]


def test_malformed_metadata_lists_nothing() -> None:
    judged = resource({"metadata": "x", "rules": [SECRETS]}, ROLES[0])
    assert len(refused(RULE, judged, allowedRoles=["web/r"])) == 1
