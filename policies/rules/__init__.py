"""The rules, one a file. Each module below an area's folder defines RULE; this module collects them."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Final

from policies.rule import AnyRule


def _collected() -> tuple[AnyRule, ...]:
    modules = pkgutil.walk_packages(__path__, f"{__name__}.")
    rules = [importlib.import_module(module.name).RULE for module in modules if not module.ispkg]
    return tuple(sorted(rules, key=lambda rule: rule.name))


RULES: Final[tuple[AnyRule, ...]] = _collected()
