"""Production in two regions of one account: the same but for numbers, and nothing of one in the way of the other."""

from collections import defaultdict
from typing import Any

import pytest
import yaml

from components.config.environment import read_environment
from components.config.load import ROOT
from components.config.stack_files import below
from local.providers.aws import kinds
from tests.components.stacks import recorded

FIRST, SECOND = "prod", "prod-west"
ONCE_AN_ACCOUNT = {"makeAutoscalingRole", "budget"}
"""What the two say differently of an account: the first makes what it has only once."""


def settings(stack: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    return read


def shape(value: Any) -> Any:
    """Return settings without their numbers and names: which options there are, in lists of which length."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items() if key not in ONCE_AN_ACCOUNT}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def stacks(environment: str) -> list[str]:
    return list(read_environment(ROOT, environment).names)


def test_the_second_region_has_the_stacks_of_the_first() -> None:
    assert sorted(stacks(SECOND)) == sorted(stack.replace(FIRST, SECOND) for stack in stacks(FIRST))
    assert SECOND not in below(ROOT, FIRST)


@pytest.mark.parametrize("stack", stacks(FIRST))
def test_they_differ_in_numbers_and_names_only(stack: str) -> None:
    assert shape(settings(stack.replace(FIRST, SECOND))) == shape(settings(stack))


def test_data_stay_where_each_region_is() -> None:
    for environment, region in ((FIRST, "eu-central-1"), (SECOND, "eu-west-1")):
        teams = settings(f"{environment}-platform")["agent-platform:teams"]
        assert {team["residency"] for team in teams} == {region}
        assert settings(environment)["agent-platform:cluster"]["region"] == region


def test_their_networks_can_be_joined() -> None:
    ranges = {settings(each)["agent-platform:cluster"]["network"]["cidr"] for each in (FIRST, SECOND, "dev")}
    assert len(ranges) == 3


def test_nothing_that_an_account_or_the_world_has_only_once_is_made_by_both() -> None:
    """Roles, instance profiles, buckets, distributions, records and the like, by what AWS wants to be unique."""
    made = defaultdict(set)
    for environment in (FIRST, SECOND):
        for stack in recorded(environment):
            for each in stack.cloud.registered:
                kind = kinds.kind_of(each.type)
                if kind.unique and (kind.is_global or each.type == "aws:s3/bucket:Bucket"):
                    identity = tuple(str(each.inputs.get(key, "")) for key in kind.unique)
                    made[each.type, identity].add(f"{stack.name}: {each.name}")
    assert len(made) > 20
    assert {what: who for what, who in made.items() if len(who) > 1} == {}


def test_what_an_account_has_only_once_would_be_found() -> None:
    (first, *_), (second, *_) = recorded(FIRST), recorded(SECOND)
    role = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
    assert len(first.cloud.of_type(role)) == 1
    assert second.cloud.of_type(role) == []
    assert kinds.kind_of(role).unique
