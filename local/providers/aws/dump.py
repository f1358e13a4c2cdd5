"""An inventory, readable: what exists, what was done in which order, or all of it as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from local.providers.aws import lifecycle
from local.providers.aws.failures import Refusal
from local.providers.aws.inventory import FILE, Inventory, Row


def main(arguments: list[str]) -> int:
    """Print the inventory of a rehearsal's folder; the exit code is 2 if there is none."""
    parser = argparse.ArgumentParser(prog="python -m local.providers.aws dump", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that the rehearsal ran in, or the inventory in it")
    parser.add_argument("--journal", action="store_true", help="what was done, in order, instead of what exists")
    parser.add_argument("--json", action="store_true", help="everything, for programs; secrets are not in it")
    options = parser.parse_args(arguments)
    if options.folder.name == FILE:
        options.folder = options.folder.parent
    if not (options.folder / FILE).is_file():
        sys.stderr.write(f"{options.folder} holds no {FILE}: nothing was rehearsed there\n")
        return 2
    try:
        inventory = Inventory(options.folder)
        with inventory.transaction() as transaction:
            live, journal = transaction.live(), transaction.journal()
    except Refusal as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.json:
        shown = [dataclasses.asdict(row) for row in live]
        done = [{"operation": operation, "urn": row.urn, "id": row.id} for operation, row in journal]
        sys.stdout.write(json.dumps({"resources": shown, "journal": done}, indent=2) + "\n")
    elif options.journal:
        sys.stdout.writelines(f"{operation:<7} {_line(row)}\n" for operation, row in journal)
    else:
        sys.stdout.writelines(f"{_line(row)}\n" for row in sorted(live, key=lambda row: (row.token, row.urn)))
        sys.stdout.write(f"{len(live)} resources; secrets show as {lifecycle.HIDDEN}\n")
    return 0


def _line(row: Row) -> str:
    place = f"{row.account}/{row.region}"
    outside = "  (was there before)" if row.is_outside else ""
    return f"{row.token.removeprefix('aws:'):<58} {row.name:<40} {row.id:<48} {place}{outside}"
