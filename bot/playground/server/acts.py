"""What a person does, said in JSON: the verbs of `Person` for pages and for tests over HTTP.

    {"person": 501, "verb": "sends_photo", "place": "7000000001", "file": BLOB,
     "caption": "…", "reply_to": REF}

A place is a bot's number, or a chat's key ("-100…", or "BOT:PERSON" for the private chat). REF is
{"chat": KEY, "message_id": N}. BLOB names bytes: the answer of `POST /play/blobs`,
or a file part of the same request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .account import Bot
from .errors import PlayError
from .people import Person
from .seen import chat_seen, message_seen, press_seen
from .telegram import Press
from .world import Chat, Json, Message

if TYPE_CHECKING:
    from .api import BotApiServer


class Act:
    """One act: what was asked, and how its words are looked up."""

    def __init__(self, server: BotApiServer, asked: Json, blobs: Mapping[str, bytes]) -> None:
        self.server = server
        self.asked = asked
        self.blobs = blobs

    def get(self, name: str, default: Any = None) -> Any:
        """A word of the act, or its default."""
        return self.asked.get(name, default)

    def need(self, name: str) -> Any:
        """A word that the act must have.

        Raises:
            PlayError: it is missing.
        """
        if name not in self.asked:
            raise PlayError(f"the act needs «{name}»")
        return self.asked[name]

    def person(self, name: str = "person") -> Person:
        """The person of a number."""
        number = self.need(name)
        person = self.server.people.get(int(number))
        if person is None:
            raise PlayError(f"there is no person {number}")
        return person

    def place(self, name: str = "place") -> Bot | Chat:
        """The bot or chat of a key."""
        return find_place(self.server, str(self.need(name)))

    def chat(self, name: str = "chat") -> Chat:
        """The group or channel of a key."""
        place = self.place(name)
        if isinstance(place, Bot):
            raise PlayError(f"«{name}» must be a group or channel")
        return place

    def who(self, name: str = "who") -> Person | Bot:
        """A person or a bot of a number."""
        number = int(self.need(name))
        return self.server.telegram.bots.get(number) or self.person(name)

    def message(self, name: str = "message") -> Message:
        """The message of a reference, also a deleted one if it is referred to by an open press."""
        return find_message(self.server, self.need(name))

    def blob(self, name: str = "file") -> bytes:
        """Bytes by their name."""
        return self._blob(str(self.need(name)))

    def blob_list(self, name: str = "files") -> list[bytes]:
        """Several bytes by their names."""
        return [self._blob(str(blob)) for blob in self.need(name)]

    def _blob(self, name: str) -> bytes:
        found = self.blobs.get(name)
        if found is None and self.server.shelf is not None:
            found = self.server.shelf(name)
        if found is None:
            raise PlayError(f"there is no file «{name}»")
        return found

    def how(self) -> dict[str, Any]:
        """The circumstances of a sending."""
        result: dict[str, Any] = {name: True for name in ("anonymous",) if self.get(name)}
        if self.get("reply_to"):
            result["reply_to"] = self.message("reply_to")
        if self.get("thread"):
            result["thread"] = int(self.get("thread"))
        source = self.get("forwarded_from")
        if source:
            result["forwarded_from"] = (
                self.person("forwarded_from") if isinstance(source, int) else str(source)
            )
        return result


def find_place(server: BotApiServer, key: str) -> Bot | Chat:
    """The bot (for its private chat) or chat of a key.

    Raises:
        PlayError: there is none.
    """
    first = key.partition(":")[0]
    try:
        number = int(first)
    except ValueError:
        raise PlayError(f"«{key}» is no place") from None
    place: Bot | Chat | None = (
        server.telegram.bots.get(number) if number > 0 else server.telegram.chats.get(number)
    )
    if place is None:
        raise PlayError(f"there is no place «{key}»")
    return place


def find_chat(server: BotApiServer, key: str) -> Chat:
    """The chat of a key, also a private one.

    Raises:
        PlayError: there is none.
    """
    first, colon, second = key.partition(":")
    if not colon:
        place = find_place(server, key)
        if isinstance(place, Chat):
            return place
        raise PlayError("a private chat is named BOT:PERSON")
    try:
        chat = server.telegram.private.get((int(first), int(second)))
    except ValueError:
        chat = None
    if chat is None:
        raise PlayError(f"there is no chat «{key}»")
    return chat


def find_message(server: BotApiServer, reference: Any) -> Message:
    """The message of {"chat": KEY, "message_id": N}.

    Raises:
        PlayError: there is none.
    """
    if not isinstance(reference, dict):
        raise PlayError('a message is named by {"chat": KEY, "message_id": N}')
    chat = find_chat(server, str(reference.get("chat", "")))
    message = chat.by_id.get(int(reference.get("message_id", 0)))
    if message is None:
        raise PlayError(f"there is no message {reference.get('message_id')} in {chat.key}")
    return message


def _bot(act: Act, name: str = "bot") -> Bot:
    place = act.place(name)
    if isinstance(place, Chat):
        raise PlayError(f"«{name}» must be a bot")
    return place


def _album(act: Act) -> list[Message]:
    captions = {int(index): str(words) for index, words in (act.get("captions") or {}).items()}
    if act.get("caption"):
        captions[int(act.get("caption_on", 0))] = str(act.get("caption"))
    how = act.how()
    if act.get("album"):
        how["album"] = str(act.get("album"))
    album = act.person().begins_album(
        act.place(),
        act.blob_list(),
        captions,
        hd=bool(act.get("hd")),
        raw=bool(act.get("raw")),
        documents=bool(act.get("documents")),
        **how,
    )
    order = act.get("order")
    if order is not None:
        return [album.send(int(index)) for index in order]
    return album.send_rest()


VERBS: dict[str, Callable[[Act], Any]] = {
    "opens": lambda a: a.person().opens(_bot(a), str(a.get("payload", ""))),
    "sends": lambda a: a.person().sends(a.place(), str(a.need("text")), **a.how()),
    "sends_photo": lambda a: a.person().sends_photo(
        a.place(),
        a.blob(),
        str(a.get("caption", "")),
        hd=bool(a.get("hd")),
        raw=bool(a.get("raw")),
        **a.how(),
    ),
    "sends_album": _album,
    "sends_document": lambda a: a.person().sends_document(
        a.place(),
        a.blob(),
        str(a.get("name", "file.bin")),
        str(a.get("caption", "")),
        size=int(a.get("size", 0)),
        **a.how(),
    ),
    "sends_video": lambda a: a.person().sends_video(
        a.place(), a.blob(), str(a.get("caption", "")), **a.how()
    ),
    "sends_voice": lambda a: a.person().sends_voice(a.place(), a.blob(), **a.how()),
    "sends_location": lambda a: a.person().sends_location(
        a.place(), float(a.need("latitude")), float(a.need("longitude")), **a.how()
    ),
    "sends_contact": lambda a: a.person().sends_contact(
        a.place(), str(a.need("phone")), str(a.need("first_name")), own=bool(a.get("own")), **a.how()
    ),
    "edits": lambda a: a.person().edits(
        a.message(), a.get("text"), photo=a.blob() if a.get("file") else None
    ),
    "forwards": lambda a: a.person().forwards(
        a.message(), a.place(), hidden=bool(a.get("hidden")), **a.how()
    ),
    "deletes": lambda a: a.person().deletes(a.message()),
    "reacts": lambda a: a.person().reacts(a.message(), str(a.get("emoji", ""))),
    "presses": lambda a: a.person().presses(a.message(), str(a.get("label", "")), data=a.get("data")),
    "taps": lambda a: a.person().taps(a.message(), str(a.need("label"))),
    "blocks": lambda a: a.person().blocks(_bot(a)),
    "unblocks": lambda a: a.person().unblocks(_bot(a)),
    "deactivates": lambda a: a.server.deactivate(a.person()),
    "joins": lambda a: a.person().joins(a.chat()),
    "leaves": lambda a: a.person().leaves(a.chat()),
    "adds": lambda a: a.person().adds(
        a.who(), a.chat(), payload=str(a.get("payload", "")), admin=bool(a.get("admin"))
    ),
    "removes": lambda a: a.person().removes(a.who(), a.chat()),
    "promotes": lambda a: a.person().promotes(
        a.who(), a.chat(), without=list(a.get("without") or ()), anonymous=bool(a.get("anonymous"))
    ),
    "demotes": lambda a: a.person().demotes(a.who(), a.chat()),
    "renames": lambda a: a.person().renames(a.chat(), str(a.need("title"))),
    "pins": lambda a: a.person().pins(a.message()),
    "upgrades": lambda a: a.person().upgrades(a.chat()),
}


def perform(server: BotApiServer, asked: Json, blobs: Mapping[str, bytes]) -> Any:
    """Carry out one act; what came of it, as JSON.

    Raises:
        PlayError: it cannot be done.
    """
    verb = VERBS.get(str(asked.get("verb", "")))
    if verb is None:
        raise PlayError(f"there is no verb «{asked.get('verb')}»; there are: {', '.join(sorted(VERBS))}")
    try:
        return outcome(verb(Act(server, asked, blobs)))
    except (TypeError, ValueError) as error:
        raise PlayError(f"the act is not understood: {error}") from error


def outcome(result: Any) -> Any:
    """What an act made, as JSON."""
    match result:
        case Message():
            return message_seen(result)
        case Press():
            return press_seen(result)
        case Chat():
            return chat_seen(result)
        case list():
            return [outcome(item) for item in result]
    return None
