"""MSK, SQS and SNS: what agents talk through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.making import Making


def _brokers(port: int, *needs: str) -> Any:
    """A rule: broker addresses, where the cluster's `clientAuthentication` switches this way in on."""

    def text(making: Making) -> str:
        switch: Any = making.values.get("clientAuthentication") or {}
        for need in needs:
            switch = (switch or {}).get(need)
        if needs and not switch:
            return ""
        name = making.values["clusterName"].lower()
        return ",".join(
            f"b-{number + 1}.{name}.{making.hex('broker', 6)}.c2.kafka.{making.region}.amazonaws.com:{port}"
            for number in range(making.values["numberOfBrokerNodes"])
        )

    return text


def _plain_brokers(port: int, *modes: str) -> Any:
    """A rule: broker addresses, where traffic between clients and brokers may go this way."""

    def text(making: Making) -> Any:
        transit = (making.values.get("encryptionInfo") or {}).get("encryptionInTransit") or {}
        return _brokers(port)(making) if transit.get("clientBroker", "TLS") in modes else ""

    return text


def _queue_name(making: Making) -> None:
    values = making.values
    if bool(values.get("fifoQueue")) != values["name"].endswith(".fifo"):
        raise AwsError(
            "InvalidParameterValue", f"The name of a FIFO queue, and of no other, must end with .fifo: {values['name']}"
        )


def _last_part(making: Making) -> str:
    """What ARNs of topics and groups have after the cluster's name."""
    return str(making.values["arn"]).rpartition("/")[2]


def _same_in_every_zone(making: Making) -> None:
    brokers, subnets = making.values["numberOfBrokerNodes"], making.values["brokerNodeGroupInfo"]["clientSubnets"]
    if brokers % len(subnets):
        raise AwsError(
            "BadRequestException",
            f"The number of broker nodes must be a multiple of Availability Zones in the Client Subnets parameter: "
            f"{brokers} brokers, {len(subnets)} subnets",
        )


KINDS: Mapping[str, Kind] = {
    "msk/configuration:Configuration": Kind(
        id="arn:{partition}:kafka:{region}:{account}:configuration/{name}/{uuid}-1",
        replaces="name",
        outputs={"arn": "{id}", "latestRevision": 1},
        unique=("name",),
        on_update=lambda _, olds: {"latestRevision": int(olds["latestRevision"]) + 1},
        changed_by_update=("latestRevision",),
    ),
    "msk/cluster:Cluster": Kind(
        id="arn:{partition}:kafka:{region}:{account}:cluster/{clusterName}/{uuid}-1",
        name="clusterName",
        name_limit=64,
        replaces=(
            "clusterName brokerNodeGroupInfo.clientSubnets brokerNodeGroupInfo.securityGroups "
            "encryptionInfo.encryptionAtRestKmsKeyArn"
        ),
        outputs={
            "arn": "{id}",
            "clusterUuid": _last_part,
            "currentVersion": "K{upper13}",
            "bootstrapBrokers": _plain_brokers(9092, "PLAINTEXT", "TLS_PLAINTEXT"),
            "bootstrapBrokersTls": _plain_brokers(9094, "TLS", "TLS_PLAINTEXT"),
            "bootstrapBrokersSaslIam": _brokers(9098, "sasl", "iam"),
            "bootstrapBrokersSaslScram": _brokers(9096, "sasl", "scram"),
            "storageMode": "LOCAL",
            "rebalancing": {"status": "PAUSED"},
        },
        empty=(
            "bootstrapBrokersIpv6 bootstrapBrokersPublicSaslIam bootstrapBrokersPublicSaslScram "
            "bootstrapBrokersPublicTls "
            "bootstrapBrokersSaslIamIpv6 bootstrapBrokersSaslScramIpv6 bootstrapBrokersTlsIpv6 customerActionStatus "
            "bootstrapBrokersVpcConnectivitySaslIam bootstrapBrokersVpcConnectivitySaslScram "
            "bootstrapBrokersVpcConnectivityTls zookeeperConnectString zookeeperConnectStringTls"
        ),
        unique=("clusterName",),
        exists="ConflictException: A cluster with the specified name {clusterName} already exists.",
        on_create=(_same_in_every_zone,),
    ),
    "msk/serverlessCluster:ServerlessCluster": Kind(
        id="arn:{partition}:kafka:{region}:{account}:cluster/{clusterName}/{uuid}-s1",
        name="clusterName",
        name_limit=64,
        replaces="clusterName clientAuthentication vpcConfigs",
        outputs={
            "arn": "{id}",
            "clusterUuid": _last_part,
            "bootstrapBrokersSaslIam": lambda m: (
                f"boot-{m.hex('boot', 8)}.c1.kafka-serverless.{m.region}.amazonaws.com:9098"
            ),
        },
        unique=("clusterName",),
        exists="ConflictException: A cluster with the specified name {clusterName} already exists.",
    ),
    "sqs/queue:Queue": Kind(
        id="https://sqs.{region}.amazonaws.com/{account}/{name}",
        arn="sqs:{region}:{account}:{name}",
        name_limit=80,
        replaces="name namePrefix fifoQueue",
        outputs={
            "url": "{id}",
            "kmsDataKeyReusePeriodSeconds": 300,
            "sqsManagedSseEnabled": lambda m: not m.values.get("kmsMasterKeyId"),
        },
        empty="deduplicationScope fifoThroughputLimit namePrefix policy redriveAllowPolicy redrivePolicy",
        unique=("name",),
        exists=(
            "QueueAlreadyExists: A queue already exists with the same name and a different value for some "
            "attribute: {name}"
        ),
        missing="AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist: {value}",
        on_create=(_queue_name,),
    ),
    "sqs/queuePolicy:QueuePolicy": Kind(id="{queueUrl}", replaces="queueUrl", unique=("queueUrl",)),
    "sqs/redriveAllowPolicy:RedriveAllowPolicy": Kind(id="{queueUrl}", replaces="queueUrl", unique=("queueUrl",)),
    "sns/topic:Topic": Kind(
        id="arn:{partition}:sns:{region}:{account}:{name}",
        replaces="name namePrefix fifoTopic",
        outputs={"arn": "{id}"},
        empty=(
            "beginningArchiveTime fifoThroughputScope maximumMessageSize namePrefix policy signatureVersion "
            "tracingConfig"
        ),
        missing="NotFound: Topic does not exist: {value}",
        arn="sns:{region}:{account}:{name}",
    ),
    "sns/topicPolicy:TopicPolicy": Kind(
        id="{arn}", replaces="arn", unique=("arn",), refers={"arn": ("sns/topic:Topic",)}
    ),
    "sns/topicSubscription:TopicSubscription": Kind(
        id="{topic}:{uuid}",
        replaces="topic endpoint protocol",
        outputs={"arn": "{id}", "filterPolicyScope": "MessageAttributes", "confirmationWasAuthenticated": True},
        empty="pendingConfirmation",
        refers={"topic": ("sns/topic:Topic",)},
    ),
}
