"""What the page's server gives out, and what the page may do in the browser."""

from __future__ import annotations

import re

import aiohttp
import pytest

from bot.playground.page import Page, files
from bot.playground.server import BotApiServer


@pytest.fixture
def served(server: BotApiServer) -> str:
    """The address of a server whose front is the page."""
    server.front = Page().app
    return server.url


async def test_the_page_may_load_nothing_from_elsewhere_and_stand_in_no_frame(served: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(served) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:", policy)


async def test_every_module_that_is_imported_is_served(served: str) -> None:
    async with aiohttp.ClientSession() as session:
        for name in files():
            async with session.get(f"{served}/ui/{name}") as answer:
                assert answer.status == 200
                text = await answer.text()
            if "/" not in name:
                named = re.findall(r'from "\./([\w.-]+)"', text)
                assert set(named) <= set(files()), name


@pytest.mark.parametrize(
    "name", ["__init__.py", "vendor/LICENSE.htm", "../server/api.py", "%2e%2e/server/api.py"]
)
async def test_nothing_but_the_page_s_own_files_is_served(served: str, name: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{served}/ui/{name}") as answer:
        assert answer.status == 404


def test_what_is_borrowed_is_named_with_its_licence() -> None:
    vendor = next(path for name, path in files().items() if name == "vendor/htm.mjs").parent
    named = (vendor / "README.md").read_text(encoding="utf-8")

    for path in vendor.iterdir():
        assert path.name == "README.md" or path.name in named
