"""The pods of Argo Workflows: one for each template that runs a container.

A template's pod takes the workflow's own security context, host network and volumes unless the template has its own.
A template may stand inside of a step or task of another. A workflow that refers to a template elsewhere is judged by
what it adds to that template's pods. A `podSpecPatch`, and the manifest of an object that a template makes, are text
that means nothing before the controller uses it: every rule refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.unknowns import ABSENT, UNKNOWN, Field, Malformed, Secret, is_object, joined, shown

WORKFLOW_SPECS: Final[dict[str, tuple[str, ...]]] = {
    "Workflow": ("spec",),
    "WorkflowTemplate": ("spec",),
    "ClusterWorkflowTemplate": ("spec",),
    "CronWorkflow": ("spec", "workflowSpec"),
}
_Paths = tuple[tuple[str, ...], ...]
_SINGLE: Final[_Paths] = (("container",), ("script",))
_LISTED: Final[_Paths] = (("initContainers",), ("containerSet", "containers"), ("sidecars",))
_CONTAINERS: Final[_Paths] = (*_SINGLE, *_LISTED)
_PODLESS: Final = ("dag", "steps", "suspend")
_JOINED_LISTS: Final = ("initContainers", "sidecars", "volumes")
_INHERITED: Final = (
    *("securityContext", "hostNetwork", "hostPID", "hostIPC", "hostUsers", "os", "runtimeClassName"),
    *("serviceAccountName", "automountServiceAccountToken", "nodeSelector", "tolerations", "affinity"),
)
_HARMLESS: Final = ("get", "delete")
_PATCH: Final = Malformed((), "a patch that is merged later", "a plain pod spec, without podSpecPatch,")
_MANIFEST: Final = Malformed((), "text that is applied later", "a resource of the program")

PodParts = tuple[Field, Field, tuple[Field, ...]]


def workflow_pods(root: Field, kind: str) -> Iterator[PodParts]:
    """Spec, metadata and containers of every pod that the workflow's templates make."""
    workflow = root.at(*WORKFLOW_SPECS[kind])
    if _unreadable(workflow):
        yield _opaque(workflow.owned_by(f"workflow ({joined(workflow.keys)})"))
        return
    yield from _patch(workflow, "workflow")
    defaults = workflow.at("templateDefaults")
    if _unreadable(defaults):
        yield _opaque(defaults.owned_by(f"template defaults ({joined(defaults.keys)})"))
    else:
        yield from _patch(defaults, "template defaults")
    for own in _templates(workflow):
        if _unreadable(own):
            yield _opaque(own.owned_by(f"template ({joined(own.keys)})"))
            continue
        yield from _patch(own, f"template {named(own)}")
        yield from _made(own)
        if all(own.at(name).value is ABSENT for name in _PODLESS):
            template = own.replaced(value=overlaid(defaults.value, own.value), secret=own.secret or defaults.secret)
            if any(template.at(*keys).value is not ABSENT for keys in _CONTAINERS):
                yield _pod(workflow, template)
    elsewhere = workflow.at("workflowTemplateRef")
    if elsewhere.value is not ABSENT:
        yield _pod(workflow, elsewhere)


def _templates(workflow: Field) -> Iterator[Field]:
    """The templates of a workflow, each before those inside of its steps or tasks."""
    waiting = list(workflow.at("templates").items())
    while waiting:
        template = waiting.pop(0)
        yield template
        if not _unreadable(template):
            waiting[:0] = _inline(template)


def _inline(template: Field) -> list[Field]:
    steps = [step for parallel in template.at("steps").items() for step in parallel.items()]
    inside = [each.at("inline") for each in (*steps, *template.at("dag", "tasks").items())]
    return [each for each in inside if each.value is not ABSENT]


def _patch(holder: Field, name: str) -> Iterator[PodParts]:
    patch = holder.at("podSpecPatch")
    if patch.value is not ABSENT:
        owner = f"podSpecPatch of {name} ({joined(holder.keys)})"
        yield _opaque(Field(UNKNOWN if patch.value is UNKNOWN else _PATCH, owner))


def _made(template: Field) -> Iterator[PodParts]:
    made = template.at("resource")
    action = made.at("action").value
    if made.value is not ABSENT and action not in _HARMLESS:
        unknown = UNKNOWN in (action, made.at("manifest").value)
        owner = f"resource of template {named(template)} ({joined(made.keys)})"
        yield _opaque(Field(UNKNOWN if unknown else _MANIFEST, owner))


def named(field: Field) -> str:
    """The name of a container or template as a message may print it."""
    name = field.at("name")
    return shown(name.value) if isinstance(name.value, str) and not name.secret else "without a readable name"


def _unreadable(field: Field) -> bool:
    return field.value is not ABSENT and not is_object(field.value)


def _opaque(field: Field) -> PodParts:
    return field, field, (field,)


def overlaid(default: object, own: object, key: str = "") -> object:
    """A value laid over its default: what it does not set is the default's."""
    if isinstance(default, Secret):
        return Secret(overlaid(default.value, own, key))
    if isinstance(own, Secret):
        return Secret(overlaid(default, own.value, key))
    if is_object(default) and is_object(own):
        return default | {
            name: overlaid(default.get(name), value, name) for name, value in own.items() if value is not None
        }
    if key in _JOINED_LISTS and isinstance(default, list) and isinstance(own, list):
        return [*default, *own]
    return UNKNOWN if default is UNKNOWN and isinstance(own, dict | list) else own


def _pod(workflow: Field, template: Field) -> PodParts:
    path = joined(template.keys)
    own, shared = template.at("metadata"), workflow.at("podMetadata")
    merged = own.replaced(value=overlaid(shared.value, own.value), secret=own.secret or shared.secret)
    metadata = shared if own.value is ABSENT else merged
    label = f"of template {named(template)} ({path})"
    spec = Field(_merged(workflow, template), f"pod {label}")
    return spec, metadata.owned_by(f"pod metadata {label}"), tuple(_containers(template, path))


def _merged(workflow: Field, template: Field) -> object:
    merged: dict[str, object] = {}
    for key in _INHERITED:
        for field in (template.at(key), workflow.at(key)):
            if field.value is not ABSENT:
                merged[key] = Secret(field.value) if field.secret else field.value
                break
    volumes: list[object] = []
    for field in (workflow.at("volumes"), template.at("volumes")):
        volumes.extend(Secret(item.value) if item.secret else item.value for item in field.items())
    if volumes:
        merged["volumes"] = volumes
    return merged


def _containers(template: Field, path: str) -> Iterator[Field]:
    for keys in _SINGLE:
        single = template.at(*keys)
        if single.value is not ABSENT:
            yield single.owned_by(f"container of template {named(template)} ({path}.{joined(keys)})")
    for keys in _LISTED:
        for item in template.at(*keys).items():
            yield item.owned_by(f"container {named(item)} ({joined(item.keys)})")
