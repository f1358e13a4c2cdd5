"""The commands of the local cloud: names, options and help; `make` calls them."""

import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from local import commands
from local.control_plane import ControlPlane, Status
from local.failures import LocalError
from local.paths import Checkout, cache_folder
from local.progress import console, say

app = typer.Typer(
    name="python -m local",
    help="The local cloud: the real Pulumi engine on a real Kubernetes control plane of this machine, "
    "with simulated nodes. State lies in `.local/`, tools in the cache folder; nothing else is written.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@contextmanager
def _reported() -> Iterator[Checkout]:
    """The checkout; failures become a short message and exit code 1, Ctrl-C becomes 130."""
    try:
        yield Checkout.here()
    except LocalError as error:
        if error.details:
            say(error.details)
        say(f"error: {error.problem}", "bold red")
        if error.remedy:
            say(error.remedy)
        raise typer.Exit(1) from None
    except OSError as error:
        say(f"error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", "bold red")
        say("Free space, mend permissions or the like, and run the command again; `.local/logs` may say more.")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        say("interrupted; run the command again: it goes on from what is done", "red")
        raise typer.Exit(130) from None


@app.command()
def tools() -> None:
    """Fetch or build the tools that are not in the cache folder yet."""
    with _reported():
        commands.tools()
        say(f"cache folder: {cache_folder()}")


@app.command()
def start() -> None:
    """Start (or heal) the control plane and bring its nodes to the pools of Pulumi.local.yaml."""
    with _reported() as checkout, commands.alone(checkout, "start"):
        plane = commands.start(checkout, commands.tools())
        say(f"kubeconfig: {plane.kubeconfig}")


@app.command()
def stop() -> None:
    """Stop the control plane; its data stay, and the next start comes back with the same objects."""
    with _reported() as checkout, commands.alone(checkout, "stop"):
        commands.down(checkout)


@app.command()
def status(as_json: Json = False) -> None:
    """Show what runs: components, pids, ports, nodes. Exit code 0 if all runs, 3 if not."""
    with _reported() as checkout:
        found = ControlPlane(checkout.state).status()
    if as_json:
        sys.stdout.write(json.dumps(found.as_json(), indent=2) + "\n")
    else:
        _print_status(found)
    if found.state != "running":
        raise typer.Exit(3)


@app.command()
def up() -> None:
    """Bring everything up: tools, control plane, preview, update, and wait until every agent is available."""
    from local.up import up as bring_up

    with _reported() as checkout, commands.alone(checkout, "up"):
        bring_up(checkout)


@app.command()
def preview() -> None:
    """Show what `up` would change; nothing is changed."""
    with _reported() as checkout, commands.alone(checkout, "preview"):
        commands.preview(checkout)


@app.command()
def refresh() -> None:
    """Read back what exists, so that hand edits show in the next preview."""
    with _reported() as checkout, commands.alone(checkout, "refresh"):
        commands.refresh(checkout)


@app.command()
def destroy(yes: Yes = False) -> None:
    """Delete everything the stack made; the control plane goes on running."""
    with _reported() as checkout, commands.alone(checkout, "destroy"):
        if not yes:
            typer.confirm("Delete every resource of the stack `local`?", abort=True)
        commands.destroy(checkout)


@app.command()
def reset(yes: Yes = False) -> None:
    """Stop, and delete this checkout's cluster, its data and its Pulumi state."""
    with _reported() as checkout, commands.alone(checkout, "reset"):
        if not yes:
            typer.confirm(f"Delete the cluster and the Pulumi state in {checkout.state}?", abort=True)
        commands.reset(checkout)


@app.command()
def rehearse(
    environment: Annotated[str, typer.Argument(help="The environment, as in Pulumi.<environment>.yaml.")],
    keep: Annotated[bool, typer.Option("--keep", help="Leave it up after the second `up`, to look around.")] = False,
) -> None:
    """Take an environment in AWS up and down on this machine: no account, no cost, the strict policy pack."""
    from local.rehearsal import rehearse as play

    with _reported() as checkout:
        play(checkout, environment, keep=keep)


@app.command()
def env() -> None:
    """Print the engine's environment as shell exports: `eval "$(python -m local env)"`."""
    console.file = sys.stderr
    with _reported() as checkout:
        for name, value in commands.exports(checkout).items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


@app.command(context_settings={"ignore_unknown_options": True})
def run(
    command: Annotated[list[str], typer.Argument(help="The command and its arguments, after `--`.")],
    cluster: Annotated[
        str, typer.Option(help="Give the command a control plane of its own in .local/<name>, stopped at its end.")
    ] = "",
) -> None:
    """Run a command in the engine's environment: `python -m local run --cluster trial -- kubectl get nodes`."""
    with _reported() as checkout:
        code = commands.run(checkout, command, cluster)
    raise typer.Exit(code)


@app.command()
def shell() -> None:
    """Open a shell in which `pulumi` and `kubectl` work on the local cloud, with the policy pack on."""
    with _reported() as checkout:
        code = commands.shell(checkout)
    raise typer.Exit(code)


def _print_status(found: Status) -> None:
    say(f"control plane: {found.state}{f' ({found.problem})' if found.problem else ''}", "bold")
    if found.kubernetes_version:
        say(
            f"Kubernetes {found.kubernetes_version} at {found.server}, {found.nodes_ready} of {found.nodes} nodes Ready"
        )
    for component in found.components:
        where = f"pid {component.pid}" if component.pid else "not running"
        port = f"127.0.0.1:{component.port}" if component.port else ""
        say(f"  {component.name:<26}{where:<14}{port}".rstrip())
    say(f"kubeconfig: {found.kubeconfig}")
