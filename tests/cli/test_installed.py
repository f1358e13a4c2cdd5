"""`agentctl` is installed into the virtual environment, without network and from this checkout."""

import subprocess
from pathlib import Path

import pytest

from local import venv


def test_the_command_runs_this_checkouts_code_from_anywhere(tmp_path: Path) -> None:
    command = [str(venv.COMMAND), "policies", "explain", "x"]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, check=False)
    assert done.returncode == 2
    assert '"x" is no rule' in done.stderr
    script = "import cli; print(cli.__file__)"
    found = subprocess.run([venv.PYTHON, "-c", script], cwd=tmp_path, text=True, capture_output=True, check=True)
    assert Path(found.stdout.strip()) == venv.VENV.resolve().parent / "cli" / "__init__.py"


def test_an_environment_without_the_command_is_not_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = venv.wanted()
    monkeypatch.setattr(venv, "STAMP", tmp_path / "made-from")
    venv.STAMP.write_text(stamp)
    assert venv.is_current(stamp)
    monkeypatch.setattr(venv, "COMMAND", tmp_path / "agentctl")
    assert not venv.is_current(stamp)
    monkeypatch.setattr(venv, "PROJECT", tmp_path / "pyproject.toml")
    assert venv.is_current(stamp)


def test_a_command_that_cannot_be_installed_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "PROJECT", tmp_path / "pyproject.toml")
    venv.install_command()
    venv.PROJECT.write_text('[build-system]\nrequires = []\nbuild-backend = "no_such_backend"\n')
    with pytest.raises(SystemExit):
        venv.install_command()
    said = capsys.readouterr().err
    assert "no_such_backend" in said
    assert "pip could not install the command agentctl" in said
    assert "`.venv/bin/python -m cli` is the same command" in said
