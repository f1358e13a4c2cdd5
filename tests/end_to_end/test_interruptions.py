"""Runs that are killed, and runs that meet."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.end_to_end.conftest import COMMAND_SECONDS, Checkout

pytestmark = [pytest.mark.cluster, pytest.mark.engine]


def begin(checkout: Checkout) -> subprocess.Popen[str]:
    """Start `up` in a process group of its own."""
    command = [str(checkout.folder / ".venv/bin/python"), "-m", "local", "up"]
    return subprocess.Popen(
        command,
        cwd=checkout.folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + COMMAND_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_a_killed_run_made_is_found_again_by_the_next(checkout: Checkout) -> None:
    path = checkout.write_agent("storefront/killed")
    try:
        run = begin(checkout)
        until(lambda: run.poll() is not None or "Deployment/storefront/killed" in checkout.names())
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        assert "storefront/killed" in checkout.local("up")
    finally:
        path.unlink()
    checkout.local("up")
    assert not any("killed" in name for name in checkout.names())


def test_two_runs_at_once_follow_each_other(checkout: Checkout) -> None:
    runs = [begin(checkout), begin(checkout)]
    printed = [run.communicate(timeout=COMMAND_SECONDS)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], printed
    assert sum("waiting" in text for text in printed) == 1, printed


def test_a_killed_api_server_is_healed_by_the_next_run(checkout: Checkout) -> None:
    before = checkout.names()
    pids = {component["name"]: component["pid"] for component in checkout.status()["components"]}
    os.kill(pids["kube-apiserver"], signal.SIGKILL)
    assert "no changes" in checkout.local("up")
    assert checkout.names() == before
