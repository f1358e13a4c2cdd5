"""Kubernetes manifests as the resources that the engine would hand over if a program made them.

A List is taken apart, as Pulumi's own YAML resources do. What only a program can say is taken as well said: the
provider is explicit, and the resource is protected. Secrets carry no marks in a manifest, so rules about marks rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cli.pack.sources import Problem
from cli.pack.subjects import Place, Subject
from cli.pack.yaml_reader import Document
from policies.rule import Provider, Resource, ResourceOptions
from policies.unknowns import shown

_VERSION: Final = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]*/)?[A-Za-z0-9]+")
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_PROVIDER: Final = Provider("pulumi:providers:kubernetes", "manifests", {}, explicit=True)
_OPTIONS: Final = ResourceOptions(protect=True)
_FIX: Final = "Fix: write apiVersion and kind"


def is_manifest(value: object) -> bool:
    """Whether a document claims to be a Kubernetes object."""
    return isinstance(value, dict) and ("apiVersion" in value or "kind" in value)


def subjects_of(file: str, document: Document) -> Iterator[Subject | Problem]:
    """The objects of a manifest, those of Lists each on its own."""
    yield from _subjects(document.value, Place(file, document.lines), {})


def _subjects(value: object, place: Place, inherited: Mapping[str, object]) -> Iterator[Subject | Problem]:
    if not isinstance(value, dict):
        yield Problem(place.file, place.line(), f"it is no Kubernetes object. {_FIX}.")
        return
    version, kind = (value.get(key, inherited.get(key)) for key in ("apiVersion", "kind"))
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield Problem(place.file, place.line(), f"apiVersion {_found(version)}. {_FIX}, like apps/v1 and Deployment.")
        return
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        yield Problem(place.file, place.line(), f"kind {_found(kind)}. {_FIX}, like apps/v1 and Deployment.")
        return
    items = value.get("items")
    if kind.endswith("List") and isinstance(items, list):
        known = {} if kind == "List" else {"apiVersion": version, "kind": kind.removesuffix("List")}
        for index, item in enumerate(items):
            yield from _subjects(item, place._replace(keys=(*place.keys, "items", index)), known)
        return
    yield _subject(value, _token(version, kind), place)


def _found(value: object) -> str:
    return "is missing" if value is None else f"is {shown(value)}"


def _token(version: str, kind: str) -> str:
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}"


def _subject(value: Mapping[str, object], token: str, place: Place) -> Subject:
    name = _name(value)
    urn = f"urn:pulumi:manifests::manifests::{token}::{name}"
    resource = Resource(token, urn, name, plain(value), _OPTIONS, _PROVIDER)
    return Subject(resource, resource, place)


def _name(value: Mapping[str, object]) -> str:
    metadata = value.get("metadata")
    known = metadata if isinstance(metadata, dict) else {}
    name = next((each for each in (known.get("name"), known.get("generateName")) if isinstance(each, str)), "")
    namespace = known.get("namespace")
    return f"{namespace}/{name or 'nameless'}" if isinstance(namespace, str) and namespace else name or "nameless"


def plain(value: object) -> object:
    """The value as the engine's wire form would bring it: whole numbers are integers."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
