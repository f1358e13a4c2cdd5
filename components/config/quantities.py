"""Kubernetes quantities (`250m`, `1Gi`) as validated strings, and their values as numbers."""

import re
from decimal import Decimal
from typing import Annotated

from kubernetes.utils.quantity import parse_quantity
from pydantic import AfterValidator, BeforeValidator, Field, Strict

from components.config.model import RefusedError

_GRAMMAR = re.compile(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?")
"""https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/; the client library reads more."""

MOST_CORES = 1_000_000
SMALLEST_MEMORY = 4 * 1024 * 1024


def amount(quantity: str) -> Decimal:
    """Return a quantity in its base unit: cores or bytes.

    Raises:
        ValueError: the text is not a Kubernetes quantity.
    """
    return Decimal(parse_quantity(quantity))  # type: ignore[no-untyped-call]


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _positive(quantity: str, fix: str) -> Decimal:
    if not _GRAMMAR.fullmatch(quantity) or len(quantity) > 32:
        raise RefusedError(f'"{quantity}" is not a Kubernetes quantity; the API server would refuse it', fix)
    value = amount(quantity)
    if value <= 0:
        raise RefusedError(f'"{quantity}" is not more than zero, so no container could start', fix)
    return value


def _cpu(quantity: str) -> str:
    fix = 'write cores ("0.5", "2") or millicores ("250m")'
    value = _positive(quantity, fix)
    if value > MOST_CORES:
        raise RefusedError(f'"{quantity}" is {value:f} cores; was a memory quantity meant?', fix)
    if value % Decimal("0.001"):
        raise RefusedError(f'"{quantity}" is finer than a millicore, which Kubernetes can\'t count', fix)
    return quantity


def _memory(quantity: str) -> str:
    fix = 'write bytes with a binary suffix: "512Mi", "2Gi"'
    value = _positive(quantity, fix)
    if value < SMALLEST_MEMORY:
        raise RefusedError(f'"{quantity}" is {value} bytes, less than any container needs to start (4Mi)', fix)
    return quantity


Count = Annotated[int, Strict()]
"""A whole number as YAML writes it: neither `"3"` nor `yes`."""

Cpu = Annotated[
    str,
    BeforeValidator(_number_as_text),
    AfterValidator(_cpu),
    Field(
        description="CPU: cores (`2`, `0.5`) or millicores (`250m`).",
        examples=["250m"],
        json_schema_extra={"type": ["string", "number"]},
    ),
]
Memory = Annotated[
    str,
    BeforeValidator(_number_as_text),
    AfterValidator(_memory),
    Field(
        description="Memory in bytes with a suffix: `512Mi`, `2Gi`.",
        examples=["512Mi"],
        json_schema_extra={"type": ["string", "number"]},
    ),
]
