"""Scores, rankings and measures, heard: always answered in private."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.delivery.wire import TooLarge
from bot.documents import score_sheet
from bot.documents.office_files import OfficeFileError
from bot.services.answering import Toast, nothing
from bot.services.scoring import (
    breakdown,
    deciding,
    drafting,
    entering,
    entrycard,
    fines,
    issuing,
    measurecards,
    periodcard,
    rankingview,
    rulespage,
    sheetfile,
    trending,
    why,
)
from bot.services.scoring import (
    objections as objecting,
)

Handler = Callable[[Hearing], Awaitable[Toast]]

LARGEST: Final = 5 * 1024 * 1024
"""A sheet of scores is small; what is larger is something else."""


WHY: Final = re.compile(r"^(?:为什么|得分明细)[\s　]+(?=\S{2,12}$)")
"""「为什么 延津」."""


def asks_why(text: str) -> bool:
    """Whether a text asks for the details of a region."""
    return WHY.match(text.strip()) is not None


def _reply(here: Hearing) -> int | None:
    """The message to reply to, where the answer goes to the chat that it came from."""
    message = here.heard.message
    return message.message_id if message is not None and message.private else None


async def score(here: Hearing) -> Toast:
    """`/score`, 「打分」: with lines they are entered; in a group nothing is taken, the sender is told."""
    heard = here.heard
    if not heard.private:
        return await here.do(entering.in_group if heard.command else nothing)
    args = heard.args if heard.command else ""
    return await here.do(entrycard.command, args, heard.sender_id, _reply(here))


async def rank(here: Hearing) -> Toast:
    """`/rank`, 「排名」."""
    heard = here.heard
    if not heard.private and not heard.command:
        return await here.do(nothing)
    return await here.do(rankingview.command, heard.sender_id, _reply(here))


async def details(here: Hearing) -> Toast:
    """`/why 延津`, 「得分明细」."""
    heard = here.heard
    if not heard.private and not heard.command:
        return await here.do(nothing)
    args = heard.args
    if not heard.command and heard.message is not None:
        args = WHY.sub("", heard.message.text.strip()) if asks_why(heard.message.text) else ""
    return await here.do(why.command, args, heard.sender_id, _reply(here))


async def measures(here: Hearing) -> Toast:
    """`/measures`, 「结果运用」."""
    heard = here.heard
    if not heard.private and not heard.command:
        return await here.do(nothing)
    return await here.do(measurecards.show, heard.sender_id)


async def rules(here: Hearing) -> Toast:
    """「考评口径」."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(rulespage.show, here.heard.sender_id)


# --- entering ----------------------------------------------------------------------------------------


async def ask_value(here: Hearing) -> Toast:
    """A source of a region."""
    press, heard = here.pressed, here.heard
    return await here.do(entrycard.ask, press.subject, press.arg, heard.sender_id, heard.pressed_message)


async def ask_aspects(here: Hearing) -> Toast:
    """「七方面」 of a region's mark."""
    press, heard = here.pressed, here.heard
    return await here.do(breakdown.ask, press.subject, press.arg, heard.sender_id, heard.pressed_message)


async def not_inspected(here: Hearing) -> Toast:
    """「本旬未检查」."""
    return await here.do(entrycard.not_inspected, here.pressed.arg, here.heard.sender_id)


async def sheet(here: Hearing) -> Toast:
    """「打分表」."""
    return await here.do(sheetfile.send, here.pressed.arg, here.heard.sender_id)


def may_be_sheet(here: Hearing) -> bool:
    """Whether a message is a workbook in a private chat: only then its sender is asked about."""
    message = here.heard.message
    if message is None or not message.private or len(message.attachments) != 1:
        return False
    one = message.attachments[0]
    return (one.name or "").lower().endswith(".xlsx") and (one.size or 0) <= LARGEST


async def document(here: Hearing, *, otherwise: Handler) -> Toast:
    """A workbook of somebody who gives marks: a sheet of scores when it says so, else like any file."""
    message = here.heard.message
    assert message is not None
    if not await here.desk.look(sheetfile.may_send, message.sender_id):
        return await otherwise(here)
    try:
        described = await here.wire.call("getFile", {"file_id": message.attachments[0].file_id})
        data = await here.wire.download(described["file_path"], expected=described.get("file_size"))
        found = await asyncio.to_thread(score_sheet.read, data)
    except (TelegramError, TooLarge, OfficeFileError, score_sheet.NotAScoreSheet):
        return await otherwise(here)  # what is the matter with it is said there
    return await here.do(sheetfile.take, message, found.period, found.lines, found.faults)


async def period(here: Hearing) -> Toast:
    """「县(市)考评」."""
    track, _, key = here.pressed.arg.partition(".")
    return await here.do(periodcard.show, track, key, here.heard.sender_id)


# --- the office's period -------------------------------------------------------------------------------


async def end_marking(here: Hearing) -> Toast:
    """「结束打分」."""
    return await here.do(deciding.end_marking, here.pressed.subject, here.pressed.version)


async def urge(here: Hearing) -> Toast:
    """「催打分」."""
    return await here.do(deciding.urge, here.pressed.subject, here.pressed.version)


async def send_back(here: Hearing) -> Toast:
    """「退回」 of a group's marks."""
    press = here.pressed
    return await here.do(deciding.send_back, press.subject, press.version, press.arg)


async def decide(here: Hearing) -> Toast:
    """A missing part."""
    press, heard = here.pressed, here.heard
    return await here.do(
        deciding.decide, press.subject, press.version, press.arg, heard.sender_id, heard.pressed_message
    )


async def tie(here: Hearing) -> Toast:
    """A tie for last."""
    press = here.pressed
    return await here.do(deciding.tie, press.subject, press.version, press.one_of(["all", "none"]))


async def item(here: Hearing) -> Toast:
    """「采用」「不采用」 of a proposed item."""
    press = here.pressed
    return await here.do(deciding.decide_item, press.subject, press.one_of(["yes", "no"]) == "yes")


async def drop_items(here: Hearing) -> Toast:
    """「其余都不采用」."""
    return await here.do(deciding.drop_proposed, here.pressed.subject, here.pressed.version)


async def draft(here: Hearing) -> Toast:
    """「发核对稿」."""
    return await here.do(drafting.send, here.pressed.subject, here.pressed.version)


async def lock(here: Hearing) -> Toast:
    """「锁定」."""
    return await here.do(issuing.lock, here.pressed.subject, here.pressed.version)


async def unlock(here: Hearing) -> Toast:
    """「退回核对」."""
    return await here.do(issuing.unlock, here.pressed.subject, here.pressed.version)


async def send_for_approval(here: Hearing) -> Toast:
    """「送审」."""
    return await here.do(issuing.propose, here.pressed.subject, here.pressed.version)


async def show_scores(here: Hearing) -> Toast:
    """「只公布名次」「公布得分」."""
    press = here.pressed
    return await here.do(issuing.show_scores, press.subject, press.version, press.one_of(["order", "scores"]))


async def correct(here: Hearing) -> Toast:
    """「更正」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        issuing.ask_correction, press.subject, press.version, heard.sender_id, heard.pressed_message
    )


async def give_up_correction(here: Hearing) -> Toast:
    """「放弃更正」."""
    return await here.do(issuing.give_up, here.pressed.subject, here.pressed.version)


# --- objections ----------------------------------------------------------------------------------------


async def object_(here: Hearing) -> Toast:
    """「提出异议」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        objecting.ask_objection, press.subject, press.arg, heard.sender_id, heard.pressed_message
    )


async def objections(here: Hearing) -> Toast:
    """「看异议」."""
    heard = here.heard
    return await here.do(
        objecting.show_objections, here.pressed.subject, heard.sender_id, heard.pressed_message
    )


async def uphold(here: Hearing) -> Toast:
    """「采纳」."""
    heard = here.heard
    return await here.do(objecting.uphold, here.pressed.subject, heard.sender_id, heard.pressed_message)


async def not_upheld(here: Hearing) -> Toast:
    """「不采纳」."""
    heard = here.heard
    return await here.do(objecting.refuse, here.pressed.subject, heard.sender_id, heard.pressed_message)


async def objection_photo(here: Hearing) -> Toast:
    """「看照片」."""
    return await here.do(objecting.photo, here.pressed.subject, here.heard.sender_id)


# --- looking -------------------------------------------------------------------------------------------


async def why_region(here: Hearing) -> Toast:
    """「得分明细」 of a region."""
    press, heard = here.pressed, here.heard
    return await here.do(why.press, press.subject, press.arg, heard.sender_id, heard.pressed_message)


async def ranking(here: Hearing) -> Toast:
    """「看排名」."""
    heard = here.heard
    return await here.do(rankingview.press, here.pressed.arg, heard.sender_id, heard.pressed_message)


async def trend(here: Hearing) -> Toast:
    """「走势」 of a published ranking."""
    heard = here.heard
    return await here.do(trending.press, here.pressed.arg, heard.sender_id, heard.pressed_message)


# --- 口径, measures --------------------------------------------------------------------------------------


async def choose_rule(here: Hearing) -> Toast:
    """A number of the page 「考评口径」."""
    press, heard = here.pressed, here.heard
    return await here.do(rulespage.choose, press.subject, press.arg, heard.chat_id, heard.pressed_message)


async def send_rules(here: Hearing) -> Toast:
    """「送审」「放弃修改」 of the page."""
    press = here.pressed
    return await here.do(rulespage.act, press.subject, press.one_of(["send", "drop"]), here.heard.chat_id)


async def measure(here: Hearing) -> Toast:
    """A measure of the overview."""
    return await here.do(measurecards.open_one, here.pressed.subject, here.heard.sender_id)


async def confirm_measure(here: Hearing) -> Toast:
    """「认定」."""
    return await here.do(measurecards.confirm, here.pressed.subject, here.pressed.version)


async def not_applicable(here: Hearing) -> Toast:
    """「不适用」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        measurecards.ask_not_applicable,
        press.subject,
        press.version,
        heard.sender_id,
        heard.pressed_message,
    )


async def carried_out(here: Hearing) -> Toast:
    """「已落实」."""
    press, heard = here.pressed, here.heard
    return await here.do(
        measurecards.ask_proof, press.subject, press.version, heard.sender_id, heard.pressed_message
    )


# --- heaps after the campaign ------------------------------------------------------------------------------


async def fines_(here: Hearing) -> Toast:
    """「垃圾扣款」."""
    if not here.heard.private:
        return await here.do(nothing)
    return await here.do(fines.show, here.heard.sender_id)


async def propose_fine(here: Hearing) -> Toast:
    """「提请扣款」."""
    return await here.do(fines.propose, here.pressed.subject)


async def object_to_fine(here: Hearing) -> Toast:
    """「提异议」."""
    heard = here.heard
    return await here.do(fines.ask_objection, here.pressed.subject, heard.sender_id, heard.pressed_message)


async def keep_fine(here: Hearing) -> Toast:
    """「不采纳」."""
    return await here.do(fines.keep, here.pressed.subject, here.pressed.version)


async def drop_fine(here: Hearing) -> Toast:
    """「不扣」."""
    return await here.do(fines.drop, here.pressed.subject, here.pressed.version)


async def send_fine(here: Hearing) -> Toast:
    """「送审」."""
    return await here.do(fines.send, here.pressed.subject, here.pressed.version)
