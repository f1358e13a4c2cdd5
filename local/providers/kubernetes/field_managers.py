"""Who owns which field: taking over what client-side writes own, when to force, and fields left to others."""

from __future__ import annotations

from typing import Any

from local.providers.kubernetes import diff, objects, transport
from local.providers.kubernetes.failures import ApiError
from local.providers.kubernetes.operation import Operation
from local.providers.values import Object

_ADOPTED = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    ("pulumi-kubernetes", "Update"),
    ("pulumi-resource-kubernetes", "Update"),
)
"""Prefixes of managers whose fields an update takes over, as the official provider does."""
_CLIENT_SIDE = frozenset({"pulumi-resource-kubernetes", "pulumi-kubernetes", "pulumi-kubernetes.exe"})
_ATTEMPTS = 5


def must_force(operation: Operation, inputs: Object, live: Object | None) -> bool:
    """Whether an apply takes fields from other managers."""
    if objects.is_annotated(inputs, objects.PATCH_FORCE) or operation.settings.patch_force:
        return True
    if live is None:
        return operation.preview
    managed = objects.items(live, "metadata", "managedFields")
    ours = any(m.get("operation") == "Update" and m.get("manager") in _CLIENT_SIDE for m in managed)
    return not managed or (operation.preview and ours)


def take_over(operation: Operation, inputs: Object, live: Object, manager: str) -> Object:
    """Give this manager the fields that client-side writes own, so that its apply may also remove them."""
    if operation.preview or operation.urn.is_patch_of(inputs):
        return live
    for attempt in range(_ATTEMPTS):
        entries = _merged(objects.items(live, "metadata", "managedFields"), manager)
        if entries is None:
            return live
        version = objects.text(live, "metadata", "resourceVersion")
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        ]
        try:
            return operation.cluster.patch(live, patch, transport.JSON_PATCH, manager)
        except ApiError as error:
            if error.code != 409 or attempt == _ATTEMPTS - 1:
                raise
            live = operation.cluster.get(live)
    return live


def _merged(entries: list[Object], manager: str) -> list[Object] | None:
    """The entries with adopted ones merged into the manager's own; None when there is nothing to adopt."""
    own = next((e for e in entries if e.get("manager") == manager and e.get("operation") == "Apply"), None)
    kept: list[Object] = []
    adopted = False
    for entry in entries:
        if entry is own:
            continue
        if not _is_adopted(entry):
            kept.append(entry)
            continue
        adopted = True
        if own is None:
            own = {**entry, "manager": manager, "operation": "Apply"}
        else:
            own = {**own, "fieldsV1": _union(own.get("fieldsV1") or {}, entry.get("fieldsV1") or {})}
    return [*kept, own] if adopted and own is not None else None


def _is_adopted(entry: Object) -> bool:
    name, how = str(entry.get("manager")), entry.get("operation")
    return not entry.get("subresource") and any(name.startswith(p) and how == o for p, o in _ADOPTED)


def _union(a: Object, b: Object) -> Object:
    return {key: _union(a.get(key) or {}, b.get(key) or {}) for key in {**a, **b}}


def respect_ignored(inputs: Object, live: Object, manager: str, ignored: list[str]) -> None:
    """Leave ignored fields to their owners, or keep their live values where they are ours."""
    entries = objects.items(live, "metadata", "managedFields")
    ours = [e.get("fieldsV1") for e in entries if e.get("manager") == manager]
    theirs = [e.get("fieldsV1") for e in entries if e.get("manager") != manager]
    for path in ignored:
        keys = diff.keys(path)
        if not keys:
            continue
        if _owns(theirs, keys) and not _owns(ours, keys):
            objects.remove(inputs, *keys)
        else:
            keep_live(inputs, live, keys)


def keep_live(inputs: Object, live: Object, keys: list[str]) -> None:
    """Set a field of the inputs to its live value, if it has one."""
    if not keys:
        return
    parent = objects.at(live, *keys[:-1])
    if isinstance(parent, dict) and keys[-1] in parent:
        objects.put(inputs, parent[keys[-1]], *keys)


def _owns(field_sets: list[Any], keys: list[str]) -> bool:
    return any(objects.at(fields, *(f"f:{key}" for key in keys)) is not None for fields in field_sets)
