"""The cases of pods, as changes of a pod template that passes every rule. None is refused by validation alone."""

from collections.abc import Callable
from typing import Any

from tests.policies import verdicts_of_gpus
from tests.policies.manifests import DIGEST, IMAGE, Json, container

Edit = Callable[[Json], object]


def _pods(**fields: Any) -> Edit:
    return lambda t: t["spec"].update(fields)


def _shared(**fields: Any) -> Edit:
    return lambda t: t["spec"]["securityContext"].update(fields)


def _own(**fields: Any) -> Edit:
    return lambda t: t["spec"]["containers"][0]["securityContext"].update(fields)


def _container(**fields: Any) -> Edit:
    return lambda t: t["spec"]["containers"][0].update(fields)


def _without(*path: str) -> Edit:
    """Remove what lies at a path of the first container, or of the pod if it begins with `pod`."""

    def edit(t: Json) -> None:
        at = t["spec"] if path[0] == "pod" else t["spec"]["containers"][0]
        for key in path[1:-1] if path[0] == "pod" else path[:-1]:
            at = at[key]
        del at[path[-1]]

    return edit


def _all(*edits: Edit) -> Edit:
    return lambda t: [edit(t) for edit in edits]


def _first(**security: object) -> Edit:
    """Add an init container, changed."""
    added = container("first", **security)
    plain = {key: value for key, value in added.items() if not key.endswith("Probe")}
    return _pods(initContainers=[plain])


def _volume(**source: Any) -> Edit:
    return _pods(volumes=[{"name": "data", **source}])


def _labels(**labels: str) -> Edit:
    named = {"component": "app.kubernetes.io/component", "trust": "agent-platform.dev/trust"}
    return lambda t: t["metadata"]["labels"].update({named[key]: value for key, value in labels.items()})


def _annotated(**annotations: str) -> Edit:
    prefix = "container.apparmor.security.beta.kubernetes.io"
    return lambda t: t["metadata"].update(annotations={f"{prefix}/{key}": text for key, text in annotations.items()})


def _sized(**sizes: tuple[str | None, str | None]) -> Edit:
    """Set requests and limits; None removes."""

    def edit(t: Json) -> None:
        resources = t["spec"]["containers"][0]["resources"]
        for name, pair in sizes.items():
            for side, amount in zip(("requests", "limits"), pair, strict=True):
                resources[side].pop(name, None)
                if amount is not None:
                    resources[side][name] = amount

    return edit


def _variable(name: str, value: str) -> Edit:
    return _container(env=[{"name": name, "value": value}])


def _probe(path: str, port: object = 8080, **fields: Any) -> Json:
    return {"httpGet": {"path": path, "port": port, **fields}}


def _windows(t: Json) -> None:
    t["spec"].update(os={"name": "windows"}, securityContext={"runAsNonRoot": True})
    t["spec"]["containers"][0]["securityContext"] = {}


_TOKEN = {"projected": {"sources": [{"serviceAccountToken": {"path": "token", "audience": "vault"}}]}}
_HEADER = {"name": "X-Api-Key", "value": "abc def"}
_SYSCTL = {"name": "net.ipv4.tcp_keepalive_time", "value": "60"}
_PROFILE = {"type": "RuntimeDefault"}
_IMAGE_VOLUME = {"image": {"reference": IMAGE, "pullPolicy": "Always"}}

REFUSED: dict[str, dict[str, Edit]] = {
    "pod-no-privileged": {
        "a container": _own(privileged=True, allowPrivilegeEscalation=True),
        "an init container": _first(privileged=True, allowPrivilegeEscalation=True),
    },
    "pod-no-host-namespaces": {
        "the network": _pods(hostNetwork=True),
        "the processes": _pods(hostPID=True),
        "the memory": _pods(hostIPC=True),
    },
    "pod-no-host-path": {"a path": _volume(hostPath={"path": "/var/log"})},
    "pod-no-host-port": {"a port": _container(ports=[{"containerPort": 8080, "hostPort": 8080}])},
    "pod-no-host-probe": {
        "a probe": _container(readinessProbe=_probe("/health/ready", host="10.0.0.1")),
        "a TCP probe": _container(startupProbe={"tcpSocket": {"port": 1, "host": "10.0.0.1"}}),
        "a hook": _container(lifecycle={"preStop": {"httpGet": {"port": 80, "host": "10.0.0.1"}}}),
    },
    "pod-no-host-process": {
        "the pod": _all(_pods(hostNetwork=True), _shared(windowsOptions={"hostProcess": True})),
        "a container": _all(_pods(hostNetwork=True), _own(windowsOptions={"hostProcess": True})),
    },
    "pod-drop-all-capabilities": {
        "nothing dropped": _without("securityContext", "capabilities"),
        "some dropped": _own(capabilities={"drop": ["NET_RAW"]}),
        "one added": _own(capabilities={"drop": ["ALL"], "add": ["NET_RAW"]}),
    },
    "pod-no-privilege-escalation": {
        "not said": _without("securityContext", "allowPrivilegeEscalation"),
        "allowed": _own(allowPrivilegeEscalation=True),
    },
    "pod-run-as-nonroot": {
        "not said": _without("pod", "securityContext", "runAsNonRoot"),
        "taken back by a container": _own(runAsNonRoot=False),
        "taken back by the pod": _all(_shared(runAsNonRoot=False), _own(runAsNonRoot=True)),
        "root by number": _shared(runAsUser=0),
        "an init container": _first(runAsUser=0),
    },
    "pod-seccomp": {
        "no profile": _without("pod", "securityContext", "seccompProfile"),
        "unconfined": _own(seccompProfile={"type": "Unconfined"}),
        "unconfined by the pod": _all(_shared(seccompProfile={"type": "Unconfined"}), _own(seccompProfile=_PROFILE)),
    },
    "pod-apparmor": {
        "by the pod": _shared(appArmorProfile={"type": "Unconfined"}),
        "by a container": _own(appArmorProfile={"type": "Unconfined"}),
        "by an annotation": _annotated(app="unconfined"),
    },
    "pod-selinux": {
        "another type": _shared(seLinuxOptions={"type": "spc_t"}),
        "a user and a role": _own(seLinuxOptions={"user": "system_u", "role": "system_r"}),
    },
    "pod-proc-mount": {"unmasked": _all(_pods(hostUsers=False), _own(procMount="Unmasked"))},
    "pod-safe-sysctls": {"an unsafe one": _shared(sysctls=[_SYSCTL, {"name": "kernel.msgmax", "value": "1"}])},
    "pod-volume-types": {"a network disk": _volume(nfs={"server": "10.0.0.1", "path": "/"})},
    "pod-readonly-rootfs": {
        "not said": _without("securityContext", "readOnlyRootFilesystem"),
        "an init container": _first(readOnlyRootFilesystem=False),
    },
    "pod-resource-requests": {
        "no CPU": _sized(cpu=(None, None)),
        "no memory": _sized(memory=(None, None)),
        "none of CPU": _sized(cpu=("0", "100m")),
    },
    "pod-memory-limit": {"none": _sized(memory=("64Mi", None)), "of zero": _sized(memory=("0", "0"))},
    "pod-limit-ceiling": {
        "CPU": _sized(cpu=("16001m", "16001m")),
        "memory": _sized(memory=("65537Mi", "65537Mi")),
        "a request without limit": _sized(cpu=("17", None)),
        "CPU far above its request": _sized(cpu=("100m", "401m")),
        "memory far above its request": _sized(memory=("64Mi", "129Mi")),
    },
    **verdicts_of_gpus.REFUSED,
    "image-registry-allowed": {
        "another registry": _container(image=f"evil.example.com/web@{DIGEST}"),
        "a name that begins alike": _container(image=f"registry.example.com.evil.net/web@{DIGEST}"),
        "no registry": _container(image=f"web@{DIGEST}"),
        "a mounted image": _volume(image={"reference": f"evil.example.com/web@{DIGEST}", "pullPolicy": "Always"}),
    },
    "image-digest-pinned": {
        "a tag": _container(image="registry.example.com/web:1.0"),
        "no tag": _container(image="registry.example.com/web"),
        "a mounted image": _volume(image={"reference": "registry.example.com/web:1", "pullPolicy": "Always"}),
    },
    "image-pull-always": {"from the node": _container(imagePullPolicy="IfNotPresent")},
    "sa-no-automount": {
        "mounted": _pods(automountServiceAccountToken=True),
        "not said": _without("pod", "automountServiceAccountToken"),
    },
    "sa-dedicated": {"default": _pods(serviceAccountName="default"), "none": _without("pod", "serviceAccountName")},
    "sandbox-no-projected-token": {
        "an agent's": _all(_labels(component="agent"), _volume(**_TOKEN)),
        "untrusted code's": _all(_labels(trust="untrusted"), _pods(runtimeClassName="gvisor"), _volume(**_TOKEN)),
    },
    "agent-runtime-class": {
        "none": _labels(trust="untrusted"),
        "another": _all(_labels(trust="untrusted"), _pods(runtimeClassName="plain")),
    },
    "env-no-literal-secret": {
        **{name: _variable(name, "abc def") for name in ("DB_PASSWORD", "DB_PASS", "GITHUB_PAT", "CLIENT_TOKEN")},
        **{value: _variable("PASSWORD", value) for value in ("123456", "/hunter2x", ".hunter2x", "https://hunter2")},
        "a command of a probe": _container(startupProbe={"exec": {"command": ["--with", "ghp_" + "a1B2" * 9]}}),
        "a header of a hook": _container(lifecycle={"preStop": {"httpGet": {"port": 80, "httpHeaders": [_HEADER]}}}),
        "a provider's format": _variable("SETTING", "AKIA" + "A1B2C3D4" * 2),
        "a provider's format in an argument": _container(args=["--with", "ghp_" + "a1B2" * 9]),
    },
    "secret-as-file": {
        "a variable": _container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]),
        "all of one": _container(envFrom=[{"secretRef": {"name": "s"}}]),
    },
    "pod-high-uid": {
        "a low user": _shared(runAsUser=1000),
        "a low group": _own(runAsGroup=9999),
        "no user": _without("pod", "securityContext", "runAsUser"),
    },
    "pod-cpu-limit": {"none": _sized(cpu=("100m", None))},
    "pod-ephemeral-storage": {
        "no limit": _sized(**{"ephemeral-storage": ("1Mi", None)}),
        "a volume without limit": _volume(emptyDir={}),
        "a volume without type": _volume(),
    },
    "workload-probes": {
        "no readiness": _without("readinessProbe"),
        "no liveness": _without("livenessProbe"),
        "the same": _container(livenessProbe=_probe("/health/ready")),
        "the same, with a default written": _container(
            livenessProbe=_probe("/"), readinessProbe={"httpGet": {"port": 8080, "scheme": "HTTP"}}
        ),
        "a sidecar without": lambda t: [_first()(t), t["spec"]["initContainers"][0].update(restartPolicy="Always")],
    },
}
ADMITTED: dict[str, dict[str, Edit]] = {
    "pod-no-privileged": {"said to be not": _own(privileged=False), "a plain init container": _first()},
    "pod-no-host-namespaces": {"said to be not": _pods(hostNetwork=False, hostPID=False, hostIPC=False)},
    "pod-no-host-port": {"a port of its own": _container(ports=[{"containerPort": 8080}])},
    "pod-no-host-probe": {
        "a name by header": _container(readinessProbe=_probe("/r", httpHeaders=[{"name": "Host", "value": "web"}]))
    },
    "pod-drop-all-capabilities": {
        "low ports": _own(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
        "a Windows pod": _windows,
    },
    "pod-run-as-nonroot": {
        "by the container": _all(_without("pod", "securityContext", "runAsNonRoot"), _own(runAsNonRoot=True)),
        "root of a user namespace": _all(_pods(hostUsers=False), _without("pod", "securityContext", "runAsNonRoot")),
    },
    "pod-seccomp": {
        "by the container": _all(_without("pod", "securityContext", "seccompProfile"), _own(seccompProfile=_PROFILE)),
        "a profile of the node": _own(seccompProfile={"type": "Localhost", "localhostProfile": "a.json"}),
    },
    "pod-apparmor": {"the runtime's": _shared(appArmorProfile=_PROFILE), "a note": _annotated(app="runtime/default")},
    "pod-selinux": {"a level": _shared(seLinuxOptions={"type": "container_t", "level": "s0:c1,c2"})},
    "pod-proc-mount": {"the default": _own(procMount="Default")},
    "pod-safe-sysctls": {"a safe one": _shared(sysctls=[_SYSCTL])},
    "pod-volume-types": {
        "scratch": _volume(emptyDir={"sizeLimit": "1Mi"}),
        "a claim": _volume(persistentVolumeClaim={"claimName": "a"}),
        "a config map": _volume(configMap={"name": "a"}),
        "an image": _volume(**_IMAGE_VOLUME),
        "an API token that is no agent's": _volume(**_TOKEN),
    },
    "pod-limit-ceiling": {
        "at the ceiling": _sized(cpu=("16", "16"), memory=("64Gi", "64Gi")),
        "at the ratio": _sized(cpu=("100m", "400m"), memory=("64Mi", "128Mi")),
    },
    **verdicts_of_gpus.ADMITTED,
    "image-registry-allowed": {"a tag beside": _container(image=f"registry.example.com/a/b:1.0@{DIGEST}")},
    "agent-runtime-class": {
        "an own kernel": _all(_labels(trust="untrusted"), _pods(runtimeClassName="gvisor")),
        "trusted": _labels(trust="trusted"),
    },
    "env-no-literal-secret": {
        "a file's path": _variable("DATABASE_PASSWORD_FILE", "/run/secrets/password"),
        **{to: _variable("PASSWORD", to) for to in ("/run/secrets/x", "~/x", "/x.txt", "https://vault:1", "true")},
        **{name: _variable(name, "4096") for name in ("MAX_TOKENS", "KEY", "FIRST_PASS", "clientToken")},
    },
    "workload-probes": {
        "another port": _container(livenessProbe=_probe("/health/ready", 8081)),
        "another way": _container(livenessProbe={"tcpSocket": {"port": 8080}}),
    },
}
