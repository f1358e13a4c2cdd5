"""A Pulumi project through the real engine, with the offline provider in place of AWS."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.paths import Checkout
from local.providers.aws import FAULTS_VARIABLE
from local.toolchain import Tools
from local.toolchain.provider_plugin import rehearsal

SECONDS = 300


class Project:
    """A Pulumi project of its own, its state and its rehearsal in one folder."""

    def __init__(self, folder: Path, tools: Tools, program: str) -> None:
        self.folder = folder
        self.inventory = folder / "rehearsal"
        self._pulumi = str(tools.path("pulumi"))
        (folder / "state").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: rehearsed\nruntime: python\n", encoding="utf-8")
        (folder / "__main__.py").write_text(program, encoding="utf-8")
        (folder / "faults.json").write_text("[]", encoding="utf-8")
        folders = [Path(sys.executable).parent, *tools.folders]
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))},
            "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PYTHONPATH": str(Checkout.here().root),
            FAULTS_VARIABLE: str(folder / "faults.json"),
        }
        self.env = rehearsal(self.env, Checkout.here().root, self.inventory)
        self.pulumi("stack", "init", "dev")

    def pulumi(self, *arguments: str, expect: int = 0, **variables: str) -> str:
        """Run the CLI; return all it printed."""
        command = [self._pulumi, "--non-interactive", "--color", "never", *arguments]
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.env, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        printed = finished.stdout + finished.stderr
        assert finished.returncode == expect, printed
        return printed

    def up(self, *arguments: str, expect: int = 0, **variables: str) -> str:
        """Bring the stack up without a question."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments, expect=expect, **variables)

    def outputs(self) -> Any:
        """The stack's outputs."""
        command = [self._pulumi, "stack", "output", "--json"]
        return json.loads(subprocess.check_output(command, cwd=self.folder, env=self.env, text=True))

    def dump(self) -> Any:
        """The inventory."""
        command = [sys.executable, "-m", "local.providers.aws", "dump", str(self.inventory), "--json"]
        return json.loads(subprocess.check_output(command, cwd=Checkout.here().root, text=True))

    def deleted(self) -> list[str]:
        """What was deleted, in order: the type's last part and the resource's name."""
        steps = [step["urn"] for step in self.dump()["journal"] if step["operation"] == "delete"]
        return [f"{urn.split('::')[2].rpartition(':')[2]} {urn.rpartition('::')[2]}" for urn in steps]
