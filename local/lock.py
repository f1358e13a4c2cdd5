"""One at a time: a lock file that the system frees when its holder ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def exclusive(file: Path, purpose: str, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock; while another process has it, say once through `waiting` who that is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as handle:
        if not _try(handle):
            waiting(f"waiting for {_holder(handle)}; Ctrl-C gives up")
            while not _try(handle):
                time.sleep(0.2)
        _sign(handle, purpose)
        try:
            yield
        finally:
            handle.truncate(0)


@contextmanager
def unless_held(file: Path, purpose: str) -> Iterator[bool]:
    """Hold the lock if no other process has it, and tell whether; never waits."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as handle:
        if not _try(handle):
            yield False
            return
        _sign(handle, purpose)
        try:
            yield True
        finally:
            handle.truncate(0)


def _sign(handle: IO[str], purpose: str) -> None:
    handle.truncate(0)
    handle.write(f"{purpose} (pid {os.getpid()}, since {time.strftime('%H:%M:%S')})")
    handle.flush()


def _try(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: IO[str]) -> str:
    handle.seek(0)
    return handle.read().strip() or "another process"
