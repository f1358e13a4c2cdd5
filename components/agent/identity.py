"""How an agent's objects are named and labelled."""

from components.config.agent import Agent
from components.labels import (
    AUDIT,
    DATA_CLASS,
    RESIDENCY,
    RETENTION_DAYS,
    TEAM,
    Component,
    labels,
    metadata,
    selector,
)
from components.manifest import Manifest


def instance(agent: Agent) -> str:
    """Return the agent's name among all teams' agents."""
    return f"{agent.team}-{agent.name}"


def object_labels(agent: Agent) -> dict[str, str]:
    """Return the labels of the agent's objects."""
    base = labels(agent.name, instance(agent), Component.AGENT, agent.team, agent.spec.version)
    protected = {DATA_CLASS: agent.spec.data_class} if agent.spec.data_class else {}
    return {**base, TEAM: agent.team, **protected}


def data_protection(agent: Agent, residency: str | None) -> dict[str, str]:
    """Return the annotations by which an agent of protected data declares where, how long and that they are watched."""
    if agent.spec.data_class is None:
        return {}
    return {RESIDENCY: residency or "", RETENTION_DAYS: str(agent.spec.retention_days), AUDIT: "true"}


def pod_selector(agent: Agent) -> dict[str, str]:
    """Return the labels that select the agent's pods."""
    return selector(agent.name, instance(agent))


def object_metadata(agent: Agent, name: str | None = None, annotations: dict[str, str] | None = None) -> Manifest:
    """Return the metadata of one of the agent's objects; its name is the agent's unless another is given."""
    return metadata(name or agent.name, object_labels(agent), agent.team, annotations)
