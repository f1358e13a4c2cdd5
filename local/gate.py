"""Whether every agent has its fewest pods ready after an update, also where an autoscaler has yet to add them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.control_plane.client import Cluster, Object, connect
from local.failures import LocalError

WITHIN_SECONDS = 180.0
PAUSE_SECONDS = 0.25
LINES_PER_AGENT = 4


@dataclass(frozen=True)
class AgentStatus:
    """An agent's Deployment as it is now."""

    name: str
    namespace: str
    deployment: str
    url: str
    ready: int
    wanted: int
    available: bool


def wait(kubeconfig: Path, agents: Mapping[str, Mapping[str, Any]], detail: Callable[[str], None]) -> list[AgentStatus]:
    """Wait until every agent's Deployment is rolled out and available; else say what holds each one up."""
    deadline = time.monotonic() + WITHIN_SECONDS
    with connect(kubeconfig) as cluster:
        while True:
            found = look(cluster, agents)
            waiting = [agent for agent in found if not agent.available]
            if not waiting:
                return found
            detail(f"{len(found) - len(waiting)} of {len(found)}, waiting for {waiting[0].name}")
            if time.monotonic() > deadline:
                lines = [line for agent in waiting for line in _why(cluster, agent)]
                raise LocalError(
                    f"{len(waiting)} of {len(found)} agents were not available after {WITHIN_SECONDS:g} s.",
                    "Correct the cause and run `make up` again; `make shell`, then `kubectl describe pod` shows more.",
                    "\n".join(lines),
                )
            time.sleep(PAUSE_SECONDS)


def look(cluster: Cluster, agents: Mapping[str, Mapping[str, Any]]) -> list[AgentStatus]:
    """The state of the agents' Deployments; one request per namespace."""
    namespaces = {str(agent["namespace"]) for agent in agents.values()}
    deployments = {
        (namespace, deployment["metadata"]["name"]): deployment
        for namespace in namespaces
        for deployment in cluster.deployments(namespace)
    }
    return [
        _status(name, agent, deployments.get((str(agent["namespace"]), str(agent["deployment"]))))
        for name, agent in sorted(agents.items())
    ]


def _status(name: str, agent: Mapping[str, Any], deployment: Object | None) -> AgentStatus:
    spec = deployment["spec"] if deployment else {}
    status = deployment.get("status", {}) if deployment else {}
    wanted = max(int(spec.get("replicas", 1)), int(agent.get("fewest_pods", 0)))
    current = bool(deployment) and status.get("observedGeneration", 0) >= (deployment or {})["metadata"]["generation"]
    conditions = {condition["type"]: condition["status"] for condition in status.get("conditions") or []}
    rolled_out = min(int(status.get("updatedReplicas", 0)), int(status.get("readyReplicas", 0))) >= wanted
    return AgentStatus(
        name=name,
        namespace=str(agent["namespace"]),
        deployment=str(agent["deployment"]),
        url=str(agent.get("url", "")),
        ready=int(status.get("readyReplicas", 0)),
        wanted=wanted,
        available=current and rolled_out and conditions.get("Available") == "True",
    )


def _why(cluster: Cluster, agent: AgentStatus) -> list[str]:
    found = next((d for d in cluster.deployments(agent.namespace) if d["metadata"]["name"] == agent.deployment), None)
    if found is None:
        return [f"  ✗ {agent.name}: Deployment {agent.namespace}/{agent.deployment} does not exist"]
    lines = [f"  ✗ {agent.name}: {agent.ready} of {agent.wanted} pods ready"]
    lines += [
        f"      {condition['type']}: {condition.get('message', '')}"
        for condition in found.get("status", {}).get("conditions") or []
        if condition["status"] != "True" or condition["type"] == "ReplicaFailure"
    ]
    warnings = [
        f"      {event['involvedObject']['kind']} {event['involvedObject']['name']}: {event.get('message', '')}"
        for event in cluster.events(agent.namespace)
        if event.get("type") == "Warning" and event["involvedObject"]["name"].startswith(agent.deployment)
    ]
    return lines + list(dict.fromkeys(warnings))[-LINES_PER_AGENT:]
