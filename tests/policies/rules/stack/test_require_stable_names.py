"""stack-deterministic-names: names of the program, not random ones."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, PATCHES, owned, refused, resource, spec, unjudged

RULE = "stack-deterministic-names"
NAMED = {
    "aws:autoscaling/group:Group": "name",
    "aws:backup/vault:Vault": "name",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:ec2/launchTemplate:LaunchTemplate": "name",
    "aws:ec2/securityGroup:SecurityGroup": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:efs/fileSystem:FileSystem": "creationToken",
    "aws:eks/cluster:Cluster": "name",
    "aws:eks/nodeGroup:NodeGroup": "nodeGroupName",
    "aws:iam/instanceProfile:InstanceProfile": "name",
    "aws:iam/policy:Policy": "name",
    "aws:iam/role:Role": "name",
    "aws:lambda/function:Function": "name",
    "aws:lb/loadBalancer:LoadBalancer": "name",
    "aws:lb/targetGroup:TargetGroup": "name",
    "aws:opensearch/domain:Domain": "domainName",
    "aws:opensearch/serverlessCollection:ServerlessCollection": "name",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:secretsmanager/secret:Secret": "name",
    "aws:sns/topic:Topic": "name",
    "aws:sqs/queue:Queue": "name",
}
MAP = "kubernetes:core/v1:ConfigMap"
ROLE = "aws:iam/role:Role"


def found(properties: Any, kind: str) -> list[str]:
    return refused(RULE, resource(properties, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_with_a_name_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(), kind)) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.endswith("List")])
def test_an_object_without_a_name_is_refused_in_every_kind(kind: str) -> None:
    (message,) = found({"metadata": {}}, kind)
    assert "metadata.name is not set" in message
    assert kind not in PATCHES or "name" in message


def test_every_item_of_a_list_needs_a_name() -> None:
    items = [{"metadata": {"name": "a"}}, {"metadata": {}}]
    assert len(found({"items": items}, "kubernetes:core/v1:ConfigMapList")) == 1


def test_a_generated_name_is_refused() -> None:
    (message,) = found({"metadata": {"generateName": "x-"}}, MAP)
    assert "metadata.generateName is set" in message
    assert len(found({"metadata": {"generateName": UNKNOWN, "name": "x"}}, MAP)) == 1


def test_a_name_that_the_provider_made_up_is_refused() -> None:
    def annotated(value: object) -> Any:
        return {"metadata": {"name": "x-1a2b", "annotations": {"pulumi.com/autonamed": value}}}

    (message,) = found(annotated("true"), MAP)
    assert "metadata.name has a random end" in message
    assert found(annotated("false"), MAP) == []


def test_a_name_that_is_empty_or_no_string_is_refused() -> None:
    assert len(found({"metadata": {"name": ""}}, MAP)) == 1
    assert "where a string belongs" in found({"metadata": {"name": 3}}, MAP)[0]


def test_an_unknown_name_is_not_judged() -> None:
    assert unjudged(RULE, resource({"metadata": {"name": UNKNOWN}}, MAP))
    assert unjudged(RULE, resource({"name": UNKNOWN}, ROLE))


@pytest.mark.parametrize(
    "kind",
    [
        "kubernetes:helm.sh/v3:Chart",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:kustomize/v2:Directory",
        "pulumi:providers:kubernetes",
        "agent-platform:index:Agent",
    ],
)
def test_what_is_no_object_needs_no_name(kind: str) -> None:
    assert found({}, kind) == []


def test_a_release_needs_a_name() -> None:
    assert len(found({}, "kubernetes:helm.sh/v3:Release")) == 1
    assert len(found({"name": ""}, "kubernetes:helm.sh/v3:Release")) == 1
    assert found({"name": "gateway"}, "kubernetes:helm.sh/v3:Release") == []


@pytest.mark.parametrize(("kind", "key"), NAMED.items())
def test_an_aws_resource_without_its_name_is_refused(kind: str, key: str) -> None:
    (message,) = found({}, kind)
    assert f"{key} is not set" in message
    assert found({key: "storefront"}, kind) == []
    assert "where a string belongs" in found({key: 3}, kind)[0]


@pytest.mark.parametrize(
    "key",
    [
        *("name", "bucket", "clusterIdentifier", "domainName", "identifier", "nodeGroupName"),
        *("replicationGroupId", "fargateProfileName", "clusterName"),
    ],
)
def test_a_name_or_prefix_that_leaves_the_end_to_chance_is_refused_in_any_type(key: str) -> None:
    (message,) = found({key: "web-1a2b3c4"}, "aws:any/thing:Thing")
    assert f"{key} has a random end" in message
    (message,) = found({key: "we-1a2b3c4"}, "aws:any/thing:Thing")
    assert f"{key} has a random end" in message
    (message,) = found({f"{key}Prefix": "x-"}, "aws:any/thing:Thing")
    assert f"{key}Prefix is set" in message


@pytest.mark.parametrize(
    "name", ["web", "web-1a2b3c", "web-1a2b3c45", "web-1a2b3cg", "other-1a2b3c4", "-1a2b3c4", UNKNOWN]
)
def test_a_name_that_the_program_may_have_written_passes(name: object) -> None:
    assert found({"name": name}, "aws:any/thing:Thing") == []


def test_a_prefix_or_a_made_up_name_is_refused_once() -> None:
    assert len(found({"namePrefix": "x-"}, ROLE)) == 1
    assert len(found({"name": "web-1a2b3c4"}, ROLE)) == 1
