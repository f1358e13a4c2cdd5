"""What is a credential and what only looks like one, a table of each."""

import base64
import hashlib
import random
import string
import uuid

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
    "jq": ".data | {access_token: .access_token, password: .db_password}",
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
    *("DB_PASS", "ldap-bind-pw", "LDAP_BIND_PW", "GITHUB_PAT", "azure.pat", "DB_PASS_2", "smtp_pass", "MY_PW1"),
    *("CLIENT_TOKEN", "client_token", "client-token", "ClientToken", "PROXY_PASS", "SERVICE_PAT"),
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
    *("kmsKeyId", "keyboard", "compass", "bypass", "COMPASS", "spw", "repat", "DB_PATH", "passes", "HTTP_BYPASS"),
    *("FIRST_PASS", "two-pass", "single_pass", "MULTI_PASS", "FILE_PAT", "url_pat", "pass", "pw", "pat", "path"),
    *("SECOND_PASS", "one.pass", "final-pass", "name_pat", "PATH_PAT"),
    *("clientRequestToken", "a_compass"),
    *("passwordLength", "accessKeyId", "secretsEnabled", "connection", "passing"),
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
        "sslPolicy",
        "userData",
        "userDataBase64",
        "fingerprint",
        "thumbprint",
    ),
    *("integrity", "caBundle", "ca_data", "caCert", "certificate", "certificateAuthorityData", "public_key", "tls.crt"),
    *("cert", "uid", "id", "userIds", "roleArn", "arns", "resourceVersion", "sha512sum"),
]
