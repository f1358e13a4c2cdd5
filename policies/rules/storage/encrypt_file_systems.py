"""efs-encrypted: file systems are encrypted with a key of our own, and reached as one user below one directory.

A mount target without security groups of its own gets the VPC's default one, so that it must name some.
A file system's policy may be open to anybody only by an access point or from within the VPC.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, INTEGER, TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.companions import is_customer_key
from policies.subjects.iam_documents import NETWORK, Statement, allowed, anybody, one_or_many
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN

_FILE_SYSTEM: Final = "aws:efs/fileSystem:FileSystem"
_ACCESS_POINT: Final = "aws:efs/accessPoint:AccessPoint"
_MOUNT_TARGET: Final = "aws:efs/mountTarget:MountTarget"
_POLICY: Final = "aws:efs/fileSystemPolicy:FileSystemPolicy"
_MOUNTED: Final = "elasticfilesystem:accessedviamounttarget"
_FIX_POLICY: Final = "name the roles that may mount the file system"
_FIX_KEY: Final = "set kmsKeyId to a KMS key of your own"
_FIX_PATH: Final = "set rootDirectory.path to a directory of the tenant's own, not /"
_FIX_GROUPS: Final = "set securityGroups to groups that let only the mounting nodes in, by TCP 2049"


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds what a file system, its policy, an access point or a mount target leaves open."""
    if subject.type == _POLICY:
        yield from allowed(subject.at("policy"), _open, _FIX_POLICY)
    elif subject.type == _FILE_SYSTEM:
        yield from check(subject.at("encrypted"), BOOLEAN, bool, fix="set encrypted to true", required=True)
        yield from check(subject.at("kmsKeyId"), TEXT, is_customer_key, fix=_FIX_KEY, required=True)
    elif subject.type == _ACCESS_POINT:
        for key in ("uid", "gid"):
            fix = f"set posixUser.{key} to the number of an unprivileged user"
            yield from check(subject.at("posixUser", key), INTEGER, lambda it: it != 0, fix=fix, required=True)
        path = subject.at("rootDirectory", "path")
        yield from check(path, TEXT, _is_below_root, fix=_FIX_PATH, required=True)
    else:
        yield from _guarded(subject)


def _open(statement: Statement) -> Iterator[Finding]:
    found = list(anybody(statement, _FIX_POLICY, "elasticfilesystem:accesspointarn", *NETWORK))
    mounted = [
        each.value
        for operator, key, values in statement.conditions()
        if (operator, key) == ("bool", _MOUNTED)
        for each in one_or_many(values)
    ]
    names = [name.value for _, name in statement.principals()]
    plain = bool(names) and all(isinstance(name, str) for name in names)
    if found and plain and mounted and all(value is UNKNOWN or str(value).lower() == "true" for value in mounted):
        found = [Unjudged(place(statement.at("Condition")))] if UNKNOWN in mounted else []
    yield from found


def _is_below_root(path: str) -> bool:
    return any(part not in ("", ".", "..") for part in path.split("/"))


def _guarded(target: Typed) -> Iterator[Finding]:
    groups = target.at("securityGroups")
    if groups.value in (ABSENT, []):
        yield Violation(f"{place(groups)} is empty. Fix: {_FIX_GROUPS}.")
    elif not isinstance(groups.value, list):
        yield unreadable(groups, "a list", _FIX_GROUPS)


RULE = Rule(
    name="efs-encrypted",
    description="File systems must be encrypted with a key of one's own and entered as one user below one directory.",
    why="A file system is shared by nature: without an access point's user and directory each agent reads all of it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_42", "CKV_AWS_184", "CKV_AWS_329", "CKV_AWS_330")),
    remediation="Set encrypted and kmsKeyId on the file system, posixUser and rootDirectory.path on access points, "
    "and securityGroups on mount targets.",
    area=of_type(_FILE_SYSTEM, _POLICY, _ACCESS_POINT, _MOUNT_TARGET),
    judge=judge,
)
