"""The page of rules says what the rules say."""

from policies import reference


def test_the_page_of_rules_is_current() -> None:
    assert reference.TARGET.read_text(encoding="utf-8") == reference.page(), "run: make generate"


def test_no_cell_of_the_page_breaks_the_table() -> None:
    rows = [line for line in reference.page().splitlines() if line.startswith("| `")]
    assert len(rows) >= 12
    assert {line.count(" | ") for line in rows} == {6}
