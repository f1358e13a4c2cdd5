"""Kubernetes quantities in their canonical form: `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_PATTERN = re.compile(r"^([+-]?[0-9]*\.?[0-9]*)(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?)|[eE]([+-]?[0-9]+))$")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_NANO = 10**9


def canonical(value: str) -> str:
    """The canonical form; ValueError when it is no quantity."""
    match = _PATTERN.match(value.strip())
    if match is None or not any(c.isdigit() for c in match[1]):
        raise ValueError(f"{value!r} is no quantity")
    amount = Decimal(match[1])
    if match[3] is not None:
        return _decimal(_nano(amount.scaleb(int(match[3]))), exponent=True)
    if match[2] in _BINARY[1:]:
        scaled = amount * 1024 ** _BINARY.index(match[2])
        return _binary(math.ceil(scaled)) if abs(scaled) >= 1024 else _decimal(_nano(scaled))
    return _decimal(_nano(amount.scaleb(_DECIMAL[match[2]])))


def _nano(amount: Decimal) -> int:
    scaled = amount * _NANO
    return math.ceil(scaled) if scaled >= 0 else math.floor(scaled)


def _binary(amount: int) -> str:
    power = 0
    while amount and amount % 1024 == 0 and power < len(_BINARY) - 1:
        amount //= 1024
        power += 1
    return f"{amount}{_BINARY[power]}"


def _decimal(nano: int, *, exponent: bool = False) -> str:
    power = -9
    while nano and nano % 1000 == 0 and power < 18:
        nano //= 1000
        power += 3
    if not nano:
        return "0"
    if exponent:
        return f"{nano}e{power}" if power else str(nano)
    suffix = next(name for name, value in _DECIMAL.items() if value == power)
    return f"{nano}{suffix}"
