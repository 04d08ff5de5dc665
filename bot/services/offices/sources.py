"""Other sources 来源问题: filed by an office, verified by a group where the office wants it (SPEC §2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from bot.domain.captions import CaptionReading
from bot.domain.entries import Mode, Source, State, settle_until
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Standing
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import entries, photos
from bot.services import faces, life, pictures, questions
from bot.services.field import filing, identity, intake
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, Shown, gone, open_panel, say, show_card
from bot.services.refusals import NotPossible, NotUnderstood, NotYours
from bot.services.views.values import entry_values, problem_for

SOURCES = tuple(Source(key) for key in filing.OFFICE_SOURCES)

CARD = "verify"
ASKED, WORDED = "verify", "verified"
"""Notes of an entry on its way: a group was asked to look; it has said what it saw."""


# --- 登记来源问题 ---------------------------------------------------------------------------------


def begin(work: Work, chat_id: int) -> None:
    """「登记来源问题」: which source; raises NotYours for all but offices."""
    if not work.actor.offices():
        raise NotYours
    choices = [Button(f"source_{source.value}", "source", 0, 0, source.value) for source in SOURCES]
    rows: Rows = tuple(tuple(choices[i : i + 2]) for i in range(0, len(choices), 2))
    say(work, chat_id, "sources.which", buttons=rows)


def choose(work: Work, chat_id: int, key: str) -> None:
    """The source was chosen: a draft waits for its words; photos may come with them, or later."""
    if not work.actor.offices():
        raise NotYours
    source = Source(key)
    if source not in SOURCES:
        raise NotUnderstood(hint="office")
    waiting = _waiting(work, chat_id)
    if waiting is None:
        found = identity.identity_of(work, source=key)
        row = filing.open_entry(work, found, chat_id=chat_id, found_at=work.now)
        book.change(work, row, note="source")
    else:
        book.change(work, waiting, source=key, touched_at=work.now)
    fresh = _waiting(work, chat_id)
    assert fresh is not None
    filing.show_receipt(work, fresh, anew=True)


def _waiting(work: Work, chat_id: int) -> Row[Any] | None:
    """The actor's draft of a source that has got nothing yet."""
    return work.connection.execute(
        select(entries)
        .outerjoin(photos, photos.c.entry_id == entries.c.id)
        .where(
            entries.c.filer_id == work.actor.member_id,
            entries.c.chat_id == chat_id,
            entries.c.state == State.DRAFT.value,
            entries.c.note == "source",
            entries.c.description == "",
            photos.c.id.is_(None),
        )
        .order_by(entries.c.id.desc())
        .limit(1)
    ).first()


# --- 转督查组核实 ---------------------------------------------------------------------------------


def may_verify(row: Row[Any]) -> bool:
    """Whether a group can still be asked to look: an office's own entry, held and open."""
    return (
        row.state == State.FILED
        and row.kind == "issue"
        and row.mode == Mode.OPEN
        and filing.of_office(row)
        and row.settle_at is None
    )


def awaits(row: Row[Any]) -> bool:
    """Whether a group was asked, and the county knows nothing yet."""
    return row.state == State.FILED and row.checker is not None and filing.of_office(row)


def groups(work: Work, row: Row[Any]) -> list[str]:
    """The open groups that look after the entry's region."""
    return [group.key for group in work.world.campaign.groups_for(row.region)]


def choices(work: Work, row: Row[Any]) -> list[tuple[Button, ...]]:
    """The groups that can be asked to look, one a row."""
    title = work.world.campaign.group_title
    return [(Button("", "togroup", row.id, row.version, key, text=title(key)),) for key in groups(work, row)]


def to_group(work: Work, entry_id: int, version: int, group: str, chat_id: int, message_id: int) -> None:
    """「转督查组核实」: the region's group gets the task; with several, the card shows the choice.

    Raises:
        NotPossible: handed over already, or a group has verified it.
        NotYours: not the office of the track, or not a group of that region.
    """
    row = life.load(work, entry_id, Action.PASS_CHECK)
    life.fresh_press(work, row, version)
    if not may_verify(row):
        raise NotPossible(state=row.state)
    offered = groups(work, row)
    if not group and len(offered) != 1:
        open_panel(work, chat_id, message_id, "togroup")
        return
    group = group or offered[0]
    if group not in offered:
        raise NotYours
    fresh = life.amend(
        work, row, "verify_asked", body=f"office:{row.track}", data={"group": group},
        checker=group, note=ASKED,
    )  # fmt: skip
    for person in people.group_of(work, group):
        if person.reachable:
            show_card(
                work, person.chat_id, CARD, subject=f"verify:{fresh.id}", entry_id=fresh.id,
                member_id=person.member_id,
            )  # fmt: skip


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """The task for the group: where, what kind of thing; of a report by the public nothing else."""
    row = book.get(work, card_row.entry_id)
    having = life.having_of(work, row) if row is not None else frozenset()
    if row is None or Standing.CHECKER not in having:
        return gone(card_row, "sources.verify_gone", {"number": row.number if row is not None else ""})
    values = entry_values(work, row, having)
    values.update(
        problem=problem_for(row, having),
        source=row.source,
        waiting=awaits(row) and row.settle_at is None,
        settling=row.settle_at is not None,
        worded=row.note == WORDED,
        shot=_shot(work, row),
    )
    buttons: Rows = ()
    if values["waiting"]:
        buttons = ((Button("nothing_found", "nothing", row.id, row.version),),)
    return Shown("sources.verify", values, buttons)


def _shot(work: Work, row: Row[Any]) -> int:
    """Photos that the group asked to verify has taken."""
    members = {person.member_id for person in people.group_of(work, row.checker)} if row.checker else set()
    return sum(
        photo.kind == "before" and photo.member_id in members for photo in book.photos_of(work, row.id)
    )


def verify(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """The group's answer: its photos, and its words, which the county will read.

    With both, the entry goes to the county after the settle time, and the group checks it. Words
    that say clean give it back to the office.

    Raises:
        NotUnderstood: neither photo nor words.
    """
    words = intake.words_of(incoming)
    if incoming.attachments:
        pictures.keep(work, incoming, entry_id=row.id, kind="before", round_=row.round)
        row = book.change(work, row, touched_at=work.now)
    if words:
        reading = filing.read(work, words, filing.identity_stored(work, row), incoming.sent_at)
        if reading.clean:
            _found_nothing(work, row, words)
            return
        said = "\n".join(part for part in (row.public_text if row.note == WORDED else "", words) if part)
        row = life.amend(
            work, row, "verified", body=f"group:{row.checker}", data={"words": words},
            public_text=said, note=WORDED, category=row.category or reading.category,
            **_seen_at(row, reading),
        )  # fmt: skip
    elif not incoming.attachments:
        raise NotUnderstood(hint="verify")
    _go_on(work, row, incoming)


def _seen_at(row: Row[Any], reading: CaptionReading) -> dict[str, Any]:
    """The spot in the group's own words stands for that of a caller, which the county must not read."""
    if reading.spot is None:
        return {}
    return {"spot": reading.spot, "by_hand": sorted({*(row.by_hand or ()), "spot"})}


def _go_on(work: Work, row: Row[Any], incoming: Incoming) -> None:
    shot = _shot(work, row)
    if shot and row.note == WORDED:
        settle = settle_until(work.now, work.now, work.world.rules)
        fresh = book.change(work, row, settle_at=settle, touched_at=work.now)
        life.refresh_cards(work, fresh.id)
        say(
            work, incoming.chat_id, "sources.verified", {"number": row.number, "region": row.region},
            reply_to=incoming.message_id, entry_id=row.id, silent=True,
        )  # fmt: skip
        return
    life.refresh_cards(work, row.id)
    if incoming.media_group_id is not None and shot > 1:
        return  # asked with the album's first part
    kind, text = ("verify_words", "sources.ask_words") if shot else ("verify_photo", "sources.ask_photo")
    if kind == "verify_words":
        questions.ask(
            work, incoming.chat_id, kind, text, {"number": row.number},
            subject={"entry": row.id}, reply_to=incoming.message_id, entry_id=row.id,
        )  # fmt: skip
    else:
        say(
            work, incoming.chat_id, text, {"number": row.number},
            reply_to=incoming.message_id, entry_id=row.id, silent=True,
        )  # fmt: skip


@questions.answers("verify_words")
def worded(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """The words to photos that the group took at the place."""
    row = life.load(work, int(question.subject["entry"]))
    if not awaits(row):
        raise NotPossible(state=row.state)
    verify(work, row, incoming)


def nothing_found(work: Work, entry_id: int, version: int) -> None:
    """「未发现问题」 on the group's card."""
    row = life.load(work, entry_id)
    if Standing.CHECKER not in life.having_of(work, row):
        raise NotYours
    life.fresh_press(work, row, version)
    if not awaits(row):
        raise NotPossible(state=row.state)
    _found_nothing(work, row, "")


def _found_nothing(work: Work, row: Row[Any], words: str) -> None:
    """The group saw nothing: the office decides again, and is told."""
    group = row.checker
    fresh = life.amend(
        work, row, "verified_nothing", body=f"group:{group}", data={"words": words},
        checker=None, note=None, settle_at=None,
    )  # fmt: skip
    values = {
        "number": row.number,
        "group": work.world.campaign.group_title(group),
        "words": mask_numbers(words),
    }
    for person in people.office_of(work, fresh.track):
        say(
            work, person.chat_id, "sources.nothing_found", values, entry_id=row.id,
            buttons=((Button("look", "open", row.id),),),
        )  # fmt: skip
