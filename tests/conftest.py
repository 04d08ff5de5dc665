"""What every test may use: hypothesis settled, a browser where there is one, photographs where they lie."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from bot import logs
from bot.texts import catalogue

# Plain tracebacks: a rich one prints every variable and takes seconds.
logs.set_up("WARNING")

# The same examples on every machine and no stop-watch: a slow machine is no fault of a rule.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parent.parent
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Compiled(BytecodeCache):
    """Templates compiled once for a whole run: every test builds a catalogue of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of these words before."""
        if bucket.key in self._kept:
            bucket.load_bytecode(io.BytesIO(self._kept[bucket.key]))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        written = io.BytesIO()
        bucket.write_bytecode(written)
        self._kept[bucket.key] = written.getvalue()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """The catalogue's environments share what they compile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "Environment", partial(Environment, bytecode_cache=Compiled()))
        yield


def browser_path() -> str | None:
    """The system's Chromium: $CHROMIUM, else the first that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def photo_folder() -> Path:
    """Camera photographs: $PHOTO_SAMPLES, else ../shared/data/photos."""
    return Path(os.environ.get("PHOTO_SAMPLES") or ROOT.parent / "shared" / "data" / "photos")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and skip aloud what this machine cannot do."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and browser_path() is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium here: install chromium or set CHROMIUM"))
        if item.get_closest_marker("photos") and not photo_folder().is_dir():
            item.add_marker(pytest.mark.skip(reason=f"no photographs in {photo_folder()}: set PHOTO_SAMPLES"))


@pytest.fixture
def photo_samples() -> Path:
    """The folder of camera photographs; mark the test with `photos`."""
    return photo_folder()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright drives the system's Chromium instead of downloading one."""
    path = browser_path()
    if path is None:
        return browser_type_launch_args
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox"]}
