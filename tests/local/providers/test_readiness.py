"""When an object is ready, and what is said while it is not."""

from typing import Any

import pytest

from local.providers.kubernetes.failures import Refusal
from local.providers.kubernetes.readiness import custom, deployment, network, registry, resources, workloads
from local.providers.kubernetes.readiness.verdict import Others

Obj = dict[str, Any]


def nothing(_: int) -> list[Obj]:
    return []


def related(*lists: list[Obj]) -> Others:
    return lambda index: lists[index]


def rolled_out(**status: Any) -> Obj:
    conditions = [
        {"type": "Available", "status": "True"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
    ]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "generation": 2, "annotations": {"deployment.kubernetes.io/revision": "2"}},
        "spec": {"replicas": 3},
        "status": {"observedGeneration": 2, "updatedReplicas": 3, "conditions": conditions, **status},
    }


def is_ready(live: Obj, others: Others = nothing) -> bool:
    return deployment.check(live).look(live, others).ready


def test_a_deployment_is_ready_when_its_newest_pods_are_all_available() -> None:
    assert is_ready(rolled_out())


@pytest.mark.parametrize(
    "status",
    [
        {"observedGeneration": 1},
        {"updatedReplicas": 2},
        {"unavailableReplicas": 1},
        {"conditions": [{"type": "Available", "status": "True"}]},
    ],
)
def test_a_deployment_under_way_is_not_ready(status: Obj) -> None:
    assert not is_ready(rolled_out(**status))


def test_a_deployment_waits_for_the_claims_it_mounts() -> None:
    live = rolled_out()
    live["spec"]["template"] = {"spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}}
    claim = {"metadata": {"name": "data"}, "status": {"phase": "Pending"}}
    assert not is_ready(live, related([claim]))
    claim["status"]["phase"] = "Bound"
    assert is_ready(live, related([claim]))


def test_a_deployment_that_is_not_available_says_why() -> None:
    live = rolled_out(conditions=[{"type": "Available", "status": "False", "reason": "Few", "message": "too few"}])
    verdict = deployment.check(live).look(live, nothing)
    assert verdict.problems == ["[Few] too few", "Minimum number of live Pods was not attained"]
    assert "(3/3 Pods available)" in verdict.message


def test_a_paused_deployment_without_a_revision_misses_its_pods_and_nothing_else() -> None:
    live = rolled_out(
        conditions=[{"type": "Available", "status": "False"}, {"type": "Progressing", "status": "Unknown"}]
    )
    del live["metadata"]["annotations"]
    verdict = deployment.check(live).look(live, nothing)
    assert (verdict.ready, verdict.problems) == (False, ["Minimum number of live Pods was not attained"])


def service(**spec: Any) -> Obj:
    return {"metadata": {"name": "s"}, "spec": {"selector": {"a": "b"}, **spec}, "status": {}}


def endpoints(*ready: bool) -> Obj:
    return {"metadata": {"resourceVersion": "1"}, "endpoints": [{"conditions": {"ready": one}} for one in ready]}


def test_a_service_is_ready_at_once_when_every_pod_behind_it_is() -> None:
    assert network.service(service(), patient=True).look(service(), related([endpoints(True, True)])).ready


@pytest.mark.parametrize("slices", [[], [endpoints()], [endpoints(True, False)]])
def test_a_service_waits_for_endpoints_to_settle(slices: list[Obj]) -> None:
    verdict = network.service(service(), patient=True).look(service(), related(slices))
    assert not verdict.ready
    assert verdict.again > 0


def test_settled_endpoints_that_are_not_ready_keep_a_service_waiting() -> None:
    assert not network.service(service(), patient=False).look(service(), related([endpoints(True, False)])).ready
    assert network.service(service(), patient=False).look(service(), related([endpoints()])).ready


@pytest.mark.parametrize("spec", [{"clusterIP": "None"}, {"type": "ExternalName"}, {"selector": {}}])
def test_a_service_without_pods_of_its_own_is_ready(spec: Obj) -> None:
    assert network.service(service(**spec), patient=True).look(service(**spec), nothing).ready


def test_a_load_balancer_waits_for_its_address() -> None:
    live = service(type="LoadBalancer")
    check = network.service(live, patient=True)
    verdict = check.look(live, related([endpoints(True)]))
    assert not verdict.ready
    assert verdict.problems == ["Service was not allocated an IP address; does your cloud provider support this?"]
    live["status"] = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
    assert check.look(live, related([endpoints(True)])).ready


def test_a_load_balancer_without_a_selector_misses_its_pods_and_its_address() -> None:
    live = service(type="LoadBalancer", selector={})
    assert len(network.service(live, patient=True).look(live, nothing).problems) == 2


def test_an_ingress_waits_for_services_and_an_address() -> None:
    path = {"backend": {"service": {"name": "s"}}}
    live: Obj = {"metadata": {"name": "i"}, "spec": {"rules": [{"http": {"paths": [path]}}]}}
    check = network.ingress(live, patient=True)
    assert len(check.look(live, related([], [])).problems) == 2
    live["status"] = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
    assert not check.look(live, related([], [])).ready
    assert check.look(live, related([{"metadata": {"labels": {"kubernetes.io/service-name": "s"}}}], [])).ready
    assert check.look(live, related([], [{"metadata": {"name": "s"}, "spec": {"type": "ExternalName"}}])).ready


def test_a_stateful_set_is_ready_when_replicas_and_revision_are() -> None:
    status: Obj = {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "currentReplicas": 1}
    live: Obj = {"metadata": {"generation": 1}, "spec": {"replicas": 1}, "status": status}
    assert not workloads.stateful_set(live).ready
    status |= {"currentRevision": "a", "updateRevision": "a"}
    assert workloads.stateful_set(live).ready
    status["observedGeneration"] = 0
    assert not workloads.stateful_set(live).ready


def test_a_daemon_set_is_ready_when_every_node_has_a_new_ready_pod() -> None:
    counts = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    status: Obj = {"observedGeneration": 1, **dict.fromkeys(counts, 2), "numberReady": 1}
    assert workloads.daemon_set({"metadata": {"generation": 1}, "status": status}).message == "Ready: 1/2"
    assert workloads.daemon_set({"metadata": {"generation": 1}, "status": {**status, "numberReady": 2}}).ready


def test_a_failed_job_is_final() -> None:
    condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "no more"}
    verdict = workloads.job({"metadata": {"name": "j"}, "status": {"conditions": [condition]}})
    assert verdict.failed
    assert verdict.problems == ["[BackoffLimitExceeded] no more"]


def test_a_pod_that_can_not_pull_its_image_says_so() -> None:
    status = {
        "conditions": [
            {"type": "PodScheduled", "status": "True"},
            {"type": "Initialized", "status": "True"},
            {"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "unready: [c]"},
        ],
        "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ErrImagePull", "message": "no image"}}}],
    }
    live = {"metadata": {"name": "p", "namespace": "n"}, "status": status}
    assert workloads.pod(live).problems == ["[Pod n/p]: unready: [c][ErrImagePull] no image"]


def test_a_claim_that_binds_with_its_first_pod_may_be_pending() -> None:
    live = {"spec": {"storageClassName": "late"}, "status": {"phase": "Pending"}}
    late = {"metadata": {"name": "late"}, "volumeBindingMode": "WaitForFirstConsumer"}
    assert resources.claim(live).look(live, related([late])).ready
    assert not resources.claim(live).look(live, related([])).ready


def test_a_definition_is_ready_when_established_and_lost_when_its_names_are_taken() -> None:
    assert resources.definition({"status": {"conditions": [{"type": "Established", "status": "True"}]}}).ready
    taken = {"type": "NamesAccepted", "status": "False", "reason": "Conflict", "message": "taken"}
    assert resources.definition({"status": {"conditions": [taken]}}).failed


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("condition=Ready", True),
        ("condition=Ready=False", False),
        ("condition=Absent", False),
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath={.status.phase}=Done", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.absent}", False),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', True),
        ("jsonpath={.status.list[0].ok}=true", True),
        ("jsonpath={.metadata.labels.a\\.b/c}=d", True),
        ("jsonpath={.metadata.labels['a.b/c']}=d", True),
    ],
)
def test_a_spelled_out_wait_holds_when_the_object_says_so(expression: str, holds: bool) -> None:
    conditions = [{"type": "Ready", "status": "True"}]
    status = {"phase": "Running", "conditions": conditions, "list": [{"ok": True}]}
    live = {"metadata": {"labels": {"a.b/c": "d"}}, "status": status}
    assert custom.check(expression).look(live, nothing).ready is holds


@pytest.mark.parametrize(
    ("expression", "holds"),
    [("condition=ready=true", True), ("condition=Stale", False), ("jsonpath={.status.phase}", False)],
)
def test_a_spelled_out_wait_believes_what_tells_of_the_newest_generation_only(expression: str, holds: bool) -> None:
    conditions = [{"type": "Ready", "status": "True", "observedGeneration": 2}, {"type": "Stale", "status": "True"}]
    status = {"observedGeneration": 1, "phase": "Running", "conditions": conditions}
    assert custom.check(expression).look({"metadata": {"generation": 2}, "status": status}, nothing).ready is holds


def test_a_spelled_out_wait_that_does_not_hold_says_so_in_one_line() -> None:
    verdict = custom.check('["condition=Ready", "condition=Done"]').look({}, nothing)
    assert (verdict.message, verdict.problems) == ("Waiting for condition=Ready, condition=Done", [])


@pytest.mark.parametrize("expression", ["Ready", "jsonpath={.a b}", "[]"])
def test_a_wait_that_can_not_be_read_is_refused(expression: str) -> None:
    with pytest.raises(Refusal, match=r"pulumi\.com/waitFor"):
        custom.check(expression)


def test_skip_await_leaves_nothing_to_wait_for() -> None:
    live = rolled_out()
    live["metadata"]["annotations"]["pulumi.com/skipAwait"] = "true"
    assert registry.for_write(live, live) is None
    assert registry.for_read(live, live) is None


def test_a_kind_that_nobody_knows_is_not_waited_for() -> None:
    assert registry.for_write({}, {"apiVersion": "example.com/v1", "kind": "Thing"}) is None
