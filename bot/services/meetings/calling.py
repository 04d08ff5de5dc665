"""The papers of a 推进会: the draft, the 会议通知 as a 通知 with 「收到」, the 讲评稿 (SPEC §6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.bulletins import Kind, Stage
from bot.ledger.desk import Work
from bot.ledger.tables import announcements
from bot.services.announcing import notices
from bot.services.answering import Toast
from bot.services.bulletins import book as bulletins
from bot.services.bulletins import drafting
from bot.services.bulletins import values as bulletin_values
from bot.services.meetings import book, card
from bot.services.outgoing import File, new_card, say
from bot.services.refusals import AlreadyMoved, MeetingNotNow

REPLY_HOUR: Final = timedelta(hours=12)
LEAST_NOTICE: Final = timedelta(hours=3)
"""Nobody is asked for names that much before the hour by which they are wanted, or less."""


def notice_values(work: Work, row: Row[Any]) -> dict[str, Any]:
    """What the 会议通知 prints, as JSON values."""
    campaign = work.world.campaign
    tracks = [campaign.track(key) for key in book.offices(work)]
    begins = campaign.local(row.begins)
    midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    reply_by = midnight - timedelta(days=1) + REPLY_HOUR
    return {
        "signers": [f"{track.office}环境整治攻坚办" for track in tracks],
        "tracks": [track.name for track in tracks],
        "month": book.window_of(work, row).label,
        "begins": begins.isoformat(),
        "place": row.hall,
        "day": campaign.today(work.now).isoformat(),
        "host": book.place(work, row) or "",
        "visits": [list(one) for one in row.visits],
        "ranking": bool(book.published(work, row.month)),
        "speakers": _still_confirmed(work, row),
        "models": list(row.models),
        "reply_by": reply_by.isoformat() if reply_by - work.now > LEAST_NOTICE else None,
        "attend": row.attend,
    }


def _still_confirmed(work: Work, row: Row[Any]) -> list[str]:
    """检查发言: only whose 大会检查 stands confirmed now; a 更正 may have taken it away since."""
    tracks = [track.key for track in work.world.campaign.tracks]
    confirmed, _ = book.to_speak(work, tracks, row.month)
    return [region for region in row.speakers if region in confirmed]


def draft(work: Work, meeting_id: int, chat_id: int, form: str = "") -> Toast:
    """「通知文稿」「通知 PDF」: the paper as it stands, to be looked at.

    Raises:
        MeetingNotNow: the hour is not settled.
    """
    row = book.get(work, meeting_id)
    if row.begins is None:
        raise MeetingNotNow(why="no_hour")
    said = {**notice_values(work, row), "draft": True}
    say(
        work, chat_id, "meetings.draft", {"month": said["month"]},
        file=_file(work, row, "meeting_notice", "会议通知-代拟稿", said, form),
    )  # fmt: skip
    return Toast("meetings.making_toast")


def _name(work: Work, row: Row[Any], what: str, form: str = "docx") -> str:
    return f"{book.window_of(work, row).label}推进会{what}.{form}"


def _file(work: Work, row: Row[Any], make: str, what: str, said: dict[str, Any], form: str) -> File:
    """A draft as .docx to be changed, or as PDF to be read on the phone."""
    if form == "pdf":
        return File(f"{make}_pdf", _name(work, row, what, "pdf"), said)
    return File(make, _name(work, row, what), said)


def call(work: Work, meeting_id: int, version: int, chat_id: int) -> Toast:
    """「发会议通知」: a 通知 of the actor's office to all its regions and groups, ready to be sent.

    Who it goes to is still the office's choice; 「发出」 sends words and paper, 「收到」 and names come back.

    Raises:
        MeetingNotNow: place, hour or hall are not settled.
        AlreadyMoved: somebody changed the meeting since the button was made.
    """
    row = book.get(work, meeting_id)
    track = book.own_tracks(work)[0]
    if not card.ready(work, row):
        raise MeetingNotNow(why="not_ready")
    if row.version != version:
        card.refresh(work, row.id)
        raise AlreadyMoved(state="", body="", at=None)
    printed = notice_values(work, row)
    said = {
        **{key: printed[key] for key in ("month", "begins", "host", "place", "speakers", "models")},
        "visits": [region + place.removeprefix(region) for region, place in row.visits],
        "reply_by": printed["reply_by"],
        "again": bool(row.notices.get(track)),
    }
    file = {"make": "meeting_notice", "name": _name(work, row, "会议通知"), "values": printed}
    new_id = work.insert(
        announcements,
        track=track,
        member_id=work.actor.member_id,
        text="",
        owners=[owner for owner, _ in notices.choices(work, track)],
        meeting={"id": row.id, "said": said, "file": file},
        at=work.now,
    )
    book.change(work, row, "notice", notices={**row.notices, track: new_id})
    new_card(work, chat_id, notices.DRAFT, subject=f"announce/{new_id}", member_id=work.actor.member_id)
    card.refresh(work, row.id)
    return Toast("meetings.ready_toast")


# --- 讲评稿 -------------------------------------------------------------------------------------------


def speech(work: Work, meeting_id: int, chat_id: int, form: str = "") -> Toast:
    """「讲评稿」, as PDF too: from the month's figures, the own ones, the other track's once printed.

    Raises:
        MeetingNotNow: the month has not closed.
    """
    row = book.get(work, meeting_id)
    own = book.own_tracks(work)
    month = book.window_of(work, row)
    if month.end > work.now:
        raise MeetingNotNow(why="no_month")
    campaign = work.world.campaign
    reviews = []
    for track in campaign.tracks:
        issue = bulletins.issue(work, track.key, Kind.MONTHLY.value, row.month)
        bulletin = bulletins.of_window(work, track.key, Kind.MONTHLY.value, row.month)
        out = bulletin is not None and Stage(bulletin.state) is Stage.PUBLISHED
        if track.key not in own and not out:
            continue
        if bulletin is None:
            bulletin = drafting.begin(work, issue)
        ranking = bulletin_values.ranking(work, track.key, row.month)
        reviews.append(
            {
                "track": track.name,
                "first": issue.first_day.isoformat(),
                "cut": campaign.local(issue.window.cut).isoformat(),
                "figures": {
                    key: value for key, value in bulletin.figures.items() if key not in ("trace", "living")
                },
                "ranking": ranking if ranking is not None and ranking["published"] else None,
                "scores": bool(bulletin.content["scores"]),
                "good": book.good_places(work, [track.key], month) if track.key in own else [],
            }
        )
    held = campaign.local(row.begins).date() if row.begins else campaign.today(work.now)
    said = {"month": month.label, "day": held.isoformat(), "reviews": reviews, "draft": True}
    say(
        work, chat_id, "meetings.speech",
        {"month": month.label, "tracks": [one["track"] for one in reviews],
         "unranked": [one["track"] for one in reviews if one["ranking"] is None]},
        file=_file(work, row, "meeting_speech", "讲评稿-代拟稿", said, form),
    )  # fmt: skip
    return Toast("meetings.making_toast")
