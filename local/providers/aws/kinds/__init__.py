"""What AWS knows of each resource type, by service; and what a value's form says about what it names."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from local.providers.aws.kind import GENERIC, Kind
from local.providers.aws.kinds import (
    access,
    caches,
    cluster,
    databases,
    delivery,
    distributions,
    firewalls,
    gateways,
    messaging,
    names,
    network,
    operations,
    storage,
    vault,
)
from local.providers.aws.kinds.references import GENERAL_REFERENCES as GENERAL_REFERENCES

KINDS: Mapping[str, Kind] = {
    name: kind
    for table in (
        network,
        firewalls,
        gateways,
        cluster,
        access,
        storage,
        vault,
        databases,
        caches,
        messaging,
        delivery,
        names,
        distributions,
        operations,
    )
    for name, kind in table.KINDS.items()
}
_EC2_ID = re.compile(r"([a-z]+(?:-[a-z]+)?-)([0-9a-f]{8}|[0-9a-f]{17})")
_ARN = re.compile(r"arn:aws[a-z-]*:([a-z0-9-]+):[a-z0-9-]*:\d*:(.+)")


def kind_of(token: str) -> Kind:
    """What is known of a type; nothing but made-up ids for one that no table has."""
    return KINDS.get(token.removeprefix("aws:"), GENERIC)


def is_known(token: str) -> bool:
    """Whether a table has the type."""
    return token.removeprefix("aws:") in KINDS


def by_form(value: str) -> str | None:
    """The type that a value names, if its form tells: an id of EC2's kind, or an ARN."""
    if match := _EC2_ID.fullmatch(value):
        return _id_prefixes().get(match[1])
    match = _ARN.fullmatch(value)
    if match is None or "*" in value or match[2].startswith(("aws-service-role/", "aws:")):
        return None
    service, resource = match.groups()
    for prefix, name in _arn_prefixes().get(service, ()):
        if resource.startswith(prefix) and (prefix or "/" not in resource):
            return name
    return None


@functools.cache
def _id_prefixes() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, kind in KINDS.items():
        if isinstance(kind.id, str) and kind.id.endswith("-{hex17}"):
            found.setdefault(kind.id.removesuffix("{hex17}"), name)
    return found


@functools.cache
def _arn_prefixes() -> dict[str, list[tuple[str, str]]]:
    """By service: what a resource part begins with and the type, longest first."""
    found: dict[str, dict[str, str]] = {}
    for name, kind in KINDS.items():
        parts = kind.arn.split(":", 3)
        if len(parts) == 4:
            found.setdefault(parts[0], {}).setdefault(parts[3].split("{")[0], name)
    return {service: sorted(prefixes.items(), key=lambda item: -len(item[0])) for service, prefixes in found.items()}
