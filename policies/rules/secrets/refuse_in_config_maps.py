"""configmap-no-secret: no entry of a ConfigMap is, or holds, a credential. Binary entries are decoded first."""

import base64
import binascii
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.credentials import credential_in, disclosed
from policies.findings import Finding, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, Field

_FIX: Final = "move it to a secret store or a Secret, and leave a reference here"


def judge(config: Object, options: Options) -> Iterator[Finding]:
    """Finds every entry that holds a credential."""
    harmless = options["harmlessNames"]
    for name, entry in config.at("data").entries():
        text = entry.value
        found = disclosed("" if name in harmless else name, text) if isinstance(text, str) else ""
        yield from _told(entry, found)
    for _, entry in config.at("binaryData").entries():
        yield from _told(entry, credential_in(_decoded(entry.value)) if isinstance(entry.value, str) else "")


def _told(entry: Field, found: str) -> Iterator[Finding]:
    if found:
        yield Violation(f"{place(entry)} holds {found}. Fix: {_FIX}.")
    elif entry.value is not ABSENT and not isinstance(entry.value, str):
        yield unreadable(entry, "a string", _FIX)


def _decoded(text: str) -> str:
    """The bytes as text, one letter each; empty if the API server would refuse them."""
    try:
        return base64.b64decode(text, validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


RULE = Rule(
    name="configmap-no-secret",
    description="ConfigMaps must not hold credentials.",
    why="A ConfigMap isn't encrypted with the cluster's key, and far more people and pods may read it than a Secret.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(kubescape=("C-0012",), owasp=("LLM02",), others=("polaris sensitiveConfigmapContent",)),
    remediation="Move the credential to a secret store or a Secret; leave its name or path in the ConfigMap.",
    area=objects("core/ConfigMap"),
    judge=judge,
    options={
        "harmlessNames": text_list(
            "Keys that sound like a credential's and aren't; their values are still looked at.", []
        )
    },
)
