"""A stack on this machine, driven through the Automation API: previews, updates, and healing after a killed run."""

import json
import os
import re
import signal
import socket
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from pulumi import automation

from local import leftovers
from local.control_plane import processes
from local.engine import Project
from local.events import EventLog
from local.failures import LocalError
from local.progress import Step, say

PARALLEL = 64
"""Most steps wait for the API server, so more of them than the engine's default fit on one machine."""

QUIETLY: dict[str, Any] = {"show_secrets": False, "parallel": PARALLEL}

Operation = Callable[[Callable[[Any], None]], object]


@dataclass(frozen=True)
class Update:
    """What an update came to: the stack's outputs without secret ones, and what was done."""

    outputs: dict[str, Any]
    log: EventLog


class LocalStack:
    """A stack whose state lies on this machine, created on first use."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._project.backend.mkdir(parents=True, exist_ok=True)
        os.environ["PATH"] = project.environment["PATH"]  # where the Automation API looks for the CLI
        options = automation.LocalWorkspaceOptions(env_vars=dict(project.environment))
        try:
            self._stack = automation.create_or_select_stack(project.stack, work_dir=str(project.folder), opts=options)
        except automation.CommandError as error:
            raise _explained("selecting the stack", EventLog(say, say), error) from None

    def preview(self) -> EventLog:
        """What an update would change; the API server's validation and the policy pack have their say."""
        return self._run("preview", lambda hear: self._stack.preview(on_event=hear, parallel=PARALLEL))

    def up(self, plan: EventLog | None = None) -> Update:
        """Update the stack."""
        results: list[automation.UpResult] = []
        log = self._run("update", lambda hear: results.append(self._stack.up(on_event=hear, **QUIETLY)), plan)
        outputs = {name: output.value for name, output in results[0].outputs.items() if not output.secret}
        return Update(outputs, log)

    def refresh(self) -> EventLog:
        """Read back what exists, so that the next preview shows drift."""
        return self._run("refresh", lambda hear: self._stack.refresh(on_event=hear, **QUIETLY))

    def destroy(self, *, but_protected: bool = False) -> EventLog:
        """Delete everything the stack made; what is protected, and what that stands on, may be spared."""
        options = {**QUIETLY, "exclude_protected": True} if but_protected else QUIETLY
        return self._run("destroy", lambda hear: self._stack.destroy(on_event=hear, **options))

    def resources(self) -> list[dict[str, Any]]:
        """What the state holds, as the engine exports it."""
        deployment = self._stack.export_stack().deployment or {}
        found: list[dict[str, Any]] = deployment.get("resources") or []
        return found

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

    def _run(self, name: str, operation: Operation, plan: EventLog | None = None) -> EventLog:
        with Step(name) as step, _patient_interrupt(step) as interrupted:
            warnings.filterwarnings("ignore", message="Error in event stream")  # follows a killed engine
            log = EventLog(say, step.detail, plan, planning=name == "preview")
            try:
                operation(log.hear)
            except automation.CommandError as error:
                log.finish()
                if interrupted:
                    done = "nothing was changed" if name == "preview" else "what was finished is recorded"
                    raise LocalError(f"{name} interrupted; {done}.", "Run the command again: it goes on.") from None
                raise _explained(name, log, error) from None
            log.finish()
            step.result = log.summary()
        return log


@contextmanager
def _patient_interrupt(step: Step) -> Iterator[list[int]]:
    """Let the engine end in order: its children hear of Ctrl-C by themselves on a terminal, else they are told."""
    received: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        received.append(number)
        step.detail("stopping after what is under way; Ctrl-C again ends at once")
        if number != signal.SIGINT or not _in_foreground():
            for child in processes.children(os.getpid()):
                os.kill(child, signal.SIGINT)

    previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    try:
        with open(os.ctermid(), encoding="utf-8") as terminal:  # noqa: PTH123 - a device, opened for its descriptor
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def _explained(name: str, log: EventLog, error: automation.CommandError) -> LocalError:
    if log.violations:
        return LocalError(
            f"{name}: {len(log.violations)} policy violation{'s' if len(log.violations) > 1 else ''}, nothing was done."
            if name == "preview"
            else f"{name}: {len(log.violations)} policy violations.",
            "Each line says how to fix it. The engine stopped at the first resources, so there may be more.",
            "\n".join(f"  ✗ {violation}" for violation in log.violations),
        )
    if log.errors:
        return LocalError(
            f"{name} failed.",
            "Correct the cause and run the command again: it goes on from what was done.",
            "\n".join(f"  ✗ {line}" for line in dict.fromkeys(log.errors)),
        )
    lines = [line for line in str(error).splitlines() if line.strip()]
    if lines and (killed := re.match(r"\s*code: -(\d+)", lines[0])):
        return LocalError(
            f"{name}: the engine was ended by signal {killed[1]}.", "Run the command again: it heals what was left."
        )
    return LocalError(f"{name} failed.", "", "\n".join(lines[-20:]))
