"""What an environment keeps, through the real engine, in a rehearsed account: up, up again, and gone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.config.load import ROOT
from local.toolchain import Tools
from local.toolchain.provider_plugin import rehearsal

pytestmark = [pytest.mark.engine, pytest.mark.rehearsal]
SECONDS = 300
PROGRAM = ROOT / "tests/end_to_end/storage_program.py"
PROJECT = {
    "name": "agent-platform-storage",
    "runtime": {"name": "python", "options": {"virtualenv": str(ROOT / ".venv")}},
}


class Engine:
    """The CLI in a project of its own, whose state lies in a folder."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self._folder, self._pulumi = folder / "project", str(tools.path("pulumi"))
        self._folder.mkdir()
        (self._folder / "__main__.py").write_text(f"import runpy\n\nrunpy.run_path({str(PROGRAM)!r})\n")
        (self._folder / "Pulumi.yaml").write_text(json.dumps(PROJECT))
        env = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))}
        env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *map(str, tools.folders), env["PATH"]])
        (folder / "state").mkdir()
        env |= {"PULUMI_HOME": str(folder / "home"), "PULUMI_SKIP_UPDATE_CHECK": "1", "PULUMI_CONFIG_PASSPHRASE": "one"}
        self._env = {**rehearsal(env, ROOT, folder / "aws"), "PULUMI_BACKEND_URL": f"file://{folder / 'state'}"}

    def __call__(self, *arguments: str) -> str:
        """Run the CLI; return what it printed."""
        command = [self._pulumi, "--non-interactive", "--color", "never", *arguments, "--stack", "prod"]
        finished = subprocess.run(
            command, cwd=self._folder, env=self._env, capture_output=True, text=True, check=False, timeout=SECONDS
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout


@pytest.fixture(scope="module")
def pulumi(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return the engine after its first run."""
    engine = Engine(tmp_path_factory.mktemp("storage"), tools)
    engine("stack", "init")
    engine("up", "--yes")
    return engine


def made(pulumi: Engine) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads(pulumi("stack", "export"))["deployment"].get("resources", [])
    return [each for each in resources if each["type"].startswith("aws:")]


def test_it_is_made_in_one_run_and_the_next_changes_nothing(pulumi: Engine) -> None:
    buckets = [each["inputs"]["bucket"] for each in made(pulumi) if each["type"] == "aws:s3/bucket:Bucket"]
    assert len([name for name in buckets if "eu-central-1" in name]) == 3
    assert len([name for name in buckets if "eu-west-1" in name]) == 3
    assert "unchanged" in pulumi("preview", "--expect-no-changes")


def test_all_of_it_goes_again(pulumi: Engine) -> None:
    pulumi("destroy", "--yes")
    assert made(pulumi) == []
