"""The reference of rules, made from the rules. `python -m policies.reference` writes it anew."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from policies import rules
from policies.rule import AnyRule, Option

TARGET: Final = Path(__file__).resolve().parents[1] / "docs" / "policies.md"
_COLUMNS: Final = ("rule", "level", "severity", "what it asks", "mends", "covers")
_ACRONYMS: Final = frozenset({"ecr", "efs", "eks", "gpu", "iam", "kms", "rbac", "s3", "vpc"})
_HEAD: Final = """# The policy pack

Every resource is judged at preview and again before it is created. `agentctl policies explain <rule>` says why a rule
exists and how to satisfy it; `agentctl policies test <file>` tries the pack on manifests or on a rendered stack.

Levels, options and exemptions are set in `policies/config.<environment>.json`. An exemption names the resource, a
reason and its last day, after which it ends every run until the resource is mended or the exemption renewed. In files
of manifests, which have no logical names, a resource is called `<namespace>/<name>`, and the rules that ask which
values are marked as secret rest:

```json
{"pod-no-host-path": {"enforcementLevel": "mandatory",
                      "exemptions": [{"resource": "kubernetes:apps/v1:DaemonSet::node-agent",
                                      "reason": "reads the node's logs", "expires": "2027-03-31"}]}}
```

Levels are `mandatory`, `advisory`, `disabled`, and `remediate` for rules that mend. The schema of these files is
`policies/config.schema.json`; name it in the editor's settings, since the engine takes a `$schema` key for a rule.
"""


def by_area(chosen: Iterable[AnyRule] = rules.RULES) -> dict[str, list[AnyRule]]:
    """The rules by area, which is the folder that a rule lies in."""
    folders = _folders()
    found: dict[str, list[AnyRule]] = {}
    for rule in sorted(chosen, key=lambda it: (folders.get(it.name, ""), it.name)):
        found.setdefault(folders.get(rule.name, "other"), []).append(rule)
    return found


def page() -> str:
    """The whole page: a section an area, with a table of its rules and their options."""
    sections = by_area()
    count = sum(map(len, sections.values()))
    return _HEAD + f"\n{count} rules in {len(sections)} areas.\n" + "".join(map(_section, sections, sections.values()))


def _section(area: str, members: list[AnyRule]) -> str:
    options = "".join(_options(rule) for rule in members if rule.options)
    table = "".join(f"{_row(rule)}\n" for rule in members)
    head = f"| {' | '.join(_COLUMNS)} |\n|{'-|' * len(_COLUMNS)}\n"
    below = f"\nOptions:\n\n{options}" if options else ""
    return f"\n## {_title(area)}\n\n{_intro(area)}{head}{table}{below}"


def _intro(area: str) -> str:
    module = importlib.import_module(f"{rules.__name__}.{area}") if area in set(_folders().values()) else None
    text = (module.__doc__ or "").strip().partition("\n\n")[0] if module else ""
    return f"{text}\n\n" if text else ""


def _title(area: str) -> str:
    return area.upper() if area in _ACRONYMS else area.replace("_", " ").capitalize()


def _row(rule: AnyRule) -> str:
    scope = "" if rule.judge else " (whole stack)"
    cells = (
        f"`{rule.name}`",
        rule.level.value,
        rule.severity.value,
        _cell(rule.description) + scope,
        "yes" if rule.mends else "",
        _cell(", ".join(rule.references.tags())),
    )
    return f"| {' | '.join(cells)} |"


def _options(rule: AnyRule) -> str:
    return f"- `{rule.name}`\n" + "".join(f"  - {line}\n" for line in option_lines(rule.options))


def option_lines(options: Mapping[str, Option]) -> Iterator[str]:
    """Each option in a line of Markdown: its name, type, default and description."""
    for name, option in options.items():
        kind = _kind(option.schema)
        default = json.dumps(option.default)
        yield f"`{name}` ({kind}, default `{default}`): {_cell(str(option.schema.get('description', '')))}"


def _kind(schema: Mapping[str, object]) -> str:
    values = schema.get("enum")
    if isinstance(values, list):
        return " or ".join(json.dumps(value) for value in values)
    return str(schema.get("type", "any value"))


def _cell(text: str) -> str:
    parts = " ".join(text.split()).replace("|", "\\|").split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))


def _folders() -> dict[str, str]:
    modules = [each for each in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}.") if not each.ispkg]
    return {importlib.import_module(each.name).RULE.name: each.name.split(".")[2] for each in modules}


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
