"""The page of rules says what the rules say."""

import dataclasses

import pytest

from policies import reference
from policies.options import choice, text_list
from policies.reference import by_area, option_lines
from policies.rule import References
from policies.rules import RULES

PAGE = reference.page()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]


def test_the_page_of_rules_is_current() -> None:
    assert reference.TARGET.read_text(encoding="utf-8") == PAGE, "run: make generate"


def test_every_rule_has_one_row_and_no_cell_breaks_the_table() -> None:
    assert sorted(row.split("`")[1] for row in ROWS) == [rule.name for rule in RULES]
    assert {row.replace("\\|", "").count("|") for row in ROWS} == {7}


def test_rules_stand_in_the_section_of_their_folder() -> None:
    section = PAGE.split("\n## Pods\n")[1].split("\n## ")[0]
    assert "| `pod-no-privileged` | mandatory | critical |" in section
    assert [rule.name for rule in by_area()["pods"]] == sorted(rule.name for rule in by_area()["pods"])


def test_every_rule_has_an_area_and_an_unknown_one_another() -> None:
    assert "other" not in by_area()
    assert sum(map(len, by_area().values())) == len(RULES)
    stranger = dataclasses.replace(RULES[0], name="stranger")
    assert by_area([stranger]) == {"other": [stranger]}


def test_a_title_is_a_word_or_an_acronym() -> None:
    assert [reference._title(area) for area in ("pods", "iam", "supply_chain")] == ["Pods", "IAM", "Supply chain"]


def test_a_section_opens_with_the_first_paragraph_of_its_folder() -> None:
    section = PAGE.split("\n## Pods\n")[1].split("\n## ")[0]
    assert section.startswith("\nRules about pods")
    assert section.split("\n\n")[1].startswith("| rule |")


def test_sections_stand_in_the_order_of_their_names() -> None:
    assert list(by_area()) == sorted(by_area())


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.options], ids=lambda rule: rule.name)
def test_every_option_is_described_below_its_rules_name(rule: object) -> None:
    assert f"- `{rule.name}`\n  - `{next(iter(rule.options))}` (" in PAGE  # type: ignore[attr-defined]


def test_an_option_is_told_with_its_type_default_and_description() -> None:
    options = {"words": text_list("Some <b>\n | words.", ["a"]), "which": choice("One of them.", "x", ["x", "y"])}
    assert list(option_lines(options)) == [
        '`words` (array, default `["a"]`): Some &lt;b> \\| words.',
        '`which` ("x" or "y", default `"x"`): One of them.',
    ]


def test_what_would_break_a_cell_is_escaped_and_what_mends_is_marked() -> None:
    rule = dataclasses.replace(RULES[0], description="a | b\nc <d>", mends=True, references=References(others=("x|y",)))
    assert "| a \\| b c &lt;d> | yes | x\\|y |" in reference._row(rule)
    assert "|  |" in reference._row(dataclasses.replace(rule, mends=False))
