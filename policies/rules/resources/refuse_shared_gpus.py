"""gpu-no-shared-cross-tenant: untrusted code shares no GPU, by time-slicing or by a claim that several pods name.

By dynamic resource allocation every pod that names the same ResourceClaim gets the same device. From a
ResourceClaimTemplate each pod gets a claim, and with it devices, of its own.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.pods import Pod
from policies.subjects.resource_demands import check_amount, demands, unreadable_demands
from policies.subjects.tenants import TENANTS, Tenant, if_untrusted

_SHARED: Final = "sharedResources"
_FIX: Final = "ask for a whole GPU or a MIG slice, or for none"
_FIX_CLAIM: Final = (
    "name a ResourceClaimTemplate in resourceClaimTemplateName, by which each pod has devices of its own"
)


def judge(tenant: Tenant, options: Options) -> Iterator[Finding]:
    """Finds every shared GPU that an untrusted pod asks for, and every claim that it may share with other pods."""
    return if_untrusted(tenant, _findings(tenant.pod, options[_SHARED]))


def _findings(pod: Pod, shared: tuple[str, ...]) -> Iterator[Finding]:
    asked = [demand for container in pod.containers for demand in demands(container)]
    yield from unreadable_demands(asked, _FIX)
    for name, field in asked:
        if any(fnmatchcase(name, pattern) for pattern in shared):
            yield from check_amount(field, lambda it: it == 0, fix=_FIX)
    for claim in pod.at("resourceClaims").items():
        yield from check(claim.at("resourceClaimName"), TEXT, lambda it: it == "", fix=_FIX_CLAIM)


RULE = Rule(
    name="gpu-no-shared-cross-tenant",
    description="Pods that run untrusted code must not share a GPU, by time-slicing or by a common claim.",
    why="Time-slicing isolates neither memory nor faults: one pod can read what another left, or stop it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("LLM02", "ASI05"), others=("NVIDIA",)),
    remediation="Ask for a whole GPU (nvidia.com/gpu) or a MIG slice in pods that run untrusted code; "
    "claim devices by a ResourceClaimTemplate.",
    area=TENANTS,
    judge=judge,
    options={
        _SHARED: text_list(
            "Names of shared resources, * for any text. List nvidia.com/gpu too where the plugin doesn't rename it.",
            ["nvidia.com/*.shared"],
        )
    },
)
