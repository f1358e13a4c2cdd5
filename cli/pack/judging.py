"""Files judged by the pack's own dispatcher: resource by resource, then all together as one stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pulumi_policy import EnforcementLevel

from cli.pack import manifests, stacks
from cli.pack.configuration import Configuration
from cli.pack.documents import documents_in
from cli.pack.report import Kind, Report, Result
from cli.pack.sources import Problem, Source
from cli.pack.subjects import Subject
from policies.dispatcher import Diagnostic, Dispatcher
from policies.rule import AnyRule, Stack

_UNJUDGED = "could not judge "


class Inputs:
    """The subjects of all files, each with a URN of its own, and what could not be read or is nothing to judge."""

    def __init__(self, sources: Iterable[Source | Problem]) -> None:
        self.subjects: list[Subject] = []
        self.problems: list[Problem] = []
        self.skipped: list[Problem] = []
        self._urns: dict[str, int] = {}
        for source in sources:
            if isinstance(source, Problem):
                self.problems.append(source)
            else:
                self._take(source)

    def _take(self, source: Source) -> None:
        documents, faults = documents_in(source.text)
        self.problems += [Problem(source.file, fault.line, fault.text) for fault in faults]
        for document in documents:
            is_manifest = manifests.is_manifest(document.value)
            if stacks.is_stack(document.value) and not is_manifest:
                self._add(stacks.subjects_of(source.file, document))
            elif source.named or is_manifest:
                self._add(manifests.subjects_of(source.file, document))
            else:
                line = document.lines.get((), 1)
                self.skipped.append(Problem(source.file, line, "not judged: it is no Kubernetes object and no stack"))

    def _add(self, found: Iterable[Subject | Problem]) -> None:
        for each in found:
            if isinstance(each, Problem):
                self.problems.append(each)
            else:
                self.subjects.append(self._unique(each))

    def _unique(self, subject: Subject) -> Subject:
        urn = subject.resource.urn
        count = self._urns[urn] = self._urns.get(urn, 0) + 1
        if count == 1:
            return subject
        again = f"{urn}#{count}"
        return subject._replace(resource=subject.resource._replace(urn=again), final=subject.final._replace(urn=again))


def judge(
    subjects: Iterable[Subject], rules: Iterable[AnyRule], configuration: Configuration
) -> tuple[tuple[AnyRule, ...], tuple[Result, ...]]:
    """The rules that judged, and all that they found, in the order of the files."""
    subjects = tuple(subjects)
    active = tuple(rule for rule in rules if configuration.levels[rule.name] is not EnforcementLevel.DISABLED)
    dispatcher = Dispatcher(active, configuration.settings, configuration.levels)
    by_urn = {subject.resource.urn: subject for subject in subjects}
    said = [each for subject in subjects for each in _evaluated(dispatcher, subject)]
    said += dispatcher.evaluate_stack(Stack([subject.final for subject in subjects], dispatcher.unjudged))
    results = [_result(each, by_urn.get(each.urn), configuration) for each in said]
    order = {urn: index for index, urn in enumerate(by_urn)}
    results.sort(key=lambda it: (order.get(it.subject.resource.urn, -1) if it.subject else len(order), it.line))
    return active, tuple(results)


def _evaluated(dispatcher: Dispatcher, subject: Subject) -> Iterator[Diagnostic]:
    yield from dispatcher.evaluate(subject.resource._replace(secrecy=subject.rendered))


def _result(said: Diagnostic, subject: Subject | None, configuration: Configuration) -> Result:
    exemptions = configuration.settings[said.rule.name].exemptions
    reason = next((each.reason for each in exemptions if subject and each.covers(subject.resource)), "")
    if said.message.startswith(_UNJUDGED):
        kind = Kind.UNJUDGED
    elif reason:
        kind = Kind.EXEMPTED
    else:
        kind = Kind.REFUSED if said.level is EnforcementLevel.MANDATORY else Kind.ADVISED
    line = subject.place.line_of(said.message) if subject else 0
    return Result(kind, said.rule, said.message, subject, line, reason)


def report(inputs: Inputs, rules: Iterable[AnyRule], configuration: Configuration) -> Report:
    """The whole report of what was read."""
    active, results = judge(inputs.subjects, rules, configuration)
    return Report(tuple(inputs.subjects), active, results, tuple(inputs.problems), tuple(inputs.skipped))
