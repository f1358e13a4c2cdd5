"""stack-deterministic-names: what a run makes can be found again by its name.

A run that is killed between the creation of a resource and the writing of its state leaves the resource behind. Under
a name that the program wrote the next run meets it again; a random name leaves it for ever. Where the provider made a
name up, that shows: a Kubernetes object is annotated, an AWS resource is called by its logical name with seven
hexadecimal digits behind it.
"""

import re
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.objects import kind_of, objects_of
from policies.subjects.selectors import within
from policies.subjects.typed import Typed, typed
from policies.unknowns import ABSENT, UNKNOWN

_FIX = "write the name in the program"
_AUTONAMED = "pulumi.com/autonamed"
_RANDOM_END: Final = re.compile(r"(.*)-[0-9a-f]{7}", re.DOTALL)
_RELEASE = "kubernetes:helm.sh/v3:Release"
_NO_OBJECTS: Final = ("helm.sh/", "yaml/", "kustomize/", "meta/")
_NAMES: Final = (
    *("name", "bucket", "clusterIdentifier", "domainName", "identifier", "nodeGroupName"),
    *("replicationGroupId", "fargateProfileName", "clusterName"),
)
_PREFIXES: Final = tuple(f"{name}Prefix" for name in _NAMES)
_NAMED: Final = {
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


def _concerns(token: str) -> bool:
    return token.startswith("aws:") or _is_object(token) or token == _RELEASE


def _is_object(token: str) -> bool:
    kind = kind_of(token)
    return bool(kind) and not kind.startswith(_NO_OBJECTS)


def _subjects(resource: Resource) -> tuple[Typed, ...]:
    return (typed(resource),)


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds a name that is left to the provider or to the API server."""
    if _is_object(subject.type):
        yield from _objects(subject.resource)
    elif subject.type == _RELEASE:
        yield from check(subject.at("name"), TEXT, bool, fix=_FIX, required=True)
    else:
        yield from _aws(subject)


def _objects(resource: Resource) -> Iterator[Finding]:
    for owner in objects_of(resource):
        metadata = owner.at("metadata")
        where = within(owner, "metadata")
        if metadata.at("generateName").value is not ABSENT:
            yield Violation(f"{where}.generateName is set, and the API server makes the name up. Fix: {_FIX}.")
        elif metadata.at("annotations", _AUTONAMED).value == "true":
            yield Violation(f"{where}.name has a random end, since the program wrote none. Fix: {_FIX}.")
        else:
            yield from check(metadata.at("name"), TEXT, bool, fix=_FIX, required=True)


def _aws(subject: Typed) -> Iterator[Finding]:
    prefixes = [prefix for prefix in _PREFIXES if subject.at(prefix).value is not ABSENT]
    for prefix in prefixes:
        yield Violation(f"{prefix} is set, and the provider adds a random end to it. Fix: {_FIX}.")
    for key in _NAMES:
        if _made_up(subject.at(key).value, subject.resource.name):
            yield Violation(f"{key} has a random end, since the program wrote none. Fix: {_FIX}.")
    required = _NAMED.get(subject.type)
    if required and f"{required}Prefix" not in prefixes:
        field = subject.at(required)
        if field.value is ABSENT:
            yield Violation(f"{required} is not set, and the provider makes it up. Fix: {_FIX}.")
        elif field.value is UNKNOWN:
            yield Unjudged(required)
        elif not isinstance(field.value, str):
            yield unreadable(field, TEXT.name, _FIX)


def _made_up(name: object, logical: str) -> bool:
    match = _RANDOM_END.fullmatch(name) if isinstance(name, str) else None
    return match is not None and match[1] != "" and logical.startswith(match[1])


RULE = Rule(
    name="stack-deterministic-names",
    description="Resources must have the names that the program wrote, not random ones.",
    why="A resource whose creation was interrupted is found again by its name; under a random one it stays for ever, "
    "unknown and paid for.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.LOW,
    references=References(others=("pulumi:auto-naming", "pulumi:pending-creates")),
    remediation="Write metadata.name of Kubernetes objects, and name, bucket or identifier of AWS resources.",
    area=Area(concerns=_concerns, subjects=_subjects),
    judge=judge,
)
