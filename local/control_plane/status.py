"""What runs: a snapshot of one control plane, for people and (as JSON) for programs."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

State = Literal["running", "degraded", "stopped"]


@dataclass(frozen=True)
class ComponentStatus:
    """One process of the control plane; `pid` is None when it does not run, `port` None before the first start."""

    name: str
    pid: int | None
    port: int | None


@dataclass(frozen=True)
class Status:
    """`running`: all components run and the API answers; `degraded`: some do; `stopped`: none runs."""

    state: State
    components: tuple[ComponentStatus, ...]
    kubernetes_version: str | None
    server: str | None
    nodes_ready: int
    nodes: int
    kubeconfig: Path
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain data, with camelCase keys as everywhere in the product's files."""
        return {
            "state": self.state,
            "kubernetesVersion": self.kubernetes_version,
            "server": self.server,
            "nodes": {"ready": self.nodes_ready, "total": self.nodes},
            "kubeconfig": str(self.kubeconfig),
            "components": [asdict(component) for component in self.components],
            **({"problem": self.problem} if self.problem else {}),
        }
