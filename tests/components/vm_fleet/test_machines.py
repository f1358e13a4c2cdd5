"""The machines of a fleet: what they are, what they may do, how many there are, and how they are replaced."""

import base64
import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.bootstrap import permissions
from components.bootstrap.names import Names
from components.config.fleets import LONGEST_TOGETHER
from components.vm_fleet.component import VmFleet
from components.vm_fleet.names import alarm_name, bucket_name, role_name
from components.vm_fleet.scraping import FLEET_TAG
from tests.components.aws_recording import ACCOUNT, REGION, Cloud, recording, run
from tests.components.bootstrap.iam import allows
from tests.components.bootstrap.making import settings as bootstrap
from tests.components.vm_fleet.making import (
    AGENT,
    BOUNDARY,
    FILEBEAT,
    KEY,
    PRIVATE,
    REGISTRY,
    SECRET,
    everything,
    ground,
    logstash,
    made_with,
    settings,
)


def group(cloud: Cloud) -> dict[str, Any]:
    return cloud.one("autoscaling/group:Group").inputs


def allowed(cloud: Cloud) -> dict[str, Any]:
    """Return the actions that the fleet's own policy allows, each with its statement."""
    statements = json.loads(cloud.one("iam/policy:Policy").inputs["policy"])["Statement"]
    found: dict[str, Any] = {}
    for statement in statements:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        found |= {action: statement for action in actions if statement["Effect"] == "Allow"}
    return found


class TestWhatTheyStartFrom:
    def test_is_the_given_image_and_type_with_an_encrypted_disk(self, made: Cloud) -> None:
        template = made.one("LaunchTemplate").inputs
        assert (template["imageId"], template["instanceType"]) == ("ami-0123456789abcdef0", "t3.medium")
        (disk,) = template["blockDeviceMappings"]
        assert disk["ebs"] == {
            "volumeType": "gp3",
            "volumeSize": 30,
            "encrypted": "true",
            "kmsKeyId": made.named("recommender-machines-disks-key").outputs["arn"],
            "deleteOnTermination": "true",
        }

    def test_has_a_metadata_service_for_the_machine_alone_and_no_key_pair(self, either: Cloud) -> None:
        template = either.one("LaunchTemplate").inputs
        assert template["metadataOptions"]["httpTokens"] == "required"
        assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
        assert template["monitoring"] == {"enabled": True}
        assert "keyName" not in template

    def test_tells_whose_disks_and_machines_are(self, made: Cloud) -> None:
        template = made.one("LaunchTemplate").inputs
        machine = {tag["key"]: tag["value"] for tag in group(made)["tags"] if tag["propagateAtLaunch"]}
        assert machine[FLEET_TAG] == "recommender"
        assert (machine["owner"], machine["team"]) == ("platform", "storefront")
        assert {each["resourceType"]: each["tags"] for each in template["tagSpecifications"]} == {
            "volume": machine,
            "network-interface": machine,
        }

    def test_is_its_user_data_in_base64(self, made: Cloud) -> None:
        text = base64.b64decode(made.one("LaunchTemplate").inputs["userData"]).decode()
        assert text.startswith("#cloud-config\n")
        assert AGENT in text


class TestWhatTheyMayDo:
    def test_ends_at_the_boundary(self, either: Cloud) -> None:
        assert either.one("iam/role:Role").inputs["permissionsBoundary"] == BOUNDARY

    def test_is_to_pull_their_own_images_of_ecr(self, made: Cloud) -> None:
        repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/agents/recommender"
        assert allowed(made)["ecr:BatchGetImage"]["Resource"] == [repository]
        mirrored = made_with(settings(logstash=logstash(filebeatImage=FILEBEAT.replace("docker.elastic.co", REGISTRY))))
        assert allowed(mirrored)["ecr:BatchGetImage"]["Resource"] == [
            repository,
            f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/beats/filebeat",
        ]

    def test_is_to_read_the_named_secrets_and_to_open_these_with_the_key(self, made: Cloud) -> None:
        may = allowed(made)
        assert may["secretsmanager:GetSecretValue"]["Resource"] == [SECRET]
        assert may["kms:Decrypt"]["Resource"] == KEY
        assert may["kms:Decrypt"]["Condition"]["StringEquals"] == {
            "kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com",
            "kms:EncryptionContext:SecretARN": [SECRET],
        }

    def test_is_to_read_the_secrets_also_where_the_machine_image_brings_the_agent(self) -> None:
        cloud = made_with(settings(image=None, secrets={"model-api": SECRET}))
        assert set(allowed(cloud)) == {"secretsmanager:GetSecretValue", "kms:Decrypt"}

    def test_is_nothing_of_that_where_there_are_no_secrets_and_no_images_of_ecr(self) -> None:
        assert allowed(made_with(settings(image=None))) == {}

    def test_is_to_take_part_in_sessions_but_to_read_no_parameters(self, made: Cloud) -> None:
        attached = {each.inputs["policyArn"] for each in made.of_type("RolePolicyAttachment")}
        own = made.one("iam/policy:Policy").outputs["arn"]
        assert attached == {own, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
        *_, denied = json.loads(made.one("iam/policy:Policy").inputs["policy"])["Statement"]
        assert (denied["Effect"], denied["Resource"]) == ("Deny", "*")
        assert set(denied["Action"]) == {"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"}


class TestHowManyThereAre:
    def test_is_between_the_bounds_and_left_to_the_load(self, either: Cloud) -> None:
        inputs = group(either)
        assert (inputs["minSize"], inputs["maxSize"], inputs["desiredCapacity"]) == (2, 10, 2)
        assert either.one("autoscaling/group:Group").ignore_changes == ("desiredCapacity",)

    def test_follows_the_processors(self, made: Cloud) -> None:
        policy = made.one("autoscaling/policy:Policy").inputs
        assert policy["policyType"] == "TargetTrackingScaling"
        assert policy["targetTrackingConfiguration"] == {
            "targetValue": 60,
            "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
        }

    def test_follows_the_requests(self) -> None:
        cloud = made_with(settings(load={"kind": "requests", "perMinute": 600}))
        assert cloud.one("autoscaling/policy:Policy").inputs["targetTrackingConfiguration"] == {
            "targetValue": 600,
            "predefinedMetricSpecification": {
                "predefinedMetricType": "ALBRequestCountPerTarget",
                "resourceLabel": "app/recommender/50dc6c495c0c9188/targetgroup/recommender-0123456789/73e2d6bc24d8a067",
            },
        }


class TestHowTheyAreReplaced:
    def test_when_the_load_balancer_finds_no_healthy_agent_after_the_time_to_start(self, made: Cloud) -> None:
        inputs = group(made)
        assert (inputs["healthCheckType"], inputs["healthCheckGracePeriod"]) == ("ELB", 300)
        assert inputs["targetGroupArns"] == [made.one("targetGroup:TargetGroup").outputs["arn"]]
        assert inputs["vpcZoneIdentifiers"] == PRIVATE

    def test_new_ones_come_before_old_ones_go(self, either: Cloud) -> None:
        preferences = group(either)["instanceRefresh"]["preferences"]
        assert group(either)["instanceRefresh"]["strategy"] == "Rolling"
        assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (100, 110)
        assert preferences["instanceWarmup"] == "300"

    def test_old_ones_go_first_where_fewer_may_serve(self) -> None:
        preferences = group(made_with(settings(refresh={"minHealthyPercent": 50})))["instanceRefresh"]["preferences"]
        assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (50, 100)

    def test_by_a_numbered_version_that_can_be_gone_back_to(self, made: Cloud) -> None:
        assert group(made)["launchTemplate"]["version"] == "1"
        assert group(made)["instanceRefresh"]["preferences"]["autoRollback"] is True

    def test_old_ones_come_back_when_requests_fail(self, made: Cloud) -> None:
        alarm = made.one("MetricAlarm").inputs
        assert group(made)["instanceRefresh"]["preferences"]["alarmSpecification"] == {"alarms": [alarm["name"]]}
        assert (alarm["comparisonOperator"], alarm["threshold"]) == ("GreaterThanThreshold", 5)
        assert alarm["treatMissingData"] == "notBreaching"
        dimensions = {each["metric"]["metricName"]: each["metric"]["dimensions"] for each in alarm["metricQueries"][1:]}
        balancer = made.one("loadBalancer:LoadBalancer").outputs["arnSuffix"]
        both = {"LoadBalancer": balancer, "TargetGroup": made.one("targetGroup:TargetGroup").outputs["arnSuffix"]}
        assert dimensions == {
            "RequestCount": both,
            "HTTPCode_Target_5XX_Count": both,
            "HTTPCode_ELB_5XX_Count": {"LoadBalancer": balancer},
        }
        expression = alarm["metricQueries"][0]["expression"]
        assert all(each["id"] in expression for each in alarm["metricQueries"][1:])

    def test_a_fix_gets_through_an_outage_where_no_alarm_is_wanted(self) -> None:
        cloud = made_with(settings(refresh={"rollbackAbovePercent": None}))
        assert cloud.of_type("MetricAlarm") == []
        assert "alarmSpecification" not in group(cloud)["instanceRefresh"]["preferences"]


def test_machines_wait_for_whatever_they_need_to_become_healthy(either: Cloud) -> None:
    needed = {
        *(each.urn for each in either.of_type("RolePolicyAttachment")),
        *(each.urn for each in either.of_type("SecurityGroupEgressRule")),
        either.named("recommender-machines-in-from-balancer").urn,
        either.named("recommender-balancer-https").urn,
    }
    assert needed <= either.one("autoscaling/group:Group").dependencies


def test_machines_wait_for_the_networks_way_out() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        way_out = aws.ec2.Route("way-out", route_table_id="rtb-1", opts=opts)
        VmFleet("recommender", everything(), ground(after=[way_out]), opts)

    with recording(preview=False) as cloud:
        run(program)
    assert cloud.named("way-out").urn in cloud.one("autoscaling/group:Group").dependencies


def test_autoscaling_may_open_the_disks_and_its_role_is_there_before_their_key_names_it(made: Cloud) -> None:
    policy = json.loads(made.named("recommender-machines-disks-key").inputs["policy"])
    users = {each["Principal"]["AWS"] for each in policy["Statement"] if each["Sid"].startswith("Autoscaling")}
    role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    assert users == {f"arn:aws:iam::{ACCOUNT}:{role}"}

    def program(opts: pulumi.ResourceOptions) -> None:
        linked = aws.iam.ServiceLinkedRole("linked", aws_service_name="autoscaling.amazonaws.com", opts=opts)
        VmFleet("recommender", everything(), ground(after=[linked]), opts)

    with recording(preview=False) as cloud:
        run(program)
    assert cloud.named("linked").urn in cloud.named("recommender-machines-disks").dependencies


def test_the_pipeline_may_make_what_iam_tells_apart_by_name(made: Cloud) -> None:
    fleet, where, pipeline = settings(), ground(), Names.of(bootstrap())
    role, alarm, bucket = role_name(fleet, where), alarm_name(fleet, where), bucket_name(fleet, where)
    of_iam = [each for each in made.registered if each.type.startswith("aws:iam/")]
    assert {each.inputs["name"] for each in of_iam if "name" in each.inputs} == {role}
    assert made.one("MetricAlarm").inputs["name"] == alarm
    assert made.one("s3/bucket:Bucket").inputs["bucket"] == bucket
    bounded = {"iam:PermissionsBoundary": pipeline.boundary_arn}
    for action, arn, context in (
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/{role}", bounded),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{role}", {"iam:PassedToService": "ec2.amazonaws.com"}),
        ("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/{role}", {}),
        ("iam:CreateInstanceProfile", f"arn:aws:iam::{ACCOUNT}:instance-profile/{role}", {}),
        ("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}", {}),
        ("s3:CreateBucket", f"arn:aws:s3:::{bucket}", {}),
    ):
        assert allows(permissions.changing(pipeline), action, arn, context), action


@pytest.mark.parametrize(
    "name",
    ["backup", "nodes", "control", "machines", "scaler", "dns", "vpc-cni", "ebs-csi", "efs-csi", "bucket-copies"],
)
def test_a_fleet_has_the_name_of_no_role_of_the_cluster(name: str) -> None:
    fleet = role_name(settings(name=name), ground())
    assert fleet != f"{ground().cluster}-{REGION}-{name}"
    assert fleet.startswith(f"{ground().cluster}-{REGION}-vm-")


def test_the_longest_names_fit() -> None:
    fleet, where = settings(name="f" * 6), ground(cluster="c" * (LONGEST_TOGETHER - 6), region="ap-southeast-1")
    assert len(role_name(fleet, where)) <= 64
    assert len(bucket_name(fleet, where)) <= 63
