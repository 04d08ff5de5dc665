"""The office's card of a bulletin: first page as a picture, where it stands, what can be done (SPEC §6)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Row, select

from bot.domain.bulletins import Kind, Stage
from bot.domain.masking import mask_numbers
from bot.ledger import cards as card_book
from bot.ledger import outbox as outbox_book
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.outbox import Kind as RowKind
from bot.ledger.outbox import Priority
from bot.ledger.tables import cards, requests
from bot.services import faces
from bot.services.bulletins import book, values
from bot.services.duties import told
from bot.services.offices import seconds
from bot.services.outgoing import Button, File, Picture, Rows, Shown, new_card, say

CARD: Final = "bulletin"
PAPER: Final = "bulletin"
"""The kind under which a sent paper is known, so that a reply to it finds its bulletin."""
ACT: Final = "bulletin"
MOST_SHOWN: Final = 5


def _subject(row: Row[Any]) -> str:
    return f"bulletin:{row.id}"


def show(
    work: Work, row: Row[Any], chat_id: int, member_id: int, *, priority: Priority = Priority.REPLY
) -> None:
    """Show a bulletin's card as a new message; the one before goes, lest an old button be pressed."""
    old = card_book.message_of(work, chat_id, _subject(row), CARD)
    if old is not None:
        outbox_book.put(
            work, chat_id=chat_id, kind=RowKind.DELETE, payload={"message_id": old},
            dedup=f"bulletin_card:{chat_id}:{old}",
        )  # fmt: skip
    new_card(work, chat_id, CARD, subject=_subject(row), member_id=member_id, priority=priority)


def shown(work: Work, row: Row[Any], chat_id: int) -> bool:
    """Whether a chat shows a bulletin's card."""
    return card_book.message_of(work, chat_id, _subject(row), CARD) is not None


def refresh(work: Work, row: Row[Any], *, besides: int = 0) -> None:
    """A bulletin moved: the cards that stand are edited."""
    for found in work.connection.execute(
        select(cards.c.id, cards.c.chat_id, cards.c.wanted).where(
            cards.c.subject == _subject(row), cards.c.kind == CARD
        )
    ).all():
        if found.chat_id != besides:
            card_book.want(work, found.id, found.wanted + 1)
            outbox_book.put_card(
                work, found.id, found.chat_id, found.wanted + 1, None, Priority.REPLY, keep_pace=True
            )


def named(work: Work, row: Row[Any]) -> dict[str, Any]:
    """What a bulletin is called, for the words of messages."""
    one = book.issue_of(work, row)
    return {
        "kind": row.kind,
        "track": work.world.campaign.track(row.track).name,
        "label": one.label,
        "week": int(one.label.strip("第周")) if row.kind == Kind.WEEKLY else None,
        "key": row.key,
        "number": row.number,
        "correction": row.correction,
    }


def title(work: Work, row: Row[Any]) -> str:
    """第3周周工作通报第3期, for logs of proposals and file captions."""
    found = named(work, row)
    correction = f"（更正{row.correction}）" if row.correction else ""
    name = NAMES[Kind(row.kind)].removeprefix("周")
    return f"{found['track']}{found['label']}{name}第{row.number}期{correction}"


def proposal(work: Work, row: Row[Any]) -> Row[Any] | None:
    """The open 送审 of a bulletin."""
    found = work.connection.execute(
        select(requests).where(
            requests.c.kind == seconds.KIND, requests.c.state == "open", requests.c.track == row.track
        )
    ).all()
    return next(
        (one for one in found if one.data.get("act") == ACT and one.data.get("bulletin") == row.id), None
    )


def file(work: Work, row: Row[Any], form: str, printed: dict[str, Any] | None = None) -> File:
    """The paper as a file: `docx` or `pdf`."""
    found = printed or values.of(work, row)
    number = found["number"]
    name = f"{NAMES[Kind(row.kind)]}第{number}期-{found['track']}-{row.key}"
    if row.correction:
        name += f"-更正{row.correction}"
    return File(f"bulletin_{form}", f"{name}.{form}", found)


NAMES: Final = {Kind.WEEKLY: "周工作通报", Kind.TENDAY: "旬查情况通报", Kind.MONTHLY: "月评通报"}


def picture(printed: dict[str, Any]) -> Picture:
    """The picture for the phone."""
    digest = hashlib.sha256(orjson.dumps(printed, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]
    return Picture("bulletin", f"bulletin:{printed['id']}:{digest}", printed)


def send_paper(
    work: Work, row: Row[Any], chat_id: int, member_id: int, form: str, *, again: bool = False
) -> None:
    """Send the paper to one of the office; a reply to it with the changed .docx finds the bulletin."""
    subject = f"{row.id}/{row.version}.{form}"
    if again:  # each press is answered, two within a minute too
        subject += f".{work.update_id or 0}"
    key = told.Key(PAPER, subject, work.now if again else row.created_at, member_id)
    say(
        work, chat_id, "bulletins.paper", {**named(work, row), "form": form, "state": row.state},
        file=file(work, row, form), priority=Priority.REMINDER, dedup=key.dedup(), silent=True,
    )  # fmt: skip


@faces.shows(CARD)
def face(work: Work, card_row: Row[Any]) -> Shown | None:
    """Title and state, what a person must still do, the buttons that the state allows."""
    row = book.get(work, int(card_row.subject.partition(":")[2]))
    if row is None or not book.may_issue(work, row):
        return None
    printed = values.of(work, row)
    open_ = [one for one in row.content["differences"] if one.get("choice") is None]
    request = proposal(work, row) if row.state == Stage.SUBMITTED else None
    found = {
        **named(work, row),
        "number": printed["number"],
        "state": row.state,
        "mine": request is not None and request.member_id == work.actor.member_id,
        "hold_until": _iso(work, request.hold_until) if request is not None else None,
        "approved_by": _name(work, row.approved_by),
        "approved_at": _iso(work, row.approved_at),
        "reported_at": _iso(work, row.reported_at),
        "published_at": _iso(work, row.published_at),
        "withdrawn_at": _iso(work, row.withdrawn_at),
        "undo": undoable(work, row),
        "sealed": bool(row.sealed),
        "reason": mask_numbers(row.reason),
        "gone": [one["number"] for one in printed["gone"]][:MOST_SHOWN] if printed["draft"] else [],
        "untold": _untold(work, row),
        "totals": row.figures["totals"],
        "cut": printed["cut"],
        "reports": list(printed["reports"].values()),
        "ranked": printed["ranking"] is not None,
        "needs_ranking": row.kind != Kind.WEEKLY,
        "scores": printed["scores"],
        "criticised": list(printed["criticised"]),
        "pictures": len(row.content["pictures"]),
        "lost": row.content.get("lost", []) if row.state == Stage.DRAFT else [],
        "changed": bool(row.content["paper"]),
        "differences": open_[:MOST_SHOWN],
        "more": max(0, len(open_) - MOST_SHOWN),
        "names": [] if row.content.get("no_names") else row.content.get("names", []),
    }  # fmt: skip
    return Shown(
        "bulletins.card", found, _buttons(work, row, printed, bool(open_)), picture(printed),
        silent=row.state != Stage.DRAFT, protect=False,
    )  # fmt: skip


def undoable(work: Work, row: Row[Any]) -> bool:
    """Whether 印发 or 报送 still waits for its 「撤销」."""
    at: datetime | None = {Stage.PUBLISHED: row.published_at, Stage.REPORTED: row.reported_at}.get(
        Stage(row.state)
    )
    return at is not None and work.now < at + book.UNDO_WITHIN


def _untold(work: Work, row: Row[Any]) -> list[str]:
    """The regions that have nobody who could have got the line of their own."""
    if row.state != Stage.PUBLISHED:
        return []
    regions = work.world.campaign.regions_of(row.track)
    return [one.name for one in regions if not people.contacts_of(work, one.name)]


def _name(work: Work, member_id: int | None) -> str:
    member = people.member(work, member_id)
    return member.name if member is not None else ""


def _iso(work: Work, instant: datetime | None) -> str | None:
    return None if instant is None else work.world.campaign.local(instant).isoformat()


def _buttons(work: Work, row: Row[Any], printed: dict[str, Any], unresolved: bool) -> Rows:
    at = (row.id, row.version)
    paper = (Button("bulletin_docx", "bfile", *at, "docx"), Button("bulletin_pdf", "bfile", *at, "pdf"))
    match Stage(row.state):
        case Stage.DRAFT:
            return _draft_buttons(row, printed, unresolved, at, paper)
        case Stage.SUBMITTED:
            return (paper,)
        case Stage.APPROVED:
            return (
                (Button("bulletin_publish", "bpub", *at), Button("bulletin_report", "brep", *at)),
                (Button("bulletin_both", "bboth", *at), *_pages(row)),
                paper,
            )
        case Stage.REPORTED:
            undo = (Button("undo", "bdown", *at),) if undoable(work, row) else ()
            return ((Button("bulletin_publish", "bpub", *at), *undo), paper)
        case Stage.PUBLISHED:
            if undoable(work, row):
                return ((Button("undo", "bdown", *at),), paper)
            return ((Button("bulletin_down", "bdown", *at), Button("bulletin_correct", "bfix", *at)), paper)
        case Stage.WITHDRAWN:
            return ((Button("bulletin_correct", "bfix", *at),), paper)
        case _:
            return (paper,)


def _pages(row: Row[Any]) -> tuple[Button, ...]:
    """「对比图页」 where pictures are chosen."""
    return (Button("bulletin_pages", "bpairs", row.id, row.version),) if row.content["pictures"] else ()


def _draft_buttons(
    row: Row[Any],
    printed: dict[str, Any],
    unresolved: bool,
    at: tuple[int, int],
    paper: tuple[Button, ...],
) -> Rows:
    rows: list[tuple[Button, ...]] = []
    if unresolved:
        rank, one = next(
            (rank, one) for rank, one in enumerate(row.content["differences"]) if one.get("choice") is None
        )
        where = {"ours": one["ours"], "theirs": one["theirs"] or "—"}
        rows.append(
            (
                Button("bulletin_ours", "bours", *at, str(rank), values=where),
                Button("bulletin_theirs", "btheirs", *at, str(rank), values=where),
            )
        )
        rows.append((Button("bulletin_all_ours", "bours", *at, "all"),))
    else:
        rows.append((Button("bulletin_submit", "bsubmit", *at),))
    if row.content.get("names") and not row.content.get("no_names"):
        rows.append((Button("bulletin_no_names", "bswitch", *at, "no_names"),))
    rows.append(
        (Button("bulletin_pictures", "bpics", *at), *_pages(row), Button("bulletin_sources", "bsrc", *at))
    )
    if row.kind != Kind.WEEKLY:
        label = "bulletin_order_only" if row.content["scores"] else "bulletin_with_scores"
        ordered = printed["ranking"] is not None and printed["ranking"].get("order_only")
        switches = [] if ordered else [Button(label, "bswitch", *at, "scores")]
        if printed["criticised"] or not row.content["criticism"]:
            label = "bulletin_no_criticism" if row.content["criticism"] else "bulletin_criticism"
            switches.append(Button(label, "bswitch", *at, "criticism"))
        if switches:
            rows.append(tuple(switches))
    if row.content["paper"]:
        rows.append((Button("bulletin_own_draft", "bswitch", *at, "paper"),))
    if row.correction:
        rows.append((Button("bulletin_drop", "bswitch", *at, "drop"),))
    rows.append(paper)
    return tuple(rows)
