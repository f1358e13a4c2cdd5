"""CloudFront before a private load balancer as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.bucket import PrivateBucket
from components.config.entry import Cdn, ExistingWebAcl
from components.edge import distribution, firewall, routing
from components.edge.balancer.component import EdgeBalancer


class EdgeCdn(pulumi.ComponentResource):
    """A distribution whose only way in is private, behind a web ACL, with its log.

    Args:
        domain: what clients call.
        entry: its settings.
        balancer: the load balancer.
        certificate_arn: the certificate for the domain, in us-east-1.
        us_east_1: the provider of what CloudFront takes from there; as options.

    Attributes:
        dns_name: the name that AWS gave it.
        zone_id: the hosted zone of that name.
    """

    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        domain: str,
        entry: Cdn,
        balancer: EdgeBalancer,
        certificate_arn: pulumi.Input[str],
        us_east_1: pulumi.ResourceOptions,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:EdgeCdn", name, None, opts)
        self._name, self._called = name, balancer.global_name
        self._child = pulumi.ResourceOptions(parent=self)
        self._in_us_east_1 = pulumi.ResourceOptions(parent=self, provider=us_east_1.provider)
        made = self._distribute(domain, entry, balancer, certificate_arn)
        self._log(made, balancer.log_bucket)
        self.dns_name, self.zone_id = made.domain_name, made.hosted_zone_id
        self.register_outputs({"dnsName": self.dns_name})

    def _distribute(
        self, domain: str, entry: Cdn, balancer: EdgeBalancer, certificate_arn: pulumi.Input[str]
    ) -> aws.cloudfront.Distribution:
        way_in = aws.cloudfront.VpcOrigin(
            f"{self._name}-way-in", **distribution.vpc_origin(self._called, balancer.arn), opts=self._child
        )
        headers = aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-headers", **distribution.response_headers(self._called), opts=self._child
        )
        return aws.cloudfront.Distribution(
            f"{self._name}-distribution",
            **distribution.distribution(
                self._called,
                list(routing.names(domain).values()),
                entry,
                origin=distribution.origin(balancer.dns_name, way_in.id, entry.longest_silence_seconds),
                certificate_arn=certificate_arn,
                headers_policy_id=headers.id,
                web_acl_arn=self._keep_out(entry),
            ),
            opts=self._child,
        )

    def _keep_out(self, entry: Cdn) -> pulumi.Input[str]:
        if isinstance(entry.web_acl, ExistingWebAcl):
            return entry.web_acl.arn
        return aws.wafv2.WebAcl(
            f"{self._name}-firewall", **firewall.web_acl(self._called, entry.web_acl), opts=self._in_us_east_1
        ).arn

    def _log(self, made: aws.cloudfront.Distribution, bucket: PrivateBucket) -> None:
        """Have it told who called: which CloudFront tells from us-east-1, wherever the bucket is."""
        source = aws.cloudwatch.LogDeliverySource(
            f"{self._name}-log-source",
            name=self._called,
            log_type="ACCESS_LOGS",
            resource_arn=made.arn,
            opts=self._in_us_east_1,
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{self._name}-log-destination",
            name=self._called,
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": bucket.arn},
            # A bucket that lets it write has its policy left alone.
            opts=pulumi.ResourceOptions(parent=self, provider=self._in_us_east_1.provider, depends_on=bucket.ready),
        )
        folders: Any = {"suffix_path": "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", "enable_hive_compatible_path": False}
        aws.cloudwatch.LogDelivery(
            f"{self._name}-log",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            s3_delivery_configurations=[folders],
            opts=self._in_us_east_1,
        )
