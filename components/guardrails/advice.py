"""What is better so, in a policy that warns and admits: the advisory rules of the pack."""

from components.guardrails.cel import Check, each
from components.guardrails.policy import for_pods
from components.manifest import Manifest

_LEAST_ID = 10_000


def advice() -> Manifest:
    """Return the policy of advisory rules."""
    return for_pods("advice", [*_of_containers(), *_of_disks()])


def _of_containers() -> list[Check]:
    ids = " && ".join(
        f"c.?securityContext.?{name}.orValue(variables.pod.?securityContext.?{name}.orValue(0)) >= {_LEAST_ID}"
        f" && variables.pod.?securityContext.?{name}.orValue({_LEAST_ID}) >= {_LEAST_ID}"
        for name in ("runAsUser", "runAsGroup")
    )
    return [
        each(
            "pod-high-uid",
            ids,
            "runs as a user or group that a user of the node may be",
            f"set securityContext.runAsUser and runAsGroup to {_LEAST_ID} or more",
            unless="variables.windows",
        ),
        each(
            "pod-cpu-limit",
            'quantity(string(c.?resources.?limits.?cpu.orValue("0"))).isGreaterThan(quantity("0"))',
            "has no CPU limit",
            "set resources.limits.cpu",
            among="running",
        ),
        each(
            "image-pull-always",
            'c.?imagePullPolicy.orValue("") == "Always"',
            "may use an image that lies on its node already",
            "set imagePullPolicy to Always",
        ),
        each(
            "secret-as-file",
            "c.?env.orValue([]).all(e, !e.?valueFrom.?secretKeyRef.hasValue())"
            " && c.?envFrom.orValue([]).all(e, !has(e.secretRef))",
            "has a Secret in its environment",
            "mount the Secret as a volume and read the file",
        ),
    ]


def _of_disks() -> list[Check]:
    sized = " && ".join(
        f'quantity(string(c.?resources.?{side}[?"ephemeral-storage"].orValue("0"))).isGreaterThan(quantity("0"))'
        for side in ("requests", "limits")
    )
    return [
        each(
            "pod-ephemeral-storage",
            sized,
            "has no request or limit of the node's disk",
            "set ephemeral-storage in resources.requests and resources.limits",
            among="running",
        ),
        each(
            "pod-ephemeral-storage",
            '!has(c.emptyDir) || quantity(string(c.emptyDir.?sizeLimit.orValue("0"))).isGreaterThan(quantity("0"))',
            "is an emptyDir without a size limit",
            "set sizeLimit",
            among="volumes",
        ),
    ]
