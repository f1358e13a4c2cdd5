"""stack-pdb-feasible: coverage, and what a budget lets go."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import stack_messages
from tests.policies.rules.stack.builders import LABELS, SELECTS_WEB, deployment, listed, made

RULE = "stack-pdb-feasible"


def budget(name: Any = "budget", namespace: Any = "storefront", **fields: Any) -> Resource:
    return made("policy/v1:PodDisruptionBudget", name, namespace, spec={"selector": SELECTS_WEB, **fields})


def scaler(**fields: Any) -> Resource:
    target = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}
    return made("autoscaling/v2:HorizontalPodAutoscaler", "scaler", spec={**target, **fields})


KINDS = ["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:ReplicaSet", "core/v1:ReplicationController"]
KINDS += ["argoproj.io/v1alpha1:Rollout"]


@pytest.mark.parametrize("kind", KINDS)
def test_several_pods_without_a_budget_are_refused_in_every_kind(kind: str) -> None:
    (message,) = stack_messages(RULE, deployment(kind=kind, replicas=2))
    assert "runs in 2 pods and no PodDisruptionBudget selects them" in message
    assert stack_messages(RULE, deployment(kind=kind, replicas=2), budget(maxUnavailable=1)) == []


@pytest.mark.parametrize("kind", ["apps/v1:DaemonSet", "batch/v1:Job"])
def test_kinds_that_no_budget_concerns_need_none(kind: str) -> None:
    assert stack_messages(RULE, deployment(kind=kind, replicas=2)) == []


@pytest.mark.parametrize("replicas", [0, 1])
def test_a_single_pod_needs_no_budget(replicas: int) -> None:
    assert stack_messages(RULE, deployment(replicas=replicas)) == []


def test_the_fewest_pods_of_an_autoscaler_decide() -> None:
    assert stack_messages(RULE, deployment(replicas=5), scaler(minReplicas=1, maxReplicas=9)) == []
    (message,) = stack_messages(RULE, deployment(), scaler(minReplicas=3, maxReplicas=9))
    assert "runs in 3 pods" in message


@pytest.mark.parametrize("other", [{"namespace": "media"}, {"selector": {"matchLabels": {"app": "api"}}}])
def test_a_budget_for_others_covers_nothing(other: Any) -> None:
    (message,) = stack_messages(RULE, deployment(replicas=2), budget(maxUnavailable=1, **other))
    assert "no PodDisruptionBudget selects them" in message


def test_two_budgets_for_one_pod_are_refused() -> None:
    (message,) = stack_messages(
        RULE, deployment(replicas=2), budget("one", maxUnavailable=1), budget("two", maxUnavailable=1)
    )
    assert "is selected by several PodDisruptionBudgets" in message


@pytest.mark.parametrize(
    "fields",
    [
        {"maxUnavailable": 0},
        {"maxUnavailable": "0%"},
        {"minAvailable": 4},
        {"minAvailable": 5},
        {"minAvailable": "100%"},
        {"minAvailable": "101%"},
        {"minAvailable": "76%"},
    ],
)
def test_a_budget_that_lets_no_pod_go_is_refused(fields: Any) -> None:
    (message,) = stack_messages(RULE, deployment(replicas=4), budget(**fields))
    assert "lets no pod be evicted" in message
    assert "PodDisruptionBudget" in message.partition(":")[2]


@pytest.mark.parametrize(
    "fields",
    [
        {"maxUnavailable": 1},
        {"maxUnavailable": "1%"},
        {"maxUnavailable": "100%"},
        {"minAvailable": 0},
        {"minAvailable": 3},
        {"minAvailable": "0%"},
        {"minAvailable": "75%"},
        {"minAvailable": "51%"},
    ],
)
def test_a_budget_that_lets_one_pod_go_passes(fields: Any) -> None:
    assert stack_messages(RULE, deployment(replicas=4), budget(**fields)) == []


def test_what_must_stay_is_held_against_the_fewest_pods_of_all_that_are_selected() -> None:
    (message,) = stack_messages(RULE, deployment(replicas=9), scaler(minReplicas=2), budget(minAvailable=2))
    assert "minAvailable is 2 of 2 pods" in message
    pair = [deployment(replicas=2), deployment("api", labels=LABELS, replicas=2)]
    assert stack_messages(RULE, *pair, budget(minAvailable=3)) == []
    (message,) = stack_messages(RULE, *pair, budget(minAvailable=4))
    assert "4 of 4 pods" in message


def test_what_must_stay_is_not_held_against_pods_that_are_elsewhere() -> None:
    assert stack_messages(RULE, budget(minAvailable=3)) == []
    assert len(stack_messages(RULE, budget(minAvailable="100%"))) == 1


@pytest.mark.parametrize(("fields", "which"), [({}, "neither"), ({"maxUnavailable": 1, "minAvailable": 1}, "both")])
def test_a_budget_has_one_amount(fields: Any, which: str) -> None:
    (message,) = stack_messages(RULE, deployment(replicas=2), budget(**fields))
    assert f"has {which} of maxUnavailable and minAvailable" in message


@pytest.mark.parametrize("wrong", ["half", "1.5%", "-1%", -1, True, [], {}])
@pytest.mark.parametrize("name", ["maxUnavailable", "minAvailable"])
def test_an_amount_of_the_wrong_type_is_refused(name: str, wrong: Any) -> None:
    (message,) = stack_messages(RULE, deployment(replicas=2), budget(**{name: wrong}))
    assert "where a whole number or a percentage belongs" in message
    assert message.startswith(f'kubernetes:policy/v1:PodDisruptionBudget "budget": spec.{name} is ')


@pytest.mark.parametrize("name", ["maxUnavailable", "minAvailable"])
def test_an_unknown_amount_is_not_judged(name: str) -> None:
    (message,) = stack_messages(RULE, deployment(replicas=2), budget(**{name: UNKNOWN}))
    assert message.startswith("could not judge 1 value of kubernetes:policy/v1:PodDisruptionBudget")


def test_an_unknown_number_of_pods_is_not_judged() -> None:
    found = stack_messages(RULE, deployment(replicas=UNKNOWN), budget(minAvailable=1))
    assert len(found) == 2
    assert all(text.startswith("could not judge") for text in found)


def test_an_unknown_selector_is_not_judged() -> None:
    found = stack_messages(RULE, deployment(replicas=2), budget(selector=UNKNOWN, minAvailable=1))
    assert len(found) == 2
    assert all(text.startswith("could not judge") for text in found)


def test_a_patch_of_a_budget_is_not_demanded_to_have_an_amount() -> None:
    assert stack_messages(RULE, made("policy/v1:PodDisruptionBudgetPatch", spec={})) == []


def test_an_autoscaler_that_may_be_of_a_workload_leaves_its_number_open() -> None:
    target = {"scaleTargetRef": {"kind": "Deployment", "name": UNKNOWN}, "minReplicas": 5, "maxReplicas": 50}
    scaler = made("autoscaling/v2:HorizontalPodAutoscaler", spec=target)
    (message,) = stack_messages("stack-pdb-feasible", deployment(), scaler)
    assert message.startswith("could not judge 1 value of kubernetes:apps/v1:Deployment")


UNCOVERED = "runs in 2 pods and no PodDisruptionBudget selects them"
STUCK = "spec.maxUnavailable is 0 and lets no pod be evicted"


def test_an_object_is_named_once_and_one_of_a_list_after_the_list() -> None:
    (message,) = stack_messages(RULE, deployment(replicas=2))
    assert message.startswith(f'kubernetes:apps/v1:Deployment "web": {UNCOVERED}')
    (message,) = stack_messages(RULE, listed(deployment(replicas=2)))
    assert message.startswith(f'kubernetes:core/v1:List "all": apps/Deployment "web": {UNCOVERED}')
    (message,) = stack_messages(RULE, budget(maxUnavailable=0))
    assert message.startswith(f'kubernetes:policy/v1:PodDisruptionBudget "budget": {STUCK}')
    (message,) = stack_messages(RULE, listed(budget(maxUnavailable=0)))
    assert message.startswith(f'kubernetes:core/v1:List "all": policy/PodDisruptionBudget "budget": items[0].{STUCK}')


@pytest.mark.parametrize("fields", [{"maxUnavailable": "half"}, {}])
def test_a_budget_in_a_list_is_named_whatever_is_wrong_with_it(fields: Any) -> None:
    (message,) = stack_messages(RULE, listed(budget(**fields)))
    assert message.startswith('kubernetes:core/v1:List "all": policy/PodDisruptionBudget "budget": ')


def test_what_is_not_judged_is_told_as_a_place() -> None:
    found = stack_messages(RULE, deployment(replicas=2), budget(selector=UNKNOWN, minAvailable=1))
    assert "at preview: whether a PodDisruptionBudget selects its pods. " in found[0]
    assert "at preview: spec.minAvailable against the pods that it selects. " in found[1]
