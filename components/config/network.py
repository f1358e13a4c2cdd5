"""The network that a cluster in AWS lives in: one that is made for it, or one that exists."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components.config.model import Matching, Model, RefusedError
from components.config.quantities import Count
from components.network.cidr import LARGEST, SMALLEST, ZONES, Kind, usable
from components.network.endpoints import GATEWAYS

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""https://www.rfc-editor.org/rfc/rfc1918 and the shared range of https://www.rfc-editor.org/rfc/rfc6598"""
_RETENTIONS = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""The periods of a year and more that CloudWatch Logs knows:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

DEFAULT_ENDPOINTS = (
    *("autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticfilesystem", "elasticloadbalancing"),
    *("kms", "logs", "secretsmanager", "ssm", "ssmmessages", "sts"),
)
"""What nodes, controllers and every agent with an identity talk to all the time."""
KNOWN_ENDPOINTS = (
    *DEFAULT_ENDPOINTS,
    *("application-autoscaling", "aps-workspaces", "athena", "backup", "bedrock", "bedrock-agent", "bedrock-runtime"),
    *("bedrock-agent-runtime", "cloudformation", "comprehend", "ebs", "ec2messages", "elasticache"),
    *("email-smtp", "events", "fsx", "glue", "guardduty-data", "kafka", "kinesis-firehose"),
    *("kinesis-streams", "lambda", "monitoring", "rds", "rds-data", "redshift", "rekognition", "sagemaker.api"),
    *("sagemaker.runtime", "servicediscovery", "sns", "sqs", "states", "textract", "transcribe", "translate", "xray"),
)
"""https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html, without the region"""
_FULL_NAME = re.compile(r"com\.amazonaws\.[a-z0-9-]+\.")


def network_of(text: str) -> IPv4Network:
    """Return a range of addresses.

    Raises:
        RefusedError: it is no IPv4 range, or names an address inside of one.
    """
    try:
        address = IPv4Network(text, strict=False)
    except ValueError:
        reason = f'"{text}" is no IPv4 range, so no route could name it'
        raise RefusedError(reason, "write an address and a prefix length, as 10.40.0.0/16") from None
    if "/" not in text or str(address) != text:
        reason = f'"{text}" is an address, not where a range begins; AWS would refuse it'
        raise RefusedError(reason, f"write {address}" if "/" in text else f"add the prefix length, as {text}/16")
    return address


def _any_range(text: str) -> str:
    return str(network_of(text))


def _private_range(text: str) -> str:
    address = network_of(text)
    if not any(address.subnet_of(private) for private in _PRIVATE):
        known = ", ".join(map(str, _PRIVATE))
        reason = f"{text} holds addresses of the internet, and whoever has them there could not be reached from here"
        raise RefusedError(reason, f"take a range within {known}")
    return text


def _vpc_range(text: str) -> str:
    prefix = network_of(_private_range(text)).prefixlen
    fix = f"take a range between /{LARGEST} and /{SMALLEST}"
    if prefix < LARGEST:
        raise RefusedError(f"{text} is larger than AWS makes a VPC (/{LARGEST})", fix)
    if prefix > SMALLEST:
        pods, balancers = usable(prefix, Kind.PRIVATE), usable(prefix, Kind.PUBLIC)
        reason = (
            f"{text} would leave a zone {pods} addresses for nodes and pods and {balancers} for load balancers; "
            f"a /{SMALLEST} leaves {usable(SMALLEST, Kind.PRIVATE)} and {usable(SMALLEST, Kind.PUBLIC)}"
        )
        raise RefusedError(reason, fix)
    return text


def _endpoint(service: str) -> str:
    if service in GATEWAYS:
        reason = f"{service} has a gateway endpoint in every network made here, which costs nothing; one more would"
        raise RefusedError(reason, "remove it from the list")
    if service not in KNOWN_ENDPOINTS:
        near = difflib.get_close_matches(_FULL_NAME.sub("", service), KNOWN_ENDPOINTS, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        reason = f'"{service}" is no service that AWS is known to offer an interface endpoint for'
        raise RefusedError(reason, f"{guess}known: {', '.join(sorted(KNOWN_ENDPOINTS))}")
    return service


def _retention(days: int) -> int:
    if days not in _RETENTIONS:
        reason = f"{days} is no period that CloudWatch keeps logs for, or less than the year that audits ask for"
        raise RefusedError(reason, f"take one of {', '.join(map(str, _RETENTIONS))}")
    return days


def _sorted_once(values: object) -> object:
    """Return what people listed in one order, so that another order or a twin is no change."""
    texts = isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
    return tuple(sorted(set(values))) if texts else values  # type: ignore[call-overload]


VpcRange = Annotated[str, AfterValidator(_vpc_range)]
PrivateRange = Annotated[str, AfterValidator(_private_range)]
AnyRange = Annotated[str, AfterValidator(_any_range)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
LogPeriod = Annotated[Count, AfterValidator(_retention)]
AccountId = Annotated[
    str,
    Matching("[0-9]{12}", "is not the id of an AWS account", 'write its twelve digits in quotes, as "123456789012"'),
]
VpcId = Annotated[
    str,
    Matching("vpc-([0-9a-f]{8}|[0-9a-f]{17})", "is not the id of a VPC", "copy it from `aws ec2 describe-vpcs`"),
]
SubnetId = Annotated[
    str,
    Matching(
        "subnet-([0-9a-f]{8}|[0-9a-f]{17})", "is not the id of a subnet", "copy it from `aws ec2 describe-subnets`"
    ),
]
Zone = Annotated[
    str,
    Matching(
        f"[a-z]{{2}}(-[a-z]+)+-[0-9][{ZONES}]",
        "is not the name of an availability zone",
        "write the region and a letter from a to f, as eu-central-1a; local zones can't hold a cluster",
    ),
]


class NatGateways(StrEnum):
    """How many ways out to the internet: one costs less, but its zone takes all others' way out down with it."""

    PER_ZONE = "perZone"
    ONE = "one"


class MadeNetwork(Model):
    """A VPC that is made for the cluster: public, private and intra subnets in each of its zones."""

    kind: Literal["made"]
    cidr: VpcRange = Field(description="Its addresses, /16 to /20; fixed for its life.", examples=["10.40.0.0/16"])
    nat_gateways: NatGateways = Field(
        NatGateways.PER_ZONE,
        description="`one`, in the first zone, saves money; that zone's failure then cuts off every zone's way out.",
    )
    interface_endpoints: Annotated[tuple[Endpoint, ...], BeforeValidator(_sorted_once)] = Field(
        DEFAULT_ENDPOINTS,
        description="AWS services that are reached without the internet; each costs by the hour and zone.",
        examples=[["ecr.api", "ecr.dkr", "sts"]],
    )
    flow_log_retention_days: LogPeriod = Field(
        365, description="How long to keep the record of who talked to whom.", examples=[365]
    )
    peers: tuple[AnyRange, ...] = Field(
        (), description="Ranges that this network is or will be joined to, so that it must not overlap with them."
    )
    trusted_accounts: Annotated[tuple[AccountId, ...], BeforeValidator(_sorted_once)] = Field(
        (), description="Other accounts whose buckets and tables may be written to from here.", examples=[[]]
    )

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the AWS services that are reached without the internet."""
        return (*self.interface_endpoints, *GATEWAYS)

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield every peer that has addresses of this network."""
        peers = data.get("peers")
        for peer in peers if isinstance(peers, list | tuple) else ():
            if _overlap(data.get("cidr"), peer):
                reason = f"cidr {data['cidr']} overlaps with the peer {peer}: neither side could route to the other"
                yield RefusedError(reason, "choose a range that no joined network uses")


class ExistingSubnet(Model):
    """A subnet that somebody made."""

    id: SubnetId = Field(description="Its id.", examples=["subnet-0123456789abcdef0"])
    zone: Zone = Field(description="The availability zone that it is in.", examples=["eu-central-1a"])


class ExistingNetwork(Model):
    """A VPC that exists: nothing in it is made or changed here, not even tags."""

    kind: Literal["existing"]
    vpc_id: VpcId = Field(description="Its id.", examples=["vpc-0123456789abcdef0"])
    cidr: PrivateRange = Field(description="Its primary range of addresses.", examples=["10.40.0.0/16"])
    private_subnets: tuple[ExistingSubnet, ...] = Field(
        description="For nodes and pods: one a zone, with a way out by NAT or endpoints."
    )
    public_subnets: tuple[ExistingSubnet, ...] = Field(
        (), description="For load balancers that the internet reaches: one a zone. None: only internal ones."
    )
    intra_subnets: tuple[ExistingSubnet, ...] = Field(
        (), description="For the control plane's interfaces: one a zone. None: the private ones hold them too."
    )
    gateway_cidrs: dict[Literal["s3", "dynamodb"], Annotated[tuple[AnyRange, ...], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="The region's addresses of S3 and DynamoDB, to which agents that use them are let out: "
        "`aws ec2 get-managed-prefix-list-entries`.",
        examples=[{"s3": ["3.5.134.0/23", "3.5.136.0/22"]}],
    )

    @property
    def endpoints(self) -> None:
        """Return None: which AWS services are reached without the internet, whoever made it knows."""
        return

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield subnets and zones that are named twice, and too few of them."""
        if data.get("privateSubnets") in ([], ()):
            yield RefusedError("privateSubnets is empty, so nodes could start nowhere", "name one in each zone")
        listed = {key: _subnets(data.get(key)) for key in ("privateSubnets", "publicSubnets", "intraSubnets")}
        ids = Counter(subnet.get("id") for subnets in listed.values() for subnet in subnets)
        for identifier in sorted(str(key) for key, count in ids.items() if count > 1):
            reason = f"{identifier} is named {ids[identifier]} times; each kind of subnet needs its own"
            yield RefusedError(reason, "name each subnet once")
        for key, subnets in listed.items():
            zones = [str(subnet.get("zone")) for subnet in subnets]
            for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
                reason = f"{key} has {zones.count(zone)} subnets in {zone}, and only one of them would be used"
                yield RefusedError(reason, "keep the largest of them")
            if len(set(zones)) == 1:
                reason = f"all {key} are in {zones[0]}; EKS and load balancers refuse fewer than two zones"
                yield RefusedError(reason, "add a subnet in another zone")


NetworkSettings = Annotated[MadeNetwork | ExistingNetwork, Field(discriminator="kind")]


def check_network(
    network: MadeNetwork | ExistingNetwork, zones: Sequence[str], service_cidr: str
) -> Iterator[RefusedError]:
    """Yield what is wrong with a network beside the cluster that is to live in it.

    Args:
        network: the network.
        zones: the zones of the cluster.
        service_cidr: the range of the cluster's Services.
    """
    if _overlap(network.cidr, service_cidr):
        reason = f"the network {network.cidr} overlaps with the cluster's Services {service_cidr}: pods would reach one"
        yield RefusedError(f"{reason} in place of the other", "change one of them; networks often use 10.0.0.0/8")
    if isinstance(network, ExistingNetwork):
        listed = {"privateSubnets": network.private_subnets, "publicSubnets": network.public_subnets}
        listed["intraSubnets"] = network.intra_subnets
        for key, subnets in listed.items():
            have = {subnet.zone for subnet in subnets}
            missing = [zone for zone in zones if zone not in have] if subnets else []
            if missing:
                reason = f"{key} has no subnet in {', '.join(missing)}, so nothing could run there"
                yield RefusedError(reason, "add one in each zone of the cluster, or remove the zone")


def _overlap(one: object, other: object) -> bool:
    try:
        return network_of(str(one)).overlaps(network_of(str(other)))
    except RefusedError:
        return False


def _subnets(listed: object) -> list[Mapping[str, Any]]:
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list | tuple) else []
