"""stack-charts-pinned: a Helm chart is installed in one exact version, from a listed repository, with its checks on.

A Chart component shows a pack neither its name nor its version, only the objects that it makes: it is refused where
it shows nothing. Random values that a chart's templates make up can't be seen here.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN, Field

_TYPES: Final = ("kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart")
_EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_DIGEST: Final = re.compile(r"oci://[^\s@]+@sha256:[0-9a-f]{64}")
_LOCAL: Final = ("./", "../", "/")
_SWITCHES: Final = {
    "devel": "installs versions that are not released",
    "disableOpenapiValidation": "installs objects that the API server's schema does not know",
    "disableWebhooks": "leaves the chart's hooks out",
    "forceUpdate": "deletes and remakes what can't be changed",
    "replace": "takes over the name of another release",
    "skipAwait": "reports success before anything runs",
}
_FIX_VERSION: Final = "write one exact version like 1.2.3, no range"
_FIX_SWITCH: Final = "set it to false or remove it"


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds a chart that may be another one tomorrow, or whose checks are off."""
    chart = subject.at("chart")
    if chart.value is ABSENT:
        yield Violation(
            "chart is not shown, so nobody can tell what is installed. Fix: use helm.sh/v3 Release with chart."
        )
    elif chart.value is UNKNOWN:
        yield Unjudged("chart")
    elif not isinstance(chart.value, str):
        yield unreadable(chart, TEXT.name, "write the chart's name")
    else:
        yield from _source(subject, chart, chart.value, options["repositories"])
    for name, effect in _SWITCHES.items():
        yield from check(subject.at(name), BOOLEAN, lambda on: not on, fix=f"{_FIX_SWITCH}, since it {effect}")


def _source(subject: Typed, chart: Field, source: str, allowed: tuple[str, ...]) -> Iterator[Finding]:
    repository = _repository(subject)
    if repository.value is ABSENT and source.startswith(_LOCAL):
        return
    if not _DIGEST.fullmatch(source):
        yield from check(
            subject.at("version"), TEXT, lambda it: bool(_EXACT.fullmatch(it)), fix=_FIX_VERSION, required=True
        )
    if source.startswith("oci://"):
        yield from _in(chart, allowed)
    elif repository.value is ABSENT:
        yield Violation(
            f"repositoryOpts.repo is not set and {chart.text} is no file. Fix: name the chart's repository."
        )
    else:
        yield from _in(repository, allowed)


def _repository(subject: Typed) -> Field:
    fetched = subject.at("fetchOpts", "repo")
    return subject.at("repositoryOpts", "repo") if fetched.value is ABSENT else fetched


def _in(field: Field, allowed: tuple[str, ...]) -> Iterable[Finding]:
    fix = "take the chart from a repository of the option repositories, or have this one added"
    return check(field, TEXT, lambda it: _is_below(it, allowed), fix=fix)


def _is_below(source: str, allowed: tuple[str, ...]) -> bool:
    bases = [base.rstrip("/") for base in allowed]
    return ".." not in source and any(source.rstrip("/") == base or source.startswith(f"{base}/") for base in bases)


RULE = Rule(
    name="stack-charts-pinned",
    description="Helm charts must have one exact version or digest and come from a listed repository.",
    why="A chart is a program that runs with the rights of whoever deploys it; without a version it changes unseen.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("LLM03", "ASI04"), others=("pulumi-kubernetes#205", "pulumi-kubernetes#2649")),
    remediation="Use helm.sh/v3 Release with chart, an exact version and repositoryOpts.repo, or an OCI digest.",
    area=of_type(*_TYPES),
    judge=judge,
    options={"repositories": text_list("The repositories and OCI registries that charts may come from.", ())},
)
