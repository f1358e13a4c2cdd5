"""`agentctl up`, `preview` and `destroy`: names, options, help, and what is said at the end."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import complain, print_rows, say
from cli.failures import WrongUseError
from local.paths import STACK, Checkout

if TYPE_CHECKING:
    from cli.environment.running import Outcome, Runner
    from components.config.environment import StacksOfEnvironment

Environment = Annotated[str, typer.Argument(help="The environment: dev for Pulumi.dev.yaml and what stands on it.")]
Only = Annotated[str, typer.Option("--stack", help="This stack only, as dev-platform.")]
From = Annotated[str, typer.Option("--from", help="Begin at this stack and go on from there.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def up(environment: Environment, stack: Only = "", start: From = "", yes: Yes = False) -> None:
    """Bring an environment up: cloud, platform, then each team's stack.

    Every stack is checked against the others first, without an engine. Then each in turn is previewed under the policy
    pack, you are asked, and it is updated. A failure stops what stands on that stack, and nothing else; the last lines
    say how to go on. It runs as you: `pulumi login` to the backend and have credentials of AWS before.

    Exit codes: 0 all of it is up, 1 something was refused or failed, 2 wrong use, 130 interrupted.

    Examples: `agentctl up dev`, `agentctl up dev --from dev-platform`, `agentctl up prod --stack prod-media --yes`.
    """
    found = read_by_name(environment)
    outcome = _runner(found, yes=yes).up(_chosen(found, stack, start))
    _print_agents(outcome)
    _end(outcome, f"agentctl up {environment}")


def preview(environment: Environment, stack: Only = "", start: From = "") -> None:
    """Show what `up` would change, under the policy pack; nothing is changed.

    A stack is previewed on what the layer above told when it was last up. One whose layer above has never been up can't
    be previewed, and is named.

    Exit codes: 0 what can be previewed is all right, 1 something was refused or failed, 2 wrong use, 130 interrupted.
    """
    found = read_by_name(environment)
    outcome = _runner(found, yes=True).preview(_chosen(found, stack, start))
    for name, reason in outcome.skipped.items():
        say(f"{name}: {reason}; then `agentctl preview {environment} --from {name}`")
    outcome.skipped.clear()
    _end(outcome, f"agentctl preview {environment}")


def destroy(
    environment: Environment,
    stack: Only = "",
    start: From = "",
    yes: Yes = False,
    spare_protected: Annotated[
        bool, typer.Option("--spare-protected", help="Leave what is protected, and what that stands on.")
    ] = False,
) -> None:
    """Delete an environment: each team's stack, the platform, then the cloud.

    A stack on which another still stands is left alone. What is protected makes it fail: production is deleted for good
    by `deletionProtection: false` in its cloud stack and one more `agentctl up`. `--from` begins at a stack and goes on
    upwards.

    Exit codes: 0 all of it is gone, 1 something failed or is left, 2 wrong use, 130 interrupted.
    """
    found = read_by_name(environment)
    names = _chosen(found, stack, start, upwards=True)
    if not yes and _ask(f"Delete every resource of {', '.join(reversed(names))}? Type {environment}") != environment:
        complain("nothing was deleted")
        raise SystemExit(1)
    _end(_runner(found, yes=True).destroy(names, spare_protected=spare_protected), f"agentctl destroy {environment}")


def read_by_name(name: str) -> StacksOfEnvironment:
    """Return an environment of this checkout; what is wrong with its files is printed, and ends the command."""
    from components.config.environment import environments, read_environment
    from components.config.problems import ConfigurationError

    root = Checkout.here().root
    if name == STACK:
        raise WrongUseError(
            f"{STACK} is the local cloud of this checkout: `make up`, `make preview` and `make destroy`"
        )
    if name not in environments(root):
        near = difflib.get_close_matches(name, environments(root), n=1)
        guess = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(environments(root))}."
        raise WrongUseError(f'"{name}" is no environment.{guess} A single stack is named by --stack.')
    try:
        return read_environment(root, name)
    except ConfigurationError as error:
        complain(str(error))
        raise SystemExit(1) from None


def _chosen(found: StacksOfEnvironment, only: str, start: str, *, upwards: bool = False) -> tuple[str, ...]:
    """Return the stacks that a command is about, in the order in which they are made."""
    if only and start:
        raise WrongUseError("--stack and --from exclude each other: one stack, or one and those after it")
    for name in (only, start):
        if name and name not in found.names:
            raise WrongUseError(f'"{name}" is no stack of {found.name}. They are: {", ".join(found.names)}')
    if only:
        return (only,)
    position = found.names.index(start) if start else (len(found.names) - 1 if upwards else 0)
    return found.names[: position + 1] if upwards else found.names[position:]


def _runner(found: StacksOfEnvironment, *, yes: bool) -> Runner:
    from cli.environment.running import Runner

    def agree(question: str) -> bool:
        return yes or _ask(f"{question} [y/N]").lower() in ("y", "yes")

    return Runner(Checkout.here().root, found, agree)


def _ask(question: str) -> str:
    if not _is_somebody_there():
        raise WrongUseError("nobody is there to answer; write --yes")
    return input(f"{question} ").strip()


def _is_somebody_there() -> bool:
    return sys.stdin.isatty()


def _print_agents(outcome: Outcome) -> None:
    agents = {
        name: each for outputs in outcome.outputs.values() for name, each in (outputs.get("agents") or {}).items()
    }
    if agents:
        rows = [(name, str(each["namespace"]), str(each["url"])) for name, each in sorted(agents.items())]
        say()
        print_rows(("agent", "namespace", "address in the cluster"), rows)


def _end(outcome: Outcome, command: str) -> None:
    """Say what failed, what was left out and how to go on; end with the exit code."""
    for name, error in outcome.failed.items():
        complain("\n".join(["", f"{name}: {error.problem}", *filter(None, [error.details, error.remedy])]))
    for name, reason in outcome.skipped.items():
        complain(f"{name}: left out, {reason}")
    if outcome.is_well:
        return
    if outcome.done:
        say(f"done: {', '.join(outcome.done)}", aside=True)
    again = [*outcome.failed, *outcome.skipped]
    how = f"--stack {again[0]}" if len(again) == 1 else f"--from {again[0]}"
    complain(f"next: mend the cause, then `{command} {how}`")
    raise SystemExit(130 if outcome.interrupted else 1)
