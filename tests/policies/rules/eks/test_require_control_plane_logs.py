"""eks-all-control-plane-logs."""

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "eks-all-control-plane-logs"
LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def cluster(types: object) -> Resource:
    return resource({"enabledClusterLogTypes": types}, "aws:eks/cluster:Cluster")


def test_all_five_logs_in_any_order_pass() -> None:
    assert refused(RULE, cluster(LOGS)) == []
    assert refused(RULE, cluster([*reversed(LOGS), "more", UNKNOWN])) == []


@pytest.mark.parametrize("missing", LOGS)
def test_each_missing_log_is_named(missing: str) -> None:
    (message,) = refused(RULE, cluster([log for log in LOGS if log != missing]))
    assert f"enabledClusterLogTypes is without {missing}. Fix: set" in message


@pytest.mark.parametrize("types", [None, [], ["audit"], "audit", ["audit", 7], {}, [None]])
def test_a_cluster_that_lacks_logs_is_refused_and_mended(types: object) -> None:
    judged = resource({}, "aws:eks/cluster:Cluster") if types is None else cluster(types)
    assert refused(RULE, judged) != []
    after = mended(RULE, judged)
    assert after.properties == {"enabledClusterLogTypes": LOGS}
    assert refused(RULE, after) == []
    assert mended(RULE, after) == after


@pytest.mark.parametrize("types", [UNKNOWN, ["audit", UNKNOWN]])
def test_unknown_types_are_not_judged(types: object) -> None:
    judged = cluster(types)
    assert "enabledClusterLogTypes" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
