"""kms-rotation: symmetric keys rotate every year, no key is off, and none can be destroyed at short notice.

KMS rotates symmetric keys with material of its own only. A replica rotates with its primary key.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, INTEGER, TEXT, check
from policies.findings import Finding
from policies.options import whole_number
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import UNKNOWN, Field

_KEY: Final = "aws:kms/key:Key"
_SYMMETRIC: Final = {"keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT"}
_SWITCHES: Final = {"aws:kms/key:Key": "isEnabled"}
_DEFAULT_WINDOW: Final = 30
_DEFAULT_PERIOD: Final = 365


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds a key that does not rotate, is off, or has too short a time in which its deletion can be stopped."""
    window = options["leastDeletionWindowInDays"]
    yield from check(
        subject.at("deletionWindowInDays"),
        INTEGER,
        lambda it: it >= window,
        fix=f"set deletionWindowInDays to {max(window, _DEFAULT_WINDOW)}",
        required=window > _DEFAULT_WINDOW,
        mend=max(window, _DEFAULT_WINDOW),
    )
    enabled = subject.at(_SWITCHES.get(subject.type, "enabled"))
    yield from check(enabled, BOOLEAN, bool, fix="enable the key, or delete it if nothing needs it")
    if subject.type == _KEY:
        yield from _rotation(subject, options["longestRotationPeriodInDays"])


def _rotation(subject: Typed, longest: int) -> Iterator[Finding]:
    rotates = subject.at("enableKeyRotation")
    found = [
        *check(rotates, BOOLEAN, bool, fix="set enableKeyRotation to true", required=True, mend=True),
        *check(
            subject.at("rotationPeriodInDays"),
            INTEGER,
            partial(_is_often, longest=longest),
            fix=f"set rotationPeriodInDays to {longest} at most",
            required=longest < _DEFAULT_PERIOD,
            mend=longest,
        ),
    ]
    gates = [subject.at(name) for name in (*_SYMMETRIC, "customKeyStoreId")]
    for gate in gates:
        yield from check(gate, TEXT, lambda _: True, fix="write a string")
    if any(_cannot_rotate(gate) for gate in gates):
        return
    if not any(gate.value is UNKNOWN for gate in gates):
        yield from found


def _is_often(days: int, longest: int) -> bool:
    return days <= longest


def _cannot_rotate(gate: Field) -> bool:
    return isinstance(gate.value, str) and gate.value != _SYMMETRIC.get(gate.path)


RULE = Rule(
    name="kms-rotation",
    description="KMS keys must rotate and must not be deletable at short notice.",
    why="Rotation bounds what one leaked key opens, and the waiting period is the only undo of a deletion.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV_AWS_7", "CKV_AWS_227")),
    remediation="Set enableKeyRotation to true and leave deletionWindowInDays at 30.",
    area=of_type(
        _KEY,
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
    ),
    judge=judge,
    mends=True,
    options={
        "leastDeletionWindowInDays": whole_number("The shortest waiting period of a deletion.", 7, 7, 30),
        "longestRotationPeriodInDays": whole_number("The longest time between rotations.", 365, 90, 2560),
    },
)
