"""rbac-no-wildcard: roles name what they grant."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "rbac-no-wildcard"
GROUP = "kubernetes:rbac.authorization.k8s.io/v1"
KINDS = [f"{GROUP}:{kind}" for kind in ("Role", "ClusterRole", "RolePatch", "ClusterRolePatch")]
READ = {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}


def role(*rules: object, kind: str = KINDS[0]) -> Resource:
    return resource({"metadata": {"name": "r", "namespace": "web"}, "rules": list(rules)}, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["apiGroups", "resources", "verbs"])
@pytest.mark.parametrize("value", ["*", "*/scale", "pods/*"])
def test_a_wildcard_is_refused_wherever_it_is(kind: str, key: str, value: str) -> None:
    (message,) = refused(RULE, role(READ, {**READ, key: ["x", value]}, kind=kind))
    assert f'rules[1].{key}[1] is "{value}"' in message
    assert "Fix: name what is needed" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_role_that_names_what_it_grants_passes(kind: str) -> None:
    urls = {"nonResourceURLs": ["/metrics", "/healthz/*"], "verbs": ["get"]}
    assert messages(RULE, role(READ, urls, kind=kind)) == []
    assert messages(RULE, resource({"metadata": {"name": "r"}}, kind)) == []


@pytest.mark.parametrize("url", ["*", "/*"])
def test_every_url_is_refused(url: str) -> None:
    assert "nonResourceURLs[0]" in refused(RULE, role({"nonResourceURLs": [url], "verbs": ["get"]}))[0]


def aggregated(*selectors: object, kind: str = KINDS[1]) -> Resource:
    return resource({"metadata": {"name": "r"}, "aggregationRule": {"clusterRoleSelectors": list(selectors)}}, kind)


NAMED = {"matchLabels": {"example.com/aggregate-to-reader": "true"}}
ELSEWHERE = {"key": "a", "operator": "NotIn", "values": ["b"]}
BOOTSTRAPPING = "kubernetes.io/bootstrapping"


@pytest.mark.parametrize("kind", [KINDS[1], KINDS[3]])
@pytest.mark.parametrize(
    "selector",
    [
        {},
        {"matchLabels": {}},
        {"matchLabels": None, "matchExpressions": []},
        {"matchExpressions": [ELSEWHERE]},
        {"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]},
        {"matchLabels": {BOOTSTRAPPING: "rbac-defaults"}},
        {"matchExpressions": [{"key": BOOTSTRAPPING, "operator": "Exists"}]},
    ],
)
def test_aggregating_every_role_is_refused(kind: str, selector: object) -> None:
    (message,) = refused(RULE, aggregated(NAMED, selector, kind=kind))
    assert "aggregationRule.clusterRoleSelectors[1] selects every role" in message
    assert "Fix: select by a label of your own" in message


@pytest.mark.parametrize(
    "selector",
    [
        NAMED,
        {"matchExpressions": [ELSEWHERE, {"key": "b", "operator": "Exists"}]},
        {"matchExpressions": [{"key": "b", "operator": "In", "values": ["x"]}]},
        {**NAMED, "matchExpressions": [ELSEWHERE]},
    ],
)
def test_aggregating_by_a_label_passes(selector: object) -> None:
    assert messages(RULE, aggregated(selector)) == []
    assert messages(RULE, aggregated()) == []


@pytest.mark.parametrize(
    "selector",
    [
        UNKNOWN,
        {"matchLabels": UNKNOWN},
        {"matchExpressions": UNKNOWN},
        {"matchExpressions": [UNKNOWN]},
        {"matchExpressions": [{"key": "a", "operator": UNKNOWN}]},
        {"matchExpressions": [{"key": UNKNOWN, "operator": "Exists"}]},
    ],
)
def test_an_unknown_selector_is_not_judged(selector: object) -> None:
    assert len(unjudged(RULE, aggregated(selector))) == 1
    assert refused(RULE, aggregated(selector)) == []


@pytest.mark.parametrize(
    "selector", ["x", [], {"matchLabels": "x"}, {"matchExpressions": "x"}, {"matchExpressions": ["x"]}]
)
def test_a_selector_of_the_wrong_type_is_refused(selector: object) -> None:
    assert len(refused(RULE, aggregated(selector))) >= 1


def test_every_wildcard_is_told() -> None:
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    assert len(refused(RULE, role(everything, everything))) == 6


def test_roles_of_a_list_are_judged() -> None:
    listed = {"items": [{"rules": [READ]}, {"rules": [{**READ, "verbs": ["*"]}]}]}
    (message,) = refused(RULE, resource(listed, f"{GROUP}:ClusterRoleList"))
    assert "items[1].rules[0].verbs[0]" in message


@pytest.mark.parametrize(
    "rules", [UNKNOWN, [UNKNOWN], [{**READ, "verbs": UNKNOWN}], [{**READ, "resources": [UNKNOWN]}]]
)
def test_unknown_values_are_not_judged(rules: object) -> None:
    judged = resource({"rules": rules}, KINDS[0])
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("rules", ["x", ["x"], [{**READ, "verbs": "get"}], [{**READ, "apiGroups": [1]}], {"a": 1}])
def test_values_of_the_wrong_type_are_refused(rules: object) -> None:
    assert "belongs" in refused(RULE, resource({"rules": rules}, KINDS[0]))[0]


def test_a_secret_wildcard_is_refused_and_not_printed() -> None:
    assert '"*"' not in refused(RULE, role({**READ, "verbs": [Secret("*")]}))[0]
