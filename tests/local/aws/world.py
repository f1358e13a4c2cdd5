"""A small account: one of each thing that other things refer to, and inputs that are just enough for any type."""

import json
from collections.abc import Callable
from typing import Any

from local.providers.aws import kinds
from local.providers.aws.shape import Block, Listing, Mapped, Node, Scalar, shape_of
from tests.local.aws.plugin import Bag, Made, Plugin

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
_TEXTS = {
    "assumeRolePolicy": TRUST,
    "policy": POLICY,
    "policyDocument": POLICY,
    "cidrBlock": "10.9.0.0/24",
    "url": "https://token.actions.githubusercontent.com",
    "awsServiceName": "autoscaling.amazonaws.com",
    "domainName": "example.org",
}
_MORE: dict[str, Bag] = {
    "acm/certificate:Certificate": {"domainName": "example.org", "validationMethod": "DNS"},
    "ec2/route:Route": {"destinationCidrBlock": "0.0.0.0/0"},
    "ec2/vpc:Vpc": {"cidrBlock": "10.8.0.0/16"},
    "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {"cidrBlock": "10.9.0.0/16"},
    "efs/fileSystem:FileSystem": {"tags": {"Name": "models"}},
    "ssm/parameter:Parameter": {"type": "String", "value": "x"},
    "wafv2/webAcl:WebAcl": {"scope": "REGIONAL"},
    "cloudwatch/logDeliverySource:LogDeliverySource": {"region": "us-east-1"},
    "msk/cluster:Cluster": {"numberOfBrokerNodes": 2},
    "rds/cluster:Cluster": {"skipFinalSnapshot": True},
    "rds/instance:Instance": {"skipFinalSnapshot": True},
    "cloudwatch/eventTarget:EventTarget": {"arn": "arn:aws:sqs:eu-central-1:999999999999:elsewhere"},
    "eks/cluster:Cluster": {"accessConfig": {"authenticationMode": "API"}},
    "eks/nodeGroup:NodeGroup": {"scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 1}},
}


class World:
    """What `inputs` refers to; each is made when it is first needed."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin
        self._made: dict[str, Made] = {}
        self._others: dict[str, Callable[[], Bag]] = {
            "ec2/vpc:Vpc": lambda: {"cidrBlock": "10.0.0.0/16"},
            "ec2/subnet:Subnet": lambda: {"vpcId": self["ec2/vpc:Vpc"].id, "cidrBlock": "10.0.0.0/24"},
        }

    def __getitem__(self, name: str) -> Made:
        if name not in self._made:
            others = self._others.get(name)
            news = others() if others else self.inputs(name)
            self._made[name] = self.plugin.make(name, news, f"world-{len(self._made)}")
        return self._made[name]

    def subnets(self) -> list[str]:
        """Two, in two zones."""
        if "second" not in self._made:
            news = {"vpcId": self["ec2/vpc:Vpc"].id, "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-central-1b"}
            self._made["second"] = self.plugin.make("ec2/subnet:Subnet", news, "world-second")
        return [self["ec2/subnet:Subnet"].id, self._made["second"].id]

    def inputs(self, name: str) -> Bag:
        """What a type can't do without."""
        shape = shape_of(f"aws:{name}")
        found = {key: self._value(name, key, field.node) for key, field in shape.inputs.items() if field.required}
        own = self._own_inputs().get(name)
        return {**found, **_MORE.get(name, {}), **(own() if own else {})}

    def _own_inputs(self) -> dict[str, Callable[[], Bag]]:
        return {
            "ec2/defaultRouteTable:DefaultRouteTable": lambda: {
                "defaultRouteTableId": self["ec2/vpc:Vpc"]["defaultRouteTableId"]
            },
            "ec2/defaultNetworkAcl:DefaultNetworkAcl": lambda: {
                "defaultNetworkAclId": self["ec2/vpc:Vpc"]["defaultNetworkAclId"]
            },
            "ec2/defaultSecurityGroup:DefaultSecurityGroup": lambda: {"vpcId": self["ec2/vpc:Vpc"].id},
            "ec2/securityGroup:SecurityGroup": lambda: {"vpcId": self["ec2/vpc:Vpc"].id},
            "ec2/natGateway:NatGateway": lambda: {
                "subnetId": self["ec2/subnet:Subnet"].id,
                "allocationId": self["ec2/eip:Eip"].id,
            },
            "ec2/routeTableAssociation:RouteTableAssociation": lambda: {"subnetId": self["ec2/subnet:Subnet"].id},
            "ec2/subnet:Subnet": lambda: {"cidrBlock": "10.0.9.0/24"},
            "eks/accessPolicyAssociation:AccessPolicyAssociation": lambda: {
                "principalArn": self["eks/accessEntry:AccessEntry"].inputs["principalArn"]
            },
            "lb/loadBalancer:LoadBalancer": lambda: {"subnets": self.subnets()},
            "acm/certificateValidation:CertificateValidation": self._validated,
            "s3/bucketReplicationConfig:BucketReplicationConfig": self._versioned,
        }

    def _validated(self) -> Bag:
        certificate = self["acm/certificate:Certificate"]
        (option,) = certificate["domainValidationOptions"]
        zone = self.plugin.make("route53/zone:Zone", {"name": "example.org"}, "validated")
        above = self.plugin.make("route53/zone:Zone", {"name": "org"}, "above")
        servers = {"zoneId": above.id, "name": "example.org", "type": "NS", "records": zone["nameServers"], "ttl": 60}
        self.plugin.make("route53/record:Record", servers, "delegation")
        record = {"zoneId": zone.id, "name": option["resourceRecordName"], "type": "CNAME", "records": ["x"], "ttl": 60}
        self.plugin.make("route53/record:Record", record, "validated")
        return {"certificateArn": certificate.id}

    def _versioned(self) -> Bag:
        bucket = self["s3/bucket:Bucket"].id
        news = {"bucket": bucket, "versioningConfiguration": {"status": "Enabled"}}
        self.plugin.make("s3/bucketVersioning:BucketVersioning", news)
        return {"bucket": bucket}

    def _value(self, name: str, path: str, node: Node) -> Any:
        leaf = path.rpartition(".")[2]
        if isinstance(node, Listing) and leaf in ("subnetIds", "clientSubnets"):
            return self.subnets()
        if isinstance(node, Listing):
            return [self._value(name, path, node.item)]
        if isinstance(node, Mapped):
            return {"key": self._value(name, path, node.item)}
        if isinstance(node, Block):
            return {key: self._value(name, f"{path}.{key}", f.node) for key, f in node.fields.items() if f.required}
        return self._scalar(name, path, leaf, node)

    def _scalar(self, name: str, path: str, leaf: str, node: Scalar) -> Any:
        wanted = self._wanted(name, path, leaf)
        if wanted:
            other = self[wanted[0]]
            return other["arn"] if leaf.lower().endswith(("arn", "arnlists", "principal")) else other.id
        known = {"string": _TEXTS.get(leaf, f"{leaf.lower()}-1"), "boolean": False, "integer": 1, "number": 1}
        return known.get(node.name, _TEXTS.get(leaf, "{}"))

    def _wanted(self, name: str, path: str, leaf: str) -> tuple[str, ...]:
        kind, service = kinds.KINDS[name], name.partition("/")[0]
        if path in kind.refers:
            return kind.refers[path]
        found = kinds.GENERAL_REFERENCES.get(f"{service}:{leaf}", kinds.GENERAL_REFERENCES.get(leaf, ()))
        return () if name in found and path in kind.unique else found
