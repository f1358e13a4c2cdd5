"""Making two runs comparable, and telling where they differ: names, ids and times are made the same."""

import json
import re
from collections.abc import Iterator
from typing import Any

_NOISE = frozenset(
    {
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "generation",
        "time",
        "clusterIP",
        "clusterIPs",
        "lastTransitionTime",
        "lastUpdateTime",
        "lastProbeTime",
        "startTime",
        "completionTime",
        "deletionTimestamp",
        "podIP",
        "podIPs",
        "hostIP",
        "hostIPs",
        "nodeName",
        "observedGeneration",
        "message",
        "caBundle",
        "uncountedTerminatedPods",
        "selfLink",
        "nodePort",
        "healthCheckNodePort",
        "deletionGracePeriodSeconds",
        "renewTime",
        "managedFields",
    }
)
_SAME = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"-[0-9a-f]{8}\b"), "-<hash>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"\b\d+\.\d+\.\d+\.\d+(:\d+)?"), "<ip>"),
)
_OF_THE_CLUSTER = ("kube-", "kwok")


def normal(value: Any, namespace: str, names: dict[str, str]) -> Any:
    """The value without what changes from run to run; `names` gives generated names an alias."""
    if isinstance(value, dict):
        return {key: normal(item, namespace, names) for key, item in sorted(value.items()) if key not in _NOISE}
    if isinstance(value, list):
        return [normal(item, namespace, names) for item in value]
    if not isinstance(value, str):
        return value
    value = value.replace(namespace, "$ns")
    for real, alias in names.items():
        value = value.replace(real, alias)
    for pattern, stand_in in _SAME:
        value = pattern.sub(stand_in, value)
    return value


def owners(obj: dict[str, Any]) -> list[str]:
    """The managers of an object's fields, the cluster's own left out."""
    entries = obj["metadata"].get("managedFields", [])
    return sorted(
        {
            re.sub("-[0-9a-f]{8}:", "-<hash>:", f"{e.get('manager')}:{e.get('operation')}:{e.get('subresource', '')}")
            for e in entries
            if not e.get("manager", "").startswith(_OF_THE_CLUSTER)
        }
    )


def differences(recorded: Any, seen: Any, path: str = "") -> Iterator[str]:
    """Where two values differ, a line each; messages are kept for reading and not compared."""
    if isinstance(recorded, dict) and isinstance(seen, dict):
        for key in sorted({*recorded, *seen} - {"messages"}):
            if key in recorded and key in seen:
                yield from differences(recorded[key], seen[key], f"{path}.{key}")
            else:
                side = "only recorded" if key in recorded else "only here"
                yield f"{path}.{key}: {side}: {json.dumps(recorded.get(key, seen.get(key)))[:160]}"
    elif isinstance(recorded, list) and isinstance(seen, list) and len(recorded) == len(seen):
        for index, (a, b) in enumerate(zip(recorded, seen, strict=True)):
            yield from differences(a, b, f"{path}[{index}]")
    elif recorded != seen:
        yield f"{path}: recorded {json.dumps(recorded)[:200]} here {json.dumps(seen)[:200]}"
