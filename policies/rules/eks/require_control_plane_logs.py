"""eks-all-control-plane-logs: the cluster writes all five logs of its control plane."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type

_LOGS: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_FIX: Final = f"set enabledClusterLogTypes to {', '.join(_LOGS)}"


def judge(cluster: Typed, _options: Options) -> Iterator[Finding]:
    """Finds a cluster that lacks one of the logs."""
    types = cluster.at("enabledClusterLogTypes")
    listed = list(types.items())
    missing = [log for log in _LOGS if log not in [each.value for each in listed]]
    if not missing:
        return
    unclear = [each for each in listed if not isinstance(each.value, str)]
    for each in unclear:
        found = unreadable(each, "a string", _FIX)
        yield found._replace(edits=types.edit(list(_LOGS))) if isinstance(found, Violation) else found
    if not unclear:
        text = f"{place(types)} is without {', '.join(missing)}. Fix: {_FIX}."
        yield Violation(text, types.edit(list(_LOGS)))


RULE = Rule(
    name="eks-all-control-plane-logs",
    description="The cluster must write all logs of its control plane.",
    why="Without the audit and authenticator logs nobody can tell afterwards who did what with which identity.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(cis_eks=("2.1.1",), checkov=("CKV_AWS_37",)),
    remediation="Set enabledClusterLogTypes to api, audit, authenticator, controllerManager and scheduler.",
    area=of_type("aws:eks/cluster:Cluster"),
    judge=judge,
    mends=True,
)
