"""sa-no-automount: no token for the API server is mounted, neither by the pod nor by its service account.

Both are asked: the account's setting holds for pods that say nothing, the pod's own for whatever account it gets.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check
from policies.findings import Finding
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects import pods
from policies.subjects.objects import Object, objects
from policies.unknowns import Field

_ACCOUNTS: Final = objects("core/ServiceAccount")
_FIX: Final = "set automountServiceAccountToken to false"


class Mounter(NamedTuple):
    """The setting of a pod or of a service account, and whether it must be there."""

    automount: Field
    required: bool


def _concerns(token: str) -> bool:
    return pods.concerns(token) or _ACCOUNTS.concerns(token)


def _subjects(resource: Resource) -> tuple[Mounter, ...]:
    found: list[pods.Pod | Object] = [
        *(pods.pods_of(resource) if pods.concerns(resource.type) else ()),
        *_ACCOUNTS.subjects(resource),
    ]
    return tuple(Mounter(each.at("automountServiceAccountToken"), each.complete) for each in found)


def judge(mounter: Mounter, _options: Options) -> Iterable[Finding]:
    """Finds a pod or account that gets a token, by choice or by default."""
    return check(mounter.automount, BOOLEAN, lambda it: not it, fix=_FIX, required=mounter.required, mend=False)


RULE = Rule(
    name="sa-no-automount",
    description="Pods and service accounts must not mount a token for the API server.",
    why="With the token, whoever takes over an agent speaks to the cluster's API server in the agent's name.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        cis_eks=("4.1.6",),
        checkov=("CKV_K8S_38",),
        kubescape=("C-0034",),
        kyverno=("restrict-automount-sa-token",),
        owasp=("ASI03",),
    ),
    remediation="Set automountServiceAccountToken to false on the pod's spec and on the ServiceAccount.",
    area=Area(_concerns, _subjects),
    judge=judge,
    mends=True,
)
