"""Commands that serve: `run`, `playground`."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click
from click.core import ParameterSource

from bot.cli.opening import (
    FAILED,
    USAGE,
    config_path,
    give_up,
    newer,
    read_settings,
    set_up_logs,
    unreachable,
)
from bot.domain.permissions import Role

if TYPE_CHECKING:
    from bot.config import Settings


@click.command()
@click.pass_context
def run(context: click.Context) -> None:
    """运行机器人 · Run the bot; without configuration and token, the playground."""
    signal.signal(signal.SIGTERM, _nothing_open_yet)
    gc.disable()  # what a start loads stays: to look through it for garbage costs a tenth of the start
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
        play(Options(), None)
    else:
        asyncio.run(_run(settings))


def _nothing_open_yet(_number: int, _frame: FrameType | None) -> NoReturn:
    """A stop before the loop listens for it: there is nothing to close."""
    sys.exit(0)


def settle_memory() -> None:
    """What the start has loaded is set aside for good; from now on garbage is collected."""
    gc.freeze()
    gc.enable()


async def _run(settings: Settings) -> None:
    from sqlalchemy.exc import DBAPIError
    from telegram.error import InvalidToken

    from bot.app import Application, PartDied, Stopped
    from bot.cli.people import wrong_token
    from bot.config import ConfigError
    from bot.ledger.migrate import NewerLedger

    try:
        application = Application(settings)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, application.ask_to_stop)
        await application.start()
        settle_memory()
        await application.run()
    except Stopped:
        return
    except InvalidToken:
        give_up(USAGE, wrong_token())
    except PartDied as error:
        give_up(FAILED, f"出错停止，原因见上面的日志 · stopped after an error, see the log above: {error}")
    except ConfigError as error:
        give_up(USAGE, *(fault.line for fault in error.faults))
    except NewerLedger as error:
        give_up(FAILED, newer(error))
    except DBAPIError as error:
        give_up(FAILED, unreachable(settings, error))
    except OSError as error:
        give_up(
            FAILED,
            f"{error.filename or settings.telegram.webhook_listen}: {error.strerror or error} · "
            "检查各文件夹和 webhook_listen · check the folders and webhook_listen",
        )


# --- the playground -----------------------------------------------------------------------------------

PORT = 8088
FOLDER = "playground-data"
NOT_THEIRS = ("BOT_TOKEN", "BOT_TELEGRAM__", "BOT_DATABASE__", "BOT_MEDIA__", "BOT_BACKUP__", "BOT_SERVER__")
"""Variables of a real deployment: the playground touches neither its bot nor its data."""


@dataclass(frozen=True)
class Options:
    """How the playground was asked for."""

    port: int | None = None
    data: Path | None = None
    empty: bool = False
    browser: bool = False


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"端口，默认 {PORT} · The port; {PORT}, or any free one if it is taken.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help=f"数据文件夹，每次清空，默认 {FOLDER} · Its folder, emptied at every start.",
)
@click.option("--empty", is_flag=True, help="不预设人员，只给管理员邀请 · Nobody has joined yet.")
@click.option("--open", "browser", is_flag=True, help="打开浏览器 · Open the browser.")
def playground(port: int | None, data: Path | None, empty: bool, browser: bool) -> None:
    """演练场：本机试用，不需要账号和令牌 · Try the bot on this machine, without account or token."""
    path = config_path()
    play(Options(port, data, empty, browser), path if path.exists() else None)


def play(options: Options, config: Path | None) -> None:
    """Serve the playground until it is stopped, with the campaign of a configuration or the example's."""
    from bot.config import EXAMPLE, ConfigError, load_settings
    from bot.playground_app import Folder, PlaygroundError

    try:
        folder = Folder(options.data or Path(FOLDER))
    except PlaygroundError as error:
        give_up(USAGE, str(error))
    except OSError as error:
        give_up(USAGE, f"{error.filename}: {error.strerror}；换一个 --data · choose another --data")
    own = {name: value for name, value in os.environ.items() if not name.upper().startswith(NOT_THEIRS)}

    def settings_at(url: str) -> Settings:
        return load_settings(config or EXAMPLE, own | _theirs(folder.path, url))

    try:
        settings = settings_at("http://127.0.0.1")
        set_up_logs(settings)
        asyncio.run(_play(settings_at, options, config is None, folder.path))
    except ConfigError as error:
        give_up(USAGE, *(fault.line for fault in error.faults))
    except OSError as error:
        give_up(FAILED, f"端口 {options.port}：{error.strerror}；换一个 --port · choose another --port")
    finally:
        folder.close()


def _theirs(folder: Path, url: str) -> dict[str, str]:
    """The playground's own places, as variables."""
    from bot.playground_app import TOKEN

    return {
        "BOT_TOKEN": TOKEN,
        "BOT_TELEGRAM__API_URL": url,
        "BOT_DATABASE__URL": f"sqlite:///{folder / 'data' / 'bot.db'}",
        "BOT_MEDIA__URL": str(folder / "data" / "media"),
        "BOT_BACKUP__DIR": str(folder / "data" / "backups"),
        "BOT_SERVER__LISTEN": "",
        "BOT_OUTBOX__PER_SECOND": "0",
        "BOT_OUTBOX__PER_CHAT": "0",
        "BOT_OUTBOX__PER_GROUP_MINUTE": "0",
    }


async def _play(make: Callable[[str], Settings], options: Options, example: bool, folder: Path) -> None:
    from bot.playground_app import Playground

    game = Playground(make)
    await game.start(PORT if options.port is None else options.port, any_port=options.port is None)
    settle_memory()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, game.app.ask_to_stop)
    if example:
        _leave_config(folder, game.url)
    click.echo(f"演练场 playground: {game.url}/")
    if options.empty:
        link = f"https://t.me/{game.bot.username}?start={await game.invite(Role.ADMIN)}"
        game.page.told.update(ready=True, notice=link)
        click.echo(f"管理员邀请 admin's invitation: {link}")
    if options.browser:
        import webbrowser

        webbrowser.open(f"{game.url}/")
    if not options.empty:
        await game.people()
        click.echo(f"{len(game.page.cast)} 人已加入 · people have joined（Ctrl-C 结束 ends it）")
    await game.run()


def _leave_config(folder: Path, url: str) -> None:
    """A config.toml in the playground's folder, so that every other command works on it meanwhile."""
    from bot.config import EXAMPLE
    from bot.playground_app import TOKEN

    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace('token = ""', f'token = "{TOKEN}"', 1)
    text = text.replace('api_url = "https://api.telegram.org"', f'api_url = "{url}"', 1)
    (folder / "config.toml").write_text(text, encoding="utf-8")
