"""Logs: structured lines to standard error, without secrets and without the values of variables.

Tracebacks are plain: a traceback that prints local variables would print captions, names and the
address that holds the token.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
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


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Lines of other libraries, shaped like our own and cleaned whole: the traceback too."""

    def __init__(self, redactor: Redactor, shared: list[Any], finish: list[Any]) -> None:
        remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(foreign_pre_chain=shared, processors=[remove, *finish])
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


def set_up(
    level: str = "INFO", form: Literal["text", "json"] = "text", secrets: tuple[str, ...] = ()
) -> None:
    """Configure structlog, the standard library's logging and the last words of the process."""
    redactor = Redactor(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
    ]
    finish: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    last: Any = redactor  # it is given the rendered line, not the values
    structlog.configure(
        processors=[*shared, *finish, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(redactor, shared, finish))
    # libraries write addresses with the token at INFO
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelName(level)), handlers=[handler], force=True
    )

    def last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        lines = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(redactor.clean(lines))

    sys.excepthook = last_words
