"""The playground's page in Chromium: how soon it is there, how soon a message shows, how a long chat scrolls.

Wall clock, as one feels it: the browser measures, on this machine, with whatever else it does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.ratio import row

STARTS = 5
SENT = 100
LONG = 2_000
SHOWN = """async (count) => {
  const field = document.querySelector("textarea"), times = [];
  for (let number = 0; number < count; number += 1) {
    const words = `${number} ${Math.random()}`;
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    await new Promise((done) => {
      const look = () => {
        const last = [...document.querySelectorAll(".phone .mine .words")].slice(-3);
        if (last.some((one) => one.textContent === words)) done(); else requestAnimationFrame(look);
      };
      look();
    });
    times.push(performance.now() - start);
    await new Promise((done) => { setTimeout(done, 50); });
  }
  return times;
}"""
FRAMES = """async (seconds) => {
  const frames = [], end = performance.now() + seconds * 1000;
  let last = performance.now();
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""
SCROLLED = """async (seconds) => {
  const box = document.querySelector(".messages"), frames = [], end = performance.now() + seconds * 1000;
  let last = performance.now(), step = -160;
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    box.scrollTop += step;
    if (box.scrollTop <= 0) step = 160;
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) step = -160;
  }
  return frames;
}"""


def main() -> None:
    """Print the lines of the table."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with playground() as (url, served), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        usable = []
        for _ in range(STARTS):
            page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
            page.goto(url)
            page.wait_for_selector(".phone textarea")
            usable.append(page.evaluate("performance.now()"))
            page.context.close()
        print(
            row(
                "page", f"the page answers, after the start ({served:.2f} s with Python's)", served, 1.0, " s"
            )
        )
        print(
            row(
                "page",
                "phones can be used, after the page is asked for",
                statistics.median(usable),
                1000,
                " ms",
            )
        )
        state = ask(url, "/play/state")
        group = next(chat for chat in state["chats"] if chat["type"] == "supergroup")
        people = [member["user"]["id"] for member in group["members"] if not member["user"]["is_bot"]]
        fill(url, group["key"], people)
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        page.goto(f"{url}/#{people[0]}@{group['key']}")
        page.wait_for_selector(".phone textarea")
        times = sorted(page.evaluate(SHOWN, SENT))
        note = f"(median {statistics.median(times):.0f} ms)"
        print(
            row("page", f"a message shows after it is sent, p95 {note}", times[int(SENT * 0.95)], 150, " ms")
        )
        while page.locator(".messages .row").count() < LONG:
            page.locator(".messages").evaluate("(box) => { box.scrollTop = 0; }")
            page.wait_for_timeout(100)  # older ones come in: nothing to test
        still = sorted(page.evaluate(FRAMES, 3))
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        before = busy(devtools.send("Performance.getMetrics"))
        frames = sorted(page.evaluate(SCROLLED, 5))
        spent = (busy(devtools.send("Performance.getMetrics")) - before) / len(frames) * 1000
        calm, fast = (some[int(len(some) * 0.95)] for some in (still, frames))
        note = f"(p95 {fast:.0f} ms, standing still {calm:.0f}; longest {frames[-1]:.0f})"
        print(row("page", f"work in a frame while {LONG} messages scroll {note}", spent, 8, " ms"))
        browser.close()


def busy(metrics: dict[str, Any]) -> float:
    """Seconds that the page's main thread has worked: script, style, layout, painting."""
    return next(one["value"] for one in metrics["metrics"] if one["name"] == "TaskDuration")


def ask(url: str, path: str, body: Any = None) -> Any:
    """An answer of the server."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def fill(url: str, chat: str, people: list[int]) -> None:
    """Talk in a group until there are so many messages; the bot listens and says nothing."""
    for start in range(0, LONG, 500):
        words = [
            f"第{number}条：今天看了{number % 9 + 1}个村，" * (number % 4 + 1)
            for number in range(start, start + 500)
        ]
        ask(
            url,
            "/play/acts",
            [
                {"person": people[number % len(people)], "verb": "sends", "place": chat, "text": text}
                for number, text in enumerate(words)
            ],
        )


@contextmanager
def playground() -> Iterator[tuple[str, float]]:
    """A playground whose people have joined: its address, and how long until the page was served."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "playground", "--port", "0", "--data", f"{folder}/play"]
        began = time.perf_counter()
        with subprocess.Popen(
            command, cwd=Path(__file__).resolve().parent.parent, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as running:  # fmt: skip
            assert running.stdout is not None
            url, served = "", 0.0
            for line in running.stdout:
                if found := re.search(r"http://[\w.:]+", line):
                    url = found[0]
                    with urllib.request.urlopen(url, timeout=10) as page:
                        page.read()
                    served = time.perf_counter() - began
                if "joined" in line:
                    break
            try:
                yield url, served
            finally:
                running.terminate()
                running.stdout.read()
