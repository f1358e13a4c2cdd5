"""What is judged: a resource as the engine would hand it over, and where in a file it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from policies.findings import Keys
from policies.rule import Resource

TOKEN: Final = re.compile(r"[A-Za-z][\w.-]*:[\w./-]*:[\w.$-]+")
_BASE: Final = re.compile(r"\(([A-Za-z_][^()\s]*)\):? ")
_PATH: Final = re.compile(r'[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\]|\["[^"\s]*"\])*')
_STEP: Final = re.compile(r'\[(\d+)\]|\["([^"]*)"\]|([^.\[\]]+)')


class Place(NamedTuple):
    """A place in a file: the lines of its document, and the keys that lead to the resource's properties."""

    file: str
    lines: Mapping[Keys, int]
    keys: Keys = ()

    def line(self, keys: Keys = ()) -> int:
        """The line of a property, or of the nearest place around it that is written."""
        whole = self.keys + keys
        for length in range(len(whole), -1, -1):
            if whole[:length] in self.lines:
                return self.lines[whole[:length]]
        return 1

    def line_of(self, message: str) -> int:
        """The line that a finding's sentence speaks of: rules name the owner's path in brackets, then the field's."""
        bases = (each for each in _BASE.finditer(message) if self.keys + _keys(each[1])[:1] in self.lines)
        base = next(bases, None)
        rest = message[base.end() :] if base else message.partition(": ")[2]
        field = _PATH.match(rest)
        return self.line((_keys(base[1]) if base else ()) + (_keys(field[0]) if field else ()))


class Subject(NamedTuple):
    """A resource to judge. `final` is what rules about the whole stack see of it; `rendered` is false of a manifest."""

    resource: Resource
    final: Resource
    place: Place
    rendered: bool = False


def _keys(path: str) -> Keys:
    return tuple(int(index) if index else quoted or plain for index, quoted, plain in _STEP.findall(path))
