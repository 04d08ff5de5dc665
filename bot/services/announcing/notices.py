"""An office's 通知: written, addressed, sent; 「收到」 and 参会人员 come back to it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select, update

from bot.domain.captions import CaptionReader, menu_word
from bot.ledger import cards as card_book
from bot.ledger import outbox as outbox_book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import announcement_receipts, announcements, cards
from bot.services import faces, questions, secrecy
from bot.services.announcing import attached, receipts
from bot.services.answering import Toast
from bot.services.duties import audience
from bot.services.duties.audience import Audience, Reader
from bot.services.incoming import Incoming
from bot.services.meetings import card as meeting_cards
from bot.services.outgoing import Button, File, Rows, Shown, new_card, say, show_card
from bot.services.refusals import NotUnderstood, NotYours, TooLate

DRAFT: Final = "announce"
COPY: Final = "announced"
WORD: Final = "通知"
MOST_TEXT: Final = 3000
MOST_ATTENDEES: Final = 300
ALL_REGIONS, ALL_GROUPS = "regions", "groups"


# --- written ------------------------------------------------------------------------------------------


def begin(work: Work, chat_id: int) -> None:
    """「通知」: the office is asked for the words.

    Raises:
        NotYours: the actor is of no office.
    """
    if not work.actor.offices():
        raise NotYours
    questions.ask(work, chat_id, DRAFT, "announcing.ask")


@questions.answers(DRAFT)
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    write(work, incoming, incoming.text)


def written(work: Work, incoming: Incoming) -> bool:
    """Whether a text that begins with 「通知：」 was taken as one; of an office only."""
    words = headed(incoming.text, work.world.reader)
    if words is None or not work.actor.offices():
        return False
    write(work, incoming, words)
    return True


def headed(text: str, reader: CaptionReader) -> str | None:
    """What follows 「通知：」 at the beginning of a text; None where it does not begin so."""
    flat = text.strip()
    rest = flat.removeprefix(WORD)
    if rest == flat or rest[:1] not in ("：", ":", "\n", " ", "　") or menu_word(flat, reader):
        return None
    return rest.lstrip("：: \n　")


def write(work: Work, incoming: Incoming, text: str) -> None:
    """A draft with nobody addressed yet; words, files, or both.

    Raises:
        NotYours, SecretMaterial, NotUnderstood: nothing was written.
    """
    if not work.actor.offices():
        raise NotYours
    secrecy.refuse_secret(work, incoming)
    words = text.strip()[:MOST_TEXT]
    if not words and not incoming.attachments:
        raise NotUnderstood(hint="announce")
    new_id = work.insert(
        announcements,
        track=work.actor.offices()[0],
        member_id=work.actor.member_id,
        text=words,
        owners=[],
        at=work.now,
        media_group_id=incoming.media_group_id,
        forwarded_at=incoming.sent_at if incoming.forwarded else None,
        said_in=[secrecy.where(incoming)],
    )
    attached.keep(work, incoming, new_id)
    new_card(work, incoming.chat_id, DRAFT, subject=f"announce/{new_id}", member_id=work.actor.member_id)


def add(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """More for a draft: files join it; words in reply take the place of its words, forwarded ones follow.

    Raises:
        TooLate: it was sent already, or cancelled.
        NotUnderstood: it would have more files than a 通知 can.
    """
    if row.state != "draft":
        raise TooLate
    if incoming.attachments and len(attached.names(work, row.id)) >= attached.MOST:
        raise NotUnderstood(hint="announce_files", most=attached.MOST)
    words = incoming.text.strip()
    replaced = incoming.reply_to is not None and not incoming.attachments
    both = words if replaced else "\n".join(part for part in (row.text, words) if part)
    values: dict[str, Any] = {
        "text": both[:MOST_TEXT],
        "media_group_id": incoming.media_group_id,
        "said_in": [*([] if replaced else row.said_in or []), secrecy.where(incoming)],
    }
    if incoming.forwarded:
        values["forwarded_at"] = incoming.sent_at
    work.connection.execute(update(announcements).where(announcements.c.id == row.id).values(**values))
    attached.keep(work, incoming, row.id)
    refresh(work, row.id)


def _get(work: Work, announcement_id: int) -> Row[Any]:
    row = work.connection.execute(select(announcements).where(announcements.c.id == announcement_id)).first()
    if row is None:
        raise NotUnderstood(hint="old_button")
    return row


def _own(work: Work, announcement_id: int) -> Row[Any]:
    row = _get(work, announcement_id)
    if row.track not in work.actor.offices():
        raise NotYours
    return row


def choices(work: Work, track: str) -> list[tuple[str, str]]:
    """Who can be addressed: (owner, title) of the track's regions and groups, and the covert group."""
    campaign = work.world.campaign
    found = [(region.name, region.name) for region in campaign.regions_of(track)]
    covert = campaign.covert_group()
    groups = [group for group in campaign.groups if group.track == track]
    if covert is not None and covert not in groups:
        groups.append(covert)
    return [*found, *((group.key, campaign.group_title(group.key)) for group in groups)]


def pick(work: Work, announcement_id: int, argument: str) -> Toast:
    """A region or a group is put in or taken out; `regions` and `groups` are all of them.

    Raises:
        NotYours: another office's.
        TooLate: it was sent.
    """
    row = _own(work, announcement_id)
    if row.state != "draft":
        raise TooLate
    known = choices(work, row.track)
    chosen = set(row.owners)
    if argument in (ALL_REGIONS, ALL_GROUPS):
        these = {owner for owner, _ in known if ("/" in owner) == (argument == ALL_GROUPS)}
        chosen = chosen - these if these <= chosen else chosen | these
    elif argument.isdecimal() and int(argument) < len(known):
        chosen ^= {known[int(argument)][0]}
    else:
        raise NotUnderstood(hint="old_button")
    ordered = [owner for owner, _ in known if owner in chosen]
    work.connection.execute(update(announcements).where(announcements.c.id == row.id).values(owners=ordered))
    refresh(work, row.id)
    return Toast()


def cancel(work: Work, announcement_id: int) -> Toast:
    """「取消」: the draft is dropped.

    Raises:
        NotYours, TooLate: see `pick`.
    """
    row = _own(work, announcement_id)
    if row.state != "draft":
        raise TooLate
    work.connection.execute(
        update(announcements).where(announcements.c.id == row.id).values(state="cancelled")
    )
    refresh(work, row.id)
    return Toast("people.nothing_done")


def send(work: Work, announcement_id: int) -> Toast:
    """「发出」: each region's contacts and each group's leaders get it, with a sound.

    Raises:
        NotYours: another office's.
        TooLate: it was sent already, or cancelled.
        NotUnderstood, MeetingNotNow: nobody is addressed; the meeting is not as it was when this was made.
    """
    row = _own(work, announcement_id)
    if row.state != "draft":
        raise TooLate
    if not row.owners:
        raise NotUnderstood(hint="announce_whom")
    meeting_cards.must_hold(work, row)
    work.connection.execute(
        update(announcements).where(announcements.c.id == row.id).values(state="sent", sent_at=work.now)
    )
    for one in _audiences(work, row):
        for reader in one.readers:
            attached.hand_on(work, row, reader)
            _paper(work, row, reader)
            show_card(
                work, reader.chat_id, COPY, subject=f"announced/{row.id}/{one.owner}",
                member_id=reader.member_id, priority=Priority.BROADCAST,
            )  # fmt: skip
    refresh(work, row.id)
    return Toast("announcing.sent_toast", {"count": len(row.owners)})


def _paper(work: Work, row: Row[Any], reader: Reader) -> None:
    """The 会议通知 of a meeting, ahead of the words that have the button."""
    if row.meeting:
        say(
            work, reader.chat_id, "announcing.paper", {"month": row.meeting["said"]["month"]},
            file=File(**row.meeting["file"]), silent=True, priority=Priority.BROADCAST,
            dedup=f"announced:{row.id}:{reader.member_id}:paper",
        )  # fmt: skip


def _audiences(work: Work, row: Row[Any]) -> list[Audience]:
    regions = [owner for owner in row.owners if "/" not in owner]
    groups = [owner for owner in row.owners if "/" in owner]
    return [*audience.of_regions(work, row.track, regions), *audience.of_groups(work, groups)]


# --- 「收到」 -------------------------------------------------------------------------------------------


def receive(work: Work, announcement_id: int, owner: str) -> Toast:
    """「收到」: once for a region or group, whoever of it presses first.

    Raises:
        NotYours: not addressed to the actor.
    """
    row = _get(work, announcement_id)
    if row.state != "sent" or owner not in row.owners or owner not in _mine(work):
        raise NotYours
    if receipts.of(work, row.id, owner) is None:
        receipts.note(work, row.id, owner, None)
        refresh(work, row.id)
    return Toast("announcing.got_toast")


def replied(work: Work, incoming: Incoming) -> bool:
    """Whether a reply to a 通知 was taken as its 参会人员; it is 「收到」 as well."""
    if incoming.reply_to is None or not incoming.text.strip() or incoming.attachments:
        return False
    found = card_book.by_message(work, incoming.chat_id, incoming.reply_to)
    if found is None or found.kind != COPY:
        return False
    _, number, owner = found.subject.split("/", 2)
    row = _get(work, int(number))
    if owner not in _mine(work):
        return False
    secrecy.refuse_secret(work, incoming)
    receipts.note(work, row.id, owner, incoming.text.strip()[:MOST_ATTENDEES])
    refresh(work, row.id)
    new_card(work, incoming.chat_id, COPY, subject=found.subject, member_id=work.actor.member_id)
    return True


def _mine(work: Work) -> set[str]:
    return {*work.actor.regions(), *work.actor.groups()}


# --- what is shown ------------------------------------------------------------------------------------


def refresh(work: Work, announcement_id: int) -> None:
    """Bring the office's message and the copies up to date, by edits."""
    rows = work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted, cards.c.kind).where(
            cards.c.subject.in_(_subjects(work, announcement_id)), cards.c.kind.in_((DRAFT, COPY))
        )
    ).all()
    for row in rows:
        card_book.want(work, row.id, row.wanted + 1)
        priority = Priority.REPLY if row.kind == DRAFT else Priority.BROADCAST
        outbox_book.put_card(work, row.id, row.chat_id, row.wanted + 1, None, priority, keep_pace=True)
    if meeting := _get(work, announcement_id).meeting:  # its card counts who has received the notice
        meeting_cards.refresh(work, meeting["id"])


def _subjects(work: Work, announcement_id: int) -> Sequence[str]:
    row = _get(work, announcement_id)
    return [f"announce/{row.id}", *(f"announced/{row.id}/{owner}" for owner in row.owners)]


@faces.shows(DRAFT)
def office_card(work: Work, card: Row[Any]) -> Shown | None:
    """The office's message: whom it goes to, then who has received it and who has not."""
    row = _get(work, int(card.subject.partition("/")[2]))
    if row.track not in work.actor.offices():
        return None
    titles = dict(choices(work, row.track))
    answered = {
        one.owner: one
        for one in work.connection.execute(
            select(announcement_receipts).where(announcement_receipts.c.announcement_id == row.id)
        ).all()
    }
    local = work.world.campaign.local
    unread = []
    if row.state == "sent":
        unread = [titles[one.owner] for one in _audiences(work, row) if one.cut_off]
    values = {
        "text": row.text,
        "wiped": row.said_in == [],
        "meeting": (row.meeting or {}).get("said"),
        "files": attached.names(work, row.id),
        "state": row.state,
        "count": len(row.owners),
        "owners": [titles[owner] for owner in row.owners],
        "got": len(answered),
        "sent_at": local(row.sent_at).isoformat() if row.sent_at else None,
        "missing": [titles[owner] for owner in row.owners if owner not in answered],
        "unreachable": unread,
        "attending": [
            {"title": titles[owner], "names": one.attendees}
            for owner, one in answered.items()
            if one.attendees
        ],
    }
    return Shown("announcing.office", values, _draft_buttons(work, row) if row.state == "draft" else ())


def _draft_buttons(work: Work, row: Row[Any]) -> Rows:
    known = choices(work, row.track)
    buttons = [
        Button("", "anpick", row.id, arg=str(index), text=("✓ " if owner in row.owners else "") + title)
        for index, (owner, title) in enumerate(known)
    ]
    rows: list[tuple[Button, ...]] = [
        (
            Button("announce_regions", "anpick", row.id, arg=ALL_REGIONS),
            Button("announce_groups", "anpick", row.id, arg=ALL_GROUPS),
        )
    ]
    rows += [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    last = [Button("cancel", "ancancel", row.id)]
    if row.owners:
        last.insert(0, Button("announce_send", "ansend", row.id, values={"count": len(row.owners)}))
    return (*rows, tuple(last))


@faces.shows(COPY)
def copy_card(work: Work, card: Row[Any]) -> Shown | None:
    """The 通知 as a region or group reads it."""
    _, number, owner = card.subject.split("/", 2)
    row = _get(work, int(number))
    if owner not in _mine(work):
        return None
    receipt = receipts.of(work, row.id, owner)
    member = people.member(work, receipt.member_id) if receipt is not None else None
    local = work.world.campaign.local
    values = {
        "office": work.world.campaign.track(row.track).office,
        "text": row.text,
        "wiped": row.said_in == [],
        "meeting": (row.meeting or {}).get("said"),
        "files": attached.names(work, row.id),
        "at": local(row.sent_at).isoformat() if row.sent_at else None,
        "got_at": local(receipt.at).isoformat() if receipt is not None else None,
        "by": member.name if member is not None else "",
        "attendees": receipt.attendees if receipt is not None else None,
    }
    buttons: Rows = ((Button("announce_got", "angot", row.id, arg=owner),),) if receipt is None else ()
    return Shown("announcing.copy", values, buttons)
