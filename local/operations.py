"""A stack driven through the Automation API, with progress: previews, updates, and what a failure means."""

import os
import re
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from pulumi import automation

from local.control_plane import processes
from local.events import EventLog
from local.failures import LocalError, StoppedError
from local.progress import Step, say

PARALLEL = 64
"""Most steps wait for an API, so more of them than the engine's default fit on one machine."""

QUIETLY: dict[str, Any] = {"show_secrets": False, "parallel": PARALLEL}

Operation = Callable[[Callable[[Any], None]], object]


@dataclass(frozen=True)
class Update:
    """What an update came to: the stack's outputs without secret ones, and what was done."""

    outputs: dict[str, Any]
    log: EventLog


class DrivenStack:
    """A stack of a project in some folder, wherever its state lies.

    Args:
        folder: the project's folder.
        name: the stack.
        variables: what the engine's environment has beside this process's.
        label: what begins each line of progress; for those who drive several stacks.
        create: make the stack if it does not exist.

    Raises:
        automation.StackNotFoundError: there is none, and none is to be made.
        LocalError: the stack can't be selected.
    """

    def __init__(
        self, folder: Path, name: str, variables: Mapping[str, str], *, label: str = "", create: bool = False
    ) -> None:
        self.name = name
        self._label = f"{label}: " if label else ""
        options = automation.LocalWorkspaceOptions(env_vars=dict(variables))
        select = automation.create_or_select_stack if create else automation.select_stack
        try:
            self._stack = select(name, work_dir=str(folder), opts=options)
        except automation.StackNotFoundError:
            raise
        except FileNotFoundError:
            fix = "Install it (https://www.pulumi.com/docs/install/), or add its folder to PATH."
            raise LocalError("the Pulumi CLI, `pulumi`, is not on PATH.", fix) from None
        except automation.CommandError as error:
            raise _explained("selecting the stack", EventLog(say, say), error) from None

    def preview(self) -> EventLog:
        """What an update would change; the API server's validation and the policy pack have their say."""
        return self._run("preview", lambda hear: self._stack.preview(on_event=hear, parallel=PARALLEL))

    def up(self, plan: EventLog | None = None) -> Update:
        """Update the stack."""
        results: list[automation.UpResult] = []
        log = self._run("update", lambda hear: results.append(self._stack.up(on_event=hear, **QUIETLY)), plan)
        return Update(_open(results[0].outputs), log)

    def refresh(self) -> EventLog:
        """Read back what exists, so that the next preview shows drift."""
        return self._run("refresh", lambda hear: self._stack.refresh(on_event=hear, **QUIETLY))

    def destroy(self, *, but_protected: bool = False) -> EventLog:
        """Delete everything the stack made; what is protected, and what that stands on, may be spared."""
        options = {**QUIETLY, "exclude_protected": True} if but_protected else QUIETLY
        return self._run("destroy", lambda hear: self._stack.destroy(on_event=hear, **options))

    def outputs(self) -> dict[str, Any]:
        """What the last update exported, without secret ones."""
        return _open(self._stack.outputs())

    def resources(self) -> list[dict[str, Any]]:
        """What the state holds, as the engine exports it."""
        deployment = self._stack.export_stack().deployment or {}
        found: list[dict[str, Any]] = deployment.get("resources") or []
        return found

    def _run(self, name: str, operation: Operation, plan: EventLog | None = None) -> EventLog:
        title = self._label + name
        with Step(title) as step, _patient_interrupt(step) as interrupted:
            warnings.filterwarnings("ignore", message="Error in event stream")  # follows a killed engine
            log = EventLog(say, step.detail, plan, planning=name == "preview")
            try:
                operation(log.hear)
            except automation.CommandError as error:
                log.finish()
                if interrupted:
                    done = "nothing was changed" if name == "preview" else "what was finished is recorded"
                    raise StoppedError(f"{title} interrupted; {done}.", "Run the command again: it goes on.") from None
                raise _explained(title, log, error) from None
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
            if name.endswith("preview")
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


def _open(outputs: Mapping[str, automation.OutputValue]) -> dict[str, Any]:
    return {name: output.value for name, output in outputs.items() if not output.secret}
