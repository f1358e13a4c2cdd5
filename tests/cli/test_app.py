"""The root of `agentctl`: what holds for every command."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli import app
from tests.cli.conftest import Agentctl

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", [["-m", "cli"], [str(Path(sys.executable).with_name("agentctl"))]])
def test_it_runs_as_a_module_and_as_a_command(command: list[str]) -> None:
    prefix = [sys.executable] if command[0] == "-m" else []
    done = subprocess.run([*prefix, *command, "--help"], cwd=ROOT, text=True, capture_output=True, check=True)
    assert "policies" in done.stdout
    assert "2 wrong use" in done.stdout.replace("\n", " ")


@pytest.mark.parametrize("command", ["list", "explain", "test"])
def test_every_command_names_its_exit_codes(command: str, agentctl: Agentctl) -> None:
    said = " ".join(agentctl("policies", command, "--help").out.split())
    assert "Exit codes: 0 " in said
    assert "2 wrong use" in said


def test_wrong_use_is_a_sentence_and_exit_code_2(agentctl: Agentctl) -> None:
    run = agentctl("policies", "explain", "pod-no-privilegd")
    assert run.code == 2
    assert run.err == 'error: "pod-no-privilegd" is no rule. Did you mean pod-no-privileged?\n' or (
        "Did you mean pod-no-privileged or " in run.err
    )
    assert run.out == ""
    assert agentctl("policies", "no-such-command").code == 2
    assert agentctl("policies", "test").code == 2


def test_an_interrupted_run_ends_with_130(agentctl: Agentctl, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "app", interrupted)
    run = agentctl("policies")
    assert (run.code, run.err) == (130, "interrupted\n")
