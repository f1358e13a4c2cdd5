"""A stack whose state lies on this machine: created on first use, and healed after a killed run."""

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from local import leftovers
from local.control_plane import processes
from local.engine import Project
from local.failures import LocalError
from local.operations import DrivenStack
from local.progress import say


class LocalStack(DrivenStack):
    """A stack whose state lies on this machine, created on first use."""

    def __init__(self, project: Project, label: str = "") -> None:
        self._project = project
        self._project.backend.mkdir(parents=True, exist_ok=True)
        os.environ["PATH"] = project.environment["PATH"]  # where the Automation API looks for the CLI
        super().__init__(project.folder, project.stack, project.environment, label=label, create=True)

    def recover(self) -> None:
        """Undo what a killed run left: its lock, and objects that it may have made without noting them."""
        for lock in sorted((self._project.backend / ".pulumi" / "locks").rglob("*.json")):
            self._free(lock)
        leftovers.end(self._project.folder, say)
        if unfinished := self._unfinished():
            say(f"an earlier run ended while it created {len(unfinished)} resources; looking which of them exist")
            self._adopt(unfinished)

    def _unfinished(self) -> list[dict[str, Any]]:
        """Creations that the state has as begun and not ended; read from its file, which spares a start of the CLI."""
        project = self._stack.workspace.project_settings().name
        file = self._project.backend / ".pulumi" / "stacks" / project / f"{self._project.stack}.json"
        try:
            state = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        latest = state["checkpoint"].get("latest") or {}
        return [operation for operation in latest.get("pending_operations") or [] if operation["type"] == "creating"]

    def _free(self, lock: Path) -> None:
        try:
            holder = json.loads(lock.read_text(encoding="utf-8"))
            pid, host = int(holder["pid"]), str(holder["hostname"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        if host == socket.gethostname() and not processes.is_alive(pid):
            lock.unlink(missing_ok=True)
            say(f"freed the stack's lock, left by a run that was killed (pid {pid})")
            return
        raise LocalError(
            f"another run works on this stack: pid {pid} on {host}, since {holder.get('timestamp', 'unknown')}.",
            "Wait for it. If it is gone, free the stack with `make shell` and `pulumi cancel`.",
        )

    def _adopt(self, unfinished: list[dict[str, Any]]) -> None:
        command = ["pulumi", "refresh", "--yes", "--skip-preview", "--non-interactive"]
        for operation in unfinished:
            metadata = operation["resource"].get("inputs", {}).get("metadata", {})
            identifier = "/".join(filter(None, [metadata.get("namespace"), metadata.get("name")]))
            for value in (operation["resource"]["urn"], identifier):
                command += ["--import-pending-creates", value]
        finished = subprocess.run(
            command,
            cwd=self._project.folder,
            env={**os.environ, **self._project.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            raise LocalError(
                "what an earlier, killed run had under way could not be looked up.",
                "Open `make shell` and run `pulumi refresh`, which asks for each resource.",
                "\n".join((finished.stdout + finished.stderr).splitlines()[-12:]),
            )
