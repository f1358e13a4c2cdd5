"""nodes-no-ssh: no node group opens SSH to the world.

With remoteAccess and no source security group EKS opens port 22 of every node to 0.0.0.0/0.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, is_object

_FIX: Final = "remove remoteAccess and use Session Manager, or name sourceSecurityGroupIds"


def judge(group: Typed, _options: Options) -> Iterator[Finding]:
    """Finds remote access that no security group limits."""
    access = group.at("remoteAccess")
    if access.value is ABSENT:
        return
    if not is_object(access.value):
        yield unreadable(access, "an object", _FIX)
        return
    groups = access.at("sourceSecurityGroupIds")
    listed = list(groups.items())
    if not listed:
        yield Violation(f"{place(groups)} names no group, so that port 22 is open to the world. Fix: {_FIX}.")
    for each in listed:
        yield from check(each, TEXT, bool, fix=_FIX)


RULE = Rule(
    name="nodes-no-ssh",
    description="Node groups must not open SSH to the world.",
    why="An SSH port that the world can reach is tried within minutes, and a shell on a node is every pod on it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_100",)),
    remediation="Remove remoteAccess; reach nodes through Session Manager.",
    area=of_type("aws:eks/nodeGroup:NodeGroup"),
    judge=judge,
)
