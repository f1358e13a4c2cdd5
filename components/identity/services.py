"""What a service of an agent's team gives it, as `grants` does for everything else."""

from collections.abc import Callable, Mapping, Sequence

from components.config.uses import Access, UsedService
from components.identity.grants import Grant, Statement, Way, allow, by_key, endpoint, gateway, peers, reading_files
from components.identity.where import Where
from components.services.made import Made

_QUEUE = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
_TAKE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
_SEND = ("sqs:SendMessage",)
_TABLE = ("dynamodb:ConditionCheckItem", "dynamodb:DescribeTable")
_FIND = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")
_CHANGE = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_STORE = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject")
_JOIN = ("kafka-cluster:Connect", "kafka-cluster:DescribeCluster")
_TOPIC = ("kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration")
_FOLLOW = ("kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup")


def of_service(used: UsedService, made: Made, where: Where) -> Grant:
    """Return what a service takes: who may do what, where it is reached, and where the agent finds that."""
    if made.is_in_network:
        ways: tuple[Way, ...] = (Way(peers([where.cidr]), made.port),)
    elif made.kind == "queue":
        ways = (endpoint(where),)
    else:
        ways = gateway("s3" if made.kind == "bucket" else "dynamodb", where)
    variables = {f"{used.stem}_{name}": value for name, value in _variables(made).items()}
    return Grant(tuple(_STATEMENTS[made.kind](made, used.access, where)), ways, variables)


def _variables(made: Made) -> Mapping[str, object]:
    names = {"queue": "URL", "stream": "BROKERS", "table": "TABLE", "bucket": "BUCKET"}
    if made.kind in names:
        return {names[made.kind]: made.host}
    inside = {"DATABASE": made.database} if made.database else {}
    return {"HOST": made.host, "PORT": str(made.port), "USER": made.login, **inside}


def _cache(made: Made, _access: Access, _where: Where) -> Sequence[Statement]:
    return [allow(["elasticache:Connect"], made.arn, made.parts["user"])]


def _database(made: Made, _access: Access, _where: Where) -> Sequence[Statement]:
    return [allow(["rds-db:connect"], made.parts["login"])]


def _queue(made: Made, access: Access, where: Where) -> Sequence[Statement]:
    actions = [*_QUEUE, *(_TAKE if access.reads else ()), *(_SEND if access.writes else ())]
    return [allow(actions, made.arn), by_key(made.key_arn, "sqs", where, writes=access.writes)]


def _table(made: Made, access: Access, where: Where) -> Sequence[Statement]:
    actions = [*_TABLE, *(_FIND if access.reads else ()), *(_CHANGE if access.writes else ())]
    key = by_key(made.key_arn, "dynamodb", where, writes=access.writes)
    return [allow(actions, made.arn, made.parts["indexes"]), key]


def _bucket(made: Made, access: Access, where: Where) -> Sequence[Statement]:
    read = reading_files(made.arn, made.parts["objects"]) if access.reads else []
    written = [allow(_STORE, made.parts["objects"])] if access.writes else []
    return [*read, *written, by_key(made.key_arn, "s3", where, writes=access.writes)]


def _stream(made: Made, access: Access, _where: Where) -> Sequence[Statement]:
    """Return what clients of Kafka need; writers make their topics.

    https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
    """
    idempotent = ["kafka-cluster:WriteDataIdempotently"] if access.writes else []
    topics = [*_TOPIC, *(["kafka-cluster:ReadData"] if access.reads else [])]
    topics += ["kafka-cluster:CreateTopic", "kafka-cluster:WriteData"] if access.writes else []
    groups = [allow(_FOLLOW, made.parts["groups"])] if access.reads else []
    return [allow([*_JOIN, *idempotent], made.arn), allow(topics, made.parts["topics"]), *groups]


_STATEMENTS: Mapping[str, Callable[[Made, Access, Where], Sequence[Statement]]] = {
    "cache": _cache,
    "queue": _queue,
    "stream": _stream,
    "table": _table,
    "database": _database,
    "bucket": _bucket,
}
