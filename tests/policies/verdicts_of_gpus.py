"""The cases of pods with GPUs, as changes of a pod template that passes every rule."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.policies.manifests import Json

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
ITS_OWN = [{"name": "gpu", "resourceClaimTemplateName": "gpu"}]
IN_COMMON = [{"name": "gpu", "resourceClaimName": "gpu"}]


def _pod(gpus: Sequence[str] = (), count: int = 1, nodes: Nodes | None = None, **fields: Any) -> Edit:
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


_GPU, _SHARED = ["nvidia.com/gpu"], ["nvidia.com/gpu.shared"]
_OTHER_EFFECT = [{"key": NVIDIA[1], "operator": "Exists", "effect": "NoExecute"}]

REFUSED: dict[str, dict[str, Edit]] = {
    "gpu-whole-and-capped": {"nine": _pod(_GPU, 9, NVIDIA)},
    "gpu-placement": {
        "anywhere": _pod(_GPU),
        "not tolerated": _pod(_GPU, nodeSelector={NVIDIA[0]: "true"}),
        "tolerated for another effect": _pod(_GPU, 1, NVIDIA, tolerations=_OTHER_EFFECT),
        "selected without a GPU": _pod(nodeSelector={NVIDIA[0]: "true"}),
        "tolerated without a GPU": _pod(nodes=NVIDIA, nodeSelector={}),
        "every taint tolerated": _pod(tolerations=[{"operator": "Exists"}]),
        "a claim on a GPU node": _pod(nodes=NVIDIA, resourceClaims=ITS_OWN),
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
    "gpu-placement": {
        "placed": _pod(_GPU, 8, NVIDIA),
        "another toleration": _pod(tolerations=[{"key": "spot", "operator": "Exists"}]),
        "another node": _pod(nodeSelector={NVIDIA[0]: "false"}),
        "a claim elsewhere": _pod(resourceClaims=ITS_OWN),
        **{f"{name} placed": _pod([name], 1, nodes) for name, nodes in OTHERS.items()},
    },
    "gpu-no-shared-cross-tenant": {
        "trusted": _pod(_SHARED, 1, NVIDIA),
        "a trusted claim": _pod(resourceClaims=IN_COMMON),
        "a claim for each pod": _untrusted(_pod(resourceClaims=ITS_OWN)),
    },
}
