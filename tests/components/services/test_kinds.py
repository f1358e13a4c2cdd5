"""What is particular to each kind of service."""

import json
from typing import Any

import pytest

from tests.components.aws_recording import ACCOUNT, REGION, Cloud, recording, value
from tests.components.services.making import KEY, made_with, make, service

GROUP, USER = "elasticache/replicationGroup:ReplicationGroup", "elasticache/user:User"
INSTANCE, MEMBER = "rds/instance:Instance", "rds/clusterInstance:ClusterInstance"
NAME = "agent-platform-prod-storefront-own"


def asked(token: str, *services: Any, **ground: Any) -> dict[str, Any]:
    """Return what is asked of AWS for the only resource of a type."""
    return made_with(*services, **ground).one(token).inputs


def properties(cloud: Cloud) -> dict[str, str]:
    """Return the properties of brokers."""
    text = cloud.one("msk/configuration:Configuration").inputs["serverProperties"]
    return dict(line.split("=") for line in text.splitlines())


class TestACache:
    def test_fails_over_to_replicas_in_other_zones(self) -> None:
        group = asked(GROUP, service("cache", replicas=2))
        assert (group["numCacheClusters"], group["automaticFailoverEnabled"], group["multiAzEnabled"]) == (
            3,
            True,
            True,
        )

    def test_without_replicas_does_not_ask_for_what_aws_would_refuse(self) -> None:
        group = asked(GROUP, service("cache", replicas=0))
        assert (group["automaticFailoverEnabled"], group["multiAzEnabled"]) == (False, False)

    def test_takes_tls_alone_and_logs_agents_in_by_their_roles(self) -> None:
        cloud = made_with(service("cache"))
        group, user = cloud.one(GROUP).inputs, cloud.one(USER).inputs
        assert (group["transitEncryptionEnabled"], group["transitEncryptionMode"]) == (True, "required")
        assert group["userGroupIds"] == [cloud.one("elasticache/userGroup:UserGroup").inputs["userGroupId"]]
        assert user["authenticationMode"] == {"type": "iam"}
        assert user["userId"] == user["userName"] == NAME
        assert "-@dangerous" in user["accessString"]

    def test_of_redis_has_the_default_user_that_it_must_have_switched_off(self) -> None:
        cloud = made_with(service("cache", engine="redis"))
        (default,) = [each.inputs for each in cloud.of_type(USER) if each.inputs["userName"] == "default"]
        assert default["accessString"] == "off -@all"
        assert default["userId"] in cloud.one("elasticache/userGroup:UserGroup").inputs["userIds"]
        assert cloud.one(GROUP).inputs["parameterGroupName"].endswith("redis7")

    def test_throws_away_what_its_settings_say_when_it_is_full(self) -> None:
        group = asked("elasticache/parameterGroup:ParameterGroup", service("cache", whenFull="allkeys-lru"))
        assert group["parameters"] == [{"name": "maxmemory-policy", "value": "allkeys-lru"}]

    def test_leaves_a_last_snapshot_unless_told_otherwise(self) -> None:
        assert asked(GROUP, service("cache"))["finalSnapshotIdentifier"] == f"{NAME}-final"
        assert "finalSnapshotIdentifier" not in asked(GROUP, service("cache", finalSnapshot=False))


class TestAQueue:
    def test_gives_up_on_a_task_after_some_attempts_and_keeps_it_for_two_weeks(self) -> None:
        cloud = made_with(service("queue", attempts=3))
        dead, tasks = cloud.named("storefront-own-dead-letters"), cloud.named("storefront-own-tasks")
        assert json.loads(tasks.inputs["redrivePolicy"]) == {
            "deadLetterTargetArn": dead.outputs["arn"],
            "maxReceiveCount": 3,
        }
        assert dead.inputs["messageRetentionSeconds"] == 1_209_600

    def test_takes_dead_letters_from_its_own_tasks_alone(self) -> None:
        cloud = made_with(service("queue"))
        leave = json.loads(cloud.one("RedriveAllowPolicy").inputs["redriveAllowPolicy"])
        tasks = cloud.named("storefront-own-tasks").outputs["arn"]
        assert leave == {"redrivePermission": "byQueue", "sourceQueueArns": [tasks]}

    def test_in_order_has_the_ending_that_aws_wants_and_so_have_its_dead_letters(self) -> None:
        queues = made_with(service("queue", fifo=True)).of_type("sqs/queue:Queue")
        assert [each.inputs["name"] for each in queues] == [f"{NAME}-dead-letters.fifo", f"{NAME}.fifo"]
        assert all(each.inputs["fifoQueue"] for each in queues)

    def test_has_policies_that_a_preview_knows_already(self) -> None:
        policies = made_with(service("queue"), preview=True).of_type("sqs/queuePolicy:QueuePolicy")
        arns = {json.loads(each.inputs["policy"])["Statement"][0]["Resource"] for each in policies}
        queues = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}"
        assert arns == {queues, f"{queues}-dead-letters"}


class TestAStream:
    def test_stands_in_three_zones_and_survives_the_loss_of_one(self) -> None:
        cloud = made_with(service("stream", brokersPerZone=2))
        assert cloud.one("msk/cluster:Cluster").inputs["numberOfBrokerNodes"] == 6
        found = properties(cloud)
        assert (found["default.replication.factor"], found["min.insync.replicas"]) == ("3", "2")

    @pytest.mark.parametrize(("zones", "subnets", "factor"), [("ab", 2, "2"), ("abcd", 3, "3")])
    def test_takes_two_zones_or_three(self, zones: str, subnets: int, factor: str) -> None:
        names = tuple(f"eu-central-1{zone}" for zone in zones)
        cloud = made_with(service("stream"), zones=names, private_subnet_ids=[f"subnet-{zone}" for zone in zones])
        brokers = cloud.one("msk/cluster:Cluster").inputs
        assert len(brokers["brokerNodeGroupInfo"]["clientSubnets"]) == brokers["numberOfBrokerNodes"] == subnets
        assert properties(cloud)["default.replication.factor"] == factor

    def test_takes_roles_by_tls_from_inside_alone(self) -> None:
        brokers = asked("msk/cluster:Cluster", service("stream"))
        assert brokers["clientAuthentication"] == {"sasl": {"iam": True, "scram": False}, "unauthenticated": False}
        assert brokers["encryptionInfo"]["encryptionInTransit"] == {"clientBroker": "TLS", "inCluster": True}
        assert brokers["brokerNodeGroupInfo"]["connectivityInfo"]["publicAccess"] == {"type": "DISABLED"}

    def test_tells_the_patterns_of_its_topics_and_groups(self) -> None:
        with recording(preview=False):
            made = make(service("stream"))["own"]
            topics, groups = value(made.parts["topics"]), value(made.parts["groups"])
        assert topics.startswith(f"arn:aws:kafka:{REGION}:{ACCOUNT}:topic/{NAME}/")
        assert groups.startswith(f"arn:aws:kafka:{REGION}:{ACCOUNT}:group/{NAME}/")


class TestATable:
    def test_is_paid_by_the_request_or_for_what_is_kept_ready(self) -> None:
        assert asked("dynamodb/table:Table", service("table"))["billingMode"] == "PAY_PER_REQUEST"
        paid = asked("dynamodb/table:Table", service("table", capacity={"read": 5, "write": 6}))
        assert (paid["billingMode"], paid["readCapacity"], paid["writeCapacity"]) == ("PROVISIONED", 5, 6)

    def test_declares_the_attributes_of_all_its_keys_once(self) -> None:
        index = {"name": "by-user", "hashKey": {"name": "user"}, "rangeKey": {"name": "sessionId"}}
        table = asked("dynamodb/table:Table", service("table", indexes=[index]))
        assert table["attributes"] == [{"name": "sessionId", "type": "S"}, {"name": "user", "type": "S"}]
        (made,) = table["globalSecondaryIndexes"]
        assert [each["attributeName"] for each in made["keySchemas"]] == ["user", "sessionId"]

    def test_can_be_restored_and_can_not_be_deleted_by_mistake(self) -> None:
        table = asked("dynamodb/table:Table", service("table", ttl="gone"))
        assert table["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 35}
        assert table["deletionProtectionEnabled"] is True
        assert table["ttl"] == {"attributeName": "gone", "enabled": True}


class TestADatabase:
    def test_has_a_password_that_nobody_here_knows(self) -> None:
        instance = asked(INSTANCE, service("database"))
        assert instance["manageMasterUserPassword"] is True
        assert instance["masterUserSecretKmsKeyId"] == KEY
        assert instance["iamDatabaseAuthenticationEnabled"] is True

    def test_takes_tls_alone(self) -> None:
        group = asked("rds/parameterGroup:ParameterGroup", service("database"))
        assert {"name": "rds.force_ssl", "value": "1"} in group["parameters"]
        assert group["family"] == "postgres17"

    def test_has_a_second_instance_in_another_zone(self) -> None:
        assert asked(INSTANCE, service("database"))["multiAz"] is True
        assert len(made_with(service("database", engine="aurora")).of_type(MEMBER)) == 2
        assert len(made_with(service("database", engine="aurora", multiAz=False)).of_type(MEMBER)) == 1

    def test_grows_by_itself_unless_its_disk_may_not(self) -> None:
        assert asked(INSTANCE, service("database"))["maxAllocatedStorage"] == 100
        fixed = asked(INSTANCE, service("database", storageGi=100))
        assert "maxAllocatedStorage" not in fixed

    @pytest.mark.parametrize(("engine", "kind"), [("postgres", "instance"), ("aurora", "cluster")])
    def test_finds_its_log_group_there_with_a_key_and_an_end(self, engine: str, kind: str) -> None:
        cloud = made_with(service("database", engine=engine))
        group = cloud.one("logGroup:LogGroup")
        assert group.inputs["name"] == f"/aws/rds/{kind}/{NAME}/postgresql"
        assert group.inputs["retentionInDays"] == 365
        (holder,) = cloud.of_type(INSTANCE if engine == "postgres" else "rds/cluster:Cluster")
        assert group.urn in holder.dependencies

    def test_leaves_a_last_snapshot_unless_told_otherwise(self) -> None:
        kept, gone = (asked(INSTANCE, service("database", finalSnapshot=final)) for final in (True, False))
        assert (kept["skipFinalSnapshot"], kept["finalSnapshotIdentifier"]) == (False, f"{NAME}-final")
        assert gone["skipFinalSnapshot"] is True
        assert "finalSnapshotIdentifier" not in gone


class TestABucket:
    def test_moves_and_ends_files_as_its_settings_say(self) -> None:
        bucket = service("bucket", coldDays=30, expireDays=365, oldVersionDays=7)
        (rule,) = asked("BucketLifecycleConfiguration", bucket)["rules"]
        assert rule["transitions"] == [{"days": 30, "storageClass": "GLACIER_IR"}]
        assert rule["expiration"] == {"days": 365}
        assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 7}

    def test_has_a_name_that_no_other_account_or_region_has(self) -> None:
        places = [{}, {"account_id": "210987654321"}, {"region": "eu-west-1"}]
        names = {asked("aws:s3/bucket:Bucket", service("bucket"), **place)["bucket"] for place in places}
        assert len(names) == 3
        assert all(name.startswith(f"{NAME}-") for name in names)
