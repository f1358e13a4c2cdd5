"""The JSON schema of the pack's configuration files, made from the rules. `python -m policies.schema` writes it anew.

With it an editor says at once what a run would refuse. The files don't name it: the engine takes every key for a
rule, `$schema` too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pulumi_policy import EnforcementLevel

from policies.config import EVERY_RULE, EXEMPTIONS, EXEMPTIONS_SCHEMA
from policies.rule import AnyRule, Option
from policies.rules import RULES

TARGET: Final = Path(__file__).with_name("config.schema.json")
LEVEL_KEY: Final = "enforcementLevel"
_LEVELS: Final = [level.value for level in EnforcementLevel]
_WITHOUT_REMEDY: Final = [level for level in _LEVELS if level != EnforcementLevel.REMEDIATE.value]


def schema(rules: Iterable[AnyRule] = RULES) -> dict[str, Any]:
    """The schema of a configuration for these rules."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of the policy pack",
        "description": "Levels, options and exemptions, by rule.",
        "type": "object",
        "additionalProperties": False,
        "properties": {EVERY_RULE: _every_rule(), **{rule.name: _settings(rule) for rule in rules}},
        "$defs": {EXEMPTIONS: EXEMPTIONS_SCHEMA},
    }


def text(rules: Iterable[AnyRule] = RULES) -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(rules), indent=2) + "\n"


def _every_rule() -> dict[str, Any]:
    level = {"enum": _LEVELS, "description": "The level of every rule that has none of its own here."}
    nested = {"type": "object", "additionalProperties": False, "properties": {LEVEL_KEY: level}}
    return {"description": "What holds for every rule.", "anyOf": [level, nested]}


def _settings(rule: AnyRule) -> dict[str, Any]:
    levels = _LEVELS if rule.mends else _WITHOUT_REMEDY
    level = {"enum": levels, "default": rule.level.value}
    properties = {
        LEVEL_KEY: level,
        **{name: _option(option) for name, option in rule.options.items()},
        EXEMPTIONS: {"$ref": f"#/$defs/{EXEMPTIONS}"},
    }
    settings = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": f"{rule.description} {rule.why}", "anyOf": [level, settings]}


def _option(option: Option) -> dict[str, Any]:
    return {**option.schema, "default": option.default}


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
