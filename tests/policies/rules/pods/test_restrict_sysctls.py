"""pod-safe-sysctls: Pod Security Standards, baseline, Sysctls."""

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import KINDS, owned, refused, spec, unjudged

RULE = "pod-safe-sysctls"
ALWAYS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
)
SINCE = {
    "net.ipv4.ip_local_reserved_ports": ("1.26", "1.27"),
    "net.ipv4.tcp_keepalive_time": ("1.28", "1.29"),
    "net.ipv4.tcp_fin_timeout": ("1.28", "1.29"),
    "net.ipv4.tcp_keepalive_intvl": ("1.28", "1.29"),
    "net.ipv4.tcp_keepalive_probes": ("1.28", "1.29"),
    "net.ipv4.tcp_rmem": ("1.31", "1.32"),
    "net.ipv4.tcp_wmem": ("1.31", "1.32"),
}


def tuned(*names: object) -> dict[str, object]:
    return spec(securityContext={"sysctls": [{"name": name, "value": "1"} for name in names]})


@pytest.mark.parametrize("kind", KINDS)
def test_an_unsafe_sysctl_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(tuned("net.ipv4.tcp_syncookies", "kernel.msgmax"), kind))
    assert 'securityContext.sysctls[1].name is "kernel.msgmax"' in message
    assert "Fix: remove it from securityContext.sysctls; safe are kernel.shm_rmid_forced, net.ipv4.ip_local" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pod", [tuned(*ALWAYS, *SINCE), tuned(), spec(), spec(securityContext={"sysctls": None})])
def test_safe_sysctls_and_none_pass_in_every_kind(kind: str, pod: dict[str, object]) -> None:
    assert refused(RULE, owned(pod, kind)) == []


@pytest.mark.parametrize("version", ["1.25", "1.37"])
@pytest.mark.parametrize("name", ALWAYS)
def test_five_sysctls_are_safe_in_every_version(name: str, version: str) -> None:
    assert refused(RULE, owned(tuned(name)), kubernetesVersion=version) == []


@pytest.mark.parametrize(("name", "versions"), SINCE.items())
def test_a_later_sysctl_is_safe_from_its_version_on(name: str, versions: tuple[str, str]) -> None:
    before, since = versions
    assert len(refused(RULE, owned(tuned(name)), kubernetesVersion=before)) == 1
    assert refused(RULE, owned(tuned(name)), kubernetesVersion=since) == []


@pytest.mark.parametrize("name", ["", "kernel/shm_rmid_forced", "net.ipv4", "kernel.shm_rmid_forced "])
def test_a_name_must_be_written_as_the_standard_writes_it(name: str) -> None:
    assert len(refused(RULE, owned(tuned(name)))) == 1


def test_every_unsafe_sysctl_is_named() -> None:
    assert len(refused(RULE, owned(tuned("kernel.sem", "net.core.somaxconn")))) == 2


def test_a_windows_pod_is_not_exempt() -> None:
    assert len(refused(RULE, owned({**tuned("kernel.sem"), "os": {"name": "windows"}}))) == 1


@pytest.mark.parametrize("kind", ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:DeploymentPatch"])
def test_a_sysctl_without_a_name_is_refused(kind: str) -> None:
    pod = spec(securityContext={"sysctls": [{"value": "1"}]})
    assert "securityContext.sysctls[0].name is not set" in refused(RULE, owned(pod, kind))[0]


@pytest.mark.parametrize("sysctls", [UNKNOWN, [UNKNOWN], [{"name": UNKNOWN}]])
def test_unknown_sysctls_are_not_judged(sysctls: object) -> None:
    judged = owned(spec(securityContext={"sysctls": sysctls}))
    assert len(unjudged(RULE, judged)) == 1
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("sysctls", ["kernel.sem", {"kernel.sem": "1"}, ["kernel.sem"], [{"name": 1}], [None]])
def test_sysctls_of_the_wrong_type_are_refused(sysctls: object) -> None:
    assert "belongs" in refused(RULE, owned(spec(securityContext={"sysctls": sysctls})))[0]


def test_a_secret_name_is_not_printed() -> None:
    (message,) = refused(RULE, owned(tuned(Secret("kernel.hush"))))
    assert "hush" not in message
