"""The record of a network's traffic: what it holds, where it is kept, who writes it."""

from components.network import flow_logs
from components.network.place import Place
from tests.components.aws_recording import ACCOUNT, Cloud
from tests.components.network.making import ZONES, id_of, made_with, settings, statements


def test_all_traffic_is_recorded_encrypted_and_kept() -> None:
    up = made_with(settings(flowLogRetentionDays=731))
    log, group = up.one("flowLog:FlowLog"), up.one("logGroup:LogGroup")
    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["logDestination"] == group.outputs["arn"]
    assert log.inputs["iamRoleArn"] == up.one("role:Role").outputs["arn"]
    assert log.inputs["vpcId"] == id_of(up, "network-vpc")
    assert group.inputs["retentionInDays"] == 731
    assert group.inputs["kmsKeyId"] == up.one("kms/key:Key").outputs["arn"]


def test_the_record_begins_when_its_role_may_write(either: Cloud) -> None:
    assert either.one("rolePolicy:RolePolicy").urn in either.one("flowLog:FlowLog").dependencies


def test_the_record_names_the_packets_own_addresses(either: Cloud) -> None:
    assert {"${pkt-srcaddr}", "${pkt-dstaddr}"} <= set(either.one("flowLog:FlowLog").inputs["logFormat"].split())


def test_the_flow_logs_role_writes_its_own_group_and_makes_none(either: Cloud) -> None:
    write, describe = statements(either.one("rolePolicy:RolePolicy"))
    group = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vpc/agents/flow-logs"
    assert write["Resource"] == [group, f"{group}:*"]
    assert describe["Action"] == "logs:DescribeLogGroups"
    assert "logs:CreateLogGroup" not in write["Action"]


def test_the_longest_names_fit_a_role() -> None:
    longest = Place("a" * 40, ACCOUNT, "ap-southeast-1", ZONES)
    assert len(flow_logs.role_name(longest)) <= 64
