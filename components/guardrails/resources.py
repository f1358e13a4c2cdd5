"""The guardrail of what containers may use, and of the nodes that GPUs are on."""

from typing import NamedTuple

from components.guardrails.cel import Check, each, plain, quoted
from components.guardrails.policy import for_pods
from components.labels import (
    CPU_CEILING,
    DEVICE_CLASS,
    GPU,
    GPU_CEILING,
    GPU_PREFIXES,
    GPU_PRESENT,
    MEMORY_CEILING,
    TRUST,
    UNTRUSTED,
)
from components.manifest import Manifest

_REQUESTS = "c.?resources.?requests.orValue({})"
_LIMITS = "c.?resources.?limits.orValue({})"
_IS_GPU = f"({' || '.join(f'key.startsWith({quoted(prefix)})' for prefix in GPU_PREFIXES)})"


class _Nodes(NamedTuple):
    """The nodes of one maker's GPUs: how the names of its resources begin, and the label and taint of the nodes."""

    maker: str
    prefix: str
    label: str
    taint: str


NODES = (
    _Nodes("nvidia", "nvidia.com/", GPU_PRESENT, GPU),
    _Nodes("amd", "amd.com/gpu", "feature.node.kubernetes.io/amd-gpu", "amd.com/gpu"),
    _Nodes("neuron", "aws.amazon.com/neuron", "feature.node.kubernetes.io/aws-neuron", "aws.amazon.com/neuron"),
    _Nodes("intel", "gpu.intel.com/", "intel.feature.node.kubernetes.io/gpu", "gpu.intel.com/i915"),
    _Nodes("gaudi", "habana.ai/gaudi", "intel.feature.node.kubernetes.io/gaudi", "habana.ai/gaudi"),
)
_DOUBLED = ".map(q, q.add(q))"
_RATIOS = {"cpu": (4, 2 * _DOUBLED), "memory": (2, _DOUBLED)}
"""How many times its request a limit may be, and what that makes of a list with the request."""

UNTRUSTED_PODS = f"""variables.template.?metadata.?labels.orValue({{}})[?{quoted(TRUST)}].orValue("")
    == {quoted(UNTRUSTED)}
  || variables.template.?metadata.?ownerReferences.orValue([]).exists(o,
    o.apiVersion.startsWith("agents.x-k8s.io/") || o.apiVersion.startsWith("extensions.agents.x-k8s.io/"))"""
"""The CEL of whether a pod runs untrusted code: by its label, or since agent-sandbox made it."""


def _asks(prefix: str) -> str:
    """Return the CEL of whether a container asks for what begins like this."""
    return f"""variables.running.exists(c, [{_REQUESTS}, {_LIMITS}].exists(asked,
      asked.exists(key, key.startsWith({quoted(prefix)})
        && quantity(string(asked[key])).isGreaterThan(quantity("0")))))"""


_VARIABLES = {
    "sized": """[dyn({"name": dyn("of the pod itself"), "resources": variables.pod.?resources.orValue({})})]
      + variables.running""",
    **{f"asks_{nodes.maker}": _asks(nodes.prefix) for nodes in NODES},
    "asks_class": _asks(DEVICE_CLASS),
    "claims": "variables.asks_class || size(variables.pod.?resourceClaims.orValue([])) > 0",
    "tolerations": "variables.pod.?tolerations.orValue([])",
    "selector": "variables.pod.?nodeSelector.orValue({})",
    "untrusted": UNTRUSTED_PODS,
}


def resources() -> Manifest:
    """Return the policy of requests, limits, ceilings and GPUs.

    That GPUs are whole, and the request is the limit, the API server demands by itself, but of devices of a class.
    """
    return for_pods("resources", [*_sizes(), *_gpus()], _VARIABLES)


def _sizes() -> list[Check]:
    requested = " && ".join(_above_zero(_REQUESTS, name) for name in ("cpu", "memory"))
    return [
        each(
            "pod-resource-requests",
            requested,
            "requests no CPU or no memory",
            "set resources.requests.cpu and resources.requests.memory",
            among="running",
        ),
        each(
            "pod-memory-limit",
            _above_zero(_LIMITS, "memory"),
            "has no memory limit",
            "set resources.limits.memory",
            among="running",
        ),
        _under_ceiling("cpu", CPU_CEILING),
        _under_ceiling("memory", MEMORY_CEILING),
        *(_near_request(name, most, multiplied) for name, (most, multiplied) in _RATIOS.items()),
    ]


def _above_zero(asked: str, name: str) -> str:
    return f'quantity(string({asked}[?{quoted(name)}].orValue("0"))).isGreaterThan(quantity("0"))'


def _under_ceiling(name: str, annotation: str) -> Check:
    ceiling = f"variables.team[{quoted(annotation)}]"
    amount = f'quantity(string(asked[?{quoted(name)}].orValue("0")))'
    check = each(
        "pod-limit-ceiling",
        f"[{_REQUESTS}, {_LIMITS}].all(asked, {amount}.compareTo(quantity({ceiling})) <= 0)",
        f"has a {name} limit or request over the ceiling of the team, which is",
        "lower it, or have the ceiling of the team raised",
        among="sized",
    )
    return check._replace(found=f'{check.found} + " " + {ceiling}')


def _near_request(name: str, most: int, multiplied: str) -> Check:
    request, limit = (f"quantity(string({asked}[{quoted(name)}]))" for asked in (_REQUESTS, _LIMITS))
    return each(
        "pod-limit-ceiling",
        f"!({quoted(name)} in {_REQUESTS} && {quoted(name)} in {_LIMITS})"
        f" || {limit}.compareTo([{request}]{multiplied}[0]) <= 0",
        f"has a {name} limit of more than {most} times its request",
        "raise the request or lower the limit",
        among="sized",
    )


def _gpus() -> list[Check]:
    cap = f"variables.team[{quoted(GPU_CEILING)}]"
    capped = each(
        "gpu-whole-and-capped",
        f"{_LIMITS}.all(key, !{_IS_GPU} || quantity(string({_LIMITS}[key])).compareTo(quantity({cap})) <= 0)",
        "has more GPUs than the team's ceiling, which is",
        "lower resources.limits, or have the ceiling of the team raised",
        among="running",
    )
    return [
        capped._replace(found=f'{capped.found} + " " + {cap}'),
        _whole_of_class(),
        *map(_placed, NODES),
        _unnamed_node(),
        plain(
            "gpu-placement",
            'variables.tolerations.all(t, t.?key.orValue("") != "")',
            "the pod tolerates every taint",
            "name the key of the taint that the pod is to tolerate",
        ),
        each(
            "gpu-no-shared-cross-tenant",
            f'[{_REQUESTS}, {_LIMITS}].all(asked, asked.all(key, !key.matches("^nvidia[.]com/.*[.]shared$")))',
            "runs untrusted code and shares a GPU by time-slicing",
            "ask for a whole GPU or a MIG slice, or for none",
            among="running",
            unless="!variables.untrusted",
        ),
        plain(
            "gpu-no-shared-cross-tenant",
            "!variables.untrusted || variables.pod.?resourceClaims.orValue([])"
            '.all(claim, claim.?resourceClaimName.orValue("") == "")',
            "the pod runs untrusted code and names a ResourceClaim, which other pods may name too",
            "name a ResourceClaimTemplate in resourceClaimTemplateName",
        ),
    ]


def _whole_of_class() -> Check:
    of_class = f"key.startsWith({quoted(DEVICE_CLASS)})"
    whole = f"{_LIMITS}.all(key, !{of_class} || quantity(string({_LIMITS}[key])).isInteger())"
    request, limit = (f"quantity(string({listed}[key]))" for listed in (_REQUESTS, _LIMITS))
    same = f"{_REQUESTS}.all(key, !{of_class} || (key in {_LIMITS} && {request}.compareTo({limit}) == 0))"
    return each(
        "gpu-whole-and-capped",
        f"{whole} && {same}",
        "asks for a part of a device, or requests another number of devices than its limit",
        f"set {DEVICE_CLASS}... to the same whole number in resources.requests and resources.limits",
        among="running",
    )


def _placed(nodes: _Nodes) -> Check:
    asks = f"variables.asks_{nodes.maker}"
    selects = f'variables.selector[?{quoted(nodes.label)}].orValue("") == "true"'
    named = f'variables.tolerations.filter(t, t.?key.orValue("") == {quoted(nodes.taint)})'
    scheduled = f'{named}.exists(t, t.?effect.orValue("") in ["", "NoSchedule"])'
    return plain(
        "gpu-placement",
        f"{asks} ? {selects} && {scheduled} : variables.claims || (!({selects}) && size({named}) == 0)",
        f"the pod asks for {nodes.prefix} and does not go to the nodes that have it, or goes there without",
        f'set nodeSelector {nodes.label} to "true" and tolerate the taint {nodes.taint} in pods that ask for it, and '
        "there only",
    )


def _unnamed_node() -> Check:
    """An update of a pod is let through: it has a node since it was bound to one, by a request of its own."""
    asked = " || ".join(f"variables.asks_{maker}" for maker in (*(nodes.maker for nodes in NODES), "class"))
    bound = 'object.kind == "Pod" && request.operation == "UPDATE"'
    return plain(
        "gpu-placement",
        f'variables.pod.?nodeName.orValue("") == "" || ({bound}) || !({asked})',
        "the pod asks for GPUs and names its node, which goes around the scheduler",
        "remove nodeName, and let nodeSelector and tolerations place the pod",
    )
