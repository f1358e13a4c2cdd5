"""RDS: databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.making import Making

_PORTS = {"postgres": 5432, "aurora-postgresql": 5432, "mysql": 3306, "aurora-mysql": 3306, "mariadb": 3306}
_ENGINE_VERSIONS = {
    "postgres": "17.4",
    "aurora-postgresql": "17.4",
    "mysql": "8.4.5",
    "aurora-mysql": "8.0.mysql_aurora.3.08.2",
    "redis": "7.1",
    "valkey": "8.1",
}
_RDS_PROTECTED = (
    "InvalidParameterCombination: Cannot delete protected {resource}, please disable deletion protection and try again."
)
_GROUP_USERS = ("rds/cluster:Cluster", "rds/instance:Instance", "rds/clusterInstance:ClusterInstance")


def engine_version(making: Making) -> str:
    return str(making.values.get("engineVersion") or _ENGINE_VERSIONS.get(making.values.get("engine", ""), "1.0"))


def _host(label: str) -> Any:
    """A rule: the DNS name of an RDS endpoint."""

    def name(making: Making) -> str:
        own = making.values.get("clusterIdentifier") or making.values.get("identifier")
        return f"{own}.{label}{making.shared('rds')[:12]}.{making.region}.rds.amazonaws.com"

    return name


def _port(making: Making) -> int:
    return _PORTS.get(making.values.get("engine", ""), 5432)


def _user_secrets(making: Making) -> list[Any]:
    if not making.values.get("manageMasterUserPassword"):
        return []
    noun = "db" if making.token.endswith(":Instance") else "cluster"
    template = f"arn:{{partition}}:secretsmanager:{{region}}:{{account}}:secret:rds!{noun}-{{uuid}}"
    arn = making.text(template, "master secret")
    key = making.values.get("masterUserSecretKmsKeyId") or making.text(
        "arn:{partition}:kms:{region}:{account}:alias/aws/secretsmanager"
    )
    return [{"kmsKeyId": key, "secretArn": arn, "secretStatus": "active"}]


def _final_snapshot(making: Making) -> None:
    if not making.values.get("skipFinalSnapshot") and not making.values.get("finalSnapshotIdentifier"):
        raise AwsError(
            "InvalidParameterCombination",
            "FinalSnapshotIdentifier is required unless SkipFinalSnapshot is specified, to delete "
            f"{making.values['id']}",
        )


def _vpc_of_group(making: Making) -> Any:
    return making.find(making.values["subnetIds"][0], "aws:ec2/subnet:Subnet").get("vpcId", "")


def _two_zones(making: Making) -> None:
    zones = {
        making.find(subnet, "aws:ec2/subnet:Subnet").get("availabilityZone") for subnet in making.values["subnetIds"]
    }
    if len(zones) < 2:
        raise AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement: add subnets to "
            "cover at least "
            f"2 AZs. Current AZ coverage: {', '.join(map(str, zones))}",
        )


def subnet_group(service: str, noun: str, code: str) -> Kind:
    prefixed = "namePrefix" if service == "rds" else ""
    return Kind(
        id="{name}",
        arn=f"{service}:{{region}}:{{account}}:{'subgrp' if service == 'rds' else 'subnetgroup'}:{{name}}",
        replaces=f"name {prefixed}",
        outputs={
            "description": "Managed by Pulumi",
            "vpcId": _vpc_of_group,
            **({"supportedNetworkTypes": ["IPV4"]} if service == "rds" else {}),
        },
        empty=prefixed,
        unique=("name",),
        exists=f"{code}AlreadyExists: {noun} subnet group {{name}} already exists.",
        handles=("{name}",),
        missing=f"{code}NotFoundFault: {noun} subnet group '{{value}}' does not exist.",
        in_use=f"Invalid{code}StateFault: Cannot delete the subnet group {{name}} because something is using it.",
        on_create=(_two_zones,) if service == "rds" else (),
    )


def parameter_group(arn: str) -> Kind:
    prefixed = "namePrefix" if arn.startswith("rds") else ""
    return Kind(
        id="{name}",
        arn=f"{arn}:{{name}}",
        replaces=f"name family description {prefixed}",
        outputs={"description": "Managed by Pulumi"},
        empty=prefixed,
        unique=("name",),
        exists="ParameterGroupAlreadyExists: Parameter group {name} already exists",
        handles=("{name}",),
    )


KINDS: Mapping[str, Kind] = {
    "rds/subnetGroup:SubnetGroup": subnet_group("rds", "DB", "DBSubnetGroup"),
    "rds/parameterGroup:ParameterGroup": parameter_group("rds:{region}:{account}:pg"),
    "rds/clusterParameterGroup:ClusterParameterGroup": parameter_group("rds:{region}:{account}:cluster-pg"),
    "rds/cluster:Cluster": Kind(
        id="{clusterIdentifier}",
        arn="rds:{region}:{account}:cluster:{clusterIdentifier}",
        name="clusterIdentifier",
        name_limit=63,
        replaces=(
            "clusterIdentifier clusterIdentifierPrefix databaseName dbSubnetGroupName engine engineMode kmsKeyId "
            "masterUsername port sourceRegion storageEncrypted availabilityZones snapshotIdentifier dbSystemId"
        ),
        outputs={
            "clusterResourceId": "cluster-{upper26}",
            "endpoint": _host("cluster-"),
            "readerEndpoint": _host("cluster-ro-"),
            "engineVersion": engine_version,
            "engineVersionActual": engine_version,
            "port": _port,
            "hostedZoneId": lambda m: f"Z{m.shared('rds zone')[:13].upper()}",
            "masterUserSecrets": _user_secrets,
            "availabilityZones": lambda m: [f"{m.region}{letter}" for letter in "abc"],
            "storageEncrypted": False,
            "backupRetentionPeriod": 1,
            "networkType": "IPV4",
            "caCertificateIdentifier": "rds-ca-rsa2048-g1",
            "engineLifecycleSupport": "open-source-rds-extended-support",
            "preferredBackupWindow": "07:00-07:30",
            "preferredMaintenanceWindow": "sun:04:00-sun:04:30",
            "autoMinorVersionUpgrade": True,
            "dbClusterParameterGroupName": "default.{engine}",
            "masterUsername": "admin",
            "allocatedStorage": 1,
        },
        empty=(
            "caCertificateValidTill upgradeRolloutOrder applyImmediately clusterIdentifierPrefix clusterMembers "
            "clusterScalabilityType databaseInsightsMode databaseName dbSubnetGroupName dbSystemId iamRoles kmsKeyId "
            "masterUserSecretKmsKeyId monitoringInterval monitoringRoleArn performanceInsightsKmsKeyId "
            "performanceInsightsRetentionPeriod publiclyAccessible storageType vpcSecurityGroupIds"
        ),
        unique=("clusterIdentifier",),
        exists="DBClusterAlreadyExistsFault: DB Cluster already exists",
        handles=("{clusterIdentifier}",),
        missing="DBClusterNotFoundFault: DBCluster {value} not found.",
        in_use=(
            "InvalidDBClusterStateFault: Cluster cannot be deleted, it still contains DB instances in "
            "non-deleting state."
        ),
        held_by=("rds/clusterInstance:ClusterInstance",),
        protected={"deletionProtection": _RDS_PROTECTED.format(resource="Cluster")},
        on_delete=_final_snapshot,
    ),
    "rds/clusterInstance:ClusterInstance": Kind(
        id="{identifier}",
        arn="rds:{region}:{account}:db:{identifier}",
        name="identifier",
        name_limit=63,
        replaces=(
            "identifier identifierPrefix clusterIdentifier engine availabilityZone dbSubnetGroupName "
            "customIamInstanceProfile"
        ),
        outputs={
            "dbiResourceId": "db-{upper26}",
            "endpoint": _host(""),
            "engineVersion": engine_version,
            "engineVersionActual": engine_version,
            "port": _port,
            "writer": True,
            "networkType": "IPV4",
            "availabilityZone": "{region}a",
            "caCertIdentifier": "rds-ca-rsa2048-g1",
            "dbSubnetGroupName": lambda m: m.find(m.values["clusterIdentifier"], "aws:rds/cluster:Cluster").get(
                "dbSubnetGroupName", ""
            ),
            "preferredBackupWindow": "07:00-07:30",
            "preferredMaintenanceWindow": "sun:04:00-sun:04:30",
            "dbParameterGroupName": "default.{engine}",
            "storageEncrypted": lambda m: m.find(m.values["clusterIdentifier"], "aws:rds/cluster:Cluster").get(
                "storageEncrypted", False
            ),
            "kmsKeyId": lambda m: m.find(m.values["clusterIdentifier"], "aws:rds/cluster:Cluster").get("kmsKeyId", ""),
        },
        empty=(
            "applyImmediately identifierPrefix monitoringRoleArn performanceInsightsEnabled "
            "performanceInsightsKmsKeyId "
            "performanceInsightsRetentionPeriod publiclyAccessible"
        ),
        unique=("identifier",),
        exists="DBInstanceAlreadyExists: DB instance already exists",
        refers={"clusterIdentifier": ("rds/cluster:Cluster",)},
    ),
    "rds/instance:Instance": Kind(
        id="db-{upper26}",
        arn="rds:{region}:{account}:db:{identifier}",
        name="identifier",
        name_limit=63,
        replaces=(
            "identifier identifierPrefix availabilityZone characterSetName customIamInstanceProfile dbName "
            "engine kmsKeyId "
            "ncharCharacterSetName snapshotIdentifier storageEncrypted timezone username backupTarget"
        ),
        outputs={
            "resourceId": "{id}",
            "address": _host(""),
            "port": _port,
            "endpoint": "{address}:{port}",
            "engineVersion": engine_version,
            "engineVersionActual": engine_version,
            "status": "available",
            "hostedZoneId": lambda m: f"Z{m.shared('rds zone')[:13].upper()}",
            "masterUserSecrets": _user_secrets,
            "availabilityZone": "{region}a",
            "networkType": "IPV4",
            "storageType": "gp3",
            "backupTarget": "region",
            "caCertIdentifier": "rds-ca-rsa2048-g1",
            "engineLifecycleSupport": "open-source-rds-extended-support",
            "backupWindow": "07:00-07:30",
            "maintenanceWindow": "sun:04:00-sun:04:30",
            "licenseModel": "general-public-license",
            "username": "admin",
            "parameterGroupName": "default.{engine}",
            "optionGroupName": "default:{engine}",
            "allocatedStorage": 20,
        },
        empty=(
            "latestRestorableTime listenerEndpoints replicas upgradeRolloutOrder backupRetentionPeriod "
            "characterSetName "
            "databaseInsightsMode dbName dbSubnetGroupName domainFqdn engine identifierPrefix iops kmsKeyId "
            "masterUserSecretKmsKeyId monitoringRoleArn multiAz ncharCharacterSetName performanceInsightsKmsKeyId "
            "performanceInsightsRetentionPeriod replicaMode snapshotIdentifier storageThroughput timezone "
            "vpcSecurityGroupIds"
        ),
        unique=("identifier",),
        exists="DBInstanceAlreadyExists: DB instance already exists",
        protected={"deletionProtection": _RDS_PROTECTED.format(resource="DB Instance")},
        on_delete=_final_snapshot,
    ),
}
