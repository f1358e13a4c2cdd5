"""YAML read from libyaml's events: values as Kubernetes reads them, with the line of every place.

Events, since PyYAML's own readers recurse (deep nesting ends the process), copy what aliases name without a bound,
and keep the last of two equal keys. A document with an error is left out; those after it are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, cast

import yaml

from cli.pack.scalars import resolve
from policies.findings import Keys

MOST_VALUES: Final = 2_000_000
MOST_DEPTH: Final = 100
_MERGE: Final = "<<"
_TAG: Final = "tag:yaml.org,2002:"
_PLAIN_TAGS: Final = frozenset({None, "!", *(_TAG + name for name in ("map", "seq", "str", "timestamp"))})
_RESOLVED_TAGS: Final = frozenset(_TAG + name for name in ("null", "bool", "int", "float"))


class Fault(NamedTuple):
    """What is wrong with a file, and where; line 0 if nobody can say."""

    line: int
    text: str


class Document(NamedTuple):
    """One document: its value, and the line of every place in it. The root's line is that of the empty keys."""

    value: object
    lines: dict[Keys, int]


class _Discard:
    """Stands for a key that can't be one: what follows it is read and dropped."""


_DISCARD: Final = _Discard()
_NO_KEY: Final = None


class _Frame:
    """A list or mapping that is being read. `size` counts the values in it, those of aliases too."""

    __slots__ = ("anchor", "key", "keys", "merged", "size", "value")

    def __init__(self, value: dict[str, object] | list[object], keys: Keys, anchor: str | None) -> None:
        self.value, self.keys, self.anchor = value, keys, anchor
        self.key: str | _Discard | None = _NO_KEY
        self.merged: list[dict[str, object]] = []
        self.size = 1


def read(text: str) -> tuple[list[Document], list[Fault]]:
    """The documents of a text and all that is wrong with it. Nothing is raised."""
    reader = _Reader()
    try:
        for event in cast("Iterator[Any]", yaml.parse(text, Loader=yaml.CSafeLoader)):
            if reader.take(event):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = f"not valid YAML: {error.problem or error.context}"
        reader.faults.append(Fault(mark.line + 1 if mark else 0, f"{said}. Fix: look at indents, quotes and colons."))
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        reader.faults.append(Fault(0, f"not valid YAML: {reason}. Fix: remove the character."))
    return reader.documents, reader.faults


class _Reader:
    """Builds values from events, with a stack of its own instead of recursion."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.faults: list[Fault] = []
        self._total = 0
        self._begin()

    def _begin(self) -> None:
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._lines: dict[Keys, int] = {}
        self._faults_before = len(self.faults)
        self._root: object = None

    def take(self, event: Any) -> bool:
        """Take in one event; true if reading must end, since the text is too large or too deep."""
        handler = self._handlers.get(type(event))
        if handler:
            handler(self, event)
        if self._total > MOST_VALUES:
            self._fault(event, f"it has more than {MOST_VALUES} values, those of aliases counted", "split the file")
            return True
        if len(self._stack) > MOST_DEPTH:
            self._fault(event, f"it is nested more than {MOST_DEPTH} levels deep", "flatten it")
            return True
        return False

    def _fault(self, event: Any, text: str, fix: str) -> None:
        self.faults.append(Fault(event.start_mark.line + 1, f"{text}. Fix: {fix}."))

    def _start(self, _event: Any) -> None:
        self._begin()

    def _end(self, _event: Any) -> None:
        if len(self.faults) == self._faults_before:
            self.documents.append(Document(self._root, self._lines))

    def _scalar(self, event: Any) -> None:
        value: object = event.value
        if event.tag in _RESOLVED_TAGS or (event.tag is None and event.implicit[0]):
            value = resolve(event.value)
        elif event.tag not in _PLAIN_TAGS:
            self._foreign_tag(event)
        if self._awaits_key():
            self._take_key(event, value)
            return
        self._place(event)
        self._put(event, value, 1)
        if event.anchor:
            self._anchors[event.anchor] = value, 1

    def _open(self, event: Any) -> None:
        if event.tag not in _PLAIN_TAGS:
            self._foreign_tag(event)
        if not self._awaits_key():
            self._place(event)
        keys = self._keys()
        value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._stack.append(_Frame(value, keys, event.anchor))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        if isinstance(frame.value, dict):
            for merged in frame.merged:
                for key, value in merged.items():
                    frame.value.setdefault(key, value)
        if self._awaits_key():
            self._refuse_key(event)
        else:
            self._put(event, frame.value, frame.size)
        if frame.anchor:
            self._anchors[frame.anchor] = frame.value, frame.size

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            self._fault(event, f"the alias *{event.anchor} names nothing that ended before it", "write the value out")
        value, size = self._anchors.get(event.anchor, (None, 1))
        if self._awaits_key():
            self._take_key(event, value)
            return
        self._place(event)
        self._put(event, value, size)

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is _NO_KEY

    def _take_key(self, event: Any, value: object) -> None:
        frame = self._stack[-1]
        quoted = isinstance(event, yaml.ScalarEvent) and not event.implicit[0]
        if value == _MERGE and not quoted:
            frame.key = _MERGE
            return
        if value is None or isinstance(value, dict | list):
            self._refuse_key(event)
            return
        key = value if isinstance(value, str) else _written(value)
        frame.key = key
        if key in cast("dict[str, object]", frame.value):
            self._fault(event, "the key stands in this object twice, and only one would count", "remove one")
        self._lines[(*frame.keys, key)] = event.start_mark.line + 1

    def _refuse_key(self, event: Any) -> None:
        self._fault(event, "a key is no plain text; braces without quotes begin an object", 'quote it: "{{ … }}"')
        self._stack[-1].key = _DISCARD

    def _keys(self) -> Keys:
        if not self._stack:
            return ()
        frame = self._stack[-1]
        if isinstance(frame.value, list):
            return (*frame.keys, len(frame.value))
        return (*frame.keys, frame.key if isinstance(frame.key, str) else "")

    def _place(self, event: Any) -> None:
        self._lines.setdefault(self._keys(), event.start_mark.line + 1)

    def _put(self, event: Any, value: object, size: int) -> None:
        self._total += size if isinstance(event, yaml.AliasEvent) else 1
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        frame.size += size
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        if frame.key == _MERGE and not isinstance(event, yaml.ScalarEvent):
            self._merge(event, frame, value)
        elif isinstance(frame.key, str):
            frame.value[frame.key] = value
        frame.key = _NO_KEY

    def _merge(self, event: Any, frame: _Frame, value: object) -> None:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                frame.merged.append(each)
            else:
                self._fault(event, "what << merges is no object", "name an object, or quote the key")

    def _foreign_tag(self, event: Any) -> None:
        self._fault(event, f"the tag {event.tag} means nothing to Kubernetes", "render the file first, or remove it")

    _handlers: Final[dict[type, Callable[[_Reader, Any], None]]] = {
        yaml.DocumentStartEvent: _start,
        yaml.DocumentEndEvent: _end,
        yaml.ScalarEvent: _scalar,
        yaml.MappingStartEvent: _open,
        yaml.SequenceStartEvent: _open,
        yaml.MappingEndEvent: _close,
        yaml.SequenceEndEvent: _close,
        yaml.AliasEvent: _alias,
    }


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
