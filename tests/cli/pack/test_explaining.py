"""A rule explained, with examples that the configuration accepts."""

import datetime
import json
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from cli.pack.configuration import load
from cli.pack.explaining import explained
from policies.reference import by_area
from policies.rule import AnyRule
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
        'default 3, schema {"type": "integer", "minimum": 0, "maximum": 2147483648}',
    ):
        assert part in said
    assert "mends" not in said


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
