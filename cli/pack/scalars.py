"""What a plain YAML scalar means to Kubernetes: the rules of kubectl's YAML reader, which differ from PyYAML's.

Dates stay text, `12:30:00` is no number, `y` and `n` are booleans, `1e3` is a number.
"""

from __future__ import annotations

import math
import re
from typing import Final

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset(
    form for word in ("y", "yes", "true", "on") for form in (word, word.capitalize(), word.upper())
)
_FALSE: Final = frozenset(
    form for word in ("n", "no", "false", "off") for form in (word, word.capitalize(), word.upper())
)
_INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASES: Final = {"x": 16, "b": 2, "o": 8}
_LARGEST: Final = 2**64
_LONGEST: Final = 100


def resolve(text: str) -> object:
    """The value of a plain scalar. A number that JSON can't hold stays text."""
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    return _number(text) if text[0] in "-+.0123456789" and len(text) <= _LONGEST else text


def _number(text: str) -> object:
    plain = text.replace("_", "")
    if _INTEGER.fullmatch(plain):
        value = _integer(plain)
        if -_LARGEST < value < _LARGEST:
            return value
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        return number if math.isfinite(number) else text
    return text


def _integer(text: str) -> int:
    sign, digits = (-1 if text[0] == "-" else 1), text.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0":
        base = _BASES.get(digits[1].lower(), 8)
        return sign * int(digits[2:] if digits[1].isalpha() else digits, base)
    return sign * int(digits)
