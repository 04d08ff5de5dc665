"""The card of a 推进会: what is settled, what is missing; shared by the offices, each tap edits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, func, select

from bot.domain.meetings import last
from bot.ledger import cards as card_book
from bot.ledger import outbox as outbox_book
from bot.ledger.desk import Work
from bot.ledger.outbox import Priority
from bot.ledger.tables import announcement_receipts, announcements, cards
from bot.services import faces
from bot.services.meetings import book
from bot.services.outgoing import Button, Rows, Shown, new_card
from bot.services.refusals import MeetingNotNow, NotYours

CARD: Final = "meeting"


def show(
    work: Work, row: Row[Any], chat_id: int, member_id: int, priority: Priority = Priority.REPLY
) -> None:
    """The meeting's card, as a new message in somebody's chat."""
    new_card(work, chat_id, CARD, subject=f"meeting/{row.id}", member_id=member_id, priority=priority)


def refresh(work: Work, meeting_id: int) -> None:
    """Bring every copy up to date, by edits."""
    found = work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.kind == CARD, cards.c.subject == f"meeting/{meeting_id}"
        )
    ).all()
    for one in found:
        card_book.want(work, one.id, one.wanted + 1)
        outbox_book.put_card(work, one.id, one.chat_id, one.wanted + 1, None, Priority.REPLY, keep_pace=True)


def must_hold(work: Work, notice: Row[Any]) -> None:
    """A notice that calls to a meeting goes out only as long as what it says is so.

    Raises:
        MeetingNotNow: hour, place or who is named has changed, or there is a newer one.
    """
    if notice.meeting and not book.still_so(work, notice.track, notice.id, notice.meeting):
        raise MeetingNotNow(why="changed")


@faces.shows(CARD)
def face(work: Work, card_row: Row[Any]) -> Shown | None:
    """What stands, or a choice that is open: the place, 观摩点, who speaks."""
    try:
        row = book.get(work, int(card_row.subject.partition("/")[2]))
        tracks = book.own_tracks(work)
    except NotYours:
        return None
    panel = card_row.panel or ""
    if panel == "p":
        return _places(work, row, tracks)
    if panel == "v":
        return _visits(work, row, tracks)
    if panel == "s":
        return _speakers(work, row, tracks)
    return _main(work, row, tracks)


def _turn(label: str, panel: str = "") -> Button:
    return Button(label, "turn", arg=panel)


def values(work: Work, row: Row[Any], tracks: Sequence[str]) -> dict[str, Any]:
    """What the card and its panels say."""
    campaign = work.world.campaign
    month = book.window_of(work, row)
    deciding = book.offices(work)
    _, proposed = book.to_speak(work, tracks, row.month)
    return {
        "month": month.label,
        "place": book.place(work, row) or "",
        "votes": [
            {"office": campaign.track(track).office, "region": row.votes.get(track, "")} for track in deciding
        ],
        "last": [
            {
                "track": track.name,
                "regions": list(last(book.ranked(work, track.key, row.month))),
                "published": track.key in book.published(work, row.month),
            }
            for track in campaign.tracks
        ],
        "begins": campaign.local(row.begins).isoformat() if row.begins else None,
        "hall": row.hall,
        "visits": [region + place.removeprefix(region) for region, place in row.visits],
        "speakers": list(row.speakers),
        "proposed": proposed,
        "models": list(row.models),
        "attend": row.attend,
        "notices": [_notice(work, track, row) for track in deciding],
    }


def _notice(work: Work, track: str, row: Row[Any]) -> dict[str, Any]:
    """Whether a track's notice is out, and how many have said 「收到」."""
    found = work.connection.execute(
        select(announcements).where(announcements.c.id == (row.notices.get(track) or 0))
    ).first()
    got = work.connection.execute(
        select(func.count())
        .select_from(announcement_receipts)
        .where(announcement_receipts.c.announcement_id == (found.id if found is not None else 0))
    ).scalar_one()
    local = work.world.campaign.local
    return {
        "track": work.world.campaign.track(track).name,
        "state": found.state if found is not None else "",
        "got": got,
        "all": len(found.owners) if found is not None else 0,
        "at": local(found.sent_at).isoformat() if found is not None and found.sent_at else None,
    }


def _main(work: Work, row: Row[Any], tracks: Sequence[str]) -> Shown:
    buttons: list[tuple[Button, ...]] = [
        (_turn("meeting_place", "p"), Button("meeting_when", "mtwhen", row.id)),
        (_turn("meeting_visits", "v"), _turn("meeting_speakers", "s")),
        (Button("meeting_attend", "mtattend", row.id), Button("meeting_kit", "kitnew", row.id)),
        (
            Button("meeting_paper", "mtpaper", row.id),
            Button("meeting_paper_pdf", "mtpaper", row.id, 0, "pdf"),
        ),
        (
            Button("meeting_speech", "mtspeech", row.id),
            Button("meeting_speech_pdf", "mtspeech", row.id, 0, "pdf"),
        ),
    ]
    if ready(work, row):
        buttons.append((Button("meeting_call", "mtcall", row.id, row.version),))
    return Shown("meetings.card", values(work, row, tracks), tuple(buttons))


def ready(work: Work, row: Row[Any]) -> bool:
    """Whether the notice can be sent: place, hour and hall are settled."""
    return bool(book.place(work, row) and row.begins and row.begins > work.now and row.hall)


def _places(work: Work, row: Row[Any], tracks: Sequence[str]) -> Shown:
    """The last regions; each office has one say, and changes it until the notice is out."""
    names = [region.name for region in work.world.campaign.regions]
    mine = {row.votes.get(track) for track in tracks}
    buttons = [
        Button(
            "",
            "mtplace",
            row.id,
            arg=str(names.index(region)),
            text=("✓ " if region in mine else "") + region,
        )
        for region in book.last_regions(work, row.month)
    ]
    return Shown("meetings.places", values(work, row, tracks), _rows(buttons, _turn("back")))


def _visits(work: Work, row: Row[Any], tracks: Sequence[str]) -> Shown:
    chosen = {(region, place) for region, place in row.visits}
    offered = book.worth_seeing(work, tracks, book.window_of(work, row))
    buttons = [
        Button(
            "", "mtvisit", row.id, arg=str(one.entry_id),
            text=("✓ " if (one.region, one.place) in chosen else "") + one.region + one.place,
        )
        for one in offered
    ]  # fmt: skip
    said = {
        **values(work, row, tracks),
        "leaders": book.leaders(work, tracks, row.month),
        "offered": [{"place": one.region + one.place, "why": one.why} for one in offered],
    }
    more = [Button("meeting_write", "mtvisits", row.id)]
    if row.visits:
        more.append(Button("meeting_clear", "mtvisit", row.id, arg="none"))
    return Shown("meetings.visits", said, _rows(buttons, *more, _turn("back"), each=1))


def _speakers(work: Work, row: Row[Any], tracks: Sequence[str]) -> Shown:
    names = [region.name for region in work.world.campaign.regions]
    confirmed, _ = book.to_speak(work, tracks, row.month)
    check = [
        Button(
            "meeting_check_on" if region in row.speakers else "meeting_check", "mtspeak", row.id,
            arg=f"check.{names.index(region)}", values={"region": region},
        )
        for region in confirmed
    ]  # fmt: skip
    model = [
        Button(
            "meeting_model_on" if region in row.models else "meeting_model", "mtspeak", row.id,
            arg=f"model.{names.index(region)}", values={"region": region},
        )
        for region in book.leaders(work, tracks, row.month)
    ]  # fmt: skip
    said = {**values(work, row, tracks), "confirmed": confirmed}
    return Shown("meetings.speakers", said, _rows([*check, *model], _turn("back"), each=1))


def _rows(buttons: Sequence[Button], *last_row: Button, each: int = 2) -> Rows:
    found = [tuple(buttons[at : at + each]) for at in range(0, len(buttons), each)]
    return (*found, tuple(last_row))
