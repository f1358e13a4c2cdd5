"""YAML is read as Kubernetes reads it, with lines, and no text does harm."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.pack.yaml_reader import Document, Fault, read


def values(text: str) -> list[object]:
    documents, faults = read(text)
    assert faults == []
    return [document.value for document in documents]


def faults(text: str) -> list[Fault]:
    return read(text)[1]


def test_several_documents_are_read_with_the_line_of_every_place() -> None:
    documents, found = read("a:\n  b:\n    - c: 1\n      d: [x,\n        w]\n---\nz: w\n")
    assert found == []
    assert documents == [
        Document(
            {"a": {"b": [{"c": 1, "d": ["x", "w"]}]}},
            {
                (): 1,
                ("a",): 1,
                ("a", "b"): 2,
                ("a", "b", 0): 3,
                ("a", "b", 0, "c"): 3,
                ("a", "b", 0, "d"): 4,
                ("a", "b", 0, "d", 0): 4,
                ("a", "b", 0, "d", 1): 5,
            },
        ),
        Document({"z": "w"}, {(): 7, ("z",): 7}),
    ]


def test_quoted_scalars_and_those_tagged_as_text_are_text() -> None:
    assert values("['1', \"no\", !!str 2, ! 3]") == [["1", "no", "2", "3"]]
    assert values("a: |\n  1\nb: >-\n  no\n") == [{"a": "1\n", "b": "no"}]
    assert values("[!!int '7', !!bool yes, !!null '', !!float 1.5, !!timestamp 2026-01-01]") == [
        [7, True, None, 1.5, "2026-01-01"]
    ]


def test_keys_that_are_no_text_become_text_as_in_json() -> None:
    assert values("1: a\ntrue: b\n1.5: c\n'2': d\n") == [{"1": "a", "true": "b", "1.5": "c", "2": "d"}]


def test_anchors_aliases_and_merges_are_followed() -> None:
    assert values("a: &x {k: 1}\nb: *x\nc: &y text\nd: *y\n*y : key\n") == [
        {"a": {"k": 1}, "b": {"k": 1}, "c": "text", "d": "text", "text": "key"}
    ]
    assert values("a: &x {k: 1, l: 2}\nb: &y {l: 3, m: 4}\nc: {<<: [*x, *y], k: 0}\nd: {k: 5, <<: *x}\n") == [
        {
            "a": {"k": 1, "l": 2},
            "b": {"l": 3, "m": 4},
            "c": {"k": 0, "l": 2, "m": 4},
            "d": {"k": 5, "l": 2},
        }
    ]
    assert values('"<<": 5\n') == [{"<<": 5}]


def test_an_anchor_holds_within_its_document_only() -> None:
    documents, found = read("a: &x 1\n---\nb: *x\n---\nc: 1\n")
    assert [document.value for document in documents] == [{"a": 1}, {"c": 1}]
    assert [(fault.line, "*x names nothing" in fault.text) for fault in found] == [(3, True)]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a: {b: 1, b: 2}\n", 1, "twice"),
        ("1: a\n'1': b\n", 2, "twice"),
        ("x: &x [*x]\n", 1, "names nothing"),
        ("a:\n- *no\n", 2, "names nothing"),
        ("a:\n  b: {{ .Values.x }}\n", 2, "braces without quotes"),
        ("? [a]\n: 1\n", 1, "a key is no plain text"),
        ("a: &x [1]\n*x : 2\n", 2, "a key is no plain text"),
        ("null: 1\n", 1, "a key is no plain text"),
        ("a: !Ref x\n", 1, "!Ref means nothing"),
        ("a: !!binary aGk=\n", 1, "means nothing"),
        ("a: !Sub [x]\n", 1, "!Sub means nothing"),
        ("b: 1\na:\n  <<: [1, {}]\n", 3, "is no object"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a: [1\n", 2, "not valid YAML"),
        ("a: 'x\n", 2, "not valid YAML"),
        ("\ta: 1\n", 1, "not valid YAML"),
        ("a: \x01\n", 0, "not valid YAML"),
        ('a: "\\ud800"\n', 1, "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_a_fix(text: str, line: int, said: str) -> None:
    documents, found = read(text)
    assert documents == []
    assert found[0].line == line
    assert said in found[0].text
    assert " Fix: " in found[0].text


def test_documents_before_and_after_a_wrong_one_are_read() -> None:
    documents, found = read("a: 1\n---\nb: 1\nb: 2\n---\nc: 1\n---\nd: [\n")
    assert [document.value for document in documents] == [{"a": 1}, {"c": 1}]
    assert len(found) == 2


def test_empty_texts_hold_no_document_or_empty_ones() -> None:
    assert values("") == []
    assert values("# nothing\n") == []
    assert values("---\n---\n") == [None, None]


def test_a_hundred_levels_are_read_and_more_are_refused() -> None:
    assert len(values("[" * 100 + "]" * 100)) == 1
    assert "more than 100 levels" in faults("[" * 101 + "]" * 101)[0].text


@pytest.mark.parametrize("text", ["[" * 300_000, "- " * 300_000, "? " * 300_000, "{a: " * 300_000])
def test_deep_nesting_ends_at_once(text: str) -> None:
    started = time.monotonic()
    assert "more than 100 levels" in faults(text)[0].text
    assert time.monotonic() - started < 2


def test_aliases_that_multiply_are_refused_without_being_written_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (fault,) = faults("\n".join(lines))
    assert "more than 2000000 values, those of aliases counted" in fault.text
    assert fault.line == 7


@given(st.text() | st.text(alphabet="ab:-[]{}&*<>!|?#'\"\n %@,\t1~", max_size=60))
def test_no_text_raises(text: str) -> None:
    documents, found = read(text.encode("utf-8", "ignore").decode())
    assert all(isinstance(document, Document) for document in documents)
    assert all(fault.text for fault in found)
