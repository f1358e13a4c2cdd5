"""The commands of `agentctl policies`: arguments, options and help. What they do stands in the modules beside."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import complain, print_json, print_rows, say
from cli.failures import WrongUseError

if TYPE_CHECKING:
    from cli.pack.configuration import Configuration
    from cli.pack.judging import Inputs
    from cli.pack.report import Report
    from policies.rule import AnyRule

STDOUT = "-"


class Format(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


policies = typer.Typer(
    name="policies",
    help="The policy pack: its rules, and what it says about files.",
    no_args_is_help=True,
    add_completion=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Environment = Annotated[
    str, typer.Option("--environment", "-e", help="The environment whose configuration holds: local, dev or prod.")
]
Config = Annotated[Path | None, typer.Option("--config", "-c", help="A configuration file instead of an environment.")]


@policies.command("list")
def list_rules(
    area: Annotated[str, typer.Option(help="Only rules of this area, for example pods.")] = "",
    level: Annotated[str, typer.Option(help="Only rules at this level.")] = "",
    tag: Annotated[
        str,
        typer.Option(
            "--tag", "--standard", help="Only rules with a reference that begins so: PSS, CIS, CKV_K8S_16, LLM02."
        ),
    ] = "",
    environment: Environment = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List the rules, with the levels of an environment or their own.

    Exit codes: 0 the list is printed, 2 wrong use.
    """
    from cli.pack.configuration import load
    from cli.pack.listing import HEAD, as_data, listed, row
    from policies.rules import RULES

    levels = load(RULES, environment, config).levels
    found = listed(RULES, levels, area, level, tag)
    if as_json:
        print_json([as_data(name, rule, levels[rule.name]) for name, rule in found])
    elif not found:
        say("No rule passes all of these filters. Fix: leave one out.", aside=True)
    else:
        print_rows(HEAD, [row(name, rule, levels[rule.name]) for name, rule in found])


@policies.command()
def explain(
    rule: Annotated[str, typer.Argument(help="The rule's name, as `agentctl policies list` shows it.")],
    environment: Environment = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Explain a rule: why it exists, how to satisfy it, its references, options and exemptions.

    `--json` has the schemas of its options too. Exit codes: 0 the rule is explained, 2 wrong use.
    """
    from cli.pack.configuration import load, unknown
    from cli.pack.explaining import explained
    from cli.pack.listing import as_data
    from policies.reference import by_area
    from policies.rules import RULES

    found = [(area, each) for area, members in by_area(RULES).items() for each in members if each.name == rule]
    if not found:
        raise WrongUseError(unknown("rule", rule, [each.name for each in RULES]))
    level = load(RULES, environment, config).levels[rule]
    if as_json:
        print_json(as_data(*found[0], level))
        return
    for line, style in explained(*found[0], level):
        say(line, style)


@policies.command("test")
def judge_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders, or - for standard input.")],
    environment: Environment = "",
    config: Config = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="The form of the report.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", "-r", help="Only this rule; may be repeated.")] = None,
    fix: Annotated[
        str, typer.Option("--fix", metavar="OUT", help="Write the mended manifests to this file (-: standard output).")
    ] = "",
) -> None:
    """Judge Kubernetes manifests (YAML or JSON), or a stack that `pulumi stack export` or `preview --json` printed.

    The configuration is that of prod unless one is named. Exit codes: 0 nothing is refused, 1 something is,
    2 wrong use, something could not be read (the rest is judged), or nothing is there to judge.
    """
    from cli.pack.configuration import chosen, load
    from cli.pack.judging import Inputs, report
    from cli.pack.sources import read_all
    from policies.rules import RULES

    if fix == STDOUT and form is not Format.TEXT and not output:
        raise WrongUseError("the report and the mended manifests can't both go to standard output. Fix: add --output.")
    configuration = load(RULES, environment or ("" if config else "prod"), config)
    rules = chosen(RULES, rule or (), configuration)
    inputs = Inputs(read_all(files))
    count = _mend(inputs, rules, configuration, fix) if fix else 0
    found = report(inputs, rules, configuration)._replace(mended=count)
    for problem in found.problems:
        complain(f"{problem.file}{f':{problem.line}' if problem.line else ''}: error: {problem.text}")
    for skipped in found.skipped:
        complain(f"{skipped.file}:{skipped.line}: {skipped.text}")
    if not found.subjects:
        complain("error: nothing to judge was found.")
    _print(found, form, output, aside=fix == STDOUT)
    raise typer.Exit(found.exit_code)


def _mend(inputs: Inputs, rules: tuple[AnyRule, ...], configuration: Configuration, target: str) -> int:
    from cli.pack.mending import as_yaml, mended

    if any(subject.rendered for subject in inputs.subjects):
        raise WrongUseError("--fix mends manifests, and this is a stack. Fix: set the rules' level to remediate.")
    if inputs.problems or not inputs.subjects:
        complain("nothing is mended, since not everything could be read.")
        return 0
    inputs.subjects, count = mended(inputs.subjects, rules, configuration)
    _write(as_yaml(inputs.subjects), None if target == STDOUT else Path(target))
    return count


def _print(found: Report, form: Format, output: Path | None, *, aside: bool) -> None:
    from cli.pack.formats.data import data
    from cli.pack.formats.junit import junit
    from cli.pack.formats.sarif import sarif
    from cli.pack.formats.text import styled, summary, text

    makers: dict[Format, Callable[[Report], str]] = {
        Format.TEXT: text,
        Format.JSON: data,
        Format.SARIF: sarif,
        Format.JUNIT: junit,
    }
    if output:
        _write(makers[form](found), output)
        say(summary(found), aside=aside)
    elif form is Format.TEXT:
        for line, style in styled(found):
            say(line, style, aside=aside)
    else:
        _write(makers[form](found), None)


def _write(text: str, target: Path | None) -> None:
    if target is None:
        sys.stdout.write(text)
        return
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongUseError(f"{target} can't be written: {error.strerror}. Fix: name another file.") from None
