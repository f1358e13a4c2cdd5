"""Create, read, update and delete: each one transaction of the inventory."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass
from typing import Any

from local.providers.aws import kinds, outputs, references
from local.providers.aws.failures import AwsError, Refusal
from local.providers.aws.faults import Faults
from local.providers.aws.inventory import Inventory, Row, Transaction
from local.providers.aws.kind import Kind, Object
from local.providers.aws.making import Making
from local.providers.aws.settings import Settings
from local.providers.aws.shape import Shape, shape_of
from local.providers.values import UNKNOWN, Secret, plain

HIDDEN = "[secret]"
"""What the inventory has in place of a secret."""


@dataclass(frozen=True)
class Resource:
    """One resource of a program, and the inventory it is rehearsed in."""

    urn: str
    settings: Settings
    inventory: Inventory
    faults: Faults

    @property
    def token(self) -> str:
        """Its type: the last of the types that a URN holds."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def kind(self) -> Kind:
        """What AWS knows of its type."""
        return kinds.kind_of(self.token)

    @property
    def shape(self) -> Shape:
        """What the SDK knows of its type."""
        return shape_of(self.token)


def preview(resource: Resource, news: Object) -> Object:
    """The outputs that can be told before the resource is made."""
    return outputs.preview(resource.kind, resource.shape, resource.settings, news)


def create(resource: Resource, news: Object) -> tuple[str, Object]:
    """Make the resource: its id and outputs."""
    resource.faults.before("create", resource.token, resource.name)
    with resource.inventory.transaction() as transaction:
        made = transaction.times_made(resource.urn)
        making = _making(resource, transaction, news, transaction.next_number(), f"{resource.urn}#{made}")
        edges = references.edges(resource.kind, making)
        identifier, state = outputs.make(resource.kind, resource.shape, resource.settings, news, making)
        for rule in resource.kind.on_create:
            rule(making)
        claim = _claim(resource.kind, making)
        row = Row(
            making.number, resource.urn, resource.token, identifier, making.account, making.region,
            hidden(resource.kind, outputs.given(news)), hidden(resource.kind, state), is_outside=False,
        )  # fmt: skip
        transaction.add(row, _handles(resource.kind, making), edges, claim)
        _follow(resource, transaction, None, row)
    resource.faults.after("create", resource.token, resource.name)
    return identifier, state


def preview_update(resource: Resource, olds: Object, old_inputs: Object, news: Object) -> Object:
    """The outputs after an update; what it changes by itself is not known yet."""
    state = outputs.update(resource.kind, resource.shape, resource.settings, olds, old_inputs, news)
    return {**state, **dict.fromkeys(resource.kind.changed_by_update, UNKNOWN)}


def update(resource: Resource, identifier: str, olds: Object, old_inputs: Object, news: Object) -> Object:
    """Change the resource: its outputs."""
    resource.faults.before("update", resource.token, resource.name)
    with resource.inventory.transaction() as transaction:
        row = _existing(resource, transaction, identifier)
        state = outputs.update(resource.kind, resource.shape, resource.settings, olds, old_inputs, news)
        making = _making(resource, transaction, news, row.number, f"{resource.urn}#update")
        making.values = {**plain(state), "id": identifier}
        edges = references.edges(resource.kind, making)
        for rule in resource.kind.on_create:
            rule(making)
        if resource.kind.on_update:
            changed = resource.kind.on_update(making, plain(olds))
            state.update(changed)
            making.values.update(changed)
        changed_row = dataclasses.replace(
            row,
            inputs=hidden(resource.kind, outputs.given(news)),
            state=hidden(resource.kind, state),
        )
        claim = _claim(resource.kind, making, row)
        transaction.change(changed_row, _handles(resource.kind, making), edges, claim)
        _follow(resource, transaction, row, changed_row)
    resource.faults.after("update", resource.token, resource.name)
    return state


def delete(resource: Resource, identifier: str) -> None:
    """Delete the resource; one that is gone already is no error."""
    resource.faults.before("delete", resource.token, resource.name)
    with resource.inventory.transaction() as transaction:
        row = transaction.get(resource.token, identifier)
        if row is None:
            return
        if row.is_outside:
            raise Refusal(f"{row.token} {identifier} was there before these stacks and is not theirs to delete")
        making = _making(resource, transaction, row.inputs, row.number, resource.urn)
        making.values = {**row.state, "id": row.id}
        references.in_use(resource.kind, making, row)
        transaction.remove(row)
        _follow(resource, transaction, row, None)
    resource.faults.after("delete", resource.token, resource.name)


def read(resource: Resource, identifier: str, olds: Object, inputs: Object) -> tuple[str, Object, Object] | None:
    """The id, outputs and inputs as they are now; None when it is gone. Secrets are told only to who knew them."""
    resource.faults.before("read", resource.token, resource.name)
    with resource.inventory.transaction() as transaction:
        row = transaction.get(resource.token, identifier)
    if row is None:
        return None
    given = row.inputs if not row.is_outside else _asked_for(row)
    state, found = _reveal(row.state, olds), _reveal(given, inputs)
    if inputs.get(outputs.DEFAULTS) is not None:
        found[outputs.DEFAULTS] = inputs[outputs.DEFAULTS]
    return row.id, state, found


def _asked_for(row: Row) -> Object:
    """What a program would have to ask for to get what exists, as an import takes it from AWS."""
    return {key: value for key, value in row.state.items() if key in shape_of(row.token).inputs}


def hidden(kind: Kind, values: Object) -> Object:
    """The values without what is secret, for the inventory."""
    in_clear = kind.plain_secrets is not None and kind.plain_secrets(plain(values))
    found: Object = plain(values) if in_clear else _hidden(values)
    return found


def _hidden(value: Any) -> Any:
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else value


def _reveal(stored: Any, known: Any) -> Any:
    """What is stored, with the secrets and secret marks of what the engine knew."""
    if isinstance(known, Secret):
        return known if stored == HIDDEN or stored == plain(known.value) else Secret(stored)
    if isinstance(stored, dict):
        was = known if isinstance(known, dict) else {}
        return {key: _reveal(item, was.get(key)) for key, item in stored.items()}
    if isinstance(stored, list) and isinstance(known, list) and len(stored) == len(known):
        return [_reveal(item, before) for item, before in zip(stored, known, strict=True)]
    return stored


def _follow(resource: Resource, transaction: Transaction, before: Row | None, after: Row | None) -> None:
    if resource.kind.follow:
        resource.kind.follow(transaction, before, after)


def _making(resource: Resource, transaction: Transaction, inputs: Object, number: int, seed: str) -> Making:
    known = copy.deepcopy(plain(outputs.given(inputs)))
    return Making(
        token=resource.token,
        seed=seed,
        number=number,
        region=outputs.region_of(resource.settings, inputs),
        account=resource.settings.account,
        partition=resource.settings.partition,
        inputs=known,
        transaction=transaction,
    )


def _existing(resource: Resource, transaction: Transaction, identifier: str) -> Row:
    row = transaction.get(resource.token, identifier)
    if row is None:
        making = _making(resource, transaction, {}, 0, resource.urn)
        code, _, text = making.text(resource.kind.missing, value=identifier).partition(": ")
        raise AwsError(
            code, f"{text}\nIt was deleted from outside: `pulumi refresh` sees that, and `pulumi up` makes it again"
        )
    return row


def _claim(kind: Kind, making: Making, own: Row | None = None) -> str:
    """What only one resource may have; an error of AWS if another has it."""
    values = [making.values.get(name) for name in kind.unique]
    if not any(value not in (None, "", []) for value in values):
        return ""
    place = making.account if kind.is_global else f"{making.account} {making.region}"
    claim = f"{making.token} {place} {values!r}"
    other = making.transaction.claimant(claim)
    if other is not None and (own is None or other.number != own.number):
        shown = ", ".join(f"{name} {value}" for name, value in zip(kind.unique, values, strict=True) if value)
        code, _, message = making.text(kind.exists, values=shown).partition(": ")
        raise AwsError(code, f"{message}\nIt is {other.token} {other.name!r} ({other.id}) of this inventory")
    return claim


def _handles(kind: Kind, making: Making) -> list[tuple[str, str]]:
    """What the resource, and the ids that come with it, may be called by."""
    own = {making.values["id"], making.values.get("arn"), *(making.text(template) for template in kind.handles)}
    handles = [(making.token, str(handle)) for handle in sorted(filter(None, own))]
    for path, name in kind.holds.items():
        if value := _inside(making.values, path):
            handles.append((f"aws:{name}", str(value)))
    return handles


def _inside(values: Object, path: str) -> Any:
    """What a path such as `resources.0.name` leads to; None: nothing."""
    value: Any = values
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value
