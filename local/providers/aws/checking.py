"""The inputs of a resource, judged by its shape: unknown names, what is missing, and values of the wrong type."""

from __future__ import annotations

import difflib
import hashlib
import json
import secrets as randomness
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pulumi.runtime import rpc

from local.providers.aws.kind import Kind, Object
from local.providers.aws.outputs import DEFAULTS
from local.providers.aws.shape import Block, Field, Listing, Mapped, Node, Scalar, Shape
from local.providers.values import UNKNOWN, Secret, has_secret, has_unknown, plain

NAME_DIGITS = 7
_NO_LIMIT = 255
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@dataclass(frozen=True)
class Naming:
    """How the engine wants unnamed resources named."""

    seed: bytes = b""
    proposed: str = ""
    is_disabled: bool = False


def check(
    kind: Kind, shape: Shape, name: str, olds: Object, news: Object, naming: Naming
) -> tuple[Object, list[tuple[str, str]]]:
    """The inputs, their types made right and their names filled in, and every failure: path and reason."""
    problems: list[tuple[str, str]] = []
    news = {key: value for key, value in news.items() if key != DEFAULTS and value is not None}
    checked = dict(_object(shape.inputs, news, "", problems))
    defaulted = []
    given_name = plain(checked.get(kind.name))
    if isinstance(given_name, str) and len(given_name) > kind.name_limit < _NO_LIMIT:
        why = f"expected length of {kind.name} to be in the range (1 - {kind.name_limit}), got {len(given_name)}"
        problems.append((kind.name, f"{why}: {given_name}"))
    if _wants_name(kind, shape, news):
        made, why = _name(kind, name, olds, naming)
        if why:
            problems.append((kind.name, why))
        else:
            checked[kind.name] = made
            defaulted.append(kind.name)
    for secret in shape.secrets & set(checked):
        if checked[secret] is not UNKNOWN and not isinstance(checked[secret], Secret):
            checked[secret] = Secret(checked[secret])
    checked[DEFAULTS] = defaulted
    return checked, problems


def _wants_name(kind: Kind, shape: Shape, news: Object) -> bool:
    """Whether the program left out a name that the provider makes up, and no prefix for AWS to make one of either."""
    declared = shape.inputs.get(kind.name)
    if declared is None or declared.required or declared.node != Scalar("string"):
        return False
    return kind.name not in news and f"{kind.name}Prefix" not in news


def _name(kind: Kind, name: str, olds: Object, naming: Naming) -> tuple[Any, str]:
    """The name it had, else `<logical name>-<7 hex digits>`, or as the engine's autonaming configuration proposes."""
    if kind.name in (olds.get(DEFAULTS) or []) and olds.get(kind.name):
        return olds[kind.name], ""
    if naming.is_disabled:
        return None, f"autonaming is disabled in this project, and the resource has no name: set `{kind.name}`"
    if naming.proposed:
        return naming.proposed, ""
    digits = hashlib.sha256(naming.seed).hexdigest() if naming.seed else randomness.token_hex(NAME_DIGITS)
    start = kind.name_start + (name.lower() if kind.name == "bucket" else name)
    return f"{start[: kind.name_limit - NAME_DIGITS - 1]}-{digits[:NAME_DIGITS]}", ""


def _object(
    fields: dict[str, Field], values: Object, path: str, problems: list[tuple[str, str]]
) -> Iterator[tuple[str, Any]]:
    for name, declared in fields.items():
        if declared.required and values.get(name) is None:
            here = _join(path, name)
            problems.append((here, f'Missing required argument. The argument "{here}" is required, but is not set'))
    for name, value in values.items():
        here = _join(path, name)
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1)
            hint = f'. Did you mean "{near[0]}"?' if near else ""
            problems.append((here, f'An argument named "{name}" is not expected here{hint}'))
        elif value is not None:
            yield name, _value(fields[name].node, value, here, problems)


def _value(node: Node, value: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    """A value as its node wants it; what is not known yet is left as it is."""
    if value is UNKNOWN:
        return value
    if isinstance(value, Secret):
        return Secret(_value(node, value.value, path, problems))
    if isinstance(node, Block) and isinstance(value, dict):
        return dict(_object(node.fields, {k: v for k, v in value.items() if k != DEFAULTS}, path, problems))
    if isinstance(node, Mapped) and isinstance(value, dict):
        return {key: _value(node.item, item, _join(path, key), problems) for key, item in value.items()}
    if isinstance(node, Listing) and isinstance(value, list):
        return [_value(node.item, item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    if isinstance(node, Scalar):
        return _scalar(node, value, path, problems)
    problems.append((path, f"expected {_words(node)}, got {_shown(value)}"))
    return value


def _scalar(node: Scalar, value: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    """A scalar, made of another kind where nothing is lost: the official provider does so too."""
    if node.name == "any":
        return _document(value)
    is_boolean = isinstance(value, bool)
    if isinstance(value, _PYTHON_TYPES[node.name]) and is_boolean == (node.name == "boolean"):
        return value
    if node.name == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if is_boolean else str(value)
    if node.name == "boolean" and value in ("true", "false"):
        return value == "true"
    if node.name in ("integer", "number") and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            pass
        else:
            if node.name == "number" or number.is_integer():
                return int(number) if number.is_integer() else number
    problems.append((path, f"expected {_words(node)}, got {_shown(value)}"))
    return value


def _document(value: Any) -> Any:
    """A policy that was given as an object becomes the text that AWS takes; assets stay as they are."""
    if not isinstance(value, dict) or rpc._special_sig_key in value:  # noqa: SLF001 - the key has no public name
        return value
    if has_unknown(value):
        return UNKNOWN
    text = json.dumps(plain(value), separators=(",", ":"))
    return Secret(text) if has_secret(value) else text


def _words(node: Node) -> str:
    if isinstance(node, Scalar):
        return {"string": "text", "boolean": "true or false", "integer": "a whole number"}.get(node.name, "a number")
    return "a list" if isinstance(node, Listing) else "an object"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"{value!r}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
