"""The kinds of settings: what each takes, and what it says of the rest."""

from fractions import Fraction

import pytest

from policies.options import choice, path_list, quantity_text, ratio, switch, text_list, whole_number
from policies.rule import Option

CASES: list[tuple[Option, list[tuple[object, object]], list[object]]] = [
    (text_list("", ["a"]), [([], ()), (["b", "c"], ("b", "c"))], ["b", [1], [""], None, {"a": "b"}]),
    (path_list("", 2, "a/b"), [([], ()), (["a/b"], ("a/b",))], [["a"], ["a/b/c"], ["a/"], ["/b"], "a/b", ["a/b", 3]]),
    (switch("", default=True), [(True, True), (False, False)], ["true", 1, 0, None, []]),
    (whole_number("", 3, 1, 5), [(1, 1), (5, 5), (2.0, 2)], [0, 6, 2.5, True, "3", None]),
    (ratio("", 2, 1), [(1, Fraction(1)), (1.1, Fraction(11, 10))], [0.9, True, "2", None, float("inf"), float("nan")]),
    (
        quantity_text("", "1Gi"),
        [("1Gi", Fraction(2**30)), ("500m", Fraction(1, 2)), ("0", 0)],
        ["-1", 1, "x", "", None],
    ),
    (choice("", "a", ["a", "b"]), [("a", "a"), ("b", "b")], ["c", "", None, 1, ["a"]]),
]


@pytest.mark.parametrize(("option", "good"), [(option, pair) for option, goods, _ in CASES for pair in goods])
def test_a_good_value_is_parsed(option: Option, good: tuple[object, object]) -> None:
    assert option.parse(good[0]) == good[1]


@pytest.mark.parametrize(("option", "bad"), [(option, bad) for option, _, bads in CASES for bad in bads])
def test_a_bad_value_is_refused_with_a_fix(option: Option, bad: object) -> None:
    with pytest.raises(ValueError, match="Fix: write"):
        option.parse(bad)


@pytest.mark.parametrize("option", [option for option, _, _ in CASES])
def test_the_default_can_be_parsed(option: Option) -> None:
    option.parse(option.default)
