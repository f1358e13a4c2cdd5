"""Rules, files and reports for the tests of `agentctl`; they don't depend on the rules that the pack has."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from cli.pack.configuration import Configuration
from cli.pack.judging import Inputs, report
from cli.pack.report import Report
from cli.pack.sources import Source
from policies.checks import BOOLEAN, INTEGER, check
from policies.config import parse
from policies.findings import Change, Finding, Violation
from policies.options import text_list, whole_number
from policies.rule import AnyRule, Options, References, Rule, Stack
from policies.subjects.objects import Object, objects
from policies.subjects.typed import Typed, of_type

TODAY = datetime.date(2026, 11, 21)
THING = "kubernetes:example.com/v1:Thing"


def _safe(thing: Object, _options: Options) -> Iterator[Finding]:
    yield from check(thing.at("spec", "safe"), BOOLEAN, lambda it: it, fix="set spec.safe to true", mend=True)
    yield from check(thing.at("spec", "old"), BOOLEAN, lambda _: False, fix="remove it", mend=Change.REMOVE)


def _small(thing: Object, options: Options) -> Iterator[Finding]:
    most = options["most"]
    assert isinstance(most, int)
    yield from check(thing.at("spec", "size"), INTEGER, lambda it: it <= most, fix="shrink it")


def _unique(stack: Stack, _options: Options) -> Iterator[Finding]:
    seen: set[str] = set()
    for resource in stack.resources:
        if resource.name in seen:
            yield Violation(f"the name {resource.name} is taken. Fix: rename it.", urn=resource.urn)
        seen.add(resource.name)
    if len(stack.resources) > 3:
        yield Violation("there are more than 3 resources. Fix: remove some.")


def _marked(subject: Typed, _options: Options) -> Iterator[Finding]:
    if not subject.at("password").secret:
        yield Violation("password is not marked as secret. Fix: mark it.")


def _rule(name: str, **fields: Any) -> AnyRule:
    shared: dict[str, Any] = {
        "description": f"What {name} asks.",
        "why": f"Why {name} exists.",
        "level": EnforcementLevel.MANDATORY,
        "severity": Severity.HIGH,
        "references": References(cis_eks=("1.2.3",)),
        "remediation": "Do what is asked.",
    }
    return Rule(name=name, **{**shared, **fields})


SAFE = _rule("thing-safe", area=objects("example.com/Thing"), judge=_safe, mends=True, severity=Severity.CRITICAL)
SMALL = _rule(
    "thing-small",
    area=objects("example.com/Thing"),
    judge=_small,
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(checkov=("CKV_K8S_16",), owasp=("LLM02",)),
    options={"most": whole_number("The largest size.", 3), "words": text_list("Some words.", ["a|b"])},
    url="https://example.com/small",
)
UNIQUE = _rule("stack-unique", judge_stack=_unique)
MARKED = _rule("thing-marked", area=of_type("aws:db:Db", secrecy=True), judge=_marked)
RULES = (MARKED, SAFE, SMALL, UNIQUE)

MANIFESTS = """\
apiVersion: example.com/v1
kind: Thing
metadata:
  name: good
spec: {safe: true, size: 1}
---
apiVersion: example.com/v1
kind: Thing
metadata:
  name: bad
  namespace: shop
spec:
  size: 9

  safe: false
---
apiVersion: v1
kind: ConfigMap
metadata: {name: good}
"""


def configuration(config: Any = None, **levels: EnforcementLevel) -> Configuration:
    """The configuration of the rules here; levels by name with `_` for `-`."""
    given = {name.replace("_", "-"): level for name, level in levels.items()}
    settings = parse(config or {}, RULES, today=TODAY)
    return Configuration("a test", settings, {rule.name: given.get(rule.name, rule.level) for rule in RULES})


def reported(text: str = MANIFESTS, config: Any = None, *, file: str = "things.yaml", **levels: Any) -> Report:
    """The report on one file."""
    return report(Inputs([Source(file, text)]), RULES, configuration(config, **levels))


EXEMPTION = {
    "thing-safe": {
        "exemptions": [{"resource": f"{THING}::shop/bad", "reason": "it is on its way out", "expires": "2026-12-31"}]
    }
}
