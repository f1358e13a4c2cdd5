"""`make up`: tools, control plane, preview, update, one readiness gate, and what came of it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local import commands, gate
from local.paths import Checkout
from local.progress import Step, duration, say

NEXT_COMMANDS = (
    ("make shell", "kubectl, pulumi and the policy pack, ready to use: `kubectl get pods -A`"),
    ("make preview", "what a change of yours would do"),
    ("make status", "what runs"),
    ("make down", "stop everything; data stay, the next `make up` goes on"),
    ("make reset", "stop, and delete this checkout's cluster and state"),
)


def up(checkout: Checkout) -> None:
    """Bring the local cloud to what the checkout says, and wait until every agent is available."""
    phases: dict[str, float] = {}
    with _phase(phases, "configuration"):
        commands.configuration(checkout)
    with _phase(phases, "tools"):
        tools = commands.tools()
    with _phase(phases, "control plane"):
        commands.start(checkout, tools)
    with _phase(phases, "engine start"):
        stack = commands.stack_of(commands.engine(checkout, tools))
    with _phase(phases, "preview"):
        plan = stack.preview()
    commands.print_remarks(plan)
    with _phase(phases, "update"):
        outputs = stack.up(plan).outputs
    with _phase(phases, "agents available"), Step("agents available") as step:
        agents = gate.wait(checkout.kubeconfig, outputs.get("agents") or {}, step.detail)
        step.result = f"{len(agents)} of {len(agents)}"
    _print_agents(agents)
    _print_phases(phases)
    say("\nnext:")
    for command, purpose in NEXT_COMMANDS:
        say(f"  {command:<14}{purpose}")


@contextmanager
def _phase(phases: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    phases[name] = time.monotonic() - started


def _print_agents(agents: list[gate.AgentStatus]) -> None:
    """A table whose lines are never cut, so that addresses can be copied."""
    rows = [("agent", "namespace", "pods ready", "address in the cluster")]
    rows += [(agent.name, agent.namespace, f"{agent.ready}/{agent.wanted}", agent.url) for agent in agents]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    say("")
    for number, row in enumerate(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip(), "" if number else "bold")
    say("")


def _print_phases(phases: Mapping[str, float]) -> None:
    total = sum(phases.values())
    parts = ", ".join(f"{name} {duration(seconds)}" for name, seconds in phases.items() if seconds >= 0.1)
    say(f"where the time went: {duration(total)} = {parts}")
