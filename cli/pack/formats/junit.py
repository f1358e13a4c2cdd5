"""A report as JUnit XML: a suite a resource, a case for each rule that judged it.

A refusal is a failure, what could not be read an error. Advice, exemptions and what could not be judged are skipped
cases with their message, since none of them breaks a build.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from cli.console import clean
from cli.pack.report import Kind, Report, Result
from cli.pack.sources import Problem
from cli.pack.subjects import Subject
from policies.rule import AnyRule

_TOGETHER = "all resources together"
_READING = "reading"


def junit(report: Report) -> str:
    """The whole report."""
    root = Xml.Element("testsuites", name="agentctl policies test")
    suites: dict[int, Xml.Element] = {}
    for subject, rule, results in report.cases():
        suite = suites.get(id(subject))
        if suite is None:
            suite = suites[id(subject)] = Xml.SubElement(root, "testsuite", name=_name(subject))
        _case(suite, subject, rule, results)
    if report.problems:
        suite = Xml.SubElement(root, "testsuite", name=_READING)
        for problem in report.problems:
            _unreadable(suite, problem)
    for suite in root:
        _count(suite, suite)
    _count(root, root)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _name(subject: Subject | None) -> str:
    return clean(f"{subject.resource.type} {subject.resource.name}") if subject else _TOGETHER


def _case(suite: Xml.Element, subject: Subject | None, rule: AnyRule, results: tuple[Result, ...]) -> None:
    case = Xml.SubElement(suite, "testcase", classname=_name(subject), name=rule.name)
    if subject:
        case.set("file", clean(subject.place.file))
        case.set("line", str(results[0].line if results else subject.place.line()))
    refused = [result for result in results if result.kind is Kind.REFUSED]
    others = [result for result in results if result.kind is not Kind.REFUSED]
    if refused:
        failure = Xml.SubElement(case, "failure", type=rule.severity.value, message=_lines(refused))
        failure.text = f"{_lines(results)}\n\n{rule.why}"
    elif others:
        Xml.SubElement(case, "skipped", message=_lines(others))


def _unreadable(suite: Xml.Element, problem: Problem) -> None:
    case = Xml.SubElement(suite, "testcase", classname=clean(problem.file), name=f"line {problem.line}")
    Xml.SubElement(case, "error", type="unreadable", message=clean(problem.text))


def _lines(results: tuple[Result, ...] | list[Result]) -> str:
    return "\n".join(f"{result.kind.value}: {clean(result.message)}" for result in results)


def _count(target: Xml.Element, under: Xml.Element) -> None:
    target.set("tests", str(sum(1 for _ in under.iter("testcase"))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        target.set(name, str(sum(1 for _ in under.iter(tag))))
