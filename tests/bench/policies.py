"""Time the pack beside its naive form: the same rules as stock policies of the SDK, which decode once per rule.

    python -m tests.bench.policies --rounds 200

Both judge the same Deployments, ten in a row and then the other's turn, first by 30 rules that concern them, then by
the whole pack, after a warm-up: those that the program makes of prod's agents, and one of three containers.
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
from itertools import cycle, islice
from typing import Any

from pulumi.runtime import proto
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

IN_A_ROW = 10
AGENTS = read_stack_file(ROOT / "Pulumi.prod.yaml", ROOT / "agents").agents
JUDGED = {
    "agents": [resource(deployment(agent)) for agent in AGENTS],
    "three containers": [
        owned(
            spec(
                initContainers=[container("setup")],
                containers=[container(), container("proxy")],
                volumes=[{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
            )
        )
    ],
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.policies", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30, help="how many turns each has (default 30)")
    options = parser.parse_args(arguments)
    gc.freeze()
    sys.stdout.write(f"{'Deployment':>18} {'rules':>10} {'pack ms':>22} {'stock ms':>24} {'ratio':>7}\n")
    for name, judged in JUDGED.items():
        concerned = [rule for rule in RULES if rule.area is not None and rule.area.concerns(judged[0].type)]
        for count, rules in ((f"30 of {len(concerned)}", concerned[:30]), (f"all {len(RULES)}", list(RULES))):
            pack, stock = measured(judged, rules, options.rounds)
            ratio = statistics.median(stock) / statistics.median(pack)
            sys.stdout.write(f"{name:>18} {count:>10} {shown(pack):>22} {shown(stock):>24} {ratio:6.1f}x\n")
    return 0


def measured(judged: Sequence[Resource], rules: Sequence[AnyRule], rounds: int) -> tuple[list[float], list[float]]:
    """The milliseconds of each judgement by the pack and by stock policies."""
    Servicer.rules = rules
    pack = Servicer("pack", "0.0.1", [policy_of(rule) for rule in rules], EnforcementLevel.MANDATORY)
    stock = naive(rules)
    row = [request_for(each).SerializeToString() for each in islice(cycle(judged), IN_A_ROW)]
    timed(pack.Analyze, row), timed(stock.Analyze, row)
    turns = [(timed(pack.Analyze, row), timed(stock.Analyze, row)) for _ in range(rounds)]
    return [each for first, _ in turns for each in first], [each for _, second in turns for each in second]


def timed(analyze: Callable[[Any, Any], object], requests: Sequence[bytes]) -> list[float]:
    """Milliseconds of each of the judgements in a row, of requests that have just come in."""
    times = []
    for sent in requests:
        request = proto.AnalyzeRequest.FromString(sent)
        begin = time.perf_counter()
        analyze(request, None)
        times.append((time.perf_counter() - begin) * 1000)
    return times


def shown(times: list[float]) -> str:
    """The median with the quartiles."""
    low, middle, high = statistics.quantiles(times, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
