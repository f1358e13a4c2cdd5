"""Rendered stacks as resources: what `pulumi stack export` and `pulumi preview --json` print.

A secret that is encrypted or blotted out is a secret whose value nobody knows here: rules say that they could not
judge it, and that refuses nothing. `pulumi stack export --show-secrets` gives the values; they are judged and never
printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi_policy import proxy

from cli.pack.sources import Problem
from cli.pack.subjects import TOKEN, Place, Subject
from cli.pack.yaml_reader import Document
from policies.findings import Keys
from policies.rule import Provider, Resource, ResourceOptions
from policies.unknowns import SECRET_MARK, SIGNATURE, decode_struct, shown

_GONE: Final = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
_BLOTTED: Final = "[secret]"
_HIDDEN: Final = {SIGNATURE: SECRET_MARK, "value": proxy.UNKNOWN_STRING_VALUE}
_DEFAULT_PROVIDER: Final = "default"
_PROVIDER_TYPE: Final = "pulumi:providers:"

_State = Mapping[str, Any]


def is_stack(value: object) -> bool:
    """Whether a document is an exported stack or a preview."""
    return isinstance(value, dict) and (
        isinstance(value.get("deployment"), dict) or isinstance(value.get("steps"), list)
    )


def subjects_of(file: str, document: Document) -> Iterator[Subject | Problem]:
    """The resources of a stack. Those that are to be deleted are left out."""
    found = dict(_states(document.value))
    providers = {_text(state.get("urn")): state for state in found.values() if isinstance(state, dict)}
    for keys, state in found.items():
        place = Place(file, document.lines, (*keys, "inputs"))
        try:
            yield _subject(state, place, providers)
        except _MalformedError as error:
            yield Problem(file, place.line(), f"{error}. Fix: print the stack anew, and don't edit it.")


class _MalformedError(Exception):
    """A resource that no engine prints."""


def _states(value: Any) -> Iterator[tuple[Keys, object]]:
    deployment = value.get("deployment")
    if isinstance(deployment, dict):
        listed = deployment.get("resources")
        for index, state in enumerate(listed if isinstance(listed, list) else [listed]):
            if not (isinstance(state, dict) and state.get("delete") is True):
                yield ("deployment", "resources", index), state
        return
    last: dict[object, tuple[Keys, object]] = {}
    for index, step in enumerate(value["steps"]):
        known = step if isinstance(step, dict) else {}
        if _text(known.get("op")) not in _GONE:
            last[known.get("urn") if isinstance(known.get("urn"), str) else index] = (
                ("steps", index, "newState"),
                _unblotted(known.get("newState")),
            )
    yield from last.values()


def _subject(state: object, place: Place, providers: Mapping[str, _State]) -> Subject:
    if not isinstance(state, dict):
        raise _MalformedError("a resource is no object")
    urn, token = state.get("urn"), state.get("type")
    if not isinstance(urn, str) or urn.count("::") < 3:
        raise _MalformedError(f"a resource has the URN {shown(urn)}")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise _MalformedError(f"a resource has the type {shown(token)}")
    inputs = state.get("inputs")
    resource = Resource(
        token,
        urn,
        urn.split("::", 3)[3],
        _decoded(inputs),
        ResourceOptions(state.get("protect") is True, _texts(state.get("ignoreChanges")), _text(state.get("parent"))),
        _provider(state.get("provider"), providers),
        _texts(state.get("dependencies")),
    )
    return Subject(
        resource, resource._replace(properties=_decoded(state.get("outputs") or inputs)), place, rendered=True
    )


def _provider(reference: object, providers: Mapping[str, _State]) -> Provider | None:
    urn = reference.rpartition("::")[0] if isinstance(reference, str) else ""
    parts = urn.split("::", 3)
    if len(parts) < 4:
        return None
    token = parts[2].rpartition("$")[2]
    properties = _decoded(providers.get(urn, {}).get("inputs"))
    explicit = token.startswith(_PROVIDER_TYPE) and not parts[3].startswith(_DEFAULT_PROVIDER)
    return Provider(token, parts[3], properties, explicit)


def _decoded(value: object) -> object:
    if not isinstance(value, dict | None):
        raise _MalformedError("a resource's properties are no object")
    struct = Struct()
    try:
        struct.update(_marked(value or {}))
    except (ValueError, OverflowError, RecursionError):
        raise _MalformedError("a resource has a value that JSON can't hold") from None
    return decode_struct(struct)


def _marked(value: Any) -> Any:
    """The value with its encrypted secrets marked as unknown, and those in plain text unpacked."""
    if isinstance(value, list):
        return [_marked(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) != SECRET_MARK or "value" in value:
        return {key: _marked(inner) for key, inner in value.items()}
    try:
        return {SIGNATURE: SECRET_MARK, "value": _marked(json.loads(value["plaintext"]))}
    except (KeyError, TypeError, ValueError, RecursionError):
        return _HIDDEN


def _unblotted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unblotted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unblotted(inner) for inner in value]
    return _HIDDEN if value == _BLOTTED else value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else ()
