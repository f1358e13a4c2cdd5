"""EC2: security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Mapping

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.kinds.network import same_vpc, vpc_of_default
from local.providers.aws.making import Making

_VPC = "aws:ec2/vpc:Vpc"
_RULE_PARTS = (
    "securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds",
    "self", "sourceSecurityGroupId",
)  # fmt: skip
_ONE_RULE_PARTS = (
    "securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId",
    "referencedSecurityGroupId",
)  # fmt: skip
_DUPLICATE_RULE = (
    "InvalidPermission.Duplicate: the specified rule already exists on the security group {securityGroupId}"
)


def _default_group(making: Making) -> str:
    vpc = making.values.get("vpcId")
    return str(making.find(vpc, _VPC).get("defaultSecurityGroupId") or making.text("sg-{hex17}"))


def _needs_vpc(making: Making) -> None:
    if not making.values.get("vpcId"):
        raise AwsError(
            "VPCIdNotSpecified", "No default VPC for this user: the rehearsal's account has none, so set `vpcId`"
        )


KINDS: Mapping[str, Kind] = {
    "ec2/securityGroup:SecurityGroup": Kind(
        id="sg-{hex17}",
        arn="ec2:{region}:{account}:security-group/{id}",
        replaces="name namePrefix description vpcId",
        outputs={"description": "Managed by Pulumi"},
        empty="ingress egress namePrefix vpcId",
        unique=("vpcId", "name"),
        exists="InvalidGroup.Duplicate: The security group '{name}' already exists for VPC '{vpcId}'",
        missing="InvalidGroup.NotFound: The security group '{value}' does not exist",
        in_use="DependencyViolation: resource {id} has a dependent object",
        lets=(
            "ec2/securityGroupRule:SecurityGroupRule#securityGroupId",
            "ec2/launchTemplate:LaunchTemplate",
            "vpc/securityGroupIngressRule:SecurityGroupIngressRule#securityGroupId",
            "vpc/securityGroupEgressRule:SecurityGroupEgressRule#securityGroupId",
            "ec2/tag:Tag",
        ),
        on_create=(_needs_vpc,),
    ),
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": Kind(
        id=_default_group,
        arn="ec2:{region}:{account}:security-group/{id}",
        replaces="vpcId",
        outputs={"name": "default", "description": "default VPC security group"},
        empty="ingress egress namePrefix vpcId",
        on_create=(_needs_vpc,),
    ),
    "ec2/securityGroupRule:SecurityGroupRule": Kind(
        id="sgrule-{digits10}",
        replaces=" ".join(_RULE_PARTS),
        outputs={"securityGroupRuleId": "sgr-{hex17}"},
        empty="sourceSecurityGroupId",
        unique=_RULE_PARTS,
        exists=_DUPLICATE_RULE,
    ),
    **{
        f"vpc/securityGroup{way}Rule:SecurityGroup{way}Rule": Kind(
            id="sgr-{hex17}",
            arn="ec2:{region}:{account}:security-group-rule/{id}",
            replaces="securityGroupId",
            outputs={"securityGroupRuleId": "{id}"},
            unique=_ONE_RULE_PARTS,
            exists=_DUPLICATE_RULE,
        )
        for way in ("Ingress", "Egress")
    },
    "ec2/networkAcl:NetworkAcl": Kind(
        id="acl-{hex17}",
        arn="ec2:{region}:{account}:network-acl/{id}",
        replaces="vpcId",
        empty="ingress egress subnetIds",
        missing="InvalidNetworkAclID.NotFound: The networkAcl ID '{value}' does not exist",
        in_use="DependencyViolation: The networkAcl '{id}' has dependencies and cannot be deleted.",
        held_by=("ec2/networkAclAssociation:NetworkAclAssociation",),
    ),
    "ec2/networkAclRule:NetworkAclRule": Kind(
        id="nacl-{digits10}",
        replaces=(
            "networkAclId ruleNumber egress protocol ruleAction cidrBlock ipv6CidrBlock fromPort toPort icmpType "
            "icmpCode"
        ),
        unique=("networkAclId", "ruleNumber", "egress"),
        exists="NetworkAclEntryAlreadyExists: The network acl entry identified by {ruleNumber} already exists.",
    ),
    "ec2/networkAclAssociation:NetworkAclAssociation": Kind(
        id="aclassoc-{hex17}", replaces="networkAclId subnetId", unique=("subnetId",), on_create=(same_vpc,)
    ),
    "ec2/defaultNetworkAcl:DefaultNetworkAcl": Kind(
        id="{defaultNetworkAclId}",
        arn="ec2:{region}:{account}:network-acl/{id}",
        replaces="defaultNetworkAclId",
        outputs={"vpcId": vpc_of_default},
        refers={"defaultNetworkAclId": ("ec2/networkAcl:NetworkAcl",)},
    ),
}
