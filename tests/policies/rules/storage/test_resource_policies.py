"""secrets-cmk-rotated, efs-encrypted and search-hardened: what their resources' own policies let in."""

import json
from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import Json, refused, resource, unjudged

AUDIT: Json = {"logType": "AUDIT_LOGS", "cloudwatchLogGroupArn": "arn:aws:logs:…"}
DOMAIN: Json = {
    "encryptAtRest": {"enabled": True, "kmsKeyId": "1234"},
    "nodeToNodeEncryption": {"enabled": True},
    "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
    "vpcOptions": {"subnetIds": ["subnet-1"]},
    "logPublishingOptions": [AUDIT],
}
PLACES: dict[str, tuple[str, str, Json]] = {
    "aws:secretsmanager/secret:Secret": ("secrets-cmk-rotated", "policy", {"kmsKeyId": "1234"}),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("secrets-cmk-rotated", "policy", {}),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("efs-encrypted", "policy", {}),
    "aws:opensearch/domain:Domain": ("search-hardened", "accessPolicies", DOMAIN),
    "aws:opensearch/domainPolicy:DomainPolicy": ("search-hardened", "accessPolicies", {}),
    "aws:elasticsearch/domain:Domain": ("search-hardened", "accessPolicies", DOMAIN),
    "aws:elasticsearch/domainPolicy:DomainPolicy": ("search-hardened", "accessPolicies", {}),
}
EFS = "aws:efs/fileSystemPolicy:FileSystemPolicy"
MOUNTED = "elasticfilesystem:AccessedViaMountTarget"


def policy(principal: Any, condition: Any = None, **fields: Any) -> Json:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", "Condition": condition}
    return {"Statement": [{**statement, **fields}]}


def holding(token: str, document: Any) -> tuple[str, Resource]:
    rule, key, rest = PLACES[token]
    return rule, resource({**rest, key: document}, token)


@pytest.mark.parametrize("token", PLACES)
@pytest.mark.parametrize("write", [json.dumps, lambda value: value])
def test_anybody_is_refused_in_every_policy_and_form(token: str, write: Any) -> None:
    for principal in ("*", {"AWS": "*"}, {"AWS": ["123456789012", "*"]}):
        (message,) = refused(*holding(token, write(policy(principal))))
        assert f"{PLACES[token][1]}: Statement[0].Principal" in message
        assert "which is anybody. Fix: name the" in message
    assert "allows everybody but" in refused(*holding(token, write(policy(None, NotPrincipal="1"))))[0]


@pytest.mark.parametrize("token", PLACES)
def test_named_principals_and_denials_pass(token: str) -> None:
    assert refused(*holding(token, policy({"AWS": "arn:aws:iam::123456789012:role/web"}))) == []
    assert refused(*holding(token, policy("*", Effect="Deny"))) == []
    assert refused(*holding(token, None)) == unjudged(*holding(token, None)) == []


@pytest.mark.parametrize("token", PLACES)
@pytest.mark.parametrize("key", ["aws:PrincipalOrgID", "aws:SourceVpc", "aws:SourceVpce", "aws:PrincipalAccount"])
def test_a_condition_narrows_anybody(token: str, key: str) -> None:
    assert refused(*holding(token, policy("*", {"StringEquals": {key: "x-1"}}))) == []
    assert len(refused(*holding(token, policy("*", {"StringEquals": {key: "*"}})))) == 1
    assert len(refused(*holding(token, policy("*", {"StringNotEquals": {key: "x-1"}})))) == 1
    assert len(refused(*holding(token, policy("*", {"StringEquals": {"aws:UserAgent": "x-1"}})))) == 1


@pytest.mark.parametrize("token", PLACES)
@pytest.mark.parametrize("document", [UNKNOWN, policy(UNKNOWN), policy("*", UNKNOWN)])
def test_unknown_policies_are_not_judged(token: str, document: Any) -> None:
    assert len(unjudged(*holding(token, document))) == 1
    assert refused(*holding(token, document)) == []


@pytest.mark.parametrize("token", PLACES)
@pytest.mark.parametrize("document", ["no json", 7, policy(7)])
def test_policies_that_can_not_be_read_are_refused(token: str, document: Any) -> None:
    assert len(refused(*holding(token, document))) == 1


@pytest.mark.parametrize("key", ["elasticfilesystem:AccessPointArn", "ElasticFileSystem:accesspointarn"])
def test_a_file_system_may_be_open_by_an_access_point(key: str) -> None:
    arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1"
    assert refused(*holding(EFS, policy("*", {"StringEquals": {key: arn}}))) == []
    assert (
        len(
            refused(*holding("aws:secretsmanager/secretPolicy:SecretPolicy", policy("*", {"StringEquals": {key: arn}})))
        )
        == 1
    )


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({"Bool": {MOUNTED: "true"}}, True),
        ({"bool": {MOUNTED.lower(): ["True"]}}, True),
        ({"Bool": {MOUNTED: True}}, True),
        ({"Bool": {MOUNTED: "false"}}, False),
        ({"Bool": {MOUNTED: ["true", "false"]}}, False),
        ({"Bool": {MOUNTED: []}}, False),
        ({"BoolIfExists": {MOUNTED: "true"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
    ],
)
def test_a_file_system_may_be_open_to_who_mounts_it_in_the_vpc(condition: Json, passes: bool) -> None:
    assert bool(refused(*holding(EFS, policy("*", condition)))) is not passes


@pytest.mark.parametrize("principal", [None, 7, {"AWS": ["*", 7]}])
def test_mounting_in_the_vpc_excuses_no_principal_that_can_not_be_read(principal: object) -> None:
    assert refused(*holding(EFS, policy(principal, {"Bool": {MOUNTED: "true"}}))) != []


def test_an_unknown_condition_on_mounting_is_not_judged() -> None:
    judged = holding(EFS, policy("*", {"Bool": {MOUNTED: UNKNOWN}}))
    assert len(unjudged(*judged)) == 1
    assert refused(*judged) == []
    named = holding(EFS, policy({"AWS": "123456789012"}, {"Bool": {MOUNTED: UNKNOWN}}))
    assert unjudged(*named) == []
