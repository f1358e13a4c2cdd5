"""One command at a time."""

import subprocess
import sys
from pathlib import Path

from local.lock import exclusive
from local.paths import Checkout

HOLD = """
import sys
from pathlib import Path
from local.lock import exclusive
with exclusive(Path(sys.argv[1]), "`up` on this checkout", print):
    print("held", flush=True)
    sys.stdin.readline()
"""


def hold(file: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        cwd=Checkout.here().root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_waits_and_says_for_whom(tmp_path: Path) -> None:
    said: list[str] = []
    with hold(tmp_path / "lock") as holder:

        def release(line: str) -> None:
            said.append(line)
            holder.communicate("\n")

        with exclusive(tmp_path / "lock", "mine", release):
            assert holder.returncode == 0
    assert len(said) == 1
    assert f"`up` on this checkout (pid {holder.pid}" in said[0]


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    said: list[str] = []
    with hold(tmp_path / "lock") as holder:
        holder.kill()
        holder.communicate()
    with exclusive(tmp_path / "lock", "mine", said.append):
        assert said == []
