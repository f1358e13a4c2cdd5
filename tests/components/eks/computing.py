"""The production environment's cloud layer with its nodes started by somebody else."""

import functools
import json
from typing import Any

from components.config.layering import Layer
from components.config.load import ROOT
from tests.components.aws_recording import Cloud
from tests.components.config.test_compute import GENERAL, GPU, NETWORK, SYSTEM
from tests.components.eks.making import cluster, environment, made, written

BOTH = {**GENERAL, "capacity": ["spot", "onDemand"], "zones": ["eu-central-1a", "eu-central-1b"]}
KARPENTER: dict[str, Any] = {"kind": "karpenter", "nodeGroups": [SYSTEM], "nodePools": [BOTH, GPU], "installed": True}
AUTO: dict[str, Any] = {"kind": "auto", "nodePools": [GENERAL, GPU]}


@functools.cache
def _recorded(settings: str, *, preview: bool) -> Cloud:
    changed = environment().model_copy(
        update={"cluster": cluster(network=NETWORK, **json.loads(settings)), "layers": (Layer.CLOUD,)}
    )
    return made(changed, preview=preview)[0]


def recorded(compute: dict[str, Any], *, preview: bool = False, **settings: Any) -> Cloud:
    """Return what the cloud layer registers."""
    return _recorded(json.dumps({"compute": compute, **settings}, sort_keys=True), preview=preview)


def pack_config() -> str:
    """Return the pack's configuration with what this environment has to list by name."""
    config = json.loads((ROOT / "policies/config.prod.json").read_text())
    access = written()["access"]
    config.setdefault("eks-access-entries", {})["administrators"] = [
        access["pipelineRoleArn"],
        access["breakGlassRoleArn"],
    ]
    config.setdefault("ns-not-default", {})["allowed"] = [
        "kube-system/NetworkPolicy/agent-platform-add-ons",
        "kube-system/ConfigMap/amazon-vpc-cni",
    ]
    return json.dumps(config)
