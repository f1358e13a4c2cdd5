"""rbac-no-escalation: no role grants a way to more rights than it says.

The ways are those of Kubernetes' own good practices for RBAC, and writing to services/status (CVE-2020-8554).
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.grants import GROUP, ROLES, Power, granted, power
from policies.subjects.objects import Object, objects

_FIX: Final = "remove what grants it from the rule, or exempt the role of a controller that can't do without"
_WRITE: Final = "create update patch delete deletecollection"
_IMPERSONATE: Final = (
    "impersonate impersonate:user-info impersonate:serviceaccount impersonate:arbitrary-node "
    "impersonate:associated-node"
)
_HOOKS: Final = (
    "mutatingwebhookconfigurations validatingwebhookconfigurations mutatingadmissionpolicies "
    "mutatingadmissionpolicybindings validatingadmissionpolicies validatingadmissionpolicybindings"
)
_POWERS: Final[tuple[Power, ...]] = (
    power("bind roles beyond its own rights", GROUP, "roles clusterroles rolebindings clusterrolebindings", "bind"),
    power("escalate roles beyond its own rights", GROUP, "roles clusterroles", "escalate"),
    power("impersonate others", "", "users groups serviceaccounts", _IMPERSONATE),
    power("impersonate others by attribute", "authentication.k8s.io", "uids userextras/ users groups", _IMPERSONATE),
    power("reach every pod of a node (nodes/proxy)", "", "nodes/proxy", "*"),
    power("make tokens of service accounts (serviceaccounts/token)", "", "serviceaccounts/token", "create"),
    power(
        "approve certificates of any user",
        "certificates.k8s.io",
        "certificatesigningrequests/approval certificatesigningrequests/status",
        "update patch",
    ),
    power("sign certificates of any user", "certificates.k8s.io", "signers", "approve sign attest"),
    power("change what the API server admits (webhooks)", "admissionregistration.k8s.io", _HOOKS, _WRITE),
    power("mount any path of a node (persistentvolumes)", "", "persistentvolumes", "create"),
    power("divert the traffic of Services (services/status)", "", "services/status", "update patch"),
    power("lift Pod Security from namespaces (their labels)", "", "namespaces", "update patch"),
)


def judge(role: Object, _options: Options) -> Iterator[Finding]:
    """Finds every rule that grants one of the powers."""
    for rule in role.at("rules").items():
        yield from granted(rule, _POWERS, _FIX)


RULE = Rule(
    name="rbac-no-escalation",
    description="Roles must not grant a way to rights that they do not name.",
    why="Who may bind, impersonate, make tokens or approve certificates has every right that can be had that way.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        checkov=(
            *("CKV_K8S_155", "CKV_K8S_156", "CKV_K8S_157", "CKV_K8S_158"),
            *("CKV2_K8S_1", "CKV2_K8S_2", "CKV2_K8S_3", "CKV2_K8S_4"),
        ),
        cis_eks=("4.1.8", "4.1.9", "4.1.10", "4.1.11", "4.1.12"),
        owasp=("ASI03",),
    ),
    remediation="Remove these verbs and resources from the role; exempt a controller's role that needs one of them.",
    area=objects(*ROLES),
    judge=judge,
)
