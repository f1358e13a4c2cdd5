"""The option that pins the version of the Pod Security Standards: the cluster's minor version."""

from __future__ import annotations

import re
from typing import Final

from policies.rule import Option, Options
from policies.unknowns import shown

_OLDEST: Final = (1, 25)
_NEWEST: Final = (1, 37)
_KEY: Final = "kubernetesVersion"


def _parse(value: object) -> object:
    match = re.fullmatch(r"v?(\d{1,3})\.(\d{1,3})", value) if isinstance(value, str) else None
    version = (int(match[1]), int(match[2])) if match else None
    if version is None or not _OLDEST <= version <= _NEWEST:
        raise ValueError(
            f"{shown(value)} is not a supported version. Fix: write the cluster's minor version as a string, "
            f'from "{_OLDEST[0]}.{_OLDEST[1]}" to "{_NEWEST[0]}.{_NEWEST[1]}".'
        )
    return version


def at_least(options: Options, major: int, minor: int) -> bool:
    """Whether the pinned version has what came with this one."""
    version = options[_KEY]
    return isinstance(version, tuple) and version >= (major, minor)


KUBERNETES_VERSION: Final[dict[str, Option]] = {
    _KEY: Option(
        schema={
            "type": "string",
            "pattern": r"^v?1\.(2[5-9]|3[0-7])$",
            "description": "The cluster's minor version, 1.35 unless set.",
        },
        default="1.35",
        parse=_parse,
    )
}
