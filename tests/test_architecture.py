"""The laws of the house, held by reading the code."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import components
from components.config.model import Model

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("components", "policies", "local", "cli", "tests")
SOURCES = [ROOT / "__main__.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
PROGRAM = [path for path in SOURCES if "components" in path.parts and "tests" not in path.parts]
SHELLS = {"component.py", "cluster.py", "ground.py", "load.py"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name(path))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def component_classes() -> list[ast.ClassDef]:
    classes = [node for path in PROGRAM for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return [node for node in classes if any("ComponentResource" in ast.unparse(base) for base in node.bases)]


def constructor(node: ast.ClassDef) -> ast.FunctionDef:
    return next(item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__")


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_has_at_most_60_lines(path: Path) -> None:
    assert [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > 60] == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_string_statement_is_a_docstring(path: Path) -> None:
    """A docstring opens a module, class or function, or follows the assignment that it describes."""
    stray = []
    for node in ast.walk(tree(path)):
        body = getattr(node, "body", None)
        for before, item in zip([None, *body], body, strict=False) if isinstance(body, list) else []:
            text = isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)
            if text and before is not None and not isinstance(before, ast.Assign | ast.AnnAssign):
                stray.append(item.lineno)
    assert stray == []


@pytest.mark.parametrize("path", PROGRAM, ids=name)
def test_only_the_loader_and_the_program_read_configuration_and_export(path: Path) -> None:
    attributes = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    forbidden = {"pulumi.Config", "pulumi.get_stack", "pulumi.export", "os.environ", "os.getenv"} & attributes
    assert not forbidden or path.name == "load.py"


@pytest.mark.parametrize("path", [p for p in PROGRAM if p.name not in SHELLS and p.parent.name != "layers"], ids=name)
def test_builders_and_models_know_no_pulumi(path: Path) -> None:
    assert [module for module in imports(path) if module.startswith("pulumi")] == []


@pytest.mark.parametrize("path", PROGRAM, ids=name)
def test_the_built_knows_neither_the_judge_nor_the_local_cloud(path: Path) -> None:
    assert [module for module in imports(path) if module.split(".")[0] in ("policies", "local", "cli")] == []


@pytest.mark.parametrize("path", sorted((ROOT / "policies").rglob("*.py")), ids=name)
def test_the_judge_shares_no_code_with_the_judged(path: Path) -> None:
    assert [module for module in imports(path) if module.split(".")[0] in ("components", "local", "cli")] == []


@pytest.mark.parametrize("path", sorted((ROOT / "local" / "providers").rglob("*.py")), ids=name)
def test_the_offline_providers_know_nothing_of_the_program(path: Path) -> None:
    assert [module for module in imports(path) if module.split(".")[0] in ("components", "policies")] == []


def test_the_program_is_short_and_decides_nothing() -> None:
    path = ROOT / "__main__.py"
    nodes = list(ast.walk(tree(path)))
    docstrings = {ast.get_docstring(node) for node in nodes if isinstance(node, ast.Module | ast.AsyncFunctionDef)}
    literals = [n.value for n in nodes if isinstance(n, ast.Constant) and n.value not in docstrings]
    assert len(path.read_text().splitlines()) <= 40
    assert not any(isinstance(node, ast.If | ast.IfExp | ast.Match) for node in nodes)
    assert literals == []


@pytest.mark.parametrize("node", component_classes(), ids=lambda node: node.name)
class TestAComponent:
    def test_has_the_token_of_its_class(self, node: ast.ClassDef) -> None:
        assert f"'agent-platform:index:{node.name}'" in ast.unparse(constructor(node))

    def test_registers_its_outputs_last(self, node: ast.ClassDef) -> None:
        assert ast.unparse(constructor(node).body[-1]).startswith("self.register_outputs(")

    def test_never_merges_the_callers_options(self, node: ast.ClassDef) -> None:
        assert ".merge(" not in ast.unparse(node)

    def test_has_a_constructor_that_is_a_table_of_contents(self, node: ast.ClassDef) -> None:
        init = constructor(node)
        assert len(init.body) <= 12
        assert not any(isinstance(part, ast.If | ast.For | ast.While | ast.Try) for part in ast.walk(init))

    def test_makes_no_resource_inside_apply(self, node: ast.ClassDef) -> None:
        assert ".apply(" not in ast.unparse(node)

    def test_names_its_children_after_itself(self, node: ast.ClassDef) -> None:
        made = [
            call
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and any(keyword.arg == "opts" for keyword in call.keywords)
        ]
        assert made
        for call in made:
            first = ast.unparse(call.args[0])
            assert first.startswith(("f'{name}-", "f'{self._name}-")) or first == "name", first


def test_every_model_is_frozen_and_refuses_unknown_keys() -> None:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    models: list[type[Model]] = [Model, *Model.__subclasses__()]
    assert len(models) > 10
    for model in models:
        assert model.model_config.get("frozen"), model
        assert model.model_config.get("extra") == "forbid", model


@pytest.mark.parametrize("path", sorted((ROOT / "policies" / "rules").glob("*/[!_]*.py")), ids=name)
def test_every_policy_has_a_test_module(path: Path) -> None:
    assert (ROOT / "tests" / "policies" / "rules" / path.parent.name / f"test_{path.stem}.py").is_file()
