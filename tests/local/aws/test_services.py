"""What AWS asks of caches, queues, streams and databases, and what it tells of them."""

from typing import Any

import pytest

from tests.local.aws.plugin import Plugin, refused
from tests.local.aws.world import World
from tests.local.providers.plugin import CallFailedError

GROUP: dict[str, Any] = {"replicationGroupId": "sessions", "description": "Sessions", "numCacheClusters": 2}


@pytest.mark.parametrize(
    "changes", [{"multiAzEnabled": True}, {"automaticFailoverEnabled": True, "numCacheClusters": 1}]
)
def test_a_cache_fails_over_only_to_a_replica(plugin: Plugin, changes: dict[str, Any]) -> None:
    with pytest.raises(CallFailedError) as error:
        plugin.make("elasticache/replicationGroup:ReplicationGroup", {**GROUP, **changes})
    assert refused(error.value) == "InvalidParameterCombination"


def test_a_cache_that_grows_has_more_members(plugin: Plugin) -> None:
    made = plugin.make("elasticache/replicationGroup:ReplicationGroup", GROUP)
    assert plugin.update(made, {**GROUP, "numCacheClusters": 3})["memberClusters"][-1] == "sessions-003"


def test_a_user_that_logs_in_by_iam_is_named_as_its_id(plugin: Plugin) -> None:
    user = {
        "engine": "valkey",
        "userId": "agents",
        "accessString": "on ~* +@all",
        "authenticationMode": {"type": "iam"},
    }
    with pytest.raises(CallFailedError, match="must have its id for a name: agents, others"):
        plugin.make("elasticache/user:User", {**user, "userName": "others"})
    plugin.make("elasticache/user:User", {**user, "userName": "agents"})


def test_a_group_of_users_of_redis_has_a_default_user_and_one_of_valkey_needs_none(plugin: Plugin) -> None:
    user = {"accessString": "on ~* +@all", "noPasswordRequired": True}
    for engine in ("redis", "valkey"):
        names = {"engine": engine, "userId": f"own-{engine}", "userName": f"own-{engine}"}
        plugin.make("elasticache/user:User", {**user, **names}, engine)
    plugin.make("elasticache/userGroup:UserGroup", {"engine": "valkey", "userGroupId": "v", "userIds": ["own-valkey"]})
    with pytest.raises(CallFailedError, match="DefaultUserRequired"):
        plugin.make(
            "elasticache/userGroup:UserGroup", {"engine": "redis", "userGroupId": "r", "userIds": ["own-redis"]}
        )
    default = {**user, "engine": "redis", "userId": "nobody", "userName": "default"}
    plugin.make("elasticache/user:User", default, "default")
    news = {"engine": "redis", "userGroupId": "r", "userIds": ["own-redis", "nobody"]}
    plugin.make("elasticache/userGroup:UserGroup", news, "with default")


def test_every_zone_has_as_many_brokers(world: World, plugin: Plugin) -> None:
    news = {**world.inputs("msk/cluster:Cluster"), "numberOfBrokerNodes": 3}
    with pytest.raises(CallFailedError, match="must be a multiple of Availability Zones"):
        plugin.make("msk/cluster:Cluster", news)


def test_topics_go_by_the_number_at_the_end_of_the_clusters_arn(world: World, plugin: Plugin) -> None:
    made = plugin.make("msk/cluster:Cluster", world.inputs("msk/cluster:Cluster"))
    assert made["arn"].endswith(f"/{made['clusterUuid']}")
    assert made["clusterUuid"].endswith("-1")


def test_a_queue_lets_dead_letters_in_by_one_policy(world: World, plugin: Plugin) -> None:
    news = {"queueUrl": world["sqs/queue:Queue"].id, "redriveAllowPolicy": '{"redrivePermission":"denyAll"}'}
    plugin.make("sqs/redriveAllowPolicy:RedriveAllowPolicy", news, "first")
    with pytest.raises(CallFailedError, match="'first'"):
        plugin.make("sqs/redriveAllowPolicy:RedriveAllowPolicy", news, "second")


@pytest.mark.parametrize(("token", "noun"), [("rds/instance:Instance", "db"), ("rds/cluster:Cluster", "cluster")])
def test_a_managed_password_is_in_a_secret_under_the_key_that_was_asked_for(
    world: World, plugin: Plugin, token: str, noun: str
) -> None:
    key = world["kms/key:Key"]["arn"]
    managed = {"manageMasterUserPassword": True, "masterUserSecretKmsKeyId": key}
    made = plugin.make(token, {**world.inputs(token), "engine": "postgres", **managed})
    (secret,) = made["masterUserSecrets"]
    assert f":secret:rds!{noun}-" in secret["secretArn"]
    assert secret["kmsKeyId"] == key
