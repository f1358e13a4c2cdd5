"""eks-supported-version."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "eks-supported-version"
CLUSTER = "aws:eks/cluster:Cluster"
GROUP = "aws:eks/nodeGroup:NodeGroup"


@pytest.mark.parametrize("kind", [CLUSTER, GROUP])
@pytest.mark.parametrize("version", ["1.34", "1.35", "1.36"])
def test_a_supported_version_passes(kind: str, version: str) -> None:
    assert refused(RULE, resource({"version": version}, kind)) == []


@pytest.mark.parametrize("kind", [CLUSTER, GROUP])
@pytest.mark.parametrize("version", ["1.33", "1.37", "1.340", "", 1.34, []])
def test_another_version_is_refused(kind: str, version: object) -> None:
    (message,) = refused(RULE, resource({"version": version}, kind))
    assert "Fix: set version to one of 1.34, 1.35, 1.36" in message


def test_a_cluster_needs_a_version_and_its_nodes_take_it_over() -> None:
    assert "version is not set" in refused(RULE, resource({}, CLUSTER))[0]
    assert refused(RULE, resource({}, GROUP)) == []


def test_the_versions_are_a_setting() -> None:
    assert refused(RULE, resource({"version": "1.37"}, CLUSTER), versions=["1.37"]) == []
    assert len(refused(RULE, resource({"version": "1.36"}, CLUSTER), versions=["1.37"])) == 1


def test_an_unknown_version_is_not_judged() -> None:
    assert len(unjudged(RULE, resource({"version": UNKNOWN}, CLUSTER))) == 1
