"""ecr-not-public: no image repository is public, and no policy of one, or of the registry, names everyone."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import Statement, allowed, is_wild
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT

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
        yield from allowed(subject.at(_POLICIES[subject.type]), _everyone, _FIX)


def _everyone(statement: Statement) -> Iterator[Finding]:
    excluded = statement.at("NotPrincipal")
    if excluded.value is not ABSENT:
        yield Violation(f"{place(excluded)} allows everyone else. Fix: {_FIX}.")
    for _, name in statement.principals():
        if not isinstance(name.value, str):
            yield unreadable(name, "a string", _FIX)
        elif is_wild(name.value):
            yield Violation(f"{place(name)} is {name.text}, which is everyone. Fix: {_FIX}.")


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
