"""Commands that serve: `run`, `playground`."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import sys
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
    damaged,
    give_up,
    newer,
    read_settings,
    unreachable,
)

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.playground_app.folder import Folder


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
        _enough_handles()
        asyncio.run(_run(settings))


def _nothing_open_yet(_number: int, _frame: FrameType | None) -> NoReturn:
    """A stop before the loop listens for it: there is nothing to close."""
    sys.exit(0)


def settle_memory() -> None:
    """What the start has loaded is set aside for good; from now on garbage is collected."""
    gc.freeze()
    gc.enable()


HANDLES = 4096
"""Files and connections that may be open at once: photos, readers, eight sends, a webhook's callers."""


def _enough_handles() -> None:
    """Take as many file handles as the system gives: some shells give 256."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = HANDLES if hard == resource.RLIM_INFINITY else min(HANDLES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _run(settings: Settings) -> None:
    from sqlalchemy.exc import DBAPIError
    from telegram.error import InvalidToken

    from bot.app import Application, PartDied, Stopped
    from bot.cli.people import wrong_token
    from bot.config import ConfigError
    from bot.jobs.supervisor import Supervisor
    from bot.ledger.engines import Damaged
    from bot.ledger.migrate import NewerLedger

    try:
        application = Application(settings, supervisor=Supervisor(os.environ.get("NOTIFY_SOCKET", "")))
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
    except Damaged as error:
        give_up(FAILED, damaged(settings, error))
    except DBAPIError as error:
        give_up(FAILED, unreachable(settings, error))
    except OSError as error:
        where = settings.telegram.webhook_listen
        if error.errno == errno.EADDRINUSE:
            give_up(
                USAGE,
                f"{where} 已被别的程序占用：改 webhook_listen · "
                f"{where} is taken by another program: change webhook_listen",
            )
        give_up(
            FAILED,
            f"{error.filename or settings.telegram.webhook_listen}: {error.strerror or error} · "
            "检查各文件夹和 webhook_listen · check the folders and webhook_listen",
        )


# --- the playground -----------------------------------------------------------------------------------

PORT = 8088
FOLDER = "playground-data"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Options:
    """How the playground was asked for."""

    port: int | None = None
    data: Path | None = None
    fresh: bool = False
    empty: bool = False
    browser: bool = False
    listen: str = LOOPBACK


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
    help=f"保留数据的文件夹，下次接着演练；不写则用 {FOLDER}，每次清空 · "
    f"A folder that keeps its state; without it {FOLDER}, emptied at every start.",
)
@click.option("--fresh", is_flag=True, help="清空 --data 从头开始 · Begin anew in --data.")
@click.option("--empty", is_flag=True, help="不预设人员，只给管理员邀请 · Nobody has joined yet.")
@click.option("--open", "browser", is_flag=True, help="打开浏览器 · Open the browser.")
@click.option(
    "--listen",
    metavar="ADDRESS",
    default=LOOPBACK,
    show_default=True,
    help="监听地址；改成别的，同网的人都能操作 · Another one lets everybody on the network play.",
)
def playground(
    port: int | None, data: Path | None, fresh: bool, empty: bool, browser: bool, listen: str
) -> None:
    """演练场：本机试用，不需要账号和令牌 · Try the bot on this machine, without account or token."""
    path = config_path()
    play(Options(port, data, fresh, empty, browser, listen), path if path.exists() else None)


def play(options: Options, config: Path | None) -> None:
    """Serve the playground until it is stopped, with the campaign of a configuration or the example's."""
    from bot.playground_app.folder import Folder, PlaygroundError

    try:
        keep = options.data is not None and not options.fresh
        folder = Folder(options.data or Path(FOLDER), keep=keep)
    except PlaygroundError as error:
        give_up(USAGE, str(error))
    except OSError as error:
        give_up(USAGE, f"{error.filename}: {error.strerror}；换一个 --data · choose another --data")
    try:
        asyncio.run(_play(options, folder, config))
    finally:
        folder.close()


async def _play(options: Options, folder: Folder, config: Path | None) -> None:
    from bot.playground_app.folder import PlaygroundError
    from bot.playground_app.playground import Playground
    from bot.playground_app.process import BotRefused

    game = Playground(folder, config, empty=options.empty)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, game.ask_to_stop)
    if options.listen != LOOPBACK:
        click.echo(
            f"注意：能访问 {options.listen} 的任何人都可以替所有人操作，没有密码；只在可信的网络里这样用。\n"
            f"WARNING: anybody who reaches {options.listen} can play everybody here; there is no password.",
            err=True,
        )
    try:
        port = PORT if options.port is None else options.port
        await game.open(port, any_port=options.port is None, listen=options.listen)
        click.echo(f"演练场 playground: {game.url}/")
        if options.browser and not _open_browser(f"{game.url}/"):
            click.echo("没有找到浏览器，请自己打开上面的地址 · no browser was found: open the address above")
        begun = await game.begin()
    except BotRefused as error:
        await game.close()
        give_up(error.code, *error.lines)
    except PlaygroundError as error:
        await game.close()
        give_up(FAILED, str(error))
    except OSError as error:
        await game.close()
        give_up(USAGE, _not_served(options, error))
    settle_memory()
    if not begun:
        await game.close()
        return
    if game.invitation:
        click.echo(f"管理员邀请 admin's invitation: {game.invitation}")
    else:
        click.echo(f"{len(game.cast()['cast'])} 人已加入 · people have joined（Ctrl-C 结束 ends it）")
    await game.run()


def _not_served(options: Options, error: OSError) -> str:
    """Why the page has no address, and what to change."""
    port, host = options.port, options.listen
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被别的程序占用：换一个 --port，不写则自动选 · "
            f"port {port} is taken by another program: choose another --port, or none for a free one"
        )
    if error.errno == errno.EACCES:
        return (
            f"端口 {port} 只有系统管理员能用：换 1024 以上的 --port · "
            f"port {port} is the system's own: choose a --port above 1024"
        )
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return (
            f"这台机器没有地址 {host}：换一个 --listen · "
            f"this machine has no address {host}: choose another --listen"
        )
    return f"{host} {port or PORT}：{error.strerror or error}；换一个 --port · choose another --port"


def _open_browser(url: str) -> bool:
    """Open a browser that has a window; one in this terminal would take it, and the playground with it."""
    import webbrowser

    windows = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in windows):
        return False

    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
