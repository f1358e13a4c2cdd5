"""rbac-no-cluster-admin: nobody is bound to cluster-admin, and nothing is bound to everybody or to system:masters.

The roles of Kubernetes' own controllers count as cluster-admin; all accounts of a namespace, and all nodes,
as everybody.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.grants import BINDINGS
from policies.subjects.objects import Object, objects

_FIX_ROLE: Final = "bind a role that grants what the subject needs"
_FIX_SUBJECT: Final = "bind the one service account or group that needs the role"
_REFUSED: Final = frozenset(
    {
        "system:anonymous",
        "system:unauthenticated",
        "system:authenticated",
        "system:serviceaccounts",
        "system:masters",
        "system:nodes",
    }
)
_NAMESPACE_ACCOUNTS: Final = "system:serviceaccounts:"
_CONTROLLER: Final = "system:controller:"
"""How the roles of Kubernetes' own controllers are called; more than one of them leads to all rights."""


def judge(binding: Object, _options: Options) -> Iterator[Finding]:
    """Finds a binding to cluster-admin, and every subject that stands for everybody or for the masters."""
    role = binding.at("roleRef")
    if role.at("kind").value != "Role":
        yield from check(role.at("name"), TEXT, _is_harmless_role, fix=_FIX_ROLE)
    for subject in binding.at("subjects").items():
        if subject.at("kind").value != "ServiceAccount":
            yield from check(subject.at("name"), TEXT, _is_narrow, fix=_FIX_SUBJECT)


def _is_harmless_role(name: str) -> bool:
    return name != "cluster-admin" and not name.startswith(_CONTROLLER)


def _is_narrow(subject: str) -> bool:
    return subject not in _REFUSED and not subject.startswith(_NAMESPACE_ACCOUNTS)


RULE = Rule(
    name="rbac-no-cluster-admin",
    description="Bindings must not grant cluster-admin, nor name everybody or system:masters as a subject.",
    why="cluster-admin may do everything everywhere, and what everybody may do an intruder may do.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(cis_eks=("4.1.1",), kubescape=("C-0185", "C-0262"), owasp=("ASI03",)),
    remediation="Bind a role with the few rights that are needed to the one subject that needs them.",
    area=objects(*BINDINGS),
    judge=judge,
)
