"""The outputs of a resource: what was given, what AWS makes of it, and in a preview what only it will know."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from local.providers.aws.kind import Kind, Object
from local.providers.aws.making import Making
from local.providers.aws.settings import Settings
from local.providers.aws.shape import ANY, Block, Field, Listing, Mapped, Node, Shape
from local.providers.values import UNKNOWN, Secret, plain

DEFAULTS = "__defaults"
_ACCOUNT_OUTPUTS = ("ownerId", "registryId", "accountId", "owner")
_DATE_OUTPUTS = ("createDate", "createdAt", "modifiedAt", "associatedAt", "createTime", "lastModifiedTime")


def given(inputs: Object) -> Object:
    """The inputs without the provider's own notes and what is null."""
    return {key: value for key, value in inputs.items() if key != DEFAULTS and value is not None}


def preview(kind: Kind, shape: Shape, settings: Settings, inputs: Object) -> Object:
    """What can be told before the resource is made."""
    state = {**_documented(kind, shape, given(inputs)), "region": region_of(settings, inputs)}
    for name, declared in shape.outputs.items():
        if declared.required and name not in state:
            state[name] = UNKNOWN
    for path in kind.outputs:
        head, _, rest = path.partition(".")
        if rest and isinstance(state.get(head), dict | list):
            _fill(state[head], rest.split("."), UNKNOWN)
    return _finished(shape, settings, inputs, state)


def make(kind: Kind, shape: Shape, settings: Settings, inputs: Object, making: Making) -> tuple[str, Object]:
    """The id and outputs of a new resource."""
    making.values = plain({**_documented(kind, shape, given(inputs)), "region": making.region})
    identifier = kind.id(making) if callable(kind.id) else making.text(kind.id)
    making.values["id"] = identifier
    if kind.arn and "arn" in shape.outputs and "arn" not in {*making.values, *kind.outputs}:
        making.values["arn"] = making.text(f"arn:{{partition}}:{kind.arn}", "arn")
    for path, rule in kind.outputs.items():
        _apply(making, path, rule)
    for name, declared in shape.outputs.items():
        if declared.required and name not in making.values:
            making.values[name] = _conventional(name, declared.node, making)
    made = {key: value for key, value in making.values.items() if key in shape.outputs}
    return identifier, _finished(shape, settings, inputs, made)


def update(kind: Kind, shape: Shape, settings: Settings, olds: Object, old_inputs: Object, news: Object) -> Object:
    """The outputs after an update: what was given changes, what AWS made stays."""
    was, now = plain(given(old_inputs)), _documented(kind, shape, given(news))
    state = {
        key: value
        for key, value in plain(olds).items()
        if key in shape.outputs and (key not in was or key in now or shape.outputs[key].required)
    }
    for key, value in now.items():
        node = shape.inputs[key].node
        state[key] = _merged(node, state.get(key), was.get(key), value)
    return _finished(shape, settings, news, state)


def region_of(settings: Settings, inputs: Object) -> str:
    """Where a resource lives: each may say so, else its provider does."""
    chosen = plain(inputs.get("region"))
    return chosen if isinstance(chosen, str) else settings.region


def _finished(shape: Shape, settings: Settings, inputs: Object, state: Object) -> Object:
    """With all tags, and with what is secret marked, as the inputs or the SDK say."""
    if "tagsAll" in shape.outputs:
        own = plain(inputs.get("tags") or {})
        state["tagsAll"] = own if own is UNKNOWN else {**settings.default_tags, **own}
    state = {key: value for key, value in state.items() if key in shape.outputs}
    return {key: _marked(value, inputs.get(key), always=key in shape.secrets) for key, value in state.items()}


def _marked(value: Any, was: Any, *, always: bool) -> Any:
    """An output, secret where the input it repeats was."""
    if isinstance(value, Secret) or value is None:
        return value
    if always or isinstance(was, Secret):
        return Secret(plain(value))
    if isinstance(value, dict) and isinstance(was, dict):
        return {key: _marked(item, was.get(key), always=False) for key, item in value.items()}
    if isinstance(value, list) and isinstance(was, list) and len(value) == len(was):
        return [_marked(item, before, always=False) for item, before in zip(value, was, strict=True)]
    return value


def _documented(kind: Kind, shape: Shape, values: Object) -> Object:
    """The values with the documented defaults of what was left out, at every depth; a table knows better."""
    known = {*kind.outputs, *kind.empty.split(), "region"}
    return _with_defaults(shape.inputs, values, {name for name in shape.outputs if name not in known})


def _with_defaults(inputs: dict[str, Field], values: Object, told: AbstractSet[str]) -> Object:
    found = {}
    for name, declared in inputs.items():
        if name in values:
            found[name] = _deep(declared.node, values[name])
        elif declared.default is not None and name in told:
            found[name] = declared.default
    return found


def _deep(node: Node, value: Any) -> Any:
    if isinstance(node, Block) and isinstance(value, dict):
        return _with_defaults(node.fields, value, node.fields.keys())
    if isinstance(node, Listing) and isinstance(value, list):
        return [_deep(node.item, item) for item in value]
    if isinstance(node, Mapped) and isinstance(value, dict):
        return {key: _deep(node.item, item) for key, item in value.items()}
    return value


def _apply(making: Making, path: str, rule: Any) -> None:
    """Make one output, unless it was given; `block.field` fills a block that is there, or each of a list of them."""
    head, *rest = path.split(".")
    present = making.values.get(head)
    if not rest and head in making.values:
        return
    if rest and present is None:
        return
    value = rule(making) if callable(rule) else making.text(rule, path) if isinstance(rule, str) else rule
    if value is None:
        return
    if rest:
        _fill(present, rest, value)
    else:
        making.values[head] = value


def _fill(block: Any, path: list[str], value: Any) -> None:
    if isinstance(block, list):
        for item in block:
            _fill(item, path, value)
    elif isinstance(block, dict):
        if len(path) == 1:
            block.setdefault(path[0], value)
        else:
            _fill(block.get(path[0]), path[1:], value)


def _conventional(name: str, node: Node, making: Making) -> Any:
    """What an output is that no table names: by its name, else the empty value of its type."""
    if name in _ACCOUNT_OUTPUTS:
        return making.account
    if name in _DATE_OUTPUTS:
        return making.date()
    return empty(node)


def empty(node: Node) -> Any:
    """The empty value of a type."""
    if isinstance(node, Listing):
        return []
    if isinstance(node, Mapped):
        return {}
    if isinstance(node, Block):
        return {name: empty(field.node) for name, field in node.fields.items() if field.required}
    return {"string": "", "boolean": False, "integer": 0, "number": 0}.get(node.name)


def is_conventional(name: str) -> bool:
    """Whether an output gets its value by its name alone."""
    return name in (*_ACCOUNT_OUTPUTS, *_DATE_OUTPUTS, "tagsAll", "region")


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every known text inside, with its path; lists are passed through."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, path)
    elif isinstance(value, str):
        yield path, value


def _merged(node: Node, old: Any, was_given: Any, new: Any) -> Any:
    """The new value; a block, or a list of as many blocks, keeps what AWS had added to the old one."""
    if isinstance(node, Block) and isinstance(old, dict) and isinstance(was_given, dict) and isinstance(new, dict):
        added = {key: item for key, item in old.items() if key not in was_given}
        nodes = {key: field.node for key, field in node.fields.items()}
        return {
            **added,
            **{key: _merged(nodes.get(key, ANY), old.get(key), was_given.get(key), item) for key, item in new.items()},
        }
    lists = (old, was_given, new)
    if isinstance(node, Listing) and all(isinstance(x, list) and len(x) == len(new) for x in lists):
        return [_merged(node.item, *items) for items in zip(*lists, strict=True)]
    return new
