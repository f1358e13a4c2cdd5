"""What may be deleted when: nothing that is in use, nothing that is protected."""

import pytest

from tests.local.aws.plugin import Plugin, refused
from tests.local.aws.world import World
from tests.local.providers.plugin import CallFailedError

HELD = [
    ("ec2/vpc:Vpc", "ec2/subnet:Subnet", "DependencyViolation"),
    ("ec2/vpc:Vpc", "ec2/internetGateway:InternetGateway", "DependencyViolation"),
    ("ec2/subnet:Subnet", "ec2/natGateway:NatGateway", "DependencyViolation"),
    ("ec2/subnet:Subnet", "eks/cluster:Cluster", "DependencyViolation"),
    ("ec2/eip:Eip", "ec2/natGateway:NatGateway", "InvalidIPAddress.InUse"),
    ("ec2/routeTable:RouteTable", "ec2/routeTableAssociation:RouteTableAssociation", "DependencyViolation"),
    ("iam/role:Role", "iam/rolePolicyAttachment:RolePolicyAttachment", "DeleteConflict"),
    ("iam/role:Role", "iam/rolePolicy:RolePolicy", "DeleteConflict"),
    ("iam/policy:Policy", "iam/rolePolicyAttachment:RolePolicyAttachment", "DeleteConflict"),
    ("eks/cluster:Cluster", "eks/nodeGroup:NodeGroup", "ResourceInUseException"),
    ("efs/fileSystem:FileSystem", "efs/mountTarget:MountTarget", "FileSystemInUse"),
    ("route53/zone:Zone", "route53/record:Record", "HostedZoneNotEmpty"),
    ("s3/bucket:Bucket", "s3/bucketObjectv2:BucketObjectv2", "BucketNotEmpty"),
    ("backup/plan:Plan", "backup/selection:Selection", "InvalidRequestException"),
    ("rds/cluster:Cluster", "rds/clusterInstance:ClusterInstance", "InvalidDBClusterStateFault"),
    ("cloudwatch/eventRule:EventRule", "cloudwatch/eventTarget:EventTarget", "ValidationException"),
]


@pytest.mark.parametrize(("held", "holder", "code"), HELD)
def test_what_is_in_use_stays_until_its_user_is_gone(
    world: World, plugin: Plugin, held: str, holder: str, code: str
) -> None:
    target = world[held]
    news = {**world.inputs(holder), **({"vpcId": world["ec2/vpc:Vpc"].id} if "nternetGateway" in holder else {})}
    user = plugin.make(holder, news, "user")
    with pytest.raises(CallFailedError, match="delete that first") as error:
        plugin.delete(target)
    assert refused(error.value) == code
    assert "'user'" in str(error.value)
    plugin.delete(user)
    plugin.delete(target)


def test_a_security_group_is_held_by_the_rules_of_others_and_not_by_its_own(world: World, plugin: Plugin) -> None:
    vpc = {"vpcId": world["ec2/vpc:Vpc"].id}
    mine, other = (plugin.make("ec2/securityGroup:SecurityGroup", vpc, name) for name in ("mine", "other"))
    ingress = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    plugin.make(ingress, {"securityGroupId": mine.id, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}, "own")
    rule = plugin.make(
        ingress, {"securityGroupId": other.id, "ipProtocol": "-1", "referencedSecurityGroupId": mine.id}, "rule"
    )
    with pytest.raises(CallFailedError, match="DependencyViolation"):
        plugin.delete(mine)
    plugin.delete(rule)
    plugin.delete(mine)


def test_an_internet_gateway_stays_while_its_vpc_has_public_addresses(world: World, plugin: Plugin) -> None:
    gateway = plugin.make("ec2/internetGateway:InternetGateway", {"vpcId": world["ec2/vpc:Vpc"].id})
    nat = world["ec2/natGateway:NatGateway"]
    with pytest.raises(CallFailedError, match="mapped public address"):
        plugin.delete(gateway)
    plugin.delete(nat)
    plugin.delete(gateway)


@pytest.mark.parametrize(
    ("token", "switch", "code"),
    [
        ("eks/cluster:Cluster", "deletionProtection", "InvalidRequestException"),
        ("lb/loadBalancer:LoadBalancer", "enableDeletionProtection", "OperationNotPermitted"),
        ("dynamodb/table:Table", "deletionProtectionEnabled", "ValidationException"),
        ("rds/cluster:Cluster", "deletionProtection", "InvalidParameterCombination"),
    ],
)
def test_deletion_protection_protects_until_it_is_off(
    world: World, plugin: Plugin, token: str, switch: str, code: str
) -> None:
    news = world.inputs(token)
    made = plugin.make(token, {**news, switch: True})
    with pytest.raises(CallFailedError) as error:
        plugin.delete(made)
    assert refused(error.value) == code
    plugin.delete(plugin.update(made, {**made.inputs, switch: False}))


def test_a_bucket_with_objects_goes_when_it_is_forced(plugin: Plugin) -> None:
    bucket = plugin.make("s3/bucket:Bucket", {"bucket": "data", "forceDestroy": True})
    plugin.make("s3/bucketObjectv2:BucketObjectv2", {"bucket": bucket.id, "key": "k"})
    plugin.delete(bucket)


def test_deleting_what_is_gone_is_no_error_and_updating_it_is(plugin: Plugin) -> None:
    made = plugin.make("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    plugin.delete(made)
    plugin.delete(made)
    with pytest.raises(CallFailedError, match="pulumi refresh"):
        plugin.update(made, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
