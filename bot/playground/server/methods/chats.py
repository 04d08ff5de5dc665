"""Chats: what they are, their invitation links, pinned messages, leaving."""

from __future__ import annotations

from ..errors import bad
from ..files import Media
from ..world import Chat, Json, Message
from .base import Method, Request
from .media import source_of

COMMON = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": True,
        "limited_gifts": True,
        "unique_gifts": True,
        "premium_subscription": True,
        "gifts_from_channels": True,
    },
}
NO_PIN = "not enough rights to manage pinned messages in the chat"
NO_LINK = "not enough rights to manage chat invite link"
NO_INFO = "not enough rights to change chat info"


def get_chat(request: Request) -> Json:
    """The ChatFullInfo object."""
    chat = request.seen_chat()
    result = chat.json() | COMMON
    if chat.person is not None and chat.person.username:
        result["active_usernames"] = [chat.person.username]
    if chat.type != "private":
        if chat.type != "channel":
            result["permissions"] = dict(chat.permissions)
        me = request.me_in(chat)
        if me is not None and me.may("can_invite_users"):
            result["invite_link"] = chat.invite_link
        if chat.username:
            result["active_usernames"] = [chat.username]
        if chat.linked is not None:
            result["linked_chat_id"] = chat.linked.id
    if chat.description:
        result["description"] = chat.description
    if chat.pinned:
        result["pinned_message"] = request.message(chat.pinned[-1])
    return result


def leave_chat(request: Request) -> bool:
    """Leave a group or channel."""
    chat = request.editable(request.find_chat(request.args.text("chat_id")))
    if chat.type == "private":
        raise bad("can't leave private chats")
    bot = request.bot
    if chat.type != "channel":
        request.telegram.service(chat, bot.user, {"left_chat_member": bot.user.json()})
    request.telegram.set_member(chat, bot.user, bot.user, "left")
    return True


def _pinnable(request: Request) -> Chat:
    chat = request.editable(request.find_chat(request.args.text("chat_id")))
    if chat.type == "private":
        return chat
    me = request.me_in(chat)
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    if me is None or not (me.may(right) or (chat.type == "group" and me.is_admin)):
        raise bad(NO_PIN)
    return chat


def pin_chat_message(request: Request) -> bool:
    """Pin a message; the chat is told by a service message."""
    chat = _pinnable(request)
    message = chat.by_id.get(request.args.integer("message_id"))
    if message is None:
        raise bad("message to pin not found")
    if message.service:
        raise bad("service messages can't be pinned")
    if message in chat.pinned:
        chat.pinned.remove(message)
    chat.pinned.append(message)
    by = None if chat.type == "channel" else request.bot.user
    notice = Message(0, chat, request.telegram.date(), sender=by, service=True, pinned_message=message)
    notice.by_bot = request.bot
    notice.sender_chat = chat if chat.type == "channel" else None
    notice.silent = request.args.flag("disable_notification") or chat.type in {"private", "channel"}
    request.telegram.post(notice)
    return True


def unpin_chat_message(request: Request) -> bool:
    """Take a pin away: the named one, or the newest."""
    chat = _pinnable(request)
    number = request.args.integer("message_id")
    if number:
        found = [message for message in chat.pinned if message.message_id == number]
    else:
        found = chat.pinned[-1:]
    if not found:
        raise bad("message to unpin not found")
    chat.pinned.remove(found[0])
    request.telegram.events.happen("unpinned", message=found[0])
    return True


def unpin_all_chat_messages(request: Request) -> bool:
    """Take all pins away."""
    chat = _pinnable(request)
    chat.pinned.clear()
    request.telegram.events.happen("unpinned", chat=chat)
    return True


def _link(request: Request) -> str:
    return f"https://t.me/+{request.telegram.numbers.long()[:16]}"


def _invitable(request: Request) -> Chat:
    chat = request.target()
    if chat.type == "private":
        raise bad("can't invite members to a private chat")
    request.need_right(chat, "can_invite_users", NO_LINK)
    return chat


def export_chat_invite_link(request: Request) -> str:
    """A new primary link; the old one is revoked."""
    chat = _invitable(request)
    chat.invite_link = _link(request)
    return chat.invite_link


def create_chat_invite_link(request: Request) -> Json:
    """An additional link."""
    chat = _invitable(request)
    args = request.args
    name = args.text("name")
    if len(name) > 32:
        raise bad("INVITE_LINK_NAME_TOO_LONG")
    link: Json = {
        "invite_link": _link(request),
        "creator": request.bot.user.json(),
        "creates_join_request": args.flag("creates_join_request"),
        "is_primary": False,
        "is_revoked": False,
    }
    if name:
        link["name"] = name
    for field in ("expire_date", "member_limit"):
        if args.integer(field):
            link[field] = args.integer(field)
    request.telegram.events.happen("invite_link", chat=chat, link=link["invite_link"])
    return link


def revoke_chat_invite_link(request: Request) -> Json:
    """A link that no longer works."""
    chat = _invitable(request)
    link = request.args.text("invite_link")
    primary = link == chat.invite_link
    if primary:
        chat.invite_link = _link(request)
    return {
        "invite_link": link,
        "creator": request.bot.user.json(),
        "creates_join_request": False,
        "is_primary": primary,
        "is_revoked": True,
    }


def set_chat_title(request: Request) -> bool:
    """Rename a group or channel."""
    chat = request.target()
    if chat.type == "private":
        raise bad("can't change private chat title")
    request.need_right(chat, "can_change_info", NO_INFO)
    title = request.args.text("title").strip()[:128]
    if not title:
        raise bad("title can't be empty")
    if title == chat.title:
        raise bad("chat title is not modified")
    chat.title = title
    by = None if chat.type == "channel" else request.bot.user
    notice = Message(0, chat, request.telegram.date(), sender=by, by_bot=request.bot, service=True)
    notice.extra = {"new_chat_title": title}
    request.telegram.post(notice)
    return True


def set_chat_description(request: Request) -> bool:
    """Describe a group or channel."""
    chat = request.target()
    if chat.type == "private":
        raise bad("can't change private chat description")
    request.need_right(chat, "can_change_info", NO_INFO)
    description = request.args.text("description")[:255]
    if description == chat.description:
        raise bad("chat description is not modified")
    chat.description = description
    return True


def set_chat_photo(request: Request) -> bool:
    """Give a group or channel a picture; it is only checked here."""
    chat = request.target()
    if chat.type == "private":
        raise bad("can't change private chat photo")
    request.need_right(chat, "can_change_info", NO_INFO)
    source = source_of(request, request.args.text("photo"), "photo")
    if source is None or isinstance(source, str):
        raise bad("there is no photo in the request")
    media: Media = request.telegram.files.photo(source.data)
    request.telegram.events.happen("chat_photo", chat=chat, file=media.file)
    return True


METHODS: dict[str, Method] = {
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "exportChatInviteLink": export_chat_invite_link,
    "createChatInviteLink": create_chat_invite_link,
    "revokeChatInviteLink": revoke_chat_invite_link,
    "setChatTitle": set_chat_title,
    "setChatDescription": set_chat_description,
    "setChatPhoto": set_chat_photo,
}
