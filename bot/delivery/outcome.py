"""What the Bot API's answer means for the message that was to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.multipart import Unreadable
from bot.delivery.transport import NotSent, TooLarge


class Kind(StrEnum):
    """The kinds of answer that the outbox tells apart; each says what to do."""

    NOT_SENT = "not_sent"
    """Certainly not sent: send again, soon."""
    UNCERTAIN = "uncertain"
    """It may have arrived: by the kind of message, send again or list."""
    RETRY_AFTER = "retry_after"
    """Flood control: leave the chat alone for ``retry_after`` seconds, then send."""
    BLOCKED = "blocked"
    """The chat cannot be reached until it is heard from again."""
    CHAT_GONE = "chat_gone"
    """There is no such chat: the row is ended."""
    MIGRATED = "migrated"
    """The group is now the supergroup ``new_chat_id``."""
    NO_RIGHTS = "no_rights"
    """The bot is in the chat but may not do this there: people have to change a setting."""
    NOT_MODIFIED = "not_modified"
    """The message already looks like this: success."""
    EDIT_TARGET_GONE = "edit_target_gone"
    """The message to edit is not there, or cannot be edited: send it anew, once."""
    REPLY_TARGET_GONE = "reply_target_gone"
    """The message replied to is not there: send without the reply."""
    THREAD_GONE = "thread_gone"
    """The topic is not there: send to the group itself."""
    TARGET_GONE = "target_gone"
    """The message to delete, pin, copy or forward is not there or is out of reach: nothing left to do."""
    QUERY_EXPIRED = "query_expired"
    """The press was answered before, or too late: nothing left to do."""
    BAD_FILE = "bad_file"
    """The file, or its file_id, is not accepted: send without it, or upload it anew."""
    OUR_BUG = "our_bug"
    """The server refuses what we composed: alert, and see ``plain_text_may_help``."""
    CONFLICT = "conflict"
    """A second poller, or a webhook, holds the updates: step back."""
    TOKEN_REVOKED = "token_revoked"
    """The token is not, or no longer, valid: nothing can be sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer: its kind, the server's words, and what two of the kinds carry."""

    kind: Kind
    detail: str
    retry_after: float = 0.0
    new_chat_id: int | None = None
    answered: bool = False
    """The server itself said that it failed: an effect is most unlikely."""

    @property
    def plain_text_may_help(self) -> bool:
        """Whether the same words without marks, or split, would be accepted."""
        said = self.detail.casefold()
        return self.kind is Kind.OUR_BUG and any(words in said for words in _ABOUT_THE_TEXT)


class ServerFailed(NetworkError):
    """The server answered that it failed (5xx)."""

    __slots__ = ()


class SlowDown(RetryAfter):
    """Flood control with its seconds; built without the deprecation warning of its parent."""

    __slots__ = ()

    def __init__(self, seconds: float) -> None:
        TelegramError.__init__(self, f"Flood control exceeded. Retry in {seconds:g} seconds")
        self._retry_after = timedelta(seconds=seconds)

    @property
    def retry_after(self) -> timedelta:
        """How long to leave the chat alone."""
        return self._retry_after


_ABOUT_THE_TEXT: Final = (
    "can't parse entities",
    "message is too long",
    "message_too_long",
    "message caption is too long",
    "media_caption_too_long",
    "text is too long",
)

# Held against the server's words in lower case, first match wins: python-telegram-bot capitalises what
# follows «Bad Request: » and keeps other prefixes.
_BAD_REQUEST: Final[tuple[tuple[str, Kind], ...]] = (
    ("message is not modified", Kind.NOT_MODIFIED),
    ("message_not_modified", Kind.NOT_MODIFIED),
    ("query is too old", Kind.QUERY_EXPIRED),
    ("query id is invalid", Kind.QUERY_EXPIRED),
    ("message to edit not found", Kind.EDIT_TARGET_GONE),
    ("message can't be edited", Kind.EDIT_TARGET_GONE),
    ("message media can't be edited", Kind.EDIT_TARGET_GONE),
    ("there is no text in the message to edit", Kind.EDIT_TARGET_GONE),
    ("there is no caption in the message to edit", Kind.EDIT_TARGET_GONE),
    ("message_id_invalid", Kind.EDIT_TARGET_GONE),
    ("message to be replied not found", Kind.REPLY_TARGET_GONE),
    ("replied message not found", Kind.REPLY_TARGET_GONE),
    ("message thread not found", Kind.THREAD_GONE),
    ("topic_closed", Kind.THREAD_GONE),
    ("message to delete not found", Kind.TARGET_GONE),
    ("message can't be deleted", Kind.TARGET_GONE),
    ("message to pin not found", Kind.TARGET_GONE),
    ("message to unpin not found", Kind.TARGET_GONE),
    ("message to react not found", Kind.TARGET_GONE),
    ("message to copy not found", Kind.TARGET_GONE),
    ("message can't be copied", Kind.TARGET_GONE),
    ("message to forward not found", Kind.TARGET_GONE),
    ("message can't be forwarded", Kind.TARGET_GONE),
    ("messages can't be forwarded", Kind.TARGET_GONE),
    ("there are no messages to forward", Kind.TARGET_GONE),
    ("chat not found", Kind.CHAT_GONE),
    ("group chat was upgraded", Kind.CHAT_GONE),  # without the new id; with it, it is a ChatMigrated
    ("peer_id_invalid", Kind.CHAT_GONE),
    ("need administrator rights", Kind.NO_RIGHTS),
    ("have no write access", Kind.NO_RIGHTS),
    ("chat_write_forbidden", Kind.NO_RIGHTS),
    ("not enough rights", Kind.NO_RIGHTS),
    ("chat_admin_required", Kind.NO_RIGHTS),
    ("member list is inaccessible", Kind.NO_RIGHTS),
    ("wrong file identifier", Kind.BAD_FILE),
    ("wrong remote file identifier", Kind.BAD_FILE),
    ("wrong file_id", Kind.BAD_FILE),
    ("invalid file_id", Kind.BAD_FILE),
    ("can't use file of type", Kind.BAD_FILE),
    ("file must be non-empty", Kind.BAD_FILE),
    ("file is too big", Kind.BAD_FILE),
    ("is too big for a photo", Kind.BAD_FILE),
    ("photo has unsupported extension", Kind.BAD_FILE),
    ("photo_invalid_dimensions", Kind.BAD_FILE),
    ("image_process_failed", Kind.BAD_FILE),
    ("failed to get http url content", Kind.BAD_FILE),
    ("wrong type of the web page content", Kind.BAD_FILE),
    ("file_reference_expired", Kind.BAD_FILE),
    ("logged out", Kind.TOKEN_REVOKED),
)


def classify(error: BaseException) -> Outcome:
    """What an error of ``Wire.call``, or of python-telegram-bot's own methods, means for the message.

    A cancelled call went out or not: nobody knows. What is no error of the wire at all is our bug.
    """
    match error:
        case RetryAfter():
            # The attribute: the property warns of its future type.
            return Outcome(Kind.RETRY_AFTER, str(error), retry_after=error._retry_after.total_seconds())
        case ChatMigrated():
            return Outcome(Kind.MIGRATED, str(error), new_chat_id=error.new_chat_id)
        case Forbidden():
            return Outcome(Kind.BLOCKED, str(error))
        case Conflict():
            return Outcome(Kind.CONFLICT, str(error))
        case InvalidToken():
            # The server says 404 for a method that it does not know, too.
            known = "method not found" not in str(error).casefold()
            return Outcome(Kind.TOKEN_REVOKED if known else Kind.OUR_BUG, str(error))
        case BadRequest():
            return _bad_request(str(error))
        case NotSent():
            return Outcome(Kind.NOT_SENT, str(error))
        case TooLarge() | Unreadable():
            return Outcome(Kind.BAD_FILE, str(error))
        case NetworkError():
            return _network(str(error), answered=isinstance(error, ServerFailed))
        case TelegramError() | TimeoutError() | OSError():
            return Outcome(Kind.UNCERTAIN, str(error))
        case Exception():
            return Outcome(Kind.OUR_BUG, f"{type(error).__name__}: {error}")
        case _:
            return Outcome(Kind.UNCERTAIN, type(error).__name__)


def _bad_request(detail: str) -> Outcome:
    said = detail.casefold()
    for words, kind in _BAD_REQUEST:
        if words in said:
            return Outcome(kind, detail)
    return Outcome(Kind.OUR_BUG, detail)


def _network(detail: str, *, answered: bool) -> Outcome:
    said = detail.casefold()
    if "request was *not* sent" in said:  # python-telegram-bot's own transport, its pool was full
        return Outcome(Kind.NOT_SENT, detail)
    if "request entity too large" in said or said.startswith("http 413"):
        return Outcome(Kind.BAD_FILE, detail)
    return Outcome(Kind.UNCERTAIN, detail, answered=answered)
