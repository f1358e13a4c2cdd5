"""The pack's configuration: options and exemptions of each rule, as the engine hands them over.

Levels are not here: the engine reconciles `enforcementLevel` itself. Every error of a configuration is found in one
pass. An exemption names one resource, a reason and an expiry date; it has no wildcards, so that nobody exempts more
than was looked at.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.rule import AnyRule, Options, Resource
from policies.unknowns import shown

EVERY_RULE: Final = "all"
EXEMPTIONS: Final = "exemptions"
EXEMPTIONS_SCHEMA: Final[dict[str, object]] = {
    "type": "array",
    "description": "Resources that the rule reports without refusing, each until its date.",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["resource", "reason", "expires"],
        "properties": {
            "resource": {"type": "string", "description": "<type>::<name>, or the whole URN."},
            "reason": {"type": "string", "minLength": 10},
            "expires": {"type": "string", "description": "The last day on which it holds: YYYY-MM-DD."},
        },
    },
}
_KEYS: Final = ("resource", "reason", "expires")
_RESOURCE: Final = re.compile(r"[^:*\s]+(?::[^:*\s]*)*::[^*]+")
_SHORTEST_REASON: Final = 10


class ConfigError(Exception):
    """A configuration that can't be used. The message lists every error."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """One resource that a rule reports without refusing, and until when."""

    resource: str
    reason: str
    expires: datetime.date

    def covers(self, resource: Resource) -> bool:
        """Whether the exemption names this resource."""
        return self.resource in (resource.urn, f"{resource.type}::{resource.name}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration makes of one rule."""

    options: Options = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()


def defaults(rules: Iterable[AnyRule]) -> dict[str, Settings]:
    """The settings of every rule without any configuration."""
    return parse({}, rules, today=datetime.date.min)


def parse(
    config: Mapping[str, Mapping[str, object]], rules: Iterable[AnyRule], *, today: datetime.date
) -> dict[str, Settings]:
    """The settings of every rule; raises ConfigError with all that is wrong."""
    known = {rule.name: rule for rule in rules}
    errors = [_unknown_rule(name, known) for name in config if name not in known and name != EVERY_RULE]
    errors += [
        f"{EVERY_RULE}: {shown(name)} can't be set for every rule at once. Fix: set it in each."
        for name in config.get(EVERY_RULE, {})
    ]
    settings = {}
    for name, rule in known.items():
        given = config.get(name, {})
        allowed = {*rule.options, EXEMPTIONS}
        errors += [_unknown_option(name, key, allowed) for key in given if key not in allowed]
        settings[name] = Settings(_options(rule, given, errors), tuple(_exemptions(name, given, today, errors)))
    if errors:
        unique = dict.fromkeys(errors)
        raise ConfigError("The policy pack's configuration can't be used:\n" + "\n".join(f"  - {e}" for e in unique))
    return settings


def _options(rule: AnyRule, given: Mapping[str, object], errors: list[str]) -> Options:
    parsed = {}
    for name, option in rule.options.items():
        try:
            parsed[name] = option.parse(given.get(name, option.default))
        except ValueError as error:
            errors.append(f"{rule.name}: {name}: {error}")
    return parsed


def _exemptions(name: str, given: Mapping[str, object], today: datetime.date, errors: list[str]) -> list[Exemption]:
    listed = given.get(EXEMPTIONS, [])
    if not isinstance(listed, list):
        errors.append(f"{name}: {EXEMPTIONS} is not a list. Fix: write a list of {{resource, reason, expires}}.")
        return []
    found = []
    for index, item in enumerate(listed):
        where = f"{name}: {EXEMPTIONS}[{index}]"
        problems = _problems(item, today)
        errors += [f"{where}: {problem}" for problem in problems]
        if isinstance(item, dict) and not problems:
            found.append(Exemption(item["resource"], item["reason"], datetime.date.fromisoformat(item["expires"])))
    return found


def _problems(item: object, today: datetime.date) -> list[str]:
    if not isinstance(item, dict):
        return ["is not an object. Fix: write {resource, reason, expires}."]
    problems = [f"{key} is missing. Fix: add it." for key in _KEYS if key not in item]
    problems += [f"{shown(key)} is not a key of an exemption. Fix: remove it." for key in item if key not in _KEYS]
    problems += [f"{key} is not a string. Fix: quote it." for key in _KEYS if not isinstance(item.get(key, ""), str)]
    if problems:
        return problems
    if not _RESOURCE.fullmatch(item["resource"]):
        problems.append(
            f"resource {shown(item['resource'])} names no single resource. "
            "Fix: write <type>::<name> (kubernetes:apps/v1:DaemonSet::log-collector) or the whole URN, no wildcard."
        )
    if len(item["reason"].strip()) < _SHORTEST_REASON:
        problems.append(f"reason {shown(item['reason'])} says too little. Fix: say why in a sentence.")
    return problems + _expiry_problems(item, today)


def _expiry_problems(item: Mapping[str, str], today: datetime.date) -> list[str]:
    try:
        expires = datetime.date.fromisoformat(item["expires"])
    except ValueError:
        expires = None
    if expires is None or str(expires) != item["expires"]:
        return [f"expires {shown(item['expires'])} is not a date. Fix: write YYYY-MM-DD."]
    if expires < today:
        exempted = f"the exemption of {shown(item['resource'])} expired on {expires} and today is {today}"
        return [f"{exempted}. Fix: fix the resource and remove the exemption, or have it renewed."]
    return []


def _unknown_rule(name: str, known: Mapping[str, AnyRule]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    fix = f"did you mean {' or '.join(near)}? " if near else ""
    fix += f"`agentctl policies list` names all, {EVERY_RULE} means all"
    return f"{shown(name)} is not a rule of this pack. Fix: {fix}."


def _unknown_option(rule: str, name: str, allowed: Iterable[str]) -> str:
    return f"{rule}: {shown(name)} is not an option. Fix: write one of {', '.join(sorted(allowed))}."
