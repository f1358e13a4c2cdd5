"""pod-no-host-path: no volume is a path of the node; the socket of a container runtime is named as such."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import unreadable
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object, shown

_FIX: Final = "use an emptyDir, a persistentVolumeClaim, a configMap or a secret instead, and remove hostPath"
_SOCKETS: Final = (
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/dockershim.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/dockerd/docker.sock",
)


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every hostPath volume, whatever its path."""
    for volume in pod.at("volumes").items():
        source = volume.at("hostPath")
        if source.value is ABSENT:
            continue
        if is_object(source.value):
            yield Violation(f"{source.owner}: {_described(volume, source)}. Fix: {_FIX}.")
        else:
            yield unreadable(source, "an object", _FIX)


def _described(volume: Field, source: Field) -> str:
    name, path = volume.at("name"), source.at("path")
    called = f"volume {name.text}" if isinstance(name.value, str) else "a volume"
    if path.value is UNKNOWN:
        return f"{called} ({source.path}) is a hostPath, its path unknown at preview"
    if not isinstance(path.value, str) or path.secret:
        return f"{called} ({source.path}) is a hostPath"
    return f"{called} ({source.path}) is the node's {shown(path.value)}{_socket_note(path.value)}"


def _socket_note(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    plain = "/" + "/".join(parts[1:] if parts[:1] == ["var"] and parts[1:2] == ["run"] else parts)
    for socket in _SOCKETS:
        if plain == socket:
            return ", the socket of the container runtime: full control of the node"
        if socket.startswith(f"{plain.rstrip('/')}/"):
            return f", which holds the socket of a container runtime ({socket}): full control of the node"
    return ""


RULE = Rule(
    name="pod-no-host-path",
    description="Pods must not mount paths of the node, and no socket of a container runtime.",
    why="A path of the node reaches credentials, other pods' data and, by a runtime's socket, the whole node.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        pod_security=("baseline",), checkov=("CKV_K8S_27",), kubescape=("C-0045", "C-0048", "C-0074")
    ),
    remediation="Replace each hostPath volume by an emptyDir, a persistentVolumeClaim, a configMap or a secret.",
    area=PODS,
    judge=judge,
)
