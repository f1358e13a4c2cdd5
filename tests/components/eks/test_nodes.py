"""The nodes: what they start from, what they may do, where they stand."""

import base64
import json
from email import message_from_string
from typing import Any

import pytest

from components.config.layering import Layer
from components.config.node_groups import NodeGroup
from components.eks.nodes import machines
from tests.components.aws_recording import Cloud
from tests.components.eks.making import cluster, environment, made


def group(**changes: Any) -> NodeGroup:
    base = {"name": "general", "role": "general", "instanceTypes": ["m7i.xlarge"], "min": 1, "max": 3}
    return NodeGroup.model_validate({**base, **changes})


@pytest.mark.parametrize(
    ("image", "changes"),
    [
        ("AL2023_x86_64_STANDARD", {}),
        ("AL2023_ARM_64_STANDARD", {"instanceTypes": ["m7g.large"]}),
        ("AL2023_x86_64_NVIDIA", {"role": "gpu", "instanceTypes": ["g6.xlarge"]}),
        ("BOTTLEROCKET_x86_64", {"operatingSystem": "bottlerocket"}),
        ("BOTTLEROCKET_ARM_64", {"operatingSystem": "bottlerocket", "instanceTypes": ["c7g.large"]}),
        (
            "BOTTLEROCKET_x86_64_NVIDIA",
            {"operatingSystem": "bottlerocket", "role": "gpu", "instanceTypes": ["g5.xlarge"]},
        ),
    ],
)
def test_the_image_follows_from_system_architecture_and_gpus(image: str, changes: dict[str, Any]) -> None:
    assert machines.ami_type(group(**changes)) == image


def test_metadata_wants_a_token_and_never_reaches_a_pod(either: Cloud) -> None:
    templates = either.of_type("launchTemplate:LaunchTemplate")
    assert len(templates) == 5
    for template in templates:
        assert template.inputs["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        }
        assert template.inputs["monitoring"] == {"enabled": True}


def test_every_disk_is_encrypted_with_the_key_that_autoscaling_may_use(up: Cloud) -> None:
    key = up.named("cluster-nodes-disks-key")
    disks = [m["ebs"] for t in up.of_type("launchTemplate:LaunchTemplate") for m in t.inputs["blockDeviceMappings"]]
    assert {disk["kmsKeyId"] for disk in disks} == {key.outputs["arn"]}
    assert {(disk["encrypted"], disk["volumeType"]) for disk in disks} == {("true", "gp3")}
    _, uses, grants = json.loads(key.inputs["policy"])["Statement"]
    role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    assert uses["Principal"] == grants["Principal"] == {"AWS": role}
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_bottlerocket_has_its_data_on_a_disk_beside_its_system() -> None:
    disks = machines.launch_template(group(operatingSystem="bottlerocket", diskGi=300), "c", "key", {})
    sizes = {each["device_name"]: each["ebs"]["volume_size"] for each in disks["block_device_mappings"]}
    assert sizes == {"/dev/xvda": 4, "/dev/xvdb": 300}


def test_machines_disks_and_interfaces_carry_the_owners_tags(either: Cloud) -> None:
    specifications = either.named("cluster-nodes-gpu-template").inputs["tagSpecifications"]
    assert [each["resourceType"] for each in specifications] == ["instance", "network-interface", "volume"]
    for each in specifications:
        assert each["tags"]["owner"] == "platform-team"
        assert each["tags"]["Name"] == "agent-platform-prod-gpu"


def test_a_node_is_told_how_many_pods_prefixes_allow() -> None:
    _, part = message_from_string(machines.user_data(group())).walk()
    assert part.get_content_type() == "application/node.eks.aws"
    assert json.loads(str(part.get_payload()))["spec"] == {"kubelet": {"config": {"maxPods": 110}}}
    assert "max-pods = 250" in machines.user_data(group(operatingSystem="bottlerocket", instanceTypes=["m7i.8xlarge"]))


def test_user_data_reach_aws_in_base64() -> None:
    template = machines.launch_template(group(), "c", "key", {})
    assert base64.b64decode(template["user_data"]).decode() == machines.user_data(group())


def test_gpu_nodes_are_labelled_as_their_driver_would_and_repel_other_pods(either: Cloud) -> None:
    inputs = either.named("cluster-nodes-gpu").inputs
    assert inputs["labels"]["nvidia.com/gpu.present"] == "true"
    assert inputs["labels"]["nvidia.com/gpu.product"] == "NVIDIA-L4"
    assert inputs["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]


def test_an_autoscaler_may_change_the_number_of_nodes_and_nothing_else(either: Cloud) -> None:
    for found in either.of_type("nodeGroup:NodeGroup"):
        assert found.ignore_changes == ("scalingConfig.desiredSize",)
    assert either.named("cluster-nodes-gpu").inputs["scalingConfig"] == {"minSize": 0, "desiredSize": 2, "maxSize": 6}
    assert either.named("cluster-nodes-general").inputs["scalingConfig"]["desiredSize"] == 3


def test_groups_stand_in_the_private_subnets_of_their_zones(up: Cloud) -> None:
    private = {letter: up.named(f"network-private-{letter}").outputs["id"] for letter in "abc"}
    assert up.named("cluster-nodes-general").inputs["subnetIds"] == list(private.values())
    assert up.named("cluster-nodes-storage").inputs["subnetIds"] == [private["a"], private["b"]]


def test_nodes_may_join_and_pull_images_and_nothing_else(up: Cloud) -> None:
    role = up.named("cluster-nodes-role").inputs["name"]
    attached = {
        r.inputs["policyArn"].rpartition("/")[2]
        for r in up.of_type("rolePolicyAttachment:RolePolicyAttachment")
        if r.inputs["role"] == role
    }
    assert attached == {"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}


def test_a_group_says_how_it_is_bought_updated_and_repaired(either: Cloud) -> None:
    spot, gpu = (either.named(f"cluster-nodes-{name}").inputs for name in ("spot", "gpu"))
    assert (spot["capacityType"], gpu["capacityType"]) == ("SPOT", "ON_DEMAND")
    assert gpu["updateConfig"] == {"updateStrategy": "MINIMAL", "maxUnavailablePercentage": 50}
    assert gpu["nodeRepairConfig"] == {"enabled": True}
    reservation = either.named("cluster-nodes-gpu-template").inputs["capacityReservationSpecification"]
    assert reservation == {"capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}}


def test_the_accounts_autoscaling_role_is_made_unless_it_is_there(up: Cloud) -> None:
    assert up.one("serviceLinkedRole:ServiceLinkedRole").inputs["awsServiceName"] == "autoscaling.amazonaws.com"
    config = environment()
    there = config.model_copy(update={"cluster": cluster(makeAutoscalingRole=False), "layers": (Layer.CLOUD,)})
    assert made(there, preview=False)[0].of_type("serviceLinkedRole:ServiceLinkedRole") == []


def test_a_group_that_aws_can_not_change_gives_way_to_one_of_another_name() -> None:
    def name(**changes: Any) -> str:
        made = machines.node_group(group(**changes), "1.35", ["subnet"])["node_group_name"]
        assert isinstance(made, str)
        return made

    assert name(max=9) == name(diskGi=300) == name()
    assert name().startswith("general-")
    names = [name(), name(instanceTypes=["m7i.large"]), name(capacity="spot"), name(zones=["eu-central-1a"])]
    assert len({*names, name(operatingSystem="bottlerocket")}) == 5
