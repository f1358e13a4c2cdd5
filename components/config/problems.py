"""What is wrong with a configuration, said so that a person can mend it: all of it, in one report."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from components.config.model import RefusedError

_SENSITIVE = re.compile(r"(^|\.)config(\.|$)|authority|password|secret|token|credential|api_?key", re.IGNORECASE)
_LONGEST_VALUE = 120
_WORDS = ("union_tag_invalid", "literal_error", "enum")
_PLAIN_WORDS = {
    "tuple_type": "this has to be a list",
    "model_type": "this has to be a map of options",
    "model_attributes_type": "this has to be a map of options",
    "dict_type": "this has to be a map of options",
    "int_type": "this has to be a whole number, without quotes",
    "union_tag_not_found": "`kind` is missing, so nobody knows what this is",
}


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where (file, line from 1, path inside), the value found, why, and what to do."""

    file: str
    line: int
    path: str
    value: str
    reason: str
    fix: str

    def __str__(self) -> str:
        """Return the problem as three lines."""
        where = f"  line {self.line}: " if self.line else "  "
        found = f"{self.path} = {self.value}" if self.path and self.value else self.path or self.value
        head = f"{where}{found}".rstrip(": ")
        return "\n".join([*([head] if head.strip() else []), f"    {self.reason}", f"    Fix: {self.fix}"])


class ConfigurationError(Exception):
    """The configuration can't work. Holds every problem found; its text is the report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(report(self.problems))


def report(problems: Sequence[Problem]) -> str:
    """Return the report of all problems, grouped by file."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the configuration; nothing was changed."
    files = [
        "\n".join([file, *(str(problem) for problem in group)])
        for file, group in groupby(sorted(problems), key=lambda problem: problem.file)
    ]
    return "\n\n".join([count, *files])


def shown(path: str, value: object) -> str:
    """Return a value as a report may show it: short, and hidden where it could be a credential."""
    if isinstance(value, Mapping | list | tuple) or value is None:
        return ""
    if _SENSITIVE.search(path):
        return "(hidden)"
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def from_validation(
    error: ValidationError, model: type[BaseModel], file: str, line_of: Callable[[str], int]
) -> list[Problem]:
    """Return pydantic's errors as problems; `line_of` gives the line of a dotted path."""
    problems = []
    for item in _meant(error.errors()):
        owner, keys = _resolve(model, item["loc"])
        path = ".".join(str(key) for key in keys)
        reason, fix = _reason_and_fix(item, owner, str(keys[-1]) if keys else "")
        problems.append(Problem(file, line_of(path), path, shown(path, item["input"]), reason, fix))
    return problems


def _meant(errors: Sequence[Any]) -> Iterator[Any]:
    """Leave out that a list is too short where it only lost what is wrong in itself, which is said already."""
    places = [item["loc"] for item in errors]
    for item in errors:
        inside = any(len(place) > len(item["loc"]) and place[: len(item["loc"])] == item["loc"] for place in places)
        if item["type"] != "too_short" or not inside:
            yield item


def _of_a_word(item: Mapping[str, Any], example: str) -> tuple[str, str]:
    """Return reason and fix of a word that is none of those known, with the one that was probably meant."""
    known = item["ctx"].get("expected_tags") or item["ctx"]["expected"]
    near = difflib.get_close_matches(str(item["ctx"].get("tag", item["input"])), re.findall("'([^']+)'", known), n=1)
    guess = f"did you mean {near[0]}? Else " if near else ""
    if item["type"] == "union_tag_invalid":
        return f"`kind` is none that is known: {known}", f"{guess}change it{example}"
    return item["msg"][0].lower() + item["msg"][1:], f"{guess}change the value{example}"


def _reason_and_fix(item: Mapping[str, Any], owner: type[BaseModel] | None, key: str) -> tuple[str, str]:
    refused = item.get("ctx", {}).get("error")
    if isinstance(refused, RefusedError):
        return refused.reason, refused.fix
    if item["type"] == "extra_forbidden":
        known = sorted(str(field.alias) for field in owner.model_fields.values()) if owner else []
        near = difflib.get_close_matches(key, known, n=1)
        guess = f"did you mean `{near[0]}`? " if near else ""
        return f"`{key}` is no option here, so it would have no effect", f"{guess}known: {', '.join(known)}"
    if item["type"] == "missing":
        return f"`{key}` is missing", f"add `{key}:`{_example(owner, key)}"
    if item["loc"][-1:] == ("[key]",):
        return f"the key `{key}` is not text in YAML (yes, no, on, off and numbers are not)", "put the key in quotes"
    if item["type"] == "string_type":
        plain = isinstance(item["input"], int | float) and not isinstance(item["input"], bool)
        return f"`{key}` is not text in YAML", f'put it in quotes: {key}: "{item["input"]}"' if plain else "write text"
    if item["type"] in _WORDS:
        return _of_a_word(item, _example(owner, key))
    untagged = item["type"] == "union_tag_not_found" and not isinstance(item["input"], Mapping)
    words = _PLAIN_WORDS.get("model_type" if untagged else item["type"])
    if words:
        return words, f"change it{_example(owner, key)}"
    return item["msg"][0].lower() + item["msg"][1:], f"change the value{_example(owner, key)}"


def _resolve(model: type[BaseModel], location: Sequence[str | int]) -> tuple[type[BaseModel] | None, list[str | int]]:
    """Follow pydantic's location; return the model that owns its last key, and the path as the file has it.

    Pydantic puts the tag of a discriminated union and the mark `[key]` between the keys; files have neither.
    """
    candidates, owner = [model], model
    keys: list[str | int] = []
    for part in location:
        if len(candidates) > 1 and isinstance(part, str):
            candidates = [each for each in candidates if _is_tagged(each, part)] or candidates[:1]
            continue
        if part == "[key]":
            continue
        keys.append(part)
        if isinstance(part, int):
            continue
        if candidates:
            owner = candidates[0]
        field = next((f for f in owner.model_fields.values() if f.alias == part), None)
        candidates = _models_in(field.annotation) if field else []
    return owner, keys


def _is_tagged(model: type[BaseModel], tag: str) -> bool:
    """Whether a union knows a model by a tag: its `kind`, or the name of the option that it alone has."""
    kind = model.model_fields.get("kind")
    return tag in get_args(kind.annotation) if kind else tag in model.model_fields


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]


def _example(owner: type[BaseModel] | None, key: str) -> str:
    field = next((f for f in owner.model_fields.values() if f.alias == key), None) if owner else None
    if field is None:
        return ""
    if field.examples:
        return f", for example `{key}: {field.examples[0]}`"
    return f" ({field.description})" if field.description else ""
