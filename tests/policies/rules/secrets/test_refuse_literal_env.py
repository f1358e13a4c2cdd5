"""env-no-literal-secret."""

from typing import Any, cast

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


PROBES = ["livenessProbe", "readinessProbe", "startupProbe"]
HANDLERS = [*((probe,) for probe in PROBES), ("lifecycle", "postStart"), ("lifecycle", "preStop")]


def handled(handler: tuple[str, ...], action: object) -> dict[str, Any]:
    for key in reversed(handler):
        action = {key: action}
    return {**container("odd"), **cast("dict[str, Any]", action)}


@pytest.mark.parametrize("handler", HANDLERS)
def test_the_commands_and_headers_of_probes_and_hooks_are_read(handler: tuple[str, ...]) -> None:
    (message,) = found(handled(handler, {"exec": {"command": ["redis-cli", f"--password={VALUE}", "ping"]}}))
    assert f'{".".join(handler)}.exec.command[1] of flag "password" holds' in message
    headers = [{"name": "Accept", "value": "text/plain"}, {"name": "X-Api-Key", "value": VALUE}]
    (message,) = found(handled(handler, {"httpGet": {"path": "/", "httpHeaders": headers}}))
    assert f'{".".join(handler)}.httpGet.httpHeaders[1].value of header "X-Api-Key" holds' in message
    assert found(handled(handler, {"httpGet": {"httpHeaders": headers}}), harmlessNames=["X-Api-Key"]) == []
    assert found(handled(handler, {"exec": {"command": ["cat", "/run/ready"]}})) == []
    assert found(handled(handler, {"httpGet": {"path": "/", "httpHeaders": headers[:1]}})) == []


@pytest.mark.parametrize("handler", HANDLERS)
def test_unreadable_probes_and_hooks_are_told(handler: tuple[str, ...]) -> None:
    for action in ({"exec": {"command": [UNKNOWN]}}, {"httpGet": {"httpHeaders": [{"name": "a", "value": UNKNOWN}]}}):
        assert len(unjudged(RULE, owned(spec(containers=[handled(handler, action)])))) == 1
        assert found(handled(handler, action)) == []
    assert unjudged(RULE, owned(spec(containers=[handled(handler, UNKNOWN)])))
    assert "belongs" in found(handled(handler, {"exec": {"command": [1]}}))[0]
    assert "belongs" in found(handled(handler, {"httpGet": {"httpHeaders": [{"name": "a", "value": 1}]}}))[0]


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Proxy-Authorization"])
@pytest.mark.parametrize(
    ("value", "refused_"), [("Bearer hunter2", 1), ("hunter2", 1), ("Bearer $(TOKEN)", 0), ("", 0)]
)
def test_an_authorization_header_with_a_credential_is_refused(name: str, value: str, refused_: int) -> None:
    headers = [{"name": name, "value": value}]
    assert len(found(handled(("livenessProbe",), {"httpGet": {"httpHeaders": headers}}))) == refused_


@pytest.mark.parametrize("name", ["command", "args"])
@pytest.mark.parametrize(
    "words", [["-u", "admin:password"], ["--user", "admin:hunter2"], ["--proxy-user=admin:hunter2"]]
)
def test_a_login_in_a_command_line_is_refused(name: str, words: list[str]) -> None:
    (message,) = found(holding(**{name: ["curl", *words]}))
    assert "holds a user with a password" in message
    assert "hunter2" not in message
    assert found(holding(**{name: ["curl", *words]}), harmlessNames=["u", "user", "proxy-user"]) == []


@pytest.mark.parametrize(
    "words",
    [
        ["-u", "1000:1000"],
        ["--user", "app:app"],
        ["-u", "admin:$(PASSWORD)"],
        ["-u", "admin"],
        ["-x", "admin:password"],
    ],
)
def test_a_user_without_a_password_in_a_command_line_passes(words: list[str]) -> None:
    assert found(holding(args=words)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PASSWORD", "/hunter2x"), ("DB_PASSWORD", ".hunter2x"), ("API_TOKEN", "https://hunter2")),
        *((name, VALUE) for name in ("DB_PASS", "LDAP_BIND_PW", "GITHUB_PAT", "CLIENT_TOKEN")),
    ],
)
def test_what_only_seems_to_be_no_credential_is_refused(name: str, value: str) -> None:
    assert len(found(env(name, value))) == 1


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
