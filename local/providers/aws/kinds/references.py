"""Properties that name another resource wherever they stand, and the types they may name.

A key `service:property` speaks of one service's types only. A type's own table overrules these.
"""

from __future__ import annotations

from collections.abc import Mapping

VPC = ("ec2/vpc:Vpc",)
SUBNET = ("ec2/subnet:Subnet",)
SECURITY_GROUP = ("ec2/securityGroup:SecurityGroup",)
ROUTE_TABLE = ("ec2/routeTable:RouteTable",)
ROLE = ("iam/role:Role", "iam/serviceLinkedRole:ServiceLinkedRole")
KEY = ("kms/key:Key", "kms/replicaKey:ReplicaKey", "kms/alias:Alias")
CLUSTER = ("eks/cluster:Cluster",)
BUCKET = ("s3/bucket:Bucket",)
FILE_SYSTEM = ("efs/fileSystem:FileSystem",)
LOAD_BALANCER = ("lb/loadBalancer:LoadBalancer",)
TARGET_GROUP = ("lb/targetGroup:TargetGroup",)
CERTIFICATE = ("acm/certificate:Certificate",)
LAUNCH_TEMPLATE = ("ec2/launchTemplate:LaunchTemplate",)
VAULT = ("backup/vault:Vault",)
REPOSITORY = ("ecr/repository:Repository",)
SECRET = ("secretsmanager/secret:Secret",)

GENERAL_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "vpcId": VPC,
    "subnetId": SUBNET,
    "subnetIds": SUBNET,
    "clientSubnets": SUBNET,
    "lb:subnets": SUBNET,
    "vpcZoneIdentifiers": SUBNET,
    "securityGroupId": SECURITY_GROUP,
    "securityGroupIds": SECURITY_GROUP,
    "vpcSecurityGroupIds": SECURITY_GROUP,
    "sourceSecurityGroupId": SECURITY_GROUP,
    "referencedSecurityGroupId": SECURITY_GROUP,
    "lb:securityGroups": SECURITY_GROUP,
    "efs:securityGroups": SECURITY_GROUP,
    "ec2:securityGroups": SECURITY_GROUP,
    "msk:securityGroups": SECURITY_GROUP,
    "routeTableId": ROUTE_TABLE,
    "routeTableIds": ROUTE_TABLE,
    "natGatewayId": ("ec2/natGateway:NatGateway",),
    "egressOnlyGatewayId": ("ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",),
    "allocationId": ("ec2/eip:Eip",),
    "secondaryAllocationIds": ("ec2/eip:Eip",),
    "networkAclId": ("ec2/networkAcl:NetworkAcl",),
    "vpcEndpointId": ("ec2/vpcEndpoint:VpcEndpoint",),
    "dhcpOptionsId": ("ec2/vpcDhcpOptions:VpcDhcpOptions",),
    "kmsKeyId": KEY,
    "kmsKeyArn": KEY,
    "kmsKey": KEY,
    "keyArn": KEY,
    "kmsMasterKeyId": KEY,
    "kmsMasterKeyArn": KEY,
    "encryptionAtRestKmsKeyArn": KEY,
    "kms:keyId": KEY,
    "ssm:keyId": KEY,
    "targetKeyId": ("kms/key:Key", "kms/replicaKey:ReplicaKey"),
    "roleArn": ROLE,
    "iamRoleArn": ROLE,
    "nodeRoleArn": ROLE,
    "podExecutionRoleArn": ROLE,
    "serviceAccountRoleArn": ROLE,
    "serviceLinkedRoleArn": ROLE,
    "monitoringRoleArn": ROLE,
    "customRoleArn": ROLE,
    "iam:role": ROLE,
    "s3:role": ROLE,
    "iam:policyArn": ("iam/policy:Policy",),
    "permissionsBoundary": ("iam/policy:Policy",),
    "eks:clusterName": CLUSTER,
    "s3:bucket": BUCKET,
    "targetBucket": BUCKET,
    "ecr:repository": REPOSITORY,
    "fileSystemId": FILE_SYSTEM,
    "loadBalancerArn": LOAD_BALANCER,
    "targetGroupArn": TARGET_GROUP,
    "targetGroupArns": TARGET_GROUP,
    "listenerArn": ("lb/listener:Listener",),
    "certificateArn": CERTIFICATE,
    "acmCertificateArn": CERTIFICATE,
    "launchTemplate.id": LAUNCH_TEMPLATE,
    "backupVaultName": VAULT,
    "targetVaultName": VAULT,
    "planId": ("backup/plan:Plan",),
    "route53:zoneId": ("route53/zone:Zone",),
    "healthCheckId": ("route53/healthCheck:HealthCheck",),
    "secretId": SECRET,
    "secretArn": SECRET,
    "queueUrl": ("sqs/queue:Queue",),
    "topicArn": ("sns/topic:Topic",),
    "autoscalingGroupName": ("autoscaling/group:Group",),
    "monitorArnLists": ("costexplorer/anomalyMonitor:AnomalyMonitor",),
    "originAccessControlId": ("cloudfront/originAccessControl:OriginAccessControl",),
    "dbSubnetGroupName": ("rds/subnetGroup:SubnetGroup",),
    "elasticache:subnetGroupName": ("elasticache/subnetGroup:SubnetGroup",),
    "elasticache:userIds": ("elasticache/user:User",),
    "elasticache:userGroupIds": ("elasticache/userGroup:UserGroup",),
    "elasticache:userGroupId": ("elasticache/userGroup:UserGroup",),
}
