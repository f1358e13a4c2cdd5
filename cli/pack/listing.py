"""The rules as rows and as data, filtered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pulumi_policy import EnforcementLevel

from cli.failures import WrongUseError
from cli.pack.configuration import unknown
from policies.reference import by_area
from policies.rule import AnyRule
from policies.unknowns import shown

HEAD: Final = ("rule", "area", "level", "severity", "mends", "what it asks")
_BEGINNING: Final = re.compile(r".+?(?:[_-](?=\d+$)|(?=[:# ]|$))")
"""What the tags of one catalogue have in common."""


def listed(
    rules: Iterable[AnyRule], levels: Mapping[str, EnforcementLevel], area: str, level: str, tag: str
) -> list[tuple[str, AnyRule]]:
    """The rules with their area that pass every filter.

    A tag matches if it, or what follows a colon in it, begins with the text.
    """
    areas = by_area(rules)
    if area and area not in areas:
        raise WrongUseError(unknown("area", area, areas))
    known = [each.value for each in EnforcementLevel]
    if level and level not in known:
        raise WrongUseError(unknown("level", level, known))
    tags = [each for members in areas.values() for rule in members for each in rule.references.tags()]
    if tag and not _has(tags, tag):
        raise WrongUseError(_no_tag(tag, tags))
    return [
        (name, rule)
        for name, members in areas.items()
        for rule in members
        if area in ("", name)
        and level in ("", levels[rule.name].value)
        and (not tag or _has(rule.references.tags(), tag))
    ]


def _has(tags: Iterable[str], beginning: str) -> bool:
    return any(f":{beginning}".lower() in f":{each}".lower() for each in tags)


def _no_tag(tag: str, tags: Iterable[str]) -> str:
    beginnings = sorted({found[0] for each in tags if (found := _BEGINNING.match(each))})
    return (
        f"no rule has the tag {shown(tag)}. Fix: write a tag or its beginning. Tags begin with "
        f"{', '.join(beginnings)}; `agentctl policies list --json` shows them all."
    )


def row(area: str, rule: AnyRule, level: EnforcementLevel) -> tuple[str, ...]:
    """A rule in a table."""
    return rule.name, area, level.value, rule.severity.value, "yes" if rule.mends else "", rule.description


def as_data(area: str, rule: AnyRule, level: EnforcementLevel) -> dict[str, Any]:
    """A rule for programs."""
    references = rule.references
    return {
        "name": rule.name,
        "area": area,
        "level": level.value,
        "defaultLevel": rule.level.value,
        "severity": rule.severity.value,
        "description": rule.description,
        "why": rule.why,
        "fix": rule.remediation,
        "mends": rule.mends,
        "judges": [*(["resource"] if rule.judge else []), *(["stack"] if rule.judge_stack else [])],
        "references": {name: list(getattr(references, name)) for name in type(references).__slots__},
        "tags": references.tags(),
        "options": {name: {"default": it.default, "schema": dict(it.schema)} for name, it in rule.options.items()},
        "url": rule.url,
    }
