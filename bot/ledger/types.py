"""Column types that keep the ledger honest: aware times, JSON that keeps Chinese readable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator


class NaiveTime(ValueError):
    """A time without a zone was about to be stored."""


class UtcTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; naive times are refused (SQLite would drop the zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware instant → naive UTC for the column; raises NaiveTime."""
        return None if value is None else _naive(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive UTC of the column → aware instant."""
        return None if value is None else value.replace(tzinfo=UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """SQLite keeps text: written in one step, every unit of work has a dozen of them."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """The same the other way."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _naive(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise NaiveTime(str(value))
    return value.astimezone(UTC).replace(tzinfo=None)


def _written(value: datetime | None) -> str | None:
    return None if value is None else _naive(value).isoformat(" ", "microseconds")


def _read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as text, Chinese kept readable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Any JSON value → text; None stays NULL."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Text → the JSON value."""
        return None if value is None else orjson.loads(value)
