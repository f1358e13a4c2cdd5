"""EC2: ways in and out of a VPC, launch templates, reservations, flow logs, defaults of the account's disks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind, Object
from local.providers.aws.making import Making

_SUBNET, _EIP = "aws:ec2/subnet:Subnet", "aws:ec2/eip:Eip"
_NAT, _BALANCER = "aws:ec2/natGateway:NatGateway", "aws:lb/loadBalancer:LoadBalancer"


def vpc_of_subnet(making: Making) -> Any:
    """The VPC of the subnet, or of the first of the subnets."""
    subnets = making.values.get("subnetIds") or making.values.get("subnets") or [making.values.get("subnetId")]
    return making.find(subnets[0], _SUBNET).get("vpcId", "")


def private_address(making: Making) -> str:
    """An address of the resource's subnet."""
    block = making.find(making.values.get("subnetId"), _SUBNET).get("cidrBlock")
    return making.address("privateIp", block) if block else ""


def _public_address(making: Making) -> str:
    """One of the addresses that RFC 5737 sets aside for examples."""
    return making.address("publicIp", "203.0.113.0/24")


def _address_of_gateway(making: Making) -> Any:
    return making.find(making.values.get("allocationId"), _EIP).get("publicIp", "")


def _no_public_address(making: Making) -> None:
    """An internet gateway stays while something in its VPC has a public address."""
    vpc = making.values.get("vpcId")
    public = [
        row
        for row in making.transaction.live(_NAT, _BALANCER)
        if row.state.get("vpcId") == vpc
        and (
            (row.token == _NAT and row.state.get("connectivityType") != "private")
            or (row.token == _BALANCER and not row.state.get("internal"))
        )
    ]
    if vpc and public:
        shown = ", ".join(f"{row.token} {row.name!r} ({row.id})" for row in public)
        raise AwsError(
            "DependencyViolation",
            f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before "
            f"detaching the gateway.\nThey belong to {shown}: delete that first",
        )


def _public_needs_address(making: Making) -> None:
    values = making.values
    is_public = values.get("connectivityType", "public") == "public" and values.get("availabilityMode") != "regional"
    if is_public and not values.get("allocationId"):
        raise AwsError("MissingParameter", "The request must contain the parameter AllocationId")


def _next_version(making: Making, olds: Object) -> Object:
    latest = int(olds["latestVersion"]) + 1
    changed: Object = {"latestVersion": latest}
    if making.inputs.get("updateDefaultVersion"):
        changed["defaultVersion"] = latest
    return changed


def _is_interface(making: Making) -> bool:
    return bool(making.values.get("vpcEndpointType", "Gateway") == "Interface")


def _interfaces(making: Making) -> list[str]:
    subnets = making.values.get("subnetIds") or []
    return [f"eni-{making.hex(f'eni {subnet}', 17)}" for subnet in subnets] if _is_interface(making) else []


def _names(making: Making) -> list[Object]:
    if not _is_interface(making):
        return []
    service = str(making.values.get("serviceName", "")).rpartition(".")[2]
    zone = {"hostedZoneId": f"Z{making.upper('zone', 13)}"}
    return [
        {
            "dnsName": f"{making.values['id']}-{making.hex('dns', 8)}.{service}.{making.region}.vpce.amazonaws.com",
            **zone,
        }
    ]


def _addresses(making: Making) -> list[str]:
    """The service's addresses, of a gateway alone: AWS's change, so these are of networks kept for documentation.

    https://www.rfc-editor.org/rfc/rfc5737
    """
    service = str(making.values.get("serviceName")).rpartition(".")[2]
    return [] if _is_interface(making) else [{"s3": "192.0.2.0/24"}.get(service, "198.51.100.0/24")]


def _prefix_list(making: Making) -> Any:
    return "" if _is_interface(making) else f"pl-{making.shared(str(making.values.get('serviceName')))[:8]}"


KINDS: Mapping[str, Kind] = {
    "ec2/internetGateway:InternetGateway": Kind(
        id="igw-{hex17}",
        arn="ec2:{region}:{account}:internet-gateway/{id}",
        empty="vpcId",
        unique=("vpcId",),
        exists="Resource.AlreadyAssociated: resource {vpcId} already has an internet gateway attached",
        missing="InvalidInternetGatewayID.NotFound: The internetGateway ID '{value}' does not exist",
        on_delete=_no_public_address,
    ),
    "ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Kind(
        id="eigw-{hex17}",
        replaces="vpcId",
        missing="InvalidGatewayID.NotFound: The gateway ID '{value}' does not exist",
    ),
    "ec2/eip:Eip": Kind(
        id="eipalloc-{hex17}",
        arn="ec2:{region}:{account}:elastic-ip/{id}",
        replaces="domain address customerOwnedIpv4Pool ipamPoolId networkBorderGroup publicIpv4Pool",
        outputs={
            "domain": "vpc",
            "allocationId": "{id}",
            "publicIp": _public_address,
            "publicDns": lambda m: f"ec2-{m.values['publicIp'].replace('.', '-')}.{m.region}.compute.amazonaws.com",
            "networkBorderGroup": "{region}",
            "publicIpv4Pool": "amazon",
        },
        empty=(
            "associationId carrierIp customerOwnedIp instance ipamPoolId networkInterface privateDns privateIp "
            "ptrRecord"
        ),
        missing="InvalidAllocationID.NotFound: The allocation ID '{value}' does not exist",
        in_use="InvalidIPAddress.InUse: The address {publicIp} is in use.",
    ),
    "ec2/natGateway:NatGateway": Kind(
        id="nat-{hex17}",
        replaces="allocationId subnetId connectivityType privateIp availabilityMode vpcId",
        outputs={
            "availabilityMode": "zonal",
            "vpcId": vpc_of_subnet,
            "networkInterfaceId": "eni-{hex17}",
            "privateIp": private_address,
            "associationId": "eipassoc-{hex17}",
            "publicIp": _address_of_gateway,
        },
        empty=(
            "autoProvisionZones autoScalingIps regionalNatGatewayAddresses regionalNatGatewayAutoMode routeTableId "
            "secondaryAllocationIds secondaryPrivateIpAddressCount secondaryPrivateIpAddresses"
        ),
        unique=("allocationId",),
        exists="Resource.AlreadyAssociated: resource {allocationId} is already associated",
        missing="InvalidNatGatewayID.NotFound: The natGateway ID '{value}' does not exist",
        on_create=(_public_needs_address,),
    ),
    "ec2/vpcEndpoint:VpcEndpoint": Kind(
        id="vpce-{hex17}",
        arn="ec2:{region}:{account}:vpc-endpoint/{id}",
        replaces="vpcId serviceName vpcEndpointType resourceConfigurationArn serviceNetworkArn serviceRegion",
        outputs={
            "state": "available",
            "serviceRegion": "{region}",
            "ipAddressType": "ipv4",
            "networkInterfaceIds": _interfaces,
            "dnsEntries": _names,
            "prefixListId": _prefix_list,
            "cidrBlocks": _addresses,
            "privateDnsEnabled": False,
        },
        empty=("requesterManaged dnsOptions policy routeTableIds securityGroupIds subnetConfigurations subnetIds"),
        missing="InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id '{value}' does not exist",
    ),
    "ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": Kind(
        id="a-{vpcEndpointId}{digits10}",
        replaces="routeTableId vpcEndpointId",
        unique=("routeTableId", "vpcEndpointId"),
    ),
    "ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation": Kind(
        id="a-{vpcEndpointId}{digits10}", replaces="subnetId vpcEndpointId", unique=("subnetId", "vpcEndpointId")
    ),
    "ec2/flowLog:FlowLog": Kind(
        id="fl-{hex17}",
        arn="ec2:{region}:{account}:vpc-flow-log/{id}",
        replaces=(
            "logDestination logDestinationType trafficType eniId iamRoleArn subnetId vpcId deliverCrossAccountRole "
            "destinationOptions logFormat maxAggregationInterval transitGatewayId transitGatewayAttachmentId "
            "regionalNatGatewayId"
        ),
        outputs={
            "logFormat": "${{version}} ${{account-id}} ${{interface-id}} ${{srcaddr}} ${{dstaddr}} ${{srcport}} "
            "${{dstport}} ${{protocol}} ${{packets}} ${{bytes}} ${{start}} ${{end}} ${{action}} ${{log-status}}"
        },
        empty="logDestination",
        unique=("vpcId", "subnetId", "eniId", "logDestination", "trafficType"),
        exists=(
            "FlowLogAlreadyExists: Error. There is an existing Flow Log with the same configuration and log "
            "destination."
        ),
    ),
    "ec2/launchTemplate:LaunchTemplate": Kind(
        id="lt-{hex17}",
        arn="ec2:{region}:{account}:launch-template/{id}",
        replaces="name namePrefix",
        name_limit=125,
        outputs={"latestVersion": 1, "defaultVersion": 1},
        empty="metadataOptions namePrefix",
        unique=("name",),
        exists="InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use: {name}",
        handles=("{name}",),
        missing=(
            "InvalidLaunchTemplateId.NotFound: The specified launch template, with template ID {value}, does not exist."
        ),
        on_update=_next_version,
        changed_by_update=("latestVersion",),
    ),
    "ec2/capacityReservation:CapacityReservation": Kind(
        id="cr-{hex17}",
        arn="ec2:{region}:{account}:capacity-reservation/{id}",
        replaces=(
            "availabilityZone ebsOptimized ephemeralStorage instanceMatchCriteria instancePlatform instanceType "
            "outpostArn placementGroupArn tenancy"
        ),
    ),
    "ec2/placementGroup:PlacementGroup": Kind(
        id="{name}",
        arn="ec2:{region}:{account}:placement-group/{name}",
        replaces="name strategy partitionCount spreadLevel",
        outputs={"placementGroupId": "pg-{hex17}"},
        empty="partitionCount spreadLevel",
        unique=("name",),
        exists="InvalidPlacementGroup.Duplicate: The placement group '{name}' already exists.",
    ),
    "ebs/encryptionByDefault:EncryptionByDefault": Kind(id="terraform-{digits18}"),
    "ebs/defaultKmsKey:DefaultKmsKey": Kind(id="{keyArn}", replaces="keyArn"),
}
