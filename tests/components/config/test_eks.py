"""What a cluster in EKS may be configured with, and what is refused before anything is made."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components.config.addons import AddOn
from components.config.eks import SUPPORT_ENDS, Eks
from components.config.platform import StackSettings
from components.config.problems import from_validation
from components.config.reached import ReachedEks
from tests.components.config.conftest import Project
from tests.components.config.production import group, groups, only, read, refused, setting
from tests.components.eks.making import GROUND, cluster, written


def test_the_example_is_right(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert isinstance(config.cluster, Eks)
    assert config.cluster.arn == "arn:aws:eks:eu-central-1:123456789012:cluster/agent-platform-prod"


def test_all_that_is_wrong_comes_in_one_report(tmp_path: Path) -> None:
    problems = refused(
        tmp_path,
        setting(version="1.29", region="eu-west-1", zones=["eu-central-1a", "eu-central-1b"]),
        setting(endpoint={"publicCidrs": ["0.0.0.0/0"]}),
        group("general", min=5, max=3),
        group("gpu", instanceTypes=["p5.48xlarge"]),
        group("system", capacity="spot"),
        lambda settings: settings["network"].update(cidr="172.20.0.0/16"),
    )
    text = "\n".join(problem.reason for problem in problems)
    for part in (
        '"1.29" is no version',
        "eu-central-1a, eu-central-1b is not in eu-west-1",
        "cluster.zones names 2",
        "the whole internet",
        "min 5 is more than max 3",
        "bought as spot",
        "overlaps with the cluster's Services",
        "p5.48xlarge",
    ):
        assert part in text


def test_a_version_out_of_standard_support_is_refused_with_those_that_are_in_it(tmp_path: Path) -> None:
    problem = only(tmp_path, setting(version="1.33"))
    assert problem.path == "cluster.version"
    assert "1.35 (until 2027-03-27)" in problem.fix


def test_a_version_without_quotes_is_no_text_and_refused_with_the_quotes(tmp_path: Path) -> None:
    assert '"1.35"' in only(tmp_path, setting(version=1.35)).fix


def test_production_has_three_zones_and_others_two(tmp_path: Path) -> None:
    two = setting(zones=["eu-central-1a", "eu-central-1b"])
    assert "names 2" in only(tmp_path, two).reason
    assert len(read(tmp_path, two, others={"environment": "dev"}).cluster.zones) == 2


@pytest.mark.parametrize(
    ("cidr", "reason"),
    [
        ("0.0.0.0/0", "the whole internet"),
        ("128.0.0.0/1", "a large part of the internet"),
        ("10.1.0.0/16", "private range"),
        ("198.51.100.7", "is an address, not where a range begins"),
    ],
)
def test_a_public_endpoint_is_for_listed_public_networks_only(tmp_path: Path, cidr: str, reason: str) -> None:
    problem = only(tmp_path, setting(endpoint={"publicCidrs": [cidr]}))
    assert problem.path == "cluster.endpoint.publicCidrs.0"
    assert reason in problem.reason


def test_a_public_endpoint_without_networks_is_refused(tmp_path: Path) -> None:
    assert "leave publicCidrs out" in only(tmp_path, setting(endpoint={"publicCidrs": []})).fix


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
def test_a_region_of_another_partition_is_refused(tmp_path: Path, region: str) -> None:
    found = refused(tmp_path, setting(region=region))
    assert any("partition of AWS" in problem.reason for problem in found)


def test_a_network_that_overlaps_with_services_or_is_too_small_is_refused(tmp_path: Path) -> None:
    assert "overlaps" in only(tmp_path, setting(network={"kind": "made", "cidr": "172.20.0.0/16"})).reason
    assert only(tmp_path, setting(network={"kind": "made", "cidr": "10.0.0.0/22"})).path == "cluster.network.cidr"


def test_a_range_of_services_that_eks_would_refuse_is_refused(tmp_path: Path) -> None:
    assert "/12 to /24" in only(tmp_path, setting(serviceCidr="172.20.0.0/28")).reason


def test_a_retention_that_cloudwatch_does_not_know_is_refused(tmp_path: Path) -> None:
    assert "365, 400" in only(tmp_path, setting(logRetentionDays=366)).fix


def test_a_role_has_one_entry(tmp_path: Path) -> None:
    role = written()["access"]["pipelineRoleArn"]
    problem = only(tmp_path, lambda settings: settings["access"]["entries"].append({"roleArn": role, "groups": ["x"]}))
    assert "named 2 times" in problem.reason


def test_a_role_that_could_do_nothing_is_not_let_in(tmp_path: Path) -> None:
    problem = only(tmp_path, lambda settings: settings["access"]["entries"][0].update(groups=[]))
    assert "could do nothing" in problem.reason


@pytest.mark.parametrize("name", ["system:masters", "eks:nodes", "aws:x"])
def test_a_group_of_kubernetes_or_aws_is_refused(tmp_path: Path, name: str) -> None:
    problem = only(tmp_path, lambda settings: settings["access"]["entries"][0].update(groups=[name]))
    assert problem.path == "cluster.access.entries.0.groups.0"


def test_nobody_but_pipeline_and_break_glass_can_be_made_an_administrator(tmp_path: Path) -> None:
    problem = only(
        tmp_path, lambda settings: settings["access"]["entries"][0].update(policies=[{"policy": "clusterAdmin"}])
    )
    assert problem.path == "cluster.access.entries.0.policies.0.policy"


def test_an_add_on_without_its_whole_version_is_refused(tmp_path: Path) -> None:
    assert "eksbuild" in only(tmp_path, setting(addOns={"coredns": "v1.13.2"})).fix
    assert only(tmp_path, setting(addOns={"corends": "v1.13.2-eksbuild.1"})).path.startswith("cluster.addOns")


def test_kube_proxy_is_of_the_clusters_version(tmp_path: Path) -> None:
    problem = only(tmp_path, setting(addOns={"kube-proxy": "v1.34.6-eksbuild.18"}))
    assert "v1.35.3-eksbuild.29" in problem.fix


@pytest.mark.parametrize("version", SUPPORT_ENDS)
def test_every_supported_version_has_all_add_ons_pinned(version: str) -> None:
    versions = cluster(version=version, dnsZones=["Z0123456789ABC"]).versions
    assert list(versions) == list(AddOn)
    assert versions[AddOn.KUBE_PROXY].startswith(f"v{version}.")


def test_external_dns_is_installed_only_where_it_has_a_zone() -> None:
    assert AddOn.EXTERNAL_DNS not in cluster().versions


def test_a_cluster_that_is_made_needs_the_cloud_layer(tmp_path: Path) -> None:
    assert "kind: contract" in only(tmp_path, layers=["platform", "team"]).fix


def test_what_a_contract_tells_reads_back() -> None:
    told = cluster().told("https://example.eks.amazonaws.com", "Y2VydGlmaWNhdGU=", GROUND)
    assert ReachedEks.model_validate(told).plain() == told


def test_agents_are_held_against_the_nodes_of_the_groups_that_are_open_to_them(tmp_path: Path) -> None:
    problem = only(tmp_path, group("gpu", taints=[{"key": "example.com/private"}]))
    assert problem.file == "agents/media/image-reader.yaml"
    assert "no node that agents may land on has GPUs" in problem.reason


def test_without_a_gpu_group_the_agents_that_need_one_are_named(tmp_path: Path) -> None:
    def without_gpus(settings: dict[str, Any]) -> None:
        settings["compute"]["nodeGroups"] = [each for each in groups(settings) if each["name"] != "gpu"]

    assert only(tmp_path, without_gpus).file == "agents/media/image-reader.yaml"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 500) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything in the settings."""
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else []
    return [each for key in keys for each in [(*path, key), *places(data[key], (*path, key))]]


@settings(deadline=None, max_examples=100)
@given(place=st.sampled_from(places(written())), value=ANYTHING)
def test_whatever_stands_in_the_place_of_a_setting_there_is_a_report_and_no_traceback(
    place: tuple[Any, ...], value: Any
) -> None:
    data = {"environment": "prod", "layers": ["cloud"], "cluster": written()}
    *way, last = place
    spot: Any = data["cluster"]
    for key in way:
        spot = spot[key]
    spot[last] = value
    try:
        StackSettings.model_validate(data)
    except ValidationError as error:
        found = from_validation(error, StackSettings, "Pulumi.prod.yaml", lambda _: 1)
        assert found
        assert all(problem.reason and problem.fix for problem in found)


def test_an_agent_that_fits_no_group_is_told_which_machine_would_do(project: Project) -> None:
    project.settings["environment"], project.settings["cluster"] = "prod", written()
    project.settings["teams"][0] |= {
        "quota": {"cpu": 400, "memory": "900Gi", "gpus": 8, "pods": 30},
        "ceiling": {"cpu": 400, "memory": "900Gi", "gpus": 8},
    }
    size = {"requests": {"cpu": 20, "memory": "100Gi"}, "limits": {"cpu": 20, "memory": "100Gi"}}
    project.write("shop/good", resources=size)
    assert "m7i.8xlarge would do" in project.problems()[0].fix
    project.write("shop/good", gpu={"count": 8, "product": "NVIDIA-H100-80GB-HBM3"})
    assert "no machine in eu-central-1 would do" in project.problems()[0].fix


@pytest.mark.parametrize("policy", ["edit", "adminView"])
def test_rights_to_change_or_to_read_secrets_are_given_by_namespace(tmp_path: Path, policy: str) -> None:
    entry: dict[str, Any] = {"roleArn": "arn:aws:iam::123456789012:role/sso", "policies": [{"policy": policy}]}

    def admitted(settings: dict[str, Any]) -> None:
        settings["access"]["entries"] = [entry]

    assert "holds everywhere" in only(tmp_path, admitted).reason
    entry["policies"][0]["namespaces"] = ["media"]
    assert read(tmp_path, admitted).cluster.kind == "eks"


def test_a_boundary_of_another_account_is_refused(tmp_path: Path) -> None:
    problem = only(tmp_path, setting(boundaryArn="arn:aws:iam::111111111111:policy/bound"))
    assert "boundaryArn is of another account than 123456789012" in problem.reason
    assert "that account's bootstrap" in problem.fix
