"""The picture of the READMEs, made anew from the playground: `make screenshots` (needs Chromium)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


def story(page: Page, address: str) -> None:
    """A report is filed, handed over, signed for and answered; the check waits with both pictures."""
    page.goto(address)
    expect(page.locator(".phone")).to_have_count(3, timeout=20_000)
    inspector, contact = page.locator(".phone").nth(0), page.locator(".phone").nth(1)
    for _ in range(2):
        inspector.locator(".sample").click()
    expect(inspector.locator(".picked")).to_contain_text("2")
    inspector.get_by_label("写消息").fill(CAPTION)
    inspector.get_by_role("button", name="发送").click()
    inspector.get_by_role("button", name="立即交办").click(timeout=20_000)
    contact.get_by_role("button", name="签收").last.click(timeout=20_000)
    expect(contact.locator(".messages")).to_contain_text("签收", timeout=20_000)
    card = contact.locator("li", has_text="请直接回复").last
    card.get_by_role("button", name="回复这条").click()
    contact.locator(".sample").click()
    expect(contact.locator(".picked")).to_contain_text("1")
    contact.get_by_label("写消息").fill("已清理，安排专人保洁")
    contact.get_by_role("button", name="发送").click()
    expect(inspector.get_by_role("button", name="销号").last).to_be_visible(timeout=20_000)
    page.wait_for_timeout(1500)  # the pictures' decoding, not a test


def main() -> None:
    """Write docs/screenshot.png."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "playground", "--port", "0", "--data", f"{folder}/play"]
        with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            said = next(line for line in running.stdout if "http://" in line)
            address = re.search(r"http://\S+", said)
            assert address is not None
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1400, "height": 900})
                story(page, address[0])
                page.screenshot(path=str(HERE / "screenshot.png"))
                browser.close()
            running.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
