#!/usr/bin/env python3
"""Hold a `kubernetes` provider plugin against what the official one was seen to do.

    run.py --plugins DIR --kubeconfig FILE [--only NAME …] [--sample N [--seed S]] [--jobs N] [--record]

DIR holds the executable `pulumi-resource-kubernetes` to try. A scenario (scenarios/*.yaml) is a list of steps; a step
may change the cluster from outside (`kubectl`), names the program's resources, and runs `up` (default), `preview`,
`refresh` or `destroy`. Every step is previewed first. Compared, with names, ids and times made the same:
  result     succeeded or failed, and on which resources
  ops        what the engine planned and did: operation, type, name, keys that force replacement
  objects    the live objects afterwards, managed fields' owners included
  state      ids, inputs, outputs and what is secret, as the checkpoint has them (of a status, only that it is there)
Messages are kept for reading and not compared. Exit 1 when anything differs.

The recordings (recorded/*.json) are of the official provider 4.34.2 on Kubernetes 1.35 with simulated nodes. To record
anew, give the folder of an official plugin and `--record`: `pulumi plugin install resource kubernetes <version>`.
Needs pulumi and kubectl on PATH, and the Python packages pulumi, pulumi_kubernetes and pyyaml.
"""

import argparse
import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.conformance.comparing import differences  # noqa: E402 - the checkout has to be on the path first
from tests.conformance.running import Runner, Step  # noqa: E402 - likewise

_SHOWN = 12


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plugins", required=True, type=Path)
    parser.add_argument("--kubeconfig", required=True, type=Path)
    parser.add_argument("--only", nargs="*", help="run these scenarios")
    parser.add_argument("--sample", type=int, help="run this many, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--jobs", type=int, default=2, help="scenarios at a time")
    parser.add_argument("--record", action="store_true", help="write the recordings instead of comparing")
    parser.add_argument("--dir", type=Path, default=HERE, help="folder of scenarios/ and recorded/")
    return parser.parse_args()


def chosen(asked: argparse.Namespace) -> list[Path]:
    """The scenarios to run."""
    paths = [
        path for path in sorted((asked.dir / "scenarios").glob("*.yaml")) if not asked.only or path.stem in asked.only
    ]
    if asked.sample is None or asked.sample >= len(paths):
        return paths
    return sorted(random.Random(asked.seed).sample(paths, asked.sample))  # noqa: S311 - a choice, not a secret


def report(path: Path, seen: list[Step], recording: Path) -> bool:
    """Print how a scenario compares; whether it is the same."""
    found = list(differences(json.loads(recording.read_text(encoding="utf-8")), seen))
    lines = [f"\n    {line}" for line in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"\n    … {len(found) - _SHOWN} more")
    print("differs" if found else "ok     ", path.stem, *lines, flush=True)
    return not found


def main() -> int:
    """Run the scenarios; 1 when one differs."""
    asked = arguments()
    recordings = asked.dir / "recorded"
    recordings.mkdir(exist_ok=True)
    runner = Runner(asked.plugins.resolve(), asked.kubeconfig.resolve())
    paths, wrong = chosen(asked), 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for path, future in [(path, pool.submit(runner.scenario, path)) for path in paths]:
            seen, recording = future.result(), recordings / f"{path.stem}.json"
            if asked.record:
                recording.write_text(json.dumps(seen, indent=1, sort_keys=True) + "\n", encoding="utf-8")
                print("recorded", path.stem, flush=True)
            else:
                wrong += not report(path, seen, recording)
    print(f"{len(paths) - wrong} passed, {wrong} failed")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
