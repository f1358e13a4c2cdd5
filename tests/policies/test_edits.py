"""Edits on the wire: what they change, and what they leave as the engine sent it."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi_policy import proxy

from policies.edits import apply
from policies.findings import Change, Edit
from policies.unknowns import OUTPUT_MARK, SECRET_MARK, SIGNATURE, Secret, decode_struct

SECRET = {SIGNATURE: SECRET_MARK, "value": {"password": "hush", "open": True}}
OUTPUT = {SIGNATURE: OUTPUT_MARK, "value": [1, 2, 3], "secret": False}


def edited(properties: dict[str, Any], *edits: Edit) -> Struct:
    struct = Struct()
    struct.update(properties)
    apply(struct, edits)
    return struct


def test_objects_on_the_way_to_a_new_value_are_made() -> None:
    struct = edited({}, Edit(("spec", "template", "hostPID"), False))
    assert decode_struct(struct) == {"spec": {"template": {"hostPID": False}}}


def test_a_null_on_the_way_becomes_an_object() -> None:
    assert decode_struct(edited({"spec": None}, Edit(("spec", "hostPID"), False))) == {"spec": {"hostPID": False}}


def test_lists_and_objects_can_be_new_values() -> None:
    struct = edited({"a": [{"b": 1}]}, Edit(("a", 0, "b"), {"drop": ["ALL"]}))
    assert decode_struct(struct) == {"a": [{"b": {"drop": ["ALL"]}}]}


def test_several_items_are_removed_from_a_list_by_their_first_indexes() -> None:
    removals = [Edit(("a", index), Change.REMOVE) for index in (0, 2, 10)]
    assert decode_struct(edited({"a": list(range(12))}, *removals)) == {"a": [1, 3, 4, 5, 6, 7, 8, 9, 11]}


def test_a_removal_goes_with_new_values_in_the_same_list() -> None:
    struct = edited({"a": [1, 2, 3]}, Edit(("a", 0), Change.REMOVE), Edit(("a", 2), 9))
    assert decode_struct(struct) == {"a": [2, 9]}


def test_what_is_absent_is_removed_without_a_word() -> None:
    assert decode_struct(edited({"a": {}}, Edit(("a", "b"), Change.REMOVE))) == {"a": {}}


def test_a_value_inside_a_secret_is_changed_and_stays_secret() -> None:
    found = decode_struct(edited({"data": SECRET}, Edit(("data", "open"), False)))
    assert isinstance(found, dict)
    assert isinstance(found["data"], Secret)
    assert found["data"].value == {"password": "hush", "open": False}


def test_a_value_inside_an_output_keeps_the_outputs_mark() -> None:
    struct = edited({"list": OUTPUT}, Edit(("list", 1), Change.REMOVE))
    assert dict(struct["list"]) == {**OUTPUT, "value": struct["list"]["value"]}
    assert list(struct["list"]["value"]) == [1, 3]


@pytest.mark.parametrize(("value", "inner"), [("plain", "plain"), ({"a": 1}, {"a": 1}), (SECRET, SECRET["value"])])
def test_a_value_is_marked_secret_once(value: Any, inner: Any) -> None:
    struct = edited({"data": value}, Edit(("data",), Change.MARK_SECRET), Edit(("data",), Change.MARK_SECRET))
    found = decode_struct(struct)
    assert isinstance(found, dict)
    assert isinstance(found["data"], Secret)
    assert found["data"].value == inner


def test_an_output_is_marked_secret_as_an_output() -> None:
    struct = edited({"list": OUTPUT}, Edit(("list",), Change.MARK_SECRET))
    assert struct["list"]["secret"] is True
    assert struct["list"][SIGNATURE] == OUTPUT_MARK


def test_unknown_values_assets_and_numbers_beside_an_edit_stay_as_they_were() -> None:
    asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "x"}
    before = {"asset": asset, "unknown": proxy.UNKNOWN_ARRAY_VALUE, "number": 0.1, "null": None, "edited": 1}
    struct = edited(before, Edit(("edited",), 2))
    expected = Struct()
    expected.update({**before, "edited": 2})
    assert struct == expected
