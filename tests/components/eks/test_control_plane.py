"""The control plane: how it is reached, by whom, and what it keeps."""

import json
from typing import Any

from components.eks.access import entries
from components.eks.control_plane import arguments
from components.eks.kubeconfig import kubeconfig
from tests.components.aws_recording import Cloud
from tests.components.eks.making import cluster


def asked(**changes: Any) -> dict[str, Any]:
    return arguments(cluster(**changes), "role-arn", ["subnet-1", "subnet-2"], "key-arn")


def test_the_api_server_is_private_unless_networks_are_listed() -> None:
    private, public = asked(endpoint=None)["vpc_config"], asked()["vpc_config"]
    assert (private["endpoint_private_access"], private["endpoint_public_access"]) == (True, False)
    assert "public_access_cidrs" not in private
    assert (public["endpoint_private_access"], public["endpoint_public_access"]) == (True, True)
    assert public["public_access_cidrs"] == ["203.0.113.0/24"]


def test_nobody_gets_in_by_having_made_the_cluster(either: Cloud) -> None:
    access = either.named("cluster-cluster").inputs["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}


def test_aws_installs_nothing_by_itself_and_never_bills_for_extended_support(either: Cloud) -> None:
    inputs = either.named("cluster-cluster").inputs
    assert inputs["bootstrapSelfManagedAddons"] is False
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert inputs["zonalShiftConfig"] == {"enabled": True}


def test_all_five_logs_go_to_a_group_with_a_key_and_an_end(up: Cloud) -> None:
    assert len(up.named("cluster-cluster").inputs["enabledClusterLogTypes"]) == 5
    logs = up.named("cluster-logs")
    assert logs.inputs["name"] == "/aws/eks/agent-platform-prod/cluster"
    assert logs.inputs["retentionInDays"] == 365
    assert logs.inputs["kmsKeyId"] == up.named("logs-key").outputs["arn"]
    policy = json.loads(up.named("logs-key").inputs["policy"])
    groups = policy["Statement"][1]["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert any(group.endswith(":log-group:/aws/eks/agent-platform-prod/cluster") for group in groups)


def test_secrets_are_encrypted_with_a_key_of_their_own(up: Cloud) -> None:
    config = up.named("cluster-cluster").inputs["encryptionConfig"]
    assert config == {"provider": {"keyArn": up.named("cluster-secrets-key").outputs["arn"]}, "resources": ["secrets"]}


def test_the_control_plane_stands_in_the_subnets_that_reach_nothing_else(up: Cloud) -> None:
    intra = [up.named(f"network-intra-{letter}").outputs["id"] for letter in "abc"]
    assert up.named("cluster-cluster").inputs["vpcConfig"]["subnetIds"] == intra


def test_only_eks_can_take_the_clusters_role_and_only_for_this_cluster(up: Cloud) -> None:
    (statement,) = json.loads(up.named("cluster-role").inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "eks.amazonaws.com"}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":cluster/agent-platform-prod")
    attached = [
        r.inputs["policyArn"]
        for r in up.of_type("rolePolicyAttachment:RolePolicyAttachment")
        if r.inputs["role"] == up.named("cluster-role").inputs["name"]
    ]
    assert attached == ["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"]


def test_pipeline_and_break_glass_administer_and_teams_have_groups_only(up: Cloud) -> None:
    found = {r.inputs["principalArn"].rpartition("/")[2]: r for r in up.of_type("accessEntry:AccessEntry")}
    assert found["AWSReservedSSO_storefront_0123456789abcdef"].inputs["kubernetesGroups"] == ["storefront-engineers"]
    assert "kubernetesGroups" not in found["break-glass"].inputs
    policies = {
        (r.inputs["principalArn"].rpartition("/")[2], r.inputs["policyArn"].rpartition("/")[2]): r.inputs["accessScope"]
        for r in up.of_type("accessPolicyAssociation:AccessPolicyAssociation")
    }
    everywhere, in_media = {"type": "cluster"}, {"type": "namespace", "namespaces": ["media"]}
    assert policies == {
        ("agent-platform-pipeline", "AmazonEKSClusterAdminPolicy"): everywhere,
        ("break-glass", "AmazonEKSClusterAdminPolicy"): everywhere,
        ("AWSReservedSSO_media_0123456789abcdef", "AmazonEKSViewPolicy"): in_media,
    }


def test_roles_of_one_name_in_two_accounts_have_entries_of_their_own() -> None:
    access = cluster().access.model_dump(by_alias=True)
    access["entries"] = [{"roleArn": f"arn:aws:iam::{account * 12}:role/ops", "groups": ["ops"]} for account in "12"]
    names = [entry.name for entry in entries(cluster(access=access).access)]
    assert len(set(names)) == len(names) == 4


def test_no_token_is_stored_but_the_command_that_asks_for_one(up: Cloud) -> None:
    config = json.loads(up.one("pulumi:providers:kubernetes").inputs["kubeconfig"])
    (user,) = config["users"]
    assert user["user"]["exec"]["command"] == "aws"
    assert set(user["user"]) == {"exec"}


def test_a_kubeconfig_asks_for_a_token_of_its_cluster_and_region() -> None:
    config = kubeconfig("agents", "eu-west-1", "https://example", "Y2E=")
    arguments_ = config["users"][0]["user"]["exec"]["args"]
    assert arguments_[arguments_.index("--cluster-name") + 1] == "agents"
    assert arguments_[arguments_.index("--region") + 1] == "eu-west-1"
    assert config["current-context"] == config["contexts"][0]["name"]
