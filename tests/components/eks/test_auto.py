"""EKS Auto Mode: three switches together, our own pools, and nothing beside it that it brings itself."""

import json
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel

from components.config.addons import in_auto_mode
from tests.components import aws_recording
from tests.components.aws_recording import Cloud, judged, unjudged
from tests.components.eks.computing import AUTO, pack_config, recorded
from tests.components.eks.test_environment import ancestry


@pytest.fixture
def auto() -> Cloud:
    return recorded(AUTO)


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack know what the environment lists by name."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/config.prod.json").write_text(pack_config())
    monkeypatch.setattr(aws_recording, "ROOT", tmp_path)


@pytest.mark.usefixtures("listed")
def test_the_pack_accepts_all_of_it_and_leaves_nothing_unjudged(auto: Cloud) -> None:
    said = judged(auto)
    assert [each.message for each in said if each.level is EnforcementLevel.MANDATORY] == []
    assert unjudged(said) == []


def test_computing_disks_and_load_balancers_are_on_together(auto: Cloud) -> None:
    inputs = auto.named("cluster-cluster").inputs
    assert inputs["computeConfig"] == {"enabled": True}
    assert inputs["storageConfig"] == {"blockStorage": {"enabled": True}}
    assert inputs["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}
    assert inputs["bootstrapSelfManagedAddons"] is False


def test_there_are_no_groups_no_templates_and_no_add_on_that_auto_mode_has_in_itself(auto: Cloud) -> None:
    assert auto.of_type("nodeGroup:NodeGroup") == auto.of_type("launchTemplate:LaunchTemplate") == []
    add_ons = [each.inputs["addonName"] for each in auto.of_type("addon:Addon")]
    assert add_ons
    assert not any(in_auto_mode(name) for name in add_ons)


def test_the_clusters_role_may_do_for_us_what_auto_mode_does_and_tags_its_sessions(auto: Cloud) -> None:
    role = auto.named("cluster-role")
    attached = {
        each.inputs["policyArn"].rpartition("/")[2]
        for each in auto.of_type("rolePolicyAttachment:RolePolicyAttachment")
        if each.inputs["role"] == role.inputs["name"]
    }
    assert attached == {
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    }
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":cluster/agent-platform-prod")


def test_the_clusters_role_may_give_what_it_makes_of_this_cluster_tags_of_ours(auto: Cloud) -> None:
    policy = auto.named("cluster-auto-cluster-tags").inputs
    assert policy["role"] == auto.named("cluster-role").inputs["name"]
    machines, interfaces = json.loads(policy["policy"])["Statement"]
    assert machines["Action"] == ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"]
    kinds = {arn.removeprefix("arn:aws:ec2:eu-central-1:123456789012:") for arn in machines["Resource"]}
    assert kinds == {
        *("fleet/*", "instance/*", "launch-template/*", "network-interface/*"),
        *("spot-instances-request/*", "volume/*"),
    }
    asked = machines["Condition"]["StringLike"]
    assert set(asked) == {
        "aws:RequestTag/eks:kubernetes-node-class-name",
        "aws:RequestTag/eks:kubernetes-node-pool-name",
    }
    assert interfaces["Action"] == ["ec2:CreateNetworkInterface"]
    assert interfaces["Resource"] == ["arn:aws:ec2:eu-central-1:123456789012:network-interface/*"]
    for statement in (machines, interfaces):
        assert statement["Condition"]["StringEquals"] == {"aws:RequestTag/eks:eks-cluster-name": "agent-platform-prod"}


def test_nodes_of_our_own_pools_are_let_in_with_the_policy_of_auto_nodes(auto: Cloud) -> None:
    role = auto.named("cluster-auto-nodes")
    entry = auto.named("cluster-access-nodes").inputs
    assert (entry["type"], entry["principalArn"]) == ("EC2", role.outputs["arn"])
    granted = auto.named("cluster-access-nodes-autoNode").inputs["policyArn"]
    assert granted.endswith("/AmazonEKSAutoNodePolicy")


def test_their_class_has_our_key_our_subnets_and_closes_pods_that_no_policy_selects(auto: Cloud) -> None:
    pool, of = (auto.named(f"cluster-pools-general{part}").inputs for part in ("", "-class"))
    assert pool["spec"]["template"]["spec"]["nodeClassRef"]["group"] == "eks.amazonaws.com"
    spec = of["spec"]
    assert spec["networkPolicy"] == "DefaultDeny"
    key = auto.named("cluster-auto-disks-key")
    assert spec["ephemeralStorage"] == {"size": "100Gi", "kmsKeyID": key.outputs["arn"]}
    assert spec["role"] == auto.named("cluster-auto-nodes").inputs["name"]
    users = json.loads(key.inputs["policy"])["Statement"][-1]
    assert users["Principal"]["AWS"] == [auto.named("cluster-role").outputs["arn"]]
    assert auto.named("cluster-role").urn in ancestry(auto, key)


def test_network_policies_are_enforced_and_every_pod_may_ask_for_names(auto: Cloud) -> None:
    switch = auto.named("cluster-network-enforced").inputs
    assert switch["metadata"]["name"] == "amazon-vpc-cni"
    assert switch["data"] == {"enable-network-policy-controller": "true"}
    (rule,) = auto.named("cluster-network-names").inputs["spec"]["egress"]
    assert rule["to"] == [{"networks": ["172.20.0.10/32"]}]
    assert {port["portNumber"]["port"] for port in rule["ports"]} == {53}


def test_pools_of_awss_have_the_role_and_their_entry_from_eks() -> None:
    cloud = recorded({**AUTO, "builtInPools": ["system"]})
    config = cloud.named("cluster-cluster").inputs["computeConfig"]
    assert config == {
        "enabled": True,
        "nodePools": ["system"],
        "nodeRoleArn": cloud.named("cluster-auto-nodes").outputs["arn"],
    }
    assert "cluster-access-nodes" not in {each.name for each in cloud.registered}


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("cluster-cluster", "cluster-auto-cluster-compute"),
        ("cluster-pools-general-class", "cluster-access-nodes-autoNode"),
        ("cluster-pools-general-class", "cluster-auto-cluster-tags"),
        ("cluster-pools-general-class", "cluster-access-pipeline-admin"),
        ("cluster-pools-general-class", "network-nat-a"),
        ("cluster-metrics-server-addon", "cluster-pools-general"),
        ("cluster-metrics-server-addon", "cluster-network-names"),
    ],
)
def test_what_comes_first_and_goes_last(auto: Cloud, later: str, earlier: str) -> None:
    assert auto.named(earlier).urn in ancestry(auto, auto.named(later))
