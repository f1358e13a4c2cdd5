"""Processes are known by their program's place, not by pid files."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.control_plane import processes

SLEEP = shutil.which("sleep") or "/bin/sleep"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    for name in ("etcd", "kube-apiserver", "something-else"):
        (tmp_path / "bin" / name).symlink_to(SLEEP)
    return tmp_path


@pytest.fixture
def running(home: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    started = [subprocess.Popen([home / "bin" / name, "600"]) for name in ("etcd", "kube-apiserver", "something-else")]
    while len(processes.find(home)) < 2:  # the kernel shows arguments a moment after the program starts
        time.sleep(0.01)
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_components_below_a_folder_are_found_and_nothing_else(
    home: Path, running: list[subprocess.Popen[bytes]]
) -> None:
    etcd, apiserver, _ = running
    assert processes.find(home) == {"etcd": [etcd.pid], "kube-apiserver": [apiserver.pid]}
    assert processes.find(home / "elsewhere") == {}


def test_stop_ends_the_components_and_spares_other_programs(home: Path, running: list[subprocess.Popen[bytes]]) -> None:
    assert processes.stop(home) == ["kube-apiserver", "etcd"]
    assert processes.find(home) == {}
    assert running[2].poll() is None


def test_an_ended_process_is_not_alive_even_before_it_is_reaped() -> None:
    with subprocess.Popen([SLEEP, "600"]) as process:
        assert processes.is_alive(process.pid)
        process.kill()
        while processes.is_alive(process.pid):
            pass
    assert not processes.is_alive(process.pid)


def test_stop_without_anything_running_does_nothing(tmp_path: Path) -> None:
    assert processes.stop(tmp_path) == []
