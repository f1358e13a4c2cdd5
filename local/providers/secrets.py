"""What must stay secret: marks carried from inputs to outputs, and values struck out of messages."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from local.providers.values import Object, Secret, has_secret, strings

_SHORTEST = 4
"""Shorter values are words of ordinary messages more often than secrets."""


def mark(outs: Object, ins: Object | None) -> None:
    """Mark in `outs` what is secret in `ins`; a Secret's data always is, and a list with one secret is secret whole."""
    if outs.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in outs:
                outs[key] = _secret(outs[key])
        return
    for key, value in (ins or {}).items():
        if key not in outs:
            continue
        if isinstance(outs[key], dict) and isinstance(value, dict):
            mark(outs[key], value)
        elif has_secret(value):
            outs[key] = _secret(outs[key])


def _secret(value: Any) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def sensitive(*bags: Object) -> frozenset[str]:
    """Every string that is secret in these property bags, as written and as base64 hides it."""
    found: set[str] = set()
    for bag in bags:
        _collect(bag, found)
    for value in tuple(found):
        found.add(base64.b64encode(value.encode()).decode())
        try:
            found.add(base64.b64decode(value, validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            continue
    return frozenset(value for value in found if len(value) >= _SHORTEST)


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, Secret):
        found.update(strings(value))
    elif isinstance(value, dict):
        if value.get("kind") == "Secret":
            found.update(strings([value.get("data"), value.get("stringData")]))
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, list):
        for item in value:
            _collect(item, found)


def redact(message: str, hidden: frozenset[str]) -> str:
    """The message with every hidden value struck out, longest first so that no part of one survives."""
    for value in sorted(hidden, key=len, reverse=True):
        message = message.replace(value, "[secret]")
    return message
