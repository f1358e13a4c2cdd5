"""AWS's own rules: references, what is unique, and what each service asks for."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.local.aws.plugin import Made, Plugin, refused
from tests.local.aws.world import POLICY, TRUST, World
from tests.local.providers.plugin import CallFailedError

NOBODYS = "0" * 17
ROLE = {"assumeRolePolicy": TRUST}


@pytest.mark.parametrize(
    ("token", "news", "code"),
    [
        ("ec2/subnet:Subnet", {"vpcId": f"vpc-{NOBODYS}", "cidrBlock": "10.0.0.0/24"}, "InvalidVpcID.NotFound"),
        ("ec2/natGateway:NatGateway", {"subnetId": f"subnet-{NOBODYS}"}, "InvalidSubnetID.NotFound"),
        (
            "ec2/route:Route",
            {"routeTableId": f"rtb-{NOBODYS}", "destinationCidrBlock": "0.0.0.0/0"},
            "InvalidRouteTableID.NotFound",
        ),
        ("ec2/launchTemplate:LaunchTemplate", {"vpcSecurityGroupIds": [f"sg-{NOBODYS}"]}, "InvalidGroup.NotFound"),
        (
            "ec2/launchTemplate:LaunchTemplate",
            {"networkInterfaces": [{"securityGroups": [f"sg-{NOBODYS}"]}]},
            "InvalidGroup.NotFound",
        ),
        (
            "iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "nobody", "policyArn": "arn:aws:iam::aws:policy/X"},
            "NoSuchEntity",
        ),
        ("kms/alias:Alias", {"targetKeyId": "nothing"}, "NotFoundException"),
        (
            "cloudwatch/logGroup:LogGroup",
            {"kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/nothing"},
            "NotFoundException",
        ),
        ("s3/bucketPolicy:BucketPolicy", {"bucket": "nothing", "policy": POLICY}, "NoSuchBucket"),
        ("eks/addon:Addon", {"clusterName": "nothing", "addonName": "coredns"}, "ResourceNotFoundException"),
        (
            "efs/fileSystem:FileSystem",
            {"kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/nothing"},
            "NotFoundException",
        ),
        (
            "ecr/lifecyclePolicy:LifecyclePolicy",
            {"repository": "nothing", "policy": "{}"},
            "RepositoryNotFoundException",
        ),
    ],
)
def test_a_reference_to_what_nobody_made_is_refused_in_aws_words(
    plugin: Plugin, token: str, news: dict[str, Any], code: str
) -> None:
    with pytest.raises(CallFailedError, match=r"existing\.json") as error:
        plugin.make(token, news)
    assert refused(error.value) == code
    assert plugin.inventory() == []


def test_a_reference_to_a_thing_of_another_kind_is_refused_and_says_so(world: World, plugin: Plugin) -> None:
    news = {"subnetId": world["ec2/vpc:Vpc"].id, "connectivityType": "private"}
    with pytest.raises(CallFailedError, match=r"It has the form of a ec2\.Vpc") as error:
        plugin.make("ec2/natGateway:NatGateway", news)
    assert refused(error.value) == "InvalidSubnetID.NotFound"


def test_a_value_in_the_form_of_an_id_is_looked_up_where_no_table_speaks_of_the_property(plugin: Plugin) -> None:
    destination = {"vpcId": f"vpc-{NOBODYS}", "logDestination": "arn:aws:s3:::nobodys-bucket", "trafficType": "ALL"}
    vpc = plugin.make("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    with pytest.raises(CallFailedError, match="NoSuchBucket"):
        plugin.make("ec2/flowLog:FlowLog", {**destination, "vpcId": vpc.id})


def test_what_belongs_to_aws_or_to_another_account_is_taken_as_it_is(world: World, plugin: Plugin) -> None:
    role = world["iam/role:Role"]
    for arn in ("arn:aws:iam::aws:policy/AmazonEKSClusterPolicy", "arn:aws:iam::999999999999:policy/theirs"):
        plugin.make("iam/rolePolicyAttachment:RolePolicyAttachment", {"role": role.id, "policyArn": arn}, arn)


def test_a_name_an_arn_and_an_id_all_name_the_same_thing(world: World, plugin: Plugin) -> None:
    key = world["kms/key:Key"]
    for number, name in enumerate((key.id, key["arn"])):
        plugin.make("cloudwatch/logGroup:LogGroup", {"kmsKeyId": name}, f"l{number}")
    alias = plugin.make("kms/alias:Alias", {"name": "alias/own", "targetKeyId": key.id})
    plugin.make("sqs/queue:Queue", {"kmsMasterKeyId": alias["name"]})
    group = world["cloudwatch/logGroup:LogGroup"]
    news = {
        "vpcId": world["ec2/vpc:Vpc"].id,
        "logDestination": f"{group['arn']}:*",
        "iamRoleArn": world["iam/role:Role"]["arn"],
    }
    plugin.make("ec2/flowLog:FlowLog", news)


def test_what_exists_outside_of_the_stacks_can_be_listed_and_is_never_deleted(folder: Path) -> None:
    vpc, subnet = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0"
    listed = [
        {"type": "aws:ec2/vpc:Vpc", "id": vpc, "state": {"cidrBlock": "10.0.0.0/16"}},
        {"type": "aws:ec2/subnet:Subnet", "id": subnet, "state": {"vpcId": vpc, "availabilityZone": "eu-central-1a"}},
    ]
    folder.mkdir()
    (folder / "existing.json").write_text(json.dumps(listed))
    plugin = Plugin(folder)
    made = plugin.make("ec2/natGateway:NatGateway", {"subnetId": subnet, "connectivityType": "private"})
    assert made["vpcId"] == vpc
    with pytest.raises(CallFailedError, match="not theirs to delete"):
        plugin.delete(Made("ec2/vpc:Vpc", "it", vpc, {}, {}))
    assert len(Plugin(folder).inventory()) == 3


def test_what_exists_outside_of_the_stacks_is_imported_with_what_a_program_would_ask_for(folder: Path) -> None:
    state = {"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/24", "arn": "arn:aws:ec2:::subnet/one"}
    folder.mkdir()
    (folder / "existing.json").write_text(json.dumps([{"type": "aws:ec2/subnet:Subnet", "id": "one", "state": state}]))
    found = Plugin(folder).read("ec2/subnet:Subnet", "one")
    assert found is not None
    assert found.inputs == {"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/24"}
    assert found.state == state


def test_an_unusable_list_of_what_exists_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "existing.json").write_text('[{"type": "aws:ec2/vpc:Vpc", "id": "vpc-1", "state": {"cidr": "x"}}]')
    with pytest.raises(CallFailedError, match="has no output cidr"):
        Plugin(folder)


@pytest.mark.parametrize(
    ("token", "news", "code"),
    [
        ("iam/role:Role", {**ROLE, "name": "n"}, "EntityAlreadyExists"),
        ("s3/bucket:Bucket", {"bucket": "name"}, "BucketAlreadyOwnedByYou"),
        ("cloudwatch/logGroup:LogGroup", {"name": "n"}, "ResourceAlreadyExistsException"),
        ("ecr/repository:Repository", {"name": "n"}, "RepositoryAlreadyExistsException"),
        ("sqs/queue:Queue", {"name": "n"}, "QueueAlreadyExists"),
        ("ec2/launchTemplate:LaunchTemplate", {"name": "n"}, "InvalidLaunchTemplateName.AlreadyExistsException"),
        ("secretsmanager/secret:Secret", {"name": "n"}, "ResourceExistsException"),
        ("dynamodb/table:Table", {"name": "n"}, "ResourceInUseException"),
    ],
)
def test_a_name_that_is_taken_is_refused_until_it_is_free(
    plugin: Plugin, token: str, news: dict[str, Any], code: str
) -> None:
    first = plugin.make(token, news, "first")
    with pytest.raises(CallFailedError, match="'first'") as error:
        plugin.make(token, news, "second")
    assert refused(error.value) == code
    plugin.delete(first)
    plugin.make(token, news, "second")


def test_regions_have_names_of_their_own_and_accounts_share_those_of_iam(plugin: Plugin) -> None:
    plugin.make("sqs/queue:Queue", {"name": "n"}, "a")
    plugin.make("sqs/queue:Queue", {"name": "n", "region": "us-east-1"}, "b")


@pytest.mark.parametrize(
    ("block", "zone", "code"),
    [
        ("10.0.0.128/25", "eu-central-1b", "InvalidSubnet.Conflict"),
        ("10.1.0.0/24", "eu-central-1b", "InvalidSubnet.Range"),
        ("10.0.4.0/29", "eu-central-1b", "InvalidSubnet.Range"),
        ("10.0.4.7/24", "eu-central-1b", "InvalidParameterValue"),
        ("10.0.4.0/24", "us-east-1a", "InvalidParameterValue"),
    ],
)
def test_a_subnet_fits_into_its_vpc_beside_the_others(
    world: World, plugin: Plugin, block: str, zone: str, code: str
) -> None:
    news = {"vpcId": world["ec2/subnet:Subnet"]["vpcId"], "cidrBlock": block, "availabilityZone": zone}
    with pytest.raises(CallFailedError) as error:
        plugin.make("ec2/subnet:Subnet", news)
    assert refused(error.value) == code


def test_a_cluster_needs_two_zones(world: World, plugin: Plugin) -> None:
    news = {**world.inputs("eks/cluster:Cluster"), "vpcConfig": {"subnetIds": [world["ec2/subnet:Subnet"].id]}}
    with pytest.raises(CallFailedError, match="at least two different AZs"):
        plugin.make("eks/cluster:Cluster", news)


def test_auto_mode_is_three_switches_that_move_together(world: World, plugin: Plugin) -> None:
    news = {**world.inputs("eks/cluster:Cluster"), "computeConfig": {"enabled": True}}
    with pytest.raises(CallFailedError, match="storageConfig"):
        plugin.make("eks/cluster:Cluster", news)
    plugin.make(
        "eks/cluster:Cluster",
        {
            **news,
            "bootstrapSelfManagedAddons": False,
            "storageConfig": {"blockStorage": {"enabled": True}},
            "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        },
    )


def test_access_entries_need_a_cluster_that_takes_them(world: World, plugin: Plugin) -> None:
    news = {**world.inputs("eks/cluster:Cluster"), "accessConfig": {"authenticationMode": "CONFIG_MAP"}}
    cluster = plugin.make("eks/cluster:Cluster", news)
    entry = {"clusterName": cluster.id, "principalArn": world["iam/role:Role"]["arn"]}
    with pytest.raises(CallFailedError, match="authentication mode"):
        plugin.make("eks/accessEntry:AccessEntry", entry)


def test_a_trust_in_a_role_that_is_not_there_is_refused(plugin: Plugin) -> None:
    arn = "arn:aws:iam::111122223333:role/nobody"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "*"}]}
    for token, news in (
        ("iam/role:Role", {"assumeRolePolicy": json.dumps(trust)}),
        ("kms/key:Key", {"policy": json.dumps(trust)}),
    ):
        with pytest.raises(CallFailedError, match="Invalid principal in policy"):
            plugin.make(token, news)


def test_a_certificate_that_nobody_can_validate_does_not_hang(world: World, plugin: Plugin) -> None:
    certificate = world["acm/certificate:Certificate"]
    with pytest.raises(CallFailedError, match=r"PENDING_VALIDATION.*route53\.Record"):
        plugin.make("acm/certificateValidation:CertificateValidation", {"certificateArn": certificate.id})


def test_text_of_the_programs_own_is_no_reference(plugin: Plugin) -> None:
    news = {"cidrBlock": "10.0.0.0/16", "tags": {"peer": f"vpc-{NOBODYS}", "role": "arn:aws:iam::111122223333:role/x"}}
    assert plugin.make("ec2/vpc:Vpc", news).id


def test_a_wrong_name_is_quoted_as_it_is(plugin: Plugin) -> None:
    with pytest.raises(CallFailedError, match=r"No cluster found for name: a\{name\}b"):
        plugin.make("eks/addon:Addon", {"clusterName": "a{name}b", "addonName": "coredns"})
