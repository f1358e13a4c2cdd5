"""What passes for a credential and what doesn't, on a table of each."""

import base64
import hashlib
import random
import string
import time
import uuid

import pytest

from policies.credentials import announces, credential_in, disclosed, flags, is_literal, random_text

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def drawn(length: int, letters: str = LETTERS, seed: int = 7) -> str:
    return "".join(random.Random(seed).choices(letters, k=length))  # noqa: S311 - the same letters in every run


PEM = "-----BEGIN {}PRIVATE KEY-----\nMIIE\n-----END {}PRIVATE KEY-----"
FORMATS = {
    "a private key": [
        PEM.format("", ""),
        PEM.format("RSA ", "RSA "),
        PEM.format("OPENSSH ", "OPENSSH "),
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        *(
            base64.b64encode(PEM.format(kind, kind).encode()).decode()
            for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "PGP ")
        ),
    ],
    "an AWS access key": ["AKIA" + drawn(16, string.ascii_uppercase), "id: ASIA" + drawn(16, "AB23") + "\n"],
    "a GitHub token": [f"gh{kind}_" + drawn(36) for kind in "pousr"] + ["github_pat_" + drawn(22)],
    "a GitLab token": ["glpat-" + drawn(20)],
    "a Slack token": [f"xox{kind}-1234567890" for kind in "abceoprs"] + ["xapp-1-A1234567890"],
    "a Slack webhook": ["https://hooks.slack.com/services/T01/B02/abc", "hooks.slack.com/workflows/T01/A02/33"],
    "an Anthropic key": ["sk-ant-api03-" + drawn(20)],
    "an OpenAI key": [f"sk-{kind}-" + drawn(20) for kind in ("proj", "svcacct", "admin", "None")] + ["sk-" + drawn(40)],
    "an API key": ["sk-or-v1-" + drawn(32, HEX), "sk-lf-" + str(uuid.UUID(int=2**127 + 12345))],
    "a Hugging Face token": ["hf_" + drawn(30)],
    "a Google API key": ["AIza" + drawn(35)],
    "a Google OAuth secret": ["GOCSPX-" + drawn(20)],
    "a Google access token": ["ya29." + drawn(20)],
    "an Azure key": [
        "AccountName=x;AccountKey=" + drawn(40) + "==",
        "Endpoint=sb://x/;SharedAccessKey=" + drawn(40),
    ],
    "an Azure signature": ["https://x.blob.core.windows.net/y?se=2027&sig=" + drawn(40), "a?sig=" + drawn(40)],
    "an Azure client secret": [drawn(3) + "8Q~" + drawn(31)],
    "a Stripe key": ["sk_live_" + drawn(20), "rk_live_" + drawn(20)],
    "an npm token": ["npm_" + drawn(36)],
    "a PyPI token": ["pypi-AgE" + drawn(40)],
    "a Docker token": ["dckr_pat_" + drawn(20)],
    "a SendGrid key": ["SG." + drawn(22) + "." + drawn(43)],
    "a Vault token": ["hvs." + drawn(24)],
    "a Pulumi token": ["pul-" + drawn(40, HEX)],
    "a Databricks token": ["dapi" + drawn(32, HEX)],
    "an NVIDIA key": ["nvapi-" + drawn(40)],
    "a Groq key": ["gsk_" + drawn(40)],
    "an xAI key": ["xai-" + drawn(40)],
    "a Replicate token": ["r8_" + drawn(37)],
    "a LangSmith key": ["lsv2_pt_" + drawn(32, HEX), "lsv2_sk_" + drawn(32, HEX)],
    "a Pinecone key": ["pcsk_" + drawn(30)],
    "a JSON Web Token": ["eyJ" + drawn(8) + ".eyJ" + drawn(8) + "." + drawn(10)],
    "a bearer token": ["Authorization: Bearer " + drawn(20), "bearer " + drawn(20)],
    "a basic authorization": ["Authorization: Basic dXNlcjpwYXNzd29yZA==", "basic dXNlcjpwYXNzd29yZA=="],
    "a URL with a password": [
        "postgres://user:hunter2@db.example.com:5432/shop",
        "redis://:hunter2@cache:6379",
        "https://user:12345678@example.com/",
        "first http://a.example.com/x then amqp://u:hunter2@mq",
        "amqp+ssl://u:hunter2@mq",
        "postgres://a:$(PASSWORD)@h and postgres://a:hunter2@h",
    ],
    "an assignment of a credential": [
        "host=db password=hunter22",
        '{"password": "hunter22"}',
        "db:\n  passwd: hunter22\n",
        "PWD = 'hunter22'",
        "jdbc:postgresql://db/shop?user=a&password=hunter22",
        "https://example.com/?api_key=hunter22",
        "aws_secret_access_key=hunter22",
        "client-secret: hunter22",
        "passphrase=123456",
        "accessToken: hunter22",
        "password=$(A) password=hunter22",
        "private.key=hunter22",
    ],
}
HARMLESS = {
    "image digest": "registry.example.com/agents/web@sha256:" + "5e" * 32,
    "UUID": "9b2f6c1e-4a57-4b3c-9c2e-2f6b7f1f2a10",
    "upper-case UUID": "9B2F6C1E-4A57-4B3C-9C2E-2F6B7F1F2A10",
    "ARN of a secret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-password-AbCdEf",
    "ARN of a key": "arn:aws:kms:eu-central-1:123456789012:key/9b2f6c1e-4a57-4b3c-9c2e-2f6b7f1f2a10",
    "ARN of a role": "arn:aws:iam::123456789012:role/AgentRole2WithALongName3AndMore4",
    "CA certificate": base64.b64encode(
        b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(bytes(range(256))) + b"\n"
    ).decode(),
    "plain certificate": "-----BEGIN CERTIFICATE-----\nMIIDazCCAlOgAwIBAgIUE8Jd\n-----END CERTIFICATE-----",
    "public key": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
    "SSH public key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5b3XvKz9q4mT0w2VhY7uE8cR1pLsNf6GdHkQaWxZyB me@host",
    "sha256": hashlib.sha256(b"x").hexdigest(),
    "sha512": hashlib.sha512(b"x").hexdigest(),
    "upper-case sha1": hashlib.sha1(b"x", usedforsecurity=False).hexdigest().upper(),
    "PromQL": 'histogram_quantile(0.99, sum by (le, token) (rate(auth_token_total{job="api", password!=""}[5m])))',
    "PromQL of keys": 'sum(rate(cache_key_hits{access_key=~".+"}[5m]))',
    "long URL": "https://example.com/a/very/long/path/of/many/parts?and=a&query=with&numbers=123#and-a-fragment",
    "URL with a port": "https://example.com:8443/a@b",
    "URL with a user": "ssh://git@example.com/agents.git",
    "URL with a reference": "postgres://user:$(DB_PASSWORD)@db/shop",
    "URL with a template": "postgres://user:${DB_PASSWORD}@db/shop",
    "resource version": "184467440737095516",
    "cron": "*/15 2-4 * * MON-FRI",
    "date": "2026-11-21T12:00:00.123456789Z",
    "model": "Qwen2_5-Coder-32B-Instruct-AWQ",
    "model path": "/models/Meta-Llama-3/Instruct-70B-AWQ/v1/snapshot2",
    "Java class": "com.example.shop.RecommendationServiceFactory2Impl",
    "camel case": "AmazonEKSWorkerNodePolicyForTheClusterV2",
    "managed policy": "AmazonEC2ContainerRegistryReadOnly2024v1",
    "node name": "ip-10-0-12-34.eu-central-1.compute.internal",
    "pod name": "recommender-7d4b9c6f5-x2x9z-long-enough-to-look-at",
    "AMI": "ami-0abcdef1234567890",
    "launch template": "lt-0a1b2c3d4e5f6a7b8",
    "OIDC issuer": "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
    "policy document": '{"Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "Resource": "*"}',
    "OIDC condition": '{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}',
    "reference of CloudFormation": "{{resolve:secretsmanager:db:SecretString:password}}",
    "code that reads": 'password = os.environ["DB_PASSWORD"]\napi_key=settings.api_key\n',
    "shell that reads": 'PASSWORD="$(cat /run/secrets/db)"; api_key=${KEY}; access_key=$KEY',
    "type": "password: string",
    "path": "password: /run/secrets/db-password",
    "short": "password=abcde",
    "word for a task": "tasks-and-risk-ant-desk-proj-basic",
    "prose": "Basic authentication is refused; bearer tokens expire. The password: see the runbook.",
    "bcp47 and friends": "en-US,en;q=0.9,de-DE;q=0.8,fr-CH;q=0.7",
    "long number": "12345678901234567890123456789012",
    "letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "empty": "",
}
ANNOUNCING = [
    *("password", "DB_PASSWORD", "dbPassword", "PGPASSWORD", "MYSQL_PWD", "passwd", "passphrase", "passcode"),
    *("secret", "clientSecret", "CLIENT_SECRET", "jwt-secret", "secretString", "secret_value", "secrets", "SECRET2"),
    *("token", "authToken", "GITHUB_TOKEN", "tokens", "AWS_SESSION_TOKEN", "token_1", "refresh.token"),
    *("apiKey", "OPENAI_API_KEY", "api-key", "apikey", "AWS_SECRET_ACCESS_KEY", "secretKey", "privateKey"),
    *("signingKey", "encryption_key", "accountKey", "authKey", "sharedKey", "master-key", "accessKey"),
    *("credential", "credentials", "connectionString", "CONNECTION_STRING", "connection.strings"),
    *("passwordHash", "tokenBase64", "passwordText", "PASSWORD_PLAINTEXT", "password_plain", "key_token_binary"),
]
QUIET = [
    *(
        "",
        "name",
        "secretName",
        "secretArn",
        "SECRET_ID",
        "passwordSecretRef",
        "tokenUrl",
        "TOKEN_FILE",
        "passwordPath",
    ),
    *("MAX_TOKENS", "max_token", "minTokens", "stopTokens", "eos_token", "BOS_TOKEN", "PAD_TOKEN", "special_tokens"),
    *(
        "inputTokens",
        "output_tokens",
        "prompt-tokens",
        "completionTokens",
        "totalTokens",
        "numTokens",
        "CONTEXT_TOKENS",
    ),
    *("creationToken", "clientToken", "client_request_token", "idempotencyToken", "nextToken", "continueToken"),
    *("continuationToken", "pageToken", "paginationToken", "tokenizer", "TOKENIZERS_PARALLELISM", "imagePullSecrets"),
    *("pullSecret", "existingSecret", "externalSecret", "tlsSecret", "publicKey", "key", "partitionKey", "sshKeyName"),
    *("kmsKeyId", "keyboard", "compass", "passwordLength", "accessKeyId", "secretsEnabled", "connection", "passing"),
]
FINGERPRINTS = [
    *(
        "sourceCodeHash",
        "checksum",
        "digest",
        "sha256",
        "SHA",
        "md5sha1sum",
        "md5",
        "etag",
        "fingerprint",
        "thumbprint",
    ),
    *("integrity", "caBundle", "ca_data", "caCert", "certificate", "certificateAuthorityData", "public_key", "tls.crt"),
    *("cert", "uid", "id", "userIds", "roleArn", "arns", "resourceVersion", "sha512sum"),
]


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
