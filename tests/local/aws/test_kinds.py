"""How true the rehearsal is: every type of the tables against what the SDK declares of it."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.providers.aws import kinds
from local.providers.aws.outputs import is_conventional
from local.providers.aws.shape import Block, Listing, Mapped, Node, Scalar, shape_of
from local.providers.values import UNKNOWN, Secret, plain
from tests.local.aws.plugin import Plugin
from tests.local.aws.world import World

ROOT = Path(__file__).resolve().parents[3]
TYPES = sorted(kinds.KINDS)
ARN = re.compile(r"arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+")


@pytest.mark.parametrize("name", TYPES)
def test_every_property_in_a_table_is_one_that_the_sdk_has(name: str) -> None:
    kind, shape = kinds.KINDS[name], shape_of(f"aws:{name}")
    inputs, all_of_them = set(shape.inputs), {*shape.inputs, *shape.outputs}
    replaced = [path.partition(".")[0] for path in kind.replaces.split()]
    assert set(replaced) <= inputs
    assert {path.partition(".")[0] for path in [*kind.refers, *kind.protected, *kind.unique]} <= all_of_them
    assert {path.partition(".")[0] for path in [*kind.outputs, *kind.empty.split(), *kind.holds]} <= set(shape.outputs)
    assert not kind.name or kind.name in inputs or kind.name == "name"


@pytest.mark.parametrize("name", TYPES)
def test_every_output_that_aws_makes_has_a_source(name: str) -> None:
    """An output that no rule makes must be named as one that AWS leaves empty: nothing is empty by oversight."""
    kind, shape = kinds.KINDS[name], shape_of(f"aws:{name}")
    made = {*kind.outputs, *kind.empty.split(), kind.name} | ({"arn"} if kind.arn else set())
    without = [
        output
        for output, declared in shape.outputs.items()
        if declared.required
        and output not in made
        and not is_conventional(output)
        and not (output in shape.inputs and (shape.inputs[output].required or shape.inputs[output].default is not None))
    ]
    assert without == []


@pytest.mark.parametrize("name", TYPES)
def test_a_type_lives_through_preview_creation_reading_and_deletion(name: str, world: World, plugin: Plugin) -> None:
    news = world.inputs(name)
    shape = shape_of(f"aws:{name}")
    planned = plugin.preview(name, news)
    made = plugin.make(name, news)
    assert made.id
    for output, declared in shape.outputs.items():
        if declared.required:
            assert output in planned, f"{output} is missing from the preview"
            _has_type(declared.node, plain(made[output]), output)
    for output, value in planned.items():
        assert _has_unknown(value) or made[output] == value, f"{output} was promised otherwise"
    assert "arn" not in made.state or not made["arn"] or ARN.fullmatch(made["arn"])
    assert set(shape.secrets) & set(made.state) <= {k for k, v in made.state.items() if isinstance(v, Secret)}
    assert not plugin.diff(made, news).detailedDiff
    found = plugin.read(name, made.id, made.state, made.inputs)
    assert found is not None
    assert found.state == made.state
    plugin.delete(made)
    assert plugin.read(name, made.id) is None


def _has_unknown(value: Any) -> bool:
    """Whether the preview did not know the value, or a part of it."""
    if isinstance(value, dict):
        return any(_has_unknown(item) for item in value.values())
    if isinstance(value, Secret):
        return _has_unknown(value.value)
    return any(_has_unknown(item) for item in value) if isinstance(value, list) else value is UNKNOWN


def _has_type(node: Node, value: Any, path: str) -> None:
    """The value is of the type that the SDK declares, at every depth."""
    if isinstance(node, Scalar):
        allowed: dict[str, tuple[type, ...]] = {
            "string": (str,),
            "boolean": (bool,),
            "integer": (int,),
            "number": (int, float),
        }
        assert node.name == "any" or isinstance(value, allowed[node.name]), f"{path} is {value!r}"
    elif isinstance(node, Listing):
        assert isinstance(value, list), f"{path} is {value!r}"
        for item in value:
            _has_type(node.item, item, f"{path}[]")
    elif isinstance(node, Mapped):
        assert isinstance(value, dict), f"{path} is {value!r}"
    elif isinstance(node, Block):
        assert isinstance(value, dict), f"{path} is {value!r}"
        assert set(value) <= set(node.fields), f"{path} has {set(value) - set(node.fields)}"
        for key, field in node.fields.items():
            assert key in value or not field.required, f"{path}.{key} is missing"
            if key in value:
                _has_type(field.node, value[key], f"{path}.{key}")


def test_shapes_can_be_asked_for_from_many_threads_at_once() -> None:
    """In a process of its own: the SDK loads a module only once."""
    script = """
from concurrent.futures import ThreadPoolExecutor
from local.providers.aws import kinds
from local.providers.aws.shape import shape_of

with ThreadPoolExecutor(64) as pool:
    found = list(pool.map(shape_of, [f"aws:{name}" for name in kinds.KINDS] * 2))
assert all(shape.outputs for shape in found)
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_type_that_the_program_makes_is_in_a_table() -> None:
    """So that no part of a rehearsal is of made-up ids only."""
    import pulumi_aws

    made = set()
    for path in (ROOT / "components").rglob("*.py"):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        made |= {
            parts[1:] for call in calls if len(parts := tuple(ast.unparse(call).split("."))) == 3 and parts[0] == "aws"
        }
    tokens = {getattr(getattr(getattr(pulumi_aws, module), name), "pulumi_type", None) for module, name in made}
    assert tokens - {None} - {f"aws:{name}" for name in kinds.KINDS} == set()
    assert tokens
