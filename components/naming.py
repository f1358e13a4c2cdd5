"""Names that follow from content, and names in AWS that fit."""

import hashlib
import json
import re
from collections.abc import Mapping

DIGITS = 8


def content_hash(content: Mapping[str, object]) -> str:
    """Return ten hexadecimal digits that change whenever the content does."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]


def addressed(name: str, content: Mapping[str, object]) -> str:
    """Return a name that carries its content's hash.

    A changed ConfigMap is replaced; under a fixed name it would vanish meanwhile, and pods would keep the old values.
    """
    return f"{name}-{content_hash(content)}"


def called(*parts: str, most: int) -> str:
    """Return names joined by hyphens, in at most so many characters.

    A name that is too long, or has two hyphens in a row, which ElastiCache and RDS refuse, ends in a hash of the whole:
    two that begin alike stay apart.

    Args:
        parts: the names.
        most: how many characters the service allows.
    """
    whole = "-".join(parts)
    plain = re.sub("-+", "-", whole)
    if plain == whole and len(whole) <= most:
        return whole
    return f"{plain[: most - DIGITS - 1].rstrip('-')}-{digits(whole)}"


def digits(*parts: str) -> str:
    """Return eight hexadecimal digits that follow from some names."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:DIGITS]
