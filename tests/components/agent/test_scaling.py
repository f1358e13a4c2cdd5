"""What changes the number of an agent's pods."""

from components.agent import scaling
from components.config.agent import Agent, Scaling
from components.manifest import Manifest
from tests.components.conftest import make_agent


def autoscaler(**target: int) -> Manifest:
    agent: Agent = make_agent(replicas=None, scaling={"min": 2, "max": 6, **target})
    assert isinstance(agent.spec.scaling, Scaling)
    return scaling.autoscaler(agent, agent.spec.scaling)


def test_each_declared_target_is_one_metric() -> None:
    metrics = autoscaler(cpu=70, memory=80)["spec"]["metrics"]
    targets = {m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in metrics}
    assert targets == {"cpu": 70, "memory": 80}


def test_scaling_goes_up_at_once_and_down_slowly() -> None:
    behavior = autoscaler(cpu=70)["spec"]["behavior"]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] >= 300


def test_a_disruption_budget_can_not_block_a_drain() -> None:
    spec = scaling.disruption_budget(make_agent(replicas=1))["spec"]
    assert spec["maxUnavailable"] == 1
    assert "minAvailable" not in spec
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
