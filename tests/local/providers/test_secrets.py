"""Secrets stay secret: in outputs, and in messages."""

from typing import Any

from local.providers import secrets
from local.providers.kubernetes import checkpoint
from local.providers.values import UNKNOWN, Secret, decode, encode


def test_what_is_secret_in_the_inputs_is_secret_in_the_outputs() -> None:
    outs: dict[str, Any] = {"spec": {"password": "p", "size": 1}}
    secrets.mark(outs, {"spec": {"password": Secret("p"), "size": 1}})
    assert outs == {"spec": {"password": Secret("p"), "size": 1}}


def test_a_list_with_one_secret_is_secret_whole() -> None:
    outs: dict[str, Any] = {"env": [{"value": "p"}, {"value": "q"}]}
    secrets.mark(outs, {"env": [{"value": Secret("p")}, {"value": "q"}]})
    assert outs == {"env": Secret([{"value": "p"}, {"value": "q"}])}


def test_the_data_of_a_secret_is_secret_though_nobody_said_so() -> None:
    outs: dict[str, Any] = {"kind": "Secret", "data": {"a": "MQ=="}, "type": "Opaque"}
    secrets.mark(outs, {})
    assert outs == {"kind": "Secret", "data": Secret({"a": "MQ=="}), "type": "Opaque"}


def test_state_keeps_inputs_and_outputs_secret_and_opens_them_again() -> None:
    inputs = {"kind": "Thing", "spec": {"password": "p"}}
    state = checkpoint.make(inputs, dict(inputs), {"spec": {"password": Secret("p")}}, "v1", "m")
    assert state["spec"] == {"password": Secret("p")}
    assert state["__inputs"]["spec"] == {"password": Secret("p")}
    assert checkpoint.parse(state) == (inputs, inputs)


def test_a_message_that_quotes_a_secret_has_it_struck_out() -> None:
    hidden = secrets.sensitive({"spec": {"password": Secret("hunter2")}})
    assert secrets.redact('invalid value: "hunter2"', hidden) == 'invalid value: "[secret]"'


def test_a_secrets_data_is_struck_out_decoded_and_encoded() -> None:
    hidden = secrets.sensitive({"kind": "Secret", "data": {"a": "aHVudGVyMg=="}})
    assert secrets.redact("hunter2 aHVudGVyMg==", hidden) == "[secret] [secret]"


def test_a_secret_within_a_secret_leaves_no_remainder() -> None:
    hidden = secrets.sensitive({"a": Secret("hunter2"), "b": Secret("hunter2-and-more")})
    assert secrets.redact("hunter2-and-more", hidden) == "[secret]"


def test_values_survive_the_wire() -> None:
    value = {"a": Secret({"b": [1, 1.5, None, True]}), "c": UNKNOWN, "d": "text"}
    assert decode(encode(value)) == value
