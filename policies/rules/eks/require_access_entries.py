"""eks-access-entries: access to the cluster is given by access entries alone, and its maker gets none by itself.

All rights over the cluster go to listed principals only: the pipeline's role and one for emergencies. They are
AmazonEKSClusterAdminPolicy anywhere, and at the scope of the cluster, or of namespaces with kube-system among them,
every policy that isn't known to be harmless there: who may edit makes a pod with any service account, who may read
secrets reads the tokens among them, and what a policy of tomorrow allows nobody knows. The group system:masters is for
nobody, since no role binding takes it back.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, place
from policies.findings import Finding, Unjudged
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.iam_documents import covers
from policies.subjects.typed import Typed, of_type
from policies.unknowns import UNKNOWN

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
_ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_ADMIN: Final = "amazoneksclusteradminpolicy"
_HARMLESS: Final = (
    *("amazoneksviewpolicy", "amazoneksautonodepolicy"),
    *("amazoneksblockstoragepolicy", "amazoneksblockstorageclusterpolicy", "amazoneksclusterinsightspolicy"),
    *("amazonekscomputepolicy", "amazonekscomputeclusterpolicy", "amazonekshybridpolicy", "amazonekspodidentitypolicy"),
)
"""The policies, in lower case, that may hold in the whole cluster: for viewers, for nodes of EKS Auto Mode, and those
that EKS gives to none but AWS's own service-linked roles.
https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html"""
_HEART: Final = "kube-system"
_MASTERS: Final = "system:masters"
_FIX_MODE: Final = 'set accessConfig.authenticationMode to "API"'
_FIX_CREATOR: Final = (
    "set accessConfig.bootstrapClusterCreatorAdminPermissions to false and give the pipeline's role an access entry"
)
_FIX_LISTED: Final = "or list the principal in the option `administrators`"
_FIX_ADMIN: Final = f"give AmazonEKSViewPolicy, or AmazonEKSAdminPolicy in named namespaces, {_FIX_LISTED}"
_FIX_SCOPE: Final = f"hold this policy to named namespaces without {_HEART}, give AmazonEKSViewPolicy, {_FIX_LISTED}"
_FIX_MASTERS: Final = f"remove {_MASTERS} and associate an access policy with the entry"


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds access past access entries, and rights over the whole cluster for who isn't listed."""
    if subject.type == _CLUSTER:
        return _cluster(subject)
    return _masters(subject) if subject.type == _ENTRY else _association(subject, options["administrators"])


def _cluster(cluster: Typed) -> Iterator[Finding]:
    """Finds a cluster that reads aws-auth, or that makes its creator an admin (which AWS does unless told not to)."""
    config = cluster.at("accessConfig")
    creator = config.at("bootstrapClusterCreatorAdminPermissions")
    yield from check(config.at("authenticationMode"), TEXT, lambda it: it == "API", fix=_FIX_MODE, required=True)
    yield from check(creator, BOOLEAN, lambda it: not it, fix=_FIX_CREATOR, required=True)


def _masters(entry: Typed) -> Iterator[Finding]:
    for group in entry.at("kubernetesGroups").items():
        fix = _FIX_MASTERS if isinstance(group.value, str) else "write the name of a group"
        yield from check(group, TEXT, lambda it: it != _MASTERS, fix=fix)


def _association(association: Typed, administrators: Sequence[str]) -> Iterator[Finding]:
    principal = association.at("principalArn")
    if isinstance(principal.value, str) and any(covers(each, principal.value) for each in administrators):
        return
    found = _powers(association)
    if administrators and principal.value is UNKNOWN:
        if any(True for _ in found):
            yield Unjudged(place(principal))
        return
    yield from found


def _powers(association: Typed) -> Iterator[Finding]:
    policy, scope = association.at("policyArn"), association.at("accessScope")
    yield from check(policy, TEXT, lambda it: _named(it) != _ADMIN, fix=_FIX_ADMIN, required=True)
    if isinstance(policy.value, str) and _named(policy.value) not in (_ADMIN, *_HARMLESS):
        yield from check(scope.at("type"), TEXT, lambda it: it == "namespace", fix=_FIX_SCOPE, required=True)
        for namespace in scope.at("namespaces").items():
            yield from check(namespace, TEXT, lambda it: not covers(it, _HEART), fix=_FIX_SCOPE)


def _named(arn: str) -> str:
    return arn.rpartition("/")[2].lower()


RULE = Rule(
    name="eks-access-entries",
    description="Access to the cluster must be given by access entries, none to its creator by itself, and all rights "
    "to listed principals only.",
    why="Access entries are logged and reviewed as code; the creator's hidden admin rights and aws-auth are neither, "
    "and whoever may do everything undoes every other rule.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(cis_eks=("4.1.1", "4.1.7", "5.5.1")),
    remediation='Set accessConfig to {authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false}, '
    "associate AmazonEKSViewPolicy or policies of named namespaces, and list who administers the cluster.",
    area=of_type(_CLUSTER, _ENTRY, _ASSOCIATION),
    judge=judge,
    options={
        "administrators": text_list(
            "ARNs of the principals (`*` and `?` as in IAM) that may have all rights over a cluster by an access "
            "policy: the pipeline's role, and one for emergencies.",
            [],
        )
    },
)
