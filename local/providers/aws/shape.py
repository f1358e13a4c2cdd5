"""The shape of every resource type, read from the classes of the installed `pulumi_aws`."""

from __future__ import annotations

import collections.abc
import enum
import functools
import importlib
import inspect
import re
import sys
import threading
import types
import typing
import warnings
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import _types as sdk

from local.providers.aws.failures import Refusal

TOKEN = re.compile(r"aws:([a-z0-9]+)/([A-Za-z0-9]+):([A-Za-z0-9]+)")
_SECRET_INPUT = re.compile(r'__dict__\["(\w+)"\] = None if \w+ is None else pulumi\.Output\.secret')
_DEFAULT = re.compile(r"[Dd]efaults? (?:is|to|value is|value:) `\"?([^`\"]+)\"?`(?=[.)]|\s*$)")
"""Only a literal that ends its sentence: one that goes on has conditions."""
_ONE_AT_A_TIME = threading.RLock()
"""`pulumi_aws` loads its modules on first use, and a second thread would see them half loaded."""
_SECRET_OUTPUTS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")


@dataclass(frozen=True)
class Scalar:
    """`name` is string, boolean, integer, number or any."""

    name: str


@dataclass(frozen=True)
class Listing:
    """A list of one kind of item."""

    item: Node


@dataclass(frozen=True)
class Mapped:
    """A map from text to one kind of item."""

    item: Node


@dataclass(frozen=True)
class Block:
    """An object with named fields, as a class of the SDK declares it."""

    declared: type

    @property
    def fields(self) -> dict[str, Field]:
        """Its fields, by the names they have on the wire."""
        with _ONE_AT_A_TIME:
            return _fields(self.declared)


Node = Scalar | Listing | Mapped | Block
ANY = Scalar("any")


@dataclass(frozen=True)
class Field:
    """A property: its type, and whether it must be there (inputs), or always is (outputs)."""

    node: Node
    required: bool
    default: Any = None
    """What AWS takes when nothing is given, where the documentation names it."""


@dataclass(frozen=True)
class Shape:
    """A resource type: what a program may give, what AWS answers with, and which of it is secret."""

    inputs: dict[str, Field]
    outputs: dict[str, Field]
    secrets: frozenset[str]


def shape_of(token: str) -> Shape:
    """The shape of a type, by its token `aws:<module>/<file>:<Name>`."""
    with _ONE_AT_A_TIME:
        return _shape_of(token)


@functools.cache
def _shape_of(token: str) -> Shape:
    declared = _class_of(token)
    arguments = _arguments_of(declared)
    source = inspect.getsource(declared._internal_init)  # noqa: SLF001 - every resource class has it; the marks of secrets are there only
    names = {member.fget.__name__: _wire_name(member) for member in _properties(arguments)}
    secrets = {names.get(name, name) for name in _SECRET_INPUT.findall(source)}
    for listed in _SECRET_OUTPUTS.findall(source):
        secrets.update(re.findall(r'"(\w+)"', listed))
    return Shape(_fields(arguments), _fields(declared), frozenset(secrets))


def _class_of(token: str) -> Any:
    match = TOKEN.fullmatch(token)
    unknown = Refusal(
        f"{token} is no resource type of the installed pulumi_aws: check its name, or upgrade the package"
    )
    if match is None:
        raise unknown
    module = match[1] if match[1] != "lambda" else "lambda_"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of types that nobody asked for
            declared = getattr(importlib.import_module(f"pulumi_aws.{module}"), match[3], None)
    except ModuleNotFoundError:
        raise unknown from None
    if not (inspect.isclass(declared) and issubclass(declared, pulumi.CustomResource)):
        raise unknown
    return declared


def _arguments_of(declared: type) -> type:
    """The class of a resource's arguments stands first in its module; same-named ones elsewhere are of blocks."""
    module = sys.modules[declared.__module__]
    found: type = getattr(module, module.__all__[0])
    return found


def _properties(declared: type) -> list[Any]:
    return [m for m in vars(declared).values() if isinstance(m, property) and hasattr(m.fget, "_pulumi_name")]


def _wire_name(member: Any) -> str:
    return str(member.fget._pulumi_name)  # noqa: SLF001 - the decorator's mark has no public name


@functools.cache
def _fields(declared: type) -> dict[str, Field]:
    if sdk.is_input_type(declared):
        types_by_name: dict[str, Any] = sdk.input_type_types(declared)
        needed = {
            name
            for name, parameter in inspect.signature(declared.__init__).parameters.items()  # type: ignore[misc]
            if parameter.default is inspect.Parameter.empty
        }
        nodes = {_wire_name(m): _node(types_by_name.get(_wire_name(m))) for m in _properties(declared)}
        return {
            name: Field(nodes[name], m.fget.__name__ in needed, _documented_default(m.fget.__doc__ or "", nodes[name]))
            for m in _properties(declared)
            for name in (_wire_name(m),)
        }
    is_resource = issubclass(declared, pulumi.Resource)
    types_by_name = sdk.resource_types(declared) if is_resource else sdk.output_type_types(declared)
    return {
        _wire_name(m): Field(_node(types_by_name.get(_wire_name(m))), not _is_optional(m, within_output=is_resource))
        for m in _properties(declared)
    }


def _documented_default(text: str, node: Node) -> Any:
    """The literal that a description calls the default, if it is one of the property's type."""
    found = _DEFAULT.search(text)
    if found is None or not isinstance(node, Scalar):
        return None
    literal = found[1]
    if node.name == "boolean":
        return {"true": True, "false": False}.get(literal)
    if node.name == "integer":
        return int(literal) if literal.isdecimal() else None
    is_text = node.name == "string" and not literal.isdecimal()
    return literal if is_text else None


def _is_optional(member: Any, *, within_output: bool) -> bool:
    annotation = member.fget.__annotations__["return"]
    if within_output:
        (annotation,) = typing.get_args(annotation)
    return type(None) in typing.get_args(annotation)


_SCALARS: dict[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def _node(annotation: Any) -> Node:
    """The node of an annotation; of a union, what is left without `None`, awaitables, outputs and enums."""
    if annotation in _SCALARS:
        return Scalar(_SCALARS[annotation])
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        plain = [a for a in arguments if not _is_wrapper(a)]
        nodes = {_node(a) for a in plain}
        return nodes.pop() if len(nodes) == 1 else ANY
    if origin is not None and issubclass(origin, collections.abc.Mapping):
        return Mapped(_node(arguments[1]))
    if origin is not None and issubclass(origin, collections.abc.Sequence):
        return Listing(_node(arguments[0]))
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        return Scalar("string")
    if inspect.isclass(annotation) and (sdk.is_input_type(annotation) or sdk.is_output_type(annotation)):
        return Block(annotation)
    return ANY


def _is_wrapper(annotation: Any) -> bool:
    origin = typing.get_origin(annotation) or annotation
    if origin is type(None) or isinstance(origin, str | typing.ForwardRef):
        return True
    return inspect.isclass(origin) and issubclass(origin, collections.abc.Awaitable | pulumi.Output)
