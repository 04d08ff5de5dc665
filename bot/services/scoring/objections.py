"""提出异议 → 采纳/不采纳: what a region objects to in its draft, and what the office answers (SPEC §5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.permissions import Actor, ScoreAct, may_score
from bot.domain.score_words import Kind, label_of
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import members, score_objections
from bot.services import questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, Rows, say
from bot.services.refusals import NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import intake, items, periodcard, schemes, sheets, windows
from bot.services.scoring.deciding import change, moved
from bot.services.scoring.drafting import Drafted, as_drafted, retell, tell_region
from bot.services.scoring.entering import refusal
from bot.services.scoring.intake import BadLines
from bot.services.scoring.lines import Fault, Line, spoken
from bot.services.scoring.periodcard import held
from bot.services.scoring.windows import Window

MOST_WORDS = 800

# --- the region objects ----------------------------------------------------------------------------


def ask_objection(work: Work, sheet_id: int, arg: str, chat_id: int, message_id: int | None) -> None:
    """「提出异议」: ask for the reason; a photo may come with it as a reply.

    Raises:
        NotYours: it is another region's.
        ScoreNotNow: the time for objections is over.
    """
    index, _, item = arg.partition(".")
    regions = work.world.campaign.regions
    if not index.isdecimal() or int(index) >= len(regions) or not item.isdecimal():
        raise NotUnderstood(hint="old_button")
    region = regions[int(index)].name
    row = _objectable(work, sheet_id, region)
    window = windows.window(work, row.period)
    found = items.get(work, int(item)) if int(item) else None
    if int(item) and (found is None or found.region != region or found.period != row.period):
        raise NotYours
    questions.ask(
        work,
        chat_id,
        "score_objection",
        "scoring.ask_objection",
        {
            "region": region,
            "window": window.values(),
            "item": {"source": found.source, "value": found.value, "reason": found.reason} if found else None,
            "until": row.objections_until.isoformat(),
        },
        subject={"sheet": row.id, "region": region, "item": int(item)},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


def _objectable(work: Work, sheet_id: int, region: str) -> Row[Any]:
    row = sheets.get(work, sheet_id)
    if row is None or not may_score(ScoreAct.OBJECT, work.actor, region=region):
        raise NotYours
    window = windows.window(work, row.period)
    if row.state != "draft" or work.now > row.objections_until:
        raise ScoreNotNow(why="objections_over", window=window.values())
    return row


@questions.answers("score_objection", photo=True)
def _objected(work: Work, question: Row[Any], incoming: Incoming) -> None:
    subject = question.subject
    row = _objectable(work, subject["sheet"], subject["region"])
    window = windows.window(work, row.period)
    photo = next((one.file_id for one in incoming.attachments if one.medium == "photo"), None)
    reason = incoming.text.strip()[:MOST_WORDS]
    if not reason:
        raise ScoreNotNow(why="no_reason", window=window.values())
    objection = work.insert(
        score_objections,
        sheet_id=row.id,
        item_id=subject["item"] or None,
        region=subject["region"],
        member_id=work.actor.member_id,
        at=work.now,
        reason=reason,
        photo=photo,
    )
    events.record(
        work,
        "score_objected",
        body=f"region:{subject['region']}",
        data={"objection": objection, "period": window.key, "item": subject["item"], "reason": reason},
    )
    say(
        work,
        incoming.chat_id,
        "scoring.objected",
        {"region": subject["region"], "window": window.values(), "photo": photo is not None},
        reply_to=incoming.message_id,
        protect=True,
    )
    for person in people.office_of(work, row.track):
        reader = people.actor_by_id(work, person.member_id)
        _show_objection(work, _objection(work, objection), person.chat_id, reader)
    periodcard.refresh(work, row.track, window)


def _objection(work: Work, objection_id: int) -> Row[Any]:
    row = work.connection.execute(
        select(score_objections).where(score_objections.c.id == objection_id)
    ).first()
    if row is None:
        raise NotUnderstood(hint="old_button")
    return row


def _show_objection(
    work: Work, objection: Row[Any], chat_id: int, reader: Actor, reply_to: int | None = None
) -> None:
    row = sheets.get(work, objection.sheet_id)
    assert row is not None
    item = items.get(work, objection.item_id) if objection.item_id else None
    name = work.connection.execute(select(members.c.name).where(members.c.id == objection.member_id)).scalar()
    buttons: Rows = ()
    if objection.state == "open":
        if not reader.answers_for(objection.region):
            buttons = ((Button("uphold", "scyes", objection.id), Button("not_upheld", "scno", objection.id)),)
        if objection.photo:
            buttons = (*buttons, (Button("see_photo", "scphoto", objection.id),))
    say(
        work,
        chat_id,
        "scoring.objection",
        {
            "region": objection.region,
            "window": windows.window(work, row.period).values(),
            "item": {"source": item.source, "value": item.value, "reason": item.reason} if item else None,
            "reason": objection.reason,
            "by": name or "",
            "at": objection.at.isoformat(),
            "state": objection.state,
            "answer": objection.answer,
        },
        buttons=buttons,
        reply_to=reply_to,
        protect=True,
    )


def show_objections(work: Work, sheet_id: int, chat_id: int, message_id: int | None) -> Toast | None:
    """「看异议」: every objection of a sheet, the open ones with their buttons."""
    _, _, row = held(work, sheet_id)
    found = work.connection.execute(
        select(score_objections)
        .where(score_objections.c.sheet_id == row.id)
        .order_by(score_objections.c.state != "open", score_objections.c.id)
        .limit(20)
    ).all()
    if not found:
        return Toast("scoring.no_objections_toast")
    for one in found:
        _show_objection(work, one, chat_id, work.actor, message_id)
    return None


def photo(work: Work, objection_id: int, chat_id: int) -> None:
    """「看照片」 of an objection."""
    from bot.ledger import outbox as book
    from bot.ledger.outbox import Kind as Post

    objection = _objection(work, objection_id)
    held(work, objection.sheet_id)
    if not objection.photo:
        raise NotUnderstood(hint="old_button")
    params = {"chat_id": chat_id, "photo": objection.photo, "protect_content": True}
    book.put(work, chat_id=chat_id, kind=Post.CALL, payload={"method": "sendPhoto", "params": params})


# --- the office answers ----------------------------------------------------------------------------


def _open_objection(work: Work, objection_id: int) -> tuple[Row[Any], Row[Any], Window]:
    objection = _objection(work, objection_id)
    _, window, row = held(work, objection.sheet_id)
    if work.actor.answers_for(objection.region):
        raise NotYours
    if objection.state != "open" or row.state != "draft":
        raise moved(window)
    return objection, row, window


def refuse(work: Work, objection_id: int, chat_id: int, message_id: int | None) -> None:
    """「不采纳」: ask for the reason, which the region reads."""
    objection, _, _ = _open_objection(work, objection_id)
    questions.ask(
        work,
        chat_id,
        "objection_refused",
        "scoring.ask_refusal",
        {"region": objection.region},
        subject={"objection": objection.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )


@questions.answers("objection_refused")
def _refused(work: Work, question: Row[Any], incoming: Incoming) -> None:
    objection, row, window = _open_objection(work, question.subject["objection"])
    _answer(work, objection, row, window, "refused", incoming.text.strip()[:MOST_WORDS])
    say(
        work, incoming.chat_id, "scoring.answered", {"region": objection.region}, reply_to=incoming.message_id
    )


def uphold(work: Work, objection_id: int, chat_id: int, message_id: int | None) -> Toast | None:
    """「采纳」: points fall away at once; a mark, or the score as a whole, asks for the change."""
    objection, row, window = _open_objection(work, objection_id)
    item = items.get(work, objection.item_id) if objection.item_id else None
    if item is not None and item.kind == Kind.POINTS:
        before = as_drafted(work, row, window)
        items.drop(work, [item.id], body=f"office:{row.track}", why=f"objection:{objection.id}")
        _answer(work, objection, row, window, "granted", "", before)
        return Toast("scoring.upheld_toast", {"region": objection.region})
    questions.ask(
        work,
        chat_id,
        "objection_upheld",
        "scoring.ask_change",
        {
            "region": objection.region,
            "item": {"source": item.source, "value": item.value, "reason": item.reason} if item else None,
        },
        subject={"objection": objection.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=message_id,
        protect=True,
    )
    return None


@questions.answers("objection_upheld")
def _upheld(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """The change: a new value for the mark, or a line 「群众举报 +1 理由」 for the score as a whole."""
    objection, row, window = _open_objection(work, question.subject["objection"])
    item = items.get(work, objection.item_id) if objection.item_id else None
    text = incoming.text.strip()
    campaign = work.world.campaign
    body = f"office:{row.track}"
    if item is not None:
        if item.state != "active":  # another objection has changed it meanwhile
            raise ScoreNotNow(why="item_changed", window=window.values())
        value, _, reason = " ".join(text.split()).partition(" ")
        lines = [Line(1, objection.region, item.source, "mark", value, reason)]
        body = item.body
    else:
        lines = spoken(f"{objection.region} {text}")[:1]
    scheme, number = schemes.scheme_for(work, row.track, window.key)
    try:
        entries, _ = intake.read_only(campaign, lines, row.track, scheme, monthly=window.monthly)
    except BadLines as bad:
        raise refusal(window, bad.faults) from None
    if item is None and entries[0].kind is not Kind.POINTS:
        # a mark of the office would be averaged with the group's: nobody means that
        raise refusal(window, [Fault(1, objection.region, f"{entries[0].value:f}", "no_sign")])
    before = as_drafted(work, row, window)
    if item is not None:
        items.drop(work, [item.id], body=f"office:{row.track}", why=f"objection:{objection.id}")
    items.add(
        work, window.key, entries, body=body, origin="objection", rules={row.track: number},
        replace=False, reviewed_by=work.actor.member_id,
    )  # fmt: skip
    changed = entries[0]
    words = f"{label_of(changed.source)} {changed.value:f}"
    _answer(work, objection, row, window, "granted", words, before)
    say(
        work, incoming.chat_id, "scoring.answered", {"region": objection.region}, reply_to=incoming.message_id
    )


def _answer(
    work: Work,
    objection: Row[Any],
    row: Row[Any],
    window: Window,
    state: str,
    answer: str,
    before: Drafted | None = None,
) -> None:
    """`before`: what the drafts said, where the answer has changed a score."""
    work.connection.execute(
        update(score_objections)
        .where(score_objections.c.id == objection.id)
        .values(state=state, answer=answer, decided_by=work.actor.member_id, decided_at=work.now)
    )
    events.record(
        work,
        f"objection_{state}",
        body=f"office:{row.track}",
        data={"objection": objection.id, "period": window.key, "answer": answer},
    )
    for person in people.contacts_of(work, objection.region):
        say(
            work,
            person.chat_id,
            "scoring.objection_answered",
            {
                "region": objection.region, "window": window.values(), "state": state, "answer": answer,
                "reason": objection.reason,
            },
            protect=True,
        )  # fmt: skip
    row = change(work, row, window)
    if state == "granted":
        tell_region(work, row, window, objection.region, silent=True, again="objection")
        retell(work, row, window, before or {}, answered=objection.region)
