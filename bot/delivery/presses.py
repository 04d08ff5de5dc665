"""Answers to presses: at once, past the outbox, for the presser's clock is running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import TelegramError

from bot.delivery.wire import Wire
from bot.services.answering import Toast
from bot.texts.catalogue import Catalogue
from bot.texts.html import plain

log = structlog.get_logger(__name__)

MOST = 200
"""Characters that Telegram shows of an answer."""


@dataclass(frozen=True, slots=True)
class Presses:
    """Answers presses in their presser's language; an answer that is lost costs nothing."""

    wire: Wire
    catalogue: Catalogue

    async def answer(self, press_id: str, toast: Toast) -> None:
        """Stop the clock of a press, and show what there is to say."""
        params: dict[str, Any] = {"callback_query_id": press_id}
        if toast.text:
            words = self.catalogue.text(toast.language, toast.text, toast.values)
            params.update(text=plain(words)[:MOST], show_alert=toast.alert)
        if toast.url:
            params["url"] = toast.url
        try:
            await self.wire.call("answerCallbackQuery", params)
        except TelegramError as error:
            log.info("a press could not be answered", error=str(error))

    async def given_up(self, update: Mapping[str, Any]) -> None:
        """A press that could not be handled: its clock stops running, too."""
        press = update.get("callback_query")
        if press is not None:
            await self.answer(str(press["id"]), Toast("refusals.set_aside", alert=True))
