"""What a city leader 市领导 hands over: no question asked, an entry by an office, reported at the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.entries import Mode, Source, State
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Role, Standing
from bot.ledger import entries as book
from bot.ledger import events, outbox, people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind, remember_message
from bot.ledger.people import Reached
from bot.ledger.tables import entries, handed, messages
from bot.services import faces, life, pictures
from bot.services.answering import Toast
from bot.services.field import filing, identity, intake
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Picture, Rows, Shown, open_panel, refresh_cards, say, show_card
from bot.services.refusals import NotYours
from bot.services.views.values import entry_values

CARD = "handed"
MOST_SHOWN = 9

OFFICE = frozenset({Standing.OFFICE})
"""How the offices read what is no entry of theirs yet."""


# --- taken in --------------------------------------------------------------------------------------


def is_for(work: Work) -> bool:
    """Whether the actor's messages are a leader's: whoever also files or answers is heard as that."""
    actor = work.actor
    others = actor.has(Role.CONTACT) or actor.has(Role.TOWNSHIP)
    return actor.has(Role.CITY_LEADER) and not filing.may_file(work) and not others


def take(work: Work, incoming: Incoming) -> None:
    """Any photo, voice, text or pin: one answer, never a question; the office gets it.

    What comes within two minutes, and an album's later parts, join.
    """
    row = _recent(work, incoming)
    if row is None:
        row = _open(work, incoming)
        say(work, incoming.chat_id, "handed.taken", reply_to=incoming.message_id)
    entry = book.get(work, row.entry_id)
    assert entry is not None
    pictures.keep(work, incoming, entry_id=entry.id, kind="before")
    remember_message(work, incoming.chat_id, incoming.message_id, entry.id, "part")
    entry = _with_words(work, entry, incoming)
    track = row.track or _track_of(work, entry)
    work.connection.execute(
        update(handed).where(handed.c.id == row.id).values(touched_at=work.now, track=track)
    )
    _tell(work, row.id, entry, track)


def _open(work: Work, incoming: Incoming) -> Row[Any]:
    entry_id = work.insert(
        entries,
        state=State.DRAFT.value,
        kind="issue",
        source=Source.LEADER.value,
        mode=Mode.OPEN.value,
        chat_id=incoming.chat_id,
        found_at=incoming.sent_at,
        created_at=work.now,
        touched_at=work.now,
    )
    events.record(work, "opened", entry_id=entry_id, body="city_leader")
    about = None
    if incoming.reply_to is not None:
        about = book.by_message(work, incoming.chat_id, incoming.reply_to)
    row_id = work.insert(
        handed,
        entry_id=entry_id,
        member_id=work.actor.member_id,
        chat_id=incoming.chat_id,
        about_id=about,
        created_at=work.now,
        touched_at=work.now,
    )
    return _row(work, row_id)


def _recent(work: Work, incoming: Incoming) -> Row[Any] | None:
    """What the leader handed over a moment ago, or the one that holds another part of this album."""
    mine = select(handed).where(handed.c.member_id == work.actor.member_id, handed.c.state == "open")
    if incoming.media_group_id is not None:
        parts = pictures.of_album(work, incoming.chat_id, incoming.media_group_id)
        known = [part.entry_id for part in parts if part.entry_id is not None]
        if known:
            return work.connection.execute(mine.where(handed.c.entry_id == known[0])).first()
    if incoming.reply_to is not None:
        return None
    since = work.now - work.world.rules.draft_gap
    return work.connection.execute(
        mine.where(handed.c.touched_at >= since).order_by(handed.c.id.desc()).limit(1)
    ).first()


def _with_words(work: Work, entry: Row[Any], incoming: Incoming) -> Row[Any]:
    values: dict[str, Any] = {"touched_at": work.now}
    words = intake.words_of(incoming)
    if words:
        values["description"] = "\n".join(part for part in (entry.description, words) if part)
        everywhere = identity.Identity(None, None, Source.LEADER, Mode.OPEN, held=True)
        reading = filing.read(work, values["description"], everywhere, incoming.sent_at)
        values.update(region=reading.region, township=reading.township, village=reading.village)
    bounds = work.world.campaign.bounds
    if incoming.location is not None and (bounds is None or bounds.holds(*incoming.location)):
        values.update(lat=incoming.location[0], lng=incoming.location[1], position_from="pin")
    if not words:
        return book.change(work, entry, **values)
    return life.amend(work, entry, "worded", body="city_leader", **values)


def _track_of(work: Work, entry: Row[Any]) -> str | None:
    return work.world.campaign.track_of(entry.region).key if entry.region else None


def _tell(work: Work, row_id: int, entry: Row[Any], track: str | None) -> None:
    """Show it to the office of the place's track; unclear: to both, once the words had time to come."""
    clear = track is not None or bool(entry.description)
    pause = work.world.rules.album_pause if clear else work.world.rules.draft_gap
    for person in _readers(work, track):
        _show(work, row_id, entry.id, person, pause)
    refresh_cards(work, entry.id, kinds=(CARD,))


def _readers(work: Work, track: str | None) -> list[Reached]:
    tracks = [track] if track is not None else [one.key for one in work.world.campaign.tracks]
    found = {person.member_id: person for key in tracks for person in people.office_of(work, key)}
    return [person for person in found.values() if person.reachable]


def _show(work: Work, row_id: int, entry_id: int, person: Reached, pause: timedelta = timedelta()) -> None:
    show_card(
        work,
        person.chat_id,
        CARD,
        subject=f"handed:{row_id}",
        entry_id=entry_id,
        member_id=person.member_id,
        not_before=work.now + pause,
    )


# --- the office ------------------------------------------------------------------------------------


@faces.shows(CARD)
def card(work: Work, card_row: Row[Any]) -> Shown | None:
    """What a leader handed over, for a member of an office."""
    row = _row(work, int(card_row.subject.partition(":")[2]))
    entry = book.get(work, row.entry_id)
    assert entry is not None
    offices = work.actor.offices()
    if not offices or (row.track is not None and row.track not in offices):
        return Shown("handed.elsewhere", {})
    about = book.get(work, row.about_id) if row.about_id is not None else None
    values = entry_values(work, entry, OFFICE)
    taker = people.member(work, row.taken_by)
    values.update(
        description=mask_numbers(entry.description),
        at=work.world.campaign.local(row.created_at),
        status=row.state,
        about=about.number if about is not None else "",
        taken_by=taker.name if taker is not None else "",
        unclear=row.track is None,
    )
    more = bool(values["attachments"] or values["faults"])
    return Shown("handed.card", values, _buttons(work, row, entry, card_row.panel, more), _sheet(work, entry))


def _sheet(work: Work, entry: Row[Any]) -> Picture | None:
    found = [
        photo
        for photo in book.photos_of(work, entry.id)
        if photo.kind in ("before", pictures.CALLERS) and photo.fault is None
    ][:MOST_SHOWN]
    if not found:
        return None
    ids = [photo.id for photo in found]
    ready = sum(photo.state == "stored" for photo in found)
    make = "photo" if len(ids) == 1 else "plain_sheet"
    return Picture(make, f"handed:{'-'.join(map(str, ids))}:{ready}", {"photos": ids, "entry": entry.id})


def _buttons(work: Work, row: Row[Any], entry: Row[Any], panel: str | None, more: bool) -> Rows:
    """`more`: there is something that the card cannot show, a voice for instance."""
    originals = (Button("originals", "hcopy", row.id),) if more else ()
    if row.state == "filed" and entry.number is not None:
        return ((Button("look", "open", entry.id),),)
    if row.state != "open":
        return ()
    if row.track is None:
        return ((Button("i_take_it", "htake", row.id),), originals)
    regions = list(work.world.campaign.regions)
    own = [
        Button("", "hfile", row.id, 0, str(index), text=region.name)
        for index, region in enumerate(regions)
        if region.track == row.track
    ]
    if entry.region is not None and panel != "regions":
        index = next(i for i, region in enumerate(regions) if region.name == entry.region)
        first = Button("file_as", "hfile", row.id, 0, str(index), values={"region": entry.region})
        rows: list[tuple[Button, ...]] = [(first, Button("other_region", "hregions", row.id))]
    else:
        rows = [tuple(own[i : i + 3]) for i in range(0, len(own), 3)]
    rows.append((Button("other_office", "hother", row.id), Button("no_need", "hdrop", row.id)))
    if originals:
        rows.append(originals)
    return tuple(rows)


def _row(work: Work, row_id: int) -> Row[Any]:
    return work.connection.execute(select(handed).where(handed.c.id == row_id)).one()


def _mine(work: Work, row_id: int) -> Row[Any] | None:
    """The row, when it is still open to the actor's office; None when somebody was first.

    Raises:
        NotYours: the actor is in none of the offices that were told.
    """
    row = work.connection.execute(select(handed).where(handed.c.id == row_id)).first()
    offices = work.actor.offices()
    if row is None or not offices:
        raise NotYours
    taken_elsewhere = row.track is not None and row.track not in offices
    return None if row.state != "open" or taken_elsewhere else row


def _too_late(work: Work, row_id: int) -> Toast:
    row = _row(work, row_id)
    refresh_cards(work, row.entry_id, kinds=(CARD,))
    taker = people.member(work, row.taken_by)
    return Toast("handed.late", {"name": taker.name if taker is not None else ""}, alert=True)


def take_on(work: Work, row_id: int) -> Toast | None:
    """「我来办」: the first office to press has it."""
    row = _mine(work, row_id)
    if row is None or row.taken_by is not None:
        return _too_late(work, row_id)
    _set(work, row, track=work.actor.offices()[0], taken_by=work.actor.member_id, taken_at=work.now)
    return None


def other_office(work: Work, row_id: int) -> Toast | None:
    """「转另一攻坚办」: the place is not in this track."""
    row = _mine(work, row_id)
    if row is None:
        return _too_late(work, row_id)
    others = [one.key for one in work.world.campaign.tracks if one.key != row.track]
    if not others:
        raise NotYours
    _set(work, row, track=others[0], taken_by=None, taken_at=None)
    for person in _readers(work, others[0]):
        _show(work, row.id, row.entry_id, person)
    return None


def drop(work: Work, row_id: int) -> Toast | None:
    """「无需登记」: a word of thanks, a thing long settled."""
    row = _mine(work, row_id)
    if row is None:
        return _too_late(work, row_id)
    entry = book.get(work, row.entry_id)
    assert entry is not None
    body = f"office:{row.track or work.actor.offices()[0]}"
    life.move(work, entry, State.VOID, "voided", body=body, data={"reason": "other"}, void_reason="other")
    _set(work, row, state="dismissed", taken_by=work.actor.member_id, taken_at=work.now)
    return None


def file(work: Work, row_id: int, region: int, chat_id: int) -> Toast | None:
    """The region was tapped: the entry is the office's; its words are what the leader wrote, if anything."""
    row = _mine(work, row_id)
    regions = work.world.campaign.regions
    if row is None:
        return _too_late(work, row_id)
    if region >= len(regions) or regions[region].track not in work.actor.offices():
        raise NotYours
    entry = book.get(work, row.entry_id)
    assert entry is not None
    entry = life.amend(
        work,
        entry,
        "taken_over",
        body=f"office:{regions[region].track}",
        filer_id=work.actor.member_id,
        chat_id=chat_id,
        track=regions[region].track,
        region=regions[region].name,
        by_hand=["region"],
        touched_at=work.now,
    )
    _set(work, row, state="filed", taken_by=work.actor.member_id, taken_at=work.now, track=entry.track)
    if entry.description:
        filing.apply_caption(work, entry, entry.description, sent_at=row.created_at)
    else:
        filing.show_receipt(work, entry, anew=True)
    return None


def regions_panel(work: Work, row_id: int, chat_id: int, message_id: int) -> Toast | None:
    """「换县(市、区)」: every region of the track."""
    if _mine(work, row_id) is None:
        return _too_late(work, row_id)
    open_panel(work, chat_id, message_id, "regions")
    return None


def originals(work: Work, row_id: int, chat_id: int) -> None:
    """「看原件」: the leader's messages as they came, voice included."""
    row = work.connection.execute(select(handed).where(handed.c.id == row_id)).first()
    offices = work.actor.offices()
    if row is None or not offices or (row.track is not None and row.track not in offices):
        raise NotYours
    ids = list(
        work.connection.execute(
            select(messages.c.message_id)
            .where(messages.c.entry_id == row.entry_id, messages.c.chat_id == row.chat_id)
            .where(messages.c.kind == "part")
            .order_by(messages.c.message_id)
        ).scalars()
    )
    params = {"chat_id": chat_id, "from_chat_id": row.chat_id, "message_ids": ids}
    outbox.put(work, chat_id=chat_id, kind=Kind.CALL, payload={"method": "copyMessages", "params": params})


def _set(work: Work, row: Row[Any], **values: Any) -> None:
    work.connection.execute(update(handed).where(handed.c.id == row.id).values(**values))
    refresh_cards(work, row.entry_id, kinds=(CARD,))
