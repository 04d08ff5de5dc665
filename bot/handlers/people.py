"""Joining and leaving, invitations, members, deputies, languages: heard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.delivery.wire import TooLarge
from bot.documents import roster as roster_file
from bot.documents.office_files import OfficeFileError
from bot.ledger.desk import Work
from bot.services import faces, secrecy
from bot.services.answering import Toast, nothing
from bot.services.field import groupchat
from bot.services.incoming import Incoming
from bot.services.people import deputies, directory, help, invitations, inviting, joining, membership, roster
from bot.services.people.roster_cells import Line


def _or(said: Toast, done: str) -> Toast:
    """The refusal, if there was one, else the words for «done»."""
    return said if said.text else Toast(done)


OF_ENTRY = re.compile(r"e\d{1,12}")
"""The payload of a link to an entry."""

Handler = Callable[[Hearing], Awaitable[Toast]]

LARGEST = 20 * 1024 * 1024


async def start(here: Hearing) -> Toast:
    """`/start PAYLOAD`; in a group it says nothing that `/help` does not."""
    heard = here.heard
    if not heard.private:
        return await here.do(nothing)
    if OF_ENTRY.fullmatch(heard.args):
        return await here.do(groupchat.by_link, int(heard.args[1:]), heard.chat_id)
    return await here.do(joining.start, heard.sender_id, heard.args if heard.command else "")


async def red_lines_read(here: Hearing) -> Toast:
    """「我已知晓」."""
    return await here.do(joining.acknowledge, here.heard.sender_id)


def _chatter(here: Hearing) -> bool:
    """A menu word in a group is talk among people, not to the bot."""
    return here.heard.kind == "message" and not here.heard.private and not here.heard.command


async def help_(here: Hearing) -> Toast:
    """`/help`, 「帮助」."""
    heard = here.heard
    if _chatter(here):
        return await here.do(nothing)
    return await here.do(help.help_, heard.sender_id, heard.chat_id, private=heard.private)


async def language(here: Hearing) -> Toast:
    """`/language`."""
    return await here.do(help.language, here.heard.sender_id)


async def choose_language(here: Hearing) -> Toast:
    """「语言」, 「中文」, 「English」."""
    return await here.do(help.language, here.heard.sender_id, here.pressed.arg)


async def cancel(here: Hearing) -> Toast:
    """`/cancel`."""
    if _chatter(here):
        return await here.do(nothing)
    return await here.do(help.cancel, here.heard.sender_id, here.heard.chat_id)


async def never(here: Hearing) -> Toast:
    """「取消」 under a question whether to go on: nothing is done."""
    await here.do(nothing)
    return Toast("people.nothing_done")


async def leave(here: Hearing) -> Toast:
    """「退出」."""
    return await here.do(help.ask_to_leave, here.heard.sender_id)


async def leave_now(here: Hearing) -> Toast:
    """「确认退出」."""
    return await here.do(membership.leave)


# --- invitations and members ----------------------------------------------------------------------------


async def invite(here: Hearing) -> Toast:
    """`/invite`, 「邀请」: always answered in private."""
    if _chatter(here):
        return await here.do(nothing)
    return await here.do(inviting.open_card, here.heard.sender_id)


async def make_invitation(here: Hearing) -> Toast:
    """The last tap of an invitation."""
    return await here.do(inviting.make, here.heard.sender_id, here.pressed.arg)


async def revoke(here: Hearing) -> Toast:
    """「作废链接」."""
    return _or(await here.do(invitations.revoke, here.pressed.subject), "people.revoked")


async def members(here: Hearing) -> Toast:
    """`/members`, 「成员」: always answered in private."""
    if _chatter(here):
        return await here.do(nothing)
    return await here.do(directory.open_card, here.heard.sender_id)


async def turn(here: Hearing) -> Toast:
    """A tap that shows another face of the same card."""
    heard = here.heard
    return await here.do(faces.turn, heard.chat_id, heard.pressed_message, here.pressed.arg)


async def removing(here: Hearing) -> Toast:
    """「移出」 on a line about somebody who joined."""
    return await here.do(membership.ask_to_remove, here.heard.sender_id, here.pressed.subject)


async def remove(here: Hearing) -> Toast:
    """「确认移出」."""
    done = await here.do(membership.remove, here.pressed.subject, here.heard.sender_id)
    return _or(done, "people.removed_now")


async def lend(here: Hearing) -> Toast:
    """「委托代理」."""
    return await here.do(deputies.open_card, here.heard.sender_id)


async def lend_to(here: Hearing) -> Toast:
    """Until when somebody stands in."""
    press = here.pressed
    return await here.do(deputies.lend, here.heard.sender_id, press.subject, press.arg)


async def take_back(here: Hearing) -> Toast:
    """「收回」."""
    return await here.do(deputies.take_back, here.heard.sender_id, here.pressed.subject)


# --- the roster -----------------------------------------------------------------------------------------


def may_be_roster(here: Hearing) -> bool:
    """Whether a message is a workbook in a private chat: only then its sender is asked about."""
    message = here.heard.message
    if message is None or not message.private or len(message.attachments) != 1:
        return False
    return (message.attachments[0].name or "").lower().endswith(".xlsx")


async def document(here: Hearing, *, otherwise: Handler) -> Toast:
    """A workbook of an office or the admin: a roster when its first row says so, else like any file."""
    message = here.heard.message
    assert message is not None
    attachment = message.attachments[0]
    if not await here.desk.look(roster.may_send, message.sender_id):
        return await otherwise(here)
    if (attachment.size or 0) > LARGEST:
        return await here.do(roster.no_file, "too_big")
    try:
        described = await here.wire.call("getFile", {"file_id": attachment.file_id})
        data = await here.wire.download(described["file_path"], expected=described.get("file_size"))
    except TooLarge:
        return await here.do(roster.no_file, "too_big")
    except TelegramError:
        return await here.do(roster.no_file, "lost")
    try:
        sheet = await asyncio.to_thread(roster_file.read, data)
    except roster_file.NotARoster:
        return await otherwise(here)
    except OfficeFileError:
        return await here.do(roster.no_file, "unreadable")
    return await here.do(_take_roster, message, sheet.lines, sheet.columns)


def _take_roster(work: Work, incoming: Incoming, lines: Sequence[Line], columns: dict[str, str]) -> None:
    secrecy.refuse_secret(work, incoming)
    secrecy.refuse_secret_words(work, (f"{line.name} {line.post} {line.scope}" for line in lines))
    name = incoming.attachments[0].name or ""
    roster.take(work, incoming.chat_id, incoming.message_id, lines, name, columns)


async def links_again(here: Hearing) -> Toast:
    """「补发链接」."""
    return await here.do(roster.again, here.pressed.subject, here.heard.sender_id)
