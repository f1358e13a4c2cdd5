"""Configuration files are read as the engine reads them."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from cli.failures import WrongUseError
from cli.pack.configuration import Configuration, chosen, environments, load, unknown
from policies.rules import RULES as PACK
from tests.cli.examples import RULES, SAFE, SMALL, THING, configuration

A, M, R, D = (
    EnforcementLevel.ADVISORY,
    EnforcementLevel.MANDATORY,
    EnforcementLevel.REMEDIATE,
    EnforcementLevel.DISABLED,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


def read(file: Path, config: Any) -> Configuration:
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    return load(RULES, file=file)


def refusal(file: Path, config: Any) -> str:
    with pytest.raises(WrongUseError) as refused:
        read(file, config)
    return str(refused.value)


def test_without_a_file_the_rules_own_settings_hold() -> None:
    found = load(RULES)
    assert found.levels == {rule.name: rule.level for rule in RULES}
    assert found.settings["thing-small"].options["most"] == 3
    assert found.source == "the rules' defaults"


def test_levels_stand_alone_or_beside_options(file: Path) -> None:
    found = read(file, {"thing-safe": "remediate", "thing-small": {"enforcementLevel": "disabled", "most": 7}})
    assert found.levels == {"thing-safe": R, "thing-small": D, "stack-unique": M, "thing-marked": M}
    assert found.settings["thing-small"].options["most"] == 7
    assert found.source == str(file)


@pytest.mark.parametrize("every", ["advisory", {"enforcementLevel": "advisory"}])
def test_a_level_for_all_holds_where_a_rule_has_none(file: Path, every: Any) -> None:
    found = read(file, {"thing-safe": "mandatory", "all": every, "thing-small": {"most": 1}})
    assert found.levels == {"thing-safe": M, "thing-small": A, "stack-unique": A, "thing-marked": A}


def test_exemptions_are_read_and_an_expired_one_is_refused(file: Path) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    entry = {"resource": f"{THING}::a", "reason": "it is on its way out", "expires": str(today)}
    assert len(read(file, {"thing-safe": {"exemptions": [entry]}}).settings["thing-safe"].exemptions) == 1
    gone = {**entry, "expires": str(today - datetime.timedelta(days=1))}
    assert "expired on" in refusal(file, {"thing-safe": {"exemptions": [gone]}})


def test_an_empty_file_sets_nothing(file: Path) -> None:
    assert read(file, " \n").levels == load(RULES).levels


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no object"),
        ({"thing-safe": 5}, '"thing-safe" is neither a level nor an object'),
        ({"thing-safe": "strict"}, '"strict" is no level. Fix: write one of advisory, mandatory, remediate, disabled'),
        ({"thing-safe": {"enforcementLevel": ["x"]}}, "a list is no level"),
        ({"$schema": "./config.schema.json"}, "is no level"),
        ({"nothing": "advisory"}, '"nothing" is not a rule of this pack'),
        ({"thing-small": {"most": "x"}}, "thing-small: most:"),
        ({"all": {"most": 1}}, "can't be set for every rule at once"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_reason(file: Path, config: Any, said: str) -> None:
    text = refusal(file, config)
    assert said in text
    assert str(file) in text


def test_a_file_that_is_missing_or_no_text_is_refused(file: Path) -> None:
    with pytest.raises(WrongUseError, match="can't be read: No such file"):
        load(RULES, file=file)
    file.write_bytes(b"\xff")
    with pytest.raises(WrongUseError, match="is not JSON"):
        load(RULES, file=file)


def test_every_environment_of_the_checkout_can_be_loaded() -> None:
    assert environments() == ["dev", "local", "prod"]
    for name in environments():
        assert load(PACK, name).source.endswith(f"policies/config.{name}.json")


def test_an_environment_that_is_unknown_or_beside_a_file_is_refused(file: Path) -> None:
    with pytest.raises(WrongUseError, match=r'"prd" is no environment\. Did you mean prod\?'):
        load(RULES, "prd")
    with pytest.raises(WrongUseError, match="exclude each other"):
        load(RULES, "prod", file)


def test_rules_are_chosen_by_name_and_once() -> None:
    assert chosen(RULES, [], configuration()) == RULES
    assert chosen(RULES, ["thing-small", "thing-safe", "thing-small"], configuration()) == (SMALL, SAFE)
    with pytest.raises(WrongUseError, match="Did you mean thing-safe"):
        chosen(RULES, ["thing-saf"], configuration())
    with pytest.raises(WrongUseError, match="thing-safe is disabled in a test"):
        chosen(RULES, ["thing-safe"], configuration(thing_safe=D))


def test_names_that_come_near_are_named_and_else_all() -> None:
    assert unknown("rule", "PRIVILEGED", ["pod-no-privileged", "x"]).endswith("Did you mean pod-no-privileged?")
    assert unknown("rule", "ab", ["abcdefghijklmnopqrstu", "x"]).endswith("Did you mean abcdefghijklmnopqrstu?")
    assert unknown("rule", "zzz", ["b", "a"]) == '"zzz" is no rule. Fix: write one of a, b.'
