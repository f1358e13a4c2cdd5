"""Manifests mended: the edits of the rules that mend, applied to plain values, and the result as YAML.

Comments and the layout of the file are lost. A mark of secrecy is left out: a manifest can't carry one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Final

import yaml
from pulumi_policy import EnforcementLevel

from cli.pack.configuration import Configuration
from cli.pack.scalars import resolve
from cli.pack.subjects import Subject
from policies.dispatcher import Dispatcher
from policies.findings import Change, Edit, Keys
from policies.rule import AnyRule, Resource

_CORE: Final = "core/"
_WIDTH: Final = 120


def mended(
    subjects: Iterable[Subject], rules: Iterable[AnyRule], configuration: Configuration
) -> tuple[list[Subject], int]:
    """The subjects with every remedy applied once, rule by rule as the engine does, and the number of edits."""
    active = [rule for rule in rules if configuration.levels[rule.name] is not EnforcementLevel.DISABLED]
    levels = {rule.name: EnforcementLevel.REMEDIATE for rule in active if rule.mends}
    dispatcher = Dispatcher(active, configuration.settings, {**configuration.levels, **levels})
    done, count = [], 0
    for subject in subjects:
        resource = subject.resource
        for rule in dispatcher.mending(resource.type):
            edits = [each for each in dispatcher.edits(rule, resource) if each.value is not Change.MARK_SECRET]
            count += len({each.keys for each in edits})
            resource = _edited(resource, edits)
        done.append(subject._replace(resource=resource, final=resource))
    return done, count


def as_yaml(subjects: Iterable[Subject]) -> str:
    """The manifests of the subjects as one file."""
    text: str = yaml.dump_all(
        map(_manifest, subjects), Dumper=_Dumper, sort_keys=False, width=_WIDTH, explicit_start=True
    )
    return text


def _edited(resource: Resource, edits: Iterable[Edit]) -> Resource:
    properties: Any = copy.deepcopy(resource.properties)
    changes = {edit.keys: edit.value for edit in edits}
    removed = sorted((keys for keys, value in changes.items() if value is Change.REMOVE), key=_position, reverse=True)
    for keys, value in changes.items():
        if value is not Change.REMOVE:
            _owner(properties, keys)[keys[-1]] = copy.deepcopy(value)
    for keys in removed:
        del _owner(properties, keys)[keys[-1]]
    return resource._replace(properties=properties)


def _position(keys: Keys) -> tuple[tuple[int, str], ...]:
    return tuple((key, "") if isinstance(key, int) else (-1, key) for key in keys)


def _owner(value: Any, keys: Keys) -> Any:
    """What holds the last key; objects on the way to it are made."""
    for key in keys[:-1]:
        if isinstance(key, str) and value.get(key) is None:
            value[key] = {}
        value = value[key]
    return value


def _manifest(subject: Subject) -> dict[str, object]:
    _, version, kind = subject.resource.type.split(":")
    properties = subject.resource.properties
    rest = properties if isinstance(properties, dict) else {}
    return {"apiVersion": version.removeprefix(_CORE), "kind": kind, **rest}


class _Dumper(yaml.CSafeDumper):
    """Writes text so that Kubernetes reads it back as text."""


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    style = None if isinstance(resolve(value), str) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
