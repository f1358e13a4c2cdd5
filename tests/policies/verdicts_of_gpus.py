"""The cases of pods with GPUs, as changes of a pod template that passes every rule, and of claims for devices."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.policies.manifests import NAMESPACE, Json

Edit = Callable[[Json], object]
Nodes = tuple[str, str]
NVIDIA = ("nvidia.com/gpu.present", "nvidia.com/gpu")
OTHERS = {
    "amd.com/gpu": ("feature.node.kubernetes.io/amd-gpu", "amd.com/gpu"),
    "aws.amazon.com/neuroncore": ("feature.node.kubernetes.io/aws-neuron", "aws.amazon.com/neuron"),
    "gpu.intel.com/xe": ("intel.feature.node.kubernetes.io/gpu", "gpu.intel.com/i915"),
    "habana.ai/gaudi": ("intel.feature.node.kubernetes.io/gaudi", "habana.ai/gaudi"),
}
"""The label and the taint of the nodes that have a resource."""
OF_A_CLASS = "deviceclass.resource.kubernetes.io/gpu.nvidia.com"
ITS_OWN = [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]
IN_COMMON = [{"name": "gpu", "resourceClaimName": "gpu"}]


def _pod(gpus: Sequence[str] = (), count: int | str = 1, nodes: Nodes | None = None, **fields: Any) -> Edit:
    """Ask for so many GPUs of each kind, go to nodes with this label and taint, and set fields of the pod."""

    def edit(t: Json) -> None:
        resources = t["spec"]["containers"][0]["resources"]
        for name in gpus:
            resources["requests"][name] = resources["limits"][name] = str(count)
        if nodes:
            toleration = {"key": nodes[1], "operator": "Exists", "effect": "NoSchedule"}
            t["spec"].update(nodeSelector={nodes[0]: "true"}, tolerations=[toleration])
        t["spec"].update(fields)

    return edit


def _untrusted(edit: Edit) -> Edit:
    def untrusted(t: Json) -> None:
        edit(t)
        t["metadata"]["labels"]["agent-platform.dev/trust"] = "untrusted"
        t["spec"]["runtimeClassName"] = "gvisor"

    return untrusted


def _requesting(requested: str | None, limited: str | None) -> Edit:
    """Ask for devices of a class with another request than the limit."""

    def edit(t: Json) -> None:
        resources = t["spec"]["containers"][0]["resources"]
        for listed, count in (("requests", requested), ("limits", limited)):
            if count is not None:
                resources[listed][OF_A_CLASS] = count

    return edit


_GPU, _SHARED, _CLASS = ["nvidia.com/gpu"], ["nvidia.com/gpu.shared"], [OF_A_CLASS]
_OTHER_EFFECT = [{"key": NVIDIA[1], "operator": "Exists", "effect": "NoExecute"}]

REFUSED: dict[str, dict[str, Edit]] = {
    "gpu-whole-and-capped": {
        "nine": _pod(_GPU, 9, NVIDIA),
        "nine of a class": _pod(_CLASS, 9),
        "a part of a device": _pod(_CLASS, "500m"),
        "less requested than limited": _requesting("1", "2"),
        "requested without a limit": _requesting("1", None),
    },
    "gpu-placement": {
        "anywhere": _pod(_GPU),
        "not tolerated": _pod(_GPU, nodeSelector={NVIDIA[0]: "true"}),
        "tolerated for another effect": _pod(_GPU, 1, NVIDIA, tolerations=_OTHER_EFFECT),
        "selected without a GPU": _pod(nodeSelector={NVIDIA[0]: "true"}),
        "tolerated without a GPU": _pod(nodes=NVIDIA, nodeSelector={}),
        "every taint tolerated": _pod(tolerations=[{"operator": "Exists"}]),
        "a node by its name": _pod(_GPU, 1, NVIDIA, nodeName="node-1"),
        "a node by its name for a class": _pod(_CLASS, nodeName="node-1"),
        "a claim beside a GPU anywhere": _pod(_GPU, resourceClaims=ITS_OWN),
        **{f"{name} on nodes of NVIDIA": _pod([name], 1, NVIDIA) for name in OTHERS},
        **{f"NVIDIA on nodes of {name}": _pod(_GPU, 1, nodes) for name, nodes in OTHERS.items()},
        **{f"none on nodes of {name}": _pod(nodes=nodes) for name, nodes in OTHERS.items()},
    },
    "gpu-no-shared-cross-tenant": {
        "shared": _untrusted(_pod(_SHARED, 1, NVIDIA)),
        "a claim of several pods": _untrusted(_pod(resourceClaims=IN_COMMON)),
    },
}
ADMITTED: dict[str, dict[str, Edit]] = {
    "gpu-whole-and-capped": {"eight of a class": _pod(_CLASS, 8), "limited alone": _requesting(None, "2")},
    "gpu-placement": {
        "placed": _pod(_GPU, 8, NVIDIA),
        "another toleration": _pod(tolerations=[{"key": "spot", "operator": "Exists"}]),
        "another node": _pod(nodeSelector={NVIDIA[0]: "false"}),
        "a node by its name without a GPU": _pod(nodeName="node-1"),
        "a class anywhere": _pod(_CLASS),
        "a class on nodes of NVIDIA": _pod(_CLASS, 1, NVIDIA),
        "a claim elsewhere": _pod(resourceClaims=ITS_OWN),
        **{f"{name} placed": _pod([name], 1, nodes) for name, nodes in OTHERS.items()},
    },
    "gpu-no-shared-cross-tenant": {
        "trusted": _pod(_SHARED, 1, NVIDIA),
        "a trusted claim": _pod(resourceClaims=IN_COMMON),
        "a claim for each pod": _untrusted(_pod(resourceClaims=ITS_OWN)),
    },
}


def _devices(**fields: Any) -> Json:
    return {"deviceClassName": "gpu.nvidia.com", **fields}


def _either(*counts: int) -> Json:
    return {"firstAvailable": [{"name": f"of-{count}", **_devices(count=count)} for count in counts]}


_REFUSED_CLAIMS: dict[str, list[Json]] = {
    "nine": [{"exactly": _devices(count=9)}],
    "nine together": [{"exactly": _devices(count=8)}, {"exactly": _devices()}],
    "nine with the largest alternative": [_either(8, 1), {"exactly": _devices()}],
    "all": [{"exactly": _devices(allocationMode="All")}],
    "all as an alternative": [{"firstAvailable": [{"name": "all", **_devices(allocationMode="All")}]}],
    "those of others": [{"exactly": _devices(adminAccess=True)}],
}
_ADMITTED_CLAIMS: dict[str, list[Json]] = {
    "none": [],
    "eight together": [{"exactly": _devices(count=4)}, _either(4, 2)],
    "its own": [{"exactly": _devices(allocationMode="ExactCount", adminAccess=False)}],
}


def claims() -> Iterator[tuple[str, str, bool, Json]]:
    """The cases of claims: the rule, what is claimed, whether it is refused, and the object."""
    for refused, table in ((True, _REFUSED_CLAIMS), (False, _ADMITTED_CLAIMS)):
        for what, requests in table.items():
            named = [{"name": f"request-{index}", **request} for index, request in enumerate(requests)]
            spec = {"devices": {"requests": named}}
            for kind, whole in (("ResourceClaim", spec), ("ResourceClaimTemplate", {"spec": spec})):
                metadata = {"name": "web", "namespace": NAMESPACE}
                manifest = {"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": whole}
                yield "gpu-whole-and-capped", f"claimed: {what}", refused, manifest
