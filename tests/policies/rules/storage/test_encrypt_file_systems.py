"""efs-encrypted: file systems, their access points and mount targets."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, refused, resource, unjudged

RULE = "efs-encrypted"
FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
MOUNT_TARGET = "aws:efs/mountTarget:MountTarget"
ENCRYPTED: Json = {"encrypted": True, "kmsKeyId": "1234"}
ENTERED: Json = {"posixUser": {"uid": 10001, "gid": 10001}, "rootDirectory": {"path": "/agents/web"}}


@pytest.mark.parametrize(
    ("token", "properties"),
    [
        (FILE_SYSTEM, ENCRYPTED),
        (ACCESS_POINT, ENTERED),
        (MOUNT_TARGET, {"securityGroups": ["sg-1"]}),
        (MOUNT_TARGET, {"securityGroups": [UNKNOWN]}),
    ],
)
def test_a_file_system_with_its_doors_passes(token: str, properties: Json) -> None:
    assert refused(RULE, resource(properties, token)) == []
    assert unjudged(RULE, resource(properties, token)) == []


@pytest.mark.parametrize(
    ("token", "properties", "message"),
    [
        (FILE_SYSTEM, {**ENCRYPTED, "encrypted": None}, "encrypted is not set. Fix: set encrypted to true"),
        (FILE_SYSTEM, {**ENCRYPTED, "encrypted": False}, "encrypted is false"),
        (FILE_SYSTEM, {**ENCRYPTED, "encrypted": "true"}, "encrypted is a string where a boolean belongs"),
        (FILE_SYSTEM, {**ENCRYPTED, "kmsKeyId": None}, "kmsKeyId is not set. Fix: set kmsKeyId"),
        (FILE_SYSTEM, {**ENCRYPTED, "kmsKeyId": "alias/aws/elasticfilesystem"}, "kmsKeyId is"),
        (ACCESS_POINT, {**ENTERED, "posixUser": {"uid": 0, "gid": 5}}, "posixUser.uid is 0. Fix: set posixUser.uid"),
        (ACCESS_POINT, {**ENTERED, "posixUser": {"uid": 5, "gid": 0}}, "posixUser.gid is 0. Fix: set posixUser.gid"),
        (ACCESS_POINT, {**ENTERED, "posixUser": {"uid": 5}}, "posixUser.gid is not set"),
        (ACCESS_POINT, {**ENTERED, "posixUser": {"gid": 5}}, "posixUser.uid is not set"),
        (ACCESS_POINT, {**ENTERED, "rootDirectory": None}, "rootDirectory.path is not set. Fix: set rootDirectory"),
        *(
            (ACCESS_POINT, {**ENTERED, "rootDirectory": {"path": path}}, "rootDirectory.path is")
            for path in ("/", "", "//", "/.", "/..", "/./../")
        ),
        (MOUNT_TARGET, {}, "securityGroups is empty. Fix: set securityGroups"),
        (MOUNT_TARGET, {"securityGroups": []}, "securityGroups is empty"),
        (MOUNT_TARGET, {"securityGroups": "sg-1"}, "securityGroups is a string where a list belongs"),
    ],
)
def test_what_a_file_system_leaves_open_is_refused(token: str, properties: Json, message: str) -> None:
    (found,) = refused(RULE, resource(properties, token))
    assert message in found
    assert token in found


def test_an_access_point_without_a_user_lacks_both_ids() -> None:
    assert len(refused(RULE, resource({**ENTERED, "posixUser": None}, ACCESS_POINT))) == 2


@pytest.mark.parametrize(
    ("token", "properties", "place"),
    [
        (FILE_SYSTEM, {**ENCRYPTED, "encrypted": UNKNOWN}, "encrypted"),
        (FILE_SYSTEM, {**ENCRYPTED, "kmsKeyId": UNKNOWN}, "kmsKeyId"),
        (ACCESS_POINT, {**ENTERED, "posixUser": UNKNOWN}, "posixUser.uid"),
        (ACCESS_POINT, {**ENTERED, "rootDirectory": {"path": UNKNOWN}}, "rootDirectory.path"),
        (MOUNT_TARGET, {"securityGroups": UNKNOWN}, "securityGroups"),
    ],
)
def test_unknown_values_are_not_judged(token: str, properties: Json, place: str) -> None:
    assert place in unjudged(RULE, resource(properties, token))[0]
    assert refused(RULE, resource(properties, token)) == []
