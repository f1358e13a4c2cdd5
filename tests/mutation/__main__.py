"""Mutation testing of the policy rules: change them one spot at a time, and see whether a test of the rule fails.

    python -m tests.mutation                          every mutant, about half an hour on two cores
    python -m tests.mutation --sample 10 --seed 7     a tenth of them, chosen by the seed

mutmut makes the mutants and runs the tests that reach them, in a copy of the tree. What runs while a rule is imported
can't be mutated so: rules keep such code in policies/options.py. Printed: how many were killed, and the survivors, the
first of them as diffs. The exit code is 1 if fewer than --least percent were killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mutmut.stats import status_by_exit_code

ROOT: Final = Path(__file__).resolve().parents[2]
COPIED: Final = ("policies", "tests", "components", "cli", "local", "pyproject.toml")
SETTINGS: Final = """
[tool.mutmut]
source_paths = ["policies/rules"]
do_not_mutate = ["policies/rules/__init__.py"]
pytest_add_cli_args_test_selection = ["tests/policies/rules"]
also_copy = {copied}
"""
SHOWN: Final = 30
KILLED: Final = frozenset({"killed", "timeout", "segfault"})


def main(arguments: Sequence[str]) -> int:
    """Make the mutants, run some or all, and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=100, help="percent of the mutants (default 100)")
    parser.add_argument("--seed", default="", help="what chooses the sample")
    parser.add_argument("--least", type=float, default=95, help="percent that must be killed (default 95)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".local" / "mutation", help="where the copy is made")
    options = parser.parse_args(arguments)
    _copy(options.folder)
    _mutmut(options.folder, "run", "none")
    names = sorted(_statuses(options.folder))
    if not names:
        sys.stderr.write(f"error: mutmut made no mutants; see {options.folder / 'mutmut.log'}\n")
        return 2
    chosen = random.Random(options.seed).sample(names, max(1, len(names) * options.sample // 100))  # noqa: S311
    sys.stdout.write(f"{len(chosen)} of {len(names)} mutants, seed {options.seed!r}\n")
    sys.stdout.flush()
    _mutmut(options.folder, "run", *(chosen if len(chosen) < len(names) else ()))
    return _report(
        options.folder,
        {name: status for name, status in _statuses(options.folder).items() if name in set(chosen)},
        options.least,
    )


def _copy(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        elif source.exists():
            shutil.copy(source, folder / name)
    copied = [name for name in COPIED if (folder / name).exists()]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(copied=json.dumps(copied)))


def _mutmut(folder: Path, *arguments: str) -> None:
    with (folder / "mutmut.log").open("a", encoding="utf-8") as log:
        command = [sys.executable, "-m", "mutmut", *arguments]
        environment = {**os.environ, "PYTHONPATH": ""}
        subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=False)


def _statuses(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in (folder / "mutants").rglob("*.meta"):
        codes = json.loads(meta.read_text(encoding="utf-8")).get("exit_code_by_key", {})
        found |= {name: status_by_exit_code[code] for name, code in codes.items()}
    return found


def _report(folder: Path, statuses: dict[str, str], least: float) -> int:
    counts = Counter(statuses.values())
    left = sorted(name for name, status in statuses.items() if status not in KILLED)
    for index, name in enumerate(left):
        sys.stdout.write(f"{statuses[name]}: {name}\n{_diff(folder, name) if index < SHOWN else ''}")
    share = 100 * sum(counts[status] for status in KILLED) / len(statuses)
    told = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    sys.stdout.write(f"\n{told}: {share:.1f} % killed, at least {least:g} % asked\n")
    if counts["not checked"]:
        sys.stderr.write(f"error: mutmut did not finish; see {folder / 'mutmut.log'}\n")
        return 2
    return 0 if share >= least else 1


def _diff(folder: Path, name: str) -> str:
    command = [sys.executable, "-m", "mutmut", "show", name]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return "".join(f"    {line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
