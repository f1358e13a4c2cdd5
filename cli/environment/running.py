"""Running the stacks of an environment: in order, governed by the pack, each stack's failure its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation

from components.config.environment import StacksOfEnvironment
from local.events import EventLog
from local.failures import LocalError, StoppedError
from local.operations import DrivenStack
from local.progress import say

Agree = Callable[[str], bool]
"""Asks a person; whether to go on."""


@dataclass
class Outcome:
    """What came of the stacks, in the order in which they were tried.

    Attributes:
        done: those that are as they should be.
        failed: those that failed, or that a person did not agree to, with what to say of it.
        skipped: those that could not begin, with the reason.
        outputs: what each one exported.
    """

    done: list[str] = field(default_factory=list)
    failed: dict[str, LocalError] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def is_well(self) -> bool:
        """Whether every stack was dealt with."""
        return not self.failed and not self.interrupted and not self.skipped


class Runner:
    """Runs stacks of an environment with the engine, backend and credentials of whoever calls it.

    Args:
        root: the project's folder.
        environment: the environment.
        agree: asks before anything is changed.
    """

    def __init__(self, root: Path, environment: StacksOfEnvironment, agree: Agree) -> None:
        self._root = root
        self._environment = environment
        self._agree = agree
        self._stacks: dict[str, DrivenStack | None] = {}

    def up(self, names: tuple[str, ...]) -> Outcome:
        """Preview each stack, ask, and update it; one that stands on a stack that is not up is left out."""
        outcome = Outcome()
        for name in names:
            if reason := self._missing(name, outcome, "up"):
                outcome.skipped[name] = reason
                continue
            with _recorded(name, outcome):
                stack = self._existing(name)
                plan = stack.preview()
                _remarks(plan)
                if plan.changed and not self._agree(f"{name}: {plan.summary()}. Do it?"):
                    raise StoppedError(f"{name} was not agreed to; nothing of it was changed.")
                outcome.outputs[name] = stack.up(plan).outputs
            if outcome.interrupted:
                break
        return outcome

    def preview(self, names: tuple[str, ...]) -> Outcome:
        """Preview each stack whose upper layer is there."""
        outcome = Outcome()
        for name in names:
            if reason := self._missing(name, outcome, "previewed", strictly=True):
                outcome.skipped[name] = reason
                continue
            with _recorded(name, outcome):
                _remarks(self._existing(name).preview())
            if outcome.interrupted:
                break
        return outcome

    def destroy(self, names: tuple[str, ...], *, spare_protected: bool) -> Outcome:
        """Destroy each stack, the lowest first; one that another still stands on is left out."""
        outcome = Outcome()
        for name in reversed(names):
            standing = [lower for lower in self._lower(name) if lower not in outcome.done and self._holds(lower)]
            if standing:
                outcome.skipped[name] = f"{', '.join(standing)} still stands on it"
                continue
            with _recorded(name, outcome):
                stack = self._stack(name)
                if stack is None:
                    say(f"{name}: there is no such stack in this backend")
                elif self._holds(name):
                    stack.destroy(but_protected=spare_protected)
                else:
                    say(f"{name}: nothing is left of it")
            if outcome.interrupted:
                break
        return outcome

    def _missing(self, name: str, outcome: Outcome, what: str, *, strictly: bool = False) -> str:
        """Say why a stack can't begin: the one that it stands on is not there; empty if it is.

        `strictly`: what happened in this run counts for nothing, since a preview makes nothing.
        """
        upper = self._environment.upper[name]
        if upper is None or (upper in outcome.done and not strictly):
            return ""
        if upper not in outcome.failed and upper not in outcome.skipped and self._tells(upper):
            return ""
        return f"it can't be {what} before {upper}, which tells of its cluster, is up"

    def _tells(self, name: str) -> bool:
        """Whether a stack is up. One whose state is closed to whoever runs this may be: the program will see."""
        try:
            stack = self._stack(name)
            return stack is None or bool(stack.outputs().get("contract"))
        except (LocalError, automation.CommandError):
            return True

    def _lower(self, name: str) -> Iterator[str]:
        return (lower for lower, upper in self._environment.upper.items() if upper == name)

    def _holds(self, name: str) -> bool:
        """Whether a stack exists and has resources."""
        stack = self._stack(name)
        return stack is not None and any(each.get("custom") for each in stack.resources())

    def _existing(self, name: str) -> DrivenStack:
        stack = self._stack(name)
        if stack is None:
            raise LocalError(
                f"there is no stack {name} in this backend.",
                f"Make it: `pulumi stack init {name} --secrets-provider=awskms://…`; or log in to the backend that has "
                "it: `pulumi whoami --verbose` names the one that you are in.",
            )
        return stack

    def _stack(self, name: str) -> DrivenStack | None:
        """Return a stack; None: the backend has none of this name."""
        if name not in self._stacks:
            try:
                self._stacks[name] = DrivenStack(self._root, name, self._variables(), label=name)
            except automation.StackNotFoundError:
                self._stacks[name] = None
        return self._stacks[name]

    def _variables(self) -> dict[str, str]:
        """The pack, which Pulumi has no project setting for."""
        policies = self._root / "policies"
        return {
            "PULUMI_OPTION_POLICY_PACK": str(policies),
            "PULUMI_OPTION_POLICY_PACK_CONFIG": str(policies / f"config.{self._environment.first.environment}.json"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }


@contextmanager
def _recorded(name: str, outcome: Outcome) -> Iterator[None]:
    try:
        yield
    except StoppedError as error:
        outcome.failed[name] = error
        outcome.interrupted = True
    except LocalError as error:
        outcome.failed[name] = error
    else:
        outcome.done.append(name)


def _remarks(log: EventLog) -> None:
    for line in dict.fromkeys([*log.advice, *log.warnings]):
        say(f"  ! {line}", "yellow")
