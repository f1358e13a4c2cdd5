"""Kubernetes quantities: `500m`, `2`, `1Gi`, `1e3`. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final

_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_SCALES: Final = {
    **{suffix: Fraction(f"1e{power}") for suffix, power in _DECIMAL.items()},
    **{suffix: Fraction(1024 ** (index + 1)) for index, suffix in enumerate(_BINARY)},
}
_LONGEST: Final = 100
_QUANTITY: Final = re.compile(
    r"([+-]?)(\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:([eE][+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)",
    re.ASCII,
)


def quantity(value: object) -> Fraction | None:
    """The amount (cores, bytes, devices) that a quantity stands for; None if it is none."""
    if type(value) is int:
        return Fraction(value)
    text = value if type(value) is str else str(value) if type(value) is float else ""
    return _amount(text) if len(text) <= _LONGEST else None


def exceeds(amount: Fraction, most: Fraction) -> bool:
    """Whether an amount is above another; as `amount > most`, at a fraction of the time."""
    return amount.numerator * most.denominator > most.numerator * amount.denominator


@lru_cache(maxsize=1024)
def _amount(text: str) -> Fraction | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    sign, digits, exponent, suffix = match.groups()
    return Fraction(f"{sign}{digits}{exponent or ''}") * _SCALES[suffix or ""]
