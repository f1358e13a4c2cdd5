"""env-no-literal-secret."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import KINDS, LISTS, container, owned, refused, resource, spec, unjudged, with_container

RULE = "env-no-literal-secret"
VALUE = "correct-horse-battery"
TOKEN = "ghp_" + "aB3dE6gH9k" * 4
FIX = "Fix: keep it in a secret store, mount it as a file, and give the file's path here."


def holding(**fields: object) -> dict[str, Any]:
    return {**container("odd"), **fields}


def env(name: object, value: object) -> dict[str, Any]:
    return holding(env=[{"name": "LOG_LEVEL", "value": "info"}, {"name": name, "value": value}])


def found(changed: dict[str, Any], **options: object) -> list[str]:
    messages = refused(RULE, owned(spec(containers=[changed])), **options)
    assert not any(VALUE in message or TOKEN in message for message in messages)
    return messages


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_literal_credential_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, env("DB_PASSWORD", VALUE)), kind))
    assert 'container "odd"' in message
    assert 'env[1].value of variable "DB_PASSWORD" holds a literal under a name' in message
    assert message.endswith(FIX)
    assert VALUE not in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_pod_without_credentials_passes_in_every_kind(kind: str) -> None:
    changed = holding(
        env=[
            {"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
            {"name": "DB_PASSWORD", "value": "$(FROM_ELSEWHERE)"},
            {"name": "API_KEY", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}},
            {"name": "MAX_TOKENS", "value": "4096"},
            {"name": "EMPTY"},
        ],
        command=["/app/run", "--password-file=/run/secrets/db", "--token", "$(TOKEN)"],
        args=["--max-tokens", "4096"],
    )
    assert refused(RULE, owned(spec(containers=[changed]), kind)) == []
    assert unjudged(RULE, owned(spec(containers=[changed]), kind)) == []


def test_a_value_tells_whatever_its_name() -> None:
    (message,) = found(env("GREETING", TOKEN))
    assert 'env[1].value of variable "GREETING" holds a GitHub token' in message


@pytest.mark.parametrize("name", ["command", "args"])
@pytest.mark.parametrize("words", [[f"--password={VALUE}"], ["--db-password", VALUE], ["-x", "--api-key", VALUE]])
def test_a_flag_with_a_credential_is_refused(name: str, words: list[str]) -> None:
    (message,) = found(holding(**{name: ["run", *words]}))
    assert f"{name}[{len(words)}] of flag " in message
    assert message.endswith(FIX)


@pytest.mark.parametrize("name", ["command", "args"])
@pytest.mark.parametrize(
    "words",
    [
        [f"--header=Bearer {TOKEN}"],
        ["-c", f"curl -H 'Authorization: Bearer {TOKEN}' https://example.com"],
        ["aB3dE6gH9kL2mN5pQ8rS1tU4vW7xY0z"],
        ["-c", "PGPASSWORD=hunter22 psql"],
    ],
)
def test_a_credential_within_a_command_is_refused_once(name: str, words: list[str]) -> None:
    (message,) = found(holding(**{name: ["run", *words]}))
    assert f"{name}[{len(words)}]" in message


def test_a_flag_whose_word_is_told_already_is_told_once() -> None:
    assert len(found(holding(args=[f"--token={TOKEN}"]))) == 1
    assert len(found(holding(args=["--token", TOKEN]))) == 1


def test_every_finding_is_told() -> None:
    changed = holding(
        env=[{"name": "A_TOKEN", "value": VALUE}, {"name": "B_TOKEN", "value": VALUE}],
        args=[f"--token={VALUE}", f"--secret={VALUE}"],
    )
    assert len(found(changed)) == 4


def test_a_harmless_name_is_an_option_and_its_value_still_counts() -> None:
    assert found(env("FAVOURITE_TOKEN", VALUE), harmlessNames=["FAVOURITE_TOKEN"]) == []
    assert len(found(env("OTHER_TOKEN", VALUE), harmlessNames=["FAVOURITE_TOKEN"])) == 1
    assert len(found(env("FAVOURITE_TOKEN", TOKEN), harmlessNames=["FAVOURITE_TOKEN"])) == 1
    assert found(holding(args=[f"--access-token={VALUE}"]), harmlessNames=["access-token"]) == []
    assert len(found(holding(args=[f"--token={TOKEN}"]), harmlessNames=["token"])) == 1
    assert len(found(holding(args=[f"--token={VALUE}"]), harmlessNames=["tokens"])) == 1


def test_the_script_of_a_workflow_is_read() -> None:
    template = {"name": "run", "script": {"image": "a", "source": f"curl -u x:y -H 'token: {TOKEN}'"}}
    judged = resource({"spec": {"templates": [template]}}, "kubernetes:argoproj.io/v1alpha1:Workflow")
    (message,) = refused(RULE, judged)
    assert "source holds a GitHub token" in message


@pytest.mark.parametrize(
    "changed",
    [env("LEVEL", UNKNOWN), holding(env=UNKNOWN), holding(args=[UNKNOWN]), holding(command=UNKNOWN)],
)
def test_an_unknown_value_is_not_judged(changed: dict[str, Any]) -> None:
    assert len(unjudged(RULE, owned(spec(containers=[changed])))) == 1
    assert found(changed) == []


@pytest.mark.parametrize("changed", [env("PORT", 80), holding(args=[80]), holding(env="x"), holding(source={})])
def test_a_value_of_the_wrong_type_is_refused(changed: dict[str, Any]) -> None:
    assert "belongs" in found(changed)[0]


def test_an_unreadable_name_leaves_the_value_to_be_judged() -> None:
    assert found(env(None, VALUE)) == []
    assert len(found(env(UNKNOWN, TOKEN))) == 1
    assert "of variable" not in found(env(7, TOKEN))[0]
