"""The command `playground`: where it serves, what it keeps, what it never touches."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.config import EXAMPLE

ROOT = Path(__file__).resolve().parents[2]
LONG = 60.0


@dataclass
class Said:
    """A playground that runs, and what it has said."""

    process: asyncio.subprocess.Process
    out: list[str] = field(default_factory=list)
    err: str = ""

    async def line(self, words: str) -> str:
        """The next line of its output that holds the words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(LONG):
            while line := (await self.process.stdout.readline()).decode():
                self.out.append(line)
                if words in line:
                    return line
        raise AssertionError(self.out)

    async def url(self) -> str:
        """The address that it names, without a slash at its end."""
        line = await self.line("http://")
        return line[line.index("http://") :].strip().rstrip("/")


@asynccontextmanager
async def command(folder: Path, *options: str, **variables: str) -> AsyncIterator[Said]:
    """`playground` in a folder, on any free port; stopped by SIGTERM, and it must end with 0."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER") and not name.startswith("BOT_")
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playground", "--port", "0", *options,
        cwd=folder, env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | variables,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said = Said(process)
    try:
        yield said
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
        said.err = err.decode()
    assert process.returncode == 0, said.err


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def asked(url: str, body: dict[str, Any] | None = None) -> Any:
    """An answer of the page."""

    def ask() -> Any:
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(urllib.request.Request(url, data)) as response:
            return response.read()

    return await asyncio.to_thread(ask)


async def test_without_a_browser_it_serves_and_says_where(tmp_path: Path) -> None:
    async with command(tmp_path, "--empty", "--open") as said:
        url = await said.url()
        told = await said.line("浏览器")
        page = await asked(f"{url}/")

    assert "[info" not in said.err  # no line for each message: the address stays in sight
    assert "no browser" in told
    assert b"<html" in page


async def test_other_machines_are_let_in_only_with_a_loud_warning(tmp_path: Path) -> None:
    async with command(tmp_path, "--empty", "--listen", "0.0.0.0") as said:
        url = await said.url()
        await said.line("t.me")
        cast = json.loads(await asked(f"http://127.0.0.1:{url.rpartition(':')[2]}/page/cast"))

    assert "WARNING" in said.err
    assert cast["listen"] == "all"
    assert cast["ready"]


async def test_what_it_keeps_is_there_again_until_it_begins_anew(tmp_path: Path) -> None:
    async with command(tmp_path, "--data", "mine") as said:
        url = await said.url()
        await said.line("人已加入")
        await asked(f"{url}/page/clock", {"to": "hour"})
    async with command(tmp_path, "--data", "mine") as said:
        again = json.loads(await asked(f"{await said.url()}/page/bar"))
        await said.line("人已加入")
    async with command(tmp_path, "--data", "mine", "--fresh") as said:
        fresh = json.loads(await asked(f"{await said.url()}/page/bar"))
        await said.line("人已加入")

    assert again["now"] >= "2019-04-12T10:00"
    assert fresh["now"] < "2019-04-12T10:00"


async def test_a_real_configuration_beside_it_lends_its_campaign_and_is_not_touched(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("百日攻坚行动", "攻坚行动（演练）")
    text = text.replace('token = ""', 'token = "123:secret-of-the-office"', 1)
    (tmp_path / "config.toml").write_text(text, "utf-8")

    async with command(tmp_path, "--empty", BOT_TOKEN="123:secret-of-the-office") as said:
        url = await said.url()
        await said.line("t.me")
        cast = json.loads(await asked(f"{url}/page/cast"))

    assert cast["name"].endswith("攻坚行动（演练）")
    assert (tmp_path / "config.toml").read_text("utf-8") == text
    assert names(tmp_path) == ["config.toml", "playground-data"]
    assert "secret-of-the-office" not in said.err + "".join(said.out)
