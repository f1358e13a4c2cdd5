"""What AWS answers to a program on the SDK's mocks: ids, ARNs and what else it computes, in the shape they have there.

In a preview they are unknown, as in AWS; in an up they follow from type and name.
"""

import hashlib
import uuid
from typing import Any

from pulumi.runtime import mocks, rpc

ACCOUNT = "123456789012"
REGION = "eu-central-1"
_PREFIXES = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt",
    "aws:ec2/natGateway:NatGateway": "nat",
    "aws:ec2/route:Route": "r-rtb",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
}
_ARNS = {
    "aws:cloudwatch/logGroup:LogGroup": "logs:{place}:log-group:{id}",
    "aws:iam/instanceProfile:InstanceProfile": "iam::{account}:instance-profile/{id}",
    "aws:iam/policy:Policy": "iam::{account}:policy/{id}",
    "aws:iam/role:Role": "iam::{account}:role/{id}",
}
"""ARNs that are not `arn:aws:<service>:<region>:<account>:<kind>/<id>`."""

_OF_TYPE: dict[str, dict[str, Any]] = {
    "aws:eks/nodeGroup:NodeGroup": {"resources": [{"autoscalingGroups": [{"name": "eks-nodes-01234567"}]}]},
    "aws:acm/certificate:Certificate": {
        "domainValidationOptions": [
            {
                "domainName": "agents.example.com",
                "resourceRecordName": "_0123456789abcdef0123456789abcdef.agents.example.com.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_fedcba9876543210fedcba9876543210.abcdefghij.acm-validations.aws.",
            }
        ]
    },
    "aws:cloudfront/distribution:Distribution": {
        "domainName": "d0123456789abc.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"cidrBlocks": ["3.5.134.0/23", "52.219.46.0/23"]},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:eks/cluster:Cluster": {
        "endpoint": f"https://0123456789ABCDEF.gr7.{REGION}.eks.amazonaws.com",
        "certificateAuthority": {"data": "Y2VydGlmaWNhdGU="},
        "vpcConfig": {"clusterSecurityGroupId": "sg-0123456789abcdef0"},
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "master.sessions.abc123.euc1.cache.amazonaws.com"
    },
    "aws:msk/cluster:Cluster": {
        "clusterUuid": "01234567-89ab-cdef-0123-456789abcdef-2",
        "bootstrapBrokersSaslIam": f"b-1.clicks.abc123.c2.kafka.{REGION}.amazonaws.com:9098",
    },
    "aws:rds/cluster:Cluster": {
        "clusterResourceId": "cluster-ABCDEFGHIJKL01234",
        "endpoint": f"catalogue.cluster-abc123.{REGION}.rds.amazonaws.com",
        "masterUserSecrets": [{"secretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!cluster-1-abc123"}],
    },
    "aws:rds/instance:Instance": {
        "resourceId": "db-ABCDEFGHIJKL01234",
        "address": f"catalogue.abc123.{REGION}.rds.amazonaws.com",
        "masterUserSecrets": [{"secretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1-abc123"}],
    },
    "aws:sqs/queue:Queue": {"url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders"},
    "aws:lb/loadBalancer:LoadBalancer": {
        "arnSuffix": "app/recommender/50dc6c495c0c9188",
        "dnsName": f"recommender-1.{REGION}.elb.amazonaws.com",
        "zoneId": "Z215JYRZR1TBD5",
    },
    "aws:route53/zone:Zone": {"zoneId": "Z0MADE", "nameServers": ["ns-1.awsdns-1.com", "ns-2.awsdns-2.net"]},
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/recommender-0123456789/73e2d6bc24d8a067"},
}
"""What only some types have."""


class Answers(mocks.Mocks):
    """Answers as AWS does: every input, with what only creation tells; in a preview that is unknown."""

    def __init__(self, *, preview: bool) -> None:
        self._preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if not args.custom:
            return None, args.inputs
        identifier = _identifier(args.typ, args.name, args.inputs)
        computed = _computed(args.typ, identifier)
        if self._preview:
            return None, _merged(args.inputs, _unknown(computed))
        return identifier, _merged(args.inputs, computed)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        raise AssertionError(f"the program asks {args.token}, but components never read anything")


def _identifier(token: str, name: str, inputs: dict[str, Any]) -> str:
    digits = hashlib.sha256(f"{token}/{name}".encode()).hexdigest()[:17]
    if token in _PREFIXES:
        return f"{_PREFIXES[token]}-{digits}"
    if token == "aws:kms/key:Key":  # noqa: S105 - a type, not a secret
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
    return str(inputs.get("name") or inputs.get("nodeGroupName") or f"{name}-{digits}")


def _computed(token: str, identifier: str) -> dict[str, Any]:
    """What AWS adds to a resource of any type, and what other resources take from the types in use."""
    if not token.startswith("aws:"):
        return {}
    service, _, kind = token.removeprefix("aws:").partition("/")
    form = _ARNS.get(token, "{service}:{place}:{kind}/{id}")
    place, kind = f"{REGION}:{ACCOUNT}", kind.partition(":")[0].lower()
    arn = "arn:aws:" + form.format(service=service, place=place, account=ACCOUNT, kind=kind, id=identifier)
    return {"arn": arn, "allocationId": identifier, "keyId": identifier, **_OF_TYPE.get(token, {})}


def _merged(inputs: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """What a program asked for, with what AWS adds, objects in objects included."""
    nested = {
        key: _merged(inputs[key], value_)
        for key, value_ in added.items()
        if isinstance(value_, dict) and isinstance(inputs.get(key), dict)
    }
    return {**inputs, **added, **nested}


def _unknown(computed: Any) -> Any:
    """The same shape before AWS made anything."""
    if isinstance(computed, dict):
        return {key: _unknown(value_) for key, value_ in computed.items()}
    return rpc.UNKNOWN
