"""Evaluation: one dispatch by resource type, and the subjects of a resource found once for all rules of an area.

The dispatcher knows neither the engine nor its wire form. It never raises, whatever a rule does: a rule that fails
on a resource refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel

from policies.config import Settings, defaults
from policies.findings import Edit, Finding, Unjudged, Violation
from policies.rule import AnyArea, AnyRule, Resource, Stack
from policies.unknowns import shown

_NAMED_PLACES: Final = 20
_BEFORE: Final = "`pulumi up` judges them before it creates the resource."
_AFTER: Final = "`pulumi up` judges them only after it created the resources of the stack."
_STACK: Final = "pulumi:pulumi:Stack"
_LAST: Final = "stack-strict-unknowns"
"""Says what all others could not judge."""


class Diagnostic(NamedTuple):
    """What the engine is told: which rule, at which level, the sentence, and the resource that it is about."""

    rule: AnyRule
    level: EnforcementLevel
    message: str
    urn: str = ""


_Areas = tuple[tuple[AnyArea, tuple[AnyRule, ...]], ...]


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
        configured = {rule.name: given.get(rule.name, rule.level) for rule in rules}
        self._levels = {name: _effective(level) for name, level in configured.items()}
        self._rules = tuple(rule for rule in rules if self._levels[rule.name] is not EnforcementLevel.DISABLED)
        self._mending = frozenset(name for name, level in configured.items() if level is EnforcementLevel.REMEDIATE)
        self._by_type: dict[str, _Areas] = {}
        self.unjudged: dict[tuple[str, str], tuple[str, ...]] = {}

    def evaluate(self, resource: Resource) -> list[Diagnostic]:
        """Every violation of a resource, and for each rule one diagnostic with all that it could not judge."""
        views: dict[object, object] = {}
        resource = resource._replace(views=views)
        said = [each for rule, findings in self._found(resource) for each in self._told(rule, resource, findings)]
        views.clear()  # They hold the resource, which holds them.
        return said

    def evaluate_stack(self, stack: Stack) -> list[Diagnostic]:
        """What the rules that look at a whole stack find in it, each finding told of its resource."""
        found: list[Diagnostic] = []
        stack.unjudged = self.unjudged
        for rule in sorted(self._rules, key=lambda rule: rule.name == _LAST):
            if rule.judge_stack is None:
                continue
            by_urn: dict[str, list[Finding]] = {}
            try:
                for finding in rule.judge_stack(stack, self._settings[rule.name].options):
                    by_urn.setdefault(finding.urn, []).append(finding)
            except Exception as error:  # noqa: BLE001 - no input may end the engine's run with a traceback
                by_urn[""] = [_failure(rule, error)]
            for urn, findings in by_urn.items():
                resource = stack.by_urn.get(urn, Resource(_STACK, "", "", {}))
                found += self._told(rule, resource, findings, _AFTER)
        return found

    def mending(self, token: str) -> tuple[AnyRule, ...]:
        """The rules that are set to mend and concern resources of this type, in the order of the pack."""
        rules = {rule.name: rule for _, rules in self._areas(token) for rule in rules if rule.name in self._mending}
        return tuple(rules[name] for name in sorted(rules))

    def edits(self, rule: AnyRule, resource: Resource) -> tuple[Edit, ...]:
        """The edits with which a rule mends a resource; none if the resource is exempted."""
        if rule.area is None or self._exempted(rule, resource):
            return ()
        findings = self._judged(rule, self._subjects(rule.area, resource))
        return tuple(edit for finding in findings if type(finding) is Violation for edit in finding.edits)

    def _found(self, resource: Resource) -> Iterator[tuple[AnyRule, list[Finding]]]:
        for area, rules in self._areas(resource.type):
            if area.secrecy and not resource.secrecy:
                continue
            subjects = self._subjects(area, resource)
            for rule in rules if subjects else ():
                findings = self._judged(rule, subjects)
                if findings:
                    yield rule, findings

    def _subjects(self, area: AnyArea, resource: Resource) -> tuple[object, ...]:
        try:
            return area.subjects(resource)
        except Exception as error:  # noqa: BLE001 - no input may end the engine's run with a traceback
            return (error,)

    def _areas(self, token: str) -> _Areas:
        areas = self._by_type.get(token)
        if areas is None:
            grouped: dict[int, tuple[AnyArea, list[AnyRule]]] = {}
            for rule in self._rules:
                if rule.area is not None:
                    grouped.setdefault(id(rule.area), (rule.area, []))[1].append(rule)
            areas = tuple((area, tuple(rules)) for area, rules in grouped.values() if area.concerns(token))
            self._by_type[token] = areas
        return areas

    def _judged(self, rule: AnyRule, subjects: tuple[object, ...]) -> list[Finding]:
        options, judge = self._settings[rule.name].options, rule.judge
        if subjects and isinstance(subjects[0], Exception):
            return [_failure(rule, subjects[0])]
        try:
            return [finding for subject in subjects for finding in judge(subject, options)] if judge else []
        except Exception as error:  # noqa: BLE001 - see _subjects
            return [_failure(rule, error)]

    def _told(
        self, rule: AnyRule, resource: Resource, findings: list[Finding], judged: str = _BEFORE
    ) -> Iterator[Diagnostic]:
        violations = dict.fromkeys(finding.text for finding in findings if type(finding) is Violation)
        places = tuple(dict.fromkeys(finding.place for finding in findings if type(finding) is Unjudged))
        exempted = self._exempted(rule, resource)
        level = EnforcementLevel.ADVISORY if exempted else self._levels[rule.name]
        for text in violations:
            yield Diagnostic(rule, level, f"{_named(resource)}: {text}{exempted}", resource.urn)
        if places:
            if level is EnforcementLevel.MANDATORY:
                self.unjudged[rule.name, resource.urn] = places
            message = _not_judged(_named(resource), places, judged)
            yield Diagnostic(rule, EnforcementLevel.ADVISORY, message, resource.urn)

    def _exempted(self, rule: AnyRule, resource: Resource) -> str:
        for exemption in self._settings[rule.name].exemptions:
            if exemption.covers(resource):
                return f" Exempted until {exemption.expires}: {shown(exemption.reason)}."
        return ""


def _failure(rule: AnyRule, error: Exception) -> Violation:
    return Violation(
        f"the rule itself failed with {type(error).__name__}, so the resource is refused. "
        f"Fix: report this with the resource's manifest; until then exempt the resource from {rule.name}."
    )


def _effective(level: EnforcementLevel) -> EnforcementLevel:
    return EnforcementLevel.MANDATORY if level is EnforcementLevel.REMEDIATE else level


def _named(resource: Resource) -> str:
    return f"{resource.type} {shown(resource.name)}" if resource.urn else "the stack"


def _not_judged(name: str, places: Sequence[str], judged: str) -> str:
    count = f"{len(places)} value{'s' if len(places) > 1 else ''}"
    rest = f" and {len(places) - _NAMED_PLACES} more" if len(places) > _NAMED_PLACES else ""
    return (
        f"could not judge {count} of {name}, unknown at preview: {'; '.join(places[:_NAMED_PLACES])}{rest}. "
        f"{judged} Fix: give plain values instead of outputs."
    )
