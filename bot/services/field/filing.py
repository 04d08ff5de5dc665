"""A caption applied to an entry: what was understood, the number, the settle time (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.domain.captions import CaptionReading, read_caption
from bot.domain.entries import Mode, Source, State, entry_number, settle_until
from bot.domain.handover import tells_of_caller
from bot.domain.locating import MOST_CHOICES
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import entries
from bot.services import life, pictures
from bot.services.field.identity import Identity, filer_regions
from bot.services.outgoing import new_card, show_card, take_back

FIELDS = ("region", "township", "village", "spot", "place_type", "category", "severity", "handling")

PLACE = ("region", "township", "village", "spot")
"""The fields that together say where."""


def open_entry(work: Work, identity: Identity, *, chat_id: int, found_at: datetime) -> Row[Any]:
    """A fresh draft, without words or photos."""
    row = book.add(
        work,
        state=State.DRAFT.value,
        kind="issue",
        track=identity.track,
        group_key=identity.group,
        filer_id=work.actor.member_id,
        chat_id=chat_id,
        source=identity.source.value,
        mode=identity.mode.value,
        identity_open=identity.undecided,
        found_at=found_at,
        created_at=work.now,
        touched_at=work.now,
        nag_at=work.now + work.world.rules.nag_after,
    )
    events.record(work, "opened", entry_id=row.id, body=body_of(identity))
    return row


def body_of(identity: Identity) -> str:
    """The body that files, as events name it."""
    if identity.group is not None:
        return f"group:{identity.group}"
    return f"office:{identity.track}" if identity.track else "oversight"


def identity_stored(work: Work, row: Row[Any]) -> Identity:
    """The identity under which an entry was filed, out of its row."""
    held = row.mode == Mode.COVERT or (row.group_key is None and row.source != Source.GANZHUANZHENG)
    return Identity(
        row.group_key, row.track, Source(row.source), Mode(row.mode), undecided=row.identity_open, held=held
    )


def read(
    work: Work, text: str, identity: Identity, sent_at: datetime, regions: tuple[str, ...] | None = None
) -> CaptionReading:
    """Read a caption with the eyes of the one who files; `regions` where a tap has told the region."""
    campaign = work.world.campaign
    return read_caption(
        text,
        reader=work.world.reader,
        filer_regions=filer_regions(work, identity) if regions is None else regions,
        sent_at=campaign.local(sent_at),
        city=campaign.city,
        told=regions is not None,
    )


def understood(reading: CaptionReading) -> dict[str, Any]:
    """The columns that a reading fills."""
    return {
        "region": reading.region,
        "township": reading.township,
        "village": reading.village,
        "spot": reading.spot,
        "place_type": reading.place_type,
        "category": reading.category,
        "severity": reading.severity,
        "handling": reading.handling,
        "wish": str(reading.deadline)[:64] if reading.deadline else None,
        "wish_words": reading.deadline.words[:64] if reading.deadline else None,
        "alternatives": list(reading.alternatives),
        "problems": list(reading.problems),
    }


def understand(
    work: Work, row: Row[Any], text: str, sent_at: datetime
) -> tuple[CaptionReading, dict[str, Any]]:
    """Read words for an entry: the reading, and the columns it changes; what was set by a tap keeps.

    Words that name no place take it from the entry before («the same place»); the column `note` says so.
    """
    by_hand = frozenset(row.by_hand or ())
    tapped = (row.region,) if "region" in by_hand and row.region else None
    reading = read(work, text, identity_stored(work, row), sent_at, tapped)
    values = understood(reading)
    values["note"] = None
    inherits = not reading.names_place and "region" not in by_hand
    last = last_entry(work, row) if inherits or reading.village_choices else None
    if inherits:
        if last is not None:
            values.update(region=last.region, township=last.township, village=last.village)
            values["note"] = "same_place"
    elif tapped is not None and values["region"] not in (None, row.region):
        values.update(township=None, village=None)  # the words speak of another region than the tap
    values["choices"] = village_choices(work, reading, values["region"], last)
    for name in by_hand:
        values.pop(name, None)
    if "village" in by_hand:
        values["choices"] = []
    values.setdefault("region", row.region)
    if of_office(row) and row.state in (State.DRAFT, State.FILED):
        values["source"] = _source(row, reading, text)
    return reading, values


def _source(row: Row[Any], reading: CaptionReading, text: str) -> str:
    """An office's source: as chosen, or as its words begin; of a caller once is of a caller always.

    What a leader tells of a caller is no less the caller's.
    """
    if row.source == Source.PUBLIC or tells_of_caller(text):
        return Source.PUBLIC.value
    chosen = row.note == "source" or row.source != Source.ASSIGNED or "source" in (row.by_hand or ())
    return str(row.source if chosen else reading.source or row.source)


def village_choices(
    work: Work, reading: CaptionReading, region: str | None, last: Row[Any] | None
) -> list[list[str]]:
    """What a village's name may mean, nearest first: the township of the entry before goes ahead."""
    found = reading.village_choices
    if len(found) >= MOST_CHOICES:
        within = (region,) if region else tuple({village.region for village in found})
        found = work.world.reader.gazetteer.villages_named(found[0].name, within) or found
    near = (last.region, last.township) if last is not None else None
    ordered = sorted(found, key=lambda village: (village.region, village.township) != near)
    return [[one.region, one.township, one.name] for one in ordered[:MOST_CHOICES]]


def apply_caption(
    work: Work, row: Row[Any], text: str, *, sent_at: datetime, message_id: int | None = None
) -> Row[Any]:
    """Give a draft its words: files it when the region can be read, else asks for the region.

    Fields that were set by a tap keep. A caption that says clean and names no problem makes a visit
    record 走访记录. `message_id` is the message that carries the words. Gives the entry's new row.
    """
    identity = identity_stored(work, row)
    reading, values = understand(work, row, text, sent_at)
    if values["region"] is None:
        values["note"] = "elsewhere" if reading.elsewhere else "region"
    if reading.covert and row.mode == Mode.OPEN:
        values["mode"] = Mode.COVERT.value
        take_back(work, row.id, "receipt")  # it stood open to copying
    if message_id is not None:
        values["words_message"] = message_id
    if values.get("source", row.source) == Source.PUBLIC:
        pictures.withhold(work, row.id)
    values.update(description=text, kind="visit" if reading.clean else "issue")
    if values["region"] is None:
        row = life.amend(work, row, "worded", body=body_of(identity), touched_at=work.now, **values)
    else:
        row = file(work, row, **values)
    show_receipt(work, row)
    return row


def of_office(row: Row[Any]) -> bool:
    """Whether an office files it: other sources, no photo needed, held until 「交办」 (SPEC §2)."""
    return row.group_key is None and row.source != Source.GANZHUANZHENG


OFFICE_SOURCES = tuple(
    source.value for source in (Source.PUBLIC, Source.MEDIA, Source.LEADER, Source.ASSIGNED, Source.SUPERIOR)
)
"""群众举报 · 媒体曝光 · 领导视察 · 重点问题交办 · 上级交办."""


def source_is_open(row: Row[Any]) -> bool:
    """Whether an entry's source can still be chosen: an office's own, before hand-over."""
    return of_office(row) and row.state == State.FILED and row.kind == "issue" and row.mode == Mode.OPEN


_others = entries.alias()
_last_entry = Prepared(
    select(entries).where(
        entries.c.id
        == select(func.max(_others.c.id))
        .where(
            _others.c.filer_id == bindparam("filer"),
            _others.c.chat_id == bindparam("chat"),
            _others.c.id != bindparam("this"),
            _others.c.region.is_not(None),
            _others.c.state != State.VOID.value,
            _others.c.touched_at >= bindparam("since"),  # never before its creation: the index has it
            _others.c.created_at >= bindparam("since"),
            _others.c.created_at <= bindparam("until"),
        )
        .scalar_subquery()
    )
)


def last_entry(work: Work, row: Row[Any]) -> Row[Any] | None:
    """The member's entry before this one: of the last half hour, same chat and identity."""
    last: Row[Any] | None = _last_entry.first(
        work,
        filer=row.filer_id,
        chat=row.chat_id,
        this=row.id,
        since=work.now - work.world.rules.same_place_within,
        until=row.created_at,
    )
    if last is None or last.group_key != row.group_key or last.mode != row.mode:
        return None
    return last


def file(work: Work, row: Row[Any], **said: Any) -> Row[Any]:
    """草稿 → 已登记: the number, the track of the region, the settle time where there is one.

    `said` are columns that its words have just told: they are written in the same step.
    """
    identity = identity_stored(work, row)
    mode = Mode(said.get("mode", row.mode))
    body = body_of(identity)
    said["track"] = work.world.campaign.track_of(said.get("region", row.region)).key
    if said.get("kind", row.kind) == "visit":
        return life.move(work, row, State.FILED, "visit", body=body, nag_at=None, **said)
    settle = None if identity.held or mode is Mode.COVERT else settle_time(work, row)
    return life.move(
        work,
        row,
        State.FILED,
        "filed",
        body=body,
        number=number_for(work, row.group_key, mode, row.found_at),
        settle_at=settle,
        checker=None if identity.group is None or mode is Mode.COVERT else identity.group,
        nag_at=row.nag_at if identity.undecided else None,
        **said,
    )


def number_now(work: Work, row: Row[Any]) -> Row[Any]:
    """A visit record that turned out to be a problem gets its number; the settle time begins."""
    identity = identity_stored(work, row)
    settle = None if identity.held else settle_until(work.now, work.now, work.world.rules)
    return life.amend(
        work, row, "filed", body=body_of(identity), kind="issue", number=new_number(work, row),
        settle_at=settle, touched_at=work.now,
        checker=None if identity.group is None or row.mode == Mode.COVERT else identity.group,
    )  # fmt: skip


def settle_time(work: Work, row: Row[Any]) -> datetime:
    """When the region will be told, counted from the last part, edit or tap."""
    return settle_until(row.created_at, work.now, work.world.rules)


def touch(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The columns to write when a part, an edit or a tap comes while the settle time runs."""
    values: dict[str, Any] = {"touched_at": work.now}
    if row.state == State.FILED and row.settle_at is not None:
        values["settle_at"] = settle_time(work, row)
    return values


def new_number(work: Work, row: Row[Any]) -> str:
    """A number for the entry as it stands."""
    return number_for(work, row.group_key, Mode(row.mode), row.found_at)


def number_for(work: Work, group: str | None, mode: Mode, found_at: datetime) -> str:
    """A fresh number: who filed (暗: any group's covert), the day of the first part's message, a serial."""
    campaign = work.world.campaign
    day = campaign.today(found_at)
    prefix, digit = _prefix(work, group, mode)
    year = None
    if campaign.ended(day):
        prefix, digit, year = "长", "", day.year
    serial = book.next_serial(work, f"{prefix}{digit}-{day:%Y%m%d}")
    return entry_number(prefix, digit, f"{day:%m%d}", serial, year)


def _prefix(work: Work, group_key: str | None, mode: Mode) -> tuple[str, str]:
    campaign = work.world.campaign
    if mode is Mode.COVERT:
        return "暗", ""
    if group_key is None:
        return "办", ""
    group = campaign.group(group_key)
    return campaign.track(group.track).prefix, str(group.number)


def show_receipt(
    work: Work, row: Row[Any], *, not_before: datetime | None = None, anew: bool = False
) -> None:
    """Show or refresh the filer's receipt: one message per entry, edited as parts come.

    In a group's chat it is one short line; the details go to the filer's private chat on demand.
    """
    chat = people.chat(work, row.chat_id)
    private = chat is None or chat.kind == "private"
    kind = "receipt" if private else "line"
    show = new_card if anew else show_card
    show(
        work, row.chat_id, kind, subject=f"entry:{row.id}", entry_id=row.id,
        member_id=row.filer_id, not_before=not_before,
    )  # fmt: skip


def may_file(work: Work) -> bool:
    """Whether the actor files entries at all."""
    actor = work.actor
    return bool(actor.groups() or actor.offices()) or actor.has(Role.OVERSIGHT)
