"""What passes for a credential and what doesn't, on a table of each."""

import string
import time

import pytest

from policies.credentials import announces, credential_in, disclosed, flags, is_literal, is_login, random_text
from tests.policies.credential_samples import ANNOUNCING, FINGERPRINTS, FORMATS, HARMLESS, QUIET, drawn


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in FORMATS.items() for text in texts])
def test_a_credential_is_recognised_alone_and_within_a_text(name: str, text: str) -> None:
    assert credential_in(text) == name
    assert credential_in(f"# settings\n  {text} # end") == name


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
@pytest.mark.parametrize("name", ["", "value", "ANNOTATION", "MODEL", "caBundle"])
def test_what_only_looks_like_one_is_none(name: str, text: str) -> None:
    assert disclosed(name, text) == ""


@pytest.mark.parametrize("name", ANNOUNCING)
def test_a_name_announces_a_credential(name: str) -> None:
    assert announces(name)
    assert disclosed(name, "hunter-2") == "a literal under a name that announces a credential"


@pytest.mark.parametrize("name", [*QUIET, *FINGERPRINTS])
def test_a_name_announces_none(name: str) -> None:
    assert not announces(name)
    assert disclosed(name, "hunter-2") == ""


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "***", "xxxx", "...", "true", "False", "yes", "NO", "on", "off", "null", "None", "nil", "enable"),
        *("enabled", "disable", "disabled", "optional", "required", "REDACTED", "default", "auto", "string", "-", "__"),
        *("$(TOKEN)", "${TOKEN}", "$TOKEN", "%(token)s", "%{token}", "{{ .Values.token }}", "<token>", "((token))"),
        *("[[token]]", "/run/secrets/token", "./token", "~/token", "arn:aws:x", "https://example.com", "http://x"),
        *("file:x", "env:X", "vault:x", "ref+x", "secretref:x", "ssm:x", "op://x", "gs://x", "s3://x", "kms:x"),
        *("awskms:x", "ENC[x]", "projects/x", "alias/x", "secret/x", "secrets/x", "kv/x", " ${TOKEN} "),
    ],
)
def test_a_reference_a_switch_and_a_mask_are_no_literals(value: str) -> None:
    assert not is_literal(value, number=True)
    assert disclosed("password", value) == ""


@pytest.mark.parametrize(
    "value",
    [
        *("/token.txt", "../x", "~user/x", "/a/", "/", "~", ".ssh/id", "/x.p12", "/${DIR}/x", "/run/my secrets/x"),
        *("https://vault:8200", "https://vault", "https://", "https://a-b", "http://localhost", "https://v2/x"),
        *("https://${HOST}", "https://{{host}}", "https://<host>", "https://10.0.0.1", "HTTPS://Vault"),
    ],
)
def test_a_path_and_an_address_are_references(value: str) -> None:
    assert not is_literal(value, number=True)


@pytest.mark.parametrize(
    "value",
    [
        *("/hunter2x", ".hunter2x", "~hunter2", "/hunter2 x", ".hunter2 /x", "/.x", "/hunter2.toolong", "/a.1"),
        *("https://hunter2", "http://Hunter-2", "https://hunter2 x", "https:/x"),
    ],
)
def test_what_only_begins_as_a_path_or_an_address_is_a_literal(value: str) -> None:
    assert is_literal(value, number=True)
    assert disclosed("API_TOKEN", value)
    assert disclosed("PASSWORD", value)


@pytest.mark.parametrize("value", ["admin:password", "admin:hunter2", "a@example.com:y1", ":hunter2", "root:a:b"])
def test_a_user_with_a_password_is_one(value: str) -> None:
    assert is_login(value)


@pytest.mark.parametrize(
    "value",
    [
        *("admin", "admin:", "admin:$(PASSWORD)", "admin:${PASSWORD}", "1000:1000", "app:1000", "app:app", ""),
        *(f"web:{group}" for group in ("nobody", "nonroot", "users", "wheel", "staff", "daemon")),
        *("nobody:nogroup", "nginx:root", "nginx:www-data", "https://example.com", "localhost:8080", "a b:c", "a:b c"),
    ],
)
def test_a_user_with_a_group_a_port_or_a_reference_has_no_password(value: str) -> None:
    assert not is_login(value)


@pytest.mark.parametrize(
    "value", ["hunter2", "$ecret 1", "$2a$10$abc", "<a", "<a>b", "true story", "x1", "arn", "$a-b", "changeme", "kvx"]
)
def test_a_word_of_ones_own_is_a_literal(value: str) -> None:
    assert is_literal(value, number=False)


def test_a_number_is_a_password_and_no_token() -> None:
    assert is_literal("12345678", number=True)
    assert not is_literal("12345678", number=False)
    assert not is_literal("-1.5", number=False)
    assert is_literal("1.2.3", number=False)
    assert disclosed("password", "12345678")
    assert disclosed("MYSQL_PWD", "12345678")
    assert disclosed("passcode_1", "12345678")
    assert disclosed("DB_PASS", "12345678")
    assert disclosed("BIND_PW2", "12345678")
    assert disclosed("GITHUB_PAT", "12345678") == ""
    assert disclosed("token", "4096") == ""
    assert disclosed("passwordToken", "4096") == ""


@pytest.mark.parametrize("length", [24, 32, 40, 64, 128])
def test_a_random_text_is_recognised_by_its_mixture(length: int) -> None:
    assert random_text(drawn(length)) == "a random text"
    assert random_text(drawn(length) + "==") == "a random text"
    assert disclosed("value", drawn(length)) == "a random text"


def test_a_random_text_is_neither_short_nor_long_nor_made_of_few_letters() -> None:
    assert random_text(drawn(23)) == ""
    assert random_text(drawn(129)) == ""
    assert random_text("aB1" * 12) == ""
    assert random_text(drawn(40) + "===") == ""
    assert random_text(drawn(40) + " ") == ""
    assert random_text(drawn(20) + "+" + drawn(10) + "_" + drawn(9)) == ""


def test_a_random_text_has_three_kinds_of_letters_that_change_often() -> None:
    assert random_text(drawn(40, string.ascii_letters)) == ""
    assert random_text(drawn(40, string.ascii_lowercase + string.digits)) == ""
    assert random_text(drawn(40, string.ascii_uppercase + string.digits)) == ""
    assert random_text("".join(sorted(drawn(40)))) == ""
    assert random_text("aBcDeFgHiJkLmNoPqRsTuVwXyZ1") == ""
    assert random_text("aBcDeFgHiJkLm1oPqRsTuVwXyZ2") == "a random text"


def test_words_joined_by_dashes_and_slashes_are_not_random() -> None:
    word = drawn(40)
    assert random_text("-".join(word[start : start + 15] for start in range(0, 40, 15))) == ""
    assert random_text("_".join(word[start : start + 15] for start in range(0, 40, 15))) == ""
    assert random_text("/".join(word[start : start + 15] for start in range(0, 40, 15))) == ""
    assert random_text(word[:16] + "/" + word[16:30]) == "a random text"
    assert random_text(word[:16] + "-" + word[16:30]) == "a random text"
    assert random_text(word[:16] + "+" + word[16:30]) == "a random text"


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_a_fingerprint_is_random_and_no_credential(name: str) -> None:
    assert disclosed(name, drawn(43) + "=") == ""
    assert disclosed(name, "ghp_" + drawn(36)) == "a GitHub token"


def test_a_format_counts_under_any_name_and_a_short_text_holds_none() -> None:
    assert disclosed("anything", "hf_" + drawn(30)) == "a Hugging Face token"
    assert credential_in("pwd=abcdefgh") == "an assignment of a credential"
    assert credential_in("pwd=abcdefg") == ""
    assert credential_in("password=/hunter2x") == "an assignment of a credential"


def test_flags_and_their_values_are_found_in_a_command_line() -> None:
    words = ["run", "--token=abc", "--password", "hunter2", "-v", "--flag", "--empty=", "--a.b-c", "x", "y", None, "-"]
    assert list(flags(words)) == [
        (1, "token", "abc"),
        (3, "password", "hunter2"),
        (6, "empty", ""),
        (8, "a.b-c", "x"),
    ]
    assert list(flags(["--multi=a\nb"])) == [(0, "multi", "a\nb")]
    assert list(flags(["--name", None, "x"])) == []
    assert list(flags([])) == []


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "eyJ-",
            "eyJaaaaaaaa.",
            "a://b:",
            "://",
            "password=",
            "password: ",
            "-----BEGIN A ",
            "sk-",
            "gh",
            "8Q~",
            "Key=",
        ),
        *(
            "certificate",
            "token_",
            "aB3",
            "a",
            "-",
            "<",
            "$",
            "Bearer ",
            "asic a",
            "sk-ant-",
            "hooks.slack.com/services/a",
        ),
    ],
)
def test_a_hostile_text_is_scanned_in_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.perf_counter()
    disclosed("value", text)
    announces(text)
    is_literal(text, number=False)
    assert time.perf_counter() - started < 1.5
