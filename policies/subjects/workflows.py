"""The pods of Argo Workflows: one for each template that runs a container.

A template's pod takes the workflow's own security context, host network and volumes unless the template has its own.
A workflow that refers to a template elsewhere is judged by what it adds to that template's pods. A `podSpecPatch` is
text that the controller merges into the pod later: what it does can't be judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.unknowns import ABSENT, UNKNOWN, Field, Secret, is_object, joined, shown

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

PodParts = tuple[Field, Field, tuple[Field, ...]]


def workflow_pods(root: Field, kind: str) -> Iterator[PodParts]:
    """Spec, metadata and containers of every pod that the workflow's templates make."""
    workflow = root.at(*WORKFLOW_SPECS[kind])
    if _unreadable(workflow):
        yield _opaque(workflow.owned_by(f"workflow ({joined(workflow.keys)})"))
        return
    defaults = workflow.at("templateDefaults")
    if _unreadable(defaults):
        yield _opaque(defaults.owned_by(f"template defaults ({joined(defaults.keys)})"))
    for own in workflow.at("templates").items():
        if _unreadable(own):
            yield _opaque(own.owned_by(f"template ({joined(own.keys)})"))
        elif all(own.at(name).value is ABSENT for name in _PODLESS):
            template = own._replace(value=_overlaid(defaults.value, own.value), secret=own.secret or defaults.secret)
            if any(template.at(*keys).value is not ABSENT for keys in _CONTAINERS):
                yield from _pods(workflow, template)
    elsewhere = workflow.at("workflowTemplateRef")
    if elsewhere.value is not ABSENT:
        yield from _pods(workflow, elsewhere)


def named(field: Field) -> str:
    """The name of a container or template as a message may print it."""
    name = field.at("name")
    return shown(name.value) if isinstance(name.value, str) and not name.secret else "without a readable name"


def _unreadable(field: Field) -> bool:
    return field.value is not ABSENT and not is_object(field.value)


def _opaque(field: Field) -> PodParts:
    return field, field, (field,)


def _overlaid(default: object, own: object, key: str = "") -> object:
    if isinstance(default, Secret):
        return Secret(_overlaid(default.value, own, key))
    if isinstance(own, Secret):
        return Secret(_overlaid(default, own.value, key))
    if is_object(default) and is_object(own):
        return default | {
            name: _overlaid(default.get(name), value, name) for name, value in own.items() if value is not None
        }
    if key in _JOINED_LISTS and isinstance(default, list) and isinstance(own, list):
        return [*default, *own]
    return UNKNOWN if default is UNKNOWN and isinstance(own, dict | list) else own


def _pods(workflow: Field, template: Field) -> Iterator[PodParts]:
    yield _pod(workflow, template)
    if any(field.at("podSpecPatch").value is not ABSENT for field in (workflow, template)):
        yield _opaque(Field(UNKNOWN, f"podSpecPatch of template {named(template)} ({joined(template.keys)})"))


def _pod(workflow: Field, template: Field) -> PodParts:
    path = joined(template.keys)
    own, shared = template.at("metadata"), workflow.at("podMetadata")
    merged = own._replace(value=_overlaid(shared.value, own.value), secret=own.secret or shared.secret)
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
