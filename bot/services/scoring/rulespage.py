"""「考评口径」: the one page of every number of scoring; changed by taps, approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.domain.permissions import ScoreAct, may_score
from bot.domain.rule_limits import LIMITS, read_rule
from bot.domain.score_words import BadValue
from bot.domain.scoring import Final, Scheme, Uninspected
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.tables import requests, score_rules
from bot.services import faces, questions
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.offices import seconds
from bot.services.outgoing import Button, Rows, Shown, new_card, say, show_card
from bot.services.refusals import BadRule, NotUnderstood, NotYours, ScoreNotNow
from bot.services.scoring import schemes, windows

CHOICES: Mapping[str, tuple[str, ...]] = {
    "topic_weight": ("0", "0.25", "0.5", "1"),
    "covert": ("0.1", "0.2", "0.3", "0.4"),
    "uninspected": tuple(one.value for one in Uninspected),
    "final": tuple(one.value for one in Final),
    "late_report": ("0", "-0.5", "-1", "-2"),
    "missing_report": ("0", "-1", "-2", "-3"),
    "overdue_entry": ("0", "-0.5", "-1", "-2"),
    "scale_gap": ("2", "3", "5", "8"),
    "objection_hours": ("6", "8", "12", "16"),
}
"""What the notice leaves open, and what is offered for it; a reply may say any other number of `LIMITS`."""


def show(work: Work, chat_id: int, track: str = "") -> None:
    """「考评口径」: the page of each track of the office.

    Raises:
        NotYours: not of an office.
    """
    tracks = work.actor.offices()
    if not tracks or not may_score(ScoreAct.RUN, work.actor):
        raise NotYours
    for one in tracks:
        if track in ("", one):
            new_card(work, chat_id, "rules", subject=f"rules:{one}", member_id=work.actor.member_id)


def draft_of(work: Work, track: str) -> Row[Any] | None:
    """The change that an office prepares, if there is one."""
    return work.connection.execute(
        select(score_rules).where(score_rules.c.track == track, score_rules.c.state == "draft")
    ).first()


def _scheme(work: Work, track: str) -> tuple[Scheme, Row[Any] | None]:
    draft = draft_of(work, track)
    if draft is not None:
        return schemes.from_json(draft.data), draft
    return schemes.scheme_for(work, track)[0], None


@faces.shows("rules")
def card(work: Work, row: Row[Any]) -> Shown | None:
    """The page; with a panel, the choices for one of its numbers."""
    track = row.subject.partition(":")[2]
    if not may_score(ScoreAct.RUN, work.actor, track=track):
        return None
    scheme, draft = _scheme(work, track)
    index = [one.key for one in work.world.campaign.tracks].index(track)
    if row.panel in CHOICES:
        now = schemes.to_json(scheme)[row.panel]
        buttons = [
            Button(
                f"rule_values/{choice}" if row.panel in ("uninspected", "final") else "",
                "scrule",
                index,
                0,
                f"{row.panel}.{choice}",
                text="" if row.panel in ("uninspected", "final") else _ticked(choice, now),
            )
            for choice in CHOICES[row.panel]
        ]
        rows: Rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
        limits = LIMITS.get(row.panel)
        values = {
            "field": row.panel,
            "now": "" if limits is None else str(now),
            "least": "" if limits is None else f"{limits.least:f}",
            "most": "" if limits is None else f"{limits.most:f}",
        }
        back = Button("back", "scrule", index)
        return Shown("scoring.rules_field", values, (*rows, (back,)), protect=True)
    return Shown("scoring.rules", page(work, track), _buttons(work, track, index, draft), protect=True)


def _ticked(choice: str, now: Any) -> str:
    return f"✓ {choice}" if Decimal(choice) == Decimal(str(now)) else choice


def page(work: Work, track: str) -> dict[str, Any]:
    """The values of the page."""
    scheme, draft = _scheme(work, track)
    approved = schemes.approved(work, track)
    return {
        "track": work.world.campaign.track(track).name,
        "number": approved.number if approved is not None else 0,
        "approved_at": approved.approved_at.isoformat() if approved is not None else None,
        "holds_from": approved.holds_from if approved is not None else "",
        "draft": draft is not None,
        "waits": _waits(work, track),
        "parts": [
            {"key": part.key, "label": part.label, "most": str(part.most), "marked": part.marked,
             "inspected": part.inspected}
            for part in scheme.parts
        ],
        **{name: value for name, value in schemes.to_json(scheme).items() if name != "parts"},
    }  # fmt: skip


def _buttons(work: Work, track: str, index: int, draft: Row[Any] | None) -> Rows:
    if _waits(work, track):
        return ()
    fields = [Button(f"rule_fields/{name}", "scrule", index, arg=name) for name in CHOICES]
    rows: list[tuple[Button, ...]] = [tuple(fields[i : i + 3]) for i in range(0, len(fields), 3)]
    if draft is not None or schemes.approved(work, track) is None:
        tools = [Button("send_for_approval", "scrules", index, 0, "send")]
        if draft is not None:
            tools.append(Button("drop_change", "scrules", index, 0, "drop"))
        rows.append(tuple(tools))
    return tuple(rows)


def _waits(work: Work, track: str) -> bool:
    rows = work.connection.execute(
        select(requests.c.data).where(
            requests.c.kind == "second", requests.c.state == "open", requests.c.track == track
        )
    ).scalars()
    return any(data.get("act") == "scoring_rules" for data in rows)


def _track(work: Work, index: int) -> str:
    tracks = work.world.campaign.tracks
    if index >= len(tracks) or not may_score(ScoreAct.RUN, work.actor, track=tracks[index].key):
        raise NotYours
    return tracks[index].key


def choose(work: Work, index: int, arg: str, chat_id: int, message_id: int) -> None:
    """A rule of the page was opened, closed, or given a value; nothing holds before it is approved."""
    track = _track(work, index)
    name, dot, value = arg.partition(".")
    if not dot:
        if name and name not in CHOICES:
            raise NotUnderstood(hint="old_button")
        faces.turn(work, chat_id, message_id, name)
        questions.drop(work, chat_id, "rule")
        if name in LIMITS:
            questions.attach(work, chat_id, message_id, "rule", {"track": index, "rule": name})
        return
    if value not in CHOICES.get(name, ()):
        raise NotUnderstood(hint="old_button")
    _put(work, track, name, value, chat_id)


@questions.answers("rule")
def _typed(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """A number was typed for the rule that is open.

    Raises:
        BadRule: it is none, or out of the rule's range; the rule stays open.
    """
    name = question.subject["rule"]
    track = _track(work, question.subject["track"])
    limits = LIMITS[name]
    try:
        value = read_rule(name, incoming.text)
    except BadValue as bad:
        raise BadRule(
            field=name,
            value=incoming.text.strip(),
            why=bad.why,
            least=f"{limits.least:f}",
            most=f"{limits.most:f}",
        ) from None
    _put(work, track, name, value, incoming.chat_id)
    say(
        work,
        incoming.chat_id,
        "scoring.rule_taken",
        {"field": name, "value": value},
        reply_to=incoming.message_id,
        protect=True,
    )


def _put(work: Work, track: str, name: str, value: str, chat_id: int) -> None:
    """Write a value into the change that is prepared."""
    if _waits(work, track):
        raise ScoreNotNow(why="proposed", window=windows.current(work).values())
    questions.drop(work, chat_id, "rule")
    scheme, draft = _scheme(work, track)
    changed = _with(scheme, name, value)
    if draft is None:
        work.insert(
            score_rules,
            track=track,
            number=schemes.next_number(work, track),
            data=schemes.to_json(changed),
            state="draft",
            member_id=work.actor.member_id,
            at=work.now,
        )
    else:
        work.connection.execute(
            update(score_rules)
            .where(score_rules.c.id == draft.id)
            .values(data=schemes.to_json(changed), member_id=work.actor.member_id, at=work.now)
        )
    _refresh(work, track, chat_id)


def _with(scheme: Scheme, name: str, value: str) -> Scheme:
    if name == "uninspected":
        return replace(scheme, uninspected=Uninspected(value))
    if name == "final":
        return replace(scheme, final=Final(value))
    if name == "objection_hours":
        return replace(scheme, objection_hours=int(value))
    if name == "covert":
        return replace(scheme, covert=Decimal(value), ten_days=1 - Decimal(value))
    number: Any = {name: Decimal(value)}
    return replace(scheme, **number)


def _refresh(work: Work, track: str, chat_id: int) -> None:
    from bot.ledger.tables import cards

    work.connection.execute(
        update(cards)
        .where(cards.c.chat_id == chat_id, cards.c.subject == f"rules:{track}")
        .values(panel=None)
    )
    found = work.connection.execute(
        select(cards.c.chat_id).where(cards.c.kind == "rules", cards.c.subject == f"rules:{track}")
    ).scalars()
    for chat in list(found):
        show_card(work, chat, "rules", subject=f"rules:{track}")


def act(work: Work, index: int, what: str, chat_id: int) -> Toast:
    """「送审」 of the page, or 「放弃修改」."""
    track = _track(work, index)
    if _waits(work, track):
        raise ScoreNotNow(why="proposed", window=windows.current(work).values())
    draft = draft_of(work, track)
    if what == "drop":
        work.connection.execute(
            delete(score_rules).where(score_rules.c.track == track, score_rules.c.state == "draft")
        )
        _refresh(work, track, chat_id)
        return Toast("scoring.change_dropped_toast")
    if draft is None and schemes.approved(work, track) is not None:
        raise NotUnderstood(hint="old_button")
    scheme, _ = _scheme(work, track)
    toast = seconds.propose(
        work,
        "scoring_rules",
        track=track,
        reason=_changes(work, track, scheme),
        data={"scheme": schemes.to_json(scheme)},
    )
    _refresh(work, track, chat_id)
    return toast


NAMES: Mapping[str, str] = {
    "topic_weight": "专题组权重", "covert": "暗访占比", "uninspected": "未检查", "final": "总排名",
    "late_report": "迟报", "missing_report": "未报", "overdue_entry": "逾期", "scale_gap": "尺度提示",
    "objection_hours": "异议小时",
}  # fmt: skip
"""What the numbers are called in the line that the second person reads."""

VALUES: Mapping[str, str] = {
    "average": "按平均分", "full": "满分", "missing": "缺项",
    "periods": "各旬平均", "months": "各月平均", "last_month": "最后一月",
}  # fmt: skip
"""What the choices without a number are called there."""


def _changes(work: Work, track: str, scheme: Scheme) -> str:
    """What the second person agrees to: the numbers that differ from those in force."""
    before = schemes.to_json(schemes.scheme_for(work, track)[0])
    after = schemes.to_json(scheme)
    name = work.world.campaign.track(track).name
    changed = [
        f"{NAMES[key]} {_value(before[key])}→{_value(after[key])}"
        for key in NAMES
        if before[key] != after[key]
    ]
    return f"{name}：{'，'.join(changed) or '按页面所列，全部'}"


def _value(value: Any) -> str:
    return VALUES.get(str(value), "—" if value is None else str(value))


@seconds.carries("scoring_rules")
def _carry(work: Work, request: Row[Any], key: str) -> None:
    """The page is approved: the first holds from the beginning, a later one from the next period."""
    track = request.track
    data = request.data["scheme"]
    work.connection.execute(
        delete(score_rules).where(score_rules.c.track == track, score_rules.c.state == "draft")
    )
    first = schemes.approved(work, track) is None
    number = schemes.next_number(work, track)
    work.insert(
        score_rules,
        track=track,
        number=number,
        data=data,
        state="approved",
        holds_from="" if first else _next_period(work),
        member_id=request.member_id,
        at=work.now,
        approved_at=work.now,
    )
    events.record(
        work,
        "rules_approved",
        body=f"office:{track}",
        data={"track": track, "number": number, **data, **seconds.signatures(work, request)},
    )
    values = page(work, track)
    for region in work.world.campaign.regions_of(track):
        for person in people.contacts_of(work, region.name):
            say(
                work, person.chat_id, "scoring.rules", values, dedup=f"{key}:{region.name}:{person.member_id}"
            )
    from bot.ledger.tables import cards

    found = work.connection.execute(
        select(cards.c.chat_id).where(cards.c.kind == "rules", cards.c.subject == f"rules:{track}")
    ).scalars()
    for chat in list(found):
        show_card(work, chat, "rules", subject=f"rules:{track}")


def _next_period(work: Work) -> str:
    """The key of the first period that has not begun yet; where none is left, a day after the last."""
    for period in windows.calendar(work).periods:
        if period.start > work.now:
            return period.key.isoformat()
    return "9999-12-31"
