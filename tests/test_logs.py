"""Logs: one shape for all lines, and no secret in any of them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

TOKEN = "7000000001:TEST-of-the-logs"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What is configured for the process is put back."""
    hook = sys.excepthook
    yield
    sys.excepthook = hook
    logs.set_up()


def failing() -> None:
    raise RuntimeError(f"no answer from {ADDRESS}")


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_token_is_in_no_line_ours_or_anothers(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", form, (TOKEN,))  # type: ignore[arg-type]

    structlog.get_logger("own").warning("asked", address=ADDRESS)
    logging.getLogger("aiohttp.client").error("asked %s", ADDRESS.replace(":TEST", "%3ATEST"))
    for log in (structlog.get_logger("own"), logging.getLogger("asyncio")):
        try:
            failing()
        except RuntimeError:
            log.exception("failed")

    said = capsys.readouterr().err
    assert TOKEN not in said
    assert TOKEN.replace(":", "%3A") not in said
    assert said.count("[hidden]") == 4


def test_every_line_is_json_where_json_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", "json", (TOKEN,))

    structlog.get_logger("own").info("任庄村", count=3)
    logging.getLogger("other").warning("one %s", "thing")

    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["count"], first["level"]) == ("任庄村", 3, "info")
    assert (second["event"], second["level"]) == ("one thing", "warning")


def test_the_last_words_of_the_process_hide_the_token_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", "text", (TOKEN,))

    try:
        failing()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)

    said = capsys.readouterr().err
    assert "RuntimeError: no answer from https://api.telegram.org/bot[hidden]/getMe" in said


def test_what_is_below_the_level_is_not_said(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("ERROR")

    structlog.get_logger("own").warning("quiet")
    logging.getLogger("other").warning("quiet")

    assert capsys.readouterr().err == ""
