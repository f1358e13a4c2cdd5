"""agent-runtime-class: pods that run untrusted code have a kernel of their own.

These are the pods that are labelled as untrusted, and all that agent-sandbox makes.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.pods import Pod
from policies.subjects.tenants import TENANTS, Tenant, if_untrusted

_ALLOWED: Final = "runtimeClasses"
_DEFAULT: Final = ("gvisor", "kata", "kata-qemu", "kata-clh", "kata-fc")


def judge(tenant: Tenant, options: Options) -> Iterator[Finding]:
    """Finds every untrusted pod whose runtime class is not allowed for it."""
    return if_untrusted(tenant, _findings(tenant.pod, options[_ALLOWED]))


def _findings(pod: Pod, allowed: tuple[str, ...]) -> Iterator[Finding]:
    fix = f"set runtimeClassName to {' or '.join(allowed) or 'a class that the pack allows: it has none'}"
    first = next(iter(allowed), None)
    yield from check(pod.at("runtimeClassName"), TEXT, allowed.__contains__, fix=fix, required=pod.complete, mend=first)


RULE = Rule(
    name="agent-runtime-class",
    description="Pods that run untrusted code must use an approved runtime class.",
    why="Code that a model writes is a stranger's code: one kernel bug, and it owns a node whose kernel it shares.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(kubescape=("C-0297",), owasp=("ASI05",), others=("agent-sandbox VAP rule 1",)),
    remediation="Set runtimeClassName to a class of gVisor or Kata Containers that the cluster has.",
    area=TENANTS,
    judge=judge,
    mends=True,
    options={_ALLOWED: text_list("Runtime classes that untrusted code may run in; remedies set the first.", _DEFAULT)},
)
