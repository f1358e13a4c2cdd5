"""The shape a resource has in Pulumi's state: live object, inputs under `__inputs`, field manager, first apiVersion."""

from __future__ import annotations

import secrets as randomness

from local.providers import secrets
from local.providers.kubernetes import objects
from local.providers.values import Object, Secret, plain, properties

INPUTS = "__inputs"
API_VERSION = "__initialApiVersion"
MANAGER = "__fieldManager"
CLIENT_SIDE_MANAGER = "pulumi-kubernetes"
"""The manager of plain creates and of client-side updates, the same for every object."""


def make(inputs: Object, live: Object, source: Object, api_version: str, manager: str) -> Object:
    """The state of an object; `source` is the property bag whose secrets it inherits."""
    state: Object = properties(live)
    kept: Object = properties(inputs)
    secrets.mark(state, source)
    secrets.mark(kept, source)
    return {**state, INPUTS: kept, API_VERSION: api_version, MANAGER: manager}


def parse(state: Object) -> tuple[Object, Object]:
    """The inputs and the live object of a state, secrets opened."""
    live: Object = plain(state)
    inputs = live.pop(INPUTS, None)
    for key in (API_VERSION, MANAGER):
        live.pop(key, None)
    return (inputs if isinstance(inputs, dict) else {}), live


def initial_api_version(state: Object, inputs: Object) -> str:
    """The apiVersion the object was first made with."""
    return _text(state.get(API_VERSION)) or objects.text(inputs, "apiVersion")


def field_manager(state: Object, inputs: Object, *, server_side: bool) -> str:
    """The object's field manager: its annotation, else what state remembers, else a random one."""
    if not server_side:
        return CLIENT_SIDE_MANAGER
    asked = objects.annotation(inputs, objects.FIELD_MANAGER)
    return asked or _text(state.get(MANAGER)) or f"{CLIENT_SIDE_MANAGER}-{randomness.token_hex(4)}"


def _text(value: object) -> str:
    if isinstance(value, Secret):
        value = value.value
    return value if isinstance(value, str) else ""
