"""`down` and `reset` also see to clusters of `run --cluster` whose runner was killed."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import commands
from local.control_plane import processes
from local.paths import Checkout
from tests.local.test_lock import hold

SLEEP = shutil.which("sleep") or "/bin/sleep"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def home(checkout: Checkout) -> Iterator[Path]:
    """Return the folder of the cluster `trial`, in which an etcd runs."""
    home = checkout.state / "trial" / "control-plane"
    home.mkdir(parents=True)
    (home / "etcd").symlink_to(SLEEP)
    with subprocess.Popen([home / "etcd", "600"]) as process:
        while not processes.find(home):
            time.sleep(0.01)
        yield home
        process.kill()


def test_down_stops_an_abandoned_cluster_and_keeps_its_data(
    checkout: Checkout, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.down(checkout)
    assert processes.find(home) == {}
    assert home.is_dir()
    assert "stopped the cluster `trial`" in capsys.readouterr().out


def test_reset_removes_an_abandoned_cluster(checkout: Checkout, home: Path) -> None:
    commands.reset(checkout)
    assert not processes.find(home)
    assert not home.exists()


def test_a_cluster_whose_runner_lives_is_left_to_it(
    checkout: Checkout, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hold(home.parent / "lock") as runner:
        commands.down(checkout)
        commands.reset(checkout)
        assert processes.find(home)
        runner.communicate("\n")
    assert "the cluster `trial` is in use" in capsys.readouterr().out
