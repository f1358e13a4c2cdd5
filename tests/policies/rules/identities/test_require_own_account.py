"""sa-dedicated."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    KINDS,
    NAMESPACE,
    PATCHES,
    WHOLE,
    owned,
    refused,
    resource,
    spec,
    stack_messages,
    unjudged,
)

RULE = "sa-dedicated"


def account(name: object = "web", namespace: object = NAMESPACE) -> Resource:
    made = {"metadata": {"name": name, "namespace": namespace}}
    return resource(made, "kubernetes:core/v1:ServiceAccount", "account")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["default", ""])
def test_the_default_account_is_refused_in_every_kind(kind: str, name: str) -> None:
    (message,) = refused(RULE, owned(spec(serviceAccountName=name), kind))
    assert f'serviceAccountName is "{name}"' in message
    assert "Fix: set serviceAccountName to a service account that is this workload's own." in message


@pytest.mark.parametrize("kind", KINDS)
def test_an_own_account_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(serviceAccountName="defaults"), kind)) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_a_pod_without_an_account_is_refused(kind: str) -> None:
    assert "serviceAccountName is not set" in refused(RULE, owned(spec(serviceAccountName=None), kind))[0]


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_name_no_account(kind: str) -> None:
    assert refused(RULE, owned(spec(serviceAccountName=None), kind)) == []


@pytest.mark.parametrize("name", [None, ""])
def test_the_old_name_of_the_field_counts_where_the_new_is_empty(name: object) -> None:
    assert refused(RULE, owned(spec(serviceAccountName=name, serviceAccount="web"))) == []
    (message,) = refused(RULE, owned(spec(serviceAccountName=name, serviceAccount="default")))
    assert 'serviceAccount is "default"' in message


def test_the_new_name_of_the_field_goes_before_the_old() -> None:
    assert len(refused(RULE, owned(spec(serviceAccountName="default", serviceAccount="web")))) == 1
    assert refused(RULE, owned(spec(serviceAccountName="web", serviceAccount="default"))) == []


def test_an_unknown_account_is_not_judged_and_another_type_refused() -> None:
    assert len(unjudged(RULE, owned(spec(serviceAccountName=UNKNOWN)))) == 1
    assert "belongs" in refused(RULE, owned(spec(serviceAccountName=7)))[0]


NAMESPACED = [kind for kind in WHOLE if "List" not in kind]


@pytest.mark.parametrize("kind", NAMESPACED)
def test_an_account_that_the_stack_makes_passes(kind: str) -> None:
    assert stack_messages(RULE, owned(spec(), kind), account("other"), account()) == []


@pytest.mark.parametrize("kind", NAMESPACED)
def test_an_account_that_nobody_makes_is_refused(kind: str) -> None:
    judged = owned(spec(), kind)
    (message,) = stack_messages(RULE, judged, account("b"), account("a"))
    assert kind in message
    assert 'serviceAccountName is "web"' in message
    assert f'no such service account in namespace "{NAMESPACE}", only "a", "b".' in message
    assert "add the missing ServiceAccount" in message


def test_pods_and_accounts_of_lists_are_found() -> None:
    pods = owned(spec(), "kubernetes:core/v1:List")
    named = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web", "namespace": NAMESPACE}}
    accounts = resource({"items": [named]}, "kubernetes:core/v1:List", "accounts")
    assert stack_messages(RULE, pods, accounts) == []
    assert len(stack_messages(RULE, pods, account("other"))) == 1
    assert len(stack_messages(RULE, owned(spec(), "kubernetes:apps/v1:DeploymentList"), account("other"))) == 1
    assert len(stack_messages(RULE, owned(spec(), "kubernetes:apps/v1:DeploymentPatch"), account("x", "default"))) == 0


def test_accounts_of_other_namespaces_and_stacks_say_nothing() -> None:
    assert stack_messages(RULE, owned(spec())) == []
    assert stack_messages(RULE, owned(spec()), account("other", "elsewhere")) == []
    assert len(stack_messages(RULE, owned(spec()), account("web", "elsewhere"), account("other"))) == 1
    other_kind = resource({"metadata": {"name": "x", "namespace": NAMESPACE}}, "kubernetes:core/v1:Secret", "secret")
    assert stack_messages(RULE, owned(spec()), other_kind) == []


def test_an_account_or_pod_without_a_namespace_is_in_default() -> None:
    pod = resource({"spec": spec()}, "kubernetes:core/v1:Pod")
    assert len(stack_messages(RULE, pod, account("other", None))) == 1
    assert stack_messages(RULE, pod, account("web", "default")) == []


@pytest.mark.parametrize("name", ["default", "", None, 7, UNKNOWN])
def test_what_the_resource_rule_tells_is_not_told_twice(name: object) -> None:
    assert stack_messages(RULE, owned(spec(serviceAccountName=name)), account("other")) == []


def test_what_an_unknown_may_settle_is_not_judged() -> None:
    unknown_name = stack_messages(RULE, owned(spec()), account(UNKNOWN))
    unknown_namespace = stack_messages(RULE, owned(spec()), account("web", UNKNOWN))
    generated = stack_messages(RULE, owned(spec()), account(None))
    for messages in (unknown_name, unknown_namespace, generated):
        assert messages[0].startswith("could not judge 1 value")
        assert "serviceAccountName" in messages[0]
    assert stack_messages(RULE, owned(spec()), account(UNKNOWN), account()) == []


def test_a_pod_of_an_unknown_namespace_is_not_judged() -> None:
    pod = resource({"metadata": {"namespace": UNKNOWN}, "spec": spec()}, "kubernetes:core/v1:Pod")
    (message,) = stack_messages(RULE, pod, account())
    assert message.startswith("could not judge")


def test_a_secret_name_is_not_shown() -> None:
    (message,) = stack_messages(RULE, owned(spec(serviceAccountName=Secret("hidden-name"))), account())
    assert "hidden" not in message
    whole = owned(spec(serviceAccountName="hidden-name"))
    (message,) = stack_messages(RULE, whole._replace(properties=Secret(whole.properties)), account())
    assert "hidden" not in message


def test_secret_names_and_namespaces_of_others_are_not_shown() -> None:
    (message,) = stack_messages(RULE, owned(spec(serviceAccountName="lost")), account(Secret("hidden-name")), account())
    assert 'only "web", a secret value.' in message
    metadata = {"name": "web", "namespace": Secret("hidden-space")}
    whole = owned(spec(serviceAccountName="lost"))
    assert isinstance(whole.properties, dict)
    whole = whole._replace(properties={**whole.properties, "metadata": metadata})
    (message,) = stack_messages(RULE, whole, account(namespace="hidden-space"))
    assert "namespace a secret value, only" in message
    assert "hidden" not in message


def test_a_namespace_that_nobody_names_is_called_default() -> None:
    whole = owned(spec(serviceAccountName="lost"))
    assert isinstance(whole.properties, dict)
    whole = whole._replace(properties={**whole.properties, "metadata": {"name": "web"}})
    (message,) = stack_messages(RULE, whole, account(namespace="default"))
    assert 'in namespace "default", only "web".' in message
