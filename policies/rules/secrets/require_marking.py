"""secret-is-marked: what a Secret holds reaches the engine marked as secret, so that its state and output hide it.

Judged where the engine shows the marks. The Kubernetes provider marks `data` and `stringData` in what it returns, not
in what a program hands over (pulumi-kubernetes #999, #1353).
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Change, Finding, Violation
from policies.rule import Area, Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, UNKNOWN, Field, Malformed, is_object

_SECRETS: Final = objects("core/Secret")
_MAPS: Final = ("data", "stringData")
_FIX: Final = "wrap it in pulumi.Output.secret, or read it with config.require_secret"


def judge(secret: Object, _options: Options) -> Iterator[Finding]:
    """Finds every value of a Secret that the engine would keep and show as plain text."""
    for name in _MAPS:
        content = secret.at(name)
        if not content.secret and not is_object(content.value) and content.value is not ABSENT:
            yield unreadable(content, "an object", _FIX)
        for _, entry in content.entries() if is_object(content.value) else ():
            yield from _unmarked(entry)


def _unmarked(entry: Field) -> Iterator[Finding]:
    if entry.secret or entry.value is ABSENT:
        return
    if entry.value is UNKNOWN or isinstance(entry.value, Malformed):
        yield unreadable(entry, "a string", _FIX)
    else:
        yield Violation(f"{place(entry)} isn't marked as secret. Fix: {_FIX}.", entry.edit(Change.MARK_SECRET))


RULE = Rule(
    name="secret-is-marked",
    description="What a Secret holds must be marked as secret in the program.",
    why="A value that isn't marked lies in the stack's state as plain text and is printed by every preview.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("LLM02",), others=("pulumi-kubernetes #999", "pulumi-kubernetes #1353")),
    remediation="Wrap the values of data and stringData in pulumi.Output.secret, or read them as secret configuration.",
    area=Area(_SECRETS.concerns, _SECRETS.subjects, secrecy=True),
    judge=judge,
    mends=True,
)
