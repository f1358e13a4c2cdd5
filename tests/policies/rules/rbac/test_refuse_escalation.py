"""rbac-no-escalation: no role grants a way to more rights than it says."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "rbac-no-escalation"
PREFIX = "kubernetes:rbac.authorization.k8s.io/v1"
KINDS = [f"{PREFIX}:{kind}" for kind in ("Role", "ClusterRole", "ClusterRolePatch")]
RBAC = "rbac.authorization.k8s.io"
CERTIFICATES = "certificates.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
ESCALATIONS = [
    *((RBAC, kind, "bind") for kind in ("roles", "clusterroles", "rolebindings", "clusterrolebindings")),
    *((RBAC, kind, "escalate") for kind in ("roles", "clusterroles")),
    *(("", kind, "impersonate") for kind in ("users", "groups", "serviceaccounts")),
    *(("authentication.k8s.io", kind, "impersonate") for kind in ("uids", "userextras/scopes", "userextras")),
    ("authentication.k8s.io", "users", "impersonate:user-info"),
    ("authentication.k8s.io", "groups", "impersonate:user-info"),
    ("", "serviceaccounts", "impersonate:serviceaccount"),
    ("", "users", "impersonate:arbitrary-node"),
    ("", "users", "impersonate:associated-node"),
    *(("", "nodes/proxy", verb) for verb in ("get", "create", "*")),
    *(("", resource, "create") for resource in ("serviceaccounts/token", "persistentvolumes", "*/token")),
    *((CERTIFICATES, f"certificatesigningrequests/{part}", "update") for part in ("approval", "status")),
    (CERTIFICATES, "certificatesigningrequests/approval", "patch"),
    *((CERTIFICATES, "signers", verb) for verb in ("approve", "sign", "attest")),
    *((ADMISSION, "validatingwebhookconfigurations", v) for v in ("create", "update", "patch", "delete")),
    (ADMISSION, "mutatingwebhookconfigurations", "deletecollection"),
    *((ADMISSION, f"{kind}admissionpolicies", "update") for kind in ("validating", "mutating")),
    *((ADMISSION, f"{kind}admissionpolicybindings", "update") for kind in ("validating", "mutating")),
    *(("", "services/status", verb) for verb in ("update", "patch")),
    *(("", "namespaces", verb) for verb in ("update", "patch")),
]
HARMLESS = [
    (RBAC, "roles", "create"),
    (RBAC, "rolebindings", "escalate"),
    ("", "nodes", "get"),
    ("", "serviceaccounts", "create"),
    ("", "persistentvolumes", "get"),
    ("", "persistentvolumeclaims", "create"),
    ("", "userextrasmore", "impersonate"),
    ("", "services", "update"),
    ("", "namespaces", "get"),
    ("apps", "nodes/proxy", "get"),
    (CERTIFICATES, "certificatesigningrequests", "create"),
    (ADMISSION, "validatingwebhookconfigurations", "get"),
    ("authentication.k8s.io", "userextra", "impersonate"),
    ("authentication.k8s.io", "tokenreviews", "create"),
]


def role(group: object, name: object, verb: object, kind: str = KINDS[0]) -> Resource:
    rule = {"apiGroups": ["other", group], "resources": ["other", name], "verbs": ["watch", verb]}
    return resource({"metadata": {"name": "r", "namespace": "web"}, "rules": [rule]}, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("group", "name", "verb"), ESCALATIONS)
def test_each_way_to_more_rights_is_refused(kind: str, group: str, name: str, verb: str) -> None:
    (message,) = refused(RULE, role(group, name, verb, kind))
    assert "rules[0] grants to " in message
    assert "Fix: remove what grants it" in message


@pytest.mark.parametrize(("group", "name", "verb"), HARMLESS)
def test_what_leads_nowhere_passes(group: str, name: str, verb: str) -> None:
    assert messages(RULE, role(group, name, verb)) == []


@pytest.mark.parametrize(
    ("group", "name", "verb"),
    [("*", "nodes/proxy", "get"), (RBAC, "*", "bind"), (RBAC, "roles", "*"), ("", "*/proxy", "get")],
)
def test_a_wildcard_grants_it_too(group: str, name: str, verb: str) -> None:
    assert len(refused(RULE, role(group, name, verb))) == 1


def test_a_rule_that_grants_everything_is_told_once_with_all_that_it_grants() -> None:
    (message,) = refused(RULE, role("*", "*", "*"))
    for part in ("bind roles", "escalate roles", "impersonate", "nodes/proxy", "tokens", "sign", "webhooks"):
        assert part in message


def test_powers_of_two_rules_are_not_mixed() -> None:
    rules = [
        {"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["get"]},
        {"apiGroups": [RBAC], "resources": ["leases"], "verbs": ["bind"]},
        {"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["bind"]},
        {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]},
    ]
    found = refused(RULE, resource({"rules": rules}, KINDS[0]))
    assert ["rules[2]" in found[0], "rules[3]" in found[1], len(found)] == [True, True, 2]


def test_a_rule_without_verbs_grants_nothing() -> None:
    rule = {"apiGroups": [""], "resources": ["nodes/proxy"]}
    assert messages(RULE, resource({"rules": [rule, {**rule, "verbs": []}, {}]}, KINDS[0])) == []
    assert messages(RULE, resource({}, KINDS[0])) == []


def test_a_url_is_no_resource() -> None:
    rule = {"nonResourceURLs": ["/metrics"], "verbs": ["*"]}
    assert messages(RULE, resource({"rules": [rule]}, KINDS[0])) == []


@pytest.mark.parametrize(
    ("group", "name", "verb", "place"),
    [
        (UNKNOWN, "roles", "bind", "rules[0].apiGroups[1]"),
        (RBAC, UNKNOWN, "bind", "rules[0].resources[1]"),
        (RBAC, "roles", UNKNOWN, "rules[0].verbs[1]"),
        (UNKNOWN, UNKNOWN, UNKNOWN, "rules[0].verbs[1]"),
    ],
)
def test_a_rule_that_may_grant_it_is_not_judged(group: object, name: object, verb: object, place: str) -> None:
    judged = role(group, name, verb)
    assert place in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(("group", "name", "verb"), [("apps", "deployments", UNKNOWN), (RBAC, UNKNOWN, "get")])
def test_a_rule_that_can_not_grant_it_passes_whatever_is_unknown(group: object, name: object, verb: object) -> None:
    assert messages(RULE, role(group, name, verb)) == []


def test_what_is_granted_for_sure_is_refused_beside_what_is_unknown() -> None:
    rule = {"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["bind", UNKNOWN]}
    judged = resource({"rules": [rule]}, KINDS[0])
    assert "bind" in refused(RULE, judged)[0]
    assert "rules[0].verbs[1]" in unjudged(RULE, judged)[0]


@pytest.mark.parametrize("rules", [UNKNOWN, [UNKNOWN]])
def test_unknown_rules_are_not_judged(rules: object) -> None:
    assert len(unjudged(RULE, resource({"rules": rules}, KINDS[0]))) == 1


@pytest.mark.parametrize("rules", ["x", ["x"], [{"apiGroups": [1]}], [{"verbs": "bind"}], [{"resources": {}}]])
def test_values_of_the_wrong_type_are_refused(rules: object) -> None:
    assert "belongs" in refused(RULE, resource({"rules": rules}, KINDS[0]))[0]


def test_roles_of_a_list_are_judged() -> None:
    rule = {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}
    (message,) = refused(RULE, resource({"items": [{}, {"rules": [rule]}]}, f"{PREFIX}:RoleList"))
    assert "items[1].rules[0]" in message
