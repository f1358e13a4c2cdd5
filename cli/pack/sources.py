"""Files, folders and standard input as text. Whatever can't be read becomes a problem, and the rest is read."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

STDIN: Final = "-"
STDIN_NAME: Final = "stdin"
MOST_BYTES: Final = 64 * 1024 * 1024
SUFFIXES: Final = (".yaml", ".yml", ".json")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Problem(NamedTuple):
    """What could not be read or judged: the file, the line (0 if nobody can say), and what to do."""

    file: str
    line: int
    text: str


class Source(NamedTuple):
    """A text and the name of its file. `named` is false of files that were found in a folder."""

    file: str
    text: str
    named: bool = True


def read_all(names: Iterable[str]) -> Iterator[Source | Problem]:
    """The texts behind file names, folders and `-`, each file once."""
    seen: set[str] = set()
    for name in names:
        for path, named in _files(name):
            if path is None:
                yield Problem(name, 0, f"the folder holds no {', '.join(SUFFIXES)} file. Fix: name another.")
                continue
            real = _identity(path)
            if real not in seen:
                seen.add(real)
                yield _read(path, named=named)


def _files(name: str) -> Iterator[tuple[str | None, bool]]:
    """The files behind a name, and whether they are named themselves; None of a folder without any."""
    if name == STDIN or not _is_folder(name):
        yield name, True
        return
    found = False
    for folder, below, files in os.walk(name):
        below[:] = sorted(each for each in below if not each.startswith("."))
        for file in sorted(files):
            if file.endswith(SUFFIXES) and not file.startswith("."):
                found = True
                yield str(Path(folder, file)), False
    if not found:
        yield None, True


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:
        return False


def _identity(path: str) -> str:
    try:
        return path if path == STDIN else os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _read(name: str, *, named: bool) -> Source | Problem:
    shown = STDIN_NAME if name == STDIN else name
    try:
        raw = _bytes(name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Problem(shown, 0, f"it can't be read: {reason}. Fix: check name and permissions.")
    if len(raw) > MOST_BYTES:
        return Problem(shown, 0, f"it is larger than {MOST_BYTES // 2**20} MiB. Fix: split it.")
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        return Source(shown, raw.decode(encoding), named)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(shown, line, "it is neither UTF-8 nor marked as UTF-16. Fix: save it as UTF-8.")


def _bytes(name: str) -> bytes:
    if name == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as handle:
        return handle.read(MOST_BYTES + 1)
