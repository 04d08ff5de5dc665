"""`run` as a process: where it begins, how it is refused, how it stops."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.config import EXAMPLE
from bot.playground.server import BotApiServer

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "7000000001:TEST-run"
WRONG = "7000000001:TEST-somebody-elses"
NOWHERE = "http://127.0.0.1:9"
ENDS_WITHIN = 20.0


@dataclass
class Ran:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What was said on standard error."""
        return self.err.strip().splitlines()


@dataclass
class Running:
    """A process that runs."""

    process: asyncio.subprocess.Process
    seen: list[str] = field(default_factory=list)

    async def says(self, words: str) -> str:
        """The next line of its output that holds the words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(ENDS_WITHIN):
            while line := (await self.process.stdout.readline()).decode():
                self.seen.append(line)
                if words in line:
                    return line
        raise AssertionError(f"{words!r} was not said: {self.seen}")

    async def ends(self, number: int | None = None) -> Ran:
        """What it said and how it ended, after a signal if one is given."""
        if number is not None:
            self.process.send_signal(number)
        async with asyncio.timeout(ENDS_WITHIN):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Ran(self.process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def bot(folder: Path, *words: str, **variables: str) -> AsyncIterator[Running]:
    """`python -m bot …` in a folder, with nothing of this shell's BOT_ variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    own = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "BOT_SERVER__LISTEN": "", **variables}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=folder,
        env=clean | own, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """A Bot API server with one bot."""
    async with BotApiServer(strict=True) as server:
        server.bot(TOKEN, username="inspect_bot", privacy=False)
        yield server


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def configured(folder: Path, url: str) -> None:
    text = EXAMPLE.read_text("utf-8").replace("https://api.telegram.org", url, 1)
    (folder / "config.toml").write_text(text, "utf-8")


async def test_with_configuration_and_token_it_listens_and_stops_cleanly(
    tmp_path: Path, server: BotApiServer
) -> None:
    configured(tmp_path, server.url)

    async with bot(tmp_path, "run", BOT_TOKEN=TOKEN) as running:
        await server.called(server.telegram.bots[7000000001], "deleteWebhook", timeout=ENDS_WITHIN)
        ended = await running.ends(signal.SIGTERM)

    assert ended.code == 0, ended.err
    assert (tmp_path / "data" / "bot.db").exists()
    assert TOKEN not in ended.out + ended.err


async def test_what_was_sent_before_the_stop_is_answered(tmp_path: Path, server: BotApiServer) -> None:
    configured(tmp_path, server.url)
    account = server.telegram.bots[7000000001]
    stranger = server.person("某人")

    async with bot(tmp_path, "run", BOT_TOKEN=TOKEN) as running:
        await server.called(account, "deleteWebhook", timeout=ENDS_WITHIN)
        stranger.sends(account, "你好")
        await server.acknowledged(account)
        ended = await running.ends(signal.SIGINT)

    assert ended.code == 0, ended.err
    assert stranger.chat(account).last.by_bot


async def test_a_wrong_token_is_one_line_and_two(tmp_path: Path, server: BotApiServer) -> None:
    configured(tmp_path, server.url)

    async with bot(tmp_path, "run", BOT_TOKEN=WRONG) as running:
        ended = await running.ends()

    assert ended.code == 2
    assert len(ended.lines) == 1
    assert "@BotFather" in ended.lines[0]
    assert WRONG not in ended.out + ended.err


async def test_it_can_be_stopped_while_telegram_is_out_of_reach(tmp_path: Path) -> None:
    configured(tmp_path, NOWHERE)

    async with bot(tmp_path, "run", BOT_TOKEN=TOKEN) as running:
        assert running.process.stderr is not None
        async with asyncio.timeout(ENDS_WITHIN):
            said = (await running.process.stderr.readline()).decode()
        ended = await running.ends(signal.SIGTERM)

    assert "cannot be reached" in said
    assert ended.code == 0


async def test_it_can_be_stopped_before_it_has_opened_anything(tmp_path: Path) -> None:
    configured(tmp_path, NOWHERE)

    async with bot(tmp_path, "run", BOT_TOKEN=TOKEN, PYTHONPROFILEIMPORTTIME="1") as running:
        assert running.process.stderr is not None
        async with asyncio.timeout(ENDS_WITHIN):
            while b"bot.config.sections" not in await running.process.stderr.readline():
                pass
        ended = await running.ends(signal.SIGTERM)

    assert ended.code == 0
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("given", ["token", "configuration"])
async def test_only_one_of_the_two_is_refused_with_what_is_missing(tmp_path: Path, given: str) -> None:
    if given == "configuration":
        configured(tmp_path, NOWHERE)
    variables = {"BOT_TOKEN": TOKEN} if given == "token" else {}

    async with bot(tmp_path, "run", **variables) as running:
        ended = await running.ends()

    assert ended.code == 2
    assert len(ended.lines) == 1
    assert ("init" if given == "token" else "BOT_TOKEN") in ended.lines[0]
    assert TOKEN not in ended.err


async def test_a_named_configuration_that_is_missing_is_never_the_playground(tmp_path: Path) -> None:
    async with bot(tmp_path, "--config", "typo.toml", "run") as running:
        ended = await running.ends()

    assert ended.code == 2
    assert "typo.toml" in ended.err


async def test_without_both_it_is_the_playground(tmp_path: Path) -> None:
    async with bot(tmp_path, "run") as running:
        said = await running.says("http://127.0.0.1:")
        await running.says("人已加入")
        ended = await running.ends(signal.SIGTERM)

    assert said.rstrip().endswith("/")
    assert ended.code == 0, ended.err
    assert names(tmp_path) == ["playground-data"]


async def test_an_empty_playground_prints_the_admins_invitation(tmp_path: Path) -> None:
    async with bot(tmp_path, "playground", "--empty", "--port", "0", "--data", "play") as running:
        said = await running.says("t.me")
        ended = await running.ends(signal.SIGTERM)

    assert "https://t.me/inspect_bot?start=" in said
    assert ended.code == 0


async def test_commands_work_on_a_playground_that_runs(tmp_path: Path) -> None:
    async with bot(tmp_path, "playground", "--port", "0", "--data", "play") as running:
        await running.says("人已加入")
        async with bot(tmp_path, "--config", "play/config.toml", "members") as asked:
            listed = await asked.ends()
        async with bot(tmp_path, "playground", "--port", "0", "--data", "play") as second:
            refused = await second.ends()
        await running.ends(signal.SIGTERM)

    assert listed.code == 0
    assert "督查暗访组" in listed.out
    assert refused.code == 2
    assert "--data" in refused.err


async def test_a_playground_never_empties_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", "utf-8")

    async with bot(tmp_path, "playground", "--data", "mine") as running:
        ended = await running.ends()

    assert ended.code == 2
    assert (tmp_path / "mine" / "letter.txt").exists()


@contextmanager
def taken_port() -> Iterator[int]:
    """A port of this machine at which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_a_taken_port_of_the_playground_is_said_in_plain_words(tmp_path: Path) -> None:
    with taken_port() as port:
        async with bot(tmp_path, "playground", "--port", str(port)) as running:
            ended = await running.ends()

    assert ended.code == 2
    assert ended.lines == [
        f"端口 {port} 已被别的程序占用：换一个 --port，不写则自动选 · "
        f"port {port} is taken by another program: choose another --port, or none for a free one"
    ]


async def test_an_address_that_is_not_this_machines_is_said_in_plain_words(tmp_path: Path) -> None:
    async with bot(tmp_path, "playground", "--listen", "192.0.2.1") as running:
        ended = await running.ends()

    assert ended.code == 2
    assert ended.lines[-1] == (
        "这台机器没有地址 192.0.2.1：换一个 --listen · "
        "this machine has no address 192.0.2.1: choose another --listen"
    )


async def test_a_taken_port_for_the_webhook_is_said_in_plain_words(
    tmp_path: Path, server: BotApiServer
) -> None:
    configured(tmp_path, server.url)
    own = {"BOT_TELEGRAM__MODE": "webhook", "BOT_TELEGRAM__WEBHOOK_URL": "https://bot.example/hook"}

    with taken_port() as port:
        own["BOT_TELEGRAM__WEBHOOK_LISTEN"] = f"127.0.0.1:{port}"
        async with bot(tmp_path, "run", BOT_TOKEN=TOKEN, **own) as running:
            ended = await running.ends()

    assert ended.code == 2
    assert ended.lines[-1] == (
        f"127.0.0.1:{port} 已被别的程序占用：改 webhook_listen · "
        f"127.0.0.1:{port} is taken by another program: change webhook_listen"
    )


async def test_make_run_says_at_once_that_it_installs(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"), "utf-8")
    (tmp_path / "requirements.lock").touch()

    made = await asyncio.create_subprocess_exec(
        "make", "-n", "run", cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, _ = await made.communicate()

    said = "安装到 .venv，约一分钟 · installing into .venv, about a minute"
    assert 0 <= out.decode().find(said) < out.decode().find("-m pip install")
