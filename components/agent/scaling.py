"""What changes the number of an agent's pods, as pure manifests: HorizontalPodAutoscaler, PodDisruptionBudget."""

from components.agent.identity import object_metadata, pod_selector
from components.config.agent import Agent, Scaling
from components.manifest import Manifest


def autoscaler(agent: Agent, scaling: Scaling) -> Manifest:
    """Return the autoscaler: up at once and by doubling, down slowly, so that it does not flap."""
    targets = {"cpu": scaling.cpu, "memory": scaling.memory}
    return {
        "metadata": object_metadata(agent),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": agent.name},
            "minReplicas": scaling.min,
            "maxReplicas": scaling.max,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
                }
                for name, percent in targets.items()
                if percent
            ],
            "behavior": {
                "scaleUp": {
                    "stabilizationWindowSeconds": 0,
                    "selectPolicy": "Max",
                    "policies": [
                        {"type": "Percent", "value": 100, "periodSeconds": 30},
                        {"type": "Pods", "value": 2, "periodSeconds": 30},
                    ],
                },
                "scaleDown": {
                    "stabilizationWindowSeconds": 300,
                    "selectPolicy": "Max",
                    "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}],
                },
            },
        },
    }


def disruption_budget(agent: Agent) -> Manifest:
    """Return the budget: one pod at a time, and a broken pod never stands in a drain's way.

    A minimum in its place would block every drain as soon as the agent runs at that minimum.
    """
    return {
        "metadata": object_metadata(agent),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": pod_selector(agent)},
        },
    }
