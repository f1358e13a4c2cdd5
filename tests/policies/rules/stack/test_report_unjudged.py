"""stack-strict-unknowns: what mandatory rules could not judge."""

import dataclasses
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from policies.config import parse
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import Resource
from policies.rules import RULES
from policies.unknowns import UNKNOWN
from tests.policies.manifests import TODAY, container, owned, spec, stack_of
from tests.policies.rules.stack.builders import deployment, policy

RULE = "stack-strict-unknowns"
POD_RULE, STACK_RULE = "pod-no-privileged", "stack-netpol-coverage"
CHOSEN = [rule for rule in RULES if rule.name in (RULE, POD_RULE, STACK_RULE)]
HALF = deployment(pod=spec(containers=[container(privileged=UNKNOWN), container("b", privileged=UNKNOWN)]))


def judged(
    *resources: Resource, preview: bool, levels: dict[str, EnforcementLevel] | None = None, **options: Any
) -> list[Diagnostic]:
    """What the rule says after the others have judged the resources and the stack."""
    dispatcher = Dispatcher(CHOSEN, parse({RULE: options}, CHOSEN, today=TODAY), levels)
    for each in resources:
        dispatcher.evaluate(each)
    found = dispatcher.evaluate_stack(stack_of(*resources, preview=preview))
    return [each for each in found if each.rule.name == RULE]


def test_a_stack_that_was_judged_in_full_passes() -> None:
    whole = owned(spec())
    assert judged(whole, policy(), preview=True) == []
    assert judged(whole, policy(), preview=False) == []


def test_at_preview_all_unknowns_are_told_in_one_sentence_that_refuses_nothing() -> None:
    (found,) = judged(HALF, policy(policyTypes=UNKNOWN), preview=True)
    assert found.level is EnforcementLevel.ADVISORY
    assert found.urn == ""
    assert found.message.startswith("could not judge 4 values of the stack")
    assert 'pod-no-privileged of web: container "app"' in found.message
    assert "stack-netpol-coverage of web" in found.message


@pytest.mark.parametrize(
    ("preview", "options"), [(False, {}), (True, {"preview": "refuse"}), (False, {"preview": "refuse"})]
)
def test_what_was_left_is_refused_by_rule_and_resource(preview: bool, options: Any) -> None:
    dispatcher = Dispatcher(CHOSEN, parse({RULE: options}, CHOSEN, today=TODAY))
    resources = (HALF, policy(policyTypes=UNKNOWN))
    for each in resources:
        dispatcher.evaluate(each)
    found = dispatcher.evaluate_stack(stack_of(*resources, preview=preview))
    first, second = [each for each in found if each.rule.name == RULE]
    assert {first.level, second.level} == {EnforcementLevel.MANDATORY}
    assert first.urn == second.urn == HALF.urn
    assert "pod-no-privileged is mandatory and could not judge" in first.message
    assert "stack-netpol-coverage is mandatory and could not judge" in second.message
    assert 'container "b"' in first.message


def test_what_an_advisory_rule_could_not_judge_is_not_counted() -> None:
    assert judged(HALF, policy(), preview=False, levels={POD_RULE: EnforcementLevel.ADVISORY}) == []


def test_asked_again_it_does_not_count_what_it_said_itself() -> None:
    dispatcher = Dispatcher(CHOSEN)
    dispatcher.evaluate(HALF)
    stack = stack_of(HALF, policy(), preview=True)
    first = dispatcher.evaluate_stack(stack)
    assert dispatcher.evaluate_stack(stack) == first
    assert len(first) == 1


def test_it_is_asked_after_all_other_rules_of_stacks() -> None:
    (strict,) = [rule for rule in CHOSEN if rule.name == RULE]
    later = [dataclasses.replace(rule, name="zone-rule") for rule in CHOSEN if rule.name == STACK_RULE]
    found = Dispatcher((strict, *later)).evaluate_stack(stack_of(deployment(), policy(policyTypes=UNKNOWN)))
    assert [each.rule.name for each in found] == ["zone-rule", RULE]


def test_another_word_for_previews_is_refused() -> None:
    with pytest.raises(Exception, match="report, refuse"):
        parse({RULE: {"preview": "maybe"}}, CHOSEN, today=TODAY)
