"""kms-no-wildcard-principal: every key has a policy, and it names who may use the key.

A key's policy may stand in a resource of its own, so that only the whole stack shows a key without one.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule, Stack
from policies.subjects.iam_documents import allowed, anybody
from policies.subjects.typed import Typed, of_type, typed_in
from policies.unknowns import ABSENT, UNKNOWN

_FIX: Final = "name the accounts and roles that may use the key"
_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
_KEYS: Final = (
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/key:Key",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
)


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds every statement that lets anybody use the key."""
    yield from allowed(subject.at("policy"), partial(anybody, fix=_FIX), _FIX)


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds every key that has no policy, neither its own nor one beside it."""
    policies = typed_in(stack, _POLICY)
    for key in typed_in(stack, *_KEYS):
        if key.at("policy").value is ABSENT:
            yield from _without_policy(key, policies)


def _without_policy(key: Typed, policies: tuple[Typed, ...]) -> Iterator[Finding]:
    urn = key.resource.urn
    ids = [key.at(name).value for name in ("id", "keyId", "arn")]
    named = [each for each in ids if isinstance(each, str)]
    if any(urn in policy.resource.dependencies or policy.at("keyId").value in named for policy in policies):
        return
    if any(policy.at("keyId").value is UNKNOWN and not policy.resource.dependencies for policy in policies):
        yield Unjudged("policy, which a KeyPolicy of this stack may set", urn)
    else:
        yield Violation(f"policy is not set. Fix: set it, and {_FIX}.", urn=urn)


RULE = Rule(
    name="kms-no-wildcard-principal",
    description="KMS keys must have a policy that names who may use them.",
    why="Whoever may use a key reads all that it protects: the key's policy is the last lock on every disk and secret.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_33", "CKV2_AWS_64")),
    remediation="Set a key policy whose principals are named accounts and roles.",
    area=of_type(_POLICY, *_KEYS),
    judge=judge,
    judge_stack=judge_stack,
)
