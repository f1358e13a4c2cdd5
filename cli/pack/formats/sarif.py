"""A report as SARIF 2.1.0, as code hosts show it beside the lines of a change."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cli.console import clean
from cli.pack.report import Kind, Report, Result
from cli.pack.sources import Problem
from policies.rule import AnyRule

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Kind.REFUSED: "error", Kind.ADVISED: "warning", Kind.EXEMPTED: "error", Kind.UNJUDGED: "none"}
_SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}


def sarif(report: Report) -> str:
    """The whole report. Exempted findings are suppressed, and what could not be judged asks for a review."""
    indexes = {rule.name: index for index, rule in enumerate(report.rules)}
    run = {
        "tool": {"driver": {"name": "agentctl", "rules": [_rule(rule) for rule in report.rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": report.exit_code != 2,
                "exitCode": report.exit_code,
                "toolExecutionNotifications": [_notification(each) for each in report.problems],
            }
        ],
        "results": [_result(result, indexes[result.rule.name]) for result in report.results],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: AnyRule) -> dict[str, Any]:
    help_text = f"{rule.why}\n\nFix: {rule.remediation}"
    described: dict[str, Any] = {
        "id": rule.name,
        "shortDescription": {"text": rule.description},
        "fullDescription": {"text": rule.why},
        "help": {"text": help_text, "markdown": f"{rule.why}\n\n**Fix:** {rule.remediation}"},
        "defaultConfiguration": {"level": "error" if rule.level.value == "mandatory" else "warning"},
        "properties": {
            "tags": list(dict.fromkeys(["security", *rule.references.tags()])),
            "security-severity": _SCORES.get(rule.severity.value, "0.0"),
        },
    }
    return {**described, "helpUri": rule.url} if rule.url else described


def _result(result: Result, index: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "ruleId": result.rule.name,
        "ruleIndex": index,
        "kind": "review" if result.kind is Kind.UNJUDGED else "fail",
        "level": _LEVELS[result.kind],
        "message": {"text": clean(result.message)},
        "partialFingerprints": {"resourceRuleMessage/v1": _fingerprint(result)},
    }
    if result.subject:
        resource = result.subject.resource
        logical = {"name": clean(resource.name), "fullyQualifiedName": clean(resource.urn), "kind": "resource"}
        described["locations"] = [{**_location(result.file, result.line), "logicalLocations": [logical]}]
    if result.kind is Kind.EXEMPTED:
        suppression = {"kind": "external", "status": "accepted", "justification": clean(result.reason)}
        described["suppressions"] = [suppression]
    return described


def _notification(problem: Problem) -> dict[str, Any]:
    location = _location(problem.file, max(problem.line, 1))
    return {"level": "error", "message": {"text": clean(problem.text)}, "locations": [location]}


def _location(file: str, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri(file)}, "region": {"startLine": line}}}


def uri(file: str) -> str:
    """The file as a URI: relative to the working directory if it lies below it."""
    path = Path(file)
    whole = path if path.is_absolute() else Path.cwd() / path
    parts = Path(*(part for part in whole.parts if part != "."))
    if parts.is_relative_to(Path.cwd()) and ".." not in parts.parts:
        return quote(parts.relative_to(Path.cwd()).as_posix(), errors="replace")
    return f"file://{quote(parts.as_posix(), errors='replace')}"


def _fingerprint(result: Result) -> str:
    urn = result.subject.resource.urn if result.subject else ""
    return hashlib.sha256(json.dumps([result.rule.name, urn, result.message]).encode()).hexdigest()
