"""All services of a team: what holds for every kind of them."""

from typing import Any

import pytest

from components.config.services import TeamService
from components.layers.services import described
from components.services.made import Made
from tests.components.aws_recording import Cloud, judged, recording, unjudged, value, violations
from tests.components.services.making import KEY, KINDS, LOGS, NODES, SUBNETS, in_aws, made_with, make, service

KEPT = {
    "cache": ["aws:elasticache/replicationGroup:ReplicationGroup"],
    "queue": ["aws:sqs/queue:Queue"],
    "stream": ["aws:msk/cluster:Cluster"],
    "table": ["aws:dynamodb/table:Table"],
    "database": ["aws:rds/instance:Instance"],
    "bucket": ["aws:s3/bucket:Bucket"],
}
"""What holds data, by kind."""


def everything() -> list[TeamService]:
    """Return services of all kinds and forms."""
    index = {"name": "by-user", "hashKey": {"name": "user"}, "rangeKey": {"name": "at", "type": "number"}}
    return [
        *(service(kind, f"plain-{kind}") for kind in KINDS),
        service("cache", "redis", engine="redis", replicas=2, dataClass="personal"),
        service("queue", "ordered", fifo=True, dataClass="personal"),
        service("table", "found", indexes=[index], ttl="gone", capacity={"read": 5, "write": 5}, dataClass="health"),
        service("database", "aurora", engine="aurora", dataClass="financial"),
        service("bucket", "cold", coldDays=30, expireDays=365, dataClass="personal"),
    ]


@pytest.fixture(scope="module", params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what all of them register in a preview, then in an up."""
    return made_with(*everything(), preview=request.param)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_no_rule_of_the_pack_finds_anything(either: Cloud, environment: str) -> None:
    said = judged(either, environment)
    assert violations(said) == []
    assert unjudged(said) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_may_make_any_kind_twice(kind: str) -> None:
    cloud = made_with(service(kind, "one"), service(kind, "two"))
    urns = [each.urn for each in cloud.registered]
    assert len(urns) == len(set(urns))


def test_everything_is_used_by_something_or_is_the_service_itself(either: Cloud) -> None:
    kept = {token for tokens in KEPT.values() for token in tokens} | {
        "aws:rds/cluster:Cluster",
        "aws:rds/clusterInstance:ClusterInstance",
    }
    settings = ("Policy", "Rule", "bucket", "RedriveAllow")  # settings of something else
    unused = [
        each.name
        for each in in_aws(either)
        if each.urn not in either.referenced()
        and each.type not in kept
        and not any(part in each.type.partition("/")[2] for part in settings)
    ]
    assert unused == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("protect", [True, False])
def test_what_holds_data_is_protected_as_the_ground_says(kind: str, protect: bool) -> None:
    cloud = made_with(service(kind), protect=protect)
    assert {each.protect for token in KEPT[kind] for each in cloud.of_type(token)} == {protect}
    assert not any(each.protect for each in in_aws(cloud) if each.type not in KEPT[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_data_says_whose_and_of_which_class_it_is(kind: str) -> None:
    cloud = made_with(service(kind, dataClass="personal"))
    for token in KEPT[kind]:
        for each in cloud.of_type(token):
            assert each.inputs["tags"]["team"] == "storefront"
            assert each.inputs["tags"]["data-class"] == "personal"


@pytest.mark.parametrize("kind", ["cache", "stream", "database"])
def test_what_stands_in_the_network_is_reached_by_nodes_on_its_port_alone(kind: str) -> None:
    with recording(preview=False) as cloud:
        made = make(service(kind))["own"]
    group = cloud.one("aws:ec2/securityGroup:SecurityGroup")
    rules = cloud.of_type("SecurityGroupIngressRule")
    assert cloud.of_type("SecurityGroupEgressRule") == []
    assert {"ingress", "egress"}.isdisjoint(group.inputs)
    assert all(rule.inputs["referencedSecurityGroupId"] == NODES for rule in rules)
    assert made.port in [rule.inputs["fromPort"] for rule in rules]
    assert all(rule.inputs["fromPort"] == rule.inputs["toPort"] for rule in rules)
    assert made.is_in_network


@pytest.mark.parametrize("kind", ["queue", "table", "bucket"])
def test_what_aws_answers_for_is_reached_by_https(kind: str) -> None:
    with recording(preview=False) as cloud:
        made = make(service(kind))["own"]
    assert (made.port, made.is_in_network) == (443, False)
    assert cloud.of_type("SecurityGroup") == []


@pytest.mark.parametrize("kind", KINDS)
def test_agents_are_told_where_a_service_is_and_what_permissions_name(kind: str) -> None:
    parts = {
        "cache": {"user"},
        "queue": {"deadLetters"},
        "stream": {"topics", "groups"},
        "table": {"indexes"},
        "database": {"login"},
        "bucket": {"objects"},
    }
    with recording(preview=False):
        made = make(service(kind))["own"]
        known = {name: value(arn) for name, arn in {**made.parts, "itself": made.arn}.items()}
        assert value(made.host)
    assert (made.kind, made.reference, made.key_arn) == (kind, "storefront/own", KEY)
    assert set(known) == {*parts[kind], "itself"}
    assert all(arn.startswith("arn:aws:") for arn in known.values())


@pytest.mark.parametrize("engine", ["postgres", "aurora"])
def test_people_are_told_where_the_administrators_password_and_the_dead_letters_are(engine: str) -> None:
    with recording(preview=False) as cloud:
        told = described(
            make(service("database", "own", engine=engine), service("queue", "tasks"), service("cache", "c"))
        )
        secret = value(told["own"]["secretArn"])
        dead_letters = value(told["tasks"]["deadLetters"])
    assert secret.startswith("arn:aws:secretsmanager:")
    assert dead_letters == cloud.named("storefront-tasks-dead-letters").outputs["arn"]
    assert set(told["c"]) == {"kind", "arn", "host", "port"}
    assert "deadLetters" not in told["own"]
    assert "secretArn" not in told["tasks"]


@pytest.mark.parametrize("kind", KINDS)
def test_before_it_is_made_only_aws_knows_where_it_is(kind: str) -> None:
    with recording(preview=True):
        made: Made = make(service(kind))["own"]
        hosts = {"table": "agent-platform-prod-storefront-own"}
        found = value(made.host)
    assert found == hosts.get(kind) or (
        kind == "bucket" and str(found).startswith("agent-platform-prod-storefront-own")
    )


def test_buckets_log_to_the_environments_bucket_where_it_has_one() -> None:
    cloud = made_with(service("bucket"))
    assert cloud.one("BucketLogging").inputs["targetBucket"] == LOGS
    assert len(cloud.of_type("aws:s3/bucket:Bucket")) == 1


def test_buckets_log_to_one_of_the_team_where_the_environment_has_none() -> None:
    cloud = made_with(service("bucket", "one"), service("bucket", "two"), log_bucket=None)
    (logs,) = [each for each in cloud.of_type("aws:s3/bucket:Bucket") if each.name == "storefront-access-logs-bucket"]
    targets = {each.inputs["targetBucket"] for each in cloud.of_type("BucketLogging")}
    assert targets == {logs.inputs["bucket"]}
    untold = violations(judged(cloud))  # the pack is not told of it, and finds what a bucket for logs may do without
    assert untold
    assert all("storefront-access-logs" in message for message in untold)


def test_a_team_without_buckets_keeps_no_logs_of_them() -> None:
    assert made_with(service("queue"), log_bucket=None).of_type("aws:s3/bucket:Bucket") == []


def test_no_password_is_in_what_is_asked_for(either: Cloud) -> None:
    words = ("password", "authToken", "secretString")
    found = [
        (each.name, key)
        for each in in_aws(either)
        for key, given in each.inputs.items()
        if any(word.lower() in key.lower() for word in words) and given is not True
    ]
    assert found == []


def test_what_needs_subnets_stands_in_the_private_ones(either: Cloud) -> None:
    groups = [each for each in in_aws(either) if each.type.endswith("SubnetGroup")]
    assert groups
    assert all(each.inputs["subnetIds"] == SUBNETS for each in groups)


def test_everything_is_encrypted_by_the_key_of_what_teams_keep(either: Cloud) -> None:
    keys: dict[str, Any] = {
        "aws:elasticache/replicationGroup:ReplicationGroup": lambda i: i["kmsKeyId"],
        "aws:sqs/queue:Queue": lambda i: i["kmsMasterKeyId"],
        "aws:msk/cluster:Cluster": lambda i: i["encryptionInfo"]["encryptionAtRestKmsKeyArn"],
        "aws:dynamodb/table:Table": lambda i: i["serverSideEncryption"]["kmsKeyArn"],
        "aws:rds/instance:Instance": lambda i: i["kmsKeyId"],
        "aws:rds/cluster:Cluster": lambda i: i["kmsKeyId"],
        "aws:cloudwatch/logGroup:LogGroup": lambda i: i["kmsKeyId"],
    }
    for token, key in keys.items():
        found = either.of_type(token)
        assert found, token
        assert {key(each.inputs) for each in found} == {KEY}, token
