"""The playground in a real browser: one person plays an inspector and a contact."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def playing(folder: Path, *options: str) -> Iterator[str]:
    """What a playground on a free port says about its address; it is stopped cleanly afterwards."""
    command = [sys.executable, "-m", "bot", "playground", "--port", "0", "--data", str(folder), *options]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = next(line for line in running.stdout if "http://" in line)
        if "--empty" in options:
            said += next(running.stdout)
        try:
            yield said
        finally:
            running.send_signal(signal.SIGTERM)
            running.stdout.read()
        assert running.wait(timeout=20) == 0


def first(said: str, pattern: str) -> str:
    """The first address of a kind in what was said."""
    found = re.search(pattern, said)
    assert found is not None
    return found[0]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A playground whose people have joined."""
    with playing(tmp_path / "play") as said:
        yield first(said, r"http://\S+")


@pytest.mark.browser
def test_a_report_is_filed_handed_over_and_signed_for_by_hand(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".phone")).to_have_count(3, timeout=15_000)
    inspector, contact = page.locator(".phone").nth(0), page.locator(".phone").nth(1)

    for _ in range(3):
        inspector.locator(".sample").click()
    expect(inspector.locator(".picked")).to_contain_text("3")
    inspector.get_by_label("写消息").fill("延津县王楼镇任庄村村口垃圾堆，限3天")
    inspector.get_by_role("button", name="发送").click()
    inspector.get_by_role("button", name="立即交办").click(timeout=15_000)
    contact.get_by_role("button", name="签收").last.click(timeout=15_000)

    expect(contact.locator(".messages")).to_contain_text("已由延津县于09:0", timeout=15_000)
    page.reload()
    expect(page.locator(".phone").nth(1).locator(".messages")).to_contain_text("县1-0412-01", timeout=15_000)


@pytest.mark.browser
def test_markup_in_a_message_is_shown_as_text(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".phone")).to_have_count(3, timeout=15_000)
    inspector = page.locator(".phone").nth(0)

    inspector.get_by_label("写消息").fill("<img src=x onerror=alert(1)> <b>x</b>")
    inspector.get_by_role("button", name="发送").click()

    expect(inspector.locator("li.mine .words").last).to_have_text("<img src=x onerror=alert(1)> <b>x</b>")


@pytest.mark.browser
def test_a_newcomer_joins_an_empty_playground_by_the_printed_link(page: Page, tmp_path: Path) -> None:
    with playing(tmp_path / "play", "--empty") as said:
        page.goto(first(said, r"http://\S+"))
        page.on("dialog", lambda dialog: dialog.accept("何平"))
        page.get_by_role("button", name="新人").click()
        newcomer = page.locator(".phone")
        for words, answer in ((first(said, r"https://t\.me/\S+"), "职务"), ("何平 系统管理员", "知晓")):
            newcomer.get_by_label("写消息").fill(words)
            newcomer.get_by_role("button", name="发送").click()
            expect(newcomer.locator("li:not(.mine)").last).to_contain_text(answer)
        newcomer.get_by_role("button", name="我已知晓").click()

        expect(newcomer.locator(".messages")).to_contain_text("管理员", timeout=15_000)
        expect(newcomer.locator(".menu")).to_contain_text("邀请")


@pytest.mark.browser
def test_time_is_moved_on_by_a_press(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#now")).to_contain_text("2019年4月12日", timeout=15_000)

    page.get_by_role("button", name="+1 天").click()

    expect(page.locator("#now")).to_contain_text("2019年4月13日")
