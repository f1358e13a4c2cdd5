"""What is in the account before any stack, such as networks and roles of others: `existing.json` by the inventory.

    [{"type": "aws:ec2/vpc:Vpc", "id": "vpc-0123456789abcdef0", "state": {"cidrBlock": "10.0.0.0/16"}}, …]

Such a resource can be referred to and read, never changed or deleted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from local.providers.aws import references
from local.providers.aws.failures import Refusal
from local.providers.aws.inventory import Inventory, Row
from local.providers.aws.settings import Settings
from local.providers.aws.shape import shape_of


class Existing(BaseModel):
    """One resource; `handles` are what else it goes by, such as its ARN or name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    id: str
    state: dict[str, Any] = Field(default_factory=dict)
    handles: tuple[str, ...] = ()


def load(inventory: Inventory, settings: Settings) -> None:
    """Bring what the file lists into the inventory; what is there already stays."""
    path = inventory.path.parent / references.OUTSIDE
    for listed in _read(path):
        unknown = sorted(set(listed.state) - set(shape_of(listed.type).outputs))
        if unknown:
            raise Refusal(f"{path}: {listed.type} has no output {', '.join(unknown)}")
        with inventory.transaction() as transaction:
            if transaction.get(listed.type, listed.id) is not None:
                continue
            handles = {listed.id, *listed.handles, *filter(None, [listed.state.get("arn")])}
            row = Row(
                transaction.next_number(), f"outside::::{listed.type}::{listed.id}", listed.type, listed.id,
                settings.account, settings.region, {}, listed.state, is_outside=True,
            )  # fmt: skip
            transaction.add(row, [(listed.type, handle) for handle in sorted(handles)], [], "")


def _read(path: Path) -> list[Existing]:
    if not path.is_file():
        return []
    try:
        return TypeAdapter(list[Existing]).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError) as error:
        raise Refusal(f"{path} can't be used: {error}") from None
