"""What a card shows to its reader, as values: the permission table decides, `texts` finds the words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.domain.entries import OPEN_STATES, Mode, Source, State, is_overdue
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action, Standing, may, standings
from bot.ledger import cards as card_book
from bot.ledger import entries as book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import members
from bot.services import assignment, filing, life
from bot.services.outgoing import Button, Picture, Rows, Shown

GONE = None
"""A card whose subject has moved on is closed as stale."""


def card(work: Work, card_id: int) -> Shown | None:
    """What a card should show now; None when there is nothing to show any more."""
    row = card_book.get(work, card_id)
    if row is None:
        return GONE
    if row.member_id is not None:
        work.actor = people.actor_by_id(work, row.member_id)
    if row.kind == "head":
        return head(work, row)
    if row.entry_id is None:
        return GONE
    entry = book.get(work, row.entry_id)
    if entry is None:
        return GONE
    match row.kind:
        case "receipt":
            return receipt(work, entry)
        case "line":
            return group_line(work, entry)
        case "county":
            return county_card(work, entry)
        case "check":
            return check_card(work, entry, row)
        case _:
            return GONE


def place_of(entry: Row[Any], *, to: str = "spot") -> str:
    """The place in words: region and township, with village and spot unless only `to` the township."""
    parts = [entry.region, entry.township]
    if to != "township":
        parts += [entry.village, entry.spot]
    return "".join(part for part in parts if part)


def spot_of(entry: Row[Any]) -> str:
    """乡镇·村·点位, without the region."""
    return "·".join(part for part in (entry.township, entry.village, entry.spot) if part)


def what_county_reads(entry: Row[Any]) -> str:
    """The problem in the words that may leave the group: a report of the public never in its own.

    Mobile and identity numbers are masked (red lines (b) and (e)).
    """
    if entry.source == Source.PUBLIC:
        return mask_numbers(entry.public_text or "")
    return mask_numbers(entry.public_text or entry.description)


def entry_values(work: Work, entry: Row[Any]) -> dict[str, Any]:
    """The fields of an entry that every reader's text may use; restricted ones are added per reader."""
    local = work.world.campaign.local
    deadline = local(entry.deadline) if entry.deadline else None
    today = work.world.campaign.today(work.now)
    return {
        "number": entry.number,
        "state": entry.state,
        "region": entry.region,
        "place": place_of(entry),
        "spot": spot_of(entry),
        "township_place": place_of(entry, to="township"),
        "category": entry.category,
        "severity": entry.severity,
        "handling": entry.handling,
        "deadline": deadline,
        "days_left": (deadline.date() - today).days if deadline else None,
        "overdue": is_overdue(State(entry.state), entry.deadline, work.now),
        "day_off": deadline is not None and not work.world.works_on(deadline.date()),
        "round": entry.round,
        "returns": entry.returns,
        "found_at": local(entry.found_at),
        "assigned_at": _local(work, entry.assigned_at),
        "acknowledged_at": _local(work, entry.acknowledged_at),
        "submitted_at": _local(work, entry.submitted_at),
        "closed_at": _local(work, entry.closed_at),
        "closed_how": entry.closed_how,
        "measures": mask_numbers(entry.measures or ""),
        "county_leader": entry.county_leader,
        "section_officer": entry.section_officer,
        "has_position": entry.lat is not None,
        **_photo_counts(work, entry),
    }


def _local(work: Work, instant: datetime | None) -> datetime | None:
    return None if instant is None else work.world.campaign.local(instant)


def _photo_counts(work: Work, entry: Row[Any]) -> dict[str, Any]:
    rows = book.photos_of(work, entry.id)
    return {
        "before": sum(row.kind == "before" for row in rows),
        "after": sum(row.kind == "after" for row in rows),
        "attachments": sum(row.kind == "attachment" for row in rows),
        "forwarded": any(row.forwarded for row in rows if row.kind == "before"),
        "faults": [
            {"kind": row.kind, "seq": row.seq, "fault": row.fault} for row in rows if row.fault is not None
        ],
    }


def last_body(work: Work, entry: Row[Any]) -> str:
    """Which body made the latest move, named as everybody may read it."""
    last = book.last_move(work, entry.id)
    return life.body_shown(work, entry, last.body) if last else ""


def sender_of(work: Work, entry: Row[Any]) -> str:
    """Who the county reads as sender: the group, or the office for covert and other sources (SPEC §2)."""
    campaign = work.world.campaign
    if entry.mode == Mode.COVERT or entry.group_key is None:
        return campaign.office_name
    return campaign.group_title(entry.group_key)


def identity_title(work: Work, entry: Row[Any]) -> str:
    """As whom the entry was filed, for its filer."""
    campaign = work.world.campaign
    if entry.group_key is not None:
        return campaign.group_title(entry.group_key)
    if entry.source == Source.GANZHUANZHENG:
        return "市「敢转争」督导组"
    return campaign.track(entry.track).office if entry.track else campaign.office_name


# --- the filer's receipt -------------------------------------------------------------------------


def receipt(work: Work, entry: Row[Any]) -> Shown | None:
    """The filer's receipt: what was understood, photos, deadline, identity, what can be done now."""
    values = entry_values(work, entry)
    values.update(
        description=entry.description,
        note=entry.note,
        source=entry.source,
        mode=entry.mode,
        kind=entry.kind,
        identity=identity_title(work, entry),
        identity_open=entry.identity_open,
        held=entry.state == State.FILED and entry.settle_at is None,
        wish_words=entry.wish_words,
        void_reason=entry.void_reason,
        body=last_body(work, entry),
    )
    if entry.state == State.DRAFT:
        return Shown("receipt.draft", values, _draft_buttons(work, entry))
    if entry.kind == "visit":
        return Shown("receipt.visit", values, _visit_buttons(entry))
    if entry.state == State.FILED:
        values["deadline"] = assignment.deadline_of(work, entry).due
        values["days_left"] = (values["deadline"].date() - work.local.date()).days
        values["day_off"] = not work.world.works_on(values["deadline"].date())
    return Shown(
        "receipt.entry",
        values,
        _receipt_buttons(work, entry),
        protect=entry.mode == Mode.COVERT and entry.handed_over_at is None,
    )


def _draft_buttons(work: Work, entry: Row[Any]) -> Rows:
    regions = filing.filer_regions(work, filing.identity_stored(work, entry))
    names = [region.name for region in work.world.campaign.regions]
    buttons = [
        Button("", "region", entry.id, entry.version, str(names.index(name)), text=name) for name in regions
    ]
    rows = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    rows.append(
        (
            Button("join_previous", "join", entry.id, entry.version),
            Button("withdraw", "withdraw", entry.id, entry.version),
        )
    )
    return tuple(rows)


def _visit_buttons(entry: Row[Any]) -> Rows:
    if entry.state == State.VOID:
        return ()
    return (
        (
            Button("make_issue", "issue", entry.id, entry.version),
            Button("good_practice", "good", entry.id, entry.version),
        ),
    )


def _receipt_buttons(work: Work, entry: Row[Any]) -> Rows:
    having = standings(work.actor, book.facts_of(entry), work.world.campaign)
    rows: list[tuple[Button, ...]] = []
    choices = entry.choices or []
    if entry.state == State.FILED and choices and not entry.village:
        for index, (_region, township, village) in enumerate(choices[:4]):
            rows.append(
                (Button("", "village", entry.id, entry.version, str(index), text=f"{village}({township})"),)
            )
        rows.append((Button("none_of_these", "village", entry.id, entry.version, "-"),))
    if entry.state == State.FILED:
        rows.extend(_filed_buttons(work, entry, having))
    elif entry.state not in (State.VOID, State.DRAFT):
        row = [Button("history", "history", entry.id, 0)]
        if entry.state == State.CLOSED and may(Action.REOPEN, having):
            row.append(Button("relapse", "reopen", entry.id, entry.version))
        rows.append(tuple(row))
    return tuple(rows)


def _filed_buttons(work: Work, entry: Row[Any], having: frozenset[Standing]) -> list[tuple[Button, ...]]:
    first: list[Button] = []
    if entry.identity_open:
        campaign = work.world.campaign
        keys = work.actor.groups()
        return [
            tuple(
                Button("", "identity", entry.id, entry.version, key, text=campaign.group_title(key))
                for key in keys[:2]
            ),
            tuple(
                Button("", "identity", entry.id, entry.version, key, text=campaign.group_title(key))
                for key in keys[2:4]
            ),
            (Button("withdraw", "withdraw", entry.id, entry.version),),
        ]
    if entry.mode == Mode.COVERT:
        if may(Action.HAND_OVER, having):
            first.append(Button("hand_over", "preview", entry.id, entry.version))
    elif entry.settle_at is not None:
        first.append(Button("assign_now", "assign", entry.id, entry.version))
    elif may(Action.ASSIGN, having):
        first.append(Button("assign", "assign", entry.id, entry.version))
        if may(Action.PASS_CHECK, having):
            first.append(Button("to_group", "togroup", entry.id, entry.version))
    first.append(Button("edit", "edit", entry.id, entry.version))
    first.append(Button("withdraw", "withdraw", entry.id, entry.version))
    rows = [tuple(first)]
    second = []
    if len(work.actor.groups()) > 1:
        second.append(Button("switch_identity", "identity", entry.id, entry.version, "?"))
    if second:
        rows.append(tuple(second))
    return rows


def group_line(work: Work, entry: Row[Any]) -> Shown | None:
    """One short line in a group's chat: number, place down to the township, state (red line (a))."""
    values = entry_values(work, entry)
    public = {key: values[key] for key in ("number", "state", "township_place", "before", "after")}
    public["draft"] = entry.state == State.DRAFT
    public["kind"] = entry.kind
    return Shown("group.line", public, ((Button("see_in_private", "private", entry.id, 0),),))


# --- the county's card ---------------------------------------------------------------------------


def county_card(work: Work, entry: Row[Any]) -> Shown | None:
    """The county's card: number, place, problem, deadline with days left, what to send back."""
    having = standings(work.actor, book.facts_of(entry), work.world.campaign)
    if Standing.CONTACT not in having:
        return Shown("county.gone", {"number": entry.number}, ())
    values = entry_values(work, entry)
    values.update(
        problem=what_county_reads(entry),
        sender=sender_of(work, entry),
        body=last_body(work, entry),
        passed_to=entry.passed_to,
        request=_open_requests(work, entry),
    )
    quiet = assignment.cards_of_day(
        work, _chat_of(work), work.world.campaign.today(entry.assigned_at)
    ) > 1 and not _loud_whatever(entry)
    return Shown("county.card", values, county_buttons(entry), before_picture(work, entry), silent=quiet)


def _loud_whatever(entry: Row[Any]) -> bool:
    """现场交办 and 督办警示 come on top of the contact's budget (SPEC §2)."""
    return entry.handling in ("onsite", "warning")


def _chat_of(work: Work) -> int:
    row = work.connection.execute(
        select(members.c.telegram_id).where(members.c.id == work.actor.member_id)
    ).scalar()
    return int(row or 0)


def _open_requests(work: Work, entry: Row[Any]) -> list[str]:
    return [kind for kind in ("extension", "not_ours") if book.open_request(work, entry.id, kind) is not None]


def county_buttons(entry: Row[Any]) -> Rows:
    """What the contact can press in each state."""
    at = (entry.id, entry.version)
    state = State(entry.state)
    more = (Button("more", "more", *at),)
    match state:
        case State.ASSIGNED:
            return (
                (Button("acknowledge", "ack", *at), Button("answer", "answer", *at)),
                (Button("ask_extension", "extend", *at), Button("not_ours", "notours", *at)),
                more,
            )
        case State.ACKNOWLEDGED | State.RETURNED:
            first = [Button("answer", "answer", *at)]
            if state is State.ACKNOWLEDGED:
                first.append(Button("undo", "undo", *at))
            return (
                tuple(first),
                (Button("ask_extension", "extend", *at), Button("not_ours", "notours", *at)),
                more,
            )
        case State.SUBMITTED:
            return ((Button("undo", "undo", *at), Button("history", "history", entry.id)),)
        case _:
            return ((Button("history", "history", entry.id),),)


def before_picture(work: Work, entry: Row[Any]) -> Picture | None:
    """The contact sheet of before-photos with a thin grid and 「请从同一角度拍」."""
    rows = [row for row in book.photos_of(work, entry.id, "before") if row.fault is None]
    if not rows:
        return None
    ids = [row.id for row in rows][:9]
    ready = sum(row.state == "stored" for row in rows[:9])
    return Picture("sheet", f"sheet:{'-'.join(map(str, ids))}:{ready}", {"photos": ids, "entry": entry.id})


# --- the check -----------------------------------------------------------------------------------


def check_card(work: Work, entry: Row[Any], card_row: Row[Any]) -> Shown | None:
    """The check: before and after composed, 「销号」「退回」."""
    having = standings(work.actor, book.facts_of(entry), work.world.campaign)
    if not may(Action.CLOSE, having):
        return Shown("check.gone", {"number": entry.number}, ())
    _, _, round_, returns = card_row.subject.split(":")
    values = entry_values(work, entry)
    values.update(
        problem=entry.description,
        body=last_body(work, entry),
        in_time=_in_time(work, entry),
        this_proof=(int(round_), int(returns)) == (entry.round, entry.returns),
        unreviewed=_unreviewed(work, entry),
    )
    at = (entry.id, entry.version)
    rows: Rows
    if entry.state == State.SUBMITTED:
        rows = (
            (Button("close", "close", *at), Button("send_back", "return", *at)),
            (Button("history", "history", entry.id),),
        )
    elif entry.state in (State.CLOSED, State.RETURNED):
        rows = ((Button("undo", "undo", *at), Button("history", "history", entry.id)),)
    else:
        rows = ((Button("history", "history", entry.id),),)
    return Shown("check.card", values, rows, pair_picture(work, entry))


def _unreviewed(work: Work, entry: Row[Any]) -> bool:
    proof = book.latest_proof(work, entry.id)
    return bool(proof is not None and proof.unreviewed)


def _in_time(work: Work, entry: Row[Any]) -> bool | None:
    if entry.deadline is None or entry.proof_sent_at is None:
        return None
    grace: timedelta = work.world.deadlines.grace
    return bool(entry.proof_sent_at <= entry.deadline + grace)


def pair_picture(work: Work, entry: Row[Any]) -> Picture | None:
    """Before and after side by side, pairs by rank, three rows at most."""
    before = [row.id for row in book.photos_of(work, entry.id, "before") if row.fault is None][:3]
    after_rows = [row for row in book.proof_photos(work, entry.id) if row.fault is None]
    after = [row.id for row in after_rows][:3]
    if not before and not after:
        return None
    stored = sum(row.state == "stored" for row in book.photos_of(work, entry.id))
    key = f"pair:{'-'.join(map(str, before))}/{'-'.join(map(str, after))}:{stored}"
    return Picture("pair", key, {"before": before, "after": after, "entry": entry.id})


# --- the contact's day ---------------------------------------------------------------------------


def head(work: Work, row: Row[Any]) -> Shown | None:
    """「今日交办 7 条：待签收 5」, one message a day, edited in place."""
    day = datetime.fromisoformat(row.subject.partition(":")[2]).date()
    found = assignment.handed_over_on(work, row.chat_id, day)
    waiting = [entry for entry in found if entry.state == State.ASSIGNED]
    owed = [entry for entry in found if State(entry.state) in OPEN_STATES]
    buttons: list[Button] = []
    if waiting:
        buttons.append(Button("acknowledge_all", "ackall"))
    if owed:
        buttons.append(Button("one_by_one", "todo"))
    return Shown(
        "county.head",
        {"day": day, "count": len(found), "waiting": len(waiting), "owed": len(owed)},
        (tuple(buttons),) if buttons else (),
        silent=True,
    )
