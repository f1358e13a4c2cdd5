"""How the scheduler of a cluster chooses among nodes that a pod fits on, as plain data.

One setting holds for all pods. GPUs alone can be weighed: the strategy then says nothing of pods that ask for none,
which their spread constraints distribute, and fills nodes whose GPUs are in use already with those that do.
https://docs.aws.amazon.com/eks/latest/userguide/control-plane-configuration.html
"""

from typing import Any

from components.config.eks import Eks
from components.labels import GPU

_WEIGHTS = {"gpus": {GPU: 1}, "all": {"cpu": 1, "memory": 1, GPU: 5}}
"""GPUs cost more than the rest of their node, so that a GPU node that is in use goes first."""


def scheduler(settings: Eks) -> dict[str, Any] | None:
    """Return the scheduler's configuration; None where its own is right: every pod onto the emptiest node."""
    weights = _WEIGHTS.get(settings.packing)
    if weights is None or (settings.packing == "gpus" and not any(nodes.gpus for nodes in settings.compute.all_nodes)):
        return None
    resources = [{"name": name, "weight": weight} for name, weight in weights.items()]
    return {"node_resources_fit": {"scoring_strategy": {"type": "MostAllocated", "resources": resources}}}
