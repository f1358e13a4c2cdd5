"""The guardrail of how workloads live: their probes and their autoscalers."""

from components.guardrails.cel import each, plain
from components.guardrails.policy import for_pods, policy
from components.manifest import Manifest

_ACTIONS = ("httpGet", "tcpSocket", "grpc", "exec")
_ASKED = {
    "httpGet.?port": '""',
    "httpGet.?path": '"/"',
    "httpGet.?scheme": '"HTTP"',
    "httpGet.?host": '""',
    "tcpSocket.?port": '""',
    "tcpSocket.?host": '""',
    "grpc.?port": '""',
    "grpc.?service": '""',
    "exec.?command": "[]",
}
_MOST_PODS = 50


def probes() -> Manifest:
    """Return the policy of probes: of pods that run on, and of their containers that do, sidecars among them."""
    defined = " && ".join(
        f"({' || '.join(f'c.?{probe}.?{action}.hasValue()' for action in _ACTIONS)})"
        for probe in ("readinessProbe", "livenessProbe")
    )
    asked = ", ".join(f"dyn(probe.?{field}.orValue({default}))" for field, default in _ASKED.items())
    used = ", ".join(f"dyn(has(probe.{action}))" for action in _ACTIONS)
    differ = f"[[c.readinessProbe, c.livenessProbe].map(probe, [{used}, {asked}])].all(pair, pair[0] != pair[1])"
    return for_pods(
        "probes",
        [
            each(
                "workload-probes",
                f"{defined} && {differ}",
                "has no readiness or no liveness probe, or two that ask the same",
                "set both, and let readiness ask for more than liveness, as by another path",
                among="serving",
                unless='variables.pod.?restartPolicy.orValue("Always") != "Always"',
            )
        ],
        {
            "serving": """variables.pod.?containers.orValue([])
              + variables.pod.?initContainers.orValue([]).filter(c, c.?restartPolicy.orValue("") == "Always")""",
        },
    )


def autoscalers() -> Manifest:
    """Return the policy of autoscalers. That the least is not above the most, the API server demands by itself."""
    return policy(
        "autoscalers",
        {"autoscaling": ["horizontalpodautoscalers"]},
        [
            plain(
                "hpa-sane",
                f"dyn(object).spec.maxReplicas <= {_MOST_PODS}",
                f"the autoscaler may ask for more than {_MOST_PODS} pods",
                f"set maxReplicas to {_MOST_PODS} or less",
            )
        ],
    )
