"""stack-no-plaintext-secret: no property of any resource holds a credential that isn't marked as secret.

Judged where the engine shows the marks: what is marked is encrypted in the state. The rule runs on every resource, so
it walks the plain values and makes no Field of them. Secrets of Kubernetes are judged by secret-is-marked. An unknown
value is told as such only under a name that announces a credential: every other value is judged when it is known.
"""

from collections.abc import Iterator
from typing import Any, Final

from pulumi_policy import EnforcementLevel, Severity

from policies.credentials import SHORTEST, announces, disclosed
from policies.findings import Finding, Keys, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import UNKNOWN, joined

_JUDGED_ELSEWHERE: Final = (
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:SecretPatch",
    "kubernetes:core/v1:SecretList",
)
_NAMING: Final = "kubernetes:external-secrets.io/"
_FIX: Final = "wrap it in pulumi.Output.secret, or better let the resource refer to a secret store"


def judge(typed: Typed, options: Options) -> Iterator[Finding]:
    """Finds every credential among the resource's properties, and says where, never what."""
    if typed.type in _JUDGED_ELSEWHERE:
        return
    harmless = options["harmlessNames"]
    named = not typed.type.startswith(_NAMING)
    for keys, name, value in _leaves(typed.root.value):
        called = name if named and name not in harmless else ""
        if value is UNKNOWN:
            if announces(called):
                yield Unjudged(joined(keys))
            continue
        found = disclosed(called, str(value))
        if found:
            yield Violation(f"{joined(keys)} holds {found}, not marked as secret. Fix: {_FIX}.")


def _leaves(root: object) -> Iterator[tuple[Keys, str, object]]:
    """Every text, whole number and unknown that may be a credential: where it is, its name, and itself.

    A `{name, value}` pair (a variable, a parameter, a tag) is a value of that name.
    """
    waiting: list[tuple[Keys, str, Any]] = [((), "", root)]
    while waiting:
        keys, name, value = leaf = waiting.pop()
        if type(value) is dict:
            given = value.get("name", value.get("key")) if "value" in value else None
            for key in reversed(value):
                called = given if key == "value" and isinstance(given, str) else key
                if _matters(called, value[key]):
                    waiting.append(((*keys, key), called, value[key]))
        elif type(value) is list:
            waiting += [
                ((*keys, index), name, value[index])
                for index in reversed(range(len(value)))
                if _matters(name, value[index])
            ]
        else:
            yield leaf


def _matters(name: str, value: object) -> bool:
    kind = type(value)
    if kind is dict or kind is list:
        return True
    if isinstance(value, str) and len(value) >= SHORTEST:
        return True
    return (kind is str or kind is int or value is UNKNOWN) and announces(name)


RULE = Rule(
    name="stack-no-plaintext-secret",
    description="No property of a resource may hold a credential that isn't marked as secret.",
    why="Properties lie in the stack's state, in previews and in the logs of a pipeline, and are shown to all who may "
    "read those.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(owasp=("LLM02", "ASI03")),
    remediation="Mark the value as secret (pulumi.Output.secret, config.require_secret), or refer to a secret store.",
    area=of_type(secrecy=True),
    judge=judge,
    options={
        "harmlessNames": text_list(
            "Names that sound like a credential's and aren't; their values are still looked at.", []
        )
    },
)
