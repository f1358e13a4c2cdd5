"""What a resource refers to: everything its inputs name must be there, and be of the right type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local.providers.aws import kinds
from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.outputs import strings

if TYPE_CHECKING:
    from local.providers.aws.inventory import Row
    from local.providers.aws.making import Making

_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):.+")
_MADE_OUTSIDE = re.compile(
    r"arn:aws[a-z-]*:iam::(aws:.+|\d{12}:(root|role/aws-reserved/.+|user/.+))|alias/aws/.+|arn:aws[a-z-]*:kms:.*:alias/aws/.+"
)
"""AWS's own policies and keys, an account's root and users, and the roles that Identity Center makes."""
_FREE_TEXT = frozenset({"configurationValues", "content", "description", "labels", "tags", "userData", "value"})
"""Properties whose text is the program's own affair."""
OUTSIDE = "existing.json"


def edges(kind: Kind, making: Making) -> list[tuple[str, int]]:
    """Every resource that the inputs refer to, by the path that does; a reference to nothing is AWS's error."""
    found: list[tuple[str, int]] = []
    for path, value in strings(making.inputs):
        is_prose = "\n" in value or value.lstrip().startswith("{") or _FREE_TEXT & set(path.split("."))
        if is_prose:
            continue
        wanted = _wanted(kind, making.token, path)
        if wanted:
            found += _named(making, path, value, wanted)
        elif wanted is None:
            found += _recognized(making, path, value)
    return sorted(set(found))


def _wanted(kind: Kind, token: str, path: str) -> tuple[str, ...] | None:
    """The types that a property may name: none where a table lifts the rule, None where no table speaks of it."""
    if path in kind.refers:
        return kind.refers[path]
    service, leaf = token.removeprefix("aws:").partition("/")[0], path.rpartition(".")[2]
    general = kinds.GENERAL_REFERENCES
    found = general.get(f"{service}:{leaf}", general.get(leaf))
    is_own_name = found is not None and path in kind.unique and token.removeprefix("aws:") in found
    return () if is_own_name else found


def _named(making: Making, path: str, value: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    tokens = tuple(f"aws:{name}" for name in wanted)
    row = making.transaction.find(value, tokens)
    if row is not None:
        yield path, row.number
    elif not _is_elsewhere(making, value):
        raise _missing(making, path, value, wanted[0])


def _recognized(making: Making, path: str, value: str) -> Iterator[tuple[str, int]]:
    """Where no table speaks of a property, a value in the form of a known id or ARN must still be one."""
    name = kinds.by_form(value)
    if name is None:
        return
    row = making.transaction.find(value, (f"aws:{name}",))
    if row is not None:
        yield path, row.number
    elif not _is_elsewhere(making, value) and not making.transaction.is_known(value):
        raise _missing(making, path, value, name)


def _is_elsewhere(making: Making, value: str) -> bool:
    """Whether a value names what no stack makes, or what is in another account."""
    if _MADE_OUTSIDE.fullmatch(value):
        return True
    arn = _ARN.fullmatch(value)
    return bool(arn and arn["account"] and arn["account"] != making.account)


def _missing(making: Making, path: str, value: str, name: str) -> AwsError:
    text = making.text(kinds.kind_of(f"aws:{name}").missing, value=value)
    code, _, message = text.partition(": ")
    other = kinds.by_form(value)
    but = f" It has the form of a {_type(other)}." if other and other != name else ""
    return AwsError(
        code,
        f"{message}\n`{path}` must name a {_type(name)} of this inventory, and nothing made one.{but} If it exists "
        f"outside of these stacks, list it in the rehearsal's {OUTSIDE}",
    )


def _type(name: str) -> str:
    module, _, rest = name.partition("/")
    return f"{module}.{rest.partition(':')[2]}"


def in_use(kind: Kind, making: Making, row: Row) -> None:
    """Refuse to delete what others need."""
    if kind.released and making.values.get(kind.released):
        return
    for switch, message in kind.protected.items():
        if making.values.get(switch):
            raise _error(making, message)
    if kind.on_delete:
        kind.on_delete(making)
    if not kind.in_use:
        return
    holders = [e for e in making.transaction.referrers(row) if _holds(kind, e.source.token, e.path)]
    if holders:
        shown = ", ".join(dict.fromkeys(f"{e.source.token} {e.source.name!r} ({e.source.id})" for e in holders))
        raise _error(making, kind.in_use, f"\nIn use by {shown}: delete that first")


def _holds(kind: Kind, token: str, path: str) -> bool:
    name = token.removeprefix("aws:")
    if kind.held_by:
        return name in kind.held_by
    return name not in kind.lets and f"{name}#{path}" not in kind.lets


def _error(making: Making, template: str, more: str = "") -> AwsError:
    code, _, message = making.text(template).partition(": ")
    return AwsError(code, message + more)
