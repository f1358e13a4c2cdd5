"""eks-secrets-kms."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "eks-secrets-kms"
KEY = {"keyArn": "arn:aws:kms:eu-west-1:123456789012:key/1"}


def cluster(provider: object = KEY, resources: object = ("secrets",)) -> Resource:
    listed = list(resources) if isinstance(resources, tuple) else resources
    return resource({"encryptionConfig": {"provider": provider, "resources": listed}}, "aws:eks/cluster:Cluster")


def test_a_cluster_with_a_key_of_its_own_passes() -> None:
    assert refused(RULE, cluster()) == []


def test_a_cluster_without_encryption_is_refused_once() -> None:
    (message,) = refused(RULE, resource({}, "aws:eks/cluster:Cluster"))
    assert "encryptionConfig.provider.keyArn is not set" in message


@pytest.mark.parametrize("provider", [None, {}, {"keyArn": ""}, {"keyArn": 7}, 7])
def test_a_configuration_without_a_key_is_refused(provider: object) -> None:
    assert len(refused(RULE, cluster(provider))) == 1


def test_a_key_of_aws_is_refused() -> None:
    assert len(refused(RULE, cluster({"keyArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/ebs"}))) == 1


@pytest.mark.parametrize("resources", [None, (), ("pods",), "secrets"])
def test_a_key_that_does_not_encrypt_secrets_is_refused(resources: object) -> None:
    (message,) = refused(RULE, cluster(resources=resources))
    assert "encryptionConfig.resources" in message


def test_a_name_of_the_wrong_type_is_said_to_be_no_string() -> None:
    assert "where a string belongs" in refused(RULE, cluster(resources=(7,)))[0]


def test_every_finding_is_told() -> None:
    assert len(refused(RULE, cluster({}, (7, None)))) == 3


@pytest.mark.parametrize(
    ("judged", "place"),
    [
        (cluster({"keyArn": UNKNOWN}), "keyArn"),
        (cluster(resources=UNKNOWN), "resources"),
        (cluster(resources=("pods", UNKNOWN)), "resources[1]"),
        (resource({"encryptionConfig": UNKNOWN}, "aws:eks/cluster:Cluster"), "keyArn"),
    ],
)
def test_unknown_values_are_not_judged(judged: Resource, place: str) -> None:
    (message,) = unjudged(RULE, judged)
    assert place in message
    assert "judge 1 value" in message
    assert refused(RULE, judged) == []
