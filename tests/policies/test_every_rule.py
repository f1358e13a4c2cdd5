"""What holds for every rule on resources that grow where it looks, of every type that it concerns."""

import itertools
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.dispatcher import Dispatcher
from policies.edits import apply
from policies.rule import AnyRule, Stack
from policies.rules import RULES
from policies.unknowns import UNKNOWN, Secret, decode_struct
from tests.policies.growth import HIDDEN, grown, judged, neighbours, put, remedied, types_of, watched
from tests.policies.manifests import resource
from tests.policies.test_rules import places
from tests.policies.wire import struct_of

EXPLORING = not settings().derandomize
EXAMPLES = settings(max_examples=500 if EXPLORING else 25, deadline=None, suppress_health_check=list(HealthCheck))
READ_NO_PROPERTY = {
    *("stack-explicit-providers", "stack-protect-stateful", "stack-strict-unknowns", "stack-no-security-ignore"),
    *("stack-no-plaintext-secret", "iam-no-user"),
}
OPENED_BY_OTHERS = {"iam-trust-scoped", "rbac-no-escalation", "rbac-no-secrets-exec-pods"}
"""Rules that refuse a value of the wrong type, and let it be anything, unknown too, beside others that make it
harmless: a principal under a condition that binds it, verbs of resources that hold no secret."""
NAMES = ("apiVersion", "kind")
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def secrecy(rule: AnyRule) -> bool:
    return rule.area is not None and rule.area.secrecy


@each_rule
def test_a_rule_looks_at_a_type_that_is_tried_here(rule: AnyRule) -> None:
    found = set()
    for token in types_of(rule):
        with watched() as absent:
            judged(rule, {}, token, secrecy=secrecy(rule))
        found |= absent
    assert types_of(rule)
    assert found or rule.name in READ_NO_PROPERTY


@each_rule
@given(data=st.data())
@EXAMPLES
def test_no_resource_makes_a_rule_raise_or_waver(rule: AnyRule, data: Any) -> None:
    token = data.draw(st.sampled_from(types_of(rule)))
    tree = grown(data.draw, rule, token)
    first = judged(rule, tree, token, secrecy=secrecy(rule))
    assert judged(rule, tree, token, secrecy=secrecy(rule)) == first
    assert not [found.message for found in first if "the rule itself failed" in found.message]


def can_be_unknown(tree: Any, place: Any) -> bool:
    """Whether an unknown would stand for what is there: null is absent, and what names a kind holds no pods."""
    value = reduce(getitem, place, tree)
    return value is not None and (place[-1] not in NAMES or isinstance(value, str))


@each_rule
@given(data=st.data())
@EXAMPLES
def test_an_unknown_value_never_makes_a_finding_vanish_in_silence(rule: AnyRule, data: Any) -> None:
    token = data.draw(st.sampled_from(types_of(rule)))
    tree = grown(data.draw, rule, token)
    found = judged(rule, tree, token, secrecy=secrecy(rule))
    if rule.name in OPENED_BY_OTHERS:
        found = [finding for finding in found if " belongs. Fix: " not in finding.message]
    inside = [place for place in places(tree) if place and "metadata" not in place and can_be_unknown(tree, place)]
    if found and inside:
        veiled = put(tree, data.draw(st.sampled_from(inside)), UNKNOWN)
        assert judged(rule, veiled, token, secrecy=secrecy(rule)) != []


@each_rule
@given(data=st.data())
@EXAMPLES
def test_a_secret_is_never_printed(rule: AnyRule, data: Any) -> None:
    token = data.draw(st.sampled_from(types_of(rule)))
    tree = grown(data.draw, rule, token)
    with watched() as absent:
        judged(rule, tree, token, secrecy=secrecy(rule))
    for place in sorted(absent, key=str)[:8]:
        for telling in (Secret(HIDDEN), Secret([HIDDEN]), Secret({HIDDEN: HIDDEN})):
            veiled = put(tree, place, telling)
            found = judged(rule, veiled, token, secrecy=secrecy(rule), beside=neighbours(telling, telling))
            assert not [each.message for each in found if HIDDEN in each.message]


SECRET = Secret(HIDDEN)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.judge_stack], ids=lambda rule: rule.name)
def test_a_secret_that_resources_share_is_never_printed(rule: AnyRule) -> None:
    for name, other in itertools.product(("web", SECRET), ("api", SECRET)):
        for namespace, kind in itertools.product(("storefront", SECRET), ("Deployment", SECRET)):
            stack = (*neighbours(name, namespace, kind), *neighbours(other, namespace))
            found = Dispatcher((rule,)).evaluate_stack(Stack(stack, preview=False))
            assert not [each.message for each in found if HIDDEN in each.message]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.judge_stack], ids=lambda rule: rule.name)
def test_a_secret_in_one_of_several_resources_is_never_printed(rule: AnyRule) -> None:
    stack = neighbours("web", "storefront")
    for index, each in enumerate(stack):
        for place in places(each.properties):
            veiled = each._replace(properties=put(each.properties, place, SECRET)) if place else each
            found = Dispatcher((rule,)).evaluate_stack(
                Stack((*stack[:index], veiled, *stack[index + 1 :]), preview=False)
            )
            assert not [each.message for each in found if HIDDEN in each.message]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.mends], ids=lambda rule: rule.name)
@given(data=st.data())
@EXAMPLES
def test_a_remedy_applied_again_changes_nothing(rule: AnyRule, data: Any) -> None:
    token = data.draw(st.sampled_from(types_of(rule)))
    subject = resource(grown(data.draw, rule, token), token)._replace(secrecy=secrecy(rule))
    once = struct_of(subject.properties)
    apply(once, remedied(rule, subject))
    again = struct_of(subject.properties)
    again.CopyFrom(once)
    mended = subject._replace(properties=decode_struct(once))
    apply(again, remedied(rule, mended))
    assert again == once


def test_growth_reaches_deep_into_a_rule() -> None:
    rule = next(rule for rule in RULES if rule.name == "pod-no-privileged")
    tree = put({}, ("spec", "containers", 0), {})
    with watched() as absent:
        judged(rule, tree, "kubernetes:core/v1:Pod")
    assert ("spec", "containers", 0, "securityContext", "privileged") in absent
