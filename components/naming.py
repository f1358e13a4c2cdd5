"""Names that follow from content."""

import hashlib
import json
from collections.abc import Mapping


def content_hash(content: Mapping[str, object]) -> str:
    """Return ten hexadecimal digits that change whenever the content does."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]


def addressed(name: str, content: Mapping[str, object]) -> str:
    """Return a name that carries its content's hash.

    A changed ConfigMap is replaced; under a fixed name it would vanish meanwhile, and pods would keep the old values.
    """
    return f"{name}-{content_hash(content)}"
