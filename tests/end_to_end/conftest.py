"""A fresh checkout with a local cloud of its own, driven through the commands that people type."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.paths import Checkout as Paths
from local.toolchain import Tools

COMMAND_SECONDS = 300


class Checkout:
    """A copy of the tracked files in a folder of its own; the virtual environment is the project's."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder = folder
        self._tools = tools
        source = Paths.here().root
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.check_output(listed, cwd=source, text=True).splitlines():
            if (source / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, folder / name)
        (folder / ".venv").symlink_to(source / ".venv")

    def local(self, *arguments: str, expect: int = 0) -> str:
        """Run a command of the local cloud; return all it printed."""
        command = [str(self.folder / ".venv/bin/python"), "-m", "local", *arguments]
        return self._run(command, expect)

    def pulumi(self, *arguments: str, expect: int = 0) -> str:
        """Run pulumi as in the shell that `make shell` opens."""
        return self._in_shell(["pulumi", *arguments, "--non-interactive"], expect)

    def agentctl(self, *arguments: str, expect: int = 0) -> str:
        """Run this checkout's agentctl in that shell."""
        return self._in_shell([str(self.folder / ".venv/bin/python"), "-m", "cli", *arguments], expect)

    def status(self, expect: int = 0) -> Any:
        """Return the control plane's status."""
        return json.loads(self.local("status", "--json", expect=expect))

    def kubectl(self, *arguments: str, stdin: str | None = None, expect: int = 0) -> str:
        """Run kubectl against the checkout's cluster; return what it printed."""
        kubeconfig = self.folder / ".local" / "kubeconfig"
        command = [str(self._tools.path("kubectl")), "--kubeconfig", str(kubeconfig), *arguments]
        return self._run(command, expect, stdin)

    def get(self, *arguments: str) -> Any:
        """Return an object, or the items of a list, as JSON types."""
        found = json.loads(self.kubectl("get", *arguments, "-o", "json"))
        return found.get("items", found)

    def names(self) -> set[str]:
        """Return every namespaced object that carries our labels, as `kind/namespace/name`."""
        kinds = (
            "deployments,services,serviceaccounts,configmaps,horizontalpodautoscalers,poddisruptionbudgets,"
            "networkpolicies,resourcequotas,limitranges,roles,rolebindings"
        )
        listed = self.get(kinds, "-A", "-l", "app.kubernetes.io/managed-by=pulumi")
        return {f"{o['kind']}/{o['metadata']['namespace']}/{o['metadata']['name']}" for o in listed}

    def write_agent(self, reference: str, **changes: Any) -> Path:
        """Write an agent's file: the search ranker with changes."""
        base = yaml.safe_load((self.folder / "agents/storefront/search-ranker.yaml").read_text())
        path = self.folder / "agents" / f"{reference}.yaml"
        path.write_text(yaml.safe_dump({key: v for key, v in {**base, **changes}.items() if v is not None}))
        return path

    def _in_shell(self, command: list[str], expect: int) -> str:
        exports = self.local("env").splitlines()
        script = "\n".join([*(line for line in exports if line.startswith("export ")), 'exec "$@"'])
        return self._run(["bash", "-c", script, "bash", *command], expect)

    def _run(self, command: list[str], expect: int, stdin: str | None = None) -> str:
        finished = subprocess.run(
            command,
            cwd=self.folder,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            text=True,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "COLUMNS": "160", "PYTHONWARNINGS": "default"},
        )
        printed = finished.stdout + finished.stderr
        assert finished.returncode == expect, f"{command} gave {finished.returncode}, not {expect}:\n{printed}"
        return printed if command[0] != str(self._tools.path("kubectl")) or finished.returncode else finished.stdout


@contextmanager
def running(folder: Path, tools: Tools) -> Iterator[Checkout]:
    """A checkout whose control plane runs, removed at the end."""
    made = Checkout(folder, tools)
    try:
        made.local("start")
        yield made
    finally:
        made.local("reset", "--yes")


@pytest.fixture
def started(tools: Tools, tmp_path: Path) -> Iterator[Checkout]:
    """Return a checkout whose control plane runs, with no stack yet."""
    with running(tmp_path, tools) as made:
        yield made


@pytest.fixture(scope="session")
def checkout(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Return the checkout that the tests of the whole share; `up` has run once, and each test leaves it so."""
    with running(tmp_path_factory.mktemp("checkout"), tools) as made:
        made.local("up")
        yield made
