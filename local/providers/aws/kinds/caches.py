"""ElastiCache and DynamoDB: what agents keep their state in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.kinds.databases import engine_version, parameter_group, subnet_group
from local.providers.aws.making import Making


def _cache_host(label: str) -> Any:
    def name(making: Making) -> str:
        start = "clustercfg" if label == "clustercfg" else label
        own = making.values["replicationGroupId"]
        return f"{start}.{own}.{making.shared('cache')[:6]}.{making.region}.cache.amazonaws.com"

    return name


def _is_sharded(making: Making) -> bool:
    return making.values.get("numNodeGroups", 1) > 1 or making.values.get("clusterMode") == "enabled"


def _members(making: Making) -> list[str]:
    shards = making.values.get("numNodeGroups") or 1
    total = making.values.get("numCacheClusters") or shards * (1 + (making.values.get("replicasPerNodeGroup") or 0))
    return [f"{making.values['replicationGroupId']}-{number + 1:03}" for number in range(total)]


def _endpoints(making: Making) -> list[Any]:
    address = (
        f"{making.values['name']}-{making.shared('serverless')[:6]}.serverless.{making.region}.cache.amazonaws.com"
    )
    return [{"address": address, "port": 6379}]


def _stream(template: str) -> Any:
    return lambda making: making.text(template, "stream") if making.values.get("streamEnabled") else ""


def _can_fail_over(making: Making) -> None:
    values = making.values
    if values.get("multiAzEnabled") and not values.get("automaticFailoverEnabled"):
        raise AwsError("InvalidParameterCombination", "Must enable automatic failover if MultiAZ is enabled.")
    if values.get("automaticFailoverEnabled") and not _is_sharded(making) and len(_members(making)) < 2:
        raise AwsError(
            "InvalidParameterCombination", "Automatic failover requires at least one replica: a second cache cluster."
        )


def _is_named_as_its_id(making: Making) -> None:
    values = making.values
    if (values.get("authenticationMode") or {}).get("type") == "iam" and values["userId"] != values["userName"]:
        raise AwsError(
            "InvalidParameterCombination",
            f"A user that logs in by IAM must have its id for a name: {values['userId']}, {values['userName']}",
        )


def _has_a_default_user(making: Making) -> None:
    users = [making.find(each, "aws:elasticache/user:User") for each in making.values.get("userIds") or []]
    if making.values["engine"].lower() == "redis" and not any(each.get("userName") == "default" for each in users):
        raise AwsError("DefaultUserRequired", "A user group of Redis must contain a user with the name default.")


KINDS: Mapping[str, Kind] = {
    "elasticache/subnetGroup:SubnetGroup": subnet_group("elasticache", "Cache", "CacheSubnetGroup"),
    "elasticache/parameterGroup:ParameterGroup": parameter_group("elasticache:{region}:{account}:parametergroup"),
    "elasticache/replicationGroup:ReplicationGroup": Kind(
        id="{replicationGroupId}",
        arn="elasticache:{region}:{account}:replicationgroup:{replicationGroupId}",
        name="replicationGroupId",
        name_limit=40,
        replaces=(
            "replicationGroupId atRestEncryptionEnabled dataTieringEnabled globalReplicationGroupId kmsKeyId "
            "networkType "
            "port preferredCacheClusterAzs securityGroupNames snapshotArns snapshotName subnetGroupName"
        ),
        outputs={
            "clusterEnabled": _is_sharded,
            "memberClusters": _members,
            "engine": "redis",
            "configurationEndpointAddress": lambda m: _cache_host("clustercfg")(m) if _is_sharded(m) else "",
            "primaryEndpointAddress": lambda m: "" if _is_sharded(m) else _cache_host("master")(m),
            "readerEndpointAddress": lambda m: "" if _is_sharded(m) else _cache_host("replica")(m),
            "engineVersion": engine_version,
            "engineVersionActual": engine_version,
            "numNodeGroups": 1,
            "numCacheClusters": lambda m: len(_members(m)),
            "nodeType": "cache.t4g.small",
            "networkType": "ipv4",
            "ipDiscovery": "ipv4",
            "maintenanceWindow": "sun:05:00-sun:06:00",
            "snapshotWindow": "03:00-04:00",
            "autoMinorVersionUpgrade": True,
            "subnetGroupName": "default",
            "clusterMode": "disabled",
            "parameterGroupName": "default.{engine}",
            "transitEncryptionMode": "preferred",
        },
        empty=(
            "applyImmediately atRestEncryptionEnabled dataTieringEnabled durability globalReplicationGroupId "
            "nodeGroupConfigurations replicasPerNodeGroup securityGroupIds securityGroupNames transitEncryptionEnabled"
        ),
        unique=("replicationGroupId",),
        exists="ReplicationGroupAlreadyExists: Replication group {replicationGroupId} already exists.",
        on_create=(_can_fail_over,),
        on_update=lambda m, _: {"memberClusters": _members(m)},
        changed_by_update=("memberClusters",),
    ),
    "elasticache/serverlessCache:ServerlessCache": Kind(
        id="{name}",
        arn="elasticache:{region}:{account}:serverlesscache:{name}",
        name_limit=40,
        replaces="name kmsKeyId networkType snapshotArnsToRestores subnetIds",
        outputs={
            "status": "available",
            "endpoints": _endpoints,
            "readerEndpoints": _endpoints,
            "networkType": "ipv4",
            "fullEngineVersion": engine_version,
            "dailySnapshotTime": "03:00",
            "majorEngineVersion": lambda m: engine_version(m).split(".")[0],
        },
        empty="description securityGroupIds snapshotRetentionLimit subnetIds",
        unique=("name",),
        exists="ServerlessCacheAlreadyExistsFault: Serverless cache {name} already exists",
    ),
    "elasticache/user:User": Kind(
        id="{userId}",
        arn="elasticache:{region}:{account}:user:{userId}",
        replaces="userId userName",
        empty="authenticationMode",
        unique=("userId",),
        exists="UserAlreadyExists: User {userId} already exists.",
        missing="UserNotFound: User {value} not found.",
        handles=("{userId}",),
        refers={"accessString": ()},
        on_create=(_is_named_as_its_id,),
    ),
    "elasticache/userGroup:UserGroup": Kind(
        id="{userGroupId}",
        arn="elasticache:{region}:{account}:usergroup:{userGroupId}",
        replaces="userGroupId",
        unique=("userGroupId",),
        missing="UserGroupNotFoundFault: User group {value} not found.",
        on_create=(_has_a_default_user,),
    ),
    "dynamodb/table:Table": Kind(
        id="{name}",
        arn="dynamodb:{region}:{account}:table/{name}",
        replaces=(
            "name hashKey rangeKey localSecondaryIndexes importTable restoreDateTime restoreSourceName "
            "restoreSourceTableArn"
        ),
        outputs={
            "streamArn": _stream("{arn}/stream/2026-01-01T00:00:00.000"),
            "streamLabel": _stream("2026-01-01T00:00:00.000"),
            "pointInTimeRecovery": {"enabled": False},
            "ttl": {"attributeName": "", "enabled": False},
            "readCapacity": 0,
            "writeCapacity": 0,
        },
        empty=(
            "attributes globalSecondaryIndexes globalTableWitness hashKey serverSideEncryption streamViewType "
            "warmThroughput"
        ),
        unique=("name",),
        exists="ResourceInUseException: Table already exists: {name}",
        protected={
            "deletionProtectionEnabled": "ValidationException: Resource cannot be deleted as it is currently protected "
            "against deletion. Disable deletion protection first."
        },
    ),
}
