"""stack-owner-tags: AWS resources say by tags, and Kubernetes objects by labels, whose they are.

The default tags of the provider count. What a tag should say only the program knows: a missing one is mended where the
option `values` gives its value, and for objects where the object itself says it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Area, Option, Options, References, Resource, Rule
from policies.subjects.objects import Object, kind_of, objects_of
from policies.subjects.selectors import described
from policies.subjects.typed import Typed, typed
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object, shown

_TAGGED: Final = frozenset(
    {
        *("aws:acm/certificate:Certificate", "aws:alb/loadBalancer:LoadBalancer", "aws:backup/vault:Vault"),
        *("aws:cloudtrail/trail:Trail", "aws:cloudwatch/logGroup:LogGroup", "aws:dynamodb/table:Table"),
        *("aws:ebs/volume:Volume", "aws:ec2/eip:Eip", "aws:ec2/flowLog:FlowLog", "aws:ec2/instance:Instance"),
        *("aws:ec2/internetGateway:InternetGateway", "aws:ec2/launchTemplate:LaunchTemplate"),
        *("aws:ec2/natGateway:NatGateway", "aws:ec2/routeTable:RouteTable", "aws:ec2/securityGroup:SecurityGroup"),
        *("aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint"),
        *("aws:ecr/repository:Repository", "aws:efs/fileSystem:FileSystem", "aws:eks/accessEntry:AccessEntry"),
        *("aws:eks/addon:Addon", "aws:eks/cluster:Cluster", "aws:eks/fargateProfile:FargateProfile"),
        *("aws:eks/nodeGroup:NodeGroup", "aws:eks/podIdentityAssociation:PodIdentityAssociation"),
        *("aws:elasticache/replicationGroup:ReplicationGroup", "aws:fsx/lustreFileSystem:LustreFileSystem"),
        *("aws:iam/instanceProfile:InstanceProfile", "aws:iam/openIdConnectProvider:OpenIdConnectProvider"),
        *("aws:iam/policy:Policy", "aws:iam/role:Role", "aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"),
        *("aws:lambda/function:Function", "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"),
        *("aws:opensearch/domain:Domain", "aws:opensearch/serverlessCollection:ServerlessCollection"),
        *("aws:rds/cluster:Cluster", "aws:rds/instance:Instance", "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
        *("aws:secretsmanager/secret:Secret", "aws:sns/topic:Topic", "aws:sqs/queue:Queue"),
    }
)
_NO_OBJECTS: Final = ("helm.sh/", "yaml/", "kustomize/", "meta/")
_NAME, _MANAGED_BY = "app.kubernetes.io/name", "app.kubernetes.io/managed-by"
_LABEL_VALUE: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


def _concerns(token: str) -> bool:
    kind = kind_of(token)
    return token in _TAGGED or (bool(kind) and not kind.startswith(_NO_OBJECTS))


def _subjects(resource: Resource) -> tuple[Typed | Object, ...]:
    return (typed(resource),) if resource.type in _TAGGED else objects_of(resource)


def judge(subject: Typed | Object, options: Options) -> Iterator[Finding]:
    """Finds tags and labels that are missing or empty."""
    known = options["values"]
    if isinstance(subject, Typed):
        yield from _tags(subject, options["tags"], known)
    elif subject.complete or subject.root.value is UNKNOWN:
        root = subject.root.owned_by(described(subject)) if subject.listed else subject.root
        labels = root.at("metadata", "labels")
        for key in options["labels"]:
            mend = known.get(key, _own(subject, key))
            yield from check(
                labels.at(key), TEXT, bool, fix=f"set metadata.labels[{shown(key)}]", required=True, mend=mend
            )


def _tags(subject: Typed, wanted: tuple[str, ...], known: Mapping[str, str]) -> Iterator[Finding]:
    given = _defaults(subject.resource)
    for key in wanted:
        tag = subject.at("tags", key)
        shared = given if given.value is UNKNOWN else given.at(key)
        if tag.value is not ABSENT or shared.value is ABSENT:
            fix = f"set the tag {key}, or have the provider's defaultTags set it"
            yield from check(tag, TEXT, bool, fix=fix, required=True, mend=known.get(key))
        else:
            yield from check(shared, TEXT, bool, fix=f"give the provider's default tag {key} a value")


def _defaults(resource: Resource) -> Field:
    """The default tags of the provider, which come as text that holds JSON."""
    properties = resource.provider.properties if resource.provider else {}
    field = Field(properties, "the provider").at("defaultTags")
    if isinstance(field.value, str):
        try:
            field = field.replaced(value=json.loads(field.value))
        except (ValueError, RecursionError):
            return field.replaced(value=ABSENT)
    return (
        field.at("tags")
        if is_object(field.value)
        else field.replaced(value=field.value if field.value is UNKNOWN else ABSENT)
    )


def _own(owner: Object, key: str) -> str | None:
    """The value of a label that follows from the object."""
    if key == _MANAGED_BY:
        return "pulumi"
    name = owner.at("metadata", "name")
    fits = isinstance(name.value, str) and not name.secret and _LABEL_VALUE.fullmatch(name.value)
    return str(name.value) if key == _NAME and fits else None


def _values(value: object) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) and each for each in value.values()):
        raise ValueError(f'{shown(value)} is no object of strings. Fix: write {{"owner": "platform-team"}}, or {{}}.')
    return dict(value)


RULE = Rule(
    name="stack-owner-tags",
    description="AWS resources must carry tags, and Kubernetes objects labels, that say whose they are.",
    why="When something costs too much or misbehaves at night, the tags say whom to wake and what may be deleted.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(
        kyverno=("require-labels",), kubescape=("C-0076", "C-0077"), others=("pulumi:tagging", "AWS tagging guide")
    ),
    remediation="Set the tags on the provider's defaultTags, and the app.kubernetes.io labels on every object.",
    area=Area(concerns=_concerns, subjects=_subjects),
    judge=judge,
    mends=True,
    options={
        "tags": text_list("The tags of every AWS resource.", ("owner", "environment", "team", "cost-center")),
        "labels": text_list(
            "The labels of every Kubernetes object.", (_NAME, "app.kubernetes.io/part-of", _MANAGED_BY)
        ),
        "values": Option(
            schema={
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "What a missing tag or label is set to where the rule mends.",
            },
            default={},
            parse=_values,
        ),
    },
)
