"""eks-access-entries."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "eks-access-entries"
GOOD = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}


def cluster(config: object) -> Resource:
    return resource({"accessConfig": config}, "aws:eks/cluster:Cluster")


def test_access_by_entries_alone_passes() -> None:
    assert refused(RULE, cluster(GOOD)) == []


@pytest.mark.parametrize("mode", [None, "API_AND_CONFIG_MAP", "CONFIG_MAP", 7])
def test_another_mode_is_refused(mode: object) -> None:
    (message,) = refused(RULE, cluster({**GOOD, "authenticationMode": mode}))
    assert "accessConfig.authenticationMode" in message


@pytest.mark.parametrize("creator", [None, True, "false"])
def test_a_creator_who_becomes_admin_is_refused(creator: object) -> None:
    (message,) = refused(RULE, cluster({**GOOD, "bootstrapClusterCreatorAdminPermissions": creator}))
    assert "bootstrapClusterCreatorAdminPermissions" in message


def test_a_cluster_that_says_nothing_is_refused_for_both() -> None:
    assert len(refused(RULE, cluster(None))) == 2


@pytest.mark.parametrize("name", GOOD)
def test_unknown_values_are_not_judged(name: str) -> None:
    judged = cluster({**GOOD, name: UNKNOWN})
    assert name in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
