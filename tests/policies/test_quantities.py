"""Kubernetes quantities: what each stands for, and what is none."""

from fractions import Fraction

import pytest

from policies.quantities import quantity


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("2", 2),
        (3, 3),
        (0.5, Fraction(1, 2)),
        ("500m", Fraction(1, 2)),
        ("1.5", Fraction(3, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("-1", -1),
        ("+1", 1),
        ("100n", Fraction(1, 10**7)),
        ("1u", Fraction(1, 10**6)),
        *((f"2{suffix}", 2 * 1000 ** (power + 1)) for power, suffix in enumerate("kMGTPE")),
        *((f"2{suffix}i", 2 * 1024 ** (power + 1)) for power, suffix in enumerate("KMGTPE")),
        ("1e3", 1000),
        ("1E3", 1000),
        ("12e-1", Fraction(6, 5)),
        ("1E", 10**18),
    ],
)
def test_a_quantity_stands_for_an_exact_amount(text: object, amount: object) -> None:
    assert quantity(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        "1 Gi",
        "1gb",
        "1K",
        "1ki",
        "1e",
        "0x1",
        "1e3Gi",
        "--1",
        "1,5",
        True,
        None,
        [],
        {},
        float("nan"),
        "\u0661",
    ],
)
def test_what_is_no_quantity_has_no_amount(text: object) -> None:
    assert quantity(text) is None
