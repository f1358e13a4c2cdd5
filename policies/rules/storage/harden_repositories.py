"""ecr-immutable-scan-kms: image tags can't be moved, images are scanned when they are pushed, and KMS encrypts them.

Scanning can be set for the whole registry instead: with `registryScans` a repository need not ask for it.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check
from policies.findings import Finding, Violation
from policies.options import switch
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT

_REPOSITORY: Final = "aws:ecr/repository:Repository"
_TEMPLATE: Final = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
_REGISTRY: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
_KMS: Final = ("KMS", "KMS_DSSE")
_SCANS: Final = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
_FIX_TAGS: Final = "set imageTagMutability to IMMUTABLE"
_FIX_PUSH: Final = "set imageScanningConfiguration.scanOnPush to true"
_FIX_KMS: Final = 'set encryptionConfigurations to [{encryptionType: "KMS", kmsKey: ...}]; it can\'t be changed later'
_FIX_SCANS: Final = "set scanFrequency to SCAN_ON_PUSH or CONTINUOUS_SCAN"


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds what a repository, or the template of repositories to come, leaves open."""
    if subject.type == _REGISTRY:
        for rule in subject.at("rules").items():
            yield from check(rule.at("scanFrequency"), TEXT, lambda it: it in _SCANS, fix=_FIX_SCANS, required=True)
        return
    tags = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION") if options["tagExclusions"] else ("IMMUTABLE",)
    mutability = subject.at("imageTagMutability")
    yield from check(mutability, TEXT, lambda it: it in tags, fix=_FIX_TAGS, required=True, mend="IMMUTABLE")
    if subject.type == _REPOSITORY and not options["registryScans"]:
        scans = subject.at("imageScanningConfiguration", "scanOnPush")
        yield from check(scans, BOOLEAN, bool, fix=_FIX_PUSH, required=True, mend=True)
    yield from _encrypted(subject)


def _encrypted(subject: Typed) -> Iterator[Finding]:
    configurations = subject.at("encryptionConfigurations")
    if configurations.value in (ABSENT, []):
        yield Violation(f"encryptionConfigurations is not set. Fix: {_FIX_KMS}.")
    for each in configurations.items():
        yield from check(each.at("encryptionType"), TEXT, lambda it: it in _KMS, fix=_FIX_KMS, required=True)


RULE = Rule(
    name="ecr-immutable-scan-kms",
    description="Image repositories must have immutable tags, scan on push and KMS encryption.",
    why="A tag that can be moved runs something else tomorrow, and an image that nobody scanned brings known flaws.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_51", "CKV_AWS_136", "CKV_AWS_163"), cis_eks=("5.1.1",)),
    remediation="Set imageTagMutability IMMUTABLE, imageScanningConfiguration.scanOnPush true and an "
    "encryptionConfigurations entry of type KMS.",
    area=of_type(_REPOSITORY, _TEMPLATE, _REGISTRY),
    judge=judge,
    mends=True,
    options={
        "registryScans": switch("The registry scans on push by itself; repositories need not ask.", default=False),
        "tagExclusions": switch("Immutable repositories may exclude some tags.", default=False),
    },
)
