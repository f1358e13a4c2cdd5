"""What exists in the rehearsal: rows in sqlite, changed by whole transactions; a crash leaves no half of one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.providers.aws.failures import Refusal
from local.providers.aws.kind import Object

FILE = "inventory.sqlite"
FORMAT = 1
WAIT_SECONDS = 60.0
_TABLES = """
CREATE TABLE resources (
  number INTEGER PRIMARY KEY, urn TEXT NOT NULL, token TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL,
  region TEXT NOT NULL, inputs TEXT NOT NULL, state TEXT NOT NULL, is_outside INTEGER NOT NULL DEFAULT 0,
  is_gone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX by_id ON resources (token, id) WHERE NOT is_gone;
CREATE INDEX by_urn ON resources (urn);
CREATE TABLE claims (claim TEXT PRIMARY KEY, number INTEGER NOT NULL REFERENCES resources);
CREATE TABLE handles (number INTEGER NOT NULL REFERENCES resources, token TEXT NOT NULL, handle TEXT NOT NULL);
CREATE INDEX by_handle ON handles (handle, token);
CREATE TABLE edges (number INTEGER NOT NULL REFERENCES resources, path TEXT NOT NULL, target INTEGER NOT NULL);
CREATE INDEX by_target ON edges (target);
CREATE TABLE journal (step INTEGER PRIMARY KEY, operation TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE faults (rule TEXT PRIMARY KEY, times INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Row:
    """A resource. What was secret is not in it."""

    number: int
    urn: str
    token: str
    id: str
    account: str
    region: str
    inputs: Object
    state: Object
    is_outside: bool

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True)
class Edge:
    """One resource refers to another, by a property."""

    source: Row
    path: str


class Inventory:
    """The file of one rehearsal. Many processes may use it; they write one after the other."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE
        with self.transaction() as transaction:
            transaction.prepare()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All of what is done inside, or nothing of it."""
        with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


class Transaction:
    """Reads and writes of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def prepare(self) -> None:
        """Make the tables of a new file; refuse one of another format."""
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found == 0:
            for statement in _TABLES.split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {FORMAT}")
        elif found != FORMAT:
            raise Refusal(
                f"the inventory is of format {found}, this provider writes format {FORMAT}: delete its folder and "
                "rehearse anew"
            )

    def times_made(self, urn: str) -> int:
        """How many resources of this URN there have been."""
        (found,) = self._connection.execute("SELECT count(*) FROM resources WHERE urn = ?", (urn,)).fetchone()
        return int(found)

    def next_number(self) -> int:
        """The number that the next resource will have."""
        (found,) = self._connection.execute("SELECT coalesce(max(number), 0) + 1 FROM resources").fetchone()
        return int(found)

    def add(self, row: Row, handles: list[tuple[str, str]], edges: list[tuple[str, int]], claim: str) -> None:
        """Note a new resource: what refers to it by which handles, what it refers to, and what it claims as its own."""
        self._connection.execute(
            "INSERT INTO resources (number, urn, token, id, account, region, inputs, state, is_outside) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row.number, row.urn, row.token, row.id, row.account, row.region, *_texts(row), row.is_outside),
        )
        self._relate(row.number, handles, edges, claim)
        self._note("create", row.number)

    def change(self, row: Row, handles: list[tuple[str, str]], edges: list[tuple[str, int]], claim: str) -> None:
        """Note what an update made of a resource."""
        self._connection.execute(
            "UPDATE resources SET inputs = ?, state = ? WHERE number = ?", (*_texts(row), row.number)
        )
        self._unrelate(row.number)
        self._relate(row.number, handles, edges, claim)
        self._note("update", row.number)

    def remove(self, row: Row) -> None:
        """Note that a resource is gone."""
        self._connection.execute("UPDATE resources SET is_gone = 1 WHERE number = ?", (row.number,))
        self._unrelate(row.number)
        self._note("delete", row.number)

    def get(self, token: str, identifier: str) -> Row | None:
        """The resource of a type with this id; the last made, should there be two."""
        return self._one("SELECT * FROM resources WHERE token = ? AND id = ? AND NOT is_gone", (token, identifier))

    def find(self, handle: str, kinds: tuple[str, ...]) -> Row | None:
        """The resource of one of these types that goes by a handle: id, ARN, name."""
        marks = ", ".join("?" * len(kinds))
        return self._one(
            "SELECT r.* FROM handles h JOIN resources r USING (number) "  # noqa: S608 - the marks are question marks
            f"WHERE h.handle = ? AND h.token IN ({marks}) AND NOT r.is_gone",
            (handle, *kinds),
        )

    def is_known(self, handle: str) -> bool:
        """Whether anything that exists goes by this handle."""
        found = self._connection.execute("SELECT 1 FROM handles WHERE handle = ? LIMIT 1", (handle,)).fetchone()
        return found is not None

    def claimant(self, claim: str) -> Row | None:
        """The resource that has what only one may have."""
        return self._one("SELECT r.* FROM claims JOIN resources r USING (number) WHERE claim = ?", (claim,))

    def referrers(self, row: Row) -> list[Edge]:
        """What refers to a resource, itself excepted."""
        found = self._connection.execute(
            "SELECT e.path, r.* FROM edges e JOIN resources r USING (number) "
            "WHERE e.target = ? AND r.number != ? AND NOT r.is_gone ORDER BY r.number",
            (row.number, row.number),
        )
        return [Edge(_row(columns[1:]), columns[0]) for columns in found]

    def live(self, *tokens: str) -> list[Row]:
        """Everything that exists, or all of some types, as it was made."""
        rows = [
            _row(columns)
            for columns in self._connection.execute("SELECT * FROM resources WHERE NOT is_gone ORDER BY number")
        ]
        return [row for row in rows if not tokens or row.token in tokens]

    def journal(self) -> list[tuple[str, Row]]:
        """What was done, in order."""
        found = self._connection.execute(
            "SELECT j.operation, r.* FROM journal j JOIN resources r USING (number) ORDER BY j.step"
        )
        return [(columns[0], _row(columns[1:])) for columns in found]

    def count_fault(self, rule: str) -> int:
        """How often this fault has struck before; it does so now."""
        found = self._connection.execute("SELECT times FROM faults WHERE rule = ?", (rule,)).fetchone()
        times = int(found[0]) if found else 0
        self._connection.execute("REPLACE INTO faults (rule, times) VALUES (?, ?)", (rule, times + 1))
        return times

    def _one(self, query: str, values: tuple[Any, ...]) -> Row | None:
        columns = self._connection.execute(f"{query} ORDER BY number DESC LIMIT 1", values).fetchone()
        return _row(columns) if columns else None

    def _relate(self, number: int, handles: list[tuple[str, str]], edges: list[tuple[str, int]], claim: str) -> None:
        self._connection.executemany("INSERT INTO handles VALUES (?, ?, ?)", [(number, *handle) for handle in handles])
        self._connection.executemany("INSERT INTO edges VALUES (?, ?, ?)", [(number, *edge) for edge in edges])
        if claim:
            self._connection.execute("INSERT INTO claims VALUES (?, ?)", (claim, number))

    def _unrelate(self, number: int) -> None:
        for table in ("handles", "edges", "claims"):
            self._connection.execute(f"DELETE FROM {table} WHERE number = ?", (number,))  # noqa: S608 - names above

    def _note(self, operation: str, number: int) -> None:
        self._connection.execute("INSERT INTO journal (operation, number) VALUES (?, ?)", (operation, number))


def _texts(row: Row) -> tuple[str, str]:
    return json.dumps(row.inputs, sort_keys=True), json.dumps(row.state, sort_keys=True)


def _row(columns: tuple[Any, ...]) -> Row:
    number, urn, token, identifier, account, region, inputs, state, is_outside, *_ = columns
    return Row(number, urn, token, identifier, account, region, json.loads(inputs), json.loads(state), bool(is_outside))
