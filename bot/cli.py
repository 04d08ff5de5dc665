"""The command line: `python -m bot --config FILE COMMAND`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import click

from bot import __version__, logs
from bot.app import Application, open_desk
from bot.config import ConfigError, Settings, load_settings
from bot.domain.permissions import Role
from bot.services import invitations
from bot.services.invitations import Scope, ScopeError

USAGE = 2


@click.group()
@click.version_option(__version__)
@click.option("--config", "config", default="config.toml", show_default=True, type=click.Path(path_type=Path))
@click.pass_context
def main(context: click.Context, config: Path) -> None:
    """督查机器人 · the inspection groups' bot."""
    context.obj = config


def _settings(context: click.Context) -> Settings:
    try:
        settings = load_settings(context.obj, os.environ)
    except ConfigError as error:
        for fault in error.faults:
            click.echo(fault.line, err=True)
        sys.exit(USAGE)
    logs.set_up(settings.logging.level, settings.logging.format, (settings.token, settings.webhook_secret))
    return settings


@main.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Run the bot until it is stopped."""
    settings = _settings(context)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    application = Application(settings)
    await application.start()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, application.ask_to_stop)
    await application.run()


@main.command()
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--track")
@click.option("--group")
@click.option("--leader", is_flag=True)
@click.option("--region")
@click.option("--township")
@click.option("--deputy", is_flag=True)
@click.option("--uses", default=1, show_default=True)
@click.pass_context
def invite(
    context: click.Context, role: str, track: str | None, group: str | None, leader: bool,
    region: str | None, township: str | None, deputy: bool, uses: int,
) -> None:  # fmt: skip
    """Print a deep link that grants a role."""
    desk = open_desk(_settings(context))
    try:
        token = desk.do_now(
            invitations.create, Scope(Role(role), track, group, region, township, leader, deputy), uses=uses
        )
    except ScopeError as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE)
    finally:
        desk.close()
    click.echo(f"https://t.me/NAME?start={token}")
