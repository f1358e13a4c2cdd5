"""stack-protect-stateful: what holds data or keys."""

import pytest

from policies.rule import Resource, ResourceOptions
from policies.rules.stack.protect_stateful import _TYPES
from tests.policies.manifests import refused, resource

RULE = "stack-protect-stateful"
BUCKET = "aws:s3/bucket:Bucket"


def protected(judged: Resource) -> Resource:
    return judged._replace(options=ResourceOptions(protect=True))


@pytest.mark.parametrize("kind", _TYPES)
def test_a_resource_of_the_list_must_be_protected(kind: str) -> None:
    (message,) = refused(RULE, resource({}, kind))
    assert "protect is not set" in message
    assert refused(RULE, protected(resource({}, kind))) == []


@pytest.mark.parametrize(
    "kind",
    [
        "aws:eks/cluster:Cluster",
        "aws:kms/key:Key",
        "aws:s3/bucket:Bucket",
        "aws:ebs/volume:Volume",
        "aws:efs/fileSystem:FileSystem",
        "aws:opensearch/domain:Domain",
        "kubernetes:core/v1:PersistentVolumeClaim",
    ],
)
def test_the_list_holds_what_can_not_be_made_again(kind: str) -> None:
    assert kind in _TYPES


@pytest.mark.parametrize("kind", ["kubernetes:apps/v1:Deployment", "aws:iam/role:Role", "pulumi:pulumi:Stack"])
def test_what_can_be_made_again_need_not_be_protected(kind: str) -> None:
    assert refused(RULE, resource({}, kind)) == []


def test_the_list_is_an_option() -> None:
    assert refused(RULE, resource({}, BUCKET), types=[]) == []
    assert len(refused(RULE, resource({}, "aws:iam/role:Role"), types=["aws:iam/role:Role"])) == 1
