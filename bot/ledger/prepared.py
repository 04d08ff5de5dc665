"""Core statements compiled once and run on the driver's own cursor: for what every update does.

SQLAlchemy's own path costs some fifty microseconds a statement before the database is asked; a unit of
work on the hot path has a dozen of them (PERFORMANCE «Unit of work»). Elsewhere, plain Core reads better.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Dialect, Table, bindparam
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from bot.ledger.desk import Work

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one dialect: its words, its parameters in order, how rows are read."""

    words: str
    # (name, value when none is given, how it is bound)
    binds: tuple[tuple[str, Any, Convert | None], ...]
    positional: bool
    make: Callable[..., Any] | None
    readers: tuple[tuple[int, Convert], ...]

    def bound(self, given: Mapping[str, Any]) -> Any:
        values = []
        for name, default, bind in self.binds:
            value = given.get(name, default)
            values.append(value if bind is None or value is None else bind(value))
        if self.positional:
            return values
        return {name: value for (name, _, _), value in zip(self.binds, values, strict=True)}

    def row(self, raw: Sequence[Any]) -> Any:
        assert self.make is not None
        if not self.readers:
            return self.make(raw)
        values = list(raw)
        for at, read in self.readers:
            if values[at] is not None:
                values[at] = read(values[at])
        return self.make(values)


class Prepared:
    """One statement with named parameters (`bindparam`), none of them expanding.

    Rows have their columns as attributes, as SQLAlchemy's have.

    Raises:
        DBAPIError: from every call, as SQLAlchemy wraps the driver's errors.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, work: Work, **given: Any) -> list[Any]:
        """Every row."""
        compiled, cursor = self._run(work, given)
        return [compiled.row(raw) for raw in cursor.fetchall()]

    def first(self, work: Work, **given: Any) -> Any:
        """The first row, or None."""
        compiled, cursor = self._run(work, given)
        raw = cursor.fetchone()
        return None if raw is None else compiled.row(raw)

    def scalar(self, work: Work, **given: Any) -> Any:
        """The first column of the first row, or None."""
        compiled, cursor = self._run(work, given)
        raw = cursor.fetchone()
        return None if raw is None else compiled.row(raw)[0]

    def run(self, work: Work, **given: Any) -> int:
        """Carry it out; gives how many rows it changed."""
        return int(self._run(work, given)[1].rowcount)

    def insert(self, work: Work, given: Mapping[str, Any]) -> int:
        """Carry out an insert that returns its key; gives the key."""
        compiled, cursor = self._run(work, given)
        return int(cursor.lastrowid if compiled.make is None else cursor.fetchone()[0])

    def many(self, work: Work, given: Sequence[Mapping[str, Any]]) -> int:
        """Carry it out once for each set of parameters; gives how many rows were changed in all."""
        compiled = self._for(work.connection.dialect)
        cursor = work.driver.cursor()
        try:
            cursor.executemany(compiled.words, [compiled.bound(one) for one in given])
        except Exception as error:
            raise _wrapped(work.connection, compiled.words, error) from error
        return int(cursor.rowcount)

    def _run(self, work: Work, given: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        compiled = self._compiled.get(work.dialect) or self._for(work.connection.dialect)
        try:
            return compiled, work.driver.execute(compiled.words, compiled.bound(given))
        except Exception as error:
            raise _wrapped(work.connection, compiled.words, error) from error

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return found


def _wrapped(connection: Connection, words: str, error: Exception) -> Exception:
    dialect: Any = connection.dialect
    if not isinstance(error, dialect.loaded_dbapi.Error):
        return error
    wrapped: Exception = DBAPIError.instance(words, None, error, dialect.loaded_dbapi.Error, dialect=dialect)
    return wrapped


def _compile(statement: Any, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    defaults = compiled.construct_params({}, _check=False)
    processors: Mapping[str, Convert] = compiled._bind_processors
    names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
    words = str(compiled)
    if compiled.positional:
        constant = {
            name: literal
            for name in names
            if (literal := _literal(defaults.get(name), processors.get(name))) is not None
        }
        words = _with_literals(words, [constant.get(name) for name in names])
        names = [name for name in names if name not in constant]
    binds = tuple((name, defaults.get(name), processors.get(name)) for name in names)
    columns = compiled._result_columns
    readers = []
    for at, column in enumerate(columns):
        read = column.type._cached_result_processor(dialect, None)
        if read is not None:
            readers.append((at, read))
    make = _row_class(tuple(column.keyname for column in columns))._make if columns else None
    return _Compiled(words, binds, bool(compiled.positional), make, tuple(readers))


def _literal(value: Any, bind: Convert | None) -> str | None:
    """A constant of the statement as the database reads it, None for what is to be bound."""
    if value is not None and bind is not None:
        value = bind(value)
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return None


def _with_literals(words: str, literals: Sequence[str | None]) -> str:
    """Constants in the words themselves: only then SQLite may use a partial index.

    Bound, they would make it prepare the statement anew at each call, to see whether it may.
    """
    first, *rest = words.split("?")
    assert len(rest) == len(literals)
    parts = [first]
    for literal, part in zip(literals, rest, strict=True):
        parts += ["?" if literal is None else literal, part]
    return "".join(parts)


def _row_class(names: tuple[str, ...]) -> type[Any]:
    make: Any = namedtuple  # its columns are known only here
    base: Any = make("Row", names, rename=True)

    class Row(base):  # type: ignore[misc]
        """One row; `_mapping` as SQLAlchemy's rows have it."""

        __slots__ = ()

        @property
        def _mapping(self) -> dict[str, Any]:
            return dict(zip(names, self, strict=True))

    return Row


class Writing:
    """Inserts and updates of a table by the columns that are given, compiled once for each set of them."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._inserts: dict[tuple[str, tuple[str, ...]], Prepared] = {}
        self._additions: dict[tuple[str, ...], Prepared] = {}
        self._updates: dict[tuple[tuple[str, ...], tuple[str, ...]], Prepared] = {}

    def insert(self, work: Work, values: Mapping[str, Any]) -> int:
        """Insert one row and give its primary key, where that is a single number."""
        shape = (work.dialect, tuple(values))
        statement = self._inserts.get(shape)
        if statement is None:
            words: Any = self._table.insert().values(dict.fromkeys(values))
            if work.dialect != "sqlite":  # there the driver knows it
                words = words.returning(next(iter(self._table.primary_key.columns)))
            statement = self._inserts[shape] = Prepared(words)
        return statement.insert(work, values)

    def add(self, work: Work, values: Mapping[str, Any]) -> Any:
        """Insert one row and give it as it is then."""
        shape = tuple(values)
        statement = self._additions.get(shape)
        if statement is None:
            words = self._table.insert().values(dict.fromkeys(values)).returning(*self._table.c)
            statement = self._additions[shape] = Prepared(words)
        return statement.first(work, **values)

    def update(self, work: Work, where: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
        """Update the row whose columns equal `where`; gives it as it is then, None when there is none."""
        shape = (tuple(where), tuple(values))
        statement = self._updates.get(shape)
        if statement is None:
            columns = self._table.c
            words = (
                self._table.update()
                .where(
                    *(columns[name] == bindparam(f"is_{name}", type_=columns[name].type) for name in where)
                )
                .values({name: bindparam(f"set_{name}", type_=columns[name].type) for name in values})
                .returning(*columns)
            )
            statement = self._updates[shape] = Prepared(words)
        return statement.first(
            work,
            **{f"is_{name}": value for name, value in where.items()},
            **{f"set_{name}": value for name, value in values.items()},
        )


_writings: Final[dict[Table, Writing]] = {}


def writing(table: Table) -> Writing:
    """The writer of a table."""
    found = _writings.get(table)
    if found is None:
        found = _writings[table] = Writing(table)
    return found
