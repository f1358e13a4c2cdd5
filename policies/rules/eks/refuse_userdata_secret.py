"""nodes-no-userdata-secret: user data, which every process on a node can read, holds no credential.

User data is looked at as it stands and, where it is base64 or gzip, as what it decodes to. Nothing of it is printed.
"""

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.credentials import credential_in
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.machines import MACHINES, Machine
from policies.unknowns import ABSENT, Field

_FIX: Final = "remove it, and let the node or the pod read it from Secrets Manager with its role"
_MOST_BYTES: Final = 1_000_000
_GZIP: Final = b"\x1f\x8b"


def judge(machine: Machine, _options: Options) -> Iterator[Finding]:
    """Finds a credential in any form of user data."""
    for name in ("userData", "userDataBase64"):
        field = machine.at(name)
        if isinstance(field.value, str):
            yield from _credentials(field, field.value)
        elif field.value is not ABSENT:
            yield unreadable(field, "a string", _FIX)


def _credentials(field: Field, text: str) -> Iterator[Finding]:
    found = credential_in(text) or credential_in(_decoded(text))
    if found:
        yield Violation(f"{place(field)} holds {found}. Fix: {_FIX}.")


def _decoded(text: str) -> str:
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        if data.startswith(_GZIP):
            data = zlib.decompressobj(wbits=31).decompress(data, _MOST_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        return ""
    return data.decode("utf-8", errors="replace")


RULE = Rule(
    name="nodes-no-userdata-secret",
    description="User data must not hold credentials.",
    why="User data is readable by every process on the node, and by everyone who may describe instances.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_46",), owasp=("LLM02",)),
    remediation="Take the credential out of user data, revoke it, and read it at run time with a role.",
    area=MACHINES,
    judge=judge,
)
