"""workload-probes: long-running containers say when they are ready and when they hang."""

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    KINDS,
    PATCHES,
    container,
    messages,
    owned,
    refused,
    resource,
    spec,
    template,
    unjudged,
)

RULE = "workload-probes"
ENDING = [kind for kind in KINDS if any(part in kind for part in ("Job", "Workflow", "Backup"))]
LONG = [kind for kind in KINDS if kind not in ENDING]
WHOLE = [kind for kind in LONG if kind not in PATCHES]
HTTP = {"httpGet": {"path": "/live", "port": 8080}}
READY = {"httpGet": {"path": "/ready", "port": 8080}}


def probed(ready: object, live: object, **more: object) -> dict[str, object]:
    return {**container(), "readinessProbe": ready, "livenessProbe": live, **more}


def pod(ready: object, live: object) -> dict[str, object]:
    return spec(containers=[probed(ready, live)])


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("name", ["readinessProbe", "livenessProbe"])
def test_a_container_without_a_probe_is_refused_in_every_long_running_kind(kind: str, name: str) -> None:
    (message,) = refused(RULE, owned(spec(containers=[container("ok"), {**container("odd"), name: None}]), kind))
    assert 'container "odd"' in message
    assert f"{name} is not set" in message
    assert "Fix: set it to what tells whether" in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_with_both_probes_passes_in_every_kind(kind: str) -> None:
    assert messages(RULE, owned(spec(), kind)) == []


@pytest.mark.parametrize("kind", ENDING)
def test_a_pod_that_ends_needs_no_probes(kind: str) -> None:
    assert messages(RULE, owned(spec(containers=[{"name": "a"}]), kind)) == []


@pytest.mark.parametrize("kind", ["kubernetes:jobset.x-k8s.io/v1:JobSet", "kubernetes:ray.io/v1:RayJob"])
def test_a_custom_job_needs_no_probes(kind: str) -> None:
    bare = {"spec": {"containers": [{"name": "a"}]}}
    replicated = {"replicatedJobs": [{"template": {"spec": {"template": bare}}}]}
    assert messages(RULE, resource({"spec": replicated}, kind)) == []
    assert messages(RULE, resource({"spec": {"template": bare}}, "kubernetes:kubeflow.org/v1:MPIJob")) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_a_pod_that_is_not_restarted_needs_no_probes(kind: str) -> None:
    bare = [{"name": "a"}]
    for restart in ("Never", "OnFailure"):
        assert messages(RULE, owned(spec(restartPolicy=restart, containers=bare), kind)) == []
    assert len(refused(RULE, owned(spec(restartPolicy="Always", containers=bare), kind))) == 2


def test_pods_of_a_mixed_list_are_judged_by_their_own_kind() -> None:
    bare = {"template": template(spec(containers=[{"name": "a"}]))}
    items = [
        {"apiVersion": "batch/v1", "kind": "Job", "spec": bare},
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": bare},
        {"apiVersion": "batch/v1", "kind": "Job", "spec": bare},
    ]
    found = refused(RULE, resource({"items": items}, "kubernetes:core/v1:List"))
    assert len(found) == 2
    assert all("items[1].spec" in message for message in found)


def test_init_and_ephemeral_containers_need_no_probes() -> None:
    bare = [{"name": "a"}]
    assert messages(RULE, owned(spec(initContainers=bare, ephemeralContainers=bare))) == []


def test_a_sidecar_among_init_containers_needs_both() -> None:
    sidecar = {"name": "proxy", "restartPolicy": "Always"}
    found = refused(RULE, owned(spec(initContainers=[sidecar])))
    assert ['container "proxy"' in message for message in found] == [True, True]
    assert messages(RULE, owned(spec(initContainers=[{**container("proxy"), "restartPolicy": "Always"}]))) == []
    assert messages(RULE, owned(spec(initContainers=[{**sidecar, "restartPolicy": "OnFailure"}]))) == []
    assert "restartPolicy" in unjudged(RULE, owned(spec(initContainers=[{**sidecar, "restartPolicy": UNKNOWN}])))[0]
    assert messages(RULE, owned(spec(initContainers=[{**container(), "restartPolicy": UNKNOWN}]))) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_probes_passes(kind: str) -> None:
    assert messages(RULE, owned({"containers": [{"name": "a", "livenessProbe": {"periodSeconds": 5}}]}, kind)) == []


def test_a_probe_without_an_action_is_refused() -> None:
    assert "livenessProbe is without an action" in refused(RULE, owned(pod(READY, {"periodSeconds": 5})))[0]
    assert len(refused(RULE, owned(pod({}, {})))) == 2


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize(
    ("ready", "live"),
    [
        (HTTP, HTTP),
        (HTTP, {**HTTP, "periodSeconds": 30, "failureThreshold": 6}),
        ({"httpGet": {"port": 8080}}, {"httpGet": {"port": 8080, "path": "/", "scheme": "HTTP", "host": ""}}),
        ({"httpGet": {"port": "http", "path": ""}}, {"httpGet": {"port": "http"}}),
        ({"tcpSocket": {"port": 1}}, {"tcpSocket": {"port": 1, "host": ""}}),
        ({"grpc": {"port": 1}}, {"grpc": {"port": 1, "service": ""}}),
        ({"exec": {"command": ["a", "b"]}}, {"exec": {"command": ["a", "b"]}}),
    ],
)
def test_probes_that_ask_the_same_are_refused_in_every_long_running_kind(
    kind: str, ready: object, live: object
) -> None:
    (message,) = refused(RULE, owned(pod(ready, live), kind))
    assert "readinessProbe and livenessProbe ask the same" in message
    assert "Fix: let readiness ask for more" in message


@pytest.mark.parametrize(
    ("ready", "live"),
    [
        (READY, HTTP),
        (READY, {"httpGet": {"path": "/ready", "port": 8081}}),
        (READY, {"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTPS"}}),
        (READY, {"httpGet": {"path": "/ready", "port": 8080, "host": "x"}}),
        (READY, {"tcpSocket": {"port": 8080}}),
        ({"tcpSocket": {"port": 1}}, {"tcpSocket": {"port": 2}}),
        ({"tcpSocket": {"port": 1}}, {"tcpSocket": {"port": 1, "host": "x"}}),
        ({"grpc": {"port": 1}}, {"grpc": {"port": 2}}),
        ({"grpc": {"port": 1}}, {"grpc": {"port": 1, "service": "live"}}),
        ({"exec": {"command": ["a", "b"]}}, {"exec": {"command": ["a", "c"]}}),
        ({"exec": {"command": ["a", "b"]}}, {"exec": {"command": ["a"]}}),
        ({"httpGet": {"path": "/x", "port": UNKNOWN}}, HTTP),
    ],
)
def test_probes_that_differ_pass(ready: object, live: object) -> None:
    assert messages(RULE, owned(pod(ready, live))) == []


@pytest.mark.parametrize("path", [UNKNOWN, None])
def test_probes_that_may_ask_the_same_are_not_judged(path: object) -> None:
    judged = owned(pod({"httpGet": {"path": path, "port": UNKNOWN}}, {"httpGet": {"path": path, "port": 8080}}))
    assert "readinessProbe" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


def test_unknown_probes_are_not_judged() -> None:
    assert "livenessProbe" in unjudged(RULE, owned(pod(READY, UNKNOWN)))[0]
    assert refused(RULE, owned(pod(UNKNOWN, UNKNOWN))) == []
    assert len(unjudged(RULE, owned(pod({"httpGet": UNKNOWN}, {"httpGet": UNKNOWN})))) == 1
    assert refused(RULE, owned(pod({"httpGet": UNKNOWN}, {"httpGet": UNKNOWN}))) == []


@pytest.mark.parametrize("containers", [UNKNOWN, [UNKNOWN]])
def test_unknown_containers_are_not_judged(containers: object) -> None:
    assert len(unjudged(RULE, owned(spec(containers=containers)))) == 1
    assert refused(RULE, owned(spec(containers=containers))) == []
    assert len(unjudged(RULE, owned(UNKNOWN))) == 1


def test_an_unknown_restart_policy_makes_findings_unjudged_but_not_silent() -> None:
    judged = owned(spec(restartPolicy=UNKNOWN, containers=[{"name": "a"}]))
    assert "restartPolicy" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []
    assert messages(RULE, owned(spec(restartPolicy=UNKNOWN))) == []


@pytest.mark.parametrize("probe", ["x", 1, [], True])
def test_a_probe_of_the_wrong_type_is_refused(probe: object) -> None:
    assert "an object belongs" in refused(RULE, owned(pod(READY, probe)))[0]


def test_a_secret_probe_is_judged() -> None:
    assert messages(RULE, owned(pod(Secret(READY), HTTP))) == []
    assert len(refused(RULE, owned(pod(Secret(HTTP), HTTP)))) == 1
