"""Functions: those with one true answer have it, the others are refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.providers.values import Secret
from tests.local.aws.plugin import Plugin
from tests.local.providers.plugin import CallFailedError

DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"
PARAMETER = "aws:ssm/getParameter:getParameter"


def document(plugin: Plugin, **arguments: Any) -> Any:
    answer = plugin.call(DOCUMENT, arguments)
    assert json.loads(answer["minifiedJson"]) == json.loads(answer["json"])
    return json.loads(answer["json"])


def test_who_calls_and_where_come_from_the_providers_settings(plugin: Plugin) -> None:
    assert plugin.call("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "111122223333"
    assert plugin.call("aws:index/getRegion:getRegion")["region"] == "eu-central-1"
    assert plugin.call("aws:index/getPartition:getPartition")["partition"] == "aws"


def test_a_partition_follows_the_region(folder: Path) -> None:
    answer = Plugin(folder, region="cn-north-1").call("aws:index/getPartition:getPartition")
    assert (answer["partition"], answer["dnsSuffix"]) == ("aws-cn", "amazonaws.com.cn")


def test_a_policy_document_is_computed_from_its_statements(plugin: Plugin) -> None:
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject", "s3:ListBucket"],
        "resources": ["arn:aws:s3:::b/*"],
        "principals": [{"type": "Service", "identifiers": ["pods.eks.amazonaws.com"]}],
        "conditions": [
            {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]},
            {"test": "StringEquals", "variable": "aws:PrincipalTag/team", "values": ["a", "b"]},
        ],
    }
    assert document(plugin, statements=[statement]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b/*",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1", "aws:PrincipalTag/team": ["a", "b"]}},
            }
        ],
    }


def test_anybody_is_one_star(plugin: Plugin) -> None:
    statement = {"effect": "Deny", "notActions": ["s3:*"], "principals": [{"type": "*", "identifiers": ["*"]}]}
    (found,) = document(plugin, statements=[statement])["Statement"]
    assert found == {"Effect": "Deny", "NotAction": "s3:*", "Principal": "*"}


def test_documents_are_merged_by_sid(plugin: Plugin) -> None:
    source = json.dumps({"Statement": [{"Sid": "a", "Effect": "Allow"}, {"Sid": "b", "Effect": "Allow"}]})
    override = json.dumps({"Statement": {"Sid": "b", "Effect": "Deny"}})
    own = {"sid": "a", "actions": ["x:y"]}
    found = document(plugin, sourcePolicyDocuments=[source], statements=[own], overridePolicyDocuments=[override])
    assert found["Statement"] == [{"Sid": "a", "Effect": "Allow", "Action": "x:y"}, {"Sid": "b", "Effect": "Deny"}]
    with pytest.raises(CallFailedError, match="more than one statement of sid a, b"):
        document(plugin, sourcePolicyDocuments=[source, source])


def test_a_parameter_that_a_stack_published_can_be_read_by_another(plugin: Plugin) -> None:
    news = {"name": "/platform/contract", "type": "String", "value": '{"version": 1}'}
    plugin.make("ssm/parameter:Parameter", news)
    answer = Plugin(plugin.folder).call(PARAMETER, {"name": "/platform/contract"})
    assert answer["value"] == Secret('{"version": 1}')
    assert answer["insecureValue"] == '{"version": 1}'
    assert answer["arn"] == "arn:aws:ssm:eu-central-1:111122223333:parameter/platform/contract"


def test_a_parameter_that_nobody_published_is_not_found(plugin: Plugin) -> None:
    with pytest.raises(CallFailedError, match="ParameterNotFound: no parameter /nothing"):
        plugin.call(PARAMETER, {"name": "/nothing"})


def test_a_secure_parameters_value_is_in_no_inventory(plugin: Plugin) -> None:
    plugin.make("ssm/parameter:Parameter", {"name": "/s", "type": "SecureString", "value": "hunter"})
    with pytest.raises(CallFailedError, match="keeps no secrets"):
        plugin.call(PARAMETER, {"name": "/s"})
    assert b"hunter" not in b"".join(path.read_bytes() for path in plugin.folder.iterdir())


def test_what_only_aws_knows_is_refused_with_the_functions_name_and_a_way_out(plugin: Plugin) -> None:
    with pytest.raises(CallFailedError, match=r"aws:ec2/getAmi:getAmi.*stack's configuration.*getPolicyDocument"):
        plugin.call("aws:ec2/getAmi:getAmi", {"owners": ["amazon"]})
