"""A rule explained, with examples that the configuration accepts."""

import dataclasses
import datetime
import json
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from cli.pack.configuration import load
from cli.pack.explaining import explained
from policies.options import choice, quantity_text, ratio, switch
from policies.reference import by_area
from policies.rule import AnyRule, Option
from policies.rules import RULES as PACK
from tests.cli.examples import RULES, SAFE, SMALL, UNIQUE


def text(rule: AnyRule) -> str:
    return "\n".join(line for line, _ in explained("things", rule, EnforcementLevel.MANDATORY))


def examples(rule: AnyRule) -> list[dict[str, dict[str, object]]]:
    blocks = [part.split("\n\n")[0] for part in text(rule).split("\n  {\n")[1:]]
    return [json.loads("{" + block) for block in blocks]


def test_a_rule_is_explained_whole() -> None:
    said = text(SMALL)
    for part in (
        "thing-small\nWhat thing-small asks.\nmandatory, severity low, area things, judges each resource\n",
        "Why\n  Why thing-small exists.\n",
        "Fix\n  Do what is asked.\n",
        "More\n  https://example.com/small\n",
        "References\n  checkov: CKV_K8S_16\n  OWASP: LLM02\n",
        "Options\n  most: The largest size.\n",
        "  most: The largest size.\n    a whole number from 0 to 2147483648; default 3\n",
        '  words: Some words.\n    a list of strings; default ["a|b"]\n',
    ):
        assert part in said
    assert "mends" not in said


def test_a_long_default_stands_in_the_example_alone() -> None:
    option = dataclasses.replace(SMALL.options["words"], default=["word"] * 20)
    said = text(dataclasses.replace(SMALL, options={"words": option}))
    assert "    a list of strings; default below\n" in said
    assert said.count('"word"') == 20


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (switch("x", default=False), "true or false; default false"),
        (choice("x", "report", ["report", "refuse"]), 'report or refuse; default "report"'),
        (ratio("x", 2), "a number of at least 1; default 2"),
        (quantity_text("x", "4Gi"), 'a string; default "4Gi"'),
    ],
)
def test_the_values_of_an_option_are_told_in_words(option: Option, said: str) -> None:
    assert f"  x: x\n    {said}\n" in text(dataclasses.replace(SMALL, options={"x": option}))


@pytest.mark.parametrize("rule", PACK, ids=lambda rule: rule.name)
def test_no_option_of_the_pack_is_explained_by_its_schema(rule: AnyRule) -> None:
    said = text(rule).partition("\nConfiguration (")[0]
    assert '"type"' not in said
    assert max(map(len, said.splitlines())) < 400


def test_what_a_rule_lacks_has_no_heading() -> None:
    said = text(UNIQUE)
    assert "judges the whole stack" in said
    assert "Options" not in said
    assert "More" not in said
    assert "mends by itself at level remediate" in text(SAFE)


def test_the_example_of_a_configuration_and_of_an_exemption_are_accepted(tmp_path: Path) -> None:
    for rule in RULES:
        settings, exemption = examples(rule)
        file = tmp_path / "config.json"
        file.write_text(json.dumps({rule.name: settings[rule.name] | exemption[rule.name]}))
        found = load(RULES, file=file)
        assert found.levels[rule.name] is rule.level
        (entry,) = found.settings[rule.name].exemptions
        assert entry.expires == datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=90)


@pytest.mark.parametrize("rule", PACK, ids=lambda rule: rule.name)
def test_every_rule_of_the_pack_can_be_explained(rule: AnyRule, tmp_path: Path) -> None:
    assert rule.remediation in text(rule)
    settings, exemption = examples(rule)
    file = tmp_path / "config.json"
    file.write_text(json.dumps({rule.name: settings[rule.name] | exemption[rule.name]}))
    assert load(PACK, file=file).levels[rule.name] is rule.level


def test_the_example_names_a_type_that_the_rule_concerns() -> None:
    rule = next(rule for rule in by_area()["pods"] if rule.name == "pod-no-privileged")
    assert '"kubernetes:apps/v1:Deployment::<name>"' in text(rule)
    assert '"<type>::<name>"' in text(UNIQUE)
