"""image-signature-policy: which policies cover which namespaces."""

from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from policies.rule import Resource
from policies.rules import RULES
from policies.unknowns import UNKNOWN
from tests.policies.manifests import NAMESPACE, owned, resource, spec, stack_messages

RULE = "image-signature-policy"
LABELS = {"labels": {"app.kubernetes.io/component": "agent"}}
AGENT = owned(spec(), metadata=LABELS)
VALIDATING = "kubernetes:policies.kyverno.io/v1alpha1:ImageValidatingPolicy"
CLUSTER = "kubernetes:kyverno.io/v1:ClusterPolicy"
SIGSTORE = "kubernetes:policy.sigstore.dev/v1beta1:ClusterImagePolicy"
DENY = {"validationActions": ["Audit", "Deny"]}
NAME = "kubernetes.io/metadata.name"


def namespace(labels: Any = None, name: object = NAMESPACE) -> Resource:
    return resource({"metadata": {"name": name, "labels": labels}}, "kubernetes:core/v1:Namespace", "namespace")


def policy(kind: str, where: object = None, **fields: Any) -> Resource:
    return resource({"metadata": {"name": "verify", "namespace": where}, "spec": fields}, kind, "policy")


def kyverno(match: Any = None, exclude: Any = None, action: Any = "Enforce", **fields: Any) -> Resource:
    rule = {"match": match, "exclude": exclude, "verifyImages": [{"failureAction": action}]}
    return policy(CLUSTER, rules=[{"name": "other"}, rule], **fields)


def validating(selector: Any) -> Resource:
    return policy(VALIDATING, matchConstraints={"namespaceSelector": selector}, **DENY)


def told(*resources: Resource, **options: Any) -> str:
    found = stack_messages(RULE, AGENT, *resources, **options)
    assert len(found) <= 1
    if not found:
        return "covered"
    return "unjudged" if found[0].startswith("could not judge") else "bare"


def test_the_rule_is_advice() -> None:
    assert next(rule for rule in RULES if rule.name == RULE).level is EnforcementLevel.ADVISORY


def test_a_namespace_with_agents_and_no_policy_is_told_once_with_a_fix() -> None:
    (message,) = stack_messages(RULE, AGENT, AGENT._replace(urn="urn:other"))
    assert f'no policy of the stack verifies the signatures of images in namespace "{NAMESPACE}". Fix: add ' in message
    assert "apps/v1:Deployment" in message


def test_an_agent_behind_other_pods_is_told_of() -> None:
    other = resource({"metadata": {"namespace": "a"}, "spec": spec()}, "kubernetes:core/v1:Pod", "a")
    assert len(stack_messages(RULE, other, AGENT)) == 1


def test_what_could_not_be_judged_is_told_of_its_resource() -> None:
    somewhere = resource({"metadata": {"namespace": UNKNOWN, **LABELS}, "spec": spec()}, "kubernetes:core/v1:Pod", "a")
    something = resource({"metadata": {"labels": UNKNOWN}, "spec": spec()}, "kubernetes:core/v1:Pod", "b")
    where, what = stack_messages(RULE, somewhere, something)
    assert 'Pod "a", unknown at preview: metadata.namespace' in where
    assert 'Pod "b", unknown at preview: whether this is an agent' in what


def test_each_namespace_is_told_of() -> None:
    other = resource({"metadata": {"namespace": "b", **LABELS}, "spec": spec()}, "kubernetes:core/v1:Pod", "b")
    assert len(stack_messages(RULE, AGENT, other)) == 2


def test_namespaces_without_agents_need_no_policy() -> None:
    assert stack_messages(RULE, owned(spec()), namespace()) == []


@pytest.mark.parametrize(("listed", "answer"), [(NAMESPACE, "covered"), ("store*", "covered"), ("other", "bare")])
def test_a_namespace_may_be_covered_elsewhere(listed: str, answer: str) -> None:
    assert told(coveredElsewhere=["x", listed]) == answer


def test_a_pod_that_may_be_an_agents_is_not_judged_and_never_passes() -> None:
    (message,) = stack_messages(RULE, owned(spec(), metadata={"labels": UNKNOWN}))
    assert "whether this is an agent" in message


def test_the_namespace_of_an_agent_may_be_unknown() -> None:
    agent = resource({"metadata": {"namespace": UNKNOWN, **LABELS}, "spec": spec()}, "kubernetes:core/v1:Pod")
    assert stack_messages(RULE, agent)[0].startswith("could not judge")


@pytest.mark.parametrize(
    ("actions", "answer"),
    [(["Deny"], "covered"), (["Audit"], "bare"), (None, "bare"), ([], "bare"), (UNKNOWN, "unjudged"), ("Deny", "bare")],
)
def test_a_validating_policy_must_deny(actions: object, answer: str) -> None:
    assert told(policy(VALIDATING, validationActions=actions)) == answer


@pytest.mark.parametrize(("where", "answer"), [(NAMESPACE, "covered"), ("other", "bare"), (UNKNOWN, "unjudged")])
def test_a_namespaced_policy_covers_its_own_namespace(where: object, answer: str) -> None:
    assert told(policy(VALIDATING.replace("Image", "NamespacedImage"), where, **DENY)) == answer
    rules = [{"verifyImages": [{"failureAction": "Enforce"}]}]
    assert told(policy("kubernetes:kyverno.io/v1:Policy", where, rules=rules)) == answer


@pytest.mark.parametrize(
    ("selector", "answer"),
    [
        (None, "covered"),
        ({}, "covered"),
        ({"matchLabels": {NAME: NAMESPACE}}, "covered"),
        ({"matchLabels": {NAME: "other"}}, "bare"),
        ({"matchLabels": {"tier": "agents"}}, "covered"),
        ({"matchLabels": {"tier": "Agents"}}, "bare"),
        ({"matchLabels": {"tier": "agents", "other": "x"}}, "bare"),
        ({"matchLabels": {"tier": UNKNOWN}}, "unjudged"),
        ({"matchLabels": UNKNOWN}, "unjudged"),
        (UNKNOWN, "unjudged"),
        ({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["x", "agents"]}]}, "covered"),
        ({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["x"]}]}, "bare"),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["agents"]}]}, "bare"),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["x"]}]}, "covered"),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, "covered"),
        ({"matchExpressions": [{"key": "other", "operator": "Exists"}]}, "bare"),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, "bare"),
        ({"matchExpressions": [{"key": "other", "operator": "DoesNotExist"}]}, "covered"),
        ({"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["kube-system"]}]}, "covered"),
        ({"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": [NAMESPACE]}]}, "bare"),
        ({"matchExpressions": [{"key": UNKNOWN, "operator": "Exists"}]}, "unjudged"),
        ({"matchExpressions": [{"key": "tier"}]}, "unjudged"),
        ({"matchLabels": {"tier": "x"}, "matchExpressions": [{"key": "tier"}]}, "bare"),
    ],
)
def test_a_selector_is_weighed_against_the_namespaces_labels(selector: object, answer: str) -> None:
    made = namespace({"tier": "agents"})
    assert told(namespace({"tier": "x"}, "other"), made, validating(selector)) == answer
    assert told(made, kyverno({"any": [{"resources": {"namespaceSelector": selector}}]})) == answer


def test_labels_of_a_namespace_that_the_stack_does_not_make_are_unknown_but_its_name() -> None:
    assert told(validating({"matchLabels": {"tier": "agents"}})) == "unjudged"
    assert told(validating({"matchLabels": {NAME: NAMESPACE}})) == "covered"
    assert told(namespace(), validating({"matchLabels": {"tier": "agents"}})) == "bare"


@pytest.mark.parametrize(
    ("action", "inherited", "answer"),
    [
        ("Enforce", None, "covered"),
        ("enforce", None, "covered"),
        ("Audit", "Enforce", "bare"),
        (None, "Enforce", "covered"),
        (None, "enforce", "covered"),
        (None, "Audit", "bare"),
        (None, None, "bare"),
        (UNKNOWN, None, "unjudged"),
        (None, UNKNOWN, "unjudged"),
    ],
)
def test_a_cluster_policy_must_enforce(action: object, inherited: object, answer: str) -> None:
    assert told(kyverno(action=action, validationFailureAction=inherited)) == answer


def named(*names: object) -> dict[str, Any]:
    return {"resources": {"kinds": ["Pod"], "namespaces": list(names)}}


@pytest.mark.parametrize(
    ("match", "answer"),
    [
        (None, "covered"),
        ({"any": [{"resources": {"kinds": ["Pod"]}}]}, "covered"),
        (named("other", "store*"), "covered"),
        (named("other"), "bare"),
        (named(UNKNOWN), "unjudged"),
        (named(), "bare"),
        ({"any": [named("other"), named(NAMESPACE)]}, "covered"),
        ({"any": [named("other"), named("another")]}, "bare"),
        ({"all": [named("other"), named(NAMESPACE)]}, "bare"),
        ({"all": [named("s*"), named(NAMESPACE)]}, "covered"),
        (UNKNOWN, "unjudged"),
        ({"resources": {"namespaces": [NAMESPACE], "namespaceSelector": {"matchLabels": {NAME: "other"}}}}, "bare"),
        ({"resources": {"namespaces": ["other"], "namespaceSelector": {"matchLabels": {NAME: NAMESPACE}}}}, "bare"),
    ],
)
def test_a_cluster_policy_must_match_the_namespace(match: object, answer: str) -> None:
    assert told(kyverno(match)) == answer


@pytest.mark.parametrize(
    ("exclude", "answer"),
    [
        (named(NAMESPACE), "bare"),
        (named("other"), "covered"),
        ({"any": [named("other"), named(NAMESPACE)]}, "bare"),
        ({"all": [named(NAMESPACE)]}, "bare"),
        ({"any": [{"resources": {"kinds": ["Job"]}}]}, "covered"),
        ({"any": [{"resources": {"namespaceSelector": {"matchLabels": {NAME: NAMESPACE}}}}]}, "bare"),
        (UNKNOWN, "unjudged"),
        (named(UNKNOWN), "unjudged"),
    ],
)
def test_a_cluster_policy_must_not_exclude_the_namespace(exclude: object, answer: str) -> None:
    assert told(kyverno(exclude=exclude)) == answer


@pytest.mark.parametrize(
    ("mode", "label", "answer"),
    [
        (None, "true", "covered"),
        ("enforce", "true", "covered"),
        ("warn", "true", "bare"),
        (None, "false", "bare"),
        (None, None, "bare"),
        (None, UNKNOWN, "unjudged"),
        (UNKNOWN, "true", "unjudged"),
    ],
)
def test_a_policy_of_sigstore_needs_the_namespaces_label(mode: object, label: object, answer: str) -> None:
    assert told(namespace({"policy.sigstore.dev/include": label}), policy(SIGSTORE, mode=mode)) == answer


def test_one_policy_that_covers_is_enough_and_other_kinds_count_for_nothing() -> None:
    unknown = policy(VALIDATING, validationActions=UNKNOWN)
    assert told(unknown, policy(CLUSTER), policy(VALIDATING, **DENY)) == "covered"
    assert told(policy("kubernetes:kyverno.io/v1:ClusterCleanupPolicy", rules=[], **DENY)) == "bare"
