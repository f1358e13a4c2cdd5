"""pod-no-host-path: Pod Security Standards, baseline, HostPath Volumes; and sockets of container runtimes."""

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import KINDS, owned, refused, spec, unjudged

RULE = "pod-no-host-path"


def volumes(*sources: object) -> dict[str, object]:
    return spec(volumes=[{"name": f"v{index}", "hostPath": source} for index, source in enumerate(sources)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_path_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, owned(volumes({"path": "/data"}), kind))
    assert 'volume "v0" (volumes[0].hostPath) is the node\'s "/data"' in message
    assert "Fix: use an emptyDir" in message
    assert "socket" not in message


@pytest.mark.parametrize(
    "path",
    [
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/run//containerd/./containerd.sock",
        "/run/containerd/containerd.sock",
        "/var/run/crio/crio.sock",
        "/run/k3s/containerd/containerd.sock",
        "/run/cri-dockerd.sock",
        "/run/dockershim.sock",
        "/run/podman/podman.sock",
        "/run/dockerd/docker.sock",
    ],
)
def test_the_socket_of_a_container_runtime_is_called_by_its_name(path: str) -> None:
    assert (
        f'"{path}", the socket of the container runtime: full control of the node. Fix'
        in refused(RULE, owned(volumes({"path": path})))[0]
    )


@pytest.mark.parametrize("path", ["/", "/run", "/var/run/", "/run/containerd"])
def test_a_folder_that_holds_a_runtime_socket_is_called_so(path: str) -> None:
    assert "which holds the socket of a container runtime" in refused(RULE, owned(volumes({"path": path})))[0]


@pytest.mark.parametrize("path", ["/running", "/srv/run", "/var"])
def test_a_folder_without_a_socket_is_refused_without_mention_of_one(path: str) -> None:
    (message,) = refused(RULE, owned(volumes({"path": path})))
    assert "socket" not in message


def test_an_empty_host_path_is_a_host_path() -> None:
    assert len(refused(RULE, owned(volumes({})))) == 1


def test_every_host_path_is_named() -> None:
    assert len(refused(RULE, owned(volumes({"path": "/a"}, {"path": "/b"}, {"path": "/c"})))) == 3


def test_a_host_path_after_another_volume_is_found() -> None:
    pod = spec(volumes=[{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/data"}}])
    assert '(volumes[1].hostPath) is the node\'s "/data". Fix: use an emptyDir' in refused(RULE, owned(pod))[0]


@pytest.mark.parametrize("name", [None, UNKNOWN, 5])
def test_a_volume_without_a_readable_name_is_named_by_its_place(name: object) -> None:
    (message,) = refused(RULE, owned(spec(volumes=[{"name": name, "hostPath": {"path": "/data"}}])))
    assert ": a volume (volumes[0].hostPath) is the node's" in message


@pytest.mark.parametrize("kind", KINDS)
def test_other_volumes_pass_in_every_kind(kind: str) -> None:
    pod = spec(volumes=[{"name": "a", "emptyDir": {}}, {"name": "b", "configMap": {"name": "c"}, "hostPath": None}])
    assert refused(RULE, owned(pod, kind)) == []


def test_a_host_path_whose_path_is_unknown_is_refused_for_being_there() -> None:
    (message,) = refused(RULE, owned(volumes({"path": UNKNOWN})))
    assert "its path unknown at preview" in message


@pytest.mark.parametrize("pod", [volumes(UNKNOWN), spec(volumes=UNKNOWN), spec(volumes=[UNKNOWN])])
def test_volumes_unknown_at_any_depth_are_not_judged(pod: dict[str, object]) -> None:
    assert len(unjudged(RULE, owned(pod))) == 1
    assert refused(RULE, owned(pod)) == []


def test_a_secret_path_is_refused_without_being_printed() -> None:
    (message,) = refused(RULE, owned(volumes({"path": Secret("/hush")})))
    assert "hush" not in message
    (message,) = refused(RULE, owned(volumes(Secret({"path": "/hush"}))))
    assert "hush" not in message


@pytest.mark.parametrize("source", ["/data", 3, True, []])
def test_a_host_path_of_the_wrong_type_is_refused(source: object) -> None:
    assert "where an object belongs" in refused(RULE, owned(volumes(source)))[0]
