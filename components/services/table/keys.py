"""The keys of a table as DynamoDB wants them, as plain data."""

from typing import Any

from components.config.services import Capacity, Index, Table, TableKey

_TYPES = {"string": "S", "number": "N", "binary": "B"}


def attributes(table: Table) -> list[dict[str, str]]:
    """Return the attributes of all its keys, each once; others need no declaration."""
    owners: list[Table | Index] = [table, *table.indexes]
    keys = [key for owner in owners for key in (owner.hash_key, owner.range_key) if key]
    types = {key.name: _TYPES[key.type] for key in keys}
    return [{"name": name, "type": kind} for name, kind in sorted(types.items())]


def indexes(table: Table) -> list[dict[str, Any]]:
    """Return its indexes, each with all attributes of an item."""
    return [
        {
            "name": index.name,
            "key_schemas": _schema(index.hash_key, index.range_key),
            "projection_type": "ALL",
            **capacity(table.capacity),
        }
        for index in table.indexes
    ]


def capacity(paid: Capacity | None) -> dict[str, Any]:
    """Return what is paid for; nothing, where requests are paid."""
    return {"read_capacity": paid.read, "write_capacity": paid.write} if paid else {}


def _schema(hash_key: TableKey, range_key: TableKey | None) -> list[dict[str, str]]:
    ranged = [{"attribute_name": range_key.name, "key_type": "RANGE"}] if range_key else []
    return [{"attribute_name": hash_key.name, "key_type": "HASH"}, *ranged]
