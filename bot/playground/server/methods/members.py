"""Members of chats: looking them up, restricting, removing, promoting."""

from __future__ import annotations

from ..errors import bad
from ..world import ADMIN_RIGHTS, ALL_PERMISSIONS, CHANNEL_RIGHTS, Chat, Json, Member, User
from .base import Method, Request

NO_RESTRICT = "not enough rights to restrict/unrestrict chat member"


def _user(request: Request) -> User:
    number = request.args.integer("user_id")
    if number <= 0:
        raise bad("invalid user_id specified")
    user = request.telegram.users.get(number)
    if user is None or (number != request.bot.id and number not in request.bot.known):
        raise bad("member not found")
    return user


def _member_list(request: Request) -> Chat:
    chat = request.seen_chat()
    if chat.migrated_to is not None:
        return request.writable(chat)
    me = request.me_in(chat)
    if chat.type == "channel" and (me is None or not me.is_admin):
        raise bad("member list is inaccessible")
    if chat.type == "group":
        request.editable(chat)
    return chat


def get_chat_member(request: Request) -> Json:
    """What an account is in a chat."""
    chat = _member_list(request)
    user = _user(request)
    if chat.type == "private":
        return {"user": user.json(), "status": "member"}
    member = chat.members.get(user.id)
    if member is None:
        if chat.type == "group":
            raise bad("member not found")
        member = Member(user, "left")
    return member.json(chat)


def get_chat_administrators(request: Request) -> list[Json]:
    """Who administers a chat, other bots left out."""
    chat = _member_list(request)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    bots = request.args.flag("return_bots")
    return [
        member.json(chat)
        for member in chat.members.values()
        if member.is_admin and (bots or not member.user.is_bot or member.user.id == request.bot.id)
    ]


def get_chat_member_count(request: Request) -> int:
    """How many are in a chat."""
    chat = _member_list(request)
    if chat.type == "private":
        return 2
    return sum(member.inside for member in chat.members.values())


def _changeable(request: Request, right: str, words: str) -> tuple[Chat, User, Member | None]:
    chat = request.target()
    if chat.type == "private":
        raise bad(
            "can't ban members in private chats"
            if right == "can_restrict_members"
            else "can't promote members"
        )
    user = _user(request)
    request.need_right(chat, right, words)
    member = chat.members.get(user.id)
    if member is not None and member.status == "creator":
        raise bad("can't remove chat owner" if right == "can_restrict_members" else "can't promote self")
    return chat, user, member


def ban_chat_member(request: Request) -> bool:
    """Remove a member for good, or until a date."""
    chat, user, member = _changeable(request, "can_restrict_members", NO_RESTRICT)
    if member is not None and member.is_admin:
        raise bad("user is an administrator of the chat")
    bot = request.bot
    if chat.type != "channel" and member is not None and member.inside:
        request.telegram.service(chat, bot.user, {"left_chat_member": user.json()})
    until = request.args.integer("until_date")
    request.telegram.set_member(
        chat, bot.user, user, "left" if chat.type == "group" else "kicked", until=until
    )
    return True


def unban_chat_member(request: Request) -> bool:
    """Let somebody come back; a member is removed by it, unless `only_if_banned`."""
    chat, user, member = _changeable(request, "can_restrict_members", NO_RESTRICT)
    if chat.type == "group":
        raise bad("method is available for supergroup and channel chats only")
    if member is None or (member.inside and request.args.flag("only_if_banned")):
        return True
    request.telegram.set_member(chat, request.bot.user, user, "left")
    return True


def restrict_chat_member(request: Request) -> bool:
    """Take permissions from a member of a supergroup."""
    chat, user, member = _changeable(request, "can_restrict_members", NO_RESTRICT)
    if chat.type != "supergroup":
        raise bad("method is available only for supergroups")
    if member is not None and member.is_admin:
        raise bad("user is an administrator of the chat")
    given = request.args.json("permissions")
    if not isinstance(given, dict):
        raise bad("can't parse permissions JSON object")
    rights = {name: bool(given.get(name)) for name in ALL_PERMISSIONS}
    status = "member" if all(rights.values()) else "restricted"
    request.telegram.set_member(chat, request.bot.user, user, status, rights=rights)
    return True


def promote_chat_member(request: Request) -> bool:
    """Make a member an administrator, or a member again when no right is given."""
    chat, user, _ = _changeable(request, "can_promote_members", "not enough rights")
    names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if chat.type == "channel" else ())
    rights = {name: request.args.flag(name) for name in names}
    status = "administrator" if any(rights.values()) else "member"
    anonymous = request.args.flag("is_anonymous")
    request.telegram.set_member(chat, request.bot.user, user, status, rights=rights, anonymous=anonymous)
    return True


METHODS: dict[str, Method] = {
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "getChatMembersCount": get_chat_member_count,
    "banChatMember": ban_chat_member,
    "kickChatMember": ban_chat_member,
    "unbanChatMember": unban_chat_member,
    "restrictChatMember": restrict_chat_member,
    "promoteChatMember": promote_chat_member,
}
