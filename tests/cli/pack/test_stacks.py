"""Rendered stacks become resources, with secrets and unknowns as what they are."""

import json
from typing import Any

import pytest

from cli.pack.documents import documents_in
from cli.pack.sources import Problem
from cli.pack.stacks import is_stack, subjects_of
from cli.pack.subjects import Subject
from policies.rule import Provider
from policies.unknowns import SECRET_MARK, SIGNATURE, UNKNOWN, Secret

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
URN = "urn:pulumi:dev::shop::my:index:Team$aws:s3/bucket:Bucket::logs::of::it"
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:aws::main"
STATE: dict[str, Any] = {"urn": URN, "type": "aws:s3/bucket:Bucket", "custom": True, "inputs": {"bucket": "logs"}}


def found(value: Any) -> list[Subject | Problem]:
    (document,), faults = documents_in(json.dumps(value, indent=1))
    assert faults == []
    assert is_stack(document.value)
    return list(subjects_of("stack.json", document))


def exported(*states: Any) -> list[Subject | Problem]:
    return found({"version": 3, "deployment": {"manifest": {}, "resources": list(states)}})


def previewed(*steps: Any) -> list[Subject | Problem]:
    return found({"config": {}, "steps": list(steps)})


def one(results: list[Subject | Problem]) -> Subject:
    (subject,) = results
    assert isinstance(subject, Subject)
    return subject


def test_an_exported_resource_is_read_whole() -> None:
    subject = one(
        exported(
            {
                **STATE,
                "outputs": {"bucket": "logs", "arn": "an-arn", "size": 3.0},
                "protect": True,
                "ignoreChanges": ["tags"],
                "parent": "urn:parent",
                "dependencies": ["urn:a"],
                "provider": f"{PROVIDER}::an-id",
            },
            {"delete": True, **STATE},
        )
    )
    resource = subject.resource
    assert (resource.type, resource.urn, resource.name) == ("aws:s3/bucket:Bucket", URN, "logs::of::it")
    assert resource.properties == {"bucket": "logs"}
    assert subject.final.properties == {"bucket": "logs", "arn": "an-arn", "size": 3}
    assert resource.options == (True, ("tags",), "urn:parent")
    assert resource.dependencies == ("urn:a",)
    assert resource.provider == Provider("pulumi:providers:aws", "main", {}, explicit=True)
    assert subject.rendered


def test_a_provider_brings_its_properties_and_a_default_one_is_not_explicit() -> None:
    default = PROVIDER.replace("main", "default_7_1")
    provider = {"urn": default, "type": "pulumi:providers:aws", "inputs": {"region": "eu-west-1"}}
    _, subject = exported(provider, {**STATE, "provider": f"{default}::id"})
    assert isinstance(subject, Subject)
    assert subject.resource.provider == Provider(
        "pulumi:providers:aws", "default_7_1", {"region": "eu-west-1"}, explicit=False
    )


@pytest.mark.parametrize("reference", [None, "", 5, "x", "urn:x::y", {}])
def test_a_provider_that_cannot_be_read_is_none(reference: object) -> None:
    assert one(exported({**STATE, "provider": reference})).resource.provider is None


def test_the_state_after_a_preview_is_judged_each_resource_once() -> None:
    other = {**STATE, "urn": URN + "2", "inputs": {"bucket": "other"}}
    gone = {**STATE, "urn": URN + "3"}
    subjects = previewed(
        {"op": "create-replacement", "urn": URN, "newState": {**STATE, "inputs": {"bucket": "first"}}},
        {"op": "replace", "urn": URN, "newState": STATE},
        {"op": "delete-replaced", "urn": URN, "oldState": STATE},
        {"op": "same", "urn": other["urn"], "newState": other},
        {"op": "delete", "urn": gone["urn"], "oldState": gone},
    )
    assert [each.resource.properties for each in subjects if isinstance(each, Subject)] == [
        {"bucket": "logs"},
        {"bucket": "other"},
    ]


def test_lines_are_those_of_the_resources_properties() -> None:
    subject = one(exported(STATE))
    assert subject.place.line(("bucket",)) == 11
    assert subject.place.line_of('T "n": bucket is "logs"') == 11


def test_a_secret_is_a_secret_and_its_value_known_only_where_it_is_printed() -> None:
    inputs = {
        "hidden": {SIGNATURE: SECRET_MARK, "ciphertext": "v1:abc"},
        "plain": {SIGNATURE: SECRET_MARK, "plaintext": json.dumps({"a": [{SIGNATURE: SECRET_MARK, "plaintext": "1"}]})},
        "broken": {SIGNATURE: SECRET_MARK, "plaintext": "{"},
        "wire": {SIGNATURE: SECRET_MARK, "value": "x"},
    }
    properties = one(exported({**STATE, "inputs": inputs})).resource.properties
    assert isinstance(properties, dict)
    assert all(isinstance(value, Secret) for value in properties.values())
    assert properties["hidden"].value is UNKNOWN
    assert properties["plain"].value["a"][0].value == 1
    assert properties["broken"].value is UNKNOWN
    assert properties["wire"].value == "x"


def test_what_a_preview_blots_out_or_does_not_know_is_unknown() -> None:
    inputs = {"a": "[secret]", "b": [UNKNOWN_TEXT, {"c": "[secret]"}]}
    properties = one(
        previewed({"op": "create", "urn": URN, "newState": {**STATE, "inputs": inputs}})
    ).resource.properties
    assert isinstance(properties, dict)
    assert properties["a"].value is UNKNOWN
    assert properties["b"][0] is UNKNOWN
    assert properties["b"][1]["c"].value is UNKNOWN
    exact = one(exported({**STATE, "inputs": inputs})).resource.properties
    assert isinstance(exact, dict)
    assert exact["a"] == "[secret]"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (5, "is no object"),
        (None, "is no object"),
        ({**STATE, "urn": None}, "the URN null"),
        ({**STATE, "urn": "urn:x"}, 'the URN "urn:x"'),
        ({**STATE, "urn": ["x"]}, "the URN a list"),
        ({**STATE, "type": "could not judge 1"}, "the type"),
        ({**STATE, "type": 5}, "the type 5"),
        ({**STATE, "inputs": []}, "no object"),
        ({**STATE, "outputs": [1]}, "no object"),
        ({**STATE, "inputs": {"a": 10**400}}, "JSON can't hold"),
        ({**STATE, "inputs": {"a": "\ud800"}}, "JSON can't hold"),
    ],
)
def test_a_resource_that_no_engine_prints_is_a_problem(state: Any, said: str) -> None:
    results = exported(state, STATE)
    problem = results[0]
    assert isinstance(problem, Problem)
    assert said in problem.text
    assert "Fix: print the stack anew" in problem.text
    assert isinstance(results[1], Subject)


def test_hostile_stacks_raise_nothing() -> None:
    assert exported() == []
    for deployment in ({"resources": 5}, {}):
        (problem,) = found({"deployment": deployment})
        assert isinstance(problem, Problem)
    assert len(previewed(5, None, {"op": []}, {"op": "create", "urn": {}}, {"newState": []})) == 5
    assert isinstance(exported({**STATE, "inputs": None})[0], Subject)


def test_a_stack_is_known_by_its_shape() -> None:
    assert is_stack({"deployment": {}})
    assert is_stack({"steps": []})
    assert not is_stack({"deployment": "x", "steps": "y"})
    assert not is_stack([{"steps": []}])
