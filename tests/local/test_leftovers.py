"""Processes of a killed engine: ended where nobody owns them, and only those of the checkout."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import leftovers
from local.control_plane import processes

START = """
import os, subprocess, sys
print(subprocess.Popen(sys.argv[2:], cwd=sys.argv[1], stdout=subprocess.DEVNULL).pid, flush=True)
sys.stdin.readline()
"""


class Engine:
    """A stand-in for a process that starts others, and may be killed."""

    def __init__(self, folder: Path, *command: str) -> None:
        arguments = [sys.executable, "-c", START, str(folder), *command]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.child = int(self.process.stdout.readline())
        while dict(processes.running()).get(self.child, "").startswith(sys.executable):
            time.sleep(0.01)  # between fork and exec the child still shows its parent's command

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    (root / "policies").mkdir(parents=True)
    for folder in (root / "tools", tmp_path / "tools"):
        folder.mkdir()
        for name in ("pulumi-language-python", "pulumi-analyzer-policy-python", "something-else"):
            (folder / name).write_text("#!/bin/sh\nsleep 600 &\nwait\n")
            (folder / name).chmod(0o755)
    return root


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    started: list[Engine] = []
    yield started
    for engine in started:
        pids = [*processes.children(engine.child), engine.child]
        for pid in pids:
            if processes.is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        engine.kill()


def test_those_that_a_killed_engine_left_are_ended_and_named(checkout: Path, engines: list[Engine]) -> None:
    by_path = Engine(checkout.parent, str(checkout / "tools" / "pulumi-language-python"))
    by_folder = Engine(checkout / "policies", str(checkout.parent / "tools" / "pulumi-analyzer-policy-python"))
    engines += [by_path, by_folder]
    for engine in engines:
        engine.kill()
    pids = sorted([by_path.child, by_folder.child])
    assert leftovers.find(checkout) == pids
    said: list[str] = []
    leftovers.end(checkout, said.append)
    assert said == [f"ended 2 processes that a killed engine left (pid {pids[0]}, {pids[1]})"]
    assert leftovers.find(checkout) == []
    assert not any(processes.is_alive(pid) for pid in pids)


def test_those_of_a_living_engine_of_another_checkout_and_other_programs_are_spared(
    checkout: Path, engines: list[Engine]
) -> None:
    engines.append(Engine(checkout, str(checkout / "tools" / "pulumi-language-python")))
    foreign = Engine(checkout.parent, str(checkout.parent / "tools" / "pulumi-language-python"))
    other = Engine(checkout, str(checkout / "tools" / "something-else"))
    engines += [foreign, other]
    foreign.kill()
    other.kill()
    said: list[str] = []
    leftovers.end(checkout, said.append)
    assert said == []
    assert all(processes.is_alive(engine.child) for engine in engines)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pulumi-language-python -root=/c 127.0.0.1:1", True),
        ("/cache/bin/pulumi-resource-kubernetes 127.0.0.1:1", True),
        ("/bin/sh /cache/bin/pulumi-analyzer-policy-python 127.0.0.1:1 . -virtualenv=../.venv", True),
        ("/c/policies/../.venv/bin/python -u -m pulumi.policy 127.0.0.1:1 .", True),
        ("/c/.venv/bin/python -P /c/local/providers/kubernetes/__main__.py 127.0.0.1:1", True),
        ("/c/.venv/bin/python -P /c/local/providers/aws/__main__.py 127.0.0.1:1", True),
        ("/c/.venv/bin/python -u /cache/bin/pulumi-language-python-exec --monitor 127.0.0.1:1", True),
        ("pulumi up --yes", False),
        ("/c/.venv/bin/python -m local up", False),
        ("tail -f /c/.local/pulumi-language-python", False),
    ],
)
def test_the_engines_programs_are_known_by_their_command_lines(command: str, expected: bool) -> None:
    assert leftovers._is_of_engine(command) is expected
