"""The processes of one control plane, found by what they are rather than by pid files.

kwokctl starts each component through a link in the control plane's own folder, so the path of a process's program
says which component of which control plane it is. A stale pid file, a pid that another program has by now, and a
process whose pid file was lost are all seen right.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

COMPONENTS = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok-controller",
    "metrics-server",
)

STOP_WITHIN_SECONDS = 10.0
STOP_ORDER: tuple[tuple[str, ...], ...] = (
    ("metrics-server", "kwok-controller", "kube-scheduler", "kube-controller-manager"),
    ("kube-apiserver",),
    ("etcd",),
)


def find(home: Path) -> dict[str, list[int]]:
    """Pids of the components whose programs lie below `home`."""
    marker = f"{home}{os.sep}"
    found: dict[str, list[int]] = {}
    for pid, command in running():
        if command.startswith(marker):
            component = Path(command.removeprefix(marker).split()[0]).name
            if component in COMPONENTS:
                found.setdefault(component, []).append(pid)
    return found


def stop(home: Path) -> list[str]:
    """End all components: the clients of etcd first, etcd last; whoever does not end in time is killed."""
    stopped: list[str] = []
    for group in STOP_ORDER:
        pids = {component: ids for component, ids in find(home).items() if component in group}
        stopped += pids
        end([pid for ids in pids.values() for pid in ids], STOP_WITHIN_SECONDS)
    return stopped


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and has not ended (a zombie has)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] != "Z"


def children(parent: int) -> list[int]:
    """Pids of a process's children."""
    return [pid for pid, of in parents().items() if of == parent]


def parents() -> dict[int, int]:
    """Every process's parent."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
        return {int(pid): int(of) for pid, of in (line.split() for line in listing.stdout.splitlines())}
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        found[int(entry.parent.name)] = int(fields[1])
    return found


def name(pid: int) -> str:
    """The name of a process's program, or nothing if it has ended."""
    command = dict(running()).get(pid, "")
    return Path(command.split()[0]).name if command else ""


def end(pids: Sequence[int], seconds: float) -> None:
    """Ask processes to end; whoever does not within `seconds` is killed."""
    _signal(pids, signal.SIGTERM)
    if _gone(pids, seconds):
        return
    _signal(pids, signal.SIGKILL)
    _gone(pids, 5.0)


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _gone(pids: Sequence[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def running() -> Iterator[tuple[int, str]]:
    """Pid and command line of every process."""
    if not Path("/proc/self/cmdline").exists():
        listing = subprocess.run(["ps", "-Aww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
        for line in listing.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            yield int(pid), command.strip()
        return
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().decode(errors="replace").replace("\0", " ").strip()
        except OSError:
            continue
        if command:
            yield int(entry.parent.name), command
