"""stack-agent-identity-unique: service accounts of agents, roles of teams."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import resource, spec, stack_messages
from tests.policies.rules.stack.builders import deployment, listed, made

RULE = "stack-agent-identity-unique"
ROLE = "arn:aws:iam::123456789012:role/reader"


def agent(name: str, account: Any = "shared", namespace: Any = "storefront", **labels: Any) -> Resource:
    given = {"app.kubernetes.io/component": "agent", "app.kubernetes.io/instance": name, **labels}
    return deployment(name, namespace, given, pod=spec(serviceAccountName=account))


def account(name: str, namespace: Any = "storefront", role: Any = ROLE) -> Resource:
    metadata = {"annotations": {"eks.amazonaws.com/role-arn": role}}
    return made("core/v1:ServiceAccount", name, namespace, metadata=metadata)


def association(name: str, namespace: Any = "storefront", role: Any = ROLE) -> Resource:
    properties = {"namespace": namespace, "serviceAccount": name, "roleArn": role}
    return resource(properties, "aws:eks/podIdentityAssociation:PodIdentityAssociation", name)


def namespace(name: str, team: Any) -> Resource:
    return made("core/v1:Namespace", name, None, metadata={"labels": {"agent-platform.dev/team": team}})


def test_agents_with_service_accounts_of_their_own_pass() -> None:
    assert stack_messages(RULE, agent("one", "one"), agent("two", "two")) == []


def test_each_agent_that_shares_a_service_account_is_refused() -> None:
    first, second = stack_messages(RULE, agent("two"), agent("one"))
    assert 'the service account "shared" serves several agents: "one", "two"' in first
    assert second.startswith('kubernetes:apps/v1:Deployment "one": pod (spec.template.spec): serviceAccountName: the ')


@pytest.mark.parametrize("missing", [None, "default"])
def test_agents_that_leave_the_default_account_share_it(missing: object) -> None:
    found = stack_messages(RULE, agent("one", missing), agent("two", "default"))
    assert len(found) == 2
    assert 'the service account "default" serves several agents' in found[0]


def test_workloads_of_one_agent_may_share_its_service_account() -> None:
    same = {"app.kubernetes.io/instance": "one"}
    assert stack_messages(RULE, agent("one"), agent("one-worker", **same)) == []


def test_agents_without_an_instance_label_are_told_apart_by_name() -> None:
    bare = {"app.kubernetes.io/instance": None}
    (first, second) = stack_messages(RULE, agent("one", **bare), agent("two", **bare))
    assert '"one", "two"' in first
    assert '"one", "two"' in second


def test_service_accounts_of_one_name_in_two_namespaces_are_two() -> None:
    assert stack_messages(RULE, agent("one"), agent("two", namespace="media")) == []


def test_what_is_no_agent_may_share() -> None:
    other = {"app.kubernetes.io/component": "cache"}
    assert stack_messages(RULE, agent("one"), agent("two", **other), deployment()) == []


@pytest.mark.parametrize(
    "unknown",
    [
        agent("two", UNKNOWN),
        agent("two", namespace=UNKNOWN),
        agent("two", **{"app.kubernetes.io/component": UNKNOWN}),
        agent("two", **{"app.kubernetes.io/instance": UNKNOWN}),
    ],
)
def test_an_unknown_that_decides_is_not_judged(unknown: Resource) -> None:
    found = stack_messages(RULE, agent("one"), unknown)
    assert found
    assert all(text.startswith("could not judge 1 value") for text in found)


def test_an_unknown_beside_a_violation_hides_nothing() -> None:
    found = stack_messages(RULE, agent("one"), agent("two"), agent("three", **{"app.kubernetes.io/instance": UNKNOWN}))
    assert len([text for text in found if "serves several agents" in text]) == 3


def test_names_that_are_secret_are_not_printed() -> None:
    found = stack_messages(RULE, agent("one", Secret("hush")), agent("two", Secret("hush")))
    assert len(found) == 2
    assert "hush" not in "".join(found)


@pytest.mark.parametrize("make", [account, association])
def test_a_role_that_serves_two_teams_is_refused(make: Any) -> None:
    first, second = stack_messages(RULE, make("one"), make("two", "media"))
    assert f'the IAM role "{ROLE}" serves several teams: "media", "storefront"' in first
    assert "Fix: make one role for each team" in second


def test_a_role_may_not_be_shared_by_annotation_and_association_either() -> None:
    assert len(stack_messages(RULE, account("one"), association("two", "media"))) == 2


@pytest.mark.parametrize("make", [account, association])
def test_a_role_may_serve_one_team_in_several_namespaces(make: Any) -> None:
    assert stack_messages(RULE, make("one"), make("two")) == []
    spaces = [namespace("storefront", "shop"), namespace("media", "shop")]
    assert stack_messages(RULE, make("one"), make("two", "media"), *spaces) == []


def test_the_team_of_a_namespace_is_what_its_label_says() -> None:
    spaces = [namespace("storefront", "shop"), namespace("media", "news")]
    first, _ = stack_messages(RULE, account("one"), account("two", "media"), *spaces)
    assert '"news", "shop"' in first


def test_an_account_without_a_namespace_is_in_the_default_one() -> None:
    first, _ = stack_messages(RULE, account("one", None), account("two", "media"))
    assert '"default", "media"' in first
    assert stack_messages(RULE, account("one", None), account("two", "default")) == []
    spaces = [namespace("default", "shop"), namespace("media", "shop")]
    assert stack_messages(RULE, account("one", None), account("two", "media"), *spaces) == []


def test_two_roles_for_two_teams_pass() -> None:
    assert (
        stack_messages(RULE, account("one"), account("two", "media", f"{ROLE}-2"), account("three", "ops", None)) == []
    )


@pytest.mark.parametrize(
    "others",
    [[account("two", "media", UNKNOWN)], [account("two", UNKNOWN)], [account("two", "x"), namespace("x", UNKNOWN)]],
)
def test_an_unknown_role_or_team_is_not_judged(others: list[Resource]) -> None:
    found = stack_messages(RULE, account("one"), *others)
    assert found
    assert all(text.startswith("could not judge 1 value") for text in found)


def test_an_object_is_named_once_and_one_of_a_list_after_the_list() -> None:
    first, second = stack_messages(RULE, account("one"), account("two", "media"))
    where = 'metadata.annotations["eks.amazonaws.com/role-arn"]: the IAM role'
    assert first.startswith(f'kubernetes:core/v1:ServiceAccount "one": {where}')
    first, second = stack_messages(RULE, listed(account("one"), account("two", "media")))
    assert first.startswith('kubernetes:core/v1:List "all": core/ServiceAccount "one": items[0].metadata')
    assert second.startswith('kubernetes:core/v1:List "all": core/ServiceAccount "two": items[1].metadata')
    first, _ = stack_messages(RULE, listed(agent("one"), agent("two")))
    assert first.startswith('kubernetes:core/v1:List "all": apps/Deployment "one": pod (spec.template.spec): ')
