"""Printing: colour on a terminal, plain lines elsewhere, and nothing that a terminal would take for a command."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text


def clean(text: str) -> str:
    """The text with what is not printable (control characters, reversed writing) as escapes."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def say(text: str = "", style: str = "", *, aside: bool = False) -> None:
    """Print one line; `aside` to standard error."""
    _console(sys.stderr if aside else sys.stdout).print(Text(clean(text), style), soft_wrap=True)


def complain(text: str) -> None:
    """Print lines to standard error."""
    for line in text.splitlines():
        say(line, "red", aside=True)


def print_json(data: object) -> None:
    """Print data for programs."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def print_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; where no terminal is, aligned lines that are never cut or wrapped."""
    console = _console(sys.stdout)
    cleaned = [[clean(cell) for cell in row] for row in rows]
    if console.is_terminal:
        table = Table(*head, box=None, pad_edge=False)
        for row in cleaned:
            table.add_row(*map(Text, row))
        console.print(table)
        return
    widths = [max(map(len, column)) for column in zip(head, *cleaned, strict=True)]
    for row in (list(head), *cleaned):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def _console(file: TextIO) -> Console:
    return Console(file=file, highlight=False)
