"""What every table stands on: one metadata with names for its constraints."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FALSE: Final = text("0")
TRUE: Final = text("1")
