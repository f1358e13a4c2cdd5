"""stack-protect-stateful: what holds data, or the keys to it, is protected from deletion.

The engine tells a pack whether a resource is protected, but not whether it is retained on deletion: only protection
counts here.
"""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type

_TYPES = (
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


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds a resource of the listed types that an update could delete."""
    if subject.type in options["types"] and not subject.resource.options.protect:
        yield Violation(
            "the resource option protect is not set on what holds data or keys. "
            "Fix: make the resource with ResourceOptions(protect=True)."
        )


RULE = Rule(
    name="stack-protect-stateful",
    description="Clusters, keys, buckets, volumes, databases and search domains must be protected from deletion.",
    why="A rename in the program is enough to make the engine delete a resource, and deleted data do not come back.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("ASI08",), others=("pulumi:protect",)),
    remediation="Make the resource with the option protect=True; retainOnDelete is not seen by policy packs.",
    area=of_type(),
    judge=judge,
    options={"types": text_list("The types of resources that hold what can't be made again.", _TYPES)},
)
