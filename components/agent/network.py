"""What an agent may reach and who may reach it, as a pure manifest."""

from collections.abc import Sequence

from components.agent.identity import object_metadata, pod_selector
from components.config.agent import Agent
from components.identity.grants import Way
from components.labels import NAMESPACE
from components.manifest import Manifest


def network_policy(
    agent: Agent, callers: Sequence[Agent], callees: Sequence[Agent], ways: Sequence[Way] = ()
) -> Manifest:
    """Return the NetworkPolicy: in from agents that declare the call, out to declared agents, networks and services."""
    ingress = [{"from": [_pods(caller) for caller in callers], "ports": [_port(agent.spec.port)]}] if callers else []
    calls = [{"to": [_pods(callee)], "ports": [_port(callee.spec.port)]} for callee in callees]
    outside = [
        {"to": [{"ipBlock": {"cidr": rule.cidr}}], "ports": [_port(rule.port, rule.protocol)]}
        for rule in agent.spec.egress
    ]
    services = [{"to": way.peers, "ports": [_port(way.port)]} for way in ways]
    return {
        "metadata": object_metadata(agent),
        "spec": {
            "podSelector": {"matchLabels": pod_selector(agent)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": [*calls, *outside, *services],
        },
    }


def _pods(agent: Agent) -> Manifest:
    return {
        "namespaceSelector": {"matchLabels": {NAMESPACE: agent.team}},
        "podSelector": {"matchLabels": pod_selector(agent)},
    }


def _port(port: int, protocol: str = "TCP") -> Manifest:
    return {"protocol": protocol, "port": port}
