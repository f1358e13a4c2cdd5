"""Objects as a whole: their kinds, their Lists, and items that may be of any kind."""

import pytest

from policies.subjects.objects import kind_of, objects
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

LIST = "kubernetes:core/v1:List"
ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "r"},
    "rules": [{"apiGroups": [""], "verbs": ["*"], "resources": ["pods"]}],
}


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("kubernetes:core/v1:Pod", "core/Pod"),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", "rbac.authorization.k8s.io/Role"),
        ("kubernetes:yaml:ConfigFile", ""),
        ("kubernetes:core/v1:", ""),
        ("aws:eks/cluster:Cluster", ""),
        ("pulumi:providers:kubernetes", ""),
    ],
)
def test_a_kind_is_read_from_the_type(token: str, kind: str) -> None:
    assert kind_of(token) == kind


def test_an_object_is_found_in_a_list_of_its_kind_and_in_a_list_of_any() -> None:
    kinds = ("kubernetes:rbac.authorization.k8s.io/v1:RoleList", LIST)
    assert [len(refused("rbac-no-wildcard", resource({"items": [ROLE]}, kind))) for kind in kinds] == [1, 1]


@pytest.mark.parametrize("item", [{**ROLE, "kind": UNKNOWN}, {**ROLE, "apiVersion": UNKNOWN}, UNKNOWN])
def test_an_item_of_unknown_kind_is_not_judged_and_never_passes(item: object) -> None:
    judged = resource({"items": [item]}, LIST)
    assert refused("rbac-no-wildcard", judged) == []
    assert len(unjudged("rbac-no-wildcard", judged)) == 1


def test_an_area_concerns_its_kinds_their_patches_and_lists() -> None:
    area = objects("core/Service")
    concerned = ("Service", "ServicePatch", "ServiceList", "List", "ConfigMap")
    assert [area.concerns(f"kubernetes:core/v1:{kind}") for kind in concerned] == [True, True, True, True, False]
    assert not area.concerns("kubernetes:apps/v1:Service")
