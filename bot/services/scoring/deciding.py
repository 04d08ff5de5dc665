"""What the office decides before a ranking is locked: sealed marks, missing parts, ties, proposed items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, update

from bot.domain.ranking import TieForLast
from bot.domain.score_words import BadValue, Kind, read_value
from bot.domain.scoring import Uninspected
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import score_items
from bot.services import questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, say
from bot.services.refusals import NotUnderstood, ScoreNotNow
from bot.services.scoring import items, marking, periodcard, schemes, sheets, windows
from bot.services.scoring.periodcard import held, of_others
from bot.services.scoring.windows import Window

HOW = ("exclude", "mark", *(one.value for one in Uninspected))


def moved(window: Window) -> ScoreNotNow:
    """Somebody else was first, or the button is of yesterday."""
    return ScoreNotNow(why="moved", window=window.values())


def fresh(row: Row[Any], version: int, window: Window, *states: str) -> None:
    """Let a press pass when the sheet has not moved since its button was made, and stands in a state.

    Raises:
        ScoreNotNow: it has moved, or stands elsewhere.
    """
    if (version and row.version != version) or row.state not in states:
        raise moved(window)


def change(work: Work, row: Row[Any], window: Window, **values: Any) -> Row[Any]:
    """Change a sheet and bring its cards up to date; raises ScoreNotNow when somebody else was first."""
    found = sheets.change(work, row, **values)
    if found is None:
        raise moved(window)
    periodcard.refresh(work, row.track, window)
    return found


# --- the sealed marks ----------------------------------------------------------------------------------


def end_marking(work: Work, sheet_id: int, version: int) -> Toast:
    """「结束打分」, after the due time: the marks are opened, what is missing is 缺项.

    Raises:
        ScoreNotNow: the marks are not due yet.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open")
    due = windows.due(work, track, window)
    if work.now < due:
        raise ScoreNotNow(why="not_due", window=window.values(), until=due.isoformat())
    change(work, row, window, marking_ended_at=work.now)
    events.record(
        work, "score_marking_ended", body=f"office:{track}", data={"track": track, "period": window.key}
    )
    return Toast("scoring.ended_toast", {"window": window.values()})


def send_back(work: Work, sheet_id: int, version: int, group: str) -> Toast:
    """「退回」 of a group's marks: its leader gives them anew; the old ones no longer count.

    Raises:
        ScoreNotNow: there are none, or one is of a region that the actor answers for.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open")
    body = f"group:{group}"
    mine = [
        item
        for item in items.of_period(work, track, window.key)
        if item.body == body and item.kind == Kind.MARK
    ]
    if not mine:
        raise moved(window)
    of_others(work, window, *(item.region for item in mine))
    items.drop(work, [item.id for item in mine], body=f"office:{track}", why="sent_back")
    change(work, row, window)
    for person in people.group_of(work, group):
        if person.leader:
            say(
                work,
                person.chat_id,
                "scoring.sent_back",
                {"window": window.values(), "group": work.world.campaign.group_title(group)},
                protect=True,
            )
    return Toast("scoring.sent_back_toast", {"group": work.world.campaign.group_title(group)})


def urge(work: Work, sheet_id: int, version: int) -> Toast:
    """「催打分」: one message to each leader whose group has not marked, once a working day."""
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open")
    day = work.local.date().isoformat()
    told = 0
    for one in marking.markers(work, track, window):
        kind, _, key = one.body.partition(":")
        if one.done or kind != "group":
            continue
        for person in people.group_of(work, key):
            if person.leader:
                told += say(
                    work,
                    person.chat_id,
                    "scoring.urged",
                    {
                        "window": window.values(),
                        "group": one.title,
                        "given": one.given,
                        "owed": len(one.regions) if one.by_region else 0,
                    },
                    dedup=f"urge_marks:{track}:{window.key}:{key}:{person.member_id}:{day}",
                )
    return Toast("scoring.urged_toast", {"count": told})


# --- missing parts, ties ----------------------------------------------------------------------------------


def decide(
    work: Work, sheet_id: int, version: int, arg: str, chat_id: int, message_id: int | None
) -> Toast | None:
    """A decision about a region's missing part; a mark asks for the value and a reason first.

    Raises:
        ScoreNotNow: the actor answers for the region; nobody decides about its own.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open", "draft")
    index, _, rest = arg.partition(".")
    part, _, how = rest.partition(".")
    regions = work.world.campaign.regions
    scheme, _ = schemes.scheme_for(work, track, window.key)
    if index == "all" and how in set(Uninspected):
        return _decide_all(work, row, window, part, how)
    if (
        not index.isdecimal()
        or int(index) >= len(regions)
        or regions[int(index)].track != track
        or how not in HOW
        or part not in {one.key for one in scheme.parts}
        or scheme.part(part).marked is not (how in ("exclude", "mark"))
    ):
        raise NotUnderstood(hint="old_button")
    region = regions[int(index)].name
    of_others(work, window, region)
    if how == "mark":
        questions.ask(
            work,
            chat_id,
            "score_decision",
            "scoring.ask_decision",
            {"region": region, "part": part, "most": str(scheme.part(part).most), "window": window.values()},
            subject={"sheet": row.id, "region": region, "part": part},
            buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
            reply_to=message_id,
            protect=True,
        )
        return None
    _keep(work, row, window, f"{region}/{part}", {"how": how})
    return Toast("scoring.decided_toast", {"region": region, "part": part, "how": how})


def _decide_all(work: Work, row: Row[Any], window: Window, part: str, how: str) -> Toast:
    """One decision for every region whose part nobody has decided about yet, but for the actor's own."""
    board = sheets.board(work, row.track, window, row)
    regions = [region for region, undecided in board.undecided if undecided == part]
    if not regions:
        raise moved(window)
    if all(map(work.actor.answers_for, regions)):
        of_others(work, window, *regions)
    regions = [region for region in regions if not work.actor.answers_for(region)]
    for region in regions:
        row = _keep(work, row, window, f"{region}/{part}", {"how": how})
    return Toast("scoring.decided_toast", {"region": "、".join(regions), "part": part, "how": how})


def _keep(work: Work, row: Row[Any], window: Window, key: str, value: Any, **signed: Any) -> Row[Any]:
    from bot.services.scoring import drafting

    before = drafting.as_drafted(work, row, window)
    found = change(work, row, window, decisions={**(row.decisions or {}), key: value})
    events.record(
        work,
        "score_decided",
        body=f"office:{row.track}",
        data={"track": row.track, "period": window.key, "what": key, "how": value, **signed},
    )
    return drafting.retell(work, found, window, before)


@questions.answers("score_decision")
def _mark_given(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """The mark for what is missing, with its reason: a second person agrees (SPEC §1 (f))."""
    subject = question.subject
    track, window, row = held(work, subject["sheet"])
    fresh(row, 0, window, "open", "draft")
    of_others(work, window, subject["region"])
    text, _, reason = incoming.text.strip().partition(" ")
    scheme, _ = schemes.scheme_for(work, track, window.key)
    most = scheme.part(subject["part"]).most
    try:
        value = read_value(text, Kind.MARK, most)
    except BadValue as bad:
        raise ScoreNotNow(why=f"value_{bad.why}", window=window.values(), most=str(most)) from None
    if not reason.strip():
        raise ScoreNotNow(why="no_reason", window=window.values())
    seconds.propose(
        work,
        "missing_mark",
        track=track,
        reason=f"{window.label} {subject['region']} {value:f}：{reason.strip()[:200]}",
        data={**subject, "mark": str(value), "why": reason.strip()[:200]},
    )


@seconds.carries("missing_mark", protect=True)
def _carry_mark(work: Work, request: Row[Any], key: str) -> None:
    data = request.data
    row = sheets.get(work, data["sheet"])
    assert row is not None
    window = windows.window(work, row.period)
    fresh(row, 0, window, "open", "draft")
    _keep(
        work,
        row,
        window,
        f"{data['region']}/{data['part']}",
        {"how": "mark", "mark": str(Decimal(data["mark"])), "reason": data["why"]},
        **seconds.signatures(work, request),
    )


def tie(work: Work, sheet_id: int, version: int, how: str) -> Toast:
    """A tie for last: all of them are last, or none (SPEC §5).

    Raises:
        ScoreNotNow: nobody is tied, or one of them is the actor's own region.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open", "draft")
    if how not in set(TieForLast):
        raise NotUnderstood(hint="old_button")
    tied = sheets.board(work, track, window, row).tied_for_last
    if not tied:
        raise moved(window)
    of_others(work, window, *tied)
    _keep(work, row, window, "tie", {"how": how, "of": list(tied)})
    return Toast("scoring.tie_toast", {"how": how})


# --- proposed items ----------------------------------------------------------------------------------------


def propose_item(
    work: Work, track: str, period: str, region: str, source: str, value: Decimal, reason: str,
    *, dedup: str, entry_id: int | None = None,
) -> bool:  # fmt: skip
    """Propose an item (a late report, an overdue entry); a person of the office confirms it.

    False when it was proposed before, or the period takes nothing any more.
    """
    if sheets.state_of(work, track, period) != "open":
        return False
    _, number = schemes.scheme_for(work, track, period)
    known = work.connection.execute(score_items.select().where(score_items.c.dedup == dedup)).first()
    if known is not None:
        return False
    item_id = work.insert(
        score_items,
        track=track,
        period=period,
        region=region,
        source=source,
        kind=Kind.POINTS.value,
        value=str(value),
        units=items.units_of(value),
        body=f"office:{track}",
        reason=reason,
        entry_id=entry_id,
        state="proposed",
        origin="proposal",
        dedup=dedup,
        rules=number,
        at=work.now,
    )
    events.record(
        work,
        "score_item_proposed",
        data={"item": item_id, "period": period, "region": region, "source": source, "value": str(value)},
    )
    return True


def decide_item(work: Work, item_id: int, adopt: bool) -> Toast:
    """「采用」 or 「不采用」 a proposed item.

    Raises:
        ScoreNotNow: somebody decided before, the draft is out, or it is about the actor's own region.
    """
    item = items.get(work, item_id)
    if item is None:
        raise NotUnderstood(hint="old_button")
    row = sheets.opened(work, item.track, item.period)
    track, window, row = held(work, row.id)
    if item.state != "proposed" or row.state != "open":
        raise moved(window)
    of_others(work, window, item.region)
    work.connection.execute(
        update(score_items)
        .where(score_items.c.id == item_id)
        .values(
            state="active" if adopt else "dropped",
            confirmed_by=work.actor.member_id,
            confirmed_at=work.now,
        )
    )
    events.record(
        work,
        "score_items" if adopt else "score_dropped",
        body=f"office:{track}",
        data={
            "period": window.key, "origin": "proposal",
            "items": [[item.id, item.region, item.source, item.kind, item.value]] if adopt else [item.id],
        },
    )  # fmt: skip
    periodcard.refresh(work, track, window)
    return Toast("scoring.item_adopted_toast" if adopt else "scoring.item_dropped_toast")


def drop_proposed(work: Work, sheet_id: int, version: int) -> Toast:
    """「其余都不采用」: every proposed item that is still open, but for the actor's own regions'.

    Raises:
        ScoreNotNow: the draft is out, or all that is left is about the actor's own region.
    """
    track, window, row = held(work, sheet_id)
    fresh(row, version, window, "open")
    left = [
        item
        for item in items.of_period(work, track, window.key)
        if item.state == "proposed" and not work.actor.answers_for(item.region)
    ]
    if not left:
        raise ScoreNotNow(why="own_region" if proposed_left(work, track, window) else "moved",
                          window=window.values())  # fmt: skip
    ids = [item.id for item in left]
    work.connection.execute(
        update(score_items)
        .where(score_items.c.id.in_(ids))
        .values(state="dropped", confirmed_by=work.actor.member_id, confirmed_at=work.now)
    )
    events.record(
        work,
        "score_dropped",
        body=f"office:{track}",
        data={"period": window.key, "origin": "proposal", "items": ids, "why": "not_adopted"},
    )
    periodcard.refresh(work, track, window)
    return Toast("scoring.items_dropped_toast", {"count": len(ids)})


def proposed_left(work: Work, track: str, window: Window) -> int:
    """How many proposed items nobody has decided about yet."""
    return sum(item.state == "proposed" for item in items.of_period(work, track, window.key))
