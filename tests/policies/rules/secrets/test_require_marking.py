"""secret-is-marked."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import mended, refused, resource, unjudged

RULE = "secret-is-marked"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type, no password
KINDS = (SECRET, f"{SECRET}Patch", f"{SECRET}List", "kubernetes:core/v1:List")
VALUE = "correct-horse-battery"


def secret(kind: str = SECRET, **content: Any) -> Resource:
    made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}, **content}
    judged = resource({"items": [made]} if kind.endswith("List") else made, kind)
    return judged._replace(secrecy=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["data", "stringData"])
def test_an_unmarked_value_is_refused_in_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, secret(kind, **{where: {"db": VALUE, "other": Secret(VALUE), "none": None}}))
    assert f"{where}.db isn't marked as secret. Fix: wrap it in pulumi.Output.secret" in message
    assert VALUE not in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [{"db": Secret(VALUE)}, Secret({"db": VALUE}), {}, None, {"db": Secret(UNKNOWN)}])
def test_marked_values_pass_in_every_kind(kind: str, content: object) -> None:
    judged = secret(kind, data=content, stringData=content)
    assert refused(RULE, judged) == []
    assert unjudged(RULE, judged) == []


def test_a_whole_secret_that_is_marked_passes() -> None:
    whole = resource(Secret({"data": {"db": VALUE}}), SECRET)._replace(secrecy=True)
    assert refused(RULE, whole) == []


def test_it_is_judged_only_where_the_engine_shows_the_marks() -> None:
    judged = secret(data={"db": VALUE})
    assert refused(RULE, judged._replace(secrecy=False)) == []
    assert len(refused(RULE, judged)) == 1


def test_every_value_is_told() -> None:
    assert len(refused(RULE, secret(data={"a": VALUE, "b": VALUE}, stringData={"c": VALUE, "d": 7}))) == 4


@pytest.mark.parametrize("content", [UNKNOWN, {"a": UNKNOWN}])
def test_whether_an_unknown_value_is_marked_is_not_judged(content: object) -> None:
    assert len(unjudged(RULE, secret(data=content))) == 1
    assert refused(RULE, secret(data=content)) == []


@pytest.mark.parametrize("content", [VALUE, [VALUE]])
def test_content_of_the_wrong_type_is_refused_and_not_shown(content: object) -> None:
    (message,) = refused(RULE, secret(data=content))
    assert "where an object belongs. Fix: wrap it in pulumi.Output.secret" in message
    assert VALUE not in message


def test_a_list_that_cannot_be_read_is_told() -> None:
    judged = resource({"items": {"data": {"a": VALUE}}}, f"{SECRET}List")._replace(secrecy=True)
    assert len(refused(RULE, judged)) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_mended_secret_is_marked_and_passes(kind: str) -> None:
    judged = mended(RULE, secret(kind, data={"a": VALUE, "b": "x"}, stringData={"c": VALUE}))
    assert refused(RULE, judged) == []


def test_only_unmarked_values_are_mended() -> None:
    properties = mended(RULE, secret(data={"a": VALUE})).properties
    assert isinstance(properties, dict)
    marked = properties["data"]["a"]
    assert isinstance(marked, Secret)
    assert marked.value == VALUE
    assert properties["metadata"] == {"name": "web"}


def test_other_objects_are_not_judged() -> None:
    judged = resource({"data": {"a": VALUE}}, "kubernetes:core/v1:ConfigMap")._replace(secrecy=True)
    assert refused(RULE, judged) == []
