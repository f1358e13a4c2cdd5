"""secrets-cmk-rotated: secrets are encrypted with a key of our own, in every region, and replaced regularly.

A policy of a secret's own lets nobody in whom it doesn't name.
A schedule counts if it says its period, as `rate(30 days)`, or if it is a `cron` that comes back every month.
"""

import re
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, INTEGER, TEXT, check
from policies.findings import Finding
from policies.options import whole_number
from policies.rule import Options, References, Rule, Stack
from policies.subjects.companions import demanded, is_customer_key
from policies.subjects.iam_documents import NETWORK, Statement, allowed, anybody
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT

_SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
_POLICY: Final = "aws:secretsmanager/secretPolicy:SecretPolicy"
_ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
_RATE: Final = re.compile(r"rate\((\d{1,6}) (hour|day)s?\)", re.ASCII)
_CRON: Final = re.compile(r"cron\(\S+ \S+ \S+ (\S+) \S+ (\S+)\)")
_MONTH: Final = 31
_FIX_KEY: Final = "set kmsKeyId to a KMS key of your own"
_FIX_POLICY: Final = "name the roles that may read the secret"
_LACK: Final = "nothing rotates the secret. Fix: add an aws.secretsmanager.SecretRotation with this secretId."


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds secrets without a key of their own or open to anybody, and rotations that are off or too slow."""
    if subject.type in (_SECRET, _POLICY):
        yield from allowed(subject.at("policy"), _open, _FIX_POLICY)
    if subject.type == _POLICY:
        return
    if subject.type == _SECRET:
        for place in (subject.root, *subject.at("replicas").items()):
            yield from check(place.at("kmsKeyId"), TEXT, is_customer_key, fix=_FIX_KEY, required=True)
        return
    yield from check(subject.at("rotationEnabled"), BOOLEAN, bool, fix="set rotationEnabled to true")
    most = options["days"]
    fix = f"set rotationRules.automaticallyAfterDays to {most} or less"
    days, schedule = (subject.at("rotationRules", key) for key in ("automaticallyAfterDays", "scheduleExpression"))
    if schedule.value is not ABSENT:
        yield from check(schedule, TEXT, lambda it: _is_within(it, most), fix=fix)
    yield from check(days, INTEGER, lambda it: 0 < it <= most, fix=fix, required=schedule.value is ABSENT)


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds secrets that nothing rotates."""
    yield from demanded(stack, (_SECRET,), "secretId", _ROTATION, _LACK)


def _open(statement: Statement) -> Iterator[Finding]:
    return anybody(statement, _FIX_POLICY, *NETWORK)


def _is_within(schedule: str, days: int) -> bool:
    rate, cron = _RATE.fullmatch(schedule), _CRON.fullmatch(schedule)
    if rate:
        return int(rate[1]) <= days * (24 if rate[2] == "hour" else 1)
    return cron is not None and (cron[1], cron[2]) == ("*", "*") and days >= _MONTH


RULE = Rule(
    name="secrets-cmk-rotated",
    description="Secrets must be encrypted with a key of one's own and rotated at least every 90 days.",
    why="A secret that never changes is good for ever to whoever saw it once, and AWS's own key can't be withheld.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV_AWS_149", "CKV_AWS_304", "CKV2_AWS_57")),
    remediation="Set kmsKeyId on the secret and add a SecretRotation with automaticallyAfterDays of 90 or less.",
    area=of_type(_SECRET, _POLICY, _ROTATION),
    judge=judge,
    judge_stack=judge_stack,
    options={"days": whole_number("The longest time between rotations, in days.", 90, least=1, most=1000)},
)
