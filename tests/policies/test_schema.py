"""The schema of the configuration files says what the pack accepts, and the files keep to it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policies import schema
from policies.rules import RULES

FILES = [path for path in sorted(schema.TARGET.parent.glob("config.*.json")) if path != schema.TARGET]
MENDING = "pod-no-privileged"
EXEMPTION = {"resource": "a:b:C::d", "reason": "it is on its way out", "expires": "2027-01-31"}
VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


def test_the_schema_is_current() -> None:
    assert schema.TARGET.read_text(encoding="utf-8") == schema.text(), "run: make generate"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())


def test_there_is_a_file_for_every_environment() -> None:
    assert [path.name for path in FILES] == ["config.dev.json", "config.local.json", "config.prod.json"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_configuration_of_every_environment_keeps_to_the_schema(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rules_own_level_and_defaults_keep_to_the_schema_and_stand_in_it(rule: Any) -> None:
    options = {name: option.default for name, option in rule.options.items()}
    VALIDATOR.validate({rule.name: {"enforcementLevel": rule.level.value, **options, "exemptions": [EXEMPTION]}})
    level, settings = schema.schema()["properties"][rule.name]["anyOf"]
    assert level["default"] == rule.level.value
    assert {name: settings["properties"][name]["default"] for name in options} == options


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"all": "remediate"},
        {"all": {"enforcementLevel": "disabled"}},
        {MENDING: "remediate"},
        {MENDING: {}},
        {MENDING: {"enforcementLevel": "advisory", "exemptions": []}},
    ],
)
def test_what_the_pack_accepts_is_accepted(config: Any) -> None:
    VALIDATOR.validate(config)


@pytest.mark.parametrize(
    "config",
    [
        [],
        {"no-such-rule": "advisory"},
        {"$schema": "./config.schema.json"},
        {"all": "strict"},
        {"all": {"exemptions": []}},
        {MENDING: "strict"},
        {MENDING: 5},
        {MENDING: {"enforcementLevel": "strict"}},
        {MENDING: {"noSuchOption": 1}},
        {MENDING: {"exemptions": [{**EXEMPTION, "more": 1}]}},
        {MENDING: {"exemptions": [{"resource": "a:b:C::d"}]}},
        {MENDING: {"exemptions": [{**EXEMPTION, "reason": "short"}]}},
    ],
)
def test_what_the_pack_refuses_is_refused(config: Any) -> None:
    assert not VALIDATOR.is_valid(config)


def test_only_rules_that_mend_have_the_level_remediate() -> None:
    for rule in RULES:
        assert VALIDATOR.is_valid({rule.name: "remediate"}) is rule.mends
