"""What a test of files found, before it is printed in any form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from cli.pack.sources import Problem
from cli.pack.subjects import Subject
from policies.rule import AnyRule


class Kind(Enum):
    """What a finding means for the verdict; only a refusal counts against it."""

    REFUSED = "mandatory"
    ADVISED = "advisory"
    EXEMPTED = "exempted"
    UNJUDGED = "could not judge"


class Result(NamedTuple):
    """One finding of one rule. Without a subject it is about all files together."""

    kind: Kind
    rule: AnyRule
    message: str
    subject: Subject | None
    line: int
    reason: str = ""

    @property
    def file(self) -> str:
        """The file that the finding is about; empty if it is about all."""
        return self.subject.place.file if self.subject else ""


class Report(NamedTuple):
    """All that was judged, found, left out and unreadable. `rules` are those that judged."""

    subjects: tuple[Subject, ...]
    rules: tuple[AnyRule, ...]
    results: tuple[Result, ...]
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Problem, ...] = ()
    mended: int = 0

    @property
    def exit_code(self) -> int:
        """2 if anything could not be read or nothing was judged, 1 if anything is refused, else 0."""
        if self.problems or not self.subjects:
            return 2
        return 1 if self.counts()[Kind.REFUSED] else 0

    def counts(self) -> Counter[Kind]:
        """How many findings there are of each kind."""
        return Counter(result.kind for result in self.results)

    def cases(self) -> Iterator[tuple[Subject | None, AnyRule, tuple[Result, ...]]]:
        """Every resource with every rule that judged it, and what was found; then the rules about all together."""
        found: dict[tuple[int, str], list[Result]] = {}
        for result in self.results:
            found.setdefault((id(result.subject), result.rule.name), []).append(result)
        for subject in self.subjects:
            for rule in self.rules:
                of_it = found.pop((id(subject), rule.name), [])
                concerned = rule.judge and rule.area and rule.area.concerns(subject.resource.type)
                if of_it or concerned:
                    yield subject, rule, tuple(of_it)
        for rule in self.rules:
            if rule.judge_stack:
                yield None, rule, tuple(found.get((id(None), rule.name), []))
