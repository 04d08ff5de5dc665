"""A playground in a process of its own, and the page's phones in the words of who holds them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
SOON = 15_000
"""Milliseconds: generous, because other tests may be running beside."""
expect.set_options(timeout=SOON)


@contextmanager
def playing(folder: Path, *options: str) -> Iterator[Town]:
    """A playground on a free port, whose people have joined; it is stopped cleanly afterwards."""
    command = [sys.executable, "-m", "bot", "playground", "--port", "0", "--data", str(folder), *options]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        wanted = "t.me" if "--empty" in options else "joined"
        said = ""
        for line in running.stdout:
            said += line
            if wanted in line:
                break
        assert wanted in said, f"the playground did not start: {said}"
        try:
            yield Town(first(said, r"http://[\w.:]+"), said)
        finally:
            running.send_signal(signal.SIGTERM)
            running.stdout.read()
        assert running.wait(timeout=20) == 0


def first(said: str, pattern: str) -> str:
    """The first words of a kind in what was said."""
    found = re.search(pattern, said)
    assert found is not None, said
    return found[0]


@dataclass
class Town:
    """A running playground, asked past the page."""

    url: str
    said: str

    def ask(self, path: str, body: Any = None) -> Any:
        """An answer of the server."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @cached_property
    def people(self) -> dict[str, int]:
        """Who plays which part: lead:county/1, contact:延津县, office:county, …"""
        return {one["place"]: one["id"] for one in self.ask("/page/cast")["cast"]}

    def open(self, page: Page, *parts: str, query: str = "") -> list[Phone]:
        """The page with the phones of these parts, one after the other."""
        page.set_default_timeout(SOON)
        page.goto(f"{self.url}/{query}#{','.join(str(self.people[part]) for part in parts)}")
        expect(page.locator(".phone")).to_have_count(len(parts), timeout=SOON)
        return [Phone(page, page.locator(".phone").nth(index)) for index in range(len(parts))]


@dataclass
class Phone:
    """One phone on the page."""

    page: Page
    box: Locator

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.box.locator("textarea")

    @property
    def messages(self) -> Locator:
        """The scrolled list."""
        return self.box.locator(".messages")

    def says(self, words: str) -> None:
        """Write and send."""
        self.field.fill(words)
        self.box.locator("button.send").click()

    def picks(self, *samples: str) -> None:
        """Sample photographs from the tray, which is closed again."""
        tray = self.box.get_by_role("button", name="样张照片")
        tray.click()
        for sample in samples:
            self.box.locator(".tray").get_by_role("button", name=sample, exact=True).click()
        tray.click()

    def key(self, words: str) -> Locator:
        """The newest inline button with these words."""
        return self.box.locator(".key").get_by_text(words, exact=True).last

    def presses(self, words: str) -> None:
        """Press the newest inline button with these words."""
        self.key(words).click(timeout=SOON)

    def row(self, words: str) -> Locator:
        """The newest message that holds the words."""
        return self.box.locator(".row", has_text=words).last

    def hears(self, words: str) -> Locator:
        """Wait for a message that holds the words."""
        expect(self.row(words)).to_be_visible(timeout=SOON)
        return self.row(words)

    def does(self, words: str, act: str, kind: str = "") -> None:
        """Choose an act from a message's menu; `kind` is `.mine` for one's own."""
        row = self.box.locator(f".row{kind}", has_text=words).last
        row.hover()
        row.locator(".acts").click()
        self.page.get_by_role("dialog").get_by_role("button", name=act, exact=True).click()
