"""The bootstrap's first run as docs/bootstrap.md has it: the real engine, the pack, and a rehearsed account."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.config.load import ROOT
from local.toolchain import Tools
from local.toolchain.provider_plugin import rehearsal

pytestmark = pytest.mark.engine
SECONDS = 300
LOCK = {"pid": 1, "username": "somebody", "hostname": "elsewhere", "timestamp": "2026-11-21T00:00:00Z"}


class FirstRun:
    """A copy of the project, into whose stack file the engine writes, with its state in a folder."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder, self._pulumi = folder / "bootstrap", str(tools.path("pulumi"))
        shutil.copytree(ROOT / "bootstrap", self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        for shared in ("components", "policies", ".venv"):
            (folder / shared).symlink_to(ROOT / shared)
        folders = [Path(sys.executable).parent, *tools.folders]
        env = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))}
        env["PATH"] = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
        env |= {"PULUMI_HOME": str(folder / "home"), "PULUMI_SKIP_UPDATE_CHECK": "1", "PULUMI_CONFIG_PASSPHRASE": "one"}
        self._env = rehearsal(env, ROOT, folder / "aws")
        self.disk, self.bucket = folder / "disk", folder / "bucket"
        for backend in (self.disk, self.bucket):
            backend.mkdir()

    def pulumi(self, backend: Path, *arguments: str, expect: int = 0) -> str:
        """Run the CLI with its state in a folder; return what it printed."""
        finished = subprocess.run(
            [self._pulumi, "--non-interactive", "--color", "never", *arguments],
            cwd=self.folder,
            env={**self._env, "PULUMI_BACKEND_URL": f"file://{backend}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        printed = finished.stdout + finished.stderr
        assert finished.returncode == expect, printed
        return printed

    def preview(self, backend: Path) -> str:
        """Preview under the pack, as configured for the project."""
        pack = ("--policy-pack", "../policies", "--policy-pack-config", "policies.json")
        return self.pulumi(backend, "preview", "--stack", "prod", "--suppress-permalink=true", *pack)

    def kept(self, backend: Path) -> dict[str, str]:
        """Return the digest of every file of a backend."""
        files = (path for path in backend.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def run(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """Return the project after its first run; each test leaves it so."""
    made = FirstRun(tmp_path_factory.mktemp("bootstrap"), tools)
    made.pulumi(made.disk, "stack", "init", "prod")
    pack = ("--policy-pack", "../policies", "--policy-pack-config", "policies.json")
    made.pulumi(made.disk, "up", "--stack", "prod", "--yes", *pack)
    return made


def outputs(run: FirstRun) -> Any:
    return json.loads(run.pulumi(run.disk, "stack", "output", "--stack", "prod", "--json"))


def test_it_tells_where_to_log_in_and_who_the_pipeline_is(run: FirstRun) -> None:
    assert outputs(run) == {
        "backend": "s3://pulumi-agent-platform-123456789012-eu-central-1?region=eu-central-1",
        "boundaryArn": "arn:aws:iam::123456789012:policy/pulumi-agent-platform-boundary",
        "previewRoleArn": "arn:aws:iam::123456789012:role/pulumi-agent-platform-preview",
        "secretsProvider": "awskms://alias/pulumi-agent-platform-secrets?region=eu-central-1",
        "upRoleArn": "arn:aws:iam::123456789012:role/pulumi-agent-platform-up",
    }


def test_a_preview_writes_nothing_to_the_backend_asks_for_no_lock_and_prints_no_link_to_the_state(
    run: FirstRun,
) -> None:
    lock = run.disk / ".pulumi/locks/organization/agent-platform-bootstrap/prod/taken.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps(LOCK))
    before = run.kept(run.disk)
    printed = run.preview(run.disk)
    assert "unchanged" in printed
    assert "Permalink" not in printed
    assert run.kept(run.disk) == before
    assert "locked" in run.pulumi(run.disk, "up", "--stack", "prod", "--yes", "--skip-preview", expect=255)
    lock.unlink()


def test_its_state_moves_to_another_backend_and_nothing_changes(run: FirstRun) -> None:
    state = run.folder.parent / "state.json"
    run.pulumi(run.disk, "stack", "export", "--stack", "prod", "--file", str(state))
    run.pulumi(run.bucket, "stack", "init", "prod")
    run.pulumi(run.bucket, "stack", "import", "--stack", "prod", "--file", str(state))
    assert "unchanged" in run.preview(run.bucket)


def test_nothing_that_holds_state_or_opens_it_is_destroyed(run: FirstRun) -> None:
    refused = run.pulumi(run.disk, "destroy", "--stack", "prod", "--yes", expect=255)
    for name in ("state-bucket", "logs-bucket", "state-key", "secrets-key"):
        assert f"::bootstrap-{name}'" in refused
