"""ns-psa-labels: every namespace has Pod Security enforced: restricted where agents run, baseline or better elsewhere.

A namespace of agents is one with the label `agent-platform.dev/team`.
"""

import re
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.subjects.selectors import TEAM
from policies.unknowns import ABSENT

_LABEL: Final = "pod-security.kubernetes.io/"
_LEVELS: Final = ("privileged", "baseline", "restricted")
_MODES: Final = ("enforce", "audit", "warn")
_OLDEST: Final = 25
"""The minor version in which Pod Security became stable; the standards of older ones allow what today's refuse."""
_VERSION: Final = re.compile(r"v1\.(0|[1-9][0-9]{0,2})")


def judge(namespace: Object, options: Options) -> Iterator[Finding]:
    """Finds a namespace whose enforced level is absent or too low, and levels and versions that are none."""
    labels = namespace.at("metadata", "labels")
    needed = _needed(namespace, options)
    least = needed[0]
    yield from check(
        labels.at(f"{_LABEL}enforce"),
        TEXT,
        needed.__contains__,
        fix=f"set the label {_LABEL}enforce to {' or '.join(needed)}",
        required=namespace.complete and least != "privileged",
        mend=least,
    )
    for mode in _MODES:
        if mode != "enforce":
            fix = f"set the label {_LABEL}{mode} to one of {', '.join(_LEVELS)}, or remove it"
            yield from check(labels.at(f"{_LABEL}{mode}"), TEXT, _LEVELS.__contains__, fix=fix, mend=least)
        version = labels.at(f"{_LABEL}{mode}-version")
        fix = f"set the label {_LABEL}{mode}-version to latest, or to v1.{_OLDEST} or later, or remove it"
        yield from check(version, TEXT, _is_version, fix=fix, mend="latest")


def _needed(namespace: Object, options: Options) -> tuple[str, ...]:
    """The levels that may be enforced, the lowest first."""
    if namespace.at("metadata", "labels", TEAM).value is not ABSENT:
        return _LEVELS[2:]
    return _LEVELS if namespace.name in options["privileged"] else _LEVELS[1:]


def _is_version(text: str) -> bool:
    minor = _VERSION.fullmatch(text)
    return text == "latest" or (minor is not None and int(minor[1]) >= _OLDEST)


RULE = Rule(
    name="ns-psa-labels",
    description="Namespaces must enforce Pod Security: restricted for agents, baseline or restricted for others.",
    why="Without the label the API server admits any pod, whoever makes it and however it comes into the cluster.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        pod_security=("baseline", "restricted"), kyverno=("add-psa-labels", "deny-privileged-profile")
    ),
    remediation=f"Set {_LABEL}enforce to restricted on team namespaces and to baseline or restricted on others.",
    area=objects("core/Namespace"),
    judge=judge,
    mends=True,
    options={
        "privileged": text_list(
            "Names of platform namespaces whose pods need the privileged level, as for agents on nodes; "
            "a team's namespace is never one.",
            [],
        ),
    },
)
