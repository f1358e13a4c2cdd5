"""Files are judged by the pack's dispatcher, and every finding knows its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_policy import EnforcementLevel

from cli.pack.configuration import load
from cli.pack.judging import Inputs, report
from cli.pack.report import Kind, Report
from cli.pack.sources import Problem, Source
from policies.rules import RULES as PACK
from tests.cli.examples import EXEMPTION, MANIFESTS, RULES, configuration, reported

OF_PACK = load(PACK)
PLAIN = {"password": "hunter2"}


def lines(found: Report) -> list[tuple[str, str, int]]:
    return [(result.kind.name, result.rule.name, result.line) for result in found.results]


def test_every_resource_is_judged_and_every_finding_has_its_line() -> None:
    found = reported()
    assert lines(found) == [
        ("ADVISED", "thing-small", 13),
        ("REFUSED", "thing-safe", 15),
        ("REFUSED", "stack-unique", 17),
    ]
    assert {result.file for result in found.results} == {"things.yaml"}
    assert len(found.subjects) == 3
    assert found.rules == RULES
    assert found.exit_code == 1


def test_levels_and_options_of_the_configuration_hold() -> None:
    found = reported(
        config={"thing-small": {"most": 9}},
        thing_safe=EnforcementLevel.ADVISORY,
        stack_unique=EnforcementLevel.DISABLED,
    )
    assert lines(found) == [("ADVISED", "thing-safe", 15)]
    assert [rule.name for rule in found.rules] == ["thing-marked", "thing-safe", "thing-small"]
    assert found.exit_code == 0
    assert reported(thing_safe=EnforcementLevel.REMEDIATE).counts()[Kind.REFUSED] == 2


def test_an_exempted_finding_is_told_and_refuses_nothing() -> None:
    found = reported(config=EXEMPTION, stack_unique=EnforcementLevel.DISABLED)
    exempted = [result for result in found.results if result.kind is Kind.EXEMPTED]
    assert [(each.rule.name, each.reason) for each in exempted] == [("thing-safe", "it is on its way out")]
    assert found.exit_code == 0


def test_stack_rules_see_the_objects_of_all_files_together() -> None:
    sources = [Source(f"{name}.yaml", MANIFESTS) for name in "ab"]
    found = report(Inputs(sources), RULES, configuration())
    of_stack = [result for result in found.results if result.rule.name == "stack-unique"]
    assert [(result.file, result.line) for result in of_stack] == [
        *(("a.yaml", 17), ("b.yaml", 1), ("b.yaml", 7), ("b.yaml", 17)),
        ("", 0),
    ]
    assert of_stack[-1].subject is None


def test_what_is_no_manifest_is_a_problem_where_it_is_named_and_else_left_out() -> None:
    text = "name: x\n---\n" + MANIFESTS
    named = report(Inputs([Source("a.yaml", text)]), RULES, configuration())
    assert [problem.line for problem in named.problems] == [1]
    assert (named.exit_code, len(named.subjects)) == (2, 3)
    walked = report(Inputs([Source("a.yaml", text, named=False)]), RULES, configuration())
    assert [(each.file, each.line) for each in walked.skipped] == [("a.yaml", 1)]
    assert (walked.exit_code, walked.problems) == (1, ())


@pytest.mark.parametrize("disguise", ["steps: []", "deployment: {resources: []}"])
def test_a_manifest_cannot_pass_for_an_empty_stack(disguise: str) -> None:
    assert lines(reported(MANIFESTS.replace("metadata:\n", f"{disguise}\nmetadata:\n"))) == [
        *(("ADVISED", "thing-small", 15), ("REFUSED", "thing-safe", 17), ("REFUSED", "stack-unique", 19))
    ]


def test_half_a_manifest_is_a_problem_wherever_it_lies() -> None:
    for named in (True, False):
        found = report(Inputs([Source("a.yaml", "kind: Thing\n", named)]), RULES, configuration())
        assert "apiVersion is missing" in found.problems[0].text


def test_nothing_to_judge_is_never_a_pass() -> None:
    assert reported("").exit_code == 2
    assert report(Inputs([]), RULES, configuration()).exit_code == 2
    assert report(Inputs([Problem("a", 0, "x")]), RULES, configuration()).exit_code == 2


def test_problems_of_files_carry_their_file_and_line() -> None:
    found = reported(MANIFESTS + "---\na: 1\na: 2\n")
    assert [(each.file, each.line) for each in found.problems] == [("things.yaml", 22)]
    assert found.exit_code == 2


def stack(**inputs: Any) -> str:
    urn = "urn:pulumi:dev::shop::aws:db:Db::main"
    return json.dumps({"deployment": {"resources": [{"urn": urn, "type": "aws:db:Db", "inputs": inputs}]}})


def test_a_rendered_stack_shows_which_values_are_secret() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
    assert lines(reported(stack(**PLAIN))) == [("REFUSED", "thing-marked", 1)]
    assert "hunter2" not in reported(stack(**PLAIN)).results[0].message
    assert lines(reported(stack(password=secret))) == []


def test_what_a_rendered_stack_does_not_know_is_not_judged() -> None:
    urn = "urn:pulumi:dev::shop::kubernetes:example.com/v1:Thing::main"
    inputs = {"spec": {"safe": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}
    state = {"urn": urn, "type": "kubernetes:example.com/v1:Thing", "inputs": inputs}
    found = reported(json.dumps({"deployment": {"resources": [state]}}))
    assert [result.kind for result in found.results] == [Kind.UNJUDGED]
    assert found.exit_code == 0


def test_cases_are_every_resource_with_every_rule_that_concerns_it() -> None:
    cases = [
        (subject.resource.name if subject else None, rule.name, len(results))
        for subject, rule, results in reported().cases()
    ]
    assert cases == [
        ("good", "thing-safe", 0),
        ("good", "thing-small", 0),
        ("shop/bad", "thing-safe", 1),
        ("shop/bad", "thing-small", 1),
        ("good", "stack-unique", 1),
        (None, "stack-unique", 0),
    ]


YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(YAML, st.sampled_from(["apps/v1", "v1", "networking.k8s.io/v1"]), st.sampled_from(["Deployment", "List", "Pod"]))
def test_no_content_raises_under_the_whole_pack(value: Any, version: str, kind: str) -> None:
    document = {"apiVersion": version, "kind": kind, "metadata": value, "spec": value, "items": value}
    sources = [
        Source("a.json", json.dumps(document)),
        Source("b.json", json.dumps({"steps": value, "deployment": value})),
    ]
    assert report(Inputs(sources), PACK, OF_PACK).exit_code in (0, 1, 2)
