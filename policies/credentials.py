"""What credentials look like: names that announce one, formats of providers, and values too random to be words.

Pure and shared by the rules about secrets. No answer holds any part of a value: what comes back is only what the value
is like. A scan is cheap: a format's expression runs only where its hint, a plain substring, occurs. No expression takes
more than linear time for a hostile text.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

SHORTEST: Final = 12
_LEAST_BITS: Final = 3.9
_LEAST_CHANGES: Final = 0.4
_LEAST_DIGIT_RUNS: Final = 2
_LEAST_SEGMENT: Final = 16

_Formats = tuple[tuple[str, str, re.Pattern[str]], ...]
_FORMATS: Final[_Formats] = tuple(
    (hint, name, re.compile(pattern))
    for hint, name, pattern in (
        ("PRIVATE KEY", "a private key", r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
        ("LS0tLS1CRUdJTi", "a private key", r"LS0tLS1CRUdJTiB(?:QUklW|SU0Eg|FQyBQ|EU0Eg|PUEVO|FTkNS|QR1Ag)"),
        ("AKIA", "an AWS access key", r"\bAKIA[A-Z0-9]{16}\b"),
        ("ASIA", "an AWS access key", r"\bASIA[A-Z0-9]{16}\b"),
        ("gh", "a GitHub token", r"\bgh[opsur]_[A-Za-z0-9]{36}"),
        ("github_pat_", "a GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{22}"),
        ("glpat-", "a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20}"),
        ("xox", "a Slack token", r"\bxox[abceoprs]-[A-Za-z0-9-]{10}"),
        ("xapp-", "a Slack token", r"\bxapp-[0-9]-[A-Za-z0-9-]{10}"),
        ("hooks.slack.com", "a Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/\w+/\w+/\w"),
        ("sk-ant-", "an Anthropic key", r"\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{20}"),
        ("sk-", "an OpenAI key", r"\bsk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20}|[A-Za-z0-9]{40})"),
        ("sk-", "an API key", r"\bsk-(?:or-v1|lf)-[a-f0-9-]{32}"),
        ("hf_", "a Hugging Face token", r"\bhf_[A-Za-z0-9]{30}"),
        ("AIza", "a Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
        ("GOCSPX-", "a Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_-]{20}"),
        ("ya29.", "a Google access token", r"\bya29\.[A-Za-z0-9_-]{20}"),
        ("Key=", "an Azure key", r"\b(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40}"),
        ("sig=", "an Azure signature", r"[?&]sig=[A-Za-z0-9%+/]{40}"),
        ("8Q~", "an Azure client secret", r"[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31}"),
        ("_live_", "a Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20}"),
        ("npm_", "an npm token", r"\bnpm_[A-Za-z0-9]{36}"),
        ("pypi-", "a PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{40}"),
        ("dckr_pat_", "a Docker token", r"\bdckr_pat_[A-Za-z0-9_-]{20}"),
        ("SG.", "a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39}"),
        ("hvs.", "a Vault token", r"\bhvs\.[A-Za-z0-9_-]{24}"),
        ("pul-", "a Pulumi token", r"\bpul-[a-f0-9]{40}\b"),
        ("dapi", "a Databricks token", r"\bdapi[a-f0-9]{32}"),
        ("nvapi-", "an NVIDIA key", r"\bnvapi-[A-Za-z0-9_-]{40}"),
        ("gsk_", "a Groq key", r"\bgsk_[A-Za-z0-9]{40}"),
        ("xai-", "an xAI key", r"\bxai-[A-Za-z0-9]{40}"),
        ("r8_", "a Replicate token", r"\br8_[A-Za-z0-9]{37}"),
        ("lsv2_", "a LangSmith key", r"\blsv2_(?:pt|sk)_[a-f0-9]{32}"),
        ("pcsk_", "a Pinecone key", r"\bpcsk_[A-Za-z0-9_]{30}"),
        ("eyJ", "a JSON Web Token", r"\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{10}"),
        ("earer ", "a bearer token", r"\b[Bb]earer [A-Za-z0-9+/_.=-]{20}"),
        ("asic ", "a basic authorization", r"\b[Bb]asic [A-Za-z0-9+/]{11,}[A-Za-z0-9+/=](?![\w ])"),
    )
)
_URL_PASSWORD: Final = re.compile(r"://[^\s/?#:@\"'<>]{0,200}:([^\s/?#@\"']{1,300})@")
_WORDS: Final = (
    r"pass(?:word|wd|phrase|code)s?|pwd|secrets?|tokens?|credentials?|connection[_.-]?strings?|"
    r"(?:api|access|secret|private|signing|encryption|account|auth|shared|master)[_.-]?keys?"
)
_NAME: Final = re.compile(
    rf"(?:{_WORDS}|[_.-](?:pass|pw|pat))[_.-]?(?:\d{{1,3}}|value|string|plain|plaintext|text|base64|binary|hash)?\Z",
    re.IGNORECASE,
)
_PASSWORD: Final = re.compile(r"(?:pass(?:word|wd|phrase|code)s?|pwd|[_.-](?:pass|pw))[_.-]?\d{0,3}\Z", re.IGNORECASE)
_NAME_HINTS: Final = ("pass", "pw", "pat", "secret", "token", "credential", "key", "connection")
_NO_SECRET_NAME: Final = re.compile(
    r"(?:(?:creation|request|idempotency|next|continue|continuation|page|pagination|max|min|stop|eos|bos|pad"
    r"|special|input|output|prompt|completion|total|num|context)[_.-]?tokens?"
    r"|(?-i:clientToken)|(?:pull|existing|external|tls)[_.-]?secrets?"
    r"|(?:first|second|one|two|single|multi|final)[_.-]pass|(?:file|name|path|url)[_.-]pat)\Z",
    re.IGNORECASE,
)
_FINGERPRINT_NAME: Final = re.compile(
    r"(?:hash|checksum|digest|sha\d*(?:sum)?|md5|etag|fingerprint|thumbprint|integrity|ca[_.-]?(?:bundle|data|cert)"
    r"|certificate(?:[_.-]?\w{1,40})?|public[_.-]?key|cert|crt|uid|ids?|arns?|version"
    r"|ssl[_.-]?policy|user[_.-]?data(?:[_.-]?base64)?)\Z",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    r"\$[({]|\$[A-Za-z_]\w*\Z|%[({]|\{\{|<[^<>]*>\Z|\(\(|\[\[|arn:|file:|env:|vault:|ref\+|secretref:|ssm:|op://|gs://"
    r"|s3://|kms:|awskms:|ENC\[|projects/|alias/|secret/|secrets/|kv/"
    r"|[./~](?:\Z|[^/\s]*/|[^/\s]+\.[a-z][a-z0-9]{0,4}\Z)|https?://(?:[a-z-]*\Z|[^\s./:${<%]*[./:${<%])",
    re.IGNORECASE,
)
_INNOCENT: Final = re.compile(
    r"|[*.x•_-]+|true|false|yes|no|on|off|null|none|nil|enabled?|disabled?|optional|required|redacted|default|auto|string",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_ASSIGNED: Final = re.compile(
    r"(?:pass(?:word|wd|phrase)|pwd|client[_.-]?secret|(?:api|secret|secret[_.-]?access|private|access)[_.-]?key"
    r"|(?:auth|access|api|bearer|refresh|session)[_.-]?token)"
    r"[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?([^\s\"',;&)\]}]{6,300})",
    re.IGNORECASE,
)
_ASSIGNED_HINTS: Final = ("pass", "pwd", "secret", "key", "token")
_CODE: Final = re.compile(r".*[(\[{].*|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|\.[A-Za-z_]\w*", re.DOTALL)
_RANDOM: Final = re.compile(r"(?:[A-Za-z0-9+/]{24,128}|[A-Za-z0-9_-]{24,128})={0,2}")
_FLAG: Final = re.compile(r"--?([A-Za-z][A-Za-z0-9_.-]{0,60})(?:=(.*))?", re.DOTALL)
_LOGIN: Final = re.compile(r"([^\s:/]*):([^\s/][^\s]*)")
_GROUPS: Final = frozenset({"root", "nogroup", "nobody", "nonroot", "users", "wheel", "staff", "daemon", "www-data"})
_CLASSES: Final = (str.isdigit, str.isupper, str.islower)


@lru_cache(4096)
def announces(name: str) -> bool:
    """Whether a name says that its value is a credential: it ends in `password`, `token`, `apiKey` and the like."""
    lowered = name.lower()
    if not any(hint in lowered for hint in _NAME_HINTS):
        return False
    return bool(_NAME.search(name)) and not _NO_SECRET_NAME.search(name)


def formats_in(text: str) -> _Formats:
    """The formats whose hint occurs in a text: only those can be found in it or in a part of it."""
    return tuple([each for each in _FORMATS if each[0] in text])


def disclosed(name: str, value: str, formats: _Formats = _FORMATS) -> str:
    """What credential a named value is, as words for a message; empty if it is none.

    `formats` are those to look for, where `formats_in` a text that holds the value told them.
    """
    if announces(name) and is_literal(value, number=bool(_PASSWORD.search(name))):
        return "a literal under a name that announces a credential"
    if len(value) < SHORTEST:
        return ""
    found = credential_in(value, formats)
    if found:
        return found
    random = random_text(value)
    return "" if random and _FINGERPRINT_NAME.search(name) else random


def credential_in(text: str, formats: _Formats = _FORMATS) -> str:
    """Which credential of a known format is somewhere in a text, as words for a message; empty if none."""
    if len(text) < SHORTEST:
        return ""
    for hint, name, pattern in formats:
        if hint in text and pattern.search(text):
            return name
    if "://" in text and any(is_literal(match[1], number=True) for match in _URL_PASSWORD.finditer(text)):
        return "a URL with a password"
    if ("=" in text or ":" in text) and any(hint in text.lower() for hint in _ASSIGNED_HINTS):
        return "an assignment of a credential" if _assigned(text) else ""
    return ""


def random_text(value: str) -> str:
    """`a random text` if the whole value is one word that no person chose: letters of both cases and digits, mixed."""
    if not _RANDOM.fullmatch(value) or not all(any(map(test, value)) for test in _CLASSES):
        return ""
    word = value.rstrip("=")
    classes = [next((index for index, test in enumerate(_CLASSES) if test(letter)), len(_CLASSES)) for letter in word]
    changes = sum(left != right for left, right in pairwise(classes))
    digit_runs = len(re.findall(r"\d+", word))
    random = (
        max(map(len, re.split("[/_-]", word))) >= _LEAST_SEGMENT
        and changes >= _LEAST_CHANGES * len(word)
        and digit_runs >= _LEAST_DIGIT_RUNS
        and _bits(word) >= _LEAST_BITS
    )
    return "a random text" if random else ""


def is_literal(value: str, *, number: bool) -> bool:
    """Whether a value is given itself: it is no reference, no switch, no mask and, unless one counts, no number."""
    stripped = value.strip()
    if _INNOCENT.fullmatch(stripped) or _REFERENCE.match(stripped):
        return False
    return number or not _NUMBER.fullmatch(stripped)


def is_login(value: str) -> bool:
    """Whether a value is a user with a password (`user:password`), not one with a group or a host with a port."""
    match = _LOGIN.fullmatch(value.strip())
    if match is None or match[1] == match[2] or match[2] in _GROUPS:
        return False
    return is_literal(match[2], number=False)


def flags(words: Iterable[object]) -> Iterator[tuple[int, str, str]]:
    """The flags of a command line that have a value: its place, their name, the value (`--a=b` or `--a b`)."""
    name = ""
    for index, word in enumerate(words):
        match = _FLAG.fullmatch(word) if isinstance(word, str) else None
        if match and match[2] is not None:
            yield index, match[1], match[2]
        elif match is None and name and isinstance(word, str):
            yield index, name, word
        name = match[1] if match and match[2] is None else ""


def _assigned(text: str) -> bool:
    given = (match[1] for match in _ASSIGNED.finditer(text))
    return any(is_literal(value, number=True) and not _CODE.fullmatch(value) for value in given)


def _bits(word: str) -> float:
    """Shannon's entropy of the word's letters, in bits a letter."""
    size = len(word)
    return -sum(count / size * math.log2(count / size) for count in Counter(word).values())
