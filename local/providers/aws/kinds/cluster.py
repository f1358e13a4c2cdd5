"""EKS: the control plane, node groups, add-ons, who may enter, which pods have which role."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from local.providers.aws import control_plane, nodes
from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.kinds import versions
from local.providers.aws.making import Making

_CLUSTER = "aws:eks/cluster:Cluster"
_VERSION = "1.35"
"""What EKS makes of a cluster without a version."""
_ADD_ON_FROM = {"coredns": "v1.12.4-eksbuild.1", "kube-proxy": "v1.35.0-eksbuild.1", "vpc-cni": "v1.20.4-eksbuild.1"}
_MISSING_CLUSTER = "ResourceNotFoundException: No cluster found for name: {value}."


def _certificate(making: Making) -> dict[str, str]:
    """The local control plane's; without one, text in the form of such data that is no certificate."""
    if plane := control_plane.given():
        return {"data": plane.authority_data}
    body = f"rehearsed certificate authority of {making.values['name']}, {making.hex('ca', 40)}\n"
    return {"data": base64.b64encode(body.encode()).decode()}


def _identity(making: Making) -> list[Any]:
    issuer = f"https://oidc.eks.{making.region}.amazonaws.com/id/{making.hex('oidc', 32).upper()}"
    return [{"oidcs": [{"issuer": issuer}]}]


def _endpoint(making: Making) -> str:
    if plane := control_plane.given():
        return plane.endpoint
    host, shard = making.hex("endpoint", 32).upper(), making.hex("shard", 2)
    return f"https://{host}.{shard}.{making.region}.eks.amazonaws.com"


def _vpc(making: Making) -> Any:
    subnets = making.values["vpcConfig"]["subnetIds"]
    return making.find(subnets[0], "aws:ec2/subnet:Subnet").get("vpcId", "")


def _one_control_plane(making: Making) -> None:
    """A local control plane stands in for one cluster."""
    others = [row for row in making.transaction.live(_CLUSTER) if row.id != making.values["id"] and not row.is_outside]
    if others and control_plane.given():
        raise AwsError(
            "ResourceLimitExceeded",
            f"The rehearsal has one control plane, and the cluster {others[0].id} has it: rehearse the other cluster "
            "in a folder and with a control plane of its own",
        )


def _two_zones(making: Making) -> None:
    subnets = making.values["vpcConfig"]["subnetIds"]
    found = [making.find(subnet, "aws:ec2/subnet:Subnet") for subnet in subnets]
    zones = {state.get("availabilityZone") for state in found}
    if len(zones) < 2:
        raise AwsError(
            "InvalidParameterException",
            f"Subnets specified must be in at least two different AZs; these are in {', '.join(map(str, zones))}",
        )
    if len({state.get("vpcId") for state in found}) > 1:
        raise AwsError("InvalidParameterException", "Subnets specified must all be in one VPC")


def _modes_agree(making: Making) -> None:
    """Auto Mode is three switches that move together."""
    values = making.values
    switches = {
        "computeConfig.enabled": (values.get("computeConfig") or {}).get("enabled"),
        "kubernetesNetworkConfig.elasticLoadBalancing.enabled": (
            (values.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}
        ).get("enabled"),
        "storageConfig.blockStorage.enabled": ((values.get("storageConfig") or {}).get("blockStorage") or {}).get(
            "enabled"
        ),
    }
    if len({bool(switch) for switch in switches.values()}) > 1:
        shown = ", ".join(f"{name} is {value}" for name, value in switches.items())
        raise AwsError(
            "InvalidParameterException", f"For EKS Auto Mode, please ensure that all of these are on, or none: {shown}"
        )
    if switches["computeConfig.enabled"] and values.get("bootstrapSelfManagedAddons", True):
        raise AwsError(
            "InvalidParameterException", "bootstrapSelfManagedAddons must be false when EKS Auto Mode is enabled"
        )


def _sizes(making: Making) -> None:
    scaling = making.values["scalingConfig"]
    if not scaling["minSize"] <= scaling["desiredSize"] <= scaling["maxSize"]:
        raise AwsError(
            "InvalidParameterException",
            f"Minimum capacity {scaling['minSize']}, desired capacity {scaling['desiredSize']} and maximum capacity "
            f"{scaling['maxSize']} must stand in this order",
        )


def _version_of_cluster(making: Making) -> Any:
    return making.find(making.values["clusterName"], _CLUSTER).get("version", _VERSION)


def _group_arn(making: Making) -> str:
    values = making.values
    return making.text(
        f"arn:{{partition}}:eks:{{region}}:{{account}}:nodegroup/{values['clusterName']}/{values['nodeGroupName']}/{{uuid}}",
        "arn",
    )


def _group_resources(making: Making) -> list[Any]:
    name = making.text("eks-{nodeGroupName}-{uuid}", "resources")
    return [{"autoscalingGroups": [{"name": name}], "remoteAccessSecurityGroupId": ""}]


def _add_on_version(making: Making) -> str:
    return _ADD_ON_FROM.get(making.values["addonName"], "v1.0.0-eksbuild.1")


def _needs_entries(making: Making) -> None:
    access = making.find(making.values["clusterName"], _CLUSTER).get("accessConfig") or {}
    if access.get("authenticationMode", "CONFIG_MAP") == "CONFIG_MAP":
        raise AwsError(
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform "
            "this operation.",
        )


def _needs_entry(making: Making) -> None:
    _needs_entries(making)
    values = making.values
    if (
        making.transaction.get("aws:eks/accessEntry:AccessEntry", f"{values['clusterName']}:{values['principalArn']}")
        is None
    ):
        raise AwsError(
            "ResourceNotFoundException", f"The specified principalArn could not be found. You can view your available "
            f"access entries with 'list-access-entries'.\nMake an eks.AccessEntry for {values['principalArn']} first"
        )  # fmt: skip


def _session(making: Making) -> str:
    return making.text("arn:{partition}:sts::{account}:assumed-role/", "user") + _role_name(making) + "/{{SessionName}}"


def _role_name(making: Making) -> str:
    return str(making.values["principalArn"]).rpartition("/")[2]


KINDS: Mapping[str, Kind] = {
    "eks/cluster:Cluster": Kind(
        id="{name}",
        arn="eks:{region}:{account}:cluster/{name}",
        replaces=(
            "name roleArn bootstrapSelfManagedAddons outpostConfig encryptionConfig "
            "accessConfig.bootstrapClusterCreatorAdminPermissions kubernetesNetworkConfig.ipFamily "
            "kubernetesNetworkConfig.serviceIpv4Cidr"
        ),
        name_limit=100,
        outputs={
            "version": _VERSION,
            "platformVersion": "eks.1",
            "status": "ACTIVE",
            "endpoint": _endpoint,
            "certificateAuthority": _certificate,
            "identities": _identity,
            "vpcConfig.clusterSecurityGroupId": "sg-{hex17}",
            "vpcConfig.vpcId": _vpc,
            "accessConfig": {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True},
            "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"},
            "kubernetesNetworkConfig.serviceIpv4Cidr": "172.20.0.0/16",
            "kubernetesNetworkConfig.ipFamily": "ipv4",
            "upgradePolicy": {"supportType": "EXTENDED"},
            "controlPlaneScalingConfig": {"tier": "standard"},
        },
        empty=(
            "clusterId computeConfig storageConfig deletionProtection kubeApiServerConfig kubeControllerManagerConfig "
            "kubeSchedulerConfig"
        ),
        unique=("name",),
        exists="ResourceInUseException: Cluster already exists with name: {name}",
        holds={"vpcConfig.clusterSecurityGroupId": "ec2/securityGroup:SecurityGroup"},
        handles=("{name}",),
        refers={"computeConfig.nodeRoleArn": ("iam/role:Role",)},
        missing=_MISSING_CLUSTER,
        in_use="ResourceInUseException: Cluster has nodegroups attached",
        held_by=("eks/nodeGroup:NodeGroup", "eks/fargateProfile:FargateProfile"),
        protected={
            "deletionProtection": "InvalidRequestException: Cluster {name} has deletion protection enabled. Disable "
            "deletion protection before deleting the cluster"
        },
        on_create=(_two_zones, _modes_agree, _one_control_plane),
        on_update=versions.step,
    ),
    "eks/nodeGroup:NodeGroup": Kind(
        id="{clusterName}:{nodeGroupName}",
        name="nodeGroupName",
        name_limit=63,
        replaces=(
            "clusterName nodeGroupName nodeGroupNamePrefix nodeRoleArn subnetIds amiType capacityType diskSize "
            "instanceTypes remoteAccess launchTemplate.id launchTemplate.name"
        ),
        outputs={
            "arn": _group_arn,
            "status": "ACTIVE",
            "version": _version_of_cluster,
            "releaseVersion": lambda m: f"{m.values['version']}.0-20260818",
            "amiType": "AL2023_x86_64_STANDARD",
            "capacityType": "ON_DEMAND",
            "updateConfig": {"maxUnavailable": 1, "updateStrategy": "DEFAULT"},
            "resources": _group_resources,
            "diskSize": lambda m: 0 if m.values.get("launchTemplate") else 20,
            "instanceTypes": lambda m: [] if m.values.get("launchTemplate") else ["t3.medium"],
        },
        empty="nodeGroupNamePrefix nodeRepairConfig",
        holds={"resources.0.autoscalingGroups.0.name": "autoscaling/group:Group"},
        unique=("clusterName", "nodeGroupName"),
        exists=(
            "ResourceInUseException: NodeGroup already exists with name {nodeGroupName} and cluster name {clusterName}"
        ),
        on_create=(_sizes, versions.not_newer),
        follow=nodes.follow,
    ),
    "eks/fargateProfile:FargateProfile": Kind(
        id="{clusterName}:{fargateProfileName}",
        name="fargateProfileName",
        replaces="clusterName fargateProfileName podExecutionRoleArn selectors subnetIds",
        outputs={
            "arn": "arn:{partition}:eks:{region}:{account}:fargateprofile/{clusterName}/{fargateProfileName}/{uuid}",
            "status": "ACTIVE",
        },
        unique=("clusterName", "fargateProfileName"),
    ),
    "eks/addon:Addon": Kind(
        id="{clusterName}:{addonName}",
        replaces="clusterName addonName namespaceConfig",
        outputs={
            "arn": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
            "addonVersion": _add_on_version,
        },
        empty="configurationValues namespaceConfig",
        unique=("clusterName", "addonName"),
        exists="ResourceInUseException: Addon already exists.",
    ),
    "eks/accessEntry:AccessEntry": Kind(
        id="{clusterName}:{principalArn}",
        replaces="clusterName principalArn type",
        outputs={
            "accessEntryArn": lambda m: m.text(
                f"arn:{{partition}}:eks:{{region}}:{{account}}:access-entry/{{clusterName}}/role/{{account}}/{_role_name(m)}/{{uuid}}",
                "arn",
            ),
            "userName": _session,
        },
        empty="kubernetesGroups",
        unique=("clusterName", "principalArn"),
        exists="ResourceInUseException: The specified access entry resource is already in use on this cluster.",
        refers={"principalArn": ("iam/role:Role",), "userName": (), "kubernetesGroups": ()},
        on_create=(_needs_entries,),
    ),
    "eks/accessPolicyAssociation:AccessPolicyAssociation": Kind(
        id="{clusterName}#{principalArn}#{policyArn}",
        replaces="clusterName principalArn policyArn",
        unique=("clusterName", "principalArn", "policyArn"),
        refers={"principalArn": ("iam/role:Role",), "policyArn": ()},
        on_create=(_needs_entry,),
    ),
    "eks/podIdentityAssociation:PodIdentityAssociation": Kind(
        id="a-{hex17}",
        replaces="clusterName namespace serviceAccount",
        outputs={
            "associationId": "{id}",
            "associationArn": "arn:{partition}:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}",
            "disableSessionTags": False,
            "externalId": lambda m: (
                ""
                if not m.values.get("targetRoleArn")
                else m.text("{region}/{account}/{clusterName}/{namespace}/{serviceAccount}")
            ),
        },
        unique=("clusterName", "namespace", "serviceAccount"),
        exists=(
            "ResourceInUseException: Association already exists for service account {serviceAccount} in namespace "
            "{namespace}"
        ),
        refers={"targetRoleArn": ("iam/role:Role",)},
    ),
}
