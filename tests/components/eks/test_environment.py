"""A production environment as a whole: what the pack says of it, what it tells, what waits for what."""

import json
from pathlib import Path

import pulumi
import pytest
from pulumi_policy import EnforcementLevel

from components.config.contract import Contract
from components.config.layering import Layer
from components.config.load import ROOT
from components.config.reached import ReachedEks
from components.eks.component import EksCluster
from components.eks.tags import owner_tags
from components.network.component import Network
from components.network.place import Place
from policies.dispatcher import Diagnostic
from tests.components import aws_recording
from tests.components.aws_recording import Cloud, Registered, judged, recording, run, unjudged
from tests.components.eks.making import GROUND, cluster, environment, made, recorded, written


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pack know what an environment lists by name: its administrators, and the one policy in kube-system."""
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    access = written()["access"]
    config.setdefault("eks-access-entries", {})["administrators"] = [
        access["pipelineRoleArn"],
        access["breakGlassRoleArn"],
    ]
    config.setdefault("ns-not-default", {})["allowed"] = ["kube-system/NetworkPolicy/agent-platform-add-ons"]
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/config.prod.json").write_text(json.dumps(config))
    monkeypatch.setattr(aws_recording, "ROOT", tmp_path)


def refused(said: list[Diagnostic]) -> list[str]:
    return [each.message for each in said if each.level is EnforcementLevel.MANDATORY]


@pytest.mark.usefixtures("listed")
def test_the_pack_accepts_everything_and_leaves_nothing_unjudged(up: Cloud) -> None:
    said = judged(up)
    assert refused(said) == []
    assert unjudged(said) == []


@pytest.mark.usefixtures("listed")
def test_at_preview_only_keys_subnets_and_roles_that_do_not_exist_yet_are_unknown_to_the_pack() -> None:
    said = judged(recorded(preview=True)[0])
    assert refused(said) == []
    # Policies and ways out that name a key, a secret or an endpoint which is made in the same run.
    known = (
        "kmsKeyId",
        "keyArn",
        "subnetIds",
        "roleArn",
        '"volumes-encryption"',
        '-permissions"',
        "secrets-helpdesk",
        '-network"',
    )
    assert [text for text in unjudged(said) if not any(word in text for word in known)] == []


def test_everything_in_aws_is_made_by_a_provider_that_can_change_one_account_only(either: Cloud) -> None:
    provider = either.one("pulumi:providers:aws")
    assert json.loads(provider.inputs["allowedAccountIds"]) == ["123456789012"]
    assert provider.inputs["region"] == "eu-central-1"
    assert json.loads(provider.inputs["defaultTags"])["tags"] == {
        "owner": "platform-team",
        "environment": "prod",
        "team": "platform",
        "cost-center": "4711",
    }
    assert {r.provider for r in either.registered if r.type.startswith("aws:")} == {provider.urn}


def test_the_contract_tells_a_lower_layer_how_to_reach_the_cluster() -> None:
    _, outputs = recorded(preview=False)
    reached = Contract.from_output(outputs["contract"]).cluster
    assert isinstance(reached, ReachedEks)
    assert (reached.name, reached.region) == ("agent-platform-prod", "eu-central-1")
    assert reached.endpoint.startswith("https://")
    assert [pool.name for pool in reached.node_pools] == ["general", "gpu"]


def test_a_lower_layer_makes_its_agents_in_the_cluster_that_it_is_told_of() -> None:
    told = environment()
    assert told.cluster.kind == "eks"
    reached = ReachedEks.model_validate(told.cluster.told("https://example.eks.amazonaws.com", "Y2E=", GROUND))  # type: ignore[union-attr]
    below = told.model_copy(update={"cluster": reached, "layers": (Layer.TEAM,), "built_teams": ("media",)})
    cloud, outputs = made(below, preview=False)
    config = json.loads(cloud.one("pulumi:providers:kubernetes").inputs["kubeconfig"])
    assert config["clusters"][0]["cluster"]["server"] == "https://example.eks.amazonaws.com"
    assert {r.name for r in cloud.registered if r.type.startswith("aws:")} == {
        r.name for r in cloud.registered if r.name.startswith("media-roles-")
    }
    assert Contract.model_validate(outputs["contract"]).cluster == reached


def ancestry(cloud: Cloud, resource: Registered) -> set[str]:
    """Return the URNs of all that has to exist before a resource, and to go after it."""
    by_urn = {r.urn: r for r in cloud.registered}
    seen: set[str] = set()
    left = [resource.urn]
    while left:
        urn = left.pop()
        if urn in seen or urn not in by_urn:
            continue
        seen.add(urn)
        left += [*by_urn[urn].dependencies, by_urn[urn].parent, by_urn[urn].provider]
    return seen - {resource.urn}


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("cluster-cluster", "cluster-logs"),
        ("cluster-cluster", "cluster-role-cluster"),
        ("cluster-cluster", "cluster-secrets-key"),
        ("cluster-nodes-general", "cluster-vpc-cni-addon"),
        ("cluster-nodes-general", "cluster-kube-proxy-addon"),
        ("cluster-nodes-general", "cluster-eks-pod-identity-agent-addon"),
        ("cluster-nodes-general", "network-private-a-out"),
        ("cluster-nodes-general", "network-nat-a"),
        ("cluster-nodes-general", "cluster-nodes-role-worker"),
        ("cluster-nodes-disks-key", "cluster-nodes-autoscaling"),
        ("cluster-vpc-cni-addon", "cluster-vpc-cni-permissions"),
        ("cluster-coredns-addon", "cluster-nodes-system"),
        ("cluster-coredns-addon", "cluster-network-add-ons"),
        ("cluster-network-add-ons", "cluster-access-pipeline-admin"),
        ("storefront-namespace", "cluster-access-pipeline-admin"),
        ("media-image-reader-deployment", "cluster-nodes-gpu"),
        ("media-image-reader-deployment", "cluster-coredns-addon"),
    ],
)
def test_what_comes_first_and_goes_last(either: Cloud, later: str, earlier: str) -> None:
    assert either.named(earlier).urn in ancestry(either, either.named(later))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cluster-cluster", "network-nat-a"),
        ("cluster-vpc-cni-addon", "cluster-nodes-general"),
        ("cluster-nodes-general", "cluster-network-add-ons"),
        ("cluster-nodes-general", "cluster-access-pipeline-admin"),
        ("cluster-nodes-general-template", "cluster-cluster"),
        ("cluster-aws-ebs-csi-driver-role", "cluster-cluster"),
        ("storefront-namespace", "cluster-nodes-general"),
    ],
)
def test_nothing_waits_without_need(either: Cloud, one: str, other: str) -> None:
    assert either.named(other).urn not in ancestry(either, either.named(one))


def test_cluster_and_keys_are_protected_as_long_as_deletion_protection_is_on(up: Cloud) -> None:
    guarded = sorted(r.name for r in up.registered if r.protect)
    assert guarded == [
        "cluster-cluster",
        "cluster-nodes-disks-key",
        "cluster-secrets-key",
        "data-key",
        "logs-key",
        "storefront-secrets-helpdesk",
    ]
    config = environment()
    free = config.model_copy(update={"cluster": config.cluster.model_copy(update={"deletion_protection": False})})
    cloud, _ = made(free, preview=False)
    assert [r.name for r in cloud.registered if r.protect] == []
    assert cloud.named("cluster-cluster").inputs["deletionProtection"] is False


def test_a_cluster_can_live_in_a_network_that_exists() -> None:
    network = {
        "kind": "existing",
        "vpcId": "vpc-01234567",
        "cidr": "10.40.0.0/16",
        "privateSubnets": [{"id": f"subnet-0123456{n}", "zone": f"eu-central-1{z}"} for n, z in enumerate("abc", 1)],
    }
    config = environment()
    there = config.model_copy(update={"cluster": cluster(network=network), "layers": (Layer.CLOUD,)})
    cloud, _ = made(there, preview=False)
    assert cloud.of_type("vpc:Vpc") == []
    assert cloud.named("cluster-nodes-storage").inputs["subnetIds"] == ["subnet-01234561", "subnet-01234562"]


@pytest.mark.usefixtures("listed")
def test_a_registry_is_made_for_the_images_that_settings_name() -> None:
    registry = {"images": ["storefront/recommender"], "pushRoleArn": written()["access"]["pipelineRoleArn"]}
    with_it = environment().model_copy(update={"cluster": cluster(registry=registry), "layers": (Layer.CLOUD,)})
    cloud, _ = made(with_it, preview=False)
    repository = cloud.one("repository:Repository")
    assert repository.inputs["name"].endswith("/storefront/recommender")
    assert repository.protect
    assert refused(judged(cloud)) == []


def test_two_clusters_can_be_made_in_one_program() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        for name in ("one", "two"):
            settings = cluster(name=name)
            where = Place(name, settings.account_id, settings.region, settings.zones)
            network = Network(f"{name}-network", settings.network, where, "key-arn", opts)
            EksCluster(
                name, settings, network, "key-arn", owner_tags(settings.owner, settings.cost_center, "prod"), opts
            )

    with recording(preview=False) as cloud:
        run(program)
    assert len({r.urn for r in cloud.registered}) == len(cloud.registered)
    named = [(r.type, r.inputs["name"]) for r in cloud.registered if r.type.startswith("aws:") and "name" in r.inputs]
    inline = "aws:iam/rolePolicy:RolePolicy"
    assert sorted(each for each in set(named) if named.count(each) > 1 and each[0] != inline) == []
