"""The reference of options, made from the models. `python -m components.config.reference` writes it anew."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.config.agent import AgentFile
from components.config.bootstrap import BootstrapStack
from components.config.load import ROOT
from components.config.platform import StackSettings

PAGES: dict[str, tuple[type[BaseModel], str]] = {
    "agent-file.md": (
        AgentFile,
        "# The agent's file\n\n`agents/<team>/<name>.yaml`; the path gives the team and the name.",
    ),
    "stack-settings.md": (
        StackSettings,
        "# A stack's settings\n\n`Pulumi.<stack>.yaml`, each option under `config:` as `agent-platform:<option>`.",
    ),
}
_NAMES = {"str": "text", "int": "whole number", "bool": "true or false", "float": "number"}


def page(model: type[BaseModel], head: str) -> str:
    """Return one page: an option a row, nested options by their dotted path."""
    rows = "\n".join(_rows(model, ""))
    return f"{head}\n\n| option | what it takes | default | meaning |\n|-|-|-|-|\n{rows}\n"


def write() -> None:
    """Write every page into `docs/`."""
    for file, (model, head) in PAGES.items():
        (ROOT / "docs" / file).write_text(page(model, head), encoding="utf-8")
    guide = ROOT / "docs" / "bootstrap.md"
    text = guide.read_text(encoding="utf-8").partition("\n| option |")[0]
    guide.write_text(page(BootstrapStack, text.rstrip()), encoding="utf-8")


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for field in model.model_fields.values():
        path = f"{prefix}{field.alias}"
        inner = _models(field.annotation)
        yield f"| `{path}` | {_kind(field.annotation)} | {_default(field)} | {field.description or ''} |"
        for nested in inner:
            mark = "[]." if get_origin(field.annotation) is tuple else "."
            yield from _rows(nested, f"{path}{mark}")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or isinstance(value, BaseModel) or value in ((), {}):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{value}`"


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]


def _kind(annotation: Any) -> str:
    origin, parts = get_origin(annotation), [part for part in get_args(annotation) if part not in (type(None), ...)]
    if origin is Annotated:
        return _kind(parts[0])
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of: {_kind(parts[0])}"
    if origin is dict:
        return f"map of: {_kind(parts[1])}"
    if origin in (Union, UnionType):
        return " or ".join(_kind(part) for part in parts)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "map"
    values = getattr(annotation, "__members__", None)
    if values:
        return " or ".join(f"`{value.value}`" for value in values.values())
    return _NAMES[annotation.__name__]


if __name__ == "__main__":
    write()
