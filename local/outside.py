"""What an environment's settings take for granted in its AWS account: roles, hosted zones, a network of others."""

from typing import Any

from components.config.eks import Eks
from components.config.network import ExistingNetwork

Listed = dict[str, Any]


def existing(cluster: Eks) -> list[Listed]:
    """Return it as the offline provider's `existing.json` lists it."""
    return [*_roles(cluster), *_reservations(cluster), *_zones(cluster), *_network(cluster)]


def _roles(cluster: Eks) -> list[Listed]:
    access = cluster.access
    arns = {access.pipeline_role_arn, access.break_glass_role_arn, *(entry.role_arn for entry in access.entries)}
    names = [(arn, arn.rpartition("/")[2]) for arn in sorted(arns)]
    return [{"type": "aws:iam/role:Role", "id": name, "state": {"arn": arn, "name": name}} for arn, name in names]


def _reservations(cluster: Eks) -> list[Listed]:
    kind = "aws:ec2/capacityReservation:CapacityReservation"
    ids = {group.capacity_reservation_id for group in cluster.compute.node_groups if group.capacity_reservation_id}
    return [{"type": kind, "id": each} for each in sorted(ids)]


def _zones(cluster: Eks) -> list[Listed]:
    return [{"type": "aws:route53/zone:Zone", "id": zone, "state": {"zoneId": zone}} for zone in cluster.dns_zones]


def _network(cluster: Eks) -> list[Listed]:
    network = cluster.network
    if not isinstance(network, ExistingNetwork):
        return []
    subnets = {
        subnet.id: subnet for subnet in (*network.private_subnets, *network.public_subnets, *network.intra_subnets)
    }
    vpc = {"type": "aws:ec2/vpc:Vpc", "id": network.vpc_id, "state": {"cidrBlock": network.cidr}}
    return [
        vpc,
        *(
            {
                "type": "aws:ec2/subnet:Subnet",
                "id": subnet.id,
                "state": {"vpcId": network.vpc_id, "availabilityZone": subnet.zone, "cidrBlock": network.cidr},
            }
            for subnet in subnets.values()
        ),
    ]
