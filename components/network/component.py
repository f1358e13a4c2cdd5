"""A cluster's network as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched, and a stack without AWS, which
imports this module with all others, never touches them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.config.network import ExistingNetwork, ExistingSubnet, MadeNetwork, NatGateways
from components.network import endpoints, flow_logs, subnets
from components.network.cidr import Kind, plan
from components.network.place import Place

if TYPE_CHECKING:
    Subnets = Mapping[str, aws.ec2.Subnet]
    """The subnets of one kind, by the letter of their zone."""

_ANYWHERE = "0.0.0.0/0"
_HTTPS = 443


class Network(pulumi.ComponentResource):
    """A VPC with its subnets, ways out, endpoints and flow log; or one that exists, in which nothing is made.

    Public subnets hold load balancers and NAT gateways, private ones nodes and pods, intra ones what talks inside of
    the VPC only: the control plane's interfaces and the endpoints. Whatever needs a way out as well as a subnet, such
    as a node, depends on the component as a whole. Main route table and default network ACL stay as AWS makes them:
    no subnet uses the former, and security groups do what the latter could.

    Args:
        settings: the network.
        place: where it is, and whose.
        log_key_arn: the key that encrypts the flow log; its policy lets CloudWatch Logs use it for
            `flow_logs.group_name`.

    Attributes:
        vpc_id: the VPC.
        cidr: its range of addresses.
        private_subnet_ids: one a zone, in the order of the zones; so are the other subnets.
        public_subnet_ids: none, if an existing network has none.
        intra_subnet_ids: the private ones, if an existing network has no others.
        endpoint_security_group_id: the group of the interface endpoints; None if none are made.
        gateway_cidrs: the region's addresses of each service that has a gateway endpoint, as far as they are known.
    """

    vpc_id: pulumi.Output[str]
    cidr: str
    private_subnet_ids: list[pulumi.Output[str]]
    public_subnet_ids: list[pulumi.Output[str]]
    intra_subnet_ids: list[pulumi.Output[str]]
    endpoint_security_group_id: pulumi.Output[str] | None = None
    gateway_cidrs: dict[str, pulumi.Input[Sequence[str]]]

    def __init__(
        self,
        name: str,
        settings: MadeNetwork | ExistingNetwork,
        place: Place,
        log_key_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Network", name, None, opts)
        self._name, self._place, self.cidr = name, place, settings.cidr
        self._child, self.gateway_cidrs = pulumi.ResourceOptions(parent=self), {}
        self._set_up(settings, log_key_arn)
        self.register_outputs({"vpcId": self.vpc_id})

    def _set_up(self, network: MadeNetwork | ExistingNetwork, log_key_arn: pulumi.Input[str]) -> None:
        if isinstance(network, ExistingNetwork):
            self._take(network)
        else:
            self._make(network, log_key_arn)

    def _take(self, network: ExistingNetwork) -> None:
        self.vpc_id = pulumi.Output.from_input(network.vpc_id)
        self.private_subnet_ids = _given(network.private_subnets, self._place)
        self.public_subnet_ids = _given(network.public_subnets, self._place)
        self.intra_subnet_ids = _given(network.intra_subnets or network.private_subnets, self._place)
        self.gateway_cidrs = dict(network.gateway_cidrs.items())

    def _make(self, network: MadeNetwork, log_key_arn: pulumi.Input[str]) -> None:
        vpc = self._make_vpc()
        self.vpc_id = vpc.id
        public, private, intra = (self._make_subnets(kind) for kind in Kind)
        self._make_table("intra", Kind.INTRA, intra)
        tables = self._let_out(private, self._make_nat_gateways(public, network.nat_gateways))
        self._offer_gateway_endpoints(network, tables)
        self._offer_interface_endpoints(network, intra)
        self._record_traffic(network.flow_log_retention_days, log_key_arn)
        self.private_subnet_ids, self.public_subnet_ids = _ids(private), _ids(public)
        self.intra_subnet_ids = _ids(intra)

    def _make_vpc(self) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=self.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(),
            opts=self._child,
        )
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default-group",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=self._tags("default"),
            opts=self._child,
        )
        return vpc

    def _make_subnets(self, kind: Kind) -> Subnets:
        return {
            subnet.letter: aws.ec2.Subnet(
                f"{self._name}-{kind}-{subnet.letter}",
                vpc_id=self.vpc_id,
                cidr_block=subnet.cidr,
                availability_zone=subnet.zone,
                map_public_ip_on_launch=False,
                tags=subnets.tags(subnet, self._place.cluster),
                opts=self._child,
            )
            for subnet in plan(self.cidr, self._place.zones)
            if subnet.kind is kind
        }

    def _make_nat_gateways(self, public: Subnets, how_many: NatGateways) -> dict[str, aws.ec2.NatGateway]:
        """Join the public subnets to the internet and return what hides private addresses there, by zone."""
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet", vpc_id=self.vpc_id, tags=self._tags("internet"), opts=self._child
        )
        way_out = aws.ec2.Route(
            f"{self._name}-public-out",
            route_table_id=self._make_table("public", Kind.PUBLIC, public).id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self._child,
        )
        zones = self._place.zones if how_many is NatGateways.PER_ZONE else self._place.zones[:1]
        return {zone[-1]: self._make_nat_gateway(zone[-1], public[zone[-1]], way_out) for zone in zones}

    def _make_nat_gateway(self, letter: str, subnet: aws.ec2.Subnet, way_out: aws.ec2.Route) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            f"{self._name}-nat-address-{letter}", domain="vpc", tags=self._tags(f"nat-{letter}"), opts=self._child
        )
        return aws.ec2.NatGateway(
            f"{self._name}-nat-{letter}",
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=self._tags(f"nat-{letter}"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[way_out]),
        )

    def _let_out(self, private: Subnets, gateways: Mapping[str, aws.ec2.NatGateway]) -> list[aws.ec2.RouteTable]:
        """Route each private subnet to its zone's NAT gateway, or to the only one; return the route tables."""
        tables = []
        for letter, subnet in private.items():
            gateway = gateways.get(letter) or next(iter(gateways.values()))
            tables.append(self._make_table(f"private-{letter}", Kind.PRIVATE, {letter: subnet}))
            aws.ec2.Route(
                f"{self._name}-private-{letter}-out",
                route_table_id=tables[-1].id,
                destination_cidr_block=_ANYWHERE,
                nat_gateway_id=gateway.id,
                opts=self._child,
            )
        return tables

    def _make_table(self, name: str, kind: Kind, joined: Subnets) -> aws.ec2.RouteTable:
        """Make a route table that leads nowhere but to the VPC itself, and join subnets of a kind to it."""
        table = aws.ec2.RouteTable(
            f"{self._name}-{name}-routes", vpc_id=self.vpc_id, tags=self._tags(name), opts=self._child
        )
        for letter, subnet in joined.items():
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{kind}-{letter}-table",
                route_table_id=table.id,
                subnet_id=subnet.id,
                opts=self._child,
            )
        return table

    def _offer_gateway_endpoints(self, network: MadeNetwork, tables: list[aws.ec2.RouteTable]) -> None:
        for service in endpoints.GATEWAYS:
            endpoint = aws.ec2.VpcEndpoint(
                f"{self._name}-endpoint-{service}",
                vpc_id=self.vpc_id,
                service_name=endpoints.service_name(self._place.region, service),
                vpc_endpoint_type="Gateway",
                route_table_ids=[table.id for table in tables],
                policy=json.dumps(endpoints.gateway_policy(service, self._accounts(network))),
                tags=self._tags(service),
                opts=self._child,
            )
            self.gateway_cidrs[service] = endpoint.cidr_blocks

    def _offer_interface_endpoints(self, network: MadeNetwork, intra: Subnets) -> None:
        if not network.interface_endpoints:
            return
        group = self._make_endpoint_group()
        for service in network.interface_endpoints:
            policy = endpoints.interface_policy(service, self._accounts(network))
            aws.ec2.VpcEndpoint(
                f"{self._name}-endpoint-{service}",
                vpc_id=self.vpc_id,
                service_name=endpoints.service_name(self._place.region, service),
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=_ids(intra),
                security_group_ids=[group.id],
                policy=json.dumps(policy) if policy else None,
                tags=self._tags(service),
                opts=self._child,
            )
        self.endpoint_security_group_id = group.id

    def _make_endpoint_group(self) -> aws.ec2.SecurityGroup:
        """Make the group of the interface endpoints: they answer, and begin nothing, so that nothing goes out."""
        group = aws.ec2.SecurityGroup(
            f"{self._name}-endpoints",
            name=f"{self._place.cluster}-endpoints",
            description="AWS services reached through interface endpoints",
            vpc_id=self.vpc_id,
            tags=self._tags("endpoints"),
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-endpoints-https",
            security_group_id=group.id,
            description="Nodes and pods call AWS services",
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            cidr_ipv4=self.cidr,
            opts=self._child,
        )
        return group

    def _record_traffic(self, days: int, log_key_arn: pulumi.Input[str]) -> None:
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-flow-logs",
            name=flow_logs.group_name(self._place.cluster),
            retention_in_days=days,
            kms_key_id=log_key_arn,
            tags=self._tags("flow-logs"),
            opts=self._child,
        )
        role, permissions = self._make_flow_log_role()
        aws.ec2.FlowLog(
            f"{self._name}-flow-log",
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            log_format=flow_logs.FORMAT,
            iam_role_arn=role.arn,
            tags=self._tags("flow-log"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permissions]),
        )

    def _make_flow_log_role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        role = aws.iam.Role(
            f"{self._name}-flow-log-role",
            name=flow_logs.role_name(self._place),
            description="Writes the record of the network's traffic",
            assume_role_policy=json.dumps(flow_logs.trust(self._place)),
            permissions_boundary=self._place.boundary_arn,
            tags=self._tags("flow-logs"),
            opts=self._child,
        )
        permissions = aws.iam.RolePolicy(
            f"{self._name}-flow-log-permissions",
            name="write",
            role=role.name,
            policy=json.dumps(flow_logs.permissions(self._place)),
            opts=self._child,
        )
        return role, permissions

    def _accounts(self, network: MadeNetwork) -> tuple[str, ...]:
        return (self._place.account_id, *network.trusted_accounts)

    def _tags(self, role: str = "") -> dict[str, str]:
        return {"Name": f"{self._place.cluster}-{role}" if role else self._place.cluster}


def _ids(made: Subnets) -> list[pulumi.Output[str]]:
    return [subnet.id for subnet in made.values()]


def _given(existing: Sequence[ExistingSubnet], place: Place) -> list[pulumi.Output[str]]:
    by_zone = {subnet.zone: subnet.id for subnet in existing}
    return [pulumi.Output.from_input(by_zone[zone]) for zone in sorted(place.zones) if zone in by_zone]
