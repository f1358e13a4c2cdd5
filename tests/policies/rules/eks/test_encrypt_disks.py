"""nodes-encrypted-disk."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "nodes-encrypted-disk"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
VOLUME = "aws:ebs/volume:Volume"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
GROUP = "aws:eks/nodeGroup:NodeGroup"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
KINDS: dict[str, Any] = {
    TEMPLATE: lambda disk: {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": disk}]},
    NODE_CLASS: lambda disk: {"spec": {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": disk}]}},
    INSTANCE: lambda disk: {"rootBlockDevice": disk},
    CONFIGURATION: lambda disk: {"rootBlockDevice": disk},
    VOLUME: lambda disk: disk,
}
KEY_NAMES = {TEMPLATE: "kmsKeyId", NODE_CLASS: "kmsKeyID", INSTANCE: "kmsKeyId", VOLUME: "kmsKeyId"}


def disk(kind: str, encrypted: object = True, key: object = KEY) -> dict[str, object]:
    made = {"encrypted": encrypted, KEY_NAMES.get(kind, "unused"): key}
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_under_a_key_of_ones_own_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, resource(KINDS[kind](disk(kind)), kind)) == []


@pytest.mark.parametrize("text", ["true", "True"])
def test_a_template_writes_its_switches_as_text(text: str) -> None:
    assert refused(RULE, resource(KINDS[TEMPLATE](disk(TEMPLATE, text)), TEMPLATE)) == []
    assert len(refused(RULE, resource(KINDS[VOLUME](disk(VOLUME, text)), VOLUME))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encrypted", [None, False, "false", 1])
def test_a_disk_that_is_not_encrypted_is_refused_in_every_kind(kind: str, encrypted: object) -> None:
    (message,) = refused(RULE, resource(KINDS[kind](disk(kind, encrypted)), kind))
    assert "encrypted" in message
    assert "Fix: set encrypted to true" in message


@pytest.mark.parametrize(("kind", "value"), [(TEMPLATE, "true"), (NODE_CLASS, True)])
@pytest.mark.parametrize("encrypted", [None, False, "false", 1])
def test_what_makes_new_machines_is_mended(kind: str, value: object, encrypted: object) -> None:
    after = mended(RULE, resource(KINDS[kind](disk(kind, encrypted)), kind))
    assert after.properties == KINDS[kind](disk(kind, value))
    assert refused(RULE, after) == []
    assert mended(RULE, after) == after


@pytest.mark.parametrize("kind", [INSTANCE, CONFIGURATION, VOLUME])
def test_what_exists_is_not_replaced(kind: str) -> None:
    judged = resource(KINDS[kind](disk(kind, False)), kind)
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("kind", KEY_NAMES)
@pytest.mark.parametrize("key", [None, "", "alias/aws/ebs", "arn:aws:kms:eu-west-1:123456789012:alias/aws/ebs", 7])
def test_a_disk_without_a_key_of_ones_own_is_refused_in_every_kind(kind: str, key: object) -> None:
    (message,) = refused(RULE, resource(KINDS[kind](disk(kind, key=key)), kind))
    assert KEY_NAMES[kind] in message


@pytest.mark.parametrize(
    ("kind", "properties", "name"),
    [
        (TEMPLATE, {}, "blockDeviceMappings"),
        (TEMPLATE, {"blockDeviceMappings": []}, "blockDeviceMappings"),
        (TEMPLATE, {"blockDeviceMappings": [{"deviceName": "/dev/xvdb", "noDevice": ""}]}, "names no EBS device"),
        (NODE_CLASS, {"spec": {}}, "blockDeviceMappings"),
        (INSTANCE, {}, "rootBlockDevice"),
        (CONFIGURATION, {}, "rootBlockDevice"),
        (GROUP, {}, "launchTemplate"),
    ],
)
def test_a_disk_that_nobody_mentions_is_refused(kind: str, properties: object, name: str) -> None:
    (message,) = refused(RULE, resource(properties, kind))
    assert name in message


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (GROUP, {"launchTemplate": {"id": "lt-1"}}),
        (GROUP, {"launchTemplate": UNKNOWN}),
        (INSTANCE, {"launchTemplate": {"id": "lt-1"}}),
        (f"{NODE_CLASS}Patch", {"spec": {}}),
    ],
)
def test_what_is_said_elsewhere_is_not_demanded(kind: str, properties: object) -> None:
    assert refused(RULE, resource(properties, kind)) == []


def test_a_device_that_is_left_out_beside_a_disk_passes() -> None:
    mappings = [{"deviceName": "/dev/xvdb", "noDevice": ""}, {"deviceName": "/dev/xvda", "ebs": disk(TEMPLATE)}]
    assert refused(RULE, resource({"blockDeviceMappings": mappings}, TEMPLATE)) == []


@pytest.mark.parametrize("kind", [INSTANCE, CONFIGURATION])
def test_every_further_disk_is_judged(kind: str) -> None:
    listed = [disk(kind), disk(kind, False), disk(kind, False)]
    assert len(refused(RULE, resource({"rootBlockDevice": disk(kind), "ebsBlockDevices": listed}, kind))) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_disks_are_not_judged(kind: str) -> None:
    for unknown in (disk(kind, UNKNOWN), UNKNOWN):
        judged = resource(KINDS[kind](unknown), kind)
        assert len(unjudged(RULE, judged)) == 1
        assert refused(RULE, judged) == []


@pytest.mark.parametrize("mappings", [UNKNOWN, [UNKNOWN]])
def test_unknown_mappings_are_not_judged(mappings: object) -> None:
    judged = resource({"blockDeviceMappings": mappings}, TEMPLATE)
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("kind", [TEMPLATE, INSTANCE])
def test_values_of_the_wrong_type_are_refused_once(kind: str) -> None:
    assert len(refused(RULE, resource(KINDS[kind]("x"), kind))) == 1
    assert len(refused(RULE, resource({"blockDeviceMappings": "x", "rootBlockDevice": "x"}, kind))) == 1
