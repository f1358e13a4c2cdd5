"""A report as lines: one a finding, as compilers write them, and a line that sums up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cli.console import clean
from cli.pack.report import Kind, Report, Result

EVERYTHING: Final = "all files"
STYLES: Final = {Kind.REFUSED: "red", Kind.ADVISED: "yellow", Kind.EXEMPTED: "dim", Kind.UNJUDGED: "magenta"}


def text(report: Report) -> str:
    """The whole report."""
    lines = [line for line, _ in styled(report)]
    return "".join(f"{clean(line)}\n" for line in lines)


def styled(report: Report) -> Iterator[tuple[str, str]]:
    """Each line and its style."""
    for result in report.results:
        yield f"{_where(result)}: {result.kind.value}: {result.rule.name}: {result.message}", STYLES[result.kind]
    yield summary(report), "bold"


def summary(report: Report) -> str:
    """What was judged and found, in numbers."""
    counts = report.counts()
    files = len({subject.place.file for subject in report.subjects})
    judged = f"{_number(len(report.subjects), 'resource')} of {_number(files, 'file')} judged by "
    mended = f", {report.mended} mended" if report.mended else ""
    return (
        f"{judged}{_number(len(report.rules), 'rule')}: "
        f"{counts[Kind.REFUSED]} refused, {counts[Kind.ADVISED]} advised, "
        f"{counts[Kind.EXEMPTED]} exempted, {counts[Kind.UNJUDGED]} not judged{mended}"
    )


def _where(result: Result) -> str:
    return f"{result.file}:{result.line}" if result.subject else EVERYTHING


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
