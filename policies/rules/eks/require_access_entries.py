"""eks-access-entries: access to the cluster is given by access entries alone, and its maker gets none by itself."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type

_FIX_MODE: Final = 'set accessConfig.authenticationMode to "API"'
_FIX_CREATOR: Final = (
    "set accessConfig.bootstrapClusterCreatorAdminPermissions to false and give the pipeline's role an access entry"
)


def judge(cluster: Typed, _options: Options) -> Iterator[Finding]:
    """Finds a cluster that reads aws-auth, or that makes its creator an admin (which AWS does unless told not to)."""
    config = cluster.at("accessConfig")
    creator = config.at("bootstrapClusterCreatorAdminPermissions")
    yield from check(config.at("authenticationMode"), TEXT, lambda it: it == "API", fix=_FIX_MODE, required=True)
    yield from check(creator, BOOLEAN, lambda it: not it, fix=_FIX_CREATOR, required=True)


RULE = Rule(
    name="eks-access-entries",
    description="Access to the cluster must be given by access entries, and none to its creator by itself.",
    why="Access entries are logged and reviewed as code; the creator's hidden admin rights and aws-auth are neither.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(cis_eks=("4.1.7", "5.5.1")),
    remediation='Set accessConfig to {authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false}.',
    area=of_type("aws:eks/cluster:Cluster"),
    judge=judge,
)
