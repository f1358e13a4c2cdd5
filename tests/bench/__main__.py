"""Time `pulumi up`, a preview without changes and `destroy` beside `kubectl apply --server-side` of the same objects.

    python -m tests.bench --agents 30 --runs 3

Both run in turn against one control plane of their own, in a temporary folder. Printed: the median over the runs with
minimum and maximum, in seconds of wall clock, and the ratio of the medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from local import commands
from local.control_plane import Topology, start
from local.engine import Engine
from local.paths import Checkout as Paths
from local.paths import cache_folder
from local.toolchain import Tools, ensure
from local.toolchain.provider_plugin import choose
from tests.end_to_end.conftest import Checkout

READY_WITHIN = "300s"


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=30, help="how many agents (default 30)")
    parser.add_argument("--runs", type=int, default=3, help="how many runs of each (default 3)")
    parser.add_argument("--parallel", type=int, default=64, help="the engine's --parallel (default 64)")
    options = parser.parse_args(arguments)
    tools = ensure(cache_folder())
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), tools, options.agents, options.parallel)
        try:
            for run in range(options.runs):
                bench.run()
                sys.stderr.write(f"run {run + 1} of {options.runs} done\n")
        finally:
            bench.plane.stop()
    sys.stdout.write(bench.table())
    return 0


class Bench:
    """A checkout with many agents, and the times measured on it."""

    def __init__(self, folder: Path, tools: Tools, agents: int, parallel: int) -> None:
        self.agents, self.parallel = agents, parallel
        self.times: dict[str, list[float]] = defaultdict(list)
        self.objects = 0
        self._folder = folder
        checkout = Checkout(folder, tools)
        _write_project(checkout, agents)
        paths = Paths(folder)
        self.plane = start(paths.state, tools, Topology.of(commands.configuration(paths).cluster))
        bare = Engine(paths, cache_folder(), tools)
        provider = choose(bare.environment(), folder / commands.OFFLINE_PROVIDERS)
        self.provider = provider.line
        environment = Engine(paths, cache_folder(), tools, provider.folder).environment()
        self._environment = {**os.environ, **environment}
        paths.backend.mkdir(parents=True, exist_ok=True)
        self._pulumi("stack", "select", "local", "--create")

    def run(self) -> None:
        """Measure each operation once."""
        wide = ("--parallel", str(self.parallel))
        self._timed("pulumi up", "up", "--yes", "--skip-preview", *wide)
        manifests = self._manifests()
        self._timed("pulumi preview, no change", "preview", "--expect-no-changes", *wide)
        self._timed("pulumi destroy", "destroy", "--yes", "--skip-preview", *wide)
        self.objects = sum(len(part["items"]) for part in manifests)
        started = time.monotonic()
        for part in manifests:
            self._kubectl("apply", "--server-side", "--field-manager=bench", "-f", "-", stdin=json.dumps(part))
        self._kubectl("wait", "--for=condition=Available", "deployment", "--all", "-A", f"--timeout={READY_WITHIN}")
        self.times["kubectl apply + wait"].append(time.monotonic() - started)
        started = time.monotonic()
        for part in manifests:
            self._kubectl("diff", "--server-side", "--field-manager=bench", "-f", "-", stdin=json.dumps(part))
        self.times["kubectl diff, no change"].append(time.monotonic() - started)
        started = time.monotonic()
        for part in reversed(manifests):
            self._kubectl("delete", "--wait", "-f", "-", stdin=json.dumps(part))
        self.times["kubectl delete"].append(time.monotonic() - started)

    def table(self) -> str:
        """Return the figures as text."""
        lines = [f"{self.agents} agents, {self.objects} objects, --parallel {self.parallel}; {self.provider}"]
        lines.append(f"{'':<28}{'median':>9}{'min':>9}{'max':>9}   seconds")
        for name, times in self.times.items():
            middle = statistics.median(times)
            lines.append(f"{name:<28}{middle:>9.1f}{min(times):>9.1f}{max(times):>9.1f}")
        for ours, theirs in (
            ("pulumi up", "kubectl apply + wait"),
            ("pulumi preview, no change", "kubectl diff, no change"),
            ("pulumi destroy", "kubectl delete"),
        ):
            ratio = statistics.median(self.times[ours]) / statistics.median(self.times[theirs])
            lines.append(f"{ours} / {theirs}: {ratio:.1f}")
        return "\n".join(lines) + "\n"

    def _timed(self, name: str, *arguments: str) -> None:
        started = time.monotonic()
        self._pulumi(*arguments)
        self.times[name].append(time.monotonic() - started)

    def _manifests(self) -> list[dict[str, Any]]:
        """Return the stack's objects: first what others stand in, then the rest."""
        exported = json.loads(self._pulumi("stack", "export"))["deployment"]["resources"]
        objects = [r["inputs"] for r in exported if r.get("custom") and r["type"].startswith("kubernetes:")]
        first = [o for o in objects if "namespace" not in o["metadata"]]
        rest = [o for o in objects if "namespace" in o["metadata"]]
        return [{"apiVersion": "v1", "kind": "List", "items": part} for part in (first, rest)]

    def _pulumi(self, *arguments: str) -> str:
        return self._run(["pulumi", *arguments, "--non-interactive"])

    def _kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return self._run(["kubectl", *arguments], stdin)

    def _run(self, command: list[str], stdin: str | None = None) -> str:
        finished = subprocess.run(
            command, cwd=self._folder, env=self._environment, input=stdin, text=True, capture_output=True, check=False
        )
        if finished.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{finished.stdout[-3000:]}{finished.stderr[-3000:]}")
        return finished.stdout


def _write_project(checkout: Checkout, agents: int) -> None:
    """Replace the examples by many agents of one team, on enough nodes."""
    for path in (checkout.folder / "agents").glob("*/*.yaml"):
        if path.stem != "search-ranker":
            path.unlink()
    for number in range(1, agents):
        scaling = {"min": 1, "max": 3, "cpu": 70}
        checkout.write_agent(f"storefront/agent-{number:03}", replicas=None, scaling=scaling, config={"N": str(number)})
    stack_file = checkout.folder / "Pulumi.local.yaml"
    settings = yaml.safe_load(stack_file.read_text())
    config = settings["config"]
    config["agent-platform:teams"] = [
        {**team, "quota": {"cpu": 4000, "memory": "8000Gi", "pods": 9000}}
        for team in config["agent-platform:teams"][:1]
    ]
    config["agent-platform:cluster"]["nodePools"][0]["nodes"] = max(6, agents // 4)
    stack_file.write_text(yaml.safe_dump(settings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
