"""What an environment's settings take for granted in its account: roles, their boundary, zones, networks, topics."""

from collections.abc import Sequence
from typing import Any

from components.config.edge import MadeZone
from components.config.eks import Eks
from components.config.entry import Cdn, ExistingWebAcl
from components.config.network import ExistingNetwork
from components.config.vm_fleet import VmFleetSettings
from local.providers.aws.kinds.names import proof

Listed = dict[str, Any]
_ZONE, _RECORD = "aws:route53/zone:Zone", "aws:route53/record:Record"
_WEB_ACL = "aws:wafv2/webAcl:WebAcl"


def existing(cluster: Eks, fleets: Sequence[VmFleetSettings] = ()) -> list[Listed]:
    """Return it as the offline provider's `existing.json` lists it."""
    made_by_others = (_roles, _boundary, _reservations, _edge, _zones, _network, _alerts)
    found = [*of_fleets(fleets), *(each for listed in made_by_others for each in listed(cluster))]
    return [*{(each["type"], each["id"]): each for each in found}.values()]


def of_fleets(fleets: Sequence[VmFleetSettings]) -> list[Listed]:
    """Return what fleets name: their certificates, secrets and zones."""
    named = [("acm/certificate:Certificate", fleet.certificate_arn) for fleet in fleets]
    named += [("secretsmanager/secret:Secret", arn) for fleet in fleets for arn in fleet.secrets.values()]
    zones = [{"type": _ZONE, "id": zone, "state": {"zoneId": zone}} for fleet in fleets if (zone := fleet.hosted_zone)]
    return [*({"type": f"aws:{kind}", "id": arn, "state": {"arn": arn}} for kind, arn in sorted(set(named))), *zones]


def _roles(cluster: Eks) -> list[Listed]:
    access = cluster.access
    arns = {access.pipeline_role_arn, access.break_glass_role_arn, *(entry.role_arn for entry in access.entries)}
    names = [(arn, arn.rpartition("/")[2]) for arn in sorted(arns)]
    return [{"type": "aws:iam/role:Role", "id": name, "state": {"arn": arn, "name": name}} for arn, name in names]


def _boundary(cluster: Eks) -> list[Listed]:
    arn = cluster.boundary_arn
    state = {"arn": arn, "name": str(arn).rpartition("/")[2]}
    return [{"type": "aws:iam/policy:Policy", "id": arn, "state": state}] if arn else []


def _reservations(cluster: Eks) -> list[Listed]:
    kind = "aws:ec2/capacityReservation:CapacityReservation"
    ids = {group.capacity_reservation_id for group in cluster.compute.node_groups if group.capacity_reservation_id}
    return [{"type": kind, "id": each} for each in sorted(ids)]


def _zones(cluster: Eks) -> list[Listed]:
    return [{"type": "aws:route53/zone:Zone", "id": zone, "state": {"zoneId": zone}} for zone in cluster.dns_zones]


def _edge(cluster: Eks) -> list[Listed]:
    """What an edge finds in DNS: the zone that its own is in or below, a delegation, the proof of the domain."""
    edge = cluster.edge
    if edge is None:
        return []
    acl = edge.entry.web_acl if isinstance(edge.entry, Cdn) else None
    found = [{"type": _WEB_ACL, "id": acl.arn, "state": {"arn": acl.arn}}] if isinstance(acl, ExistingWebAcl) else []
    if isinstance(edge.zone, MadeZone):
        above = edge.domain.partition(".")[2]
        if edge.zone.delegated:
            return [*found, _record(above, edge.domain, "NS")]
        return [*found, *([_zone(edge.zone.parent, above)] if edge.zone.parent else [])]
    proved = [] if edge.owns_records else [_record(edge.zone.id, proof(cluster.account_id, edge.domain)[0], "CNAME")]
    return [*found, _zone(edge.zone.id, edge.domain), *proved]


def _zone(zone: str, name: str) -> Listed:
    return {"type": _ZONE, "id": zone, "state": {"zoneId": zone, "name": name}}


def _record(zone: str, name: str, kind: str) -> Listed:
    return {"type": _RECORD, "id": f"{zone}_{name}_{kind}", "state": {"zoneId": zone, "fqdn": name, "type": kind}}


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


def _alerts(cluster: Eks) -> list[Listed]:
    """Who is told of costs, and what looks for unusual ones, where the account has them."""
    budget = cluster.budget
    topic = budget.sns_topic_arn if budget else None
    monitor = budget.anomalies.monitor_arn if budget and budget.anomalies else None
    found = {"aws:sns/topic:Topic": topic, "aws:costexplorer/anomalyMonitor:AnomalyMonitor": monitor}
    return [{"type": kind, "id": arn, "state": {"arn": arn}} for kind, arn in found.items() if arn]
