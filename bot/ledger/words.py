"""The index of words 查找: full text over pairs of characters, kept beside the entries.

SQLite's FTS5 with its plainest tokenizer; `domain.finding` cuts texts into what it is given. Two tables
of one form: what is covert and not handed over lies in one of its own, so that nobody's search is slower
for what must not be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, column, table, text

if TYPE_CHECKING:
    from bot.ledger.desk import Work

COLUMNS: Final = ("scope", "told", "inside", "kept")
"""Whose it is; what its every reader may read, the inspecting side, the office and the filing group."""

KNOWN, COVERT = "entry_words", "covert_words"
PAGES: Final = 2000
"""Pages of the index that one night's work writes at the most: some eight megabytes."""

TABLES: Final = {name: table(name, column("rowid")) for name in (KNOWN, COVERT)}

_SQLITE: Final = (
    "CREATE VIRTUAL TABLE {name} USING fts5({columns}, tokenize = 'unicode61 remove_diacritics 0', "
    "columnsize = 0)"
)


def create(connection: Connection) -> None:
    """Make the tables; elsewhere than in SQLite there are none yet, and nothing is found by words."""
    if connection.dialect.name == "sqlite":
        for name in TABLES:
            connection.execute(text(_SQLITE.format(name=name, columns=", ".join(COLUMNS))))


def drop(connection: Connection) -> None:
    """Take them away again."""
    if connection.dialect.name == "sqlite":
        for name in TABLES:
            connection.execute(text(f"DROP TABLE {name}"))


def kept(work: Work) -> bool:
    """Whether this database has an index of words."""
    return work.dialect == "sqlite"


def ours(name: str) -> bool:
    """Whether a table of the database is one of these, or holds what one of them needs."""
    return name.startswith(tuple(TABLES))


def put(work: Work, entry_id: int, words: Mapping[str, str], *, covert: bool) -> None:
    """Write the words of an entry in place of what stood there."""
    forget(work, entry_id)
    name = COVERT if covert else KNOWN
    work.driver.execute(
        f"INSERT INTO {name} (rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?)",
        (entry_id, *(words[one] for one in COLUMNS)),
    )


def forget(work: Work, entry_id: int) -> None:
    """Take an entry's words away."""
    for name in TABLES:
        work.driver.execute(f"DELETE FROM {name} WHERE rowid = ?", (entry_id,))


def count(work: Work, low: int, high: int) -> int:
    """How many entries from id `low` up to `high` the index has."""
    return sum(row[0] for row in _kept(work, "count(*)", low, high))


def ids(work: Work, low: int, high: int) -> set[int]:
    """The entries from id `low` up to `high` that the index has."""
    return {row[0] for row in _kept(work, "id", low, high)}


def _kept(work: Work, what: str, low: int, high: int) -> Iterator[tuple[int]]:
    for name in TABLES if kept(work) else ():
        yield from work.driver.execute(
            f"SELECT {what} FROM {name}_content WHERE id >= ? AND id < ?", (low, high)
        )


def holds(work: Work, entry_id: int, *, covert: bool) -> bool:
    """Whether an entry stands in that part of the index."""
    name = COVERT if covert else KNOWN
    asked = f"SELECT 1 FROM {name}_content WHERE id = ?"
    return work.driver.execute(asked, (entry_id,)).fetchone() is not None


def tidy(work: Work) -> bool:
    """Join what many small writings have left apart, a bounded piece of work; gives whether there is more."""
    more = False
    for name in TABLES if kept(work) else ():
        before = work.driver.total_changes
        work.driver.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', -{PAGES})")
        more |= work.driver.total_changes - before > 1
    return more


def match(phrases: Iterable[str], columns: tuple[str, ...], scopes: Iterable[tuple[str, ...]]) -> str:
    """A query for the full-text search: every phrase in one of the columns, and of each scope one word."""
    found = [f"scope : ({' OR '.join(scope)})" for scope in scopes]
    return " AND ".join([*found, f"{{{' '.join(columns)}}} : ({' AND '.join(phrases)})"])
