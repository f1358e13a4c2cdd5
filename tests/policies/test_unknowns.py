"""Decoding of the wire form and safe reading."""

import math
from typing import Any

import pytest
from pulumi.runtime import proto
from pulumi_policy import proxy

from policies.unknowns import (
    ABSENT,
    UNKNOWN,
    Field,
    Malformed,
    Opaque,
    Secret,
    decode_struct,
    joined,
    named_type,
    shown,
)

SIGNATURE = "4dabf18193072939515e22adb298388d"
MARKED = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"


def decoded(value: Any) -> Any:
    struct = proto.AnalyzeRequest().properties
    struct.update({"value": value})
    whole = decode_struct(struct)
    assert isinstance(whole, dict)
    return whole["value"]


@pytest.mark.parametrize(
    "value", [True, False, 7, -1, 0.5, "text", "", None, [], [1, "a", [None]], {"a": {"b": [True]}}]
)
def test_plain_values_arrive_as_they_are(value: object) -> None:
    result = decoded(value)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "sentinel",
    [
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    ],
)
def test_every_sentinel_of_the_engine_is_unknown(sentinel: str) -> None:
    assert decoded({"a": [sentinel]}) == {"a": [UNKNOWN]}


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_lacks_do_not_raise(number: float) -> None:
    assert isinstance(decoded(number), float)


def test_a_secret_keeps_its_value_and_its_mark() -> None:
    secret = decoded({SIGNATURE: MARKED, "value": {"a": 1}})
    assert isinstance(secret, Secret)
    assert secret.value == {"a": 1}


def test_an_output_without_a_value_is_unknown_and_a_secret_one_stays_secret() -> None:
    assert decoded({SIGNATURE: OUTPUT}) is UNKNOWN
    assert decoded({SIGNATURE: OUTPUT, "value": 3}) == 3
    assert isinstance(decoded({SIGNATURE: OUTPUT, "value": 3, "secret": True}), Secret)


@pytest.mark.parametrize("signature", [ASSET, "no such signature", 5, None, {}])
def test_assets_and_unknown_signatures_are_opaque(signature: object) -> None:
    assert isinstance(decoded({SIGNATURE: signature, "text": "x"}), Opaque)


def test_a_null_on_the_way_is_absent() -> None:
    assert Field({"a": None}, "it").at("a").value is ABSENT
    assert Field({"a": None}, "it").at("a", "b").value is ABSENT
    assert Field({"a": Secret(None)}, "it").at("a").value is ABSENT


def test_a_field_below_an_unknown_is_unknown() -> None:
    assert Field({"a": UNKNOWN}, "it").at("a", "b", "c").value is UNKNOWN


@pytest.mark.parametrize("value", ["text", 1, 0.5, True, [], Opaque()])
def test_a_field_below_a_value_that_is_no_object_names_that_value(value: object) -> None:
    found = Field({"a": {"b": value}}, "it").at("a", "b", "c", "d").value
    assert isinstance(found, Malformed)
    assert found.keys == ("a", "b")
    assert found.wanted == "an object"


def test_a_value_below_a_secret_is_read_but_not_shown() -> None:
    field = Field({"a": Secret({"b": "hush"})}, "it").at("a", "b")
    assert field.value == "hush"
    assert field.text == "a secret value"


def test_the_elements_of_a_secret_list_are_secret() -> None:
    (item,) = Field({"a": Secret(["hush"])}, "it").at("a").items()
    assert item.text == "a secret value"
    (item,) = Field({"a": [Secret("hush")]}, "it").at("a").items()
    assert item.text == "a secret value"


def test_a_path_quotes_keys_that_are_no_names() -> None:
    assert joined(("a", 0, "b-c", 'x"]\x1b[2J')) == 'a[0].b-c["x\\"]\\u001b[2J"]'


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "a boolean"),
        (1, "a number"),
        (0.5, "a number with a fraction"),
        ("x", "a string"),
        ([], "a list"),
        ({}, "an object"),
        (Opaque(), "an asset or a reference"),
        (None, "null"),
        (UNKNOWN, "a value of an unexpected type"),
    ],
)
def test_types_are_called_what_a_reader_of_manifests_calls_them(value: object, name: str) -> None:
    assert named_type(value) == name


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31mred", "\u202etxt", "\x00"])
def test_hostile_text_is_escaped(text: str) -> None:
    assert shown(text).isprintable()
    assert shown(text).isascii()


def test_long_text_is_cut() -> None:
    assert len(shown("x" * 10_000)) < 100


def test_all_marks_of_unknown_values_have_one_length() -> None:
    marks = {value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")}
    assert len(marks) == 7
    assert {len(mark) for mark in marks} == {36}
