"""logs-retained-encrypted: log groups say how long they keep logs, long enough, and have a KMS key.

0 keeps logs for ever and passes. A DELIVERY group keeps nothing of its own: its retention is AWS's.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, TEXT, check, unless
from policies.findings import Finding
from policies.options import whole_number
from policies.rule import Options, References, Rule
from policies.subjects.companions import is_customer_key
from policies.subjects.typed import Typed, of_type

_FIX_KEY: Final = "set kmsKeyId to the ARN of a KMS key of your own"
_PERIODS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def judge(group: Typed, options: Options) -> Iterator[Finding]:
    """Finds log groups that lose logs too early, or never say when, and those without a key."""
    yield from unless(group.at("logGroupClass"), "DELIVERY", _retained(group, options))
    yield from check(group.at("kmsKeyId"), TEXT, is_customer_key, fix=_FIX_KEY, required=True)


def _retained(group: Typed, options: Options) -> Iterator[Finding]:
    least = options["days"]
    period = next(days for days in _PERIODS if days >= least)
    fix = f"set retentionInDays to {period} or more, or to 0 to keep the logs for ever"
    field = group.at("retentionInDays")
    yield from check(field, INTEGER, lambda it: it == 0 or it >= least, fix=fix, required=True, mend=period)


RULE = Rule(
    name="logs-retained-encrypted",
    description="Log groups must keep logs for at least a year and be encrypted with a KMS key.",
    why="An intrusion is found months later on average, and prompts and answers in logs are as private as any data.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV_AWS_66", "CKV_AWS_158", "CKV_AWS_338")),
    remediation="Set retentionInDays to 365 or more (0 keeps logs for ever) and kmsKeyId to a key of your own.",
    area=of_type("aws:cloudwatch/logGroup:LogGroup"),
    judge=judge,
    mends=True,
    options={"days": whole_number("The shortest retention, in days.", 365, least=1, most=_PERIODS[-1])},
)
