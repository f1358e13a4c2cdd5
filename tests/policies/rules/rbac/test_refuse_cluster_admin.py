"""rbac-no-cluster-admin: nobody has all rights, and everybody has none."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "rbac-no-cluster-admin"
GROUP = "kubernetes:rbac.authorization.k8s.io/v1"
KINDS = [f"{GROUP}:{kind}" for kind in ("RoleBinding", "ClusterRoleBinding", "RoleBindingPatch")]
ENGINEERS = {"kind": "Group", "name": "storefront-engineers"}
EVERYBODY = ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"]
MANY = ["system:masters", "system:nodes", "system:serviceaccounts:web", "system:serviceaccounts:kube-system"]


def binding(role: object, *subjects: object, kind: str = KINDS[0]) -> Resource:
    return resource({"metadata": {"name": "b", "namespace": "web"}, "roleRef": role, "subjects": list(subjects)}, kind)


def cluster_role(name: object) -> dict[str, object]:
    return {"kind": "ClusterRole", "name": name}


@pytest.mark.parametrize("kind", KINDS)
def test_a_binding_to_cluster_admin_is_refused(kind: str) -> None:
    (message,) = refused(RULE, binding(cluster_role("cluster-admin"), ENGINEERS, kind=kind))
    assert 'roleRef.name is "cluster-admin"' in message
    assert "Fix: bind a role" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_binding_of_a_group_to_a_role_passes(kind: str) -> None:
    account = {"kind": "ServiceAccount", "name": "web", "namespace": "web"}
    assert messages(RULE, binding(cluster_role("view"), ENGINEERS, account, kind=kind)) == []
    assert messages(RULE, binding({"kind": "Role", "name": "reader"}, kind=kind)) == []


def test_a_role_of_the_namespace_may_be_called_cluster_admin() -> None:
    assert messages(RULE, binding({"kind": "Role", "name": "cluster-admin"}, ENGINEERS)) == []
    assert len(refused(RULE, binding({"name": "cluster-admin"}, ENGINEERS))) == 1
    assert len(refused(RULE, binding({"kind": UNKNOWN, "name": "cluster-admin"}, ENGINEERS))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*EVERYBODY, *MANY])
@pytest.mark.parametrize("of", ["Group", "User"])
def test_everybody_and_the_masters_are_refused_as_subjects(kind: str, name: str, of: str) -> None:
    (message,) = refused(RULE, binding(cluster_role("view"), ENGINEERS, {"kind": of, "name": name}, kind=kind))
    assert f'subjects[1].name is "{name}"' in message


def test_a_service_account_is_nobody_else() -> None:
    account = {"kind": "ServiceAccount", "name": "system:masters"}
    assert (
        messages(RULE, binding(cluster_role("view"), account, {"kind": "Group", "name": "system:serviceaccount"})) == []
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["system:controller:clusterrole-aggregation-controller", "system:controller:job"])
def test_a_binding_to_a_role_of_kubernetes_own_controllers_is_refused(kind: str, name: str) -> None:
    (message,) = refused(RULE, binding(cluster_role(name), ENGINEERS, kind=kind))
    assert f'roleRef.name is "{name}"' in message
    assert messages(RULE, binding({"kind": "Role", "name": name}, ENGINEERS, kind=kind)) == []


@pytest.mark.parametrize("name", ["system:controllers", "system:discovery", "my:system:controller:x"])
def test_a_role_that_only_sounds_like_a_controller_s_passes(name: str) -> None:
    assert messages(RULE, binding(cluster_role(name), ENGINEERS)) == []


def test_every_finding_is_told() -> None:
    subjects = [{"kind": "Group", "name": name} for name in EVERYBODY]
    assert len(refused(RULE, binding(cluster_role("cluster-admin"), *subjects))) == 5


def test_bindings_of_a_list_are_judged() -> None:
    item = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding"}
    listed = {"items": [{**item, "roleRef": cluster_role("cluster-admin")}]}
    assert "items[0].roleRef.name" in refused(RULE, resource(listed, "kubernetes:core/v1:List"))[0]


@pytest.mark.parametrize(
    ("role", "subjects"),
    [
        (UNKNOWN, []),
        (cluster_role(UNKNOWN), []),
        (cluster_role("view"), [UNKNOWN]),
        (cluster_role("view"), [{"kind": "Group", "name": UNKNOWN}]),
    ],
)
def test_unknown_values_are_not_judged(role: object, subjects: list[object]) -> None:
    assert len(unjudged(RULE, binding(role, *subjects))) == 1
    assert refused(RULE, binding(role, *subjects)) == []


@pytest.mark.parametrize(
    ("role", "subjects"), [("x", []), (cluster_role(1), []), (cluster_role("view"), ["x"]), ([], [])]
)
def test_values_of_the_wrong_type_are_refused(role: object, subjects: list[object]) -> None:
    assert "belongs" in refused(RULE, binding(role, *subjects))[0]
