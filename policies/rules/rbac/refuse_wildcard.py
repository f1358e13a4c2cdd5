"""rbac-no-wildcard: roles name the API groups, resources and verbs that they grant."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.grants import ROLES
from policies.subjects.objects import Object, objects

_FIX: Final = "name what is needed instead of a wildcard"
_KEYS: Final = ("apiGroups", "resources", "verbs")
_EVERY_URL: Final = ("*", "/*")


def judge(role: Object, _options: Options) -> Iterator[Finding]:
    """Finds every wildcard of every rule."""
    for rule in role.at("rules").items():
        for key in _KEYS:
            for item in rule.at(key).items():
                yield from check(item, TEXT, lambda it: "*" not in it, fix=_FIX)
        for url in rule.at("nonResourceURLs").items():
            yield from check(url, TEXT, lambda it: it not in _EVERY_URL, fix=_FIX)


RULE = Rule(
    name="rbac-no-wildcard",
    description="Roles must not grant by wildcard.",
    why="A wildcard grants what nobody had in mind, and by tomorrow also what does not exist today.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_K8S_49",), cis_eks=("4.1.3",), owasp=("ASI03",)),
    remediation="Name the API groups, resources and verbs that the subject needs in every rule of the role.",
    area=objects(*ROLES),
    judge=judge,
)
