"""What every command opens: the settings, the logs, the ledger; and how it ends when it cannot."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ledger.desk import Desk

FAILED = 1
USAGE = 2


def give_up(code: int, *lines: str) -> NoReturn:
    """End with an exit code and a line that says what to do."""
    for line in lines:
        click.echo(line, err=True)
    sys.exit(code)


def config_path() -> Path:
    """The configuration file that the command line names."""
    found = click.get_current_context().find_root().obj
    assert isinstance(found, Path)
    return found


def read_settings(path: Path | None = None) -> Settings:
    """The settings of the configuration file, with the logs set up; ends with 2 when they are refused."""
    from bot.config import ConfigError, load_settings

    try:
        settings = load_settings(path or config_path(), os.environ)
    except ConfigError as error:
        give_up(USAGE, *(fault.line for fault in error.faults))
    set_up_logs(settings)
    return settings


def set_up_logs(settings: Settings) -> None:
    """Logs as the settings want them, without the token and whatever else is secret."""
    from urllib.parse import unquote, urlsplit

    from bot import logs

    password = urlsplit(settings.database.url).password or ""
    hidden = (settings.token, settings.webhook_secret, settings.telegram.proxy, password, unquote(password))
    logs.set_up(settings.logging.level, settings.logging.format, hidden)


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Desk]:
    """The ledger's door while a command needs it; also while the bot runs.

    Ends with 1 and one line when the ledger is locked, newer than the program, or cannot be reached.
    """
    from sqlalchemy.exc import DBAPIError

    from bot.app import open_desk
    from bot.config import ConfigError
    from bot.ledger.desk import LedgerUnavailable
    from bot.ledger.engines import Damaged
    from bot.ledger.migrate import NewerLedger

    try:
        desk = open_desk(settings)
    except ConfigError as error:
        give_up(USAGE, *(fault.line for fault in error.faults))
    except NewerLedger as error:
        give_up(FAILED, newer(error))
    except Damaged as error:
        give_up(FAILED, damaged(settings, error))
    except (DBAPIError, OSError) as error:
        give_up(FAILED, unreachable(settings, error))
    try:
        yield desk
    except LedgerUnavailable as error:
        give_up(FAILED, f"数据库正忙，请稍后再试 · the database is busy, try again: {error}")
    except DBAPIError as error:
        give_up(FAILED, unreachable(settings, error))
    finally:
        desk.close()


def newer(error: Exception) -> str:
    """A ledger of a newer program, in one line."""
    return (
        f"数据库由更新的版本建立（{error}），请升级程序 · "
        f"the database was made by a newer version ({error}): upgrade the program"
    )


def damaged(settings: Settings, error: Exception) -> str:
    """A ledger whose file is not whole, in one line that says how to get it back."""
    return (
        f"数据库已损坏（{error}）：不要再运行，把 {settings.database_url().partition(':///')[2]} 移开保留，"
        "再用 restore 恢复最近的备份 · the database is damaged: move it away and keep it, "
        "then bring back the last backup with restore"
    )


def unreachable(settings: Settings, error: Exception) -> str:
    """A ledger that cannot be opened, in one line that gives no password away."""
    from sqlalchemy.engine import make_url

    where = make_url(settings.database_url()).render_as_string(hide_password=True)
    why = str(getattr(error, "orig", error)).splitlines()[0]
    return f"打不开数据库 {where}：{why} · the database cannot be opened: check [database] url"
