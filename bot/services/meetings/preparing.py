"""A 推进会 prepared: opened, its place agreed on, hour, 观摩点 and speakers chosen (SPEC §6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select

from bot.domain.masking import mask_numbers
from bot.domain.meetings import NoSuchTime, read_when
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.prepared import Prepared
from bot.ledger.tables import meetings as table
from bot.ledger.tables import score_sheets
from bot.services import questions, secrecy
from bot.services.answering import Toast
from bot.services.duties import audience
from bot.services.incoming import Incoming
from bot.services.meetings import book, card
from bot.services.outgoing import Button
from bot.services.refusals import MeetingNotNow, NotUnderstood
from bot.services.scoring import windows

LOOK_BACK: Final = timedelta(days=45)
MOST_ATTEND: Final = 500
MOST_PLACE: Final = 40

_months = Prepared(
    select(score_sheets.c.track, score_sheets.c.period, score_sheets.c.published_at).where(
        score_sheets.c.state == "published",
        func.length(score_sheets.c.period) == len("2019-04"),
        score_sheets.c.published_at >= bindparam("since"),
    )
)


# --- opened -------------------------------------------------------------------------------------------


def due(work: Work) -> int:
    """A month's ranking was published: the track's office gets the meeting's card, once."""
    if work.world.hours.quiet(work.local):
        return 0
    told = 0
    for found in _months.all(work, since=work.now - LOOK_BACK):
        row = book.of_month(work, found.period)
        if found.track in row.told:
            continue
        readers = audience.of_office(work, found.track)
        if not readers:
            continue
        work.connection.execute(
            table.update()
            .where(table.c.id == row.id)
            .values(told=[*row.told, found.track], version=row.version + 1)
        )
        for reader in readers:
            card.show(work, row, reader.chat_id, reader.member_id, Priority.REMINDER)
        told += len(readers)
    return told


def open_latest(work: Work, chat_id: int) -> None:
    """「推进会」: the meeting about the last month that has closed.

    Raises:
        NotYours: the actor is of no office.
        MeetingNotNow: no month has closed yet.
    """
    book.own_tracks(work)
    closed = [month for month in windows.all_of(work) if month.monthly and month.end <= work.now]
    if not closed:
        raise MeetingNotNow(why="no_month")
    card.show(work, book.of_month(work, closed[-1].key), chat_id, work.actor.member_id)


# --- the place ----------------------------------------------------------------------------------------


def vote(work: Work, meeting_id: int, index: str) -> Toast:
    """A last region: this office would hold it there; it is settled when every office says the same.

    Raises:
        NotYours, NotUnderstood, MeetingNotNow: not an office's, no last region, or the notice is out.
    """
    row = _open(work, meeting_id)
    region = _region(work, index)
    if region not in book.last_regions(work, row.month):
        raise NotUnderstood(hint="old_button")
    votes = {**row.votes, **dict.fromkeys(book.own_tracks(work), region)}
    fresh = book.change(work, row, "place", votes=votes)
    card.refresh(work, row.id)
    settled = book.place(work, fresh)
    return Toast("meetings.placed_toast" if settled else "meetings.voted_toast", {"region": region})


def _open(work: Work, meeting_id: int) -> Row[Any]:
    """The meeting, as long as it can be changed: it has not begun."""
    row = book.get(work, meeting_id)
    book.own_tracks(work)
    if row.begins is not None and row.begins <= work.now and row.notices:
        raise MeetingNotNow(why="held")
    return row


def _region(work: Work, index: str) -> str:
    regions = work.world.campaign.regions
    if not index.isdecimal() or int(index) >= len(regions):
        raise NotUnderstood(hint="old_button")
    return regions[int(index)].name


# --- hour, hall, who comes ----------------------------------------------------------------------------


def ask_when(work: Work, meeting_id: int, chat_id: int) -> None:
    """「时间会场」."""
    row = _open(work, meeting_id)
    _ask(work, row, chat_id, "meeting_when", "meetings.ask_when")


def ask_attend(work: Work, meeting_id: int, chat_id: int) -> None:
    """「参会范围」: in the office's own words."""
    row = _open(work, meeting_id)
    _ask(work, row, chat_id, "meeting_attend", "meetings.ask_attend")


def ask_visits(work: Work, meeting_id: int, chat_id: int) -> None:
    """「自己写」: 观摩点, one a line."""
    row = _open(work, meeting_id)
    _ask(work, row, chat_id, "meeting_visits", "meetings.ask_visits")


def _ask(work: Work, row: Row[Any], chat_id: int, kind: str, text: str) -> None:
    questions.ask(
        work, chat_id, kind, text, card.values(work, row, book.own_tracks(work)), subject={"meeting": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
    )  # fmt: skip


@questions.answers("meeting_when")
def _when_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _open(work, question.subject["meeting"])
    secrecy.refuse_secret(work, incoming)
    try:
        found = read_when(incoming.text, work.now, work.world.campaign.zone)
    except NoSuchTime as error:
        raise MeetingNotNow(why=error.why) from error
    fresh = book.change(work, row, "when", begins=found.at, hall=mask_numbers(found.hall) or row.hall)
    _shown(work, fresh, incoming)


@questions.answers("meeting_attend")
def _attend_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = _open(work, question.subject["meeting"])
    secrecy.refuse_secret(work, incoming)
    words = mask_numbers(incoming.text.strip())[:MOST_ATTEND]
    _shown(work, book.change(work, row, "attend", attend=words), incoming)


@questions.answers("meeting_visits")
def _visits_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """Lines of places, each of a region that stands in front."""
    row = _open(work, question.subject["meeting"])
    secrecy.refuse_secret(work, incoming)
    tracks = book.own_tracks(work)
    regions = [one for track in tracks for one in work.world.campaign.regions_of(track)]
    found: list[list[str]] = []
    for line in incoming.text.splitlines():
        words = mask_numbers(line.strip())
        region = next(
            (one for one in regions if any(words.startswith(way) for way in (one.name, *one.short))), None
        )
        if region is None and words:
            raise MeetingNotNow(why="visit", line=words[:30])
        if region is not None:
            short = next(way for way in (region.name, *region.short) if words.startswith(way))
            found.append([region.name, words.removeprefix(short).strip(" ，,：:")[:MOST_PLACE]])
    kept = [one for one in row.visits if one not in found]
    fresh = book.change(work, row, "visits", visits=[*kept, *found][-book.MOST_VISITS :])
    _shown(work, fresh, incoming)


def _shown(work: Work, row: Row[Any], incoming: Incoming) -> None:
    card.refresh(work, row.id)
    card.show(work, row, incoming.chat_id, work.actor.member_id)


# --- 观摩点, speakers ---------------------------------------------------------------------------------


def toggle_visit(work: Work, meeting_id: int, entry: str) -> Toast:
    """A place that is worth a look is taken in or out; `none` takes all out.

    Raises:
        NotYours, NotUnderstood, MeetingNotNow: not an office's, not offered (any more), or too many.
    """
    row = _open(work, meeting_id)
    if entry == "none":
        kept: list[list[str]] = []
    else:
        offered = book.worth_seeing(work, book.own_tracks(work), book.window_of(work, row))
        one = next((place for place in offered if str(place.entry_id) == entry), None)
        if one is None:
            raise NotUnderstood(hint="old_button")
        pair = [one.region, one.place]
        kept = [place for place in row.visits if place != pair]
        if len(kept) == len(row.visits):
            kept.append(pair)
    if len(kept) > book.MOST_VISITS:
        raise MeetingNotNow(why="visits", most=book.MOST_VISITS)
    book.change(work, row, "visits", visits=kept)
    card.refresh(work, row.id)
    return Toast()


def toggle_speaker(work: Work, meeting_id: int, argument: str) -> Toast:
    """检查发言 of a region whose 大会检查 is confirmed, or 经验发言 of one in front.

    Raises:
        NotYours, NotUnderstood, MeetingNotNow: not an office's, not of those, or the meeting was held.
    """
    row = _open(work, meeting_id)
    kind, _, index = argument.partition(".")
    region = _region(work, index)
    tracks = book.own_tracks(work)
    confirmed, _ = book.to_speak(work, tracks, row.month)
    if kind == "check" and region in confirmed:
        name, said = "speakers", list(row.speakers)
    elif kind == "model" and region in book.leaders(work, tracks, row.month):
        name, said = "models", list(row.models)
    else:
        raise NotUnderstood(hint="old_button")
    said = [one for one in said if one != region] if region in said else [*said, region]
    book.change(work, row, name, **{name: said})
    card.refresh(work, row.id)
    return Toast()
