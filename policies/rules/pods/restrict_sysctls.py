"""pod-safe-sysctls: a pod sets only the sysctls that the standard of the cluster's version calls safe."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.kubernetes_version import KUBERNETES_VERSION, at_least
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_SAFE: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_syncookies",
    }
)
_SAFE_SINCE: Final = {
    (1, 27): ("net.ipv4.ip_local_reserved_ports",),
    (1, 29): (
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
    ),
    (1, 32): ("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
}


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every sysctl that is not safe."""
    added = (name for version, names in _SAFE_SINCE.items() if at_least(options, *version) for name in names)
    allowed = _SAFE.union(added)
    fix = f"remove it from securityContext.sysctls; safe are {', '.join(sorted(allowed))}"
    for sysctl in pod.at("securityContext", "sysctls").items():
        yield from check(sysctl.at("name"), TEXT, allowed.__contains__, fix=fix, required=True)


RULE = Rule(
    name="pod-safe-sysctls",
    description="Pods must set safe sysctls only.",
    why="Other sysctls change the kernel of the node for every pod on it, or turn its protections off.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(pod_security=("baseline",)),
    remediation="Remove every sysctl from securityContext.sysctls that the Pod Security Standards don't list as safe.",
    area=PODS,
    judge=judge,
    options=KUBERNETES_VERSION,
)
