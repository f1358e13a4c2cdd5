"""gpu-no-shared-cross-tenant: untrusted code gets no GPU that is shared by time-slicing."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.pods import Pod
from policies.subjects.resource_demands import check_amount, demands, unreadable_demands
from policies.subjects.tenants import TENANTS, Tenant, if_untrusted

_SHARED: Final = "sharedResources"
_FIX: Final = "ask for a whole GPU or a MIG slice, or for none"


def judge(tenant: Tenant, options: Options) -> Iterator[Finding]:
    """Finds every shared GPU that an untrusted pod asks for."""
    return if_untrusted(tenant, _findings(tenant.pod, options[_SHARED]))


def _findings(pod: Pod, shared: tuple[str, ...]) -> Iterator[Finding]:
    asked = [demand for container in pod.containers for demand in demands(container)]
    yield from unreadable_demands(asked, _FIX)
    for name, field in asked:
        if any(fnmatchcase(name, pattern) for pattern in shared):
            yield from check_amount(field, lambda it: it == 0, fix=_FIX)


RULE = Rule(
    name="gpu-no-shared-cross-tenant",
    description="Pods that run untrusted code must not share a GPU by time-slicing.",
    why="Time-slicing isolates neither memory nor faults: one pod can read what another left, or stop it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(owasp=("LLM02", "ASI05"), others=("NVIDIA",)),
    remediation="Ask for a whole GPU (nvidia.com/gpu) or a MIG slice in pods that run untrusted code.",
    area=TENANTS,
    judge=judge,
    options={
        _SHARED: text_list(
            "Names of shared resources, * for any text. List nvidia.com/gpu too where the plugin doesn't rename it.",
            ["nvidia.com/*.shared"],
        )
    },
)
