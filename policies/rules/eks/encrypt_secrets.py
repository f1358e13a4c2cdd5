"""eks-secrets-kms: the cluster's Secrets are encrypted with a key of one's own."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN

_FIX: Final = "set encryptionConfig.provider.keyArn to the ARN of a KMS key of your own"
_FIX_RESOURCES: Final = 'set encryptionConfig.resources to ["secrets"]'


def judge(cluster: Typed, _options: Options) -> Iterator[Finding]:
    """Finds a cluster without a key, or whose key does not encrypt Secrets."""
    config = cluster.at("encryptionConfig")
    key = config.at("provider", "keyArn")
    yield from check(key, TEXT, lambda it: bool(it) and ":alias/aws/" not in it, fix=_FIX, required=True)
    resources = config.at("resources")
    named = list(resources.items())
    if config.value in (ABSENT, UNKNOWN) or any(each.value == "secrets" for each in named):
        return
    unclear = [each for each in named if not isinstance(each.value, str)]
    if unclear:
        yield from (unreadable(each, "a string", _FIX_RESOURCES) for each in unclear)
    else:
        yield Violation(f"{place(resources)} is without secrets. Fix: {_FIX_RESOURCES}.")


RULE = Rule(
    name="eks-secrets-kms",
    description="The cluster's Secrets must be encrypted with a customer managed KMS key.",
    why="A key of one's own can be revoked and its use is logged: a copy of etcd alone opens nothing.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(cis_eks=("5.3.1",), checkov=("CKV_AWS_58",)),
    remediation='Set encryptionConfig to {provider: {keyArn: <your key>}, resources: ["secrets"]}.',
    area=of_type("aws:eks/cluster:Cluster"),
    judge=judge,
)
