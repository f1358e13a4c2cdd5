"""Plain scalars mean what they mean to kubectl."""

import pytest

from cli.pack.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *((text, True) for text in ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")),
        *((text, False) for text in ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")),
        *(("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("1_000", 1000), ("014", 12), ("0o14", 12), ("-014", -12)),
        *(("0x1f", 31), ("0X1F", 31), ("0b101", 5), ("18446744073709551615", 2**64 - 1)),
        *(("1.5", 1.5), (".5", 0.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("1E-3", 0.001), ("+1.5", 1.5)),
        *(("18446744073709551616", float(2**64)), ("-18446744073709551616", float(-(2**64)))),
        *((text, text) for text in ("nUll", "tRue", "12:30:00", "2026-11-21", "1e", "e3", "0x", "0xg", ".", "-", "+")),
        *((text, text) for text in (".inf", ".nan", "1e999", "1.2.3", "10m", "1Gi", "--1", "08x", "9" * 101)),
        *(("089", 89.0), ("9" * 100, float("9" * 100))),
    ],
)
def test_a_plain_scalar_is_what_kubectl_reads(text: str, value: object) -> None:
    found = resolve(text)
    assert (type(found), found) == (type(value), value)
