"""Time the pack beside its naive form: the same rules as stock policies of the SDK, which decode once per rule.

    python -m tests.bench.policies --rounds 200

Both judge the same Deployment in turn, first by 30 rules that concern it, then by the whole pack, after a warm-up: one
that the program makes of an agent, and one of three containers.
Printed: milliseconds for one resource, the median with the quartiles, and the ratio of the medians. Both sides work:
the stock policies read the SDK's proxies. As in the pack's own process, what is loaded is frozen for the collector.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from pulumi_policy import EnforcementLevel

from components.agent.workload import deployment
from components.config.load import ROOT, read_stack_file
from policies.pack import policy_of
from policies.rule import AnyRule, Resource
from policies.rules import RULES
from policies.servicer import Servicer
from tests.policies.manifests import container, owned, resource, spec
from tests.policies.naive import naive
from tests.policies.test_naive_form import request_for

AGENT = read_stack_file(ROOT / "Pulumi.prod.yaml", ROOT / "agents").agents[0]
JUDGED = {
    "an agent": resource(deployment(AGENT)),
    "three containers": owned(
        spec(
            initContainers=[container("setup")],
            containers=[container(), container("proxy")],
            volumes=[{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
        )
    ),
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.policies", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="how often each judges the resource (default 200)")
    options = parser.parse_args(arguments)
    gc.freeze()
    sys.stdout.write(f"{'Deployment':>18} {'rules':>10} {'pack ms':>22} {'stock ms':>24} {'ratio':>7}\n")
    for name, judged in JUDGED.items():
        concerned = [rule for rule in RULES if rule.area is not None and rule.area.concerns(judged.type)]
        for count, rules in ((f"30 of {len(concerned)}", concerned[:30]), (f"all {len(RULES)}", list(RULES))):
            pack, stock = measured(judged, rules, options.rounds)
            ratio = statistics.median(stock) / statistics.median(pack)
            sys.stdout.write(f"{name:>18} {count:>10} {shown(pack):>22} {shown(stock):>24} {ratio:6.1f}x\n")
    return 0


def measured(judged: Resource, rules: Sequence[AnyRule], rounds: int) -> tuple[list[float], list[float]]:
    """The milliseconds of each judgement by the pack and by stock policies, taken in turn."""
    Servicer.rules = rules
    pack = Servicer("pack", "0.0.1", [policy_of(rule) for rule in rules], EnforcementLevel.MANDATORY)
    stock = naive(rules)
    for _ in range(10):
        timed(pack.Analyze, judged), timed(stock.Analyze, judged)
    times = [(timed(pack.Analyze, judged), timed(stock.Analyze, judged)) for _ in range(rounds)]
    return [first for first, _ in times], [second for _, second in times]


def timed(analyze: Callable[[Any, Any], object], judged: Resource) -> float:
    """Milliseconds of one judgement."""
    request = request_for(judged)
    begin = time.perf_counter()
    analyze(request, None)
    return (time.perf_counter() - begin) * 1000


def shown(times: list[float]) -> str:
    """The median with the quartiles."""
    low, middle, high = statistics.quantiles(times, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
