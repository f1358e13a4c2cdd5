"""A configuration file of the pack, read as the engine reads it: levels and properties by rule, `all` before each."""

from __future__ import annotations

import datetime
import difflib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel

from cli.failures import WrongUseError
from policies.config import EVERY_RULE, ConfigError, Settings, parse
from policies.rule import AnyRule
from policies.schema import LEVEL_KEY
from policies.unknowns import shown

FOLDER: Final = Path(__file__).resolve().parents[2] / "policies"
_LEVELS: Final = {level.value: level for level in EnforcementLevel}

Given = Mapping[str, Mapping[str, object]]


class Configuration(NamedTuple):
    """The settings and the level of every rule, and where they come from."""

    source: str
    settings: Mapping[str, Settings]
    levels: Mapping[str, EnforcementLevel]


def environments() -> list[str]:
    """The environments that have a configuration."""
    names = sorted(path.name.split(".")[1] for path in FOLDER.glob("config.*.json"))
    return [name for name in names if name != "schema"]


def load(rules: Iterable[AnyRule], environment: str = "", file: Path | None = None) -> Configuration:
    """The configuration of an environment, or of a file; the rules' own defaults if neither is named."""
    rules = tuple(rules)
    if environment and file:
        raise WrongUseError("--environment and --config exclude each other. Fix: name one.")
    if environment:
        if environment not in environments():
            raise WrongUseError(unknown("environment", environment, environments()))
        file = FOLDER / f"config.{environment}.json"
    source = str(file) if file else "the rules' defaults"
    levels, properties = _read(file) if file else ({}, {})
    try:
        settings = parse(properties, rules, today=datetime.datetime.now(datetime.UTC).date())
    except ConfigError as error:
        raise WrongUseError(f"{source}: {error}") from None
    every = levels.get(EVERY_RULE)
    return Configuration(source, settings, {rule.name: levels.get(rule.name) or every or rule.level for rule in rules})


def chosen(rules: Iterable[AnyRule], names: Iterable[str], configuration: Configuration) -> tuple[AnyRule, ...]:
    """The rules that are named, or all. A name that no rule has, or a rule that is off, is wrong use."""
    known = {rule.name: rule for rule in rules}
    for name in names:
        if name not in known:
            raise WrongUseError(unknown("rule", name, known))
        if configuration.levels[name] is EnforcementLevel.DISABLED:
            raise WrongUseError(f"{name} is disabled in {configuration.source}. Fix: leave out --rule, or enable it.")
    return tuple(known[name] for name in dict.fromkeys(names)) or tuple(known.values())


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence about a name that nothing has, with those that come near."""
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, 3) or [each for each in names if name.lower() in each][:3]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Fix: write one of {', '.join(names)}."
    return f"{shown(name)} is no {what}. {hint}"


def _read(file: Path) -> tuple[dict[str, EnforcementLevel], dict[str, Mapping[str, object]]]:
    try:
        text = file.read_text(encoding="utf-8")
        data = json.loads(text) if text.strip() else {}
    except OSError as error:
        raise WrongUseError(f"{file} can't be read: {error.strerror}. Fix: check name and permissions.") from None
    except (ValueError, RecursionError) as error:
        raise WrongUseError(f"{file} is not JSON: {error}. Fix: correct it.") from None
    if not isinstance(data, dict):
        raise WrongUseError(f'{file} is no object. Fix: write {{"<rule>": {{"{LEVEL_KEY}": "advisory"}}}}.')
    levels: dict[str, EnforcementLevel] = {}
    properties: dict[str, Mapping[str, object]] = {}
    for name, given in data.items():
        if not isinstance(given, str | dict):
            raise WrongUseError(f"{file}: {shown(name)} is neither a level nor an object. Fix: write one.")
        level = given if isinstance(given, str) else given.get(LEVEL_KEY)
        if level is not None:
            levels[name] = _level(file, name, level)
        rest = given if isinstance(given, dict) else {}
        properties[name] = {key: value for key, value in rest.items() if key != LEVEL_KEY}
    return levels, properties


def _level(file: Path, name: str, level: object) -> EnforcementLevel:
    if not isinstance(level, str) or level not in _LEVELS:
        raise WrongUseError(
            f"{file}: {shown(name)}: {shown(level)} is no level. Fix: write one of {', '.join(_LEVELS)}."
        )
    return _LEVELS[level]
