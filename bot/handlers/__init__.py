"""What is heard: one file per topic, and the ordered registration list of who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.delivery.hearing import Hearing
from bot.domain.captions import menu_word
from bot.domain.finding import asked_for
from bot.handlers import (
    announcing,
    bulletins,
    chats,
    check,
    covert,
    entries,
    exporting,
    intake,
    kits,
    lists,
    meetings,
    monthreport,
    overview,
    people,
    register,
    scoring,
    sources,
    weekly,
)
from bot.handlers import followup as follow
from bot.handlers import warnings as warned
from bot.handlers.presses import PRESSES, Handler
from bot.services import secrecy
from bot.services.answering import Toast, nothing
from bot.services.incoming import Incoming
from bot.texts import buttons

COMMANDS: Mapping[str, Handler] = {
    "start": people.start,
    "help": people.help_,
    "language": people.language,
    "cancel": people.cancel,
    "leave": people.leave,
    "invite": people.invite,
    "members": people.members,
    "bind": chats.bind,
    "health": chats.health,
    "my": lists.my,
    "todo": lists.todo,
    "ledger": lists.ledger,
    "issue": lists.issue,
    "find": lists.find,
    "export": exporting.begin,
    "score": scoring.score,
    "rank": scoring.rank,
    "why": scoring.details,
    "measures": scoring.measures,
    "weekly": weekly.open_,
    "bulletin": bulletins.open_list,
    "warnings": warned.letters,
    "register": register.open_,
}

ANYBODY = frozenset(("start", "help", "cancel", "iknow"))
"""Commands and presses that a stranger may use, too; everything else is answered at the door."""

IN_GROUPS = frozenset(("private", "bind", "unbind", "eachphoto", "bindch"))
"""Buttons that stand in chats with several readers: any other does nothing there (red line (a))."""

WORDS: Mapping[str, Handler] = {
    "帮助": people.help_,
    "设置": people.help_,
    "菜单": people.start,
    "开始": people.start,
    "成员": people.members,
    "邀请": people.invite,
    "取消": people.cancel,
    "收工": intake.day_end,
    "撤回": intake.withdraw_word,
    "我的": lists.my,
    "待办": lists.todo,
    "待核查": lists.to_check,
    "台账": lists.ledger,
    "查找": lists.find,
    "导出": exporting.begin,
    "概况": overview.overview,
    "覆盖": overview.covered,
    "打分": scoring.score,
    "排名": scoring.rank,
    "得分明细": scoring.details,
    "结果运用": scoring.measures,
    "考评口径": scoring.rules,
    "垃圾扣款": scoring.fines_,
    "周报": weekly.open_,
    "通报": bulletins.open_list,
    "跟踪问效": monthreport.open_list,
    "通知": announcing.begin,
    "日历": weekly.calendar,
    "督导报告": weekly.open_drafts,
    "销号": check.close_by_word,
    "暗访": covert.covert_on,
    "催办": follow.urge_by_word,
    "回头看": follow.look_back,
    "切换": covert.ask_identity,
    "登记来源问题": sources.begin,
    "警示": warned.letters,
    "组电话": warned.phone_by_word,
    "备案": register.open_,
    "推进会": meetings.open_,
    "素材包": kits.open_,
    "明访": covert.covert_off,
}
"""Menu words (their usual form) → who answers: no job needs a typed command."""


async def dispatch(here: Hearing) -> Toast:
    """Find who answers; an update that asks for nothing is done all the same."""
    heard = here.heard
    match heard.kind:
        case "press":
            return await _press(here)
        case "edited":
            return await intake.edited(here)
        case "message" if _marked_file(here):
            return await entries.message(here)
        case "message" if heard.command and _marked(here):
            return await here.do(secrecy.refuse_secret, _said(here))
        case "message" if heard.command:
            return await COMMANDS.get(heard.command, entries.message)(_open(here, heard.command))
        case "message" if announcing.may_be_notice(here):
            return await announcing.document(here, otherwise=_reply_or_message)
        case "message":
            return await _reply_or_message(here)
        case "membership":
            return await chats.membership(here.for_anybody())
        case "migrated":
            return await chats.migrated(here.for_anybody())
        case "channel_post":
            return await chats.channel_post(here.for_anybody())
        case _:
            return await here.for_anybody().do(nothing)


async def _reply_or_message(here: Hearing) -> Toast:
    """A file in reply may belong to a register, whatever its name says that it is."""
    if register.may_reply(here):
        return await register.replied(here, otherwise=_message)
    return await _message(here)


async def _message(here: Hearing) -> Toast:
    """Files by what they may be, then menu words, then whatever else is said or shown."""
    if bulletins.may_be_paper(here):
        return await bulletins.document(here, otherwise=_other_paper)
    if scoring.may_be_sheet(here):
        return await scoring.document(here, otherwise=_other_workbook)
    if people.may_be_roster(here):
        return await people.document(here, otherwise=_register_or_report)
    if weekly.may_be_report(here):
        return await weekly.document(here, otherwise=entries.message)
    return await (_by_word(here) or entries.message)(here)


def _marked_file(here: Hearing) -> bool:
    """Whether a file in private is marked as secret: whatever it would be, it is refused and not fetched."""
    message = here.heard.message
    return message is not None and message.private and bool(message.attachments) and _marked(here)


def _marked(here: Hearing) -> bool:
    """Whether a message is marked as secret; words after a command are kept as little as any others."""
    return secrecy.marking_of(_said(here), here.desk.world.reader) is not None


def _said(here: Hearing) -> Incoming:
    assert here.heard.message is not None
    return here.heard.message


async def _other_paper(here: Hearing) -> Toast:
    """A paper that belongs to no bulletin may be a report, or a message like any other."""
    return await monthreport.document(here, otherwise=_reported_paper)


async def _reported_paper(here: Hearing) -> Toast:
    """A paper that is no month's report may be a week's, or ten days'."""
    if weekly.may_be_report(here):
        return await weekly.document(here, otherwise=entries.message)
    return await entries.message(here)


async def _other_workbook(here: Hearing) -> Toast:
    """A workbook that is no sheet of scores may be a roster."""
    return await people.document(here, otherwise=_register_or_report)


async def _register_or_report(here: Hearing) -> Toast:
    """A workbook that is no roster may be a register."""
    return await register.workbook(here, otherwise=_report_or_message)


async def _report_or_message(here: Hearing) -> Toast:
    """A workbook that is neither may be a weekly report."""
    return await weekly.document(here, otherwise=entries.message)


def _open(here: Hearing, name: str) -> Hearing:
    return here.for_anybody() if name in ANYBODY else here


def _by_word(here: Hearing) -> Handler | None:
    """Who answers a menu word in private; a word that nobody answers is a message like any other."""
    message = here.heard.message
    if message is None or not message.private or message.attachments or not message.text:
        return None
    word = menu_word(message.text, here.desk.world.reader) or here.catalogue.menu_word(message.text)
    if word is None and scoring.asks_why(message.text):
        return scoring.details
    if word is None and asked_for(message.text) is not None:
        return lists.find
    return WORDS.get(word) if word else None


async def _press(here: Hearing) -> Toast:
    if here.of_a_gap:
        return await _old_button(here)
    try:
        press = buttons.parse(here.heard.data)
        handler = PRESSES[press.act]
    except (buttons.Unreadable, KeyError):
        return await _old_button(here)
    if not here.heard.private and press.act not in IN_GROUPS:
        return await _old_button(here)
    try:
        return await handler(_open(here.with_press(press), press.act))
    except buttons.Unreadable:  # the argument is none that this button has: nothing was done
        return await _old_button(here)


async def _old_button(here: Hearing) -> Toast:
    toast = await here.for_anybody().do(nothing)
    return replace(toast, text="refusals.old_button", alert=True)
