"""What holds for every rule: its description is whole, and no input makes it raise, waver or tell a secret."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policies.rules
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import AnyRule
from policies.rules import RULES
from policies.unknowns import UNKNOWN, Opaque, Secret
from tests.policies.manifests import KINDS, PATCHES, container, owned, resource, spec

HIDDEN = "correct-horse-battery"
NAMES = st.sampled_from(
    [
        *("spec", "template", "metadata", "annotations", "items", "templates", "containers", "initContainers"),
        *("securityContext", "privileged", "capabilities", "drop", "add", "seccompProfile", "type", "hostUsers"),
        *("appArmorProfile", "seLinuxOptions", "runAsNonRoot", "runAsUser", "volumes", "hostPath", "path", "os"),
        *("name", "ports", "hostPort", "livenessProbe", "httpGet", "host", "lifecycle", "preStop", "podSpecPatch"),
        "container.apparmor.security.beta.kubernetes.io/app",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from([UNKNOWN, "ALL", "windows", "RuntimeDefault", "Deployment", 10**308]),
    st.builds(Opaque),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(NAMES, st.text(max_size=4)), inner, max_size=5),
        st.builds(Secret, inner),
    ),
    max_leaves=25,
)


RICH = spec(
    os={"name": "linux"},
    hostUsers=True,
    hostPID=False,
    volumes=[{"name": "v", "hostPath": {"path": "/run"}}, {"name": "w", "emptyDir": {}}],
    initContainers=[container("init", windowsOptions={"hostProcess": False}, seLinuxOptions={"type": "container_t"})],
    containers=[
        {
            **container("app", privileged=False, runAsUser=5, appArmorProfile={"type": "Localhost"}),
            "ports": [{"hostPort": 0}],
            "livenessProbe": {"httpGet": {"host": "", "port": 1}},
            "lifecycle": {"preStop": {"tcpSocket": {"host": "", "port": 1}}},
        }
    ],
)


def places(tree: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value of a tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [keys, *(place for key, value in pairs for place in places(value, (*keys, key)))]


def replaced(tree: Any, keys: tuple[Any, ...], value: object) -> Any:
    """A copy of the tree with another value in one place."""
    if not keys:
        return value
    copied = copy.copy(tree)
    copied[keys[0]] = replaced(tree[keys[0]], keys[1:], value)
    return copied


def evaluate(rules: tuple[AnyRule, ...], judged: Any) -> list[Diagnostic]:
    return Dispatcher(rules).evaluate(judged)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_why_it_is_and_how_to_fix_what_it_finds(rule: AnyRule) -> None:
    assert len(rule.why) > 40
    assert len(rule.remediation) > 20
    assert rule.description.endswith(".")
    assert rule.judge is not None or rule.judge_stack is not None
    assert (rule.judge is None) is (rule.area is None)


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_passing_pod_passes_every_rule_in_every_kind(kind: str) -> None:
    removed = kind == "kubernetes:extensions/v1beta1:DaemonSet"
    expected = ["stack-api-not-deprecated"] if removed else []
    assert [found.rule.name for found in evaluate(RULES, owned(spec(), kind))] == expected


@pytest.mark.parametrize("kind", PATCHES)
def test_an_empty_patch_passes_every_rule(kind: str) -> None:
    assert evaluate(RULES, owned({"containers": [{"name": "app"}]}, kind)) == []


@given(properties=TREES, kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=150, deadline=None)
def test_no_properties_make_any_rule_raise_or_waver(properties: object, kind: str) -> None:
    judged = resource(properties, kind)
    first = evaluate(RULES, judged)
    assert evaluate(RULES, judged) == first
    assert not any("the rule itself failed" in found.message for found in first)


@given(place=st.sampled_from(places(RICH)), value=TREES, kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=200, deadline=None)
def test_no_value_anywhere_in_a_pod_makes_any_rule_raise_or_waver(place: Any, value: object, kind: str) -> None:
    pod = replaced(RICH, place, value)
    judged = owned(pod if isinstance(pod, dict) else RICH, kind)
    first = evaluate(RULES, judged)
    assert evaluate(RULES, judged) == first
    assert not any("the rule itself failed" in found.message for found in first)


@given(place=st.sampled_from(places(RICH)[1:]), kind=st.sampled_from(sorted(set(KINDS) - set(PATCHES))))
@settings(max_examples=150, deadline=None)
def test_an_unknown_value_never_makes_a_violation_vanish_in_silence(place: Any, kind: str) -> None:
    before = {found.rule.name for found in evaluate(RULES, owned(RICH, kind))}
    after = {found.rule.name for found in evaluate(RULES, owned(replaced(RICH, place, UNKNOWN), kind))}
    assert before <= after


@given(pod=TREES, metadata=TREES, kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=150, deadline=None)
def test_no_pod_makes_any_rule_raise_or_waver(pod: Any, metadata: Any, kind: str) -> None:
    wrapped = pod if "Workflow" not in kind or isinstance(pod, dict) else {}
    judged = owned(wrapped, kind, metadata)
    first = evaluate(RULES, judged)
    assert evaluate(RULES, judged) == first
    assert not any("the rule itself failed" in found.message for found in first)


@given(properties=TREES, kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=200, deadline=None)
def test_the_dispatcher_finds_what_each_rule_alone_finds(properties: object, kind: str) -> None:
    judged = resource(properties, kind)
    alone = [found for rule in RULES for found in evaluate((rule,), judged)]
    assert sorted(evaluate(RULES, judged), key=lambda found: found.rule.name) == alone


def hidden(value: Any) -> Any:
    """The same tree with every text in it secret and telling."""
    if isinstance(value, dict):
        return {key: hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hidden(inner) for inner in value]
    if isinstance(value, Secret):
        return Secret(hidden(value.value))
    return Secret(HIDDEN) if isinstance(value, str) else value


@given(pod=TREES, kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=200, deadline=None)
def test_no_secret_is_ever_printed(pod: Any, kind: str) -> None:
    wrapped = pod if "Workflow" not in kind or isinstance(pod, dict) else {}
    assert not any(HIDDEN in found.message for found in evaluate(RULES, owned(hidden(wrapped), kind)))


def telling(value: Any) -> Any:
    """The same tree with a telling text in place of every text."""
    if isinstance(value, dict):
        return {key: telling(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [telling(inner) for inner in value]
    return HIDDEN if isinstance(value, str) else value


def found_at(tree: Any, keys: tuple[Any, ...]) -> Any:
    """The value at a place of a tree."""
    for key in keys:
        tree = tree[key]
    return tree


@pytest.mark.parametrize("place", places(RICH)[1:], ids=str)
def test_nothing_below_a_secret_is_printed_in_any_kind(place: tuple[Any, ...]) -> None:
    pod = replaced(RICH, place, Secret(telling(found_at(RICH, place))))
    for kind in KINDS:
        assert not any(HIDDEN in found.message for found in evaluate(RULES, owned(pod, kind)))


def test_every_rule_file_is_named_by_a_verb_and_what() -> None:
    modules = sorted(Path(policies.rules.__path__[0]).glob("*/[!_]*.py"))
    assert all("_" in path.stem for path in modules)
    assert len(modules) == len(RULES)
