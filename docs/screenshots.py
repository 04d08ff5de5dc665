"""The pictures of the READMEs, made anew from the playground in the middle of a story: `make screenshots`.

Needs Chromium. The stories are told by the page itself, as a visitor would have them told.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
SIZE = {"width": 1600, "height": 920}
NARROW = {"width": 390, "height": 844}
SOON = 30_000
STEPS = 9
"""So far the story is told: reported, signed for, answered, sent back, answered again; the check waits."""


def told(browser: Browser, address: str) -> None:
    """The first story up to its middle, in Chinese, and what stands there in both languages."""
    page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
    page.goto(f"{address}?panel=stories")
    page.locator(".shelf button").first.click(timeout=SOON)
    for done in range(1, STEPS + 1):
        page.locator(".next-step").click()
        expect(page.locator(".step.done")).to_have_count(done, timeout=SOON)
    for closing in page.locator(".phone").all()[3:]:
        closing.locator(".who .tool").click()
    page.locator(".phone").nth(2).locator(".quick button", has_text="台账").click()
    page.wait_for_timeout(6000)  # until the hints of presses are gone and pictures are there: no test
    keep(page, "screenshot.png")
    page.get_by_role("button", name="English").click()
    keep(page, "screenshot.en.png")
    page.get_by_role("button", name="中文").click()
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.locator(".panel header .tool").click()
    page.locator(".phone-tabs button").nth(0).click()
    page.wait_for_timeout(500)
    keep(page, "screenshot.phone.png")


def keep(page: Page, name: str) -> None:
    """A picture of what is seen, with colours enough for a page and half the bytes."""
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(HERE / name, optimize=True)


def main() -> None:
    """Write docs/screenshot.png, docs/screenshot.en.png and docs/screenshot.phone.png."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "playground", "--port", "0", "--data", f"{folder}/play"]
        with subprocess.Popen(
            command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as running:  # fmt: skip
            assert running.stdout is not None
            said = ""
            for line in running.stdout:
                said += line
                if "joined" in line:
                    break
            address = re.search(r"http://\S+", said)
            assert address is not None
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                told(browser, address[0])
                browser.close()
            running.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
