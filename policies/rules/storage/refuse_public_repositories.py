"""ecr-not-public: no image repository is public, and no policy of one, or of the registry, lets everyone in."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import allowed, anybody
from policies.subjects.typed import Typed, of_type

_PUBLIC: Final = "aws:ecrpublic/repository:Repository"
_POLICIES: Final = {
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
}
_FIX: Final = "name the accounts or roles that may pull"


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds public repositories and statements that allow everyone something."""
    if subject.type == _PUBLIC:
        yield Violation("it is a repository that the whole world pulls from. Fix: use an aws.ecr.Repository.")
    else:
        yield from allowed(subject.at(_POLICIES[subject.type]), partial(anybody, fix=_FIX), _FIX)


RULE = Rule(
    name="ecr-not-public",
    description="Image repositories must not be open to everyone.",
    why="Images hold code, prompts and, too often, credentials; who pulls them can also look for flaws at leisure.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_32",), cis_eks=("5.1.2",)),
    remediation="Keep images in private repositories whose policies name accounts or roles, never everyone.",
    area=of_type(_PUBLIC, *_POLICIES),
    judge=judge,
)
