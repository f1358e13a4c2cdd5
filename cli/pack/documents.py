"""Texts as documents: YAML, or JSON where a text begins like it, in one shape with the lines of all places."""

from __future__ import annotations

import json
from typing import Final

from cli.pack.yaml_reader import MOST_DEPTH, Document, Fault, read

_MOST_CHARACTERS_WITH_LINES: Final = 4_000_000


def documents_in(text: str) -> tuple[list[Document], list[Fault]]:
    """The documents of a text and all that is wrong with it. Empty documents are left out."""
    found, faults = _json(text) if text.lstrip()[:1] in ("{", "[") else (None, [])
    if found is None:
        documents, faults = read(text)
        return [each for each in documents if each.value is not None], faults
    return found, faults


def _json(text: str) -> tuple[list[Document] | None, list[Fault]]:
    twice: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice.append("a key stands in an object twice, and only one would count. Fix: remove one.")
        return made

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None, []
    if twice:
        faults = [fault for fault in read(text)[1] if "twice" in fault.text]
        return [], faults or [Fault(0, twice[0])]
    if _is_too_deep(value):
        return [], [Fault(0, f"it is nested more than {MOST_DEPTH} levels deep. Fix: flatten it.")]
    lined = read(text)[0] if len(text) <= _MOST_CHARACTERS_WITH_LINES else []
    return [Document(value, lined[0].lines if len(lined) == 1 else {(): 1})], []


def _refused(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _is_too_deep(value: object) -> bool:
    layer = [value]
    for _ in range(MOST_DEPTH + 1):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
