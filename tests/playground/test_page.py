"""The playground in a real browser: one person plays an inspector and a contact."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A playground of its own on a free port, stopped cleanly afterwards."""
    command = [sys.executable, "-m", "bot", "playground", "--port", "0", "--data", str(tmp_path / "play")]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = next(line for line in running.stdout if "http://" in line)
        yield re.search(r"http://\S+", said)[0]  # type: ignore[index]
        running.send_signal(signal.SIGTERM)
        running.stdout.read()
        assert running.wait(timeout=20) == 0


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
