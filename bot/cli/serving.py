"""Commands that serve: `run`, `playground`."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from bot.cli.opening import FAILED, USAGE, config_path, give_up, newer, read_settings, unreachable

if TYPE_CHECKING:
    from bot.config import Settings


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """运行机器人 · Run the bot; without configuration and token, the playground."""
    from bot.config import ConfigError, starting_point

    root = context.find_root()
    path = config_path()
    named = root.get_parameter_source("config") is not ParameterSource.DEFAULT
    settings = read_settings() if named or path.exists() else None
    token = settings.token if settings else os.environ.get("BOT_TOKEN", "")
    try:
        where = starting_point(settings is not None, token)
    except ConfigError as error:
        give_up(USAGE, *(fault.line for fault in error.faults))
    if where == "playground" or settings is None:
        give_up(FAILED, "the playground is not there yet")
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    from sqlalchemy.exc import DBAPIError
    from telegram.error import InvalidToken

    from bot.app import Application
    from bot.cli.people import wrong_token
    from bot.config import ConfigError
    from bot.ledger.migrate import NewerLedger

    try:
        application = Application(settings)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, application.ask_to_stop)
        await application.start()
        await application.run()
    except InvalidToken:
        give_up(USAGE, wrong_token())
    except ConfigError as error:
        give_up(USAGE, *(fault.line for fault in error.faults))
    except NewerLedger as error:
        give_up(FAILED, newer(error))
    except (DBAPIError, OSError) as error:
        give_up(FAILED, unreachable(settings, error))
