"""Load balancers and auto scaling groups: how traffic gets in, and machines for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.kinds.names import unproved
from local.providers.aws.making import Making

_SUBNET = "aws:ec2/subnet:Subnet"
_LISTENER_HEADERS = " ".join(
    [
        *(
            f"routingHttpRequestXAmznMtlsClientcert{part}HeaderName"
            for part in ("", "Issuer", "Leaf", "SerialNumber", "Subject", "Validity")
        ),
        *(f"routingHttpRequestXAmznTls{part}HeaderName" for part in ("CipherSuite", "Version")),
        *(
            f"routingHttpResponse{part}HeaderValue"
            for part in (
                "AccessControlAllowCredentials",
                "AccessControlAllowHeaders",
                "AccessControlAllowMethods",
                "AccessControlAllowOrigin",
                "AccessControlExposeHeaders",
                "AccessControlMaxAge",
                "ContentSecurityPolicy",
                "StrictTransportSecurity",
                "XContentTypeOptions",
                "XFrameOptions",
            )
        ),
    ]
)


def _letters(making: Making) -> str:
    return {"network": "net", "gateway": "gwy"}.get(making.values.get("loadBalancerType", "application"), "app")


def _balancer_arn(making: Making) -> str:
    return making.text(
        f"arn:{{partition}}:elasticloadbalancing:{{region}}:{{account}}:loadbalancer/{_letters(making)}/{{name}}/{{hex16}}"
    )


def _suffix(making: Making) -> str:
    """What CloudWatch names it by: the ARN from the type on."""
    start = str(making.values["arn"]).split(":", 5)[5]
    return start.removeprefix("loadbalancer/")


def _dns_name(making: Making) -> str:
    name = f"{'internal-' if making.values.get('internal') else ''}{making.values['name']}-{making.digits('dns', 10)}"
    middle = f"elb.{making.region}" if _letters(making) == "net" else f"{making.region}.elb"
    return f"{name}.{middle}.amazonaws.com".lower()


def _zone_of_balancers(making: Making) -> str:
    return f"Z{making.shared(f'{_letters(making)} zone')[:13].upper()}"


def _subnets(making: Making) -> list[str]:
    mapped = [item["subnetId"] for item in making.values.get("subnetMappings") or []]
    return making.values.get("subnets") or mapped


def _vpc(making: Making) -> Any:
    subnets = _subnets(making)
    return making.find(subnets[0], _SUBNET).get("vpcId", "") if subnets else ""


def _zones(making: Making) -> None:
    subnets = _subnets(making)
    zones = [making.find(subnet, _SUBNET).get("availabilityZone") for subnet in subnets]
    if len(set(zones)) < len(zones):
        raise AwsError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if _letters(making) == "app" and len(zones) < 2:
        raise AwsError("ValidationError", "At least two subnets in two different Availability Zones must be specified")


def _takes_its_certificate(making: Making) -> None:
    certificate = making.find(making.values.get("certificateArn"), "aws:acm/certificate:Certificate")
    if certificate and (why := unproved(making, certificate)):
        raise AwsError(
            "UnsupportedCertificate",
            f"The certificate '{certificate['arn']}' must have a fully-qualified domain name, a supported signature, "
            f"and a supported key size.\nIt is not signed yet: {why}",
        )


def _under(parent: str, noun: str) -> Any:
    """A rule: the ARN of a listener, or of a rule, repeats its parent's."""

    def arn(making: Making) -> str:
        rest = str(making.values[parent]).split(":", 5)[5].split("/", 1)[1]
        return making.text(f"arn:{{partition}}:elasticloadbalancing:{{region}}:{{account}}:{noun}/{rest}/{{hex16}}")

    return arn


def _priority(making: Making) -> int:
    taken = [
        int(row.state.get("priority") or 0)
        for row in making.transaction.live("aws:lb/listenerRule:ListenerRule")
        if row.state.get("listenerArn") == making.values["listenerArn"]
    ]
    return max(taken, default=0) + 1


KINDS: Mapping[str, Kind] = {
    "lb/loadBalancer:LoadBalancer": Kind(
        id=_balancer_arn,
        name_limit=32,
        replaces="name namePrefix internal loadBalancerType subnetMappings customerOwnedIpv4Pool",
        outputs={
            "arn": "{id}",
            "arnSuffix": _suffix,
            "dnsName": _dns_name,
            "zoneId": _zone_of_balancers,
            "vpcId": _vpc,
            "ipAddressType": "ipv4",
            "internal": False,
            "subnets": _subnets,
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": lambda m: "on" if _letters(m) == "net" else "",
            "enablePrefixForIpv6SourceNat": lambda m: "off" if _letters(m) == "net" else "",
        },
        empty="namePrefix securityGroups subnetMappings secondaryIpsAutoAssignedPerSubnet",
        unique=("name",),
        exists=(
            "DuplicateLoadBalancerName: A load balancer with the same name '{name}' exists, but with different settings"
        ),
        missing="LoadBalancerNotFound: Load balancer '{value}' not found",
        protected={
            "enableDeletionProtection": (
                "OperationNotPermitted: Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            )
        },
        on_create=(_zones,),
        arn="elasticloadbalancing:{region}:{account}:loadbalancer/{name}",
    ),
    "lb/targetGroup:TargetGroup": Kind(
        id="arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}",
        name_limit=32,
        replaces="name namePrefix port protocol targetType vpcId ipAddressType protocolVersion targetControlPort",
        outputs={
            "arn": "{id}",
            "arnSuffix": _suffix,
            "ipAddressType": "ipv4",
            "loadBalancingAlgorithmType": "round_robin",
            "loadBalancingAnomalyMitigation": "off",
            "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
            "protocolVersion": lambda m: "HTTP1" if m.values.get("protocol") in ("HTTP", "HTTPS") else "",
            "preserveClientIp": lambda m: "true" if m.values.get("protocol") in ("TCP", "TLS") else "",
            "healthCheck": {
                "enabled": True,
                "healthyThreshold": 3,
                "interval": 30,
                "port": "traffic-port",
                "unhealthyThreshold": 3,
            },
        },
        empty=(
            "connectionTermination loadBalancerArns namePrefix stickiness targetFailovers targetGroupHealth "
            "targetHealthStates"
        ),
        unique=("name",),
        exists=(
            "DuplicateTargetGroupName: A target group with the same name '{name}' exists, but with different settings"
        ),
        missing="TargetGroupNotFound: Target groups '{value}' not found",
        in_use="ResourceInUse: Target group '{arn}' is currently in use by a listener or a rule",
        held_by=("lb/listener:Listener", "lb/listenerRule:ListenerRule"),
        arn="elasticloadbalancing:{region}:{account}:targetgroup/{name}",
    ),
    "lb/listener:Listener": Kind(
        id=_under("loadBalancerArn", "listener"),
        replaces="loadBalancerArn",
        outputs={
            "arn": "{id}",
            "protocol": "HTTP",
            "routingHttpResponseServerEnabled": True,
            "tcpIdleTimeoutSeconds": 350,
            "sslPolicy": lambda m: "ELBSecurityPolicy-2016-08" if m.values.get("protocol") in ("HTTPS", "TLS") else "",
        },
        empty=f"mutualAuthentication {_LISTENER_HEADERS}",
        unique=("loadBalancerArn", "port"),
        exists="DuplicateListener: A listener already exists on this port for this load balancer",
        missing="ListenerNotFound: One or more listeners not found: {value}",
        on_create=(_takes_its_certificate,),
        arn="elasticloadbalancing:{region}:{account}:listener/{name}",
    ),
    "lb/listenerCertificate:ListenerCertificate": Kind(
        id="{listenerArn}_{certificateArn}",
        replaces="certificateArn listenerArn",
        unique=("certificateArn", "listenerArn"),
    ),
    "lb/listenerRule:ListenerRule": Kind(
        id=_under("listenerArn", "listener-rule"),
        replaces="listenerArn priority",
        outputs={"arn": "{id}", "priority": _priority},
        unique=("listenerArn", "priority"),
        exists="PriorityInUse: Priority '{priority}' is currently in use",
    ),
    "autoscaling/group:Group": Kind(
        id="{name}",
        arn="autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
        replaces="name namePrefix",
        outputs={
            "desiredCapacity": lambda m: m.values["minSize"],
            "defaultCooldown": 300,
            "healthCheckType": "EC2",
            "availabilityZones": lambda m: sorted(
                {
                    m.find(subnet, _SUBNET).get("availabilityZone", "")
                    for subnet in m.values.get("vpcZoneIdentifiers") or []
                }
            ),
            "serviceLinkedRoleArn": (
                "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/"
                "AWSServiceRoleForAutoScaling"
            ),
            "predictedCapacity": 0,
            "warmPoolSize": 0,
            "availabilityZoneDistribution": {"capacityDistributionStrategy": "balanced-best-effort"},
        },
        empty=(
            "capacityReservationSpecification instanceLifecyclePolicy launchTemplate loadBalancers "
            "mixedInstancesPolicy "
            "namePrefix targetGroupArns trafficSources vpcZoneIdentifiers"
        ),
        unique=("name",),
        exists="AlreadyExists: AutoScalingGroup by this name already exists: {name}",
        missing="ValidationError: AutoScalingGroup name not found - AutoScalingGroup '{value}' not found",
    ),
    "autoscaling/policy:Policy": Kind(
        id="{name}",
        arn="autoscaling:{region}:{account}:scalingPolicy:{uuid}:autoScalingGroupName/{autoscalingGroupName}:policyName/{name}",
        replaces="name autoscalingGroupName",
        empty="metricAggregationType",
        unique=("autoscalingGroupName", "name"),
    ),
    "autoscaling/attachment:Attachment": Kind(
        id="{autoscalingGroupName}-{digits18}",
        replaces="autoscalingGroupName elb lbTargetGroupArn",
        refers={"lbTargetGroupArn": ("lb/targetGroup:TargetGroup",)},
    ),
    "autoscaling/schedule:Schedule": Kind(
        id="{scheduledActionName}",
        arn=(
            "autoscaling:{region}:{account}:scheduledUpdateGroupAction:{uuid}:autoScalingGroupName/"
            "{autoscalingGroupName}:scheduledActionName/{scheduledActionName}"
        ),
        replaces="autoscalingGroupName scheduledActionName",
        empty="desiredCapacity endTime maxSize minSize recurrence startTime timeZone",
        unique=("autoscalingGroupName", "scheduledActionName"),
    ),
    "autoscaling/lifecycleHook:LifecycleHook": Kind(
        id="{name}",
        replaces="name autoscalingGroupName",
        outputs={"defaultResult": "ABANDON"},
        unique=("autoscalingGroupName", "name"),
    ),
    "autoscaling/tag:Tag": Kind(
        id="{autoscalingGroupName},{tag[key]}",
        replaces="autoscalingGroupName tag.key",
        unique=("autoscalingGroupName", "tag"),
    ),
}
