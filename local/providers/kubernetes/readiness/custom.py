"""Readiness that a program spells out in `pulumi.com/waitFor`: conditions and JSONPath expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from local.providers.kubernetes import objects
from local.providers.kubernetes.failures import Refusal
from local.providers.kubernetes.readiness.verdict import Simple, Verdict, is_observed
from local.providers.values import Object

_STEP = re.compile(
    r"""\.?\[\?\(@\.(?P<field>[\w./-]+)\s*==\s*["'](?P<equals>[^"']*)["']\)\]"""
    r"""|\.?\[["'](?P<quoted>[^"']+)["']\]|\[(?P<index>\*|\d+)\]|\.(?P<key>(?:[\w/-]|\\.)+)"""
)


def expressions(annotation: str) -> list[str]:
    """The expressions of the annotation: one, or a JSON list."""
    try:
        parsed = json.loads(annotation)
    except ValueError:
        parsed = annotation
    found = [str(one) for one in parsed] if isinstance(parsed, list) else [annotation]
    if not found:
        raise Refusal(f"{objects.WAIT_FOR}: at least one condition must be specified")
    return found


def check(annotation: str) -> Simple:
    """The check that waits for all expressions."""
    wanted = [(one, _parse(one)) for one in expressions(annotation)]

    def judge(live: Object) -> Verdict:
        missing = [one for one, holds in wanted if not holds(live)]
        return Verdict(ready=not missing, message=f"Waiting for {', '.join(missing)}")

    return Simple(judge)


def _parse(expression: str) -> Callable[[Object], bool]:
    kind, _, rest = expression.partition("=")
    if kind == "condition":
        type_, _, status = rest.partition("=")
        return lambda live: _has_condition(live, type_, status or "True")
    if kind == "jsonpath":
        path, braced, value = rest.partition("}")
        steps = _steps(path.lstrip("{"), expression)
        wanted = value.lstrip("=").strip("'\"") if braced and value else None
        return lambda live: _is_current(live, live.get("status")) and _matches(find(live, steps), wanted)
    raise Refusal(f'{objects.WAIT_FOR}: expected a "jsonpath=" or "condition=" prefix, got {expression!r}')


def _has_condition(live: Object, type_: str, status: str) -> bool:
    """Whether the object has the condition, both words in any case, and it tells of the newest generation."""
    for one in objects.items(live, "status", "conditions"):
        if objects.text(one, "type").lower() == type_.lower() and objects.text(one, "status"):
            return _is_current(live, one, live.get("status")) and one["status"].lower() == status.lower()
    return False


def _is_current(live: Object, *tellers: Any) -> bool:
    """Whether the first of these that tells a generation tells the newest; what tells none is current."""
    told = (objects.at(teller, "observedGeneration") for teller in tellers)
    first = next((generation for generation in told if generation is not None), None)
    return first is None or bool(first >= objects.number(live, "metadata", "generation"))


def _matches(found: list[Any], wanted: str | None) -> bool:
    if wanted is None:
        return bool(found)
    return any((json.dumps(one) if isinstance(one, bool) else str(one)) == wanted for one in found)


def _steps(path: str, expression: str) -> list[re.Match[str]]:
    steps, position = [], 0
    path = path if path.startswith((".", "[")) else f".{path}"
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise Refusal(f"{objects.WAIT_FOR}: {expression!r} can't be read from {path[position:]!r} on")
        steps.append(match)
        position = match.end()
    return steps


def find(value: Any, steps: list[re.Match[str]]) -> list[Any]:
    """What a path leads to: keys, indices, `*`, and filters on one field."""
    found = [value]
    for step in steps:
        found = [after for before in found for after in _follow(before, step)]
    return found


def _follow(value: Any, step: re.Match[str]) -> list[Any]:
    key = step["quoted"] or (step["key"] or "").replace("\\.", ".")
    if key:
        return [value[key]] if isinstance(value, dict) and key in value else []
    if not isinstance(value, list):
        return []
    if step["field"]:
        return [one for one in value if str(objects.at(one, *step["field"].split("."))) == step["equals"]]
    return value if step["index"] == "*" else value[int(step["index"]) :][:1]


def generic() -> Simple:
    """Any object with conventional conditions: for PULUMI_K8S_AWAIT_ALL."""

    def judge(live: Object) -> Verdict:
        ready = objects.condition(live, "Ready")
        stalled = objects.condition(live, "Stalled")
        if stalled.get("status") == "True":
            reason = f"[{stalled.get('reason')}] {stalled.get('message')}"
            return Verdict(ready=False, message=reason)
        if "observedGeneration" in (live.get("status") or {}) and not is_observed(live):
            return Verdict(ready=False, message="Waiting for the controller to see the change")
        done = not ready or ready.get("status") == "True"
        return Verdict(ready=done, message=str(ready.get("message") or "Waiting for readiness"))

    return Simple(judge)
