"""Texts of one form, as machines and what stands before them need: how each is written, and where to copy it from."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from components.config.model import Matching, RefusedError

_SECRET_ARN = re.compile(
    "arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}", re.ASCII
)

MOST_RULES = 60
"""What a security group lets in, in rules: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""


def too_many_clients(clients: object, *, rules_each: int = 1, instead: str = "") -> Iterator[RefusedError]:
    """Yield that people list more ranges than a security group has rules for.

    Args:
        clients: the list as they wrote it.
        rules_each: the rules that one range takes.
        instead: what else than naming fewer would help, as the end of a sentence.
    """
    ranges = {each for each in clients if isinstance(each, str)} if isinstance(clients, list | tuple) else set()
    most = MOST_RULES // rules_each
    if len(ranges) > most:
        reason = f"clients names {len(ranges)} ranges at {rules_each} rules each; a security group has {MOST_RULES}"
        yield RefusedError(reason, f"name a wider range in place of several, at most {most}{instead}")


def _secret_arn(text: str) -> str:
    """Return the ARN of an entry; what is none may be a secret itself, and is not repeated."""
    if not _SECRET_ARN.fullmatch(text):
        reason = f"this text of {len(text)} characters is not the whole ARN of an entry in Secrets Manager"
        fix = "copy it, with the six characters at its end, from `aws secretsmanager list-secrets`; never write a value"
        raise RefusedError(reason, fix)
    return text


def _certificates(text: str) -> str:
    """Return certificates in PEM; what is something else may be a key, and is not repeated."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if not text.startswith(begin) or not text.rstrip().endswith(end) or "PRIVATE" in text:
        reason = f"this text of {len(text)} characters is not a certificate in PEM, or more than that"
        raise RefusedError(reason, f"write it from {begin} to {end}, and never a private key")
    return text


Image = Annotated[
    str,
    Matching(
        "[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?@sha256:[0-9a-f]{64}",
        "is not an image with a registry and a digest; a tag can point to other code tomorrow",
        "write registry/repository@sha256:<64 hex digits>, as `docker buildx imagetools inspect` prints it",
    ),
]
AmiId = Annotated[
    str,
    Matching(
        "ami-([0-9a-f]{8}|[0-9a-f]{17})",
        "is not the id of a machine image; only a fixed one can be rolled back to",
        "write what `aws ssm get-parameter --name "
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64` (or -arm64) prints, or one of yours",
    ),
]
CertificateArn = Annotated[
    str,
    Matching(
        "arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}",
        "is not the ARN of a certificate in ACM",
        "copy it from `aws acm list-certificates`",
    ),
]
SecretArn = Annotated[str, AfterValidator(_secret_arn)]
Certificates = Annotated[str, AfterValidator(_certificates)]
Domain = Annotated[
    str,
    Matching(
        r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        "is not a domain name",
        "write it in lower case, as recommender.example.com",
    ),
]
HostedZone = Annotated[
    str, Matching("Z[A-Z0-9]{1,31}", "is not the id of a hosted zone", "copy it from `aws route53 list-hosted-zones`")
]
UrlPath = Annotated[str, Matching(r"/[A-Za-z0-9/._-]*", "is not a URL's path", "write it as /health")]
FileName = Annotated[
    str, Matching("[A-Za-z0-9][A-Za-z0-9._-]{0,62}", "can't be the name of a file", "write it as api-key")
]
Variable = Annotated[
    str,
    Matching(
        "[A-Z][A-Z0-9_]{0,127}",
        "is not the name of an environment variable, as shells and people know it",
        "use upper-case letters, digits and underscores, as LOG_LEVEL",
    ),
]
Text = Annotated[
    str,
    Field(max_length=1024),
    Matching(r"[^\r\n\0]*", "has more than one line, which a file of variables can't hold", "write one line"),
]
