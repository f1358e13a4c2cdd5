"""What the commands do, in order; `cli.py` holds their names and options."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local import leftovers
from local.control_plane import ControlPlane, Topology, processes
from local.control_plane.access import CONTEXT
from local.engine import Engine
from local.failures import LocalError
from local.lock import exclusive, unless_held
from local.paths import STACK, Checkout, cache_folder
from local.progress import Step, say
from local.toolchain import Tools, ensure
from local.toolchain.provider_plugin import choose

if TYPE_CHECKING:
    from components.config.platform import PlatformConfig
    from local.events import EventLog
    from local.stack import LocalStack

FLAGS_OF_THIS_STACK = ("PULUMI_OPTION_", "PULUMI_STACK")
OFFLINE_PROVIDERS = "local/providers/bin"


@contextmanager
def alone(checkout: Checkout, command: str) -> Iterator[None]:
    """One command at a time changes a checkout; the next one waits and says for whom."""
    with exclusive(checkout.state / "lock", f"`{command}` on this checkout", say):
        yield


def tools() -> Tools:
    """Fetch and build what is missing."""
    return ensure(cache_folder())


def configuration(checkout: Checkout) -> "PlatformConfig":
    """The local stack's configuration with its agents, or one report of all that is wrong with it."""
    from components.config.load import read_stack_file
    from components.config.problems import ConfigurationError

    try:
        config = read_stack_file(checkout.stack_file, checkout.root / "agents")
    except ConfigurationError as error:
        raise LocalError(
            "the configuration was refused, before anything was started or changed.",
            "Correct the files and run the command again.",
            str(error),
        ) from None
    _is_local(checkout, config)
    return config


def _is_local(checkout: Checkout, config: "PlatformConfig") -> None:
    """Refuse a stack file that leads anywhere but to this checkout's cluster: commands here force and reset."""
    from components.config.cluster import Kubeconfig

    cluster = config.cluster
    wrong = [f"cluster.kind is {cluster.kind}, not kubeconfig"]
    if isinstance(cluster, Kubeconfig):
        found = checkout.root / Path(cluster.kubeconfig).expanduser()
        wrong = [
            f"{option} is {value}, not {needed}"
            for option, value, needed in (
                ("environment", config.environment.value, "local"),
                ("cluster.kubeconfig", found, checkout.kubeconfig),
                ("cluster.context", cluster.context, CONTEXT),
            )
            if value != needed
        ]
    if wrong:
        raise LocalError(
            f"{checkout.stack_file.name} does not lead to this checkout's own cluster: {'; '.join(wrong)}.",
            "The local cloud changes no other cluster. Correct the file; for another cluster use a stack of its own "
            "(`Pulumi.dev.yaml`) and `pulumi up -s dev`.",
        )


def start(checkout: Checkout, ready: Tools) -> ControlPlane:
    """Start the control plane and bring its nodes to the configured pools."""
    topology = Topology.of(configuration(checkout).cluster)
    plane = ControlPlane(checkout.state)
    with Step("control plane") as step:
        changes = plane.start(ready, topology, say)
        total = sum(pool.nodes for pool in topology.pools)
        changed = [
            f"{len(names)} {verb}"
            for verb, names in (("added", changes.added), ("replaced", changes.replaced), ("removed", changes.removed))
            if names
        ]
        step.result = f"{total} nodes Ready in {len(topology.zones)} zones" + (
            f" ({', '.join(changed)})" if changed else ""
        )
    return plane


def engine(checkout: Checkout, ready: Tools) -> Engine:
    """The engine, with the official or the offline kubernetes provider."""
    cache = cache_folder()
    bare = Engine(checkout, cache, ready)
    provider = choose(bare.environment(), checkout.root / OFFLINE_PROVIDERS)
    say(provider.line)
    return Engine(checkout, cache, ready, provider.folder)


def preview(checkout: Checkout) -> None:
    """What `up` would change."""
    ready = tools()
    start(checkout, ready)
    plan = stack_of(engine(checkout, ready)).preview()
    print_remarks(plan)


def refresh(checkout: Checkout) -> None:
    """Read back what exists."""
    ready = tools()
    start(checkout, ready)
    log = stack_of(engine(checkout, ready)).refresh()
    print_remarks(log)
    say("`make preview` shows what differs from the program; `make up` heals it.")


def destroy(checkout: Checkout) -> None:
    """Delete what the stack made; the control plane goes on running."""
    ready = tools()
    start(checkout, ready)
    stack_of(engine(checkout, ready)).destroy()


def down(checkout: Checkout) -> None:
    """Stop the control plane."""
    with Step("stopping") as step:
        stopped = ControlPlane(checkout.state).stop()
        leftovers.end(checkout.root, say)
        abandoned = _for_abandoned(checkout, ControlPlane.stop)
        stopped += [f"the cluster `{name}`" for name in abandoned]
        step.result = f"stopped {', '.join(stopped)}" if stopped else "nothing was running"
    say("Data stay; `make up` continues, `make reset` deletes them.")


def reset(checkout: Checkout) -> None:
    """Stop, and delete the cluster and the stack's state; tools in the cache stay."""
    ControlPlane(checkout.state).remove()
    leftovers.end(checkout.root, say)
    _for_abandoned(checkout, ControlPlane.remove)
    shutil.rmtree(checkout.backend, ignore_errors=True)
    say(f"deleted this checkout's cluster and Pulumi state ({checkout.state}); tools in {cache_folder()} stay")


def _for_abandoned(checkout: Checkout, action: Callable[[ControlPlane], object]) -> list[str]:
    """Act on clusters that `run --cluster` made and nobody uses now; returns the names of those that had processes."""
    had_processes = []
    for home in sorted(checkout.state.glob("*/control-plane")):
        plane = ControlPlane(home.parent)
        with unless_held(home.parent / "lock", "stopping an abandoned cluster") as is_free:
            if not is_free:
                say(f"the cluster `{home.parent.name}` is in use by a command that still runs; it stays")
                continue
            if processes.find(home):
                had_processes.append(home.parent.name)
            action(plane)
    return had_processes


def exports(checkout: Checkout) -> dict[str, str]:
    """The variables that `make shell` and `eval "$(… env)"` set."""
    checkout.backend.mkdir(parents=True, exist_ok=True)
    return engine(checkout, tools()).environment()


def shell(checkout: Checkout) -> int:
    """A subshell in which `pulumi up` works as `make up` does, policy pack included."""
    variables = exports(checkout)
    _select(variables, checkout)
    program = os.environ.get("SHELL") or shutil.which("bash") or "/bin/sh"
    mark = "(agent-platform) "
    arguments = [program]
    if os.path.basename(program) == "bash":  # noqa: PTH119 - a name, not a file to touch
        startup = checkout.state / "shell.bashrc"
        startup.write_text(
            f'[ -f ~/.bashrc ] && . ~/.bashrc\nexport PATH="{variables["PATH"]}"\nPS1="{mark}$PS1"\n', encoding="utf-8"
        )
        arguments += ["--rcfile", str(startup)]
    say(f"stack `{STACK}`, policy pack on; `pulumi up`, `kubectl get pods -A`; `exit` leaves", "bold")
    environment = {**os.environ, **variables, "PS1": mark + "$ "}
    return subprocess.run(arguments, cwd=checkout.root, env=environment, check=False).returncode


def run(checkout: Checkout, command: list[str], cluster: str) -> int:
    """Run a command in the engine's environment, on the checkout's control plane or on one of its own."""
    ready = tools()
    if not cluster:
        with alone(checkout, "run"):
            start(checkout, ready)
        return subprocess.run(
            command, env={**os.environ, **engine(checkout, ready).environment()}, check=False
        ).returncode
    plane = ControlPlane(checkout.state / cluster)
    with exclusive(plane.state / "lock", f"another run on the cluster `{cluster}`", say):
        try:
            with Step(f"control plane `{cluster}`"):
                plane.start(ready, Topology.of(configuration(checkout).cluster), say)
            variables = {**os.environ, **engine(checkout, ready).environment(), "KUBECONFIG": str(plane.kubeconfig)}
            # The command brings stacks of its own, which neither this stack's name nor its policy pack concerns.
            others = {name: value for name, value in variables.items() if not name.startswith(FLAGS_OF_THIS_STACK)}
            return subprocess.run(command, env=others, check=False).returncode
        finally:
            plane.stop()


def _select(variables: dict[str, str], checkout: Checkout) -> None:
    finished = subprocess.run(
        ["pulumi", "stack", "select", STACK, "--create", "--non-interactive"],
        cwd=checkout.root,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise LocalError(f"the stack `{STACK}` could not be selected.", "", finished.stderr.strip())


def stack_of(ready: Engine) -> "LocalStack":
    """The stack, healed of what a killed run may have left."""
    from local.stack import LocalStack

    stack = LocalStack(ready.project())
    stack.recover()
    return stack


def print_remarks(log: "EventLog") -> None:
    """Advice of the policy pack, and warnings."""
    for line in dict.fromkeys([*log.advice, *log.warnings]):
        say(f"  ! {line}", "yellow")
