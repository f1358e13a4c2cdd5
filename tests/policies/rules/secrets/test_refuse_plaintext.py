"""stack-no-plaintext-secret."""

import time
from typing import Any

import pytest

from policies.rules.secrets.refuse_plaintext import RULE as DEFINED
from policies.subjects.typed import typed
from policies.unknowns import UNKNOWN, Opaque, Secret
from tests.policies.manifests import KINDS, owned, refused, resource, spec, unjudged

RULE = "stack-no-plaintext-secret"
VALUE = "correct-horse-battery"
TOKEN = "ghp_" + "aB3dE6gH9k" * 4
DATABASE = "aws:rds/instance:Instance"


def found(properties: Any, kind: str = DATABASE, **options: object) -> list[str]:
    messages = refused(RULE, resource(properties, kind)._replace(secrecy=True), **options)
    assert not any(VALUE in message or TOKEN in message for message in messages)
    return messages


@pytest.mark.parametrize(
    "kind", [DATABASE, "kubernetes:core/v1:ConfigMap", "kubernetes:helm.sh/v3:Release", "random:index:Thing", "a:b"]
)
def test_a_credential_is_refused_in_every_type_with_its_path(kind: str) -> None:
    first, second = found({"password": VALUE, "values": {"list": ["x", TOKEN]}}, kind)
    assert first.endswith(
        "password holds a literal under a name that announces a credential, not marked as secret. "
        "Fix: wrap it in pulumi.Output.secret, or better let the resource refer to a secret store."
    )
    assert "values.list[1] holds a GitHub token" in second


def test_findings_come_in_the_order_of_the_properties() -> None:
    messages = found({"a": [{"password": VALUE}, {"token": VALUE}], "b": {"secret": VALUE}})
    assert [message.partition(" holds")[0].rpartition(" ")[2] for message in messages] == [
        "a[0].password",
        "a[1].token",
        "b.secret",
    ]


@pytest.mark.parametrize(
    "properties", [{"password": Secret(VALUE)}, Secret({"password": VALUE}), {"a": [Secret(TOKEN)]}]
)
def test_what_is_marked_as_secret_passes(properties: Any) -> None:
    assert found(properties) == []


def test_it_is_judged_only_where_the_engine_shows_the_marks() -> None:
    assert refused(RULE, resource({"password": VALUE}, DATABASE)) == []


@pytest.mark.parametrize(
    "properties",
    [
        {"password": "{{resolve:secretsmanager:db:SecretString:password}}"},
        {"password": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"},
        {"manageMasterUserPassword": True, "passwordLength": 32, "creationToken": "shared-files", "token": 12},
        {"env": [{"name": "API_KEY", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]},
        {"volumes": [{"projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]},
        {"webhooks": [{"clientConfig": {"caBundle": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUR" * 9}}]},
        {"secretName": "tls", "imagePullSecrets": [{"name": "pull"}], "automountServiceAccountToken": False},
        {"assume": '{"Statement": [{"Action": "sts:AssumeRoleWithWebIdentity", "Principal": "*"}]}'},
        {"password": None, "apiKey": "", "token": Opaque(), "secret": 1.5},
        {"sourceCodeHash": "aB3dE6gH9kL2mN5pQ8rS1tU4vW7xY0zaB3dE6gH9kL2=", "annotations": {"checksum/x": "5e" * 32}},
        *(None, [], "text", UNKNOWN, {}),
    ],
)
def test_references_and_what_only_looks_like_a_credential_pass(properties: Any) -> None:
    assert found(properties) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_passing_pod_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(), kind)._replace(secrecy=True)) == []


@pytest.mark.parametrize("named", ["name", "key"])
def test_the_value_of_a_pair_goes_by_the_name_beside_it(named: str) -> None:
    (message,) = found({"variables": [{named: "DB_PASSWORD", "value": VALUE}, {named: "LEVEL", "value": VALUE}]})
    assert "variables[0].value" in message
    assert found({"variables": [{named: "DB_PASSWORD", "path": VALUE}]}) == []
    assert found({"variables": [{named: 7, "value": VALUE}]}) == []


def test_items_of_a_list_go_by_the_lists_name() -> None:
    assert len(found({"passwords": [VALUE, VALUE]})) == 2


def test_a_number_can_be_a_password() -> None:
    assert len(found({"password": 12345678})) == 1
    assert found({"password": True}) == []


def test_a_random_text_is_refused_whatever_its_name() -> None:
    assert "a random text" in found({"setting": "aB3dE6gH9kL2mN5pQ8rS1tU4vW7xY0z"})[0]


@pytest.mark.parametrize("kind", [f"kubernetes:core/v1:Secret{form}" for form in ("", "Patch", "List")])
def test_secrets_are_left_to_their_own_rule(kind: str) -> None:
    assert found({"stringData": {"password": VALUE}}, kind) == []


def test_an_external_secret_names_keys_and_holds_no_values() -> None:
    kind = "kubernetes:external-secrets.io/v1:ExternalSecret"
    assert found({"spec": {"data": [{"secretKey": "password"}]}}, kind) == []
    assert len(found({"spec": {"note": TOKEN}}, kind)) == 1


def test_a_harmless_name_is_an_option_and_its_value_still_counts() -> None:
    assert found({"token": VALUE}, harmlessNames=["token"]) == []
    assert len(found({"token": TOKEN, "secret": VALUE}, harmlessNames=["token"])) == 2


def test_an_unknown_value_is_told_where_its_name_announces_a_credential() -> None:
    judged = resource({"password": UNKNOWN, "kmsKeyId": UNKNOWN, "more": [UNKNOWN]}, DATABASE)._replace(secrecy=True)
    (message,) = unjudged(RULE, judged)
    assert "could not judge 1 value" in message
    assert ": password." in message
    marked = resource({"password": Secret(UNKNOWN)}, DATABASE)._replace(secrecy=True)
    assert unjudged(RULE, marked) == []


def test_a_deployment_costs_a_fraction_of_a_millisecond() -> None:
    assert DEFINED.judge is not None
    subject = typed(owned(spec()))
    best = 1.0
    for _ in range(50):
        started = time.perf_counter()
        assert list(DEFINED.judge(subject, {"harmlessNames": ()})) == []
        best = min(best, time.perf_counter() - started)
    assert best < 0.0005
