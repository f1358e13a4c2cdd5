"""S3, EFS, ECR and AWS Backup: where models, data sets, images and backups lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.kinds import kept
from local.providers.aws.making import Making

_BUCKET, _FILE_SYSTEM = "aws:s3/bucket:Bucket", "aws:efs/fileSystem:FileSystem"
_OF_BUCKET = (
    "bucketCorsConfiguration:BucketCorsConfiguration",
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "bucketLogging:BucketLogging",
    "bucketNotification:BucketNotification",
    "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "bucketOwnershipControls:BucketOwnershipControls",
    "bucketPolicy:BucketPolicy",
    "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "bucketReplicationConfig:BucketReplicationConfig",
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "bucketVersioning:BucketVersioning",
)
"""Settings of a bucket that are resources of their own: one of each, and each goes by the bucket's name."""
_OF_BUCKET_OUTPUTS: Mapping[str, dict[str, Any]] = {
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        "transitionDefaultMinimumObjectSize": "all_storage_classes_128K"
    },
}
_OF_BUCKET_RULES: Mapping[str, tuple[Callable[[Making], None], ...]] = {
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration": (kept.moves_in_time,),
    "bucketLogging:BucketLogging": (kept.logs_where_it_is,),
    "bucketReplicationConfig:BucketReplicationConfig": (kept.versions_at_both_ends,),
}
_OBJECT_REFERS = {"bucket": ("s3/bucket:Bucket",), "key": (), "content": ()}


def _is_bucket_name(making: Making) -> None:
    name = making.values["bucket"]
    if not (3 <= len(name) <= 63 and name == name.lower() and "_" not in name):
        raise AwsError("InvalidBucketName", f"The specified bucket is not valid: {name!r}")


def _bucket_of(making: Making) -> str:
    """A bucket may be named, or given by its ARN."""
    return str(making.values["bucket"]).rpartition(":")[2]


def _zone_of_mount(making: Making) -> Any:
    return making.find(making.values["subnetId"], "aws:ec2/subnet:Subnet")


def _address_of_mount(making: Making) -> str:
    block = _zone_of_mount(making).get("cidrBlock")
    return making.address("ipAddress", block) if block else ""


def _one_mount_a_zone(making: Making) -> None:
    zone = _zone_of_mount(making).get("availabilityZone")
    for row in making.transaction.live("aws:efs/mountTarget:MountTarget"):
        is_same = row.state.get("fileSystemId") == making.values["fileSystemId"] and row.id != making.values["id"]
        if is_same and row.state.get("availabilityZoneName") == zone:
            raise AwsError("MountTargetConflict", f"mount target already exists in this AZ: {row.id} ({row.name})")


def _file_system_arn(making: Making) -> Any:
    return making.find(making.values["fileSystemId"], _FILE_SYSTEM).get("arn")


def _repository_url(making: Making) -> str:
    return making.text("{account}.dkr.ecr.{region}.amazonaws.com/{name}")


def _vault_arn(making: Making) -> Any:
    return making.find(making.values["backupVaultName"], "aws:backup/vault:Vault").get("arn")


KINDS: Mapping[str, Kind] = {
    "s3/bucket:Bucket": Kind(
        id="{bucket}",
        arn="s3:::{bucket}",
        name="bucket",
        name_limit=63,
        replaces="bucket bucketPrefix bucketNamespace",
        outputs={
            "bucketDomainName": "{bucket}.s3.amazonaws.com",
            "bucketRegion": "{region}",
            "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
            "hostedZoneId": lambda m: f"Z{m.shared('s3 zone')[:13].upper()}",
            "requestPayer": "BucketOwner",
            "objectLockEnabled": False,
            "bucketNamespace": "global",
            "serverSideEncryptionConfiguration": {
                "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
            },
            "versioning": {"enabled": False, "mfaDelete": False},
        },
        empty=(
            "accelerationStatus acl bucketPrefix corsRules grants lifecycleRules logging "
            "objectLockConfiguration policy "
            "replicationConfiguration website websiteDomain websiteEndpoint"
        ),
        unique=("bucket",),
        is_global=True,
        exists=(
            "BucketAlreadyOwnedByYou: Your previous request to create the named bucket {bucket} succeeded and "
            "you already own it."
        ),
        missing="NoSuchBucket: The specified bucket does not exist: {value}",
        in_use="BucketNotEmpty: The bucket you tried to delete is not empty",
        held_by=("s3/bucketObject:BucketObject", "s3/bucketObjectv2:BucketObjectv2"),
        released="forceDestroy",
        on_create=(_is_bucket_name,),
    ),
    **{
        f"s3/{name}": Kind(
            id=_bucket_of,
            replaces="bucket",
            outputs=_OF_BUCKET_OUTPUTS.get(name, {}),
            empty="expectedBucketOwner" if "Lifecycle" in name else "",
            unique=("bucket",),
            on_create=_OF_BUCKET_RULES.get(name, ()),
        )
        for name in _OF_BUCKET
    },
    "s3/accountPublicAccessBlock:AccountPublicAccessBlock": Kind(id="{account}", replaces="accountId", is_global=True),
    "s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": Kind(
        id="{bucket}:{name}", replaces="bucket name", unique=("bucket", "name")
    ),
    **{
        f"s3/{name}": Kind(
            id="{key}",
            arn="s3:::{bucket}/{key}",
            name="key",
            replaces="bucket key",
            outputs={
                "etag": "{hex32}",
                "contentType": "application/octet-stream",
                "storageClass": "STANDARD",
                "serverSideEncryption": "AES256",
            },
            empty=f"bucketKeyEnabled kmsKeyId versionId {more}",
            refers=_OBJECT_REFERS,
        )
        for name, more in (
            ("bucketObject:BucketObject", ""),
            (
                "bucketObjectv2:BucketObjectv2",
                "acl checksumCrc32 checksumCrc32c checksumCrc64nvme checksumSha1 checksumSha256",
            ),
        )
    },
    "efs/fileSystem:FileSystem": Kind(
        id="fs-{hex17}",
        arn="elasticfilesystem:{region}:{account}:file-system/{id}",
        name="",
        replaces="creationToken encrypted kmsKeyId performanceMode availabilityZoneName",
        outputs={
            "creationToken": "pulumi-{digits20}",
            "dnsName": "{id}.efs.{region}.amazonaws.com",
            "performanceMode": "generalPurpose",
            "name": lambda m: (m.values.get("tags") or {}).get("Name", ""),
            "protection": {"replicationOverwrite": "ENABLED"},
        },
        empty="availabilityZoneId availabilityZoneName encrypted kmsKeyId numberOfMountTargets sizeInBytes",
        unique=("creationToken",),
        exists="FileSystemAlreadyExists: File system with creation token '{creationToken}' already exists",
        missing="FileSystemNotFound: File system '{value}' does not exist.",
        in_use="FileSystemInUse: The file system has mount targets",
        held_by=("efs/mountTarget:MountTarget",),
    ),
    "efs/mountTarget:MountTarget": Kind(
        id="fsmt-{hex17}",
        replaces="fileSystemId subnetId ipAddress ipAddressType ipv6Address",
        outputs={
            "availabilityZoneName": lambda m: _zone_of_mount(m).get("availabilityZone", ""),
            "availabilityZoneId": lambda m: _zone_of_mount(m).get("availabilityZoneId", ""),
            "dnsName": "{fileSystemId}.efs.{region}.amazonaws.com",
            "mountTargetDnsName": "{availabilityZoneName}.{fileSystemId}.efs.{region}.amazonaws.com",
            "fileSystemArn": _file_system_arn,
            "networkInterfaceId": "eni-{hex17}",
            "ipAddress": _address_of_mount,
            "ipAddressType": "IPV4_ONLY",
        },
        empty="ipv6Address securityGroups",
        on_create=(_one_mount_a_zone,),
    ),
    "efs/accessPoint:AccessPoint": Kind(
        id="fsap-{hex17}",
        arn="elasticfilesystem:{region}:{account}:access-point/{id}",
        replaces="fileSystemId posixUser rootDirectory",
        outputs={"fileSystemArn": _file_system_arn, "rootDirectory": {"path": "/"}},
    ),
    "efs/backupPolicy:BackupPolicy": Kind(id="{fileSystemId}", replaces="fileSystemId", unique=("fileSystemId",)),
    "efs/fileSystemPolicy:FileSystemPolicy": Kind(
        id="{fileSystemId}", replaces="fileSystemId", unique=("fileSystemId",)
    ),
    "ecr/repository:Repository": Kind(
        id="{name}",
        arn="ecr:{region}:{account}:repository/{name}",
        name_limit=256,
        replaces="name encryptionConfigurations",
        outputs={"repositoryUrl": _repository_url},
        unique=("name",),
        exists=(
            "RepositoryAlreadyExistsException: The repository with name '{name}' already exists in the registry "
            "with id '{account}'"
        ),
        missing=(
            "RepositoryNotFoundException: The repository with name '{value}' does not exist in the registry with "
            "id '{account}'"
        ),
    ),
    "ecr/lifecyclePolicy:LifecyclePolicy": Kind(
        id="{repository}", replaces="repository policy", unique=("repository",)
    ),
    "ecr/repositoryPolicy:RepositoryPolicy": Kind(id="{repository}", replaces="repository", unique=("repository",)),
    "ecr/pullThroughCacheRule:PullThroughCacheRule": Kind(
        id="{ecrRepositoryPrefix}",
        replaces="ecrRepositoryPrefix upstreamRegistryUrl upstreamRepositoryPrefix customRoleArn",
        unique=("ecrRepositoryPrefix",),
        exists=(
            "PullThroughCacheRuleAlreadyExistsException: A pull through cache rule with namespace prefix "
            "'{ecrRepositoryPrefix}' already exists"
        ),
    ),
    "ecr/registryPolicy:RegistryPolicy": Kind(id="{account}"),
    "ecr/registryScanningConfiguration:RegistryScanningConfiguration": Kind(id="{account}"),
    "ecr/replicationConfiguration:ReplicationConfiguration": Kind(id="{account}"),
    "ecr/repositoryCreationTemplate:RepositoryCreationTemplate": Kind(
        id="{prefix}", replaces="prefix", unique=("prefix",)
    ),
    "backup/vault:Vault": Kind(
        id="{name}",
        arn="backup:{region}:{account}:backup-vault:{name}",
        name_limit=50,
        replaces="name kmsKeyArn",
        outputs={
            "recoveryPoints": 0,
            "kmsKeyArn": "arn:{partition}:kms:{region}:{account}:alias/aws/backup",
        },
        unique=("name",),
        exists="AlreadyExistsException: Backup vault with the same name already exists: {name}",
        handles=("{name}",),
        missing="ResourceNotFoundException: Backup vault {value} not found",
    ),
    "backup/plan:Plan": Kind(
        id="{uuid}",
        arn="backup:{region}:{account}:backup-plan:{id}",
        outputs={"version": "{upper48}"},
        on_update=lambda m, olds: {"version": m.upper(f"version after {olds['version']}", 32)},
        changed_by_update=("version",),
        missing="ResourceNotFoundException: Cannot find Backup plan with ID {value}",
        in_use="InvalidRequestException: Related backup plan selections must be deleted prior to backup plan deletion",
        held_by=("backup/selection:Selection",),
        on_create=(kept.cold_long_enough,),
    ),
    "backup/selection:Selection": Kind(
        id="{uuid}",
        replaces="conditions iamRoleArn name notResources planId resources selectionTags",
        empty="conditions notResources",
        refers={"resources": (), "notResources": ()},
    ),
    "backup/vaultPolicy:VaultPolicy": Kind(
        id="{backupVaultName}",
        replaces="backupVaultName",
        outputs={"backupVaultArn": _vault_arn},
        unique=("backupVaultName",),
    ),
    "backup/vaultLockConfiguration:VaultLockConfiguration": Kind(
        id="{backupVaultName}",
        replaces="backupVaultName changeableForDays maxRetentionDays minRetentionDays",
        outputs={"backupVaultArn": _vault_arn},
        unique=("backupVaultName",),
    ),
}
