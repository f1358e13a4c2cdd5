"""What new inputs change, and which of the changes AWS answers with a new resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.providers.aws.kind import Kind, Object
from local.providers.aws.outputs import DEFAULTS, given
from local.providers.values import UNKNOWN, plain


@dataclass(frozen=True)
class Change:
    """One property: `how` is add, update or delete."""

    how: str
    replaces: bool
    is_input: bool = True


@dataclass(frozen=True)
class Difference:
    """All of it, by path."""

    changes: dict[str, Change]
    delete_before_replace: bool

    @property
    def replaces(self) -> list[str]:
        """The properties at fault for a replacement."""
        return [path for path, change in self.changes.items() if change.replaces]


def difference(kind: Kind, old_inputs: Object, news: Object, olds: Object, tags: Any, ignored: list[str]) -> Difference:
    """Compare inputs; `tags` are all tags there will be, which change with the provider's defaults too."""
    old, new = plain(given(old_inputs)), plain(given(news))
    immutable = kind.replaces.split()
    changes = {
        path: Change(how, _replaces(path, immutable))
        for path, how in _changes(old, new, "")
        if not any(path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")) for prefix in ignored)
    }
    if (
        tags is not None
        and "tagsAll" in olds
        and not {"tags", "tagsAll"} & set(ignored)
        and plain(olds["tagsAll"]) != tags
    ):
        changes["tagsAll"] = Change("update", replaces=False, is_input=False)
    own_name = kind.name in news and kind.name not in (news.get(DEFAULTS) or [])
    is_same_name = own_name and plain(news[kind.name]) == plain(old_inputs.get(kind.name))
    is_replaced = any(change.replaces for change in changes.values())
    return Difference(changes, delete_before_replace=is_replaced and is_same_name)


def _replaces(path: str, immutable: list[str]) -> bool:
    bare = "".join(part.partition("]")[2] if "]" in part else part for part in path.split("["))
    return any(bare == name or bare.startswith(f"{name}.") or name.startswith(f"{bare}.") for name in immutable)


def _changes(old: Any, new: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({**old, **new}):
            here = f"{path}.{key}" if path else key
            if key not in old:
                yield here, "add"
            elif key not in new:
                yield here, "delete"
            else:
                yield from _changes(old[key], new[key], here)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            here = f"{path}[{index}]"
            if index >= len(old):
                yield here, "add"
            elif index >= len(new):
                yield here, "delete"
            else:
                yield from _changes(old[index], new[index], here)
    elif not _same(old, new):
        yield path, "update"


def _same(old: Any, new: Any) -> bool:
    """Whether two values are one; of JSON documents, only what they say counts."""
    if new is UNKNOWN:
        return False
    if old == new:
        return True
    both = isinstance(old, str) and isinstance(new, str) and old[:1] in ("{", "[") and new[:1] in ("{", "[")
    if not both:
        return False
    try:
        return bool(json.loads(old) == json.loads(new))
    except ValueError:
        return False
