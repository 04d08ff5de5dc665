"""锁定 → 送审 → 印发 in the chat, and the numbered 更正 of a published ranking (SPEC §5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import score_sheets
from bot.services import questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, say
from bot.services.refusals import ScoreNotNow
from bot.services.scoring import (
    items,
    measurecards,
    periodcard,
    publishing,
    rankingview,
    schemes,
    sheets,
    showing,
    windows,
)
from bot.services.scoring.deciding import change, fresh, moved
from bot.services.scoring.periodcard import held
from bot.services.scoring.publishing import NotPublishable
from bot.services.scoring.windows import Window


def lock(work: Work, sheet_id: int, version: int) -> Toast:
    """「锁定」, when the time for objections is over and everything is decided.

    Raises:
        ScoreNotNow: what is still in the way.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "draft")
    why = in_the_way(work, row, window)
    if why:
        raise ScoreNotNow(
            why=why, window=window.values(), until=row.objections_until.isoformat(),
            awaited=awaited(work, row, window),
        )  # fmt: skip
    scheme, number = schemes.scheme_for(work, track, window.key)
    try:
        locked = publishing.lock(work, row, window, scheme, number, body=f"office:{track}")
    except NotPublishable as error:
        raise ScoreNotNow(why=error.why, window=window.values()) from None
    periodcard.refresh(work, track, window)
    return Toast("scoring.locked_toast", {"hash": locked.hash[:12]})


def in_the_way(work: Work, row: Row[Any], window: Window) -> str:
    """What keeps a draft from being locked: a key of the refusals, or nothing."""
    if schemes.approved(work, row.track, window.key) is None:
        return "no_rules"
    if awaited(work, row, window):
        return "unpublished"
    if work.now < row.objections_until:
        return "objections_open"
    if periodcard.open_objections(work, row.id):
        return "objections_unanswered"
    if periodcard.undecided(work, row, window):
        return "undecided"
    board = sheets.board(work, row.track, window, row)
    if board.tied_for_last and not board.tie:
        return "tie"
    return ""


def awaited(work: Work, row: Row[Any], window: Window) -> list[str]:
    """The labels of the rankings that this one is made of and that are not published yet."""
    scheme, _ = schemes.scheme_for(work, row.track, window.key)
    return [windows.window(work, key).label for key in publishing.awaited(work, row.track, window, scheme)]


def unlock(work: Work, sheet_id: int, version: int) -> Toast:
    """「退回核对」: a locked ranking that is not published becomes a draft again."""
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "locked")
    if periodcard.proposed(work, row.id):
        raise ScoreNotNow(why="proposed", window=window.values())
    change(work, row, window, state="draft", data=None, hash=None, locked_at=None)
    items.forget_counted(work, row.id)
    events.record(
        work,
        "score_unlocked",
        body=f"office:{track}",
        data={"track": track, "period": window.key, "hash": row.hash},
    )
    return Toast("scoring.unlocked_toast")


def show_scores(work: Work, sheet_id: int, version: int, how: str) -> Toast:
    """「只公布名次」 or 「公布得分」 of a locked ranking: what others than the office will see of it."""
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "locked")
    if periodcard.proposed(work, row.id):
        raise ScoreNotNow(why="proposed", window=window.values())
    hidden = how == "order"
    change(work, row, window, decisions={**(row.decisions or {}), showing.ORDER_ONLY: hidden})
    events.record(
        work,
        "score_decided",
        body=f"office:{track}",
        data={"track": track, "period": window.key, "what": showing.ORDER_ONLY, "how": hidden},
    )
    return Toast("scoring.shown_toast", {"order_only": hidden})


def propose(work: Work, sheet_id: int, version: int) -> Toast:
    """「送审」: another of the office agrees, and it is published."""
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "locked")
    if periodcard.proposed(work, row.id):
        raise ScoreNotNow(why="proposed", window=window.values())
    toast = seconds.propose(
        work,
        "publish_ranking",
        track=track,
        reason=_summary(work, row, window),
        data={"sheet": row.id, "hash": row.hash, "version": row.version},
    )
    periodcard.refresh(work, track, window)
    return toast


def _summary(work: Work, row: Row[Any], window: Window) -> str:
    """The ranking in one line for the one who agrees."""
    rows = [one for one in row.data["rows"] if one["rank"] is not None]
    named = " ".join(f"{one['rank']}{one['region']}{one['total']}" for one in rows)
    number = f" 更正{row.correction}（{row.reason[:60]}）" if row.correction else ""
    shown = "（只公布名次）" if (row.decisions or {}).get(showing.ORDER_ONLY) else ""
    return f"{work.world.campaign.track(row.track).name} {window.label}{number}{shown}：{named}"[:400]


@seconds.carries("publish_ranking", protect=True)
def _carry(work: Work, request: Row[Any], key: str) -> None:
    row = sheets.get(work, request.data["sheet"])
    assert row is not None
    window = windows.window(work, row.period)
    agreed = request.data["hash"], request.data["version"]
    if row.state != "locked" or (row.hash, row.version) != agreed:
        raise ScoreNotNow(why="moved", window=window.values())
    settled = publishing.publish(work, row, body=f"office:{row.track}", **seconds.signatures(work, request))
    announce(work, row, window, key)
    measurecards.tell(work, settled)
    _tell_outdated(work, row, window, key)
    periodcard.refresh(work, row.track, window)


def _tell_outdated(work: Work, row: Row[Any], window: Window, key: str) -> None:
    """A 更正 that other published rankings were made of: its office hears which no longer agree with it."""
    if not row.correction:
        return
    for outdated in {window.month, windows.FINAL} - {"", window.key}:
        stands = sheets.published(work, row.track, outdated)
        if stands is None:
            continue
        one = windows.window(work, outdated)
        scheme = schemes.numbered(work, row.track, stands.rules)
        now = sheets.compute(work, row.track, one, scheme, stands.rules, stands.decisions or {})
        before = {line["region"]: line["total"] for line in stands.data["rows"]}
        if before == {line["region"]: line["total"] for line in now.rows}:
            continue
        for person in people.office_of(work, row.track):
            say(
                work,
                person.chat_id,
                "scoring.outdated",
                {"window": window.values(), "outdated": one.values()},
                buttons=((Button("open_period", "scperiod", arg=f"{row.track}.{outdated}"),),),
                dedup=f"{key}:outdated:{outdated}:{person.member_id}",
                protect=True,
            )


def announce(work: Work, row: Row[Any], window: Window, key: str) -> None:
    """Tell of a published ranking: each contact its own line, the office the whole.

    The channel reads it in the bulletin, where the office may choose to print the order only (SPEC §6).
    """
    track = work.world.campaign.track(row.track)
    rows = row.data["rows"]
    for one in rows:
        for person in people.contacts_of(work, one["region"]):
            say(
                work,
                person.chat_id,
                "scoring.own_line",
                {"window": window.values(), "correction": row.correction, "line": _line(one)},
                buttons=(_ways(work, track.key, one["region"], window),),
                dedup=f"{key}:own:{person.member_id}:{one['region']}",
                protect=True,
            )
    picture = rankingview.picture(work, row, window)
    values = rankingview.values(work, row, window)
    for person in people.office_of(work, track.key):
        say(
            work, person.chat_id, "scoring.published", values, picture=picture,
            dedup=f"{key}:office:{person.member_id}",
        )  # fmt: skip


def _ways(work: Work, track: str, region: str, window: Window) -> tuple[Button, ...]:
    """From a region's own line to its every item, and to the ranking."""
    found = [Button("ranking", "scrank", 0, 0, f"{track}.{window.key}")]
    if not window.final:
        index = [one.name for one in work.world.campaign.regions].index(region)
        found.insert(0, Button("score_details", "scwhy", index, 0, window.key))
    return tuple(found)


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("region", "rank", "total", "tied", "last", "status")}


# --- 更正 ----------------------------------------------------------------------------------------------


def ask_correction(work: Work, sheet_id: int, version: int, chat_id: int, message_id: int | None) -> None:
    """「更正」 of a published ranking: ask why."""
    _, window, row = held(work, sheet_id)
    fresh(row, version, window, "published")
    questions.ask(
        work,
        chat_id,
        "score_correction",
        "scoring.ask_correction",
        {"window": window.values()},
        subject={"sheet": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


@questions.answers("score_correction")
def _correct(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """A 更正 is a sheet of its own: it goes the whole way again; until it is published the old one stands."""
    track, window, row = held(work, question.subject["sheet"])
    fresh(row, 0, window, "published")
    newest = sheets.find(work, track, window.key)
    if newest is None or newest.id != row.id:
        raise moved(window)  # somebody else has begun one
    reason = incoming.text.strip()[:500]
    if not reason:
        raise ScoreNotNow(why="no_reason", window=window.values())
    _begin(work, row, window, reason)
    events.record(
        work,
        "score_correction",
        body=f"office:{track}",
        data={"track": track, "period": window.key, "correction": row.correction + 1, "reason": reason},
    )
    say(
        work,
        incoming.chat_id,
        "scoring.correction_begun",
        {"window": window.values(), "correction": row.correction + 1},
        reply_to=incoming.message_id,
        protect=True,
    )
    periodcard.show(work, track, window.key, incoming.chat_id)


def _begin(work: Work, row: Row[Any], window: Window, reason: str) -> None:
    """The sheet of a 更正; one that was given up before it was printed has left its number free."""
    decisions = {key: value for key, value in (row.decisions or {}).items() if key != showing.ORDER_ONLY}
    number = row.correction + 1
    given_up = sheets.numbered(work, row.track, window.key, number)
    values = {"decisions": decisions, "marking_ended_at": work.now, "reason": reason}
    if given_up is None:
        work.insert(score_sheets, track=row.track, period=window.key, correction=number, **values)
        return
    blank = {"drafted_at": None, "objections_until": None, "data": None, "hash": None, "locked_at": None}
    sheets.change(work, given_up, state="open", **values, **blank)


def give_up(work: Work, sheet_id: int, version: int) -> Toast:
    """「放弃更正」 before it is printed: the published ranking stands, and its items count again.

    Raises:
        ScoreNotNow: it is none, it waits for a second person, or somebody was first.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open", "draft", "locked")
    stands = sheets.published(work, track, window.key)
    if not row.correction or stands is None:
        raise moved(window)
    if periodcard.proposed(work, row.id):
        raise ScoreNotNow(why="proposed", window=window.values())
    items.restore(work, stands, body=f"office:{track}")
    items.forget_counted(work, row.id)
    change(work, row, window, state="superseded")
    events.record(
        work,
        "score_correction_dropped",
        body=f"office:{track}",
        data={"track": track, "period": window.key, "correction": row.correction},
    )
    return Toast("scoring.correction_dropped_toast", {"window": window.values()})
