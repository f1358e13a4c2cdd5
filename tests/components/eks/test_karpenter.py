"""Karpenter: what it may do in AWS, who warns it, and the pools that it fills."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from components.eks.karpenter.permissions import permissions
from tests.components import aws_recording
from tests.components.aws_recording import Cloud, judged, unjudged
from tests.components.config.test_compute import GENERAL, GPU
from tests.components.eks.computing import KARPENTER, pack_config, recorded
from tests.components.eks.making import cluster
from tests.components.eks.test_environment import ancestry


@pytest.fixture
def karpenter() -> Cloud:
    return recorded(KARPENTER)


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack know what the environment lists by name."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/config.prod.json").write_text(pack_config())
    monkeypatch.setattr(aws_recording, "ROOT", tmp_path)


@pytest.mark.usefixtures("listed")
def test_the_pack_accepts_all_of_it_and_leaves_nothing_unjudged(karpenter: Cloud) -> None:
    said = judged(karpenter)
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert unjudged(said) == []


def statements() -> dict[str, dict[str, Any]]:
    document = permissions(cluster(), [], "arn:aws:iam::123456789012:role/nodes", "arn:aws:sqs:queue")
    return {each["Sid"]: each for each in document["Statement"]}


def test_it_starts_and_ends_machines_of_this_cluster_only() -> None:
    found = statements()
    ours = "kubernetes.io/cluster/agent-platform-prod"
    assert found["MakesMachinesOfThisCluster"]["Condition"]["StringEquals"][f"aws:RequestTag/{ours}"] == "owned"
    for sid in ("StartsFromItsTemplates", "EndsItsOwn", "NamesItsMachines"):
        assert found[sid]["Condition"]["StringEquals"][f"aws:ResourceTag/{ours}"] == "owned"
    everywhere = [sid for sid, each in found.items() if each["Resource"] == ["*"]]
    assert everywhere == ["SeesWhatThereIs"]


def test_it_needs_nothing_of_iam_but_to_hand_over_its_nodes_role() -> None:
    actions = [action for each in statements().values() for action in each["Action"]]
    assert [action for action in actions if action.startswith("iam:")] == ["iam:PassRole"]
    handed = statements()["HandsOverTheNodesRole"]
    assert handed["Resource"] == ["arn:aws:iam::123456789012:role/nodes"]
    assert handed["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}


def test_what_it_may_is_said_of_the_resources_that_are_made(karpenter: Cloud) -> None:
    document = json.loads(karpenter.named("cluster-karpenter-controller-permissions").inputs["policy"])
    found = {each["Sid"]: each for each in document["Statement"]}
    private = [karpenter.named(f"network-private-{letter}").outputs["id"] for letter in "abc"]
    where = [arn.partition(":123456789012:")[2] for arn in found["StartsWhereTheClusterIs"]["Resource"]]
    assert where == [*(f"subnet/{each}" for each in private), "security-group/sg-0123456789abcdef0"]
    assert found["HandsOverTheNodesRole"]["Resource"] == [karpenter.named("cluster-karpenter-nodes").outputs["arn"]]
    queue = karpenter.named("cluster-karpenter-interruptions").inputs["name"]
    assert found["ReadsInterruptions"]["Resource"][0].endswith(f":{queue}")


def test_its_nodes_join_by_a_role_that_may_join_and_pull_images_only(karpenter: Cloud) -> None:
    role = karpenter.named("cluster-karpenter-nodes")
    attached = {
        each.inputs["policyArn"].rpartition("/")[2]
        for each in karpenter.of_type("rolePolicyAttachment:RolePolicyAttachment")
        if each.inputs["role"] == role.inputs["name"]
    }
    assert attached == {"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}
    entry = karpenter.named("cluster-karpenter-access").inputs
    assert (entry["type"], entry["principalArn"]) == ("EC2_LINUX", role.outputs["arn"])
    assert karpenter.named("cluster-karpenter-profile").inputs["role"] == role.inputs["name"]


def test_five_kinds_of_events_reach_an_encrypted_queue_by_tls_and_nothing_else_does(karpenter: Cloud) -> None:
    assert karpenter.named("cluster-karpenter-interruptions").inputs["sqsManagedSseEnabled"] is True
    rules = karpenter.of_type("eventRule:EventRule")
    kinds = {kind for each in rules for kind in json.loads(each.inputs["eventPattern"])["detail-type"]}
    assert len(rules) == len(kinds) == 5
    arrive, tls = json.loads(karpenter.named("cluster-karpenter-interruptions-policy").inputs["policy"])["Statement"]
    senders = {arn.rpartition("/")[2] for arn in arrive["Condition"]["ArnEquals"]["aws:SourceArn"]}
    assert senders == {each.inputs["name"] for each in rules}
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_its_disks_have_a_key_that_it_and_spot_may_use(karpenter: Cloud) -> None:
    key = karpenter.named("cluster-nodes-disks-key")
    users = json.loads(key.inputs["policy"])["Statement"][-1]["Principal"]["AWS"]
    controller = karpenter.named("cluster-karpenter-controller-role")
    spot = karpenter.named("cluster-karpenter-spot-role")
    assert [arn.rpartition("/")[2] for arn in users] == [controller.inputs["name"], "AWSServiceRoleForEC2Spot"]
    assert {controller.urn, spot.urn} <= ancestry(karpenter, key)


def test_without_spot_nobody_makes_its_role() -> None:
    pools = [{**each, "capacity": ["onDemand"]} for each in KARPENTER["nodePools"]]
    cloud = recorded({**KARPENTER, "nodePools": pools})
    services = [each.inputs["awsServiceName"] for each in cloud.of_type("serviceLinkedRole:ServiceLinkedRole")]
    assert services == ["autoscaling.amazonaws.com"]


def test_a_pool_says_machines_how_they_are_bought_where_and_how_much(karpenter: Cloud) -> None:
    spec = karpenter.named("cluster-pools-general").inputs["spec"]
    wanted = {each["key"]: each["values"] for each in spec["template"]["spec"]["requirements"]}
    assert "m7i.4xlarge" in wanted["node.kubernetes.io/instance-type"]
    assert wanted["karpenter.sh/capacity-type"] == ["spot", "on-demand"]
    assert wanted["kubernetes.io/arch"] == ["amd64"]
    assert wanted["topology.kubernetes.io/zone"] == ["eu-central-1a", "eu-central-1b"]
    assert spec["limits"] == {"cpu": "400", "memory": "1600Gi"}
    assert spec["template"]["spec"]["expireAfter"] == "336h"
    assert spec["disruption"]["consolidationPolicy"] == "WhenEmptyOrUnderutilized"
    assert spec["template"]["spec"]["nodeClassRef"] == {
        "group": "karpenter.k8s.aws",
        "kind": "EC2NodeClass",
        "name": "general",
    }


def test_gpu_nodes_repel_other_pods_are_labelled_before_they_exist_and_bounded(karpenter: Cloud) -> None:
    spec = karpenter.named("cluster-pools-gpu").inputs["spec"]
    assert spec["template"]["spec"]["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    assert spec["template"]["metadata"]["labels"]["nvidia.com/gpu.present"] == "true"
    assert spec["limits"]["nvidia.com/gpu"] == "8"


def test_shared_gpus_are_bounded_as_their_nodes_count_them() -> None:
    shared = {**GPU, "gpuSharing": {"kind": "timeSlicing", "replicas": 4}}
    cloud = recorded({**KARPENTER, "nodePools": [GENERAL, shared]})
    assert cloud.named("cluster-pools-gpu").inputs["spec"]["limits"]["nvidia.com/gpu"] == "32"


def test_a_class_has_a_pinned_image_an_encrypted_disk_and_metadata_that_pods_do_not_reach(karpenter: Cloud) -> None:
    spec = karpenter.named("cluster-pools-general-class").inputs["spec"]
    assert spec["amiSelectorTerms"] == [{"alias": "al2023@v20260818"}]
    assert spec["metadataOptions"]["httpTokens"] == "required"
    assert spec["metadataOptions"]["httpPutResponseHopLimit"] == 1
    (disk,) = spec["blockDeviceMappings"]
    assert disk["ebs"]["encrypted"] is True
    assert disk["ebs"]["kmsKeyID"] == karpenter.named("cluster-nodes-disks-key").outputs["arn"]
    private = [karpenter.named(f"network-private-{letter}").outputs["id"] for letter in "abc"]
    assert [each["id"] for each in spec["subnetSelectorTerms"]] == private
    assert spec["instanceProfile"] == karpenter.named("cluster-karpenter-profile").inputs["name"]
    assert spec["tags"]["owner"] == "platform-team"


def test_bottlerocket_has_its_data_on_a_disk_beside_its_system() -> None:
    cloud = recorded({**KARPENTER, "image": "bottlerocket@v1.50.0"})
    disks = cloud.named("cluster-pools-general-class").inputs["spec"]["blockDeviceMappings"]
    assert [each["ebs"]["volumeSize"] for each in disks] == ["4Gi", "100Gi"]


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("cluster-pools-general", "cluster-pools-general-class"),
        ("cluster-pools-general-class", "cluster-karpenter-access"),
        ("cluster-pools-general-class", "cluster-karpenter-controller-association"),
        ("cluster-karpenter-controller-association", "cluster-karpenter-controller-permissions"),
        ("cluster-pools-general-class", "cluster-nodes-system"),
        ("cluster-pools-general-class", "network-nat-a"),
        ("cluster-coredns-addon", "cluster-nodes-system"),
    ],
)
def test_pools_come_after_what_their_nodes_need_and_go_before_it(karpenter: Cloud, later: str, earlier: str) -> None:
    assert karpenter.named(earlier).urn in ancestry(karpenter, karpenter.named(later))


def test_until_it_runs_everything_is_made_but_its_pools() -> None:
    cloud = recorded({**KARPENTER, "installed": False})
    assert cloud.named("cluster-karpenter-controller-role")
    assert [each.name for each in cloud.registered if each.name.startswith("cluster-pools")] == []


def test_its_groups_keep_the_size_that_is_written(karpenter: Cloud) -> None:
    assert karpenter.named("cluster-nodes-system").ignore_changes == ()
