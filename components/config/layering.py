"""The environments and layers that the product knows, and which settings go with which layers."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from components.config.model import RefusedError


class Environment(StrEnum):
    """The environments that the product knows."""

    LOCAL = "local"
    DEV = "dev"
    PROD = "prod"


class Layer(StrEnum):
    """The layers of an environment, in the order in which they are made."""

    CLOUD = "cloud"
    PLATFORM = "platform"
    TEAM = "team"


ORDER = tuple(Layer)
LAYER_OF = {
    **dict.fromkeys(("registries", "teams"), Layer.PLATFORM),
    **dict.fromkeys(("team", "services", "secrets", "fleets"), Layer.TEAM),
}
"""Settings that only the stack which holds this layer has; the layers below know them by contract."""


def misfits(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield what does not go together in a stack's settings as people wrote them: layers, cluster, options."""
    found = data.get("layers")
    layers = [str(layer) for layer in found] if isinstance(found, list | tuple) else []
    for layer in sorted({layer for layer in layers if layers.count(layer) > 1}):
        yield RefusedError(f"layers names {layer} {layers.count(layer)} times", "name each layer once")
    if not layers or not set(layers) <= set(ORDER):
        return
    if Layer.CLOUD in layers and Layer.TEAM in layers and Layer.PLATFORM not in layers:
        reason = "layers is cloud and team without platform: agents would have no namespace, quota or guardrails"
        yield RefusedError(reason, "add platform to layers, or give each layer a stack of its own")
    cluster = data.get("cluster")
    yield from _cluster(str(cluster.get("kind")) if isinstance(cluster, Mapping) else "", layers)
    for option, layer in LAYER_OF.items():
        if data.get(option) and layer not in layers:
            reason = f"{option} belongs to the {layer} layer; in a stack of {_listed(layers)} it would have no effect"
            yield RefusedError(reason, f"move it to the stack file whose layers have {layer}")


def _cluster(kind: str, layers: Sequence[str]) -> Iterator[RefusedError]:
    """Yield why these layers can't have a cluster of this kind."""
    if kind == "eks" and Layer.CLOUD not in layers:
        reason = f"cluster.kind is eks, but layers is {_listed(layers)} without cloud: nobody would make it"
        yield RefusedError(reason, "add cloud to layers, or take the cluster by `kind: contract`")
    if kind == "contract" and Layer.CLOUD in layers:
        reason = "layers has cloud, which makes the cluster, but cluster.kind is contract: another stack makes it"
        yield RefusedError(reason, "remove cloud from layers, or write the cluster here with `kind: eks`")
    if kind == "kubeconfig" and Layer.PLATFORM not in layers:
        reason = f"cluster.kind is kubeconfig, but layers is {_listed(layers)} without platform"
        if Layer.TEAM in layers:
            fix = "take the cluster, and the teams with it, by `kind: contract` from the stack that holds platform"
            yield RefusedError(f"{reason}: nobody would tell of teams and registries", fix)
        else:
            yield RefusedError(f"{reason}: the cluster exists, so nothing would be made", "add platform to layers")


def _listed(layers: Sequence[str]) -> str:
    return ", ".join(layers)


def held(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return layers in the order in which they are made."""
    return tuple(layer for layer in ORDER if layer in layers)


def above(layers: Sequence[Layer]) -> Layer | None:
    """Return the layer right above a stack's; None: it holds the first."""
    position = ORDER.index(held(layers)[0])
    return ORDER[position - 1] if position else None
