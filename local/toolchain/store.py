"""Finished tools in the cache folder: each in a folder of its own that appears whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from local.lock import exclusive

Waiting = Callable[[str], None]
LOCK = "build.lock"


def install(folder: Path, make: Callable[[Path], None], waiting: Waiting) -> Path:
    """Return `folder`, made by `make` in a draft beside it if it is not there yet.

    One tool is made at a time, whoever makes it: a second process waits, and finds made what the first one made.
    """
    if folder.is_dir():
        return folder
    with exclusive(folder.parent / LOCK, f"a build of {folder.name}", waiting):
        if folder.is_dir():
            return folder
        for remains in folder.parent.glob(f".{folder.name}.*"):
            shutil.rmtree(remains, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            draft.chmod(0o755)
            make(draft)
            _sync(draft)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def _sync(folder: Path) -> None:
    for entry in [*folder.rglob("*"), folder]:
        if entry.is_symlink():
            continue
        descriptor = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
