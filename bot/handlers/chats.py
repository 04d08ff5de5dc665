"""Groups and channels: the bot added and removed, bound, moved; health: heard."""

from __future__ import annotations

from telegram.error import TelegramError

from bot.delivery.hearing import Hearing
from bot.services.answering import Toast
from bot.services.people import chats, help


async def membership(here: Hearing) -> Toast:
    """The bot's own standing in a chat."""
    heard = here.heard
    return await here.do(chats.membership, heard.chat_id, heard.chat_kind, heard.chat_title, heard.status)


async def migrated(here: Hearing) -> Toast:
    """A group became a supergroup."""
    return await here.do(chats.migrated, here.heard.chat_id, here.heard.moved_to)


async def channel_post(here: Hearing) -> Toast:
    """A channel's post."""
    return await here.do(chats.heard_channel, here.heard.chat_id, here.heard.chat_title)


async def bind(here: Hearing) -> Toast:
    """`/bind`."""
    heard = here.heard
    assert heard.message is not None
    return await here.do(chats.bind, heard.message, heard.chat_kind, heard.chat_title)


async def choose(here: Hearing) -> Toast:
    """What a group chat is bound to."""
    return await here.do(chats.choose, here.heard.chat_id, here.pressed.arg)


async def unbind(here: Hearing) -> Toast:
    """「解除绑定」."""
    return await here.do(chats.unbind, here.heard.chat_id)


async def every_photo(here: Hearing) -> Toast:
    """「带文字的照片都登记」."""
    return await here.do(chats.every_photo, here.heard.chat_id)


async def choose_channel(here: Hearing) -> Toast:
    """Which channel carries a track's bulletins; whether it is public is asked of Telegram itself."""
    channel_id = -here.pressed.subject
    try:
        described = await here.wire.call("getChat", {"chat_id": channel_id})
    except TelegramError:
        return await here.do(chats.channel_gone, here.heard.sender_id, channel_id)
    return await here.do(
        chats.bind_channel, here.heard.sender_id, channel_id, here.pressed.arg, described.get("username")
    )


async def health(here: Hearing) -> Toast:
    """`/health`: always answered in private."""
    return await here.do(help.health, here.heard.sender_id)
