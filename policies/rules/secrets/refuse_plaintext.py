"""stack-no-plaintext-secret: no property of any resource holds a credential that isn't marked as secret.

Judged where the engine shows the marks: what is marked is encrypted in the state. The rule runs on every resource, so
it walks the plain values and makes no Field of them. Secrets of Kubernetes are judged by secret-is-marked. An unknown
value is told as such only under a name that announces a credential: every other value is judged when it is known.
"""

from collections.abc import Iterator
from typing import Any, Final

from pulumi_policy import EnforcementLevel, Severity

from policies.credentials import SHORTEST, announces, disclosed, formats_in
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
_Leaf = tuple[Keys, str, object]
_FIX: Final = "wrap it in pulumi.Output.secret, or better let the resource refer to a secret store"


def judge(typed: Typed, options: Options) -> Iterator[Finding]:
    """Finds every credential among the resource's properties, and says where, never what."""
    if typed.type in _JUDGED_ELSEWHERE:
        return
    harmless = options["harmlessNames"]
    named = not typed.type.startswith(_NAMING)
    leaves = _gather(typed.root.value, "", (), [])
    formats = formats_in("\n".join([value for _, _, value in leaves if isinstance(value, str)]))
    for keys, name, value in leaves:
        called = name if named and name not in harmless else ""
        if value is UNKNOWN:
            if announces(called):
                yield Unjudged(joined(keys))
            continue
        found = disclosed(called, str(value), formats)
        if found:
            yield Violation(f"{joined(keys)} holds {found}, not marked as secret. Fix: {_FIX}.")


def _gather(value: Any, name: str, keys: Keys, found: list[_Leaf]) -> list[_Leaf]:
    """Every text, whole number and unknown below a value that may be a credential: where it is, its name, and itself.

    A `{name, value}` pair (a variable, a parameter, a tag) is a value of that name.
    """
    kind = type(value)
    if kind is str:
        if len(value) >= SHORTEST or announces(name):
            found.append((keys, name, value))
    elif kind is dict:
        given = value.get("name", value.get("key")) if "value" in value else None
        for key, each in value.items():
            _gather(each, given if key == "value" and type(given) is str else key, (*keys, key), found)
    elif kind is list:
        for index, each in enumerate(value):
            _gather(each, name, (*keys, index), found)
    elif (kind is int or value is UNKNOWN) and announces(name):
        found.append((keys, name, value))
    return found


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
