"""The guardrail of the Pod Security Standards, restricted level, to the letter of Kubernetes 1.35."""

from components.guardrails.cel import Check, each, listed, plain
from components.guardrails.policy import for_pods
from components.manifest import Manifest

_HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
_HANDLERS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop")
_VOLUMES = (
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
    *("persistentVolumeClaim", "projected", "secret"),
)
_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
)
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_PROFILES = ("RuntimeDefault", "Localhost")
_APPARMOR = '"container.apparmor.security.beta.kubernetes.io/"'


def pods() -> Manifest:
    """Return the policy of what a pod may be on its node."""
    return for_pods("pods", [*_of_the_node(), *_of_privileges(), *_of_profiles(), *_of_files()])


def _of_the_node() -> list[Check]:
    shared = " && ".join(f"!variables.pod.?{name}.orValue(false)" for name in _HOST_NAMESPACES)
    hosts = [f"c.?{handler}.?{action}.?host" for handler in _HANDLERS for action in ("httpGet", "tcpSocket")]
    return [
        plain(
            "pod-no-host-namespaces",
            shared,
            "the pod shares the node's network, process or IPC namespace",
            "remove hostNetwork, hostPID and hostIPC",
        ),
        each(
            "pod-no-host-port",
            "c.?ports.orValue([]).all(port, port.?hostPort.orValue(0) == 0)",
            "binds a port of the node",
            "remove hostPort and reach the pod by a Service",
        ),
        each(
            "pod-no-host-probe",
            " && ".join(f'{host}.orValue("") == ""' for host in hosts),
            "has a probe or lifecycle hook that names a host",
            "remove host, so that the kubelet asks the pod itself",
        ),
        each(
            "pod-no-host-process",
            "!c.?securityContext.?windowsOptions.?hostProcess.orValue(false)",
            "is a Windows HostProcess",
            "remove securityContext.windowsOptions.hostProcess",
            among="places",
        ),
        each(
            "pod-no-host-path",
            "!has(c.hostPath)",
            "is a path of the node",
            "use an emptyDir, a persistentVolumeClaim, a configMap or a secret instead",
            among="volumes",
        ),
    ]


def _of_privileges() -> list[Check]:
    own_nonroot = "c.?securityContext.?runAsNonRoot"
    pods_nonroot = "variables.pod.?securityContext.?runAsNonRoot"
    drop, add = (f"c.?securityContext.?capabilities.?{list_}.orValue([])" for list_ in ("drop", "add"))
    in_user_namespace = "!variables.pod.?hostUsers.orValue(true)"
    return [
        each(
            "pod-no-privileged",
            "!c.?securityContext.?privileged.orValue(false)",
            "is privileged",
            "remove securityContext.privileged",
        ),
        each(
            "pod-drop-all-capabilities",
            f'"ALL" in {drop} && {add}.all(added, added == "NET_BIND_SERVICE")',
            "keeps or adds capabilities",
            'set securityContext.capabilities to {drop: ["ALL"]}; NET_BIND_SERVICE alone may be added',
            unless="variables.windows",
        ),
        each(
            "pod-no-privilege-escalation",
            "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
            "may gain more rights than its parent process",
            "set securityContext.allowPrivilegeEscalation to false",
            unless="variables.windows",
        ),
        each(
            "pod-run-as-nonroot",
            f"{own_nonroot}.orValue({pods_nonroot}.orValue(false)) && {pods_nonroot}.orValue(true)"
            " && c.?securityContext.?runAsUser.orValue(1) != 0"
            " && variables.pod.?securityContext.?runAsUser.orValue(1) != 0",
            "runs, or may run, as root",
            "set securityContext.runAsNonRoot to true on the pod, and runAsUser to another user than 0",
            unless=in_user_namespace,
        ),
    ]


def _of_profiles() -> list[Check]:
    inherited = "variables.pod.?securityContext.?seccompProfile.?type"
    apparmor = f"c.?securityContext.?appArmorProfile.?type.orValue({listed(_PROFILES)}[0]) in {listed(_PROFILES)}"
    annotations = "variables.template.?metadata.?annotations.orValue({})"
    allowed = f'{annotations}[key] in ["", "runtime/default"] || {annotations}[key].startsWith("localhost/")'
    selinux = "c.?securityContext.?seLinuxOptions"
    return [
        each(
            "pod-seccomp",
            f'c.?securityContext.?seccompProfile.?type.orValue({inherited}.orValue("")) in {listed(_PROFILES)}'
            f" && {inherited}.orValue({listed(_PROFILES)}[0]) in {listed(_PROFILES)}",
            "runs without the runtime's seccomp profile",
            "set securityContext.seccompProfile.type to RuntimeDefault on the pod, and remove other profiles",
            unless="variables.windows",
        ),
        each(
            "pod-apparmor",
            apparmor,
            "turns AppArmor off",
            "set the AppArmor profile to RuntimeDefault or remove it",
            among="places",
        ),
        plain(
            "pod-apparmor",
            f"{annotations}.all(key, !key.startsWith({_APPARMOR}) || {allowed})",
            "an annotation of the pod turns AppArmor off",
            "remove the annotation and use securityContext.appArmorProfile",
        ),
        each(
            "pod-selinux",
            f'{selinux}.?type.orValue("") in {listed(_SELINUX_TYPES)}'
            f' && {selinux}.?user.orValue("") == "" && {selinux}.?role.orValue("") == ""',
            "leaves SELinux's container types, or sets a user or role",
            "remove user and role from seLinuxOptions; use container_t, or remove type",
            among="places",
        ),
    ]


def _of_files() -> list[Check]:
    return [
        each(
            "pod-proc-mount",
            'c.?securityContext.?procMount.orValue("Default") == "Default"',
            "unmasks /proc",
            "remove securityContext.procMount",
        ),
        plain(
            "pod-safe-sysctls",
            f"variables.pod.?securityContext.?sysctls.orValue([]).all(s, s.name in {listed(_SYSCTLS)})",
            "the pod sets a sysctl that is not safe",
            "remove it; safe are the ones that a pod's own namespace holds",
        ),
        each(
            "pod-volume-types",
            f'c.all(key, key == "name" || key in {listed(_VOLUMES)})',
            "is of a type that is not allowed",
            f"use one of {', '.join(_VOLUMES)}",
            among="volumes",
        ),
        each(
            "pod-readonly-rootfs",
            "c.?securityContext.?readOnlyRootFilesystem.orValue(false)",
            "may write to its own root file system",
            "set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where it writes",
            unless="variables.windows",
        ),
    ]
