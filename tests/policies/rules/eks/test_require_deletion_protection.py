"""eks-deletion-protection."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "eks-deletion-protection"
CLUSTER = "aws:eks/cluster:Cluster"


def test_a_protected_cluster_passes() -> None:
    assert refused(RULE, resource({"deletionProtection": True}, CLUSTER)) == []


@pytest.mark.parametrize("properties", [{}, {"deletionProtection": False}, {"deletionProtection": "true"}])
def test_an_unprotected_cluster_is_refused_and_mended(properties: dict[str, object]) -> None:
    judged = resource(properties, CLUSTER)
    assert "Fix: set deletionProtection to true" in refused(RULE, judged)[0]
    after = mended(RULE, judged)
    assert after.properties == {"deletionProtection": True}
    assert mended(RULE, after) == after


def test_an_unknown_protection_is_not_judged() -> None:
    assert len(unjudged(RULE, resource({"deletionProtection": UNKNOWN}, CLUSTER))) == 1
