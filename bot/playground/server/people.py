"""People with their telephones: everything a person can do in Telegram's apps, in the words of the apps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .account import Bot
from .errors import PlayError
from .render import ANONYMOUS, inaccessible_json, message_json
from .telegram import Press
from .world import Chat, Json, Member, Message, User, all_rights
from .writing import Place, Writing

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


class Person(Writing):
    """One person; every verb returns the message (or press) that it made.

    Raises:
        PlayError: (any verb) what Telegram's apps would not let this person do.
    """

    def opens(self, bot: Bot, payload: str = "") -> Message:
        """Press START, behind a deep link with its payload; an invalid payload is a plain start."""
        chat = self.chat(bot)
        if chat.blocked:
            self.unblocks(bot)
        return self.sends(bot, f"/start {payload}" if PAYLOAD.match(payload) else "/start")

    # --- buttons ----------------------------------------------------------------------------------

    def presses(self, message: Message, label: str = "", *, data: str | None = None) -> Press:
        """Press an inline button, by label (the whole, or else its beginning, or a part), or by its data.

        Data that no button of the message has are sent all the same: a forged or stale press.
        """
        if not self._is_in(message.chat):
            raise PlayError("the person is not in this chat")
        if data is None:
            button = find_button(message, label)
            if not button.data:
                raise PlayError(f"«{button.text}» is no callback button")
            data = button.data
        return self._telegram.press(self.user, message, data, self._pressed(message))

    def taps(self, message: Message, label: str) -> Message:
        """Press a button of a reply keyboard: its text is sent."""
        rows = (message.keyboard or {}).get("keyboard", [])
        for row in rows:
            for button in row:
                if button["text"] == label or button["text"].startswith(label):
                    return self.sends(message.chat.bot or message.chat, button["text"])
        raise PlayError(f"there is no key «{label}»")

    def _pressed(self, message: Message) -> Any:
        def payload(bot: Bot) -> Json:
            if message.deleted:
                return inaccessible_json(message)
            return message_json(self._telegram.files, bot, message)

        return payload

    # --- chats ------------------------------------------------------------------------------------

    def blocks(self, bot: Bot) -> None:
        """Stop the bot."""
        self._set_blocked(bot, True)

    def unblocks(self, bot: Bot) -> None:
        """Restart the bot."""
        self._set_blocked(bot, False)

    def _set_blocked(self, bot: Bot, blocked: bool) -> None:
        chat = self.chat(bot)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        member: Json = {"user": bot.user.json(), "status": "member"}
        kicked: Json = {"user": bot.user.json(), "status": "kicked", "until_date": 0}
        change = {
            "chat": chat.json(),
            "from": self.user.json(),
            "date": self._telegram.date(),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }
        self._telegram.notify(bot, "my_chat_member", change, f"{chat.key}/member")
        self._telegram.events.happen("blocked" if blocked else "unblocked", chat=chat)

    def joins(self, chat: Chat) -> None:
        """Come into a group or channel by its link."""
        if chat.type != "channel" and not self._is_in(chat):
            self._telegram.service(chat, self.user, _came(self.user))
        self._telegram.set_member(chat, self.user, self.user, "member")

    def leaves(self, chat: Chat) -> None:
        """Go out of a group or channel."""
        self.removes(self, chat)

    def adds(self, who: Person | Bot, chat: Chat, *, payload: str = "", admin: bool = False) -> None:
        """Add somebody to a group; a bot by `?startgroup=PAYLOAD`, or at once as an administrator."""
        self._needs_to_be_in(chat)
        if chat.type != "channel":
            was_inside = (member := chat.members.get(who.user.id)) is not None and member.inside
            rights = all_rights(chat.type) if admin else {}
            self._telegram.set_member(
                chat, self.user, who.user, "administrator" if admin else "member", rights=rights
            )
            if not was_inside:
                self._telegram.service(chat, self.user, _came(who.user))
        else:
            self._telegram.set_member(
                chat, self.user, who.user, "administrator", rights=all_rights("channel")
            )
        if payload and isinstance(who, Bot):
            self.sends(chat, f"/start@{who.username} {payload}")

    def removes(self, who: Person | Bot, chat: Chat) -> None:
        """Put somebody out of a group; oneself: leave."""
        self._needs_to_be_in(chat)
        member = chat.members.get(who.user.id)
        if member is None or not member.inside:
            return
        if chat.type != "channel":
            self._telegram.service(chat, self.user, {"left_chat_member": who.user.json()})
        status = "left" if who is self or (chat.type == "group" and not who.user.is_bot) else "kicked"
        self._telegram.set_member(chat, self.user, who.user, status)

    def promotes(
        self, who: Person | Bot, chat: Chat, *, without: Sequence[str] = (), anonymous: bool = False
    ) -> None:
        """Make somebody an administrator, with all rights but those named."""
        self._needs_to_be_in(chat)
        rights = all_rights(chat.type, without)
        self._telegram.set_member(
            chat, self.user, who.user, "administrator", rights=rights, anonymous=anonymous
        )

    def demotes(self, who: Person | Bot, chat: Chat) -> None:
        """Make an administrator a member again."""
        self._telegram.set_member(chat, self.user, who.user, "member")

    def renames(self, chat: Chat, title: str) -> None:
        """Give a group another title."""
        chat.title = title
        self._telegram.service(chat, self.user, {"new_chat_title": title})

    def pins(self, message: Message) -> None:
        """Pin a message."""
        message.chat.pinned.append(message)
        self._telegram.service(message.chat, self.user, {}, pinned_message=message)

    def upgrades(self, chat: Chat) -> Chat:
        """Make a basic group a supergroup: another chat with another id."""
        if chat.type != "group" or chat.migrated_to is not None:
            raise PlayError("only a basic group can be upgraded")
        telegram = self._telegram
        new = telegram.new_chat("supergroup", chat.title)
        new.migrated_from, new.permissions, new.description = chat, dict(chat.permissions), chat.description
        for member in chat.members.values():
            rights = all_rights("supergroup") if member.status == "administrator" else {}
            new.put_member(
                Member(member.user, member.status, rights, member.anonymous, member.title, 0, member.sees_all)
            )
        telegram.service(chat, self.user, {"migrate_to_chat_id": new.id})
        chat.migrated_to, chat.dissolved = new, True
        telegram.service(new, ANONYMOUS, {"migrate_from_chat_id": chat.id}, sender_chat=new)
        return new

    # --- reading ----------------------------------------------------------------------------------

    async def hears(self, place: Place, words: str = "", timeout: float = 5.0) -> Message:
        """The next message of a bot that this chat has not yet given out and that holds the words.

        Earlier unread ones without the words stay unread. For what comes by an edit there is `sees`.

        Raises:
            WaitedInVain: none came.
        """
        chat = self._chat_of(place)

        def unread() -> Message | None:
            for message in chat.by_id.values():
                if message.by_bot is not None and not message.read and words in message.words:
                    return message
            return None

        message = await self._telegram.events.wait_for(unread, timeout, f"«{words}» in {chat.key}")
        message.read = True
        return message

    async def sees(self, message: Message, words: str, timeout: float = 5.0) -> Message:
        """Wait until a message, by edits, holds the words.

        Raises:
            WaitedInVain: it does not.
        """
        await self._telegram.events.wait_for(
            lambda: words in message.words, timeout, f"«{words}» in {message.words!r}"
        )
        return message


def find_button(message: Message, label: str) -> Any:
    """The inline button with a label: the whole of it, else its beginning, else a part of it.

    Raises:
        PlayError: there is none.
    """
    buttons = [button for row in message.buttons for button in row]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for button in buttons:
            if fits(button.text, label):
                return button
    raise PlayError(f"there is no button «{label}» among {[button.text for button in buttons]}")


def _came(user: User) -> Json:
    who = user.json()
    return {"new_chat_members": [who], "new_chat_member": who, "new_chat_participant": who}
