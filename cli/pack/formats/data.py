"""A report as JSON for programs."""

from __future__ import annotations

import json
from typing import Any

from cli.pack.report import Kind, Report, Result
from cli.pack.sources import Problem


def data(report: Report) -> str:
    """The whole report."""
    counts = report.counts()
    whole = {
        "resources": len(report.subjects),
        "rules": [rule.name for rule in report.rules],
        "mended": report.mended,
        "summary": {kind.name.lower(): counts[kind] for kind in Kind},
        "findings": [_finding(result) for result in report.results],
        "problems": [_problem(each) for each in report.problems],
        "skipped": [_problem(each) for each in report.skipped],
    }
    return json.dumps(whole, indent=2) + "\n"


def _finding(result: Result) -> dict[str, Any]:
    resource = result.subject.resource if result.subject else None
    return {
        "kind": result.kind.name.lower(),
        "rule": result.rule.name,
        "severity": result.rule.severity.value,
        "file": result.file or None,
        "line": result.line or None,
        "resource": {"type": resource.type, "name": resource.name, "urn": resource.urn} if resource else None,
        "message": result.message,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line or None, "message": problem.text}
