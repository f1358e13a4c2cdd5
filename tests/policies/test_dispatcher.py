"""Levels, exemptions, grouping and failing rules."""

import dataclasses
from collections.abc import Iterator

import pytest
from pulumi_policy import EnforcementLevel

from policies.config import parse
from policies.dispatcher import Dispatcher
from policies.findings import Finding, Unjudged
from policies.rule import AnyRule, Options, Resource, Stack
from policies.rules import RULES
from policies.subjects.pods import PODS, Pod
from policies.unknowns import UNKNOWN
from tests.policies.manifests import TODAY, container, owned, spec

RULE = "pod-no-privileged"
ONLY = tuple(rule for rule in RULES if rule.name == RULE)
BAD = owned(spec(containers=[container(privileged=True)]))
KIND = "kubernetes:apps/v1:Deployment"


def exempting(resource: str) -> Dispatcher:
    exemption = {"resource": resource, "reason": "is being rebuilt", "expires": "2026-12-31"}
    return Dispatcher(ONLY, parse({RULE: {"exemptions": [exemption]}}, ONLY, today=TODAY))


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (EnforcementLevel.ADVISORY, [EnforcementLevel.ADVISORY]),
        (EnforcementLevel.MANDATORY, [EnforcementLevel.MANDATORY]),
        (EnforcementLevel.REMEDIATE, [EnforcementLevel.MANDATORY]),
        (EnforcementLevel.DISABLED, []),
    ],
)
def test_a_violation_has_the_level_that_was_configured(given: EnforcementLevel, seen: list[EnforcementLevel]) -> None:
    found = Dispatcher(ONLY, levels={RULE: given}).evaluate(BAD)
    assert [diagnostic.level for diagnostic in found] == seen


def test_without_configuration_a_violation_has_the_rules_own_level() -> None:
    (found,) = Dispatcher(ONLY).evaluate(BAD)
    assert found.level is EnforcementLevel.MANDATORY


def test_what_could_not_be_judged_is_advisory_whatever_the_rules_level() -> None:
    (found,) = Dispatcher(ONLY).evaluate(owned(spec(containers=[container(privileged=UNKNOWN)])))
    assert found.level is EnforcementLevel.ADVISORY
    assert found.message.startswith("could not judge 1 value of ")


def test_all_that_a_rule_could_not_judge_comes_in_one_counted_sentence() -> None:
    pod = spec(containers=[container(f"c{index}", privileged=UNKNOWN) for index in range(25)])
    (found,) = Dispatcher(ONLY).evaluate(owned(pod))
    assert "could not judge 25 values" in found.message
    assert "and 5 more" in found.message
    assert "`pulumi up` judges them before it creates the resource." in found.message


def test_what_only_the_whole_stack_shows_is_judged_after_the_resources_are_made() -> None:
    def unclear(_stack: Stack, _options: Options) -> Iterator[Finding]:
        yield Unjudged("whether a claim declares a class", BAD.urn)

    rule: AnyRule = dataclasses.replace(ONLY[0], judge_stack=unclear)
    (found,) = Dispatcher([rule]).evaluate_stack(Stack([BAD]))
    assert "`pulumi up` judges them only after it created the resources of the stack." in found.message
    assert "before" not in found.message


@pytest.mark.parametrize("resource", [f"{KIND}::web", f"urn:pulumi:dev::project::{KIND}::web"])
def test_an_exempted_violation_is_reported_with_reason_and_date_but_not_refused(resource: str) -> None:
    (found,) = exempting(resource).evaluate(BAD)
    assert found.level is EnforcementLevel.ADVISORY
    assert 'Exempted until 2026-12-31: "is being rebuilt"' in found.message


@pytest.mark.parametrize("resource", [f"{KIND}::webs", "kubernetes:apps/v1:StatefulSet::web", f"{KIND}::we"])
def test_an_exemption_of_another_resource_exempts_nothing(resource: str) -> None:
    (found,) = exempting(resource).evaluate(BAD)
    assert found.level is EnforcementLevel.MANDATORY


def test_a_rule_that_fails_refuses_the_resource_and_spares_the_other_rules() -> None:
    def fails(_pod: Pod, _options: object) -> Iterator[Finding]:
        raise ZeroDivisionError("hush")

    broken: AnyRule = dataclasses.replace(ONLY[0], name="broken", judge=fails)
    found = Dispatcher((broken, *ONLY)).evaluate(BAD)
    assert [diagnostic.rule.name for diagnostic in found] == ["broken", RULE]
    assert found[0].level is EnforcementLevel.MANDATORY
    assert "the rule itself failed with ZeroDivisionError" in found[0].message
    assert "hush" not in found[0].message


def test_the_pods_of_a_resource_are_found_once_for_all_rules() -> None:
    calls: list[str] = []

    def subjects(resource: Resource) -> tuple[Pod, ...]:
        calls.append(resource.name)
        return PODS.subjects(resource)

    counted = dataclasses.replace(PODS, subjects=subjects)
    rules = tuple(dataclasses.replace(rule, area=counted) for rule in RULES if rule.area is PODS)
    assert len(rules) > 10
    assert len(Dispatcher(rules).evaluate(BAD)) == 1
    assert calls == ["web"]


def test_an_area_that_can_not_find_its_subjects_refuses_the_resource_by_every_rule() -> None:
    def subjects(_resource: Resource) -> tuple[Pod, ...]:
        raise RecursionError

    area = dataclasses.replace(PODS, subjects=subjects)
    rules = tuple(dataclasses.replace(rule, area=area) for rule in RULES if rule.area is PODS)
    assert [diagnostic.rule.name for diagnostic in Dispatcher(rules).evaluate(BAD)] == [rule.name for rule in rules]


def test_a_rule_concerns_the_types_of_its_area_only() -> None:
    assert Dispatcher(ONLY).evaluate(BAD._replace(type="kubernetes:core/v1:ConfigMap")) == []
    assert len(Dispatcher(ONLY).evaluate(BAD)) == 1


def test_a_dispatcher_whose_rules_are_all_disabled_concerns_nothing() -> None:
    assert Dispatcher(ONLY, levels={RULE: EnforcementLevel.DISABLED}).evaluate(BAD) == []
