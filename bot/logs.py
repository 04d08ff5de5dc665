"""Logs: structured lines to standard error, without secrets and without the values of variables.

Tracebacks are plain: a traceback that prints local variables would print captions, names and the
address that holds the token.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog

_HIDDEN = "[hidden]"


class Redactor:
    """Replaces every secret in everything that is logged."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        # a token is also written percent-encoded, in addresses
        self._secrets = tuple(
            form for secret in secrets if secret for form in (secret, secret.replace(":", "%3A"))
        )

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    def __call__(self, _logger: Any, _name: str, line: str | bytes) -> str:
        """A structlog processor, the last one: the whole line is looked through."""
        return self.clean(line if isinstance(line, str) else line.decode())


class _Filter(logging.Filter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._redactor.clean(record.getMessage())
        record.args = ()
        return True


def set_up(
    level: str = "INFO", form: Literal["text", "json"] = "text", secrets: tuple[str, ...] = ()
) -> None:
    """Configure structlog and the standard library's logging for the process."""
    redactor = Redactor(secrets)
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            *([structlog.processors.format_exc_info] if form == "json" else []),
            render,
            redactor,  # type: ignore[list-item]  # the last one is given the rendered line
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Filter(redactor))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # they write addresses with the token at INFO
    for name in ("httpx", "httpcore", "aiohttp", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
