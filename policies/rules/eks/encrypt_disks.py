"""nodes-encrypted-disk: every disk of a node, and every EBS volume, is encrypted with a key of one's own.

Only what makes new machines is mended: to encrypt an existing volume or instance AWS replaces it. A launch
configuration can't name a key. A node group without a launch template has a disk that nobody encrypts.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.machines import CONFIGURATION, MACHINES, NODE_CLASS, NODE_GROUP, TEMPLATE, VOLUME, Machine
from policies.unknowns import ABSENT, Field, is_object

_FIX: Final = "set encrypted to true"
_FIX_KEY: Final = "name a KMS key of your own"
_FIX_MAPPINGS: Final = "map the root device in blockDeviceMappings with ebs.encrypted true and a KMS key"
_FIX_GROUP: Final = "set launchTemplate to one that encrypts its disks"
_FIX_ROOT: Final = "set rootBlockDevice with encrypted true and a KMS key"
_KEYS: Final = {NODE_CLASS: "kmsKeyID", CONFIGURATION: ""}


def judge(machine: Machine, _options: Options) -> Iterator[Finding]:
    """Finds every disk of a machine that is not encrypted with a key of one's own."""
    if machine.type == NODE_GROUP:
        yield from _demanded(machine, "launchTemplate", _FIX_GROUP)
    elif machine.type == VOLUME:
        yield from _disk(machine.root, machine)
    elif machine.type in (TEMPLATE, NODE_CLASS):
        yield from _mapped(machine)
    else:
        yield from _attached(machine)


def _demanded(machine: Machine, name: str, fix: str) -> Iterator[Finding]:
    if machine.complete and machine.at(name).value is ABSENT:
        yield Violation(f"{name} is not set. Fix: {fix}.")


def _mapped(machine: Machine) -> Iterator[Finding]:
    mappings = list(machine.at("blockDeviceMappings").items())
    if machine.complete and all(is_object(each.value) and each.at("ebs").value is ABSENT for each in mappings):
        yield Violation(f"blockDeviceMappings names no EBS device. Fix: {_FIX_MAPPINGS}.")
    for mapping in mappings:
        if not is_object(mapping.value):
            yield unreadable(mapping, "an object", _FIX_MAPPINGS)
        elif mapping.at("ebs").value is not ABSENT:
            yield from _disk(mapping.at("ebs"), machine)


def _attached(machine: Machine) -> Iterator[Finding]:
    yield from _demanded(machine, "rootBlockDevice", _FIX_ROOT)
    root = machine.at("rootBlockDevice")
    disks = [*([] if root.value is ABSENT else [root]), *machine.at("ebsBlockDevices").items()]
    for disk in disks:
        yield from _disk(disk, machine)


def _disk(disk: Field, machine: Machine) -> Iterator[Finding]:
    yield from _encrypted(disk.at("encrypted"), machine)
    key = _KEYS.get(machine.type, "kmsKeyId")
    if key:
        named = check(disk.at(key), TEXT, lambda it: bool(it) and "alias/aws/" not in it, fix=_FIX_KEY, required=True)
        yield from named if is_object(disk.value) else ()


def _encrypted(field: Field, machine: Machine) -> Iterator[Finding]:
    if machine.type == TEMPLATE and isinstance(field.value, str):
        yield from check(field, TEXT, lambda it: it.lower() == "true", fix=_FIX, mend="true")
        return
    mends = {TEMPLATE: "true", NODE_CLASS: True}
    yield from check(field, BOOLEAN, bool, fix=_FIX, required=True, mend=mends.get(machine.type))


RULE = Rule(
    name="nodes-encrypted-disk",
    description="The disks of nodes must be encrypted with a customer managed KMS key.",
    why="A node's disk holds images, logs and what agents wrote; its snapshot is read by whoever may copy it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_3", "CKV_AWS_8", "CKV_AWS_189")),
    remediation="Set encrypted to true and a KMS key of your own on every EBS device.",
    area=MACHINES,
    judge=judge,
    mends=True,
)
