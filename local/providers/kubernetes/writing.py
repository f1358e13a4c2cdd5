"""Creates and updates: server-side apply by default, client-side merge on request, dry runs in previews."""

from __future__ import annotations

import copy
import secrets as randomness

from local.providers.kubernetes import diff, field_managers, objects, three_way, transport
from local.providers.kubernetes.checkpoint import CLIENT_SIDE_MANAGER
from local.providers.kubernetes.failures import ApiError, NoSuchKind
from local.providers.kubernetes.operation import Operation
from local.providers.values import Object

_RETRIES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Pauses before a create is tried again whose namespace or kind is not there: it may be in the making."""


def create(operation: Operation, inputs: Object, manager: str) -> Object:
    """Make the object, or say by a dry run what would come of it."""
    for pause in (*_RETRIES, None):
        try:
            return _create(operation, inputs, manager)
        except (NoSuchKind, ApiError) as error:
            missing = isinstance(error, NoSuchKind) or error.code == 404
            if pause is None or operation.preview or not missing:
                raise
            operation.voice.status(f"Trying again: {error}")
            if operation.cluster.watches.cancelled.wait(pause):
                raise
    raise AssertionError


def _create(operation: Operation, inputs: Object, manager: str) -> Object:
    settings = operation.settings
    if not (settings.server_side_apply and (settings.upsert or operation.urn.is_patch_of(inputs))):
        return operation.cluster.create(inputs, CLIENT_SIDE_MANAGER, dry_run=operation.preview)
    force = field_managers.must_force(operation, inputs, None)
    try:
        return operation.cluster.apply(inputs, manager, force=force, dry_run=operation.preview)
    except ApiError as error:
        if not (operation.preview and error.code == 422 and "field is immutable" in str(error)):
            raise
    # A replacement is previewed beside the object it replaces: under its name, immutable fields would be refused.
    other = copy.deepcopy(inputs)
    objects.put(other, f"{objects.name(inputs)}{randomness.token_hex(3)}", "metadata", "name")
    answer = operation.cluster.apply(other, manager, force=force, dry_run=True)
    objects.put(answer, objects.name(inputs), "metadata", "name")
    return answer


def update(
    operation: Operation, submitted: Object, live: Object, inputs: Object, manager: str, ignored: list[str]
) -> Object:
    """Change the object that is live now; `submitted` is what was asked for last time.

    Ignored fields are set or dropped in `inputs` itself, so that the state says what was sent.
    """
    cluster, preview = operation.cluster, operation.preview
    if objects.is_crd(inputs):
        inputs = copy.deepcopy(inputs)
        objects.put(inputs, objects.text(live, "metadata", "resourceVersion"), "metadata", "resourceVersion")
        return cluster.replace(inputs, manager, dry_run=preview)
    if operation.settings.server_side_apply:
        live = field_managers.take_over(operation, inputs, live, manager)
        if ignored:
            field_managers.respect_ignored(inputs, live, manager, ignored)
        force = field_managers.must_force(operation, inputs, live)
        return cluster.apply(inputs, manager, force=force, dry_run=preview)
    for path in ignored:
        field_managers.keep_live(inputs, live, diff.keys(path))
    patch = diff.merge_patch(live, three_way.merge(submitted, inputs, live))
    return cluster.patch(live, patch, transport.MERGE_PATCH, manager, dry_run=preview)


def relinquish(operation: Operation, live: Object, manager: str) -> Object:
    """Give up every field this manager owns; what nobody else owns goes."""
    metadata = {key: value for key in ("name", "namespace") if (value := objects.text(live, "metadata", key))}
    identity = {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata}
    return operation.cluster.apply(identity, manager, force=False, dry_run=False)
