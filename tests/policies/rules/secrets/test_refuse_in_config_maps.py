"""configmap-no-secret."""

import base64
from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "configmap-no-secret"
MAP = "kubernetes:core/v1:ConfigMap"
KINDS = (MAP, f"{MAP}Patch", f"{MAP}List", "kubernetes:core/v1:List")
VALUE = "correct-horse-battery"
TOKEN = "ghp_" + "aB3dE6gH9k" * 4


def config(kind: str = MAP, **content: Any) -> Resource:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, **content}
    return resource({"items": [made]} if kind.endswith("List") else made, kind)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_is_refused_in_every_kind(kind: str) -> None:
    judged = config(kind, data={"password": VALUE, "a.yaml": f"token: {TOKEN}", "b": "fine"})
    first, second = refused(RULE, judged)
    assert "data.password holds a literal under a name that announces a credential. Fix: move it to" in first
    assert 'data["a.yaml"] holds a GitHub token' in second
    assert VALUE not in first + second
    assert TOKEN not in first + second


@pytest.mark.parametrize("kind", KINDS)
def test_settings_pass_in_every_kind(kind: str) -> None:
    data = {"LOG_LEVEL": "info", "DB_PASSWORD": "${DB_PASSWORD}", "tokenFile": "/run/x", "n": None}
    assert refused(RULE, config(kind, data=data, binaryData={"logo.png": encoded("PNG")})) == []
    assert refused(RULE, config(kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_in_binary_data_is_refused_in_every_kind(kind: str) -> None:
    (message,) = refused(RULE, config(kind, binaryData={"a": encoded(f"x={TOKEN}\n\x00ü"), "password": encoded("x")}))
    assert "binaryData.a holds a GitHub token" in message


@pytest.mark.parametrize("binary", ["", "not base64!", "abc", "ü", encoded(TOKEN)[:-1] + "!"])
def test_binary_data_that_the_api_server_would_refuse_is_left_to_it(binary: str) -> None:
    assert refused(RULE, config(binaryData={"a": binary})) == []


def test_a_harmless_name_is_an_option_and_its_value_still_counts() -> None:
    judged = config(data={"token": VALUE})
    assert refused(RULE, judged, harmlessNames=["token"]) == []
    assert len(refused(RULE, judged, harmlessNames=["other"])) == 1
    assert len(refused(RULE, config(data={"token": TOKEN}), harmlessNames=["token"])) == 1


@pytest.mark.parametrize("content", [UNKNOWN, {"a": UNKNOWN}])
@pytest.mark.parametrize("where", ["data", "binaryData"])
def test_unknown_content_is_not_judged(where: str, content: Any) -> None:
    assert len(unjudged(RULE, config(**{where: content}))) == 1


@pytest.mark.parametrize("content", ["x", ["x"], {"a": 7}, {"a": {"b": "c"}}])
@pytest.mark.parametrize("where", ["data", "binaryData"])
def test_content_of_the_wrong_type_is_refused(where: str, content: Any) -> None:
    (message,) = refused(RULE, config(**{where: content}))
    assert message.endswith("belongs. Fix: move it to a secret store or a Secret, and leave a reference here.")
    assert "a string" in message or "an object" in message


def test_other_objects_are_not_judged() -> None:
    assert refused(RULE, resource({"data": {"password": VALUE}}, "kubernetes:core/v1:Secret")) == []
