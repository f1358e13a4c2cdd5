"""The virtual environment, made by the script that make runs before anything else."""

import fcntl
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from local import venv
from local.paths import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "local").mkdir()
    shutil.copy(Checkout.here().root / "local" / "venv.py", tmp_path / "local")
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    return tmp_path


def make(checkout: Path) -> str:
    command = [sys.executable, "local/venv.py"]
    environment = {"PATH": "/usr/bin:/bin", "AGENT_PLATFORM_CACHE": str(checkout / "cache")}
    return subprocess.run(
        command, cwd=checkout, env=environment, text=True, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ).stdout


def test_it_is_made_once_and_finished_or_remade_when_it_is_not_whole(checkout: Path) -> None:
    stamp, python = checkout / ".venv" / "made-from", checkout / ".venv" / "bin" / "python"
    assert "Python packages" in make(checkout)
    assert make(checkout) == ""

    stamp.unlink()
    made = python.lstat().st_mtime_ns
    assert "Python packages" in make(checkout)
    assert python.lstat().st_mtime_ns == made

    python.unlink()
    python.symlink_to(checkout / "gone")
    assert "Python packages" in make(checkout)
    assert make(checkout) == ""

    (checkout / "requirements.lock").write_text("# nothing more\n")
    assert "Python packages" in make(checkout)


def test_two_at_once_make_it_once_and_the_second_says_that_it_waits(checkout: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "AGENT_PLATFORM_CACHE": str(checkout / "cache")}
    command = [sys.executable, "local/venv.py"]
    (checkout / ".local").mkdir()
    with (checkout / ".local" / "venv.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        runs = [
            subprocess.Popen(command, cwd=checkout, env=environment, text=True, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        for run in runs:
            assert run.stdout is not None
            assert "waiting for another command" in run.stdout.readline()
    printed = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sorted("Python packages" in text for text in printed) == [False, True]


def test_one_that_was_moved_or_is_of_another_python_is_made_anew_and_says_why(checkout: Path) -> None:
    make(checkout)
    moved = checkout.parent / "moved"
    checkout.rename(moved)
    assert f"making .venv anew: it was made at another place than {moved}/.venv" in make(moved)
    assert (moved / ".venv" / "bin" / "pip").read_text().startswith(f"#!{moved}/.venv/bin/python")
    assert make(moved) == ""

    python = moved / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text("#!/bin/sh\necho 3.10\n")
    python.chmod(0o755)
    (moved / ".venv" / "made-from").unlink()
    assert "making .venv anew: it is of Python 3.10, and " in make(moved)
    assert make(moved) == ""


def test_a_package_that_cannot_be_installed_is_explained_and_leaves_no_stamp(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "requirements.lock").write_text(f"{checkout}/no-such-1.0-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    with pytest.raises(subprocess.CalledProcessError) as failure:
        make(checkout)
    assert "pip could not install" in failure.value.output
    assert "run the command again" in failure.value.output
    assert not (checkout / ".venv" / "made-from").exists()


def test_an_old_python_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    old = types.SimpleNamespace(version_info=(3, 9, 1), executable="/usr/bin/python3", stderr=sys.stderr, exit=sys.exit)
    monkeypatch.setattr(venv, "sys", old)
    with pytest.raises(SystemExit):
        venv.check_python()
    assert "/usr/bin/python3 is Python 3.9; 3.11 or newer is needed" in capsys.readouterr().err


def test_a_python_without_ensurepip_gets_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit):
        venv.check_python()
    printed = capsys.readouterr().err
    assert "has no module ensurepip" in printed
    assert "python3-venv" in printed
