"""stack-owner-tags: tags of AWS resources, labels of objects."""

import json
from typing import Any

import pytest

from policies.rule import Provider
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    Json,
    edits_of,
    mended,
    refused,
    resource,
    unjudged,
)

RULE = "stack-owner-tags"
TAGGED = [
    "aws:acm/certificate:Certificate",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:backup/vault:Vault",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:ec2/eip:Eip",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/instance:Instance",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/addon:Addon",
    "aws:eks/cluster:Cluster",
    "aws:eks/fargateProfile:FargateProfile",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/policy:Policy",
    "aws:iam/role:Role",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:lambda/function:Function",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
    "aws:opensearch/domain:Domain",
    "aws:opensearch/serverlessCollection:ServerlessCollection",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:secretsmanager/secret:Secret",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
]
BUCKET = "aws:s3/bucket:Bucket"
MAP = "kubernetes:core/v1:ConfigMap"
TAGS = {"owner": "o", "environment": "dev", "team": "t", "cost-center": "c"}
LABELS = {
    "app.kubernetes.io/name": "web",
    "app.kubernetes.io/part-of": "storefront",
    "app.kubernetes.io/managed-by": "pulumi",
}


def by(default_tags: Any, tags: Any = None, kind: str = BUCKET) -> Any:
    provider = Provider("pulumi:providers:aws", "main", {"defaultTags": default_tags}, True)
    return resource({} if tags is None else {"tags": tags}, kind)._replace(provider=provider)


@pytest.mark.parametrize("kind", TAGGED)
def test_an_aws_resource_without_tags_is_refused_for_each(kind: str) -> None:
    found = refused(RULE, resource({}, kind))
    assert [f"set the tag {key}," in text for key, text in zip(TAGS, found, strict=True)] == [True] * 4
    assert refused(RULE, resource({"tags": TAGS}, kind)) == []


@pytest.mark.parametrize("kind", ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "pulumi:providers:aws"])
def test_what_can_not_be_tagged_needs_no_tags(kind: str) -> None:
    assert refused(RULE, resource({}, kind)) == []


@pytest.mark.parametrize("given", [{"tags": TAGS}, json.dumps({"tags": TAGS})])
def test_default_tags_of_the_provider_count(given: object) -> None:
    assert refused(RULE, by(given)) == []
    assert refused(RULE, by(given, {"owner": "other"})) == []


@pytest.mark.parametrize("given", [None, "{", "[]", 3, {"tags": {}}, "[" * 100_000])
def test_default_tags_that_can_not_be_read_do_not_count(given: object) -> None:
    assert len(refused(RULE, by(given))) == 4


def test_an_empty_or_malformed_tag_is_refused() -> None:
    assert 'tags.owner is ""' in refused(RULE, resource({"tags": {**TAGS, "owner": ""}}, BUCKET))[0]
    assert "where a string belongs" in refused(RULE, resource({"tags": {**TAGS, "owner": 3}}, BUCKET))[0]
    assert len(refused(RULE, by({"tags": {**TAGS, "owner": ""}}))) == 1
    assert len(refused(RULE, by({"tags": TAGS}, {"owner": ""}))) == 1


@pytest.mark.parametrize(
    "judged",
    [
        resource({"tags": UNKNOWN}, BUCKET),
        resource({"tags": {**TAGS, "owner": UNKNOWN}}, BUCKET),
        by(UNKNOWN),
        by({"tags": UNKNOWN}),
        resource({"metadata": {"labels": UNKNOWN}}, MAP),
    ],
)
def test_an_unknown_is_not_judged(judged: Any) -> None:
    assert refused(RULE, judged) == []
    assert len(unjudged(RULE, judged)) == 1


@pytest.mark.parametrize("kind", [MAP, "kubernetes:apps/v1:Deployment", "kubernetes:example.com/v1:Thing"])
def test_an_object_without_labels_is_refused_for_each(kind: str) -> None:
    found = refused(RULE, resource({"metadata": {"name": "web"}}, kind))
    assert [key in text for key, text in zip(LABELS, found, strict=True)] == [True] * 3
    assert refused(RULE, resource({"metadata": {"name": "web", "labels": LABELS}}, kind)) == []


@pytest.mark.parametrize("kind", [f"{MAP}Patch", "kubernetes:helm.sh/v3:Release", "kubernetes:yaml/v2:ConfigGroup"])
def test_what_is_no_whole_object_needs_no_labels(kind: str) -> None:
    assert refused(RULE, resource({}, kind)) == []


@pytest.mark.parametrize(
    ("properties", "kind", "place"),
    [
        ({"metadata": {"name": "b"}}, MAP, 'kubernetes:core/v1:ConfigMap "web": metadata.labels['),
        ({"items": [{"metadata": {"name": "b"}}]}, f"{MAP}List", '"web": core/ConfigMap "b": metadata.labels['),
    ],
)
def test_an_object_is_named_beside_its_resource_where_it_is_one_of_a_list(
    properties: Json, kind: str, place: str
) -> None:
    assert all(place in message for message in refused(RULE, resource(properties, kind)))


def test_every_item_of_a_list_needs_labels() -> None:
    items = [{"metadata": {"name": "a", "labels": LABELS}}, {"metadata": {"name": "b"}}]
    found = refused(RULE, resource({"items": items}, f"{MAP}List"))
    assert len(found) == 3
    assert '"b"' in found[0]


def test_the_lists_are_options() -> None:
    assert len(refused(RULE, resource({}, BUCKET), tags=["a", "b"])) == 2
    assert refused(RULE, resource({}, BUCKET), tags=[]) == []
    assert len(refused(RULE, resource({"metadata": {}}, MAP), labels=["a"])) == 1


def test_an_object_is_mended_with_what_it_says_itself() -> None:
    judged = mended(RULE, resource({"metadata": {"name": "web"}}, MAP))
    labels = judged.properties["metadata"]["labels"]  # type: ignore[index]
    assert labels == {"app.kubernetes.io/name": "web", "app.kubernetes.io/managed-by": "pulumi"}
    assert len(refused(RULE, judged)) == 1
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("name", ["a" * 64, "-web", "system:web", 3, None, UNKNOWN, Secret("web")])
def test_a_name_that_is_no_label_is_not_taken_for_one(name: Any) -> None:
    edits = edits_of(RULE, resource({"metadata": {"name": name}}, MAP))
    assert [edit.value for edit in edits] == ["pulumi"]


def test_the_longest_label_is_taken() -> None:
    judged = mended(RULE, resource({"metadata": {"name": "a" * 63}}, MAP))
    assert judged.properties["metadata"]["labels"]["app.kubernetes.io/name"] == "a" * 63  # type: ignore[index]


@pytest.mark.parametrize("kind", [BUCKET, MAP])
def test_a_resource_is_mended_with_the_values_of_the_configuration(kind: str) -> None:
    options: dict[str, Any] = {"values": {**TAGS, **LABELS}}
    judged = mended(RULE, resource({"metadata": {"name": "x"}}, kind), **options)
    assert refused(RULE, judged, **options) == []
    assert mended(RULE, judged, **options) == judged


@pytest.mark.parametrize("values", [[], "owner", {"owner": 3}, {"owner": ""}])
def test_values_that_are_no_strings_are_refused(values: object) -> None:
    with pytest.raises(Exception, match="is no object of strings"):
        refused(RULE, resource({}, BUCKET), values=values)


def test_what_an_unknown_list_holds_is_not_judged() -> None:
    held = resource({"items": UNKNOWN}, "kubernetes:core/v1:List")
    assert refused(RULE, held) == []
    assert len(unjudged(RULE, held)) == 1
