"""stack-protect-stateful: what holds data or keys."""

import pytest

from policies.rule import Resource, ResourceOptions
from tests.policies.manifests import refused, resource

RULE = "stack-protect-stateful"
TYPES = (
    "aws:backup/vault:Vault",
    "aws:cognito/userPool:UserPool",
    "aws:docdb/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:eks/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticsearch/domain:Domain",
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:fsx/ontapFileSystem:OntapFileSystem",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:memorydb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "aws:opensearch/serverlessCollection:ServerlessCollection",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/directoryBucket:DirectoryBucket",
    "aws:s3tables/tableBucket:TableBucket",
    "aws:secretsmanager/secret:Secret",
    "kubernetes:core/v1:PersistentVolume",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:PersistentVolumeClaimList",
    "kubernetes:core/v1:PersistentVolumeList",
)
BUCKET = "aws:s3/bucket:Bucket"


def protected(judged: Resource) -> Resource:
    return judged._replace(options=ResourceOptions(protect=True))


@pytest.mark.parametrize("kind", TYPES)
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
    assert kind in TYPES


@pytest.mark.parametrize("kind", ["kubernetes:apps/v1:Deployment", "aws:iam/role:Role", "pulumi:pulumi:Stack"])
def test_what_can_be_made_again_need_not_be_protected(kind: str) -> None:
    assert refused(RULE, resource({}, kind)) == []


def test_the_list_is_an_option() -> None:
    assert refused(RULE, resource({}, BUCKET), types=[]) == []
    assert len(refused(RULE, resource({}, "aws:iam/role:Role"), types=["aws:iam/role:Role"])) == 1
