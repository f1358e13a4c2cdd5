"""Client-side apply's three-way merge: what was submitted, what is wanted, what is live.

Lists merge by key where the kind's type says so, as `kubectl apply` does; everywhere else the wanted list stands.
"""

from __future__ import annotations

from typing import Any

from local.providers.kubernetes.normal_form import built_in, struct_of
from local.providers.values import Object

_OPAQUE = ["any", 0]


def merge(submitted: Object, wanted: Object, live: Object) -> Object:
    """The object to be: wanted fields set, fields no longer submitted removed, everybody else's left alone."""
    return _mapping(submitted, wanted, live, struct_of(wanted))


def _mapping(submitted: Object, wanted: Object, live: Object, struct: str | None) -> Object:
    fields = built_in()["structs"].get(struct, {})
    result = {key: value for key, value in live.items() if key in wanted or key not in submitted}
    for key, value in wanted.items():
        result[key] = _value(submitted.get(key), value, live.get(key), fields.get(key, _OPAQUE))
    return result


def _value(submitted: Any, wanted: Any, live: Any, field: list[Any]) -> Any:
    kind = field[0]
    if isinstance(wanted, dict) and isinstance(live, dict):
        return _mapping(submitted if isinstance(submitted, dict) else {}, wanted, live, kind)
    merges = len(field) > 2 and "merge" in field[2].split(",")
    if not (merges and isinstance(wanted, list) and isinstance(live, list)):
        return wanted
    before = submitted if isinstance(submitted, list) else []
    if len(field) < 4:
        return [item for item in live if item in wanted or item not in before] + [i for i in wanted if i not in live]
    return _keyed(before, wanted, live, kind[2:], field[3])


def _keyed(submitted: list[Any], wanted: list[Any], live: list[Any], struct: str, key: str) -> list[Any]:
    if not all(isinstance(item, dict) and key in item for item in (*submitted, *wanted, *live)):
        return wanted
    before = {item[key]: item for item in submitted}
    after = {item[key]: item for item in wanted}
    now = {item[key]: item for item in live}
    if len(after) != len(wanted) or len(now) != len(live):
        return wanted
    merged = [_mapping(before.get(k, {}), item, now[k], struct) if k in now else item for k, item in after.items()]
    return merged + [item for k, item in now.items() if k not in after and k not in before]
