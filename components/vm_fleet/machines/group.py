"""A fleet's launch template, group, scaling and alarm, as plain data."""

import base64
from collections.abc import Sequence
from typing import Any

from components.config.vm_fleet import CpuLoad, VmFleetSettings
from components.ground import Ground
from components.vm_fleet import names
from components.vm_fleet.scraping import FLEET_TAG

_ROOT_DEVICE = "/dev/xvda"
_LAUNCH_BEFORE_TERMINATE = 110
_METRICS = [
    *("GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity", "GroupInServiceInstances"),
    *("GroupPendingInstances", "GroupTerminatingInstances"),
]


def launch_template(
    settings: VmFleetSettings, ground: Ground, group_id: Any, profile_arn: Any, key_arn: Any, user_data: str
) -> dict[str, Any]:
    """Return what machines start from. There is no key pair: people come by SSM.

    Args:
        settings: the fleet.
        ground: where it is.
        group_id: the machines' security group.
        profile_arn: their instance profile.
        key_arn: the key of their disks.
        user_data: what they do at their first start.
    """
    disk = {
        "volume_type": "gp3",
        "volume_size": settings.disk_gi,
        "encrypted": "true",
        "kms_key_id": key_arn,
        "delete_on_termination": "true",
    }
    tags = machine_tags(settings, ground)
    return {
        "name": settings.name,
        "image_id": settings.ami,
        "instance_type": settings.instance_type,
        "vpc_security_group_ids": [group_id],
        "iam_instance_profile": {"arn": profile_arn},
        "block_device_mappings": [{"device_name": _ROOT_DEVICE, "ebs": disk}],
        "metadata_options": {"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        "monitoring": {"enabled": True},
        "ebs_optimized": "true",
        "user_data": base64.b64encode(user_data.encode()).decode(),
        "tag_specifications": [{"resource_type": kind, "tags": tags} for kind in ("volume", "network-interface")],
        "tags": names.tags(settings),
    }


def machine_tags(settings: VmFleetSettings, ground: Ground) -> dict[str, str]:
    """Return the tags of machines and of what is attached to them."""
    return {**ground.tags, **names.tags(settings), FLEET_TAG: settings.name}


def scaling_group(
    settings: VmFleetSettings, ground: Ground, target_group_arn: Any, alarms: Sequence[Any]
) -> dict[str, Any]:
    """Return the group, apart from its launch template.

    Args:
        settings: the fleet.
        ground: where it is.
        target_group_arn: what machines join; it also says who is healthy.
        alarms: names of the alarms by which the old machines come back.
    """
    tags = machine_tags(settings, ground)
    return {
        "name": settings.name,
        "min_size": settings.machines.least,
        "max_size": settings.machines.most,
        "desired_capacity": settings.machines.least,
        "vpc_zone_identifiers": list(ground.private_subnet_ids),
        "target_group_arns": [target_group_arn],
        "health_check_type": "ELB",
        "health_check_grace_period": settings.health.grace_seconds,
        "default_instance_warmup": settings.refresh.warmup_seconds,
        "min_elb_capacity": settings.machines.least,
        "wait_for_capacity_timeout": f"{settings.health.grace_seconds + 600}s",
        "enabled_metrics": _METRICS,
        "instance_refresh": {"strategy": "Rolling", "preferences": _preferences(settings, alarms)},
        "tags": [{"key": key, "value": value, "propagate_at_launch": True} for key, value in sorted(tags.items())],
    }


def scaling(settings: VmFleetSettings, group_name: Any, resource_label: Any) -> dict[str, Any]:
    """Return the policy by which the group follows the load.

    Args:
        settings: the fleet.
        group_name: the group.
        resource_label: `<load balancer>/<target group>`, by their names in CloudWatch.
    """
    load = settings.load
    if isinstance(load, CpuLoad):
        metric, target = {"predefined_metric_type": "ASGAverageCPUUtilization"}, load.percent
    else:
        metric = {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": resource_label}
        target = load.per_minute
    return {
        "name": "follow-load",
        "autoscaling_group_name": group_name,
        "policy_type": "TargetTrackingScaling",
        "target_tracking_configuration": {"target_value": float(target), "predefined_metric_specification": metric},
    }


def failures(settings: VmFleetSettings, name: str, above: int, balancer: Any, targets: Any) -> dict[str, Any]:
    """Return the alarm that rings when requests fail: in two of three minutes more than a share of all.

    A request that no machine could take counts too, which AWS leaves out of the number of requests.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html

    Args:
        settings: the fleet.
        name: the alarm's name.
        above: the share, in percent.
        balancer: the load balancer's name in CloudWatch.
        targets: the target group's.
    """
    of_balancer = {"LoadBalancer": balancer}
    of_targets = {**of_balancer, "TargetGroup": targets}
    failed = "FILL(failed, 0) + FILL(untaken, 0)"
    return {
        "name": name,
        "alarm_description": f"More than {above} % of the requests to {settings.name} fail",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": float(above),
        "evaluation_periods": 3,
        "datapoints_to_alarm": 2,
        "treat_missing_data": "notBreaching",
        "metric_queries": [
            {
                "id": "share",
                "expression": f"100 * ({failed}) / (FILL(requests, 0) + FILL(untaken, 0))",
                "label": "Failed requests in percent",
                "return_data": True,
            },
            _sum("requests", "RequestCount", of_targets),
            _sum("failed", "HTTPCode_Target_5XX_Count", of_targets),
            _sum("untaken", "HTTPCode_ELB_5XX_Count", of_balancer),
        ],
        "tags": names.tags(settings),
    }


def _preferences(settings: VmFleetSettings, alarms: Sequence[Any]) -> dict[str, Any]:
    refresh = settings.refresh
    return {
        "min_healthy_percentage": refresh.min_healthy_percent,
        "max_healthy_percentage": _LAUNCH_BEFORE_TERMINATE if refresh.min_healthy_percent == 100 else 100,
        "instance_warmup": str(refresh.warmup_seconds),
        "skip_matching": True,
        "auto_rollback": True,
        **({"alarm_specification": {"alarms": list(alarms)}} if alarms else {}),
    }


def _sum(identifier: str, metric: str, dimensions: dict[str, Any]) -> dict[str, Any]:
    asked = {"namespace": "AWS/ApplicationELB", "metric_name": metric, "stat": "Sum", "period": 60}
    return {"id": identifier, "metric": {**asked, "dimensions": dimensions}}
