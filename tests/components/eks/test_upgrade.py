"""An upgrade: in which order the parts follow the version, and which steps are refused."""

import itertools

import pytest

from components.config.addons import AddOn, pinned
from components.config.eks import SUPPORT_ENDS
from components.eks.upgrade import UpgradeError, check_step
from tests.components.aws_recording import Cloud
from tests.components.eks.test_environment import ancestry


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("cluster-kube-proxy-addon", "cluster-cluster"),
        ("cluster-vpc-cni-addon", "cluster-cluster"),
        ("cluster-nodes-system", "cluster-kube-proxy-addon"),
        ("cluster-nodes-general", "cluster-vpc-cni-addon"),
        ("cluster-coredns-addon", "cluster-nodes-general"),
        ("cluster-metrics-server-addon", "cluster-nodes-system"),
    ],
)
def test_control_plane_then_what_nodes_need_then_nodes_then_the_rest(either: Cloud, later: str, earlier: str) -> None:
    assert either.named(earlier).urn in ancestry(either, either.named(later))


def test_control_plane_nodes_and_kube_proxy_have_one_version(either: Cloud) -> None:
    version = either.named("cluster-cluster").inputs["version"]
    assert {each.inputs["version"] for each in either.of_type("nodeGroup:NodeGroup")} == {version}
    assert either.named("cluster-kube-proxy-addon").inputs["addonVersion"].startswith(f"v{version}.")


def test_every_supported_version_can_be_reached_from_the_one_before() -> None:
    versions = list(SUPPORT_ENDS)
    for old, new in itertools.pairwise(versions):
        check_step(old, new)
        assert pinned(new)[AddOn.KUBE_PROXY] != pinned(old)[AddOn.KUBE_PROXY]


def test_a_version_is_not_left_out() -> None:
    with pytest.raises(UpgradeError, match=r'leaves 1\.35 out.*Fix: set version to "1\.35"'):
        check_step("1.34", "1.36")


def test_nobody_goes_back() -> None:
    with pytest.raises(UpgradeError, match=r"never goes back to 1\.34"):
        check_step("1.35", "1.34")


def test_the_same_version_is_no_step() -> None:
    check_step("1.35", "1.35")
