"""Processes that a killed engine leaves: its language host, its policy pack, its providers, the program.

They end by themselves when their engine ends in order, and go on for ever when it is killed. One is a leftover of a
checkout only if its program is one of those, it belongs to the checkout (a path below it on its command line, or
its working folder), and nobody owns it any more: its parents up to the system's first process are leftovers too.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from local.control_plane import processes

SECONDS = 3.0
PROGRAM = re.compile(r"pulumi-(language-python(-exec)?|analyzer-policy(-python)?|resource-[a-z0-9-]+)$")
INTERPRETER = re.compile(r"(sh|bash|dash|python[0-9.]*)$")
OFFLINE_PROVIDER = re.compile(r"/local/providers/[a-z]+/__main__\.py$")
ADOPTERS = {"systemd", "init", "launchd"}


def find(root: Path) -> list[int]:
    """Pids of the engine's leftovers in a checkout."""
    commands = dict(processes.running())
    candidates = {pid for pid, command in commands.items() if _is_of_engine(command)}
    if not candidates:
        return []
    parents = processes.parents()
    ours = {pid for pid in candidates if _is_below(root, pid, commands[pid])}
    return sorted(pid for pid in _with_parents(ours, candidates, parents) if _is_orphan(pid, candidates, parents))


def end(root: Path, say: Callable[[str], None]) -> None:
    """End them, and say so if there were any."""
    if pids := find(root):
        processes.end(pids, SECONDS)
        many = "es" if len(pids) > 1 else ""
        say(f"ended {len(pids)} process{many} that a killed engine left (pid {', '.join(map(str, pids))})")


def _is_of_engine(command: str) -> bool:
    """Whether a command line starts one of the programs, itself or through an interpreter."""
    words = command.split()
    first = os.path.basename(words[0])  # noqa: PTH119 - a word of a command line, not a file to touch
    if PROGRAM.match(first):
        return True
    if not INTERPRETER.match(first):
        return False
    arguments = [word for word in words[1:] if not word.startswith("-")]
    started = arguments[0] if arguments else ""
    of_engine = OFFLINE_PROVIDER.search(started) or PROGRAM.match(Path(started).name)
    return started == "pulumi.policy" or bool(of_engine)


def _is_below(root: Path, pid: int, command: str) -> bool:
    below = f"{root}{os.sep}"
    if any(word.rpartition("=")[2].startswith(below) for word in command.split()):
        return True
    try:
        folder = str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return False
    return folder == str(root) or folder.startswith(below)


def _with_parents(pids: set[int], candidates: set[int], parents: Mapping[int, int]) -> set[int]:
    """A script that starts a program of the checkout names no path of it where the system tells no working folder."""
    found = set(pids)
    for pid in pids:
        parent = parents.get(pid, 0)
        while parent in candidates:
            found.add(parent)
            parent = parents.get(parent, 0)
    return found


def _is_orphan(pid: int, candidates: set[int], parents: Mapping[int, int]) -> bool:
    parent = parents.get(pid, 0)
    while parent in candidates:
        parent = parents.get(parent, 0)
    return parent == 1 or (parent > 1 and processes.name(parent) in ADOPTERS)
