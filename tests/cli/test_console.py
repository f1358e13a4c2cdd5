"""What is printed where a terminal is, and where none is."""

import sys

import pytest

from cli import console


def test_what_a_terminal_would_obey_is_printed_as_escapes() -> None:
    assert console.clean("a\x1b[31mb\u202e\n\x00é") == "a\\x1b[31mb\\u202e\\n\\x00é"


def test_lines_are_neither_coloured_nor_wrapped_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("[bold]x[/bold] " * 40, "red")
    console.complain("one\ntwo")
    printed = capsys.readouterr()
    assert printed.out == "[bold]x[/bold] " * 40 + "\n"
    assert printed.err == "one\ntwo\n"


def test_rows_are_aligned_and_never_cut_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_rows(("a", "b"), [("x" * 100, "y\n"), ("z", "")])
    assert capsys.readouterr().out == f"{'a':100}  b\n{'x' * 100}  y\\n\nz\n"


def test_rows_are_a_table_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    console.print_rows(("a", "b"), [("[red]x", "y")])
    printed = capsys.readouterr().out
    assert "\x1b[" in printed
    assert "[red]x" in printed


def test_json_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"a": ["\x1b"]})
    assert capsys.readouterr().out == '{\n  "a": [\n    "\\u001b"\n  ]\n}\n'
    assert sys.stdout is not None
