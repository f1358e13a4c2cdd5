"""EC2: VPCs, subnets and routes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.making import Making

_VPC, _SUBNET, _SECURITY_GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"


def _vpc_size(making: Making) -> None:
    block = making.values.get("cidrBlock")
    if not block and not making.values.get("ipv4IpamPoolId"):
        raise AwsError("MissingParameter", "The request must contain the parameter CidrBlock or Ipv4IpamPoolId")
    if block:
        _block(block, "InvalidVpc.Range")


def _block(text: str, code: str) -> ipaddress.IPv4Network:
    """An IPv4 range of a size that AWS accepts for a VPC or a subnet."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"Value ({text}) for parameter cidrBlock is invalid: {error}") from None
    if not 16 <= network.prefixlen <= 28:
        raise AwsError(code, f"The CIDR '{text}' is invalid: it must be between a /16 and a /28")
    return network


def _subnet_fits(making: Making) -> None:
    text = making.values.get("cidrBlock")
    if not text:
        return
    mine = _block(text, "InvalidSubnet.Range")
    vpc = making.find(making.values["vpcId"], "aws:ec2/vpc:Vpc")
    more = [
        row.state["cidrBlock"]
        for row in making.transaction.live("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
        if row.state.get("vpcId") == making.values["vpcId"]
    ]
    ranges = [block for block in [vpc.get("cidrBlock"), *more] if block]
    if ranges and not any(mine.subnet_of(ipaddress.IPv4Network(block)) for block in ranges):
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{text}' is invalid: it is not within {', '.join(ranges)}")
    for row in making.transaction.live(_SUBNET):
        other = row.state.get("cidrBlock")
        is_beside = row.state.get("vpcId") == making.values["vpcId"] and row.id != making.values["id"]
        if is_beside and other and mine.overlaps(ipaddress.IPv4Network(other)):
            raise AwsError(
                "InvalidSubnet.Conflict",
                f"The CIDR '{text}' conflicts with another subnet: {row.id} ({row.name}) has {other}",
            )


def _zone_is_here(making: Making) -> None:
    zone = making.values.get("availabilityZone", "")
    if zone and not (zone.startswith(making.region) and len(zone) == len(making.region) + 1):
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in "
            f"availability zones of {making.region}",
        )


def _zone(making: Making) -> str:
    return f"{making.region}a"


def _zone_id(making: Making) -> str:
    return making.zone_id(making.values["availabilityZone"])


def same_vpc(making: Making) -> None:
    """A subnet and its route table, or its network ACL, must be in one VPC."""
    subnet = making.find(making.values.get("subnetId"), _SUBNET).get("vpcId")
    for path, token in (
        ("routeTableId", "aws:ec2/routeTable:RouteTable"),
        ("networkAclId", "aws:ec2/networkAcl:NetworkAcl"),
    ):
        other = making.find(making.values.get(path), token).get("vpcId")
        if subnet and other and subnet != other:
            raise AwsError(
                "InvalidParameterValue", f"{path} {making.values[path]} and subnet {making.values['subnetId']} belong "
                "to different networks"
            )  # fmt: skip


def vpc_of_default(making: Making) -> str:
    """The VPC whose default this is."""
    owner = making.row(making.values["id"], "aws:ec2/routeTable:RouteTable", "aws:ec2/networkAcl:NetworkAcl")
    return owner.id if owner else ""


KINDS: Mapping[str, Kind] = {
    "ec2/vpc:Vpc": Kind(
        id="vpc-{hex17}",
        arn="ec2:{region}:{account}:vpc/{id}",
        replaces="cidrBlock ipv4IpamPoolId ipv4NetmaskLength",
        outputs={
            "enableDnsHostnames": False,
            "enableNetworkAddressUsageMetrics": False,
            "mainRouteTableId": "rtb-{hex17}",
            "defaultRouteTableId": "{mainRouteTableId}",
            "defaultNetworkAclId": "acl-{hex17}",
            "defaultSecurityGroupId": "sg-{hex17}",
            "dhcpOptionsId": lambda making: f"dopt-{making.shared('dopt')[:17]}",
        },
        empty="cidrBlock ipv6AssociationId ipv6CidrBlock ipv6CidrBlockNetworkBorderGroup",
        holds={
            "mainRouteTableId": "ec2/routeTable:RouteTable",
            "defaultNetworkAclId": "ec2/networkAcl:NetworkAcl",
            "defaultSecurityGroupId": "ec2/securityGroup:SecurityGroup",
        },
        missing="InvalidVpcID.NotFound: The vpc ID '{value}' does not exist",
        in_use="DependencyViolation: The vpc '{id}' has dependencies and cannot be deleted.",
        lets=(
            "ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "ec2/defaultNetworkAcl:DefaultNetworkAcl",
            "ec2/defaultRouteTable:DefaultRouteTable",
            "ec2/flowLog:FlowLog",
            "ec2/tag:Tag",
            "ec2/mainRouteTableAssociation:MainRouteTableAssociation",
            "route53/zone:Zone",
            "lb/targetGroup:TargetGroup",
            "ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
            "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
            "ec2/route:Route",
            "ec2/routeTableAssociation:RouteTableAssociation",
            "ec2/networkAclAssociation:NetworkAclAssociation",
        ),
        on_create=(_vpc_size,),
    ),
    "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": Kind(
        id="vpc-cidr-assoc-{hex17}", replaces="vpcId cidrBlock ipv4IpamPoolId ipv4NetmaskLength", empty="cidrBlock"
    ),
    "ec2/subnet:Subnet": Kind(
        id="subnet-{hex17}",
        arn="ec2:{region}:{account}:subnet/{id}",
        replaces=(
            "vpcId cidrBlock availabilityZone availabilityZoneId ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId "
            "ipv6Native ipv6NetmaskLength outpostArn"
        ),
        outputs={
            "availabilityZone": _zone,
            "availabilityZoneId": _zone_id,
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        },
        empty="ipv6CidrBlock ipv6CidrBlockAssociationId cidrBlock",
        missing="InvalidSubnetID.NotFound: The subnet ID '{value}' does not exist",
        in_use="DependencyViolation: The subnet '{id}' has dependencies and cannot be deleted.",
        lets=(
            "ec2/routeTableAssociation:RouteTableAssociation",
            "ec2/networkAclAssociation:NetworkAclAssociation",
            "ec2/networkAcl:NetworkAcl",
            "ec2/flowLog:FlowLog",
            "ec2/launchTemplate:LaunchTemplate",
            "ec2/tag:Tag",
            "rds/subnetGroup:SubnetGroup",
            "elasticache/subnetGroup:SubnetGroup",
        ),
        on_create=(_zone_is_here, _subnet_fits),
    ),
    "ec2/routeTable:RouteTable": Kind(
        id="rtb-{hex17}",
        arn="ec2:{region}:{account}:route-table/{id}",
        replaces="vpcId",
        empty="propagatingVgws routes",
        missing="InvalidRouteTableID.NotFound: The routeTable ID '{value}' does not exist",
        in_use="DependencyViolation: The routeTable '{id}' has dependencies and cannot be deleted.",
        held_by=(
            "ec2/routeTableAssociation:RouteTableAssociation",
            "ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        ),
    ),
    "ec2/defaultRouteTable:DefaultRouteTable": Kind(
        id="{defaultRouteTableId}",
        arn="ec2:{region}:{account}:route-table/{id}",
        replaces="defaultRouteTableId",
        outputs={"vpcId": vpc_of_default},
        empty="routes",
        refers={"defaultRouteTableId": ("ec2/routeTable:RouteTable",)},
    ),
    "ec2/route:Route": Kind(
        id="r-{routeTableId}{hex10}",
        replaces="routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
        outputs={"origin": "CreateRoute", "state": "active"},
        empty="instanceId instanceOwnerId networkInterfaceId",
        unique=("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        exists="RouteAlreadyExists: The route identified by {destinationCidrBlock} already exists.",
        refers={"gatewayId": ("ec2/internetGateway:InternetGateway",)},
    ),
    "ec2/routeTableAssociation:RouteTableAssociation": Kind(
        id="rtbassoc-{hex17}",
        replaces="subnetId gatewayId",
        unique=("subnetId", "gatewayId"),
        exists="Resource.AlreadyAssociated: the specified association for {subnetId} conflicts with an existing one",
        refers={"gatewayId": ("ec2/internetGateway:InternetGateway",)},
        on_create=(same_vpc,),
    ),
    "ec2/mainRouteTableAssociation:MainRouteTableAssociation": Kind(
        id="rtbassoc-{hex17}",
        replaces="vpcId",
        unique=("vpcId",),
        outputs={
            "originalRouteTableId": lambda making: making.find(making.values["vpcId"], _VPC).get("mainRouteTableId")
        },
    ),
    "ec2/vpcDhcpOptions:VpcDhcpOptions": Kind(
        id="dopt-{hex17}",
        arn="ec2:{region}:{account}:dhcp-options/{id}",
        replaces=(
            "domainName domainNameServers ipv6AddressPreferredLeaseTime netbiosNameServers netbiosNodeType ntpServers"
        ),
        missing="InvalidDhcpOptionsID.NotFound: The dhcpOption ID '{value}' does not exist",
        in_use="DependencyViolation: The dhcpOptions '{id}' has dependencies and cannot be deleted.",
    ),
    "ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": Kind(
        id="{dhcpOptionsId}-{vpcId}", replaces="vpcId", unique=("vpcId",)
    ),
    "ec2/tag:Tag": Kind(id="{resourceId},{key}", replaces="resourceId key", unique=("resourceId", "key")),
}
