"""Evaluation: one dispatch by resource type, and the subjects of a resource found once for all rules of an area.

The dispatcher knows neither the engine nor its wire form. It never raises, whatever a rule does: a rule that fails
on a resource refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel

from policies.config import Settings, defaults
from policies.findings import Unjudged, Violation
from policies.rule import AnyArea, AnyRule, Resource
from policies.unknowns import shown

_NAMED_PLACES: Final = 20


class Diagnostic(NamedTuple):
    """What the engine is told: which rule, at which level, and the sentence."""

    rule: AnyRule
    level: EnforcementLevel
    message: str


class Dispatcher:
    """Evaluates resources against rules. `levels` and `settings` replace the rules' own where they name them."""

    def __init__(
        self,
        rules: Iterable[AnyRule],
        settings: Mapping[str, Settings] | None = None,
        levels: Mapping[str, EnforcementLevel] | None = None,
    ) -> None:
        self._settings = defaults(rules) if settings is None else settings
        given = {} if levels is None else levels
        self._levels = {rule.name: _effective(given.get(rule.name, rule.level)) for rule in rules}
        self._rules = tuple(rule for rule in rules if self._levels[rule.name] is not EnforcementLevel.DISABLED)
        self._by_type: dict[str, tuple[tuple[AnyArea, tuple[AnyRule, ...]], ...]] = {}

    def concerns(self, token: str) -> bool:
        """Whether any rule concerns resources of this type: if not, they need not even be decoded."""
        return bool(self._areas(token))

    def evaluate(self, resource: Resource) -> list[Diagnostic]:
        """Every violation of a resource, and for each rule one diagnostic with all that it could not judge."""
        found: list[Diagnostic] = []
        for area, rules in self._areas(resource.type):
            try:
                subjects = area.subjects(resource)
            except Exception as error:  # noqa: BLE001 - no input may end the engine's run with a traceback
                found += [self._failed(rule, resource, error) for rule in rules]
                continue
            for rule in rules if subjects else ():
                found += self._judged(rule, resource, subjects)
        return found

    def _areas(self, token: str) -> tuple[tuple[AnyArea, tuple[AnyRule, ...]], ...]:
        areas = self._by_type.get(token)
        if areas is None:
            grouped: dict[int, tuple[AnyArea, list[AnyRule]]] = {}
            for rule in self._rules:
                grouped.setdefault(id(rule.area), (rule.area, []))[1].append(rule)
            areas = tuple((area, tuple(rules)) for area, rules in grouped.values() if area.concerns(token))
            self._by_type[token] = areas
        return areas

    def _judged(self, rule: AnyRule, resource: Resource, subjects: tuple[object, ...]) -> list[Diagnostic]:
        options = self._settings[rule.name].options
        try:
            findings = [finding for subject in subjects for finding in rule.judge(subject, options)]
        except Exception as error:  # noqa: BLE001 - see evaluate
            return [self._failed(rule, resource, error)]
        if not findings:
            return []
        violations = dict.fromkeys(finding.text for finding in findings if type(finding) is Violation)
        places = dict.fromkeys(finding.place for finding in findings if type(finding) is Unjudged)
        found = [self._violation(rule, resource, text) for text in violations]
        if places:
            message = _not_judged(_named(resource), list(places))
            found.append(Diagnostic(rule, EnforcementLevel.ADVISORY, message))
        return found

    def _violation(self, rule: AnyRule, resource: Resource, text: str) -> Diagnostic:
        for exemption in self._settings[rule.name].exemptions:
            if exemption.covers(resource):
                note = f"Exempted until {exemption.expires}: {shown(exemption.reason)}."
                return Diagnostic(rule, EnforcementLevel.ADVISORY, f"{_named(resource)}: {text} {note}")
        return Diagnostic(rule, self._levels[rule.name], f"{_named(resource)}: {text}")

    def _failed(self, rule: AnyRule, resource: Resource, error: Exception) -> Diagnostic:
        text = (
            f"the rule itself failed with {type(error).__name__}, so the resource is refused. "
            f"Fix: report this with the resource's manifest; until then exempt the resource from {rule.name}."
        )
        return self._violation(rule, resource, text)


def _effective(level: EnforcementLevel) -> EnforcementLevel:
    return EnforcementLevel.MANDATORY if level is EnforcementLevel.REMEDIATE else level


def _named(resource: Resource) -> str:
    return f"{resource.type} {shown(resource.name)}"


def _not_judged(name: str, places: list[str]) -> str:
    count = f"{len(places)} value{'s' if len(places) > 1 else ''}"
    rest = f" and {len(places) - _NAMED_PLACES} more" if len(places) > _NAMED_PLACES else ""
    return (
        f"could not judge {count} of {name}, unknown at preview: {'; '.join(places[:_NAMED_PLACES])}{rest}. "
        "`pulumi up` judges them before it creates the resource. Fix: give plain values instead of outputs."
    )
