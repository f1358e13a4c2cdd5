"""Create, Read, Update and Delete of one resource, on property bags; the wire is servicer.py's part."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from local.providers import secrets
from local.providers.kubernetes import checkpoint, deletion, objects, prose, writing
from local.providers.kubernetes.cluster import gone_is_fine
from local.providers.kubernetes.failures import ApiError, InitFailed, NoSuchKind, NotReady, Refusal, Unreachable
from local.providers.kubernetes.normal_form import built_in, normal, struct_of
from local.providers.kubernetes.operation import Operation
from local.providers.kubernetes.readiness import registry, wait
from local.providers.values import Object, has_unknown, plain, properties

_ALSO_BUILT_IN = ("apiextensions.k8s.io/", "apiregistration.k8s.io/")
"""Groups of Kubernetes itself whose types the table does not hold."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as Read has found it."""

    identifier: str
    state: Object
    inputs: Object


def create(operation: Operation, news: Object) -> tuple[str, Object]:
    """Make the object: its id and state. In a preview the id is '' and the state what a dry run says."""
    inputs = plain(news)
    if operation.preview and not _can_be_previewed(operation, inputs, dry_create=True):
        return "", news
    manager = checkpoint.field_manager({}, inputs, server_side=operation.settings.server_side_apply)
    version = objects.text(inputs, "apiVersion")

    def state(live: Object) -> Object:
        return checkpoint.make(inputs, live, news, version, manager)

    try:
        if not operation.preview:
            registry.for_write(inputs, inputs)
        with operation.cluster.http.listening(operation.voice.warn):
            live = writing.create(operation, inputs, manager)
    except (ApiError, NoSuchKind, Unreachable) as error:
        if operation.preview and isinstance(error, ApiError) and _is_expected(error):
            _warn_of(operation, inputs, error)
            return "", news
        raise Refusal(prose.refused(operation.urn, inputs, "created", error, manager)) from error
    if operation.preview:
        live.pop("status", None)
        return "", state(live)
    try:
        live = wait.until_ready(operation, inputs, live)
    except Exception as error:
        if isinstance(error, NotReady):
            live = error.live
        text = f"{prose.shown(inputs)} ({operation.urn.name}) was created and is not ready: {error}"
        reasons = error.reasons if isinstance(error, NotReady) else []
        raise InitFailed(objects.full_name(live), state(live), None, [text, *reasons]) from error
    finally:
        if objects.is_crd(inputs):
            operation.cluster.kinds.forget(objects.text(inputs, "spec", "group"))
    return objects.full_name(live), state(live)


def _can_be_previewed(operation: Operation, inputs: Object, *, dry_create: bool = False) -> bool:
    """Whether a dry run can say anything."""
    if has_unknown(inputs) or operation.cluster.unreachable():
        return False
    if dry_create and (operation.urn.is_patch_of(inputs) or not operation.settings.server_side_apply):
        return False
    return operation.cluster.kinds.exists(objects.text(inputs, "apiVersion"), objects.text(inputs, "kind"))


def _is_expected(error: ApiError) -> bool:
    """Whether a dry run's refusal may vanish by the time of the apply: a namespace to come, an object to go, rights."""
    namespace = error.code == 404 and error.details.get("kind") == "namespaces"
    return namespace or error.code == 403 or error.reason == "AlreadyExists" or "does not support dry run" in str(error)


def _warn_of(operation: Operation, inputs: Object, error: ApiError) -> None:
    if error.code == 403:
        operation.voice.warn(f"{prose.shown(inputs)} would be refused as things are now: {error}")


def update(operation: Operation, old: Object, news: Object, ignored: list[str]) -> Object:
    """Change the object: its new state."""
    inputs = normal(plain(news))
    if operation.preview and not _can_be_previewed(operation, inputs):
        return news
    submitted, was = checkpoint.parse(old)
    submitted = normal(submitted)
    if objects.annotation(was, objects.LAST_APPLIED) and not objects.annotation(submitted, objects.LAST_APPLIED):
        objects.annotate(submitted, objects.LAST_APPLIED, objects.annotation(was, objects.LAST_APPLIED))
    server_side = operation.settings.server_side_apply
    former = checkpoint.field_manager(old, submitted, server_side=server_side)
    manager = checkpoint.field_manager(old, inputs, server_side=server_side)
    version = checkpoint.initial_api_version(old, submitted)
    try:
        current = operation.cluster.get(inputs, objects.name(was))
        with operation.cluster.http.listening(operation.voice.warn):
            live = writing.update(operation, objects.prune(was, submitted), current, inputs, manager, ignored)
        if not operation.preview:
            live = wait.until_ready(operation, inputs, live)
    except (ApiError, NoSuchKind, Unreachable, NotReady, Refusal) as error:
        if operation.preview and isinstance(error, ApiError) and error.code == 403:
            _warn_of(operation, inputs, error)
            return news
        raise _half_updated(operation, was, inputs, news, (version, manager), error) from error
    if server_side and not operation.preview and former != manager:
        writing.relinquish(operation, live, former)
    return checkpoint.make(inputs, live, news, version, manager)


def _half_updated(
    operation: Operation, was: Object, inputs: Object, news: Object, marks: tuple[str, str], error: Exception
) -> Exception:
    """The failure of an update: the object is there, whatever the update did to it."""
    text = prose.refused(operation.urn, inputs, "updated", error, marks[1])
    try:
        live = error.live if isinstance(error, NotReady) else operation.cluster.get(was)
    except (ApiError, NoSuchKind, Unreachable) as second:
        if isinstance(second, ApiError) and second.code == 404:
            return Refusal(
                f"{text}\nIt was deleted from outside: `pulumi refresh` sees that, and `pulumi up` makes it again."
            )
        return Refusal(f"{text}\nNor can its live state be read: {second}")
    reasons = [text]
    if isinstance(error, NotReady):
        reasons = [
            f"{prose.shown(inputs)} ({operation.urn.name}) was updated and is not ready: {error}",
            *error.reasons,
        ]
    state = checkpoint.make(inputs, live, news, *marks)
    return InitFailed(objects.full_name(live), state, None, reasons)


def read(operation: Operation, identifier: str, old: Object, old_inputs: Object) -> Found | None:
    """The object as it is now; None when it is gone."""
    namespace, name = objects.split_id(identifier)
    if not name:
        raise Refusal(f"the id {identifier!r} names no object: it must read <namespace>/<name>, or <name>")
    submitted = normal(plain(old_inputs))
    _, was = checkpoint.parse(old)
    first_time = not submitted.get("kind") and not was.get("kind")
    if not submitted.get("kind"):
        _identify(submitted, operation, was, namespace, name)
    version = checkpoint.initial_api_version(old, submitted)
    manager = checkpoint.field_manager(old, submitted, server_side=operation.settings.server_side_apply)
    try:
        live = gone_is_fine(lambda: operation.cluster.get(submitted, name))
    except NoSuchKind:
        return None
    if live is None:
        return None
    trouble = None
    if not first_time:
        try:
            wait.look_once(operation, submitted, live)
        except NotReady as error:
            trouble = error
    inputs = objects.prune(live, submitted)
    if first_time:
        _take_from_live(inputs, live)
    found = Found(
        identifier or objects.full_name(live),
        checkpoint.make(copy.deepcopy(inputs), live, old_inputs, version, manager),
        properties(inputs),
    )
    secrets.mark(found.inputs, old_inputs)
    if trouble is not None:
        raise InitFailed(found.identifier, found.state, found.inputs, [str(trouble), *trouble.reasons])
    return found


def _identify(submitted: Object, operation: Operation, was: Object, namespace: str, name: str) -> None:
    """Say of which kind and name the inputs are, when all that is known is an id."""
    submitted["apiVersion"] = was.get("apiVersion") or operation.urn.api_version
    submitted["kind"] = was.get("kind") or operation.urn.kind.removesuffix("Patch")
    metadata = submitted.setdefault("metadata", {})
    metadata.setdefault("name", name)
    if namespace:
        metadata.setdefault("namespace", namespace)


def _take_from_live(inputs: Object, live: Object) -> None:
    """Make inputs of a live object that no program has described: all a built-in kind takes, less what servers set."""
    struct = struct_of(live)
    fields = set(built_in()["structs"][struct]) - {"status"} if struct else set()
    if str(live.get("apiVersion")).startswith(_ALSO_BUILT_IN):
        fields = {"metadata", "spec"}
    inputs.update(copy.deepcopy({key: value for key, value in live.items() if key in fields}))
    for key in objects.SERVER_SET:
        objects.remove(inputs, "metadata", key)
    for key in (objects.REVISION, objects.LAST_APPLIED):
        objects.remove(inputs, "metadata", "annotations", key)


def delete(operation: Operation, identifier: str, old: Object) -> None:
    """Delete the object, or let go of the fields that a Patch set."""
    submitted, live = checkpoint.parse(old)
    manager = checkpoint.field_manager(old, submitted, server_side=operation.settings.server_side_apply)
    try:
        if operation.urn.is_patch_of(submitted):
            writing.relinquish(operation, live, manager)
            return
        deletion.delete(operation, submitted, live, objects.split_id(identifier)[1])
    except NoSuchKind:
        return
    except ApiError as error:
        raise Refusal(_undeletable(operation, live, error)) from error
    except NotReady as error:
        version = checkpoint.initial_api_version(old, submitted)
        state = checkpoint.make(submitted, error.live, old, version, manager)
        raise InitFailed(objects.full_name(live), state, None, [str(error), *error.reasons]) from error


def _undeletable(operation: Operation, live: Object, error: ApiError) -> str:
    text = prose.refused(operation.urn, live, "deleted", error)
    if operation.urn.kind == f"{live.get('kind')}Patch" and "Required value" in str(error):
        return (
            f"{text}\nThis Patch is the only owner of a field that the object must have. Set `retainOnDelete`, or have "
            "another manager own the field first"
        )
    return text
