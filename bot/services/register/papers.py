"""联动机制: a region's paper, filed with its office in versions; every one is kept (SPEC §6)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.permissions import RegisterAct
from bot.ledger import cards as card_book
from bot.ledger import events, outbox, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind
from bot.ledger.tables import questions as questions_table
from bot.ledger.tables import register_papers as table
from bot.services import questions, secrecy
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.keeping import files
from bot.services.outgoing import Button, say
from bot.services.refusals import NotUnderstood
from bot.services.register import book, card, entering

QUESTION: Final = "register_paper"
MEDIA: Final = frozenset(("photo", "image", "document"))
METHODS: Final = {"photo": ("sendPhoto", "photo")}


def ask(work: Work, index: str, chat_id: int) -> None:
    """「报送联动机制」: the paper comes as a reply to this message.

    Raises:
        NotYours, NotUnderstood: another's register.
    """
    region = book.region_at(work, index, RegisterAct.CHANGE)
    last = book.last_paper(work, region)
    questions.ask(
        work,
        chat_id,
        QUESTION,
        "register.ask_paper",
        {"region": region, "version": last.version if last is not None else 0},
        subject={"region": region},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )


@questions.answers(QUESTION)
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """Words instead of a file: it is asked for again."""
    raise NotUnderstood(hint="register_paper")


def speaks_of(work: Work, chat_id: int, message_id: int, telegram_id: int) -> str | None:
    """The region whose paper (or table) a file is that replies to this message; None where it is none.

    A message that asks for the paper, and the card of a register that shows one region.
    """
    actor = people.actor_of(work, telegram_id)
    asked = work.connection.execute(
        select(questions_table.c.subject).where(
            questions_table.c.chat_id == chat_id,
            questions_table.c.message_id == message_id,
            questions_table.c.kind == QUESTION,
        )
    ).scalar()
    region = str(asked["region"]) if asked is not None else ""
    if not region:
        found = card_book.by_message(work, chat_id, message_id)
        kind, _, rest = (found.panel or "").partition(".") if found is not None else ("", "", "")
        if found is None or found.kind != card.CARD:
            return None
        mine = book.regions(work, actor)
        at = int(rest.split(".")[0]) if kind and rest.split(".")[0].isdecimal() else -1
        if at not in mine:
            if len(mine) != 1:
                return None
            at = mine[0]
        region = work.world.campaign.regions[at].name
    return region if book.index_of(work, region) in book.regions(work, actor) else None


def take(work: Work, incoming: Incoming, region: str) -> None:
    """A file in reply is the next version; the parts of one album are the pages of one.

    Raises:
        NotYours: it is not the actor's to file.
        SecretMaterial: it is marked; nothing is kept.
        NotUnderstood: neither a document nor a picture.
    """
    index = book.index_of(work, region)
    book.region_at(work, index, RegisterAct.CHANGE)
    secrecy.refuse_secret(work, incoming)
    file = incoming.attachments[0]
    if file.medium not in MEDIA:
        raise NotUnderstood(hint="register_paper")
    files.keep(work, incoming, f"register/{region}")  # a new bot cannot ask for what the old one was sent
    kept = {"file_id": file.file_id, "medium": file.medium, "name": (file.name or "")[:128]}
    last = book.last_paper(work, region)
    album = incoming.media_group_id
    if album is not None and last is not None and (last.chat_id, last.album) == (incoming.chat_id, album):
        work.connection.execute(update(table).where(table.c.id == last.id).values(files=[*last.files, kept]))
        return
    version = last.version + 1 if last is not None else 1
    work.insert(
        table,
        region=region,
        version=version,
        files=[kept],
        chat_id=incoming.chat_id,
        album=album,
        at=work.now,
        member_id=work.actor.member_id,
        body=book.body_of(work, region),
    )
    events.record(
        work, "register_paper", body=book.body_of(work, region), data={"region": region, "version": version}
    )
    questions.drop(work, incoming.chat_id, QUESTION)
    say(
        work, incoming.chat_id, "register.paper_kept", {"region": region, "version": version},
        reply_to=incoming.message_id, protect=True,
    )  # fmt: skip
    entering.tell(work, region, paper=version)
    card.open_card(work, incoming.chat_id, f"r.{index}")


def send(work: Work, paper_id: int, chat_id: int) -> Toast:
    """「看文件」: a version's files as they came, protected.

    Raises:
        NotYours, NotUnderstood: another's register, or no such version.
    """
    row = work.connection.execute(select(table).where(table.c.id == paper_id)).first()
    if row is None:
        raise NotUnderstood(hint="old_button")
    book.region_at(work, book.index_of(work, row.region))
    for file in row.files:
        method, name = METHODS.get(file["medium"], ("sendDocument", "document"))
        params = {"chat_id": chat_id, name: file["file_id"], "protect_content": True}
        outbox.put(work, chat_id=chat_id, kind=Kind.CALL, payload={"method": method, "params": params})
    return Toast("register.sending_toast", {"version": row.version})
