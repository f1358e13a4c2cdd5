"""What the API server lets be of pods with GPUs and of claims for devices, where the pack is to judge or has judged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.labels import ALLOWED_REGISTRIES, CPU_CEILING, GPU_CEILING, MEMORY_CEILING, TEAM
from components.manifest import Manifest
from tests.components.guardrails.in_force import Api, in_force, wait_for
from tests.policies.manifests import NAMESPACE
from tests.policies.verdicts import made
from tests.policies.verdicts_of_gpus import ITS_OWN, NVIDIA

pytestmark = pytest.mark.cluster
_ALLOWED = {ALLOWED_REGISTRIES: "registry.example.com", CPU_CEILING: "16", MEMORY_CEILING: "64Gi", GPU_CEILING: "2"}
_CLASS = "deviceclass.resource.kubernetes.io/gpu.nvidia.com"
_PLACED: dict[str, Any] = {
    "nodeSelector": {NVIDIA[0]: "true"},
    "tolerations": [{"key": NVIDIA[1], "operator": "Exists", "effect": "NoSchedule"}],
}


def _pod(gpus: int = 0, **fields: Any) -> Manifest:
    def change(template: Manifest) -> None:
        if gpus:
            for listed in template["spec"]["containers"][0]["resources"].values():
                listed["nvidia.com/gpu"] = str(gpus)
        template["spec"].update(fields)

    return made("Pod", change)


def _claim(count: int) -> Manifest:
    exactly = {"deviceClassName": "gpu.nvidia.com", "count": count}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "gpu", "namespace": NAMESPACE},
        "spec": {"devices": {"requests": [{"name": "gpu", "exactly": exactly}]}},
    }


@pytest.fixture(scope="module")
def api(kubeconfig: Path) -> Iterator[Api]:
    """Return an API server with the guardrails in force, and a team that may have two GPUs."""
    metadata = {"name": NAMESPACE, "labels": {TEAM: NAMESPACE}, "annotations": _ALLOWED}
    account = {"name": "web", "namespace": NAMESPACE}
    surroundings: list[Manifest] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account, "automountServiceAccountToken": False},
    ]
    with in_force(kubeconfig, *surroundings) as started:
        wait_for(started, [_pod(1), _claim(3)])
        yield started


def test_a_pod_with_a_claim_may_go_to_gpu_nodes_and_one_without_may_not(api: Api) -> None:
    assert api.apply(_pod(**_PLACED, resourceClaims=ITS_OWN), dry=True).admitted
    assert api.apply(_pod(**_PLACED), dry=True).rules == {"gpu-placement"}


def test_a_gpu_pod_that_has_its_node_from_the_scheduler_can_still_be_changed(api: Api) -> None:
    pod = _pod(1, **_PLACED)
    assert api.apply(pod).admitted
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/web/binding"
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "web"}, "target": {"name": "bound-node"}}
    bound = api.ask("POST", path, binding)
    assert bound.status in (201, 409), bound  # 409: a scheduler was faster
    security = pod["spec"]["containers"][0]["securityContext"]
    added = {"name": "debug", "image": pod["spec"]["containers"][0]["image"], "securityContext": security}
    debugged = {**pod, "spec": {"ephemeralContainers": [added]}}
    answer = api.apply(debugged, dry=True, subresource="ephemeralcontainers")
    api.ask("DELETE", f"/api/v1/namespaces/{NAMESPACE}/pods/web?gracePeriodSeconds=0")
    assert answer.admitted, answer
    named = api.apply(_pod(1, **_PLACED, nodeName="bound-node"), dry=True)
    assert "gpu-placement: the pod asks for GPUs and names its node" in named.message


def test_the_ceiling_of_claims_is_the_teams_own(api: Api) -> None:
    assert api.apply(_claim(2), dry=True).admitted
    assert "gpu-whole-and-capped: it asks for more devices than the team's ceiling, which is 2." in (
        api.apply(_claim(3), dry=True).message
    )


def test_what_the_scheduler_claims_for_a_pod_that_was_admitted_is_admitted(api: Api) -> None:
    assert api.apply(_claim(3), dry=True, user="system:kube-scheduler").admitted
    assert not api.apply(_claim(3), dry=True, user="somebody").admitted


def test_a_claim_from_before_a_lower_ceiling_can_be_labelled_but_not_made_anew(api: Api) -> None:
    assert api.apply(_claim(3), user="system:kube-scheduler").admitted
    labelled = _claim(3)
    labelled["metadata"]["labels"] = {"seen": "yes"}
    answer = api.apply(labelled, dry=True)
    api.delete(_claim(3))
    assert answer.admitted, answer
    assert not api.apply(labelled, dry=True).admitted
