"""The edge of an environment as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.edge import CDN_REGION, EdgeSettings, MadeZone
from components.config.entry import Cdn, Failover, Public
from components.edge import routing
from components.edge.balancer.component import EdgeBalancer
from components.edge.cdn.component import EdgeCdn
from components.edge.certificate.component import Certificate
from components.ground import Ground

_NEXT = (
    "have the domain above {domain} delegate to these name servers, write delegated: true at edge.zone, and bring "
    "the stack up again: certificate and load balancer wait for it"
)


class Edge(pulumi.ComponentResource):
    """The way in: a name, its certificate, a load balancer that waits for the gateway's pods, and CloudFront if asked.

    A zone that the world does not see yet is made alone: ACM looks for its proof in the world, gives up after three
    days, and no load balancer takes a certificate that is not signed.

    Args:
        settings: the edge.
        ground: where it is.
        us_east_1: the provider of what CloudFront takes from there, as options; the ground's own, in that region.
        network: what joins the load balancer's subnets to the internet, which AWS asks for.

    Attributes:
        told: what the layers below are told of it, a `ReachedEdge` as plain data; values may be outputs.
    """

    told: dict[str, Any]

    def __init__(
        self,
        name: str,
        settings: EdgeSettings,
        ground: Ground,
        us_east_1: pulumi.ResourceOptions,
        network: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Edge", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._us_east_1, self._network = us_east_1, network
        self._child = pulumi.ResourceOptions(parent=self)
        self._zone_id, self.told, seen = self._make_zone()
        self._sign_by_amazon_only()
        self.told |= self._open(seen) if settings.is_open else {}
        self.register_outputs(self.told)

    def _make_zone(self) -> tuple[pulumi.Input[str], dict[str, Any], list[pulumi.Resource]]:
        """Return the zone's id, what is told of it, and what makes the world see it."""
        settings = self._settings
        told: dict[str, Any] = {"domain": settings.domain}
        if not isinstance(settings.zone, MadeZone):
            return settings.zone.id, {**told, "zoneId": settings.zone.id}, []
        zone = aws.route53.Zone(
            f"{self._name}-zone",
            name=settings.domain,
            comment=f"Agents of {self._ground.cluster}",
            # The domain above names its name servers, and another zone would have others.
            opts=pulumi.ResourceOptions(parent=self, protect=self._ground.protect),
        )
        told |= {"zoneId": zone.zone_id, "nameServers": zone.name_servers}
        if not settings.is_open:
            told["next"] = _NEXT.format(domain=settings.domain)
        return zone.zone_id, told, self._delegate(settings.zone, zone)

    def _delegate(self, settings: MadeZone, zone: aws.route53.Zone) -> list[pulumi.Resource]:
        if settings.parent is None:
            return []
        return [
            aws.route53.Record(
                f"{self._name}-delegation",
                zone_id=settings.parent,
                **routing.delegation(self._settings.domain, zone.name_servers),
                opts=self._child,
            )
        ]

    def _sign_by_amazon_only(self) -> None:
        if self._settings.only_amazon_signs and self._settings.owns_records:
            self._record("authorities", routing.authorities(self._settings.domain))

    def _open(self, seen: list[pulumi.Resource]) -> dict[str, Any]:
        """Make certificate and load balancer once the zone can be seen, and lead clients there."""
        settings = self._settings
        owned = self._zone_id if settings.owns_records else None
        certificate = Certificate(f"{self._name}-tls", settings.domain, owned, seen, opts=self._child)
        balancer = EdgeBalancer(
            f"{self._name}-entry",
            settings,
            self._ground,
            certificate.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*self._network]),
        )
        if isinstance(settings.entry, Cdn):
            self._lead_to_cdn(self._make_cdn(settings.entry, balancer, certificate, seen))
        else:
            self._lead_to_balancer(balancer, settings.entry.failover if isinstance(settings.entry, Public) else None)
        return {
            "url": f"https://{settings.domain}",
            "targetGroupArn": balancer.target_group_arn,
            "balancerSecurityGroupId": balancer.group_id,
            "gatewayPort": settings.gateway.port,
            "gatewayHealthPort": settings.gateway.health_port,
        }

    def _make_cdn(
        self, entry: Cdn, balancer: EdgeBalancer, certificate: Certificate, seen: list[pulumi.Resource]
    ) -> EdgeCdn:
        """Make the distribution; where the cluster is elsewhere, with a certificate of its own in us-east-1."""
        domain, arn = self._settings.domain, certificate.arn
        if self._ground.region != CDN_REGION:
            there = pulumi.ResourceOptions(parent=self, provider=self._us_east_1.provider)
            arn = Certificate(f"{self._name}-cdn-tls", domain, None, [*seen, *certificate.proof], opts=there).arn
        return EdgeCdn(f"{self._name}-cdn", domain, entry, balancer, arn, self._us_east_1, opts=self._child)

    def _lead_to_cdn(self, cdn: EdgeCdn) -> None:
        for role, name in routing.names(self._settings.domain).items():
            for each, kind in ((role, "A"), (f"{role}-ipv6", "AAAA")):
                record = routing.alias(name, cdn.dns_name, cdn.zone_id, kind, follow_health=False)
                self._record(each, record)

    def _lead_to_balancer(self, balancer: EdgeBalancer, failover: Failover | None) -> None:
        """Lead all names to the load balancer; with other regions', while this region is healthy."""
        settings, region = self._settings, self._ground.region
        check = self._check_health(balancer, failover) if failover else None
        for role, name in routing.names(settings.domain).items():
            record = routing.alias(name, balancer.dns_name, balancer.zone_id)
            if failover and check:
                record = routing.shared(record, failover, region, check.id)
            self._record(role, record)

    def _check_health(self, balancer: EdgeBalancer, failover: Failover) -> aws.route53.HealthCheck:
        settings, region = self._settings, self._ground.region
        own = routing.regional_name(region, settings.domain)
        self._record("region", routing.alias(own, balancer.dns_name, balancer.zone_id))
        return aws.route53.HealthCheck(
            f"{self._name}-health", **routing.health_check(settings, failover, region), opts=self._child
        )

    def _record(self, role: str, record: dict[str, Any]) -> None:
        aws.route53.Record(
            f"{self._name}-{role}",
            zone_id=self._zone_id,
            **record,
            # Route 53 takes no record beside one of the same name that is shared in another way.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
