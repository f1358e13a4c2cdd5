"""Texts that begin like JSON are read as JSON where they are, and keep their lines."""

import json

import pytest

from cli.pack import documents
from cli.pack.documents import documents_in


def test_json_is_read_with_its_lines() -> None:
    (document,), faults = documents_in('\n{"a":\n  {"b": "\\ud83d\\ude00\\/"}}\n')
    assert faults == []
    assert document.value == {"a": {"b": "😀/"}}
    assert documents_in('{"a":\n {"b": 1}}')[0][0].lines == {(): 1, ("a",): 1, ("a", "b"): 2}


def test_json_too_large_for_lines_has_that_of_its_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MOST_CHARACTERS_WITH_LINES", 9)
    assert documents_in('{"a":\n1}')[0][0].lines == {(): 1, ("a",): 1}
    assert documents_in('{"a":\n 12}')[0][0].lines == {(): 1}


def test_a_text_in_braces_that_is_no_json_is_read_as_yaml() -> None:
    assert documents_in("{a: no}")[0][0].value == {"a": False}
    assert "not valid YAML" in documents_in('{"a": ')[1][0].text
    assert documents_in('{"a": NaN}')[0][0].value == {"a": "NaN"}


def test_keys_that_stand_twice_are_refused_with_their_line() -> None:
    found, faults = documents_in('{"a": 1,\n "a": 2}')
    assert found == []
    assert [(fault.line, "twice" in fault.text) for fault in faults] == [(2, True)]


def test_keys_that_stand_twice_are_refused_also_where_the_line_is_unknown() -> None:
    found, faults = documents_in('{"a": "\\ud83d\\ude00",\n "a": 2}')
    assert found == []
    assert "twice" in faults[0].text


def test_deep_json_is_refused() -> None:
    def nested(depth: int) -> str:
        return '{"a":' * depth + "1" + "}" * depth

    assert documents_in(nested(100))[1] == []
    for depth in (101, 100_000):
        found, faults = documents_in(nested(depth))
        assert found == []
        assert "100 levels" in faults[0].text


def test_empty_documents_are_left_out() -> None:
    found, faults = documents_in("---\n---\na: 1\n---\n# nothing\n")
    assert [document.value for document in found] == [{"a": 1}]
    assert faults == []
    assert documents_in(json.dumps(None)) == ([], [])
