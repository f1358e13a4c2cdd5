"""Where an environment runs, unless a cluster is made for it: one that exists, or that the layer above tells of."""

from typing import Literal

from pydantic import Field

from components.config.model import Model
from components.config.names import LabelValue, Name
from components.config.quantities import Count, Cpu, Memory

MOST_NODES = 5000
"""https://kubernetes.io/docs/setup/best-practices/cluster-large/"""


class NodePool(Model):
    """Nodes of one kind. The local cloud simulates them; elsewhere they say what the cluster can hold."""

    name: Name
    instance_type: LabelValue = Field(description="The nodes' instance type.", examples=["m7i.2xlarge"])
    nodes: Count = Field(ge=1, le=MOST_NODES, description="How many, over all zones.")
    cpu: Cpu = Field(description="CPU that one node offers to pods.")
    memory: Memory = Field(description="Memory that one node offers to pods.")
    gpus: Count = Field(0, ge=0, le=1024, description="GPUs of one node, as pods can ask for them.")
    gpu_product: LabelValue | None = Field(None, description="The GPUs' product label.", examples=["NVIDIA-L4"])


class Kubeconfig(Model):
    """A cluster that exists, reached by a kubeconfig file."""

    kind: Literal["kubeconfig"]
    kubeconfig: str = Field(min_length=1, description="The file's path; relative to the project, `~` is the home.")
    context: str = Field(min_length=1, description="The context in that file.")
    identifier: str = Field(
        min_length=1, description="The cluster's lasting name: the resources follow it, not the server's address."
    )
    adopt_existing: bool = Field(
        False, description="Take over objects that exist already instead of refusing; only where nobody else makes any."
    )
    zones: tuple[Name, ...] = Field(min_length=1, description="The zones that its nodes stand in.")
    node_pools: tuple[NodePool, ...] = Field(min_length=1, description="What its nodes can hold.")
