"""What an update would change: a merge patch from pruned live state to new inputs, told property by property."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.providers.kubernetes.force_new import Path, touches
from local.providers.values import UNKNOWN, Object


class _Missing(enum.Enum):
    MISSING = "missing"


_MISSING = _Missing.MISSING
_PART = re.compile(r"""\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*(\*|\d+)\s*\]|([^.\[\]]+)""")
_WORD = re.compile(r"\w+", re.ASCII)
_QUOTED = re.compile(r"""[."\[\]]""")

Step = str | int


@dataclass(frozen=True, slots=True)
class Change:
    """One property that changes."""

    kind: str
    """`add`, `update` or `delete`."""
    replaces: bool
    input_only: bool


def equal(a: Any, b: Any) -> bool:
    """Whether two JSON values are the same; a bool is no number."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def merge_patch(old: Object, new: Object) -> Object:
    """The JSON merge patch (RFC 7386) that makes `new` of `old`."""
    patch: Object = {}
    for key, value in new.items():
        before = old.get(key, _MISSING)
        if isinstance(before, dict) and isinstance(value, dict):
            inner = merge_patch(before, value)
            if inner:
                patch[key] = inner
        elif before is _MISSING or not equal(before, value):
            patch[key] = value
    patch.update((key, None) for key in old if key not in new)
    return patch


@dataclass(slots=True)
class _Walk:
    """One walk through a merge patch."""

    force_new: tuple[Path, ...]
    changes: dict[str, Change] = field(default_factory=dict)

    def value(self, path: list[Step], patch: Any, old: Any, new: Any) -> None:
        """Record the change at a path; `patch` None is a deletion, `new` is what the inputs say there.

        An unknown in the place of a map deletes all its keys, as the official plugin has it: what depends on an object
        that is deleted before it is replaced goes with it only when one of those keys replaces.
        """
        if new is _MISSING and (patch is not None or old is _MISSING):
            return
        if patch is None and new is not UNKNOWN:
            self._add("delete", path, None, input_only=True)
        elif old is _MISSING:
            self._add("add", path, patch)
        elif patch is UNKNOWN and isinstance(old, dict):
            for key in old:
                self._add("delete", [*path, key], None, input_only=True)
        elif isinstance(patch, dict) and isinstance(old, dict):
            self.mapping(path, patch, old, new if isinstance(new, dict) else {})
        elif isinstance(patch, list) and isinstance(old, list):
            self._list(path, patch, old, new if isinstance(new, list) else [])
        elif not equal(patch, old):
            self._add("update", path, patch)

    def mapping(self, path: list[Step], patch: Object, old: Object, new: Object) -> None:
        """Record the changes of a map."""
        for key, value in patch.items():
            self.value([*path, key], value, old.get(key, _MISSING), new.get(key, _MISSING))

    def _list(self, path: list[Step], patch: list[Any], old: list[Any], new: list[Any]) -> None:
        for index in range(max(len(patch), len(old))):
            after = patch[index] if index < len(patch) else None
            before = old[index] if index < len(old) else _MISSING
            wanted = new[index] if index < len(new) else None
            self._element([*path, index], after, before, wanted)

    def _element(self, path: list[Step], after: Any, before: Any, wanted: Any) -> None:
        """A merge patch holds lists whole: inside them a missing key is a deletion."""
        if isinstance(after, dict) and isinstance(before, dict):
            self._whole(path, after, before, wanted if isinstance(wanted, dict) else {})
        elif isinstance(after, list) and isinstance(before, list):
            self._list(path, after, before, wanted if isinstance(wanted, list) else [])
        else:
            self.value(path, after, before, wanted)

    def _whole(self, path: list[Step], after: Object, before: Object, wanted: Object) -> None:
        for key in {**after, **before}:
            self._element([*path, key], after.get(key), before.get(key, _MISSING), wanted.get(key, _MISSING))

    def _add(self, kind: str, path: list[Step], value: Any, *, input_only: bool = False) -> None:
        replaces = any(touches(path, value, forced) for forced in self.force_new)
        self.changes[render(path)] = Change(kind, replaces, input_only)


def changes(old: Object, new: Object, force_new: tuple[Path, ...]) -> dict[str, Change]:
    """What turns the pruned live state `old` into the inputs `new`, by property path."""
    walk = _Walk(force_new)
    walk.mapping([], merge_patch(old, new), old, new)
    return walk.changes


def render(path: list[Step]) -> str:
    """A property path as the engine writes it."""
    rendered = ""
    for step in path:
        if isinstance(step, int):
            rendered += f"[{step}]"
        elif _QUOTED.search(step):
            rendered += '["' + step.replace('"', '\\"') + '"]'
        else:
            rendered += f".{step}" if rendered else step
    return rendered


def keys(path: str) -> list[str]:
    """The keys of a path that has keys of letters, digits and underscores only; else none.

    Nothing else can be ignored within an object: the official plugin finds no field by another path.
    """
    steps = parse(path)
    found = [step for step in steps if isinstance(step, str) and _WORD.fullmatch(step)]
    return found if len(found) == len(steps) else []


def parse(path: str) -> list[Step]:
    """The steps of a property path: keys, indices, and `*`."""
    return list(_steps(path))


def _steps(path: str) -> Iterator[Step]:
    for quoted, index, key in _PART.findall(path):
        if index:
            yield index if index == "*" else int(index)
        else:
            yield quoted.replace('\\"', '"') if quoted else key


def without(found: dict[str, Change], ignored: list[str]) -> dict[str, Change]:
    """The changes that lie in none of the ignored paths.

    A change at a key such as `a-b`, which `render` does not quote and the engine does, is never ignored: the official
    plugin's way.
    """
    prefixes = [parse(path) for path in ignored]
    return {path: change for path, change in found.items() if not _is_ignored(parse(path), prefixes)}


def _is_ignored(path: list[Step], prefixes: list[list[Step]]) -> bool:
    quoted_alike = all(isinstance(step, int) or _WORD.fullmatch(step) or _QUOTED.search(step) for step in path)
    return quoted_alike and any(_covers(prefix, path) for prefix in prefixes)


def _covers(prefix: list[Step], path: list[Step]) -> bool:
    return len(prefix) <= len(path) and all(a in ("*", b) for a, b in zip(prefix, path, strict=False))
