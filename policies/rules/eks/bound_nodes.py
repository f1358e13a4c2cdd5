"""nodes-bounded: groups of nodes have a ceiling, and GPU nodes repel pods that did not ask for a GPU.

Node groups, autoscaling groups and Karpenter node pools. A node group whose instance types stand in its launch template
is known as one with GPUs by its amiType only.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import whole_number
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.machines import NODE_GROUP
from policies.subjects.objects import objects
from policies.subjects.typed import typed
from policies.unknowns import ABSENT, UNKNOWN, Field

_SCALING_GROUP: Final = "aws:autoscaling/group:Group"
_AWS: Final = (NODE_GROUP, _SCALING_GROUP)
_NODE_POOLS: Final = objects("karpenter.sh/NodePool")
_FIX_TAINT: Final = "taint the nodes, for example nvidia.com/gpu with effect {}"
_FIX_LIMITS: Final = "set spec.limits, for example cpu and memory"
_ACCELERATED: Final = re.compile(r"(?:g|gr|p|inf|trn|dl)[0-9]+[a-z0-9-]*(?:\..*)?", re.DOTALL)
_IMAGE: Final = re.compile(r"GPU|NVIDIA|NEURON")
_CATEGORIES: Final = frozenset({"g", "p", "gr", "inf", "trn", "dl"})
_GPU_KEYS: Final = re.compile(r"karpenter\.k8s\.aws/instance-(?:gpu|accelerator)-[a-z]+")
_TYPE_KEYS: Final = ("karpenter.k8s.aws/instance-family", "node.kubernetes.io/instance-type")
_CATEGORY_KEY: Final = "karpenter.k8s.aws/instance-category"
_ABSENCE: Final = ("NotIn", "DoesNotExist", "Lt")


class Nodes(NamedTuple):
    """A group of nodes: the type of its resource (empty for a node pool) and the root of its settings."""

    type: str
    root: Field
    complete: bool


def _nodes_of(resource: Resource) -> tuple[Nodes, ...]:
    if resource.type in _AWS:
        return (Nodes(resource.type, typed(resource).root, complete=True),)
    return tuple(Nodes("", each.at("spec"), each.complete) for each in _NODE_POOLS.subjects(resource))


def judge(nodes: Nodes, options: Options) -> Iterator[Finding]:
    """Finds groups without a ceiling or above it, and GPU nodes that any pod may land on."""
    if not nodes.type:
        yield from _judge_pool(nodes)
        return
    most = options["mostNodes"]
    size = nodes.root.at("maxSize") if nodes.type == _SCALING_GROUP else nodes.root.at("scalingConfig", "maxSize")
    yield from check(size, INTEGER, lambda it: it <= most, fix=f"set it to {most} at most", required=True)
    if nodes.type == NODE_GROUP:
        for each in (*nodes.root.at("instanceTypes").items(), nodes.root.at("amiType")):
            yield from check(each, TEXT, lambda _: True, fix="write a string") if each.value is not UNKNOWN else ()
        yield from _untainted(nodes, _accelerated(nodes.root), ("NO_SCHEDULE", "NO_EXECUTE"), ("taints",))


def _judge_pool(pool: Nodes) -> Iterator[Finding]:
    limits = list(pool.root.at("limits").entries())
    if not limits and pool.complete:
        yield Violation(f"{place(pool.root.at('limits'))} names no ceiling. Fix: {_FIX_LIMITS}.")
    for _, limit in limits:
        if limit.value is not ABSENT and not isinstance(limit.value, str | int | float):
            yield unreadable(limit, "a quantity", _FIX_LIMITS)
    verdict = _pool_accelerated(pool.root)
    yield from _untainted(pool, verdict, ("NoSchedule", "NoExecute"), ("template", "spec", "taints"))


def _untainted(nodes: Nodes, accelerated: object, effects: tuple[str, str], path: tuple[str, ...]) -> Iterator[Finding]:
    taints = nodes.root.at(*path)
    found = [each.at("effect").value for each in taints.items()]
    if accelerated is False or not nodes.complete or any(effect in found for effect in effects):
        return
    if accelerated is UNKNOWN or UNKNOWN in found:
        yield Unjudged(f"{place(taints)}, or whether the nodes have GPUs")
    else:
        yield Violation(f"{place(taints)} lets any pod land on GPU nodes. Fix: {_FIX_TAINT.format(effects[0])}.")


def _accelerated(root: Field) -> object:
    types = [each.value for each in root.at("instanceTypes").items()]
    image = root.at("amiType").value
    if _any_accelerated(types) or (isinstance(image, str) and _IMAGE.search(image)):
        return True
    return UNKNOWN if UNKNOWN in (*types, image) else False


def _any_accelerated(types: list[object]) -> bool:
    return any(isinstance(each, str) and _ACCELERATED.fullmatch(each) for each in types)


def _pool_accelerated(root: Field) -> object:
    verdicts = [_asks_for_gpus(each) for each in root.at("template", "spec", "requirements").items()]
    return True if True in verdicts else UNKNOWN if UNKNOWN in verdicts else False


def _asks_for_gpus(requirement: Field) -> object:
    key, operator = requirement.at("key").value, requirement.at("operator").value
    if UNKNOWN in (key, operator):
        return UNKNOWN
    if not isinstance(key, str) or operator in _ABSENCE:
        return False
    if _GPU_KEYS.fullmatch(key):
        return True
    values = [each.value for each in requirement.at("values").items()]
    if key in _TYPE_KEYS and _any_accelerated(values):
        return True
    if key == _CATEGORY_KEY and any(isinstance(each, str) and each in _CATEGORIES for each in values):
        return True
    return UNKNOWN if key in (*_TYPE_KEYS, _CATEGORY_KEY) and UNKNOWN in values else False


RULE = Rule(
    name="nodes-bounded",
    description="Groups of nodes must have a ceiling, and GPU nodes a taint.",
    why="An agent in a loop asks for nodes until something stops it, and a plain pod on a GPU node wastes the GPU.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(owasp=("LLM10",)),
    remediation="Set scalingConfig.maxSize (in Karpenter spec.limits), and taint the groups that have GPUs.",
    area=Area(concerns=lambda token: token in _AWS or _NODE_POOLS.concerns(token), subjects=_nodes_of),
    judge=judge,
    options={"mostNodes": whole_number("The most nodes that one group may have.", 20, 1, 1000)},
)
