"""Alembic's environment: it is handed a connection by `bot.ledger.migrate`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.ledger import words
from bot.ledger.tables import metadata
from bot.ledger.types import Json, UtcTime


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types with their import."""
    if kind == "type" and isinstance(item, UtcTime | Json):
        autogen_context.imports.add("from bot.ledger.types import Json, UtcTime")
        return f"{type(item).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    include_name=lambda name, kind, _parents: kind != "table" or not words.ours(name or ""),
    transactional_ddl=True,  # SQLite can, when its driver is told to leave transactions alone
)
with context.begin_transaction():
    context.run_migrations()
