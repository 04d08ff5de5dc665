"""Papers that an office sends back for a bulletin: made from an older draft, marked as secret afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import SteppedClock
from bot.domain.bulletins import Stage
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import bulletin_versions, bulletins, cards, outbox, requests
from bot.services import secrecy
from bot.services.bulletins import book, card, editing, forgetting, posting, sealing, way
from bot.services.incoming import Attachment, Incoming
from bot.services.offices import seconds
from bot.services.questions import ANSWERS
from tests.services.conftest import Office
from tests.services.test_bulletin_way import House, at

SECRET_WORDS = "不能留下的话，全市工作稳步推进。"
assert forgetting.forget in secrecy.FORGETS


@pytest.fixture
def house(desk: Desk, office: Office, clock: SteppedClock) -> House:
    """A draft of one late entry; each of the office has its card (77) and its .docx (88)."""
    house = House(desk, office, clock)
    house.late()
    house.draft()
    for person in (house.chief, house.clerk):
        shows(house, person)
    return house


def shows(house: House, person: int) -> None:
    """The newest .docx stands in a person's chat."""

    def verb(work: Work) -> None:
        row = book.get(work, house.bulletin)
        assert row is not None
        here = outbox.c.chat_id == person + 1000
        work.connection.execute(update(outbox).where(here, outbox.c.message_id == 88).values(message_id=87))
        card.send_paper(work, row, person + 1000, person, "docx", again=True)
        docx = outbox.c.dedup.startswith(f"due:bulletin:{row.id}/")
        work.connection.execute(
            update(outbox).where(here, docx, outbox.c.state == "waiting").values(state="sent", message_id=88)
        )

    house.office.does(person, verb)


def replies(house: House, person: int, verb: Any, incoming: Incoming, *args: Any) -> None:
    """A reply, to the bulletin's card as it stands in the person's chat or to another message."""

    def stands(work: Work) -> None:
        row = book.get(work, house.bulletin)
        assert row is not None
        card.show(work, row, person + 1000, person)
        work.connection.execute(
            update(cards)
            .where(cards.c.chat_id == person + 1000, cards.c.kind == card.CARD)
            .values(message_id=77)
        )

    house.office.does(person, stands)
    house.office.does(person, verb, incoming, *args)


def said(person: int, message_id: int, *, text: str = "", name: str = "", reply_to: int = 77) -> Incoming:
    """A reply of one of the office to the card, or to another message."""
    file = (Attachment("document", f"file{message_id}", f"u{message_id}", name=name),) if name else ()
    return Incoming(
        chat_id=person + 1000, message_id=message_id, sender_id=person + 1000, sent_at=at(22, 9),
        text=text, attachments=file, reply_to=reply_to,
    )  # fmt: skip


def paper(words: str = SECRET_WORDS) -> dict[str, Any]:
    """A changed .docx as it is read."""
    block = {"kind": "text", "words": words, "level": 0}
    return {"title": ["工作通报"], "addressee": "各县：", "blocks": [block], "attachments": []}


def marked(house: House, person: int, incoming: Incoming) -> None:
    """The sender edits the message: its caption is marked now."""
    house.office.does(person, secrecy.wipe, replace(incoming, text="机密", edited=True))


def kept(house: House) -> str:
    """Everything about bulletins that the ledger keeps, as text."""

    def verb(work: Work) -> str:
        found = [
            *work.connection.execute(select(bulletins.c.content, bulletins.c.sealed)),
            *work.connection.execute(select(bulletin_versions.c.content, bulletin_versions.c.file_id)),
            *work.connection.execute(select(requests.c.data)),
            *work.connection.execute(select(outbox.c.payload)),
        ]
        return str(found)

    return str(house.desk.do_now(verb))


def deleted(house: House, person: int) -> list[int]:
    """The messages that are taken back in a person's chat."""

    def verb(work: Work) -> list[int]:
        rows = work.connection.execute(
            select(outbox.c.payload).where(outbox.c.chat_id == person + 1000, outbox.c.kind == "delete")
        ).scalars()
        return [one["message_id"] for one in rows]

    return list(house.desk.do_now(verb))


def resolved(house: House) -> None:
    """The figures that the short paper of these tests leaves out are let go."""
    found = [dict(one) | {"choice": "theirs", "reason": "试"} for one in house.row().content["differences"]]
    house.changes("figures", {"differences": found})


# ── marked as secret afterwards ──


def test_a_changed_paper_that_is_marked_while_it_is_judged_is_forgotten_everywhere(house: House) -> None:
    sent = said(house.chief, 9, name="通报.docx")
    replies(house, house.chief, editing.take_paper, sent, paper())
    resolved(house)
    house.does(way.submit, house.row().version)
    shows(house, house.clerk)
    assert SECRET_WORDS in kept(house)

    marked(house, house.chief, sent)

    row = house.row()
    assert (row.state, row.content["paper"]) == (Stage.DRAFT, None)
    assert SECRET_WORDS not in kept(house)
    assert "file9" not in kept(house)
    assert 88 in deleted(house, house.clerk)
    waiting = house.desk.do_now(lambda work: card.proposal(work, row))
    assert waiting is None


def test_a_paper_marked_within_the_minute_does_not_leave(house: House) -> None:
    sent = said(house.chief, 9, name="通报.docx")
    replies(house, house.chief, editing.take_paper, sent, paper())
    resolved(house)
    house.printed()

    marked(house, house.chief, sent)

    assert house.row().state == Stage.DRAFT
    assert {one.state for one in house.out(posting.POSTED)} == {"stale"}
    assert SECRET_WORDS not in kept(house)


def test_of_a_printed_paper_the_office_is_told_and_the_file_is_forgotten(house: House) -> None:
    sent = said(house.chief, 9, name="通报.docx")
    replies(house, house.chief, editing.take_paper, sent, paper())
    resolved(house)
    house.printed()
    house.ends(posting.POSTED, "sent")
    house.passes()

    marked(house, house.chief, sent)

    assert house.row().state == Stage.PUBLISHED
    assert "file9" not in kept(house)
    assert len(house.told(house.clerk, "bulletins.marked_later")) == 1


def test_words_that_are_marked_afterwards_go_alone(house: House) -> None:
    first = said(house.chief, 9, text=f"结论：{SECRET_WORDS}")
    replies(house, house.chief, editing.replied, first)
    replies(house, house.chief, editing.replied, said(house.chief, 10, text="突出问题：坑塘垃圾较多。"))

    marked(house, house.chief, first)

    assert house.row().content["texts"] == {"bad": "坑塘垃圾较多。"}
    assert SECRET_WORDS not in kept(house)


def test_marked_words_in_a_changed_paper_leave_a_place_to_be_filled_in(house: House) -> None:
    replies(house, house.chief, editing.take_paper, said(house.chief, 9, name="通报.docx"), paper("旧话"))
    words = said(house.chief, 10, text=f"结论：{SECRET_WORDS}")
    replies(house, house.chief, editing.replied, words)

    marked(house, house.chief, words)

    assert SECRET_WORDS not in kept(house)
    assert editing.unfilled(house.row().content["paper"])


def test_a_sealed_paper_that_is_marked_while_it_is_judged_is_taken_back(house: House) -> None:
    house.agreed()
    sent = said(house.chief, 9, name="盖章.pdf")
    replies(house, house.chief, sealing.seal, sent)
    house.desk.do_now(
        lambda work: work.connection.execute(
            update(outbox)
            .where(outbox.c.payload.contains("file9"), outbox.c.chat_id == house.clerk + 1000)
            .values(state="sent", message_id=90)
        )
    )

    marked(house, house.chief, sent)

    assert "file9" not in kept(house)
    assert 90 in deleted(house, house.clerk)
    assert house.desk.do_now(open_proposals) == 0
    assert house.row().sealed is None


def test_a_sealed_paper_that_is_marked_once_printed_leaves_the_channel(house: House) -> None:
    house.agreed()
    sent = said(house.chief, 9, name="盖章.pdf")
    replies(house, house.chief, sealing.seal, sent)
    request = house.desk.do_now(
        lambda work: work.connection.execute(select(requests.c.id).where(requests.c.state == "open")).scalar()
    )
    house.office.does(house.clerk, seconds.agree, request)
    house.does(posting.publish, house.row().version)
    house.ends(posting.POSTED, "sent")
    house.passes()

    marked(house, house.chief, sent)

    assert house.row().sealed is None
    assert "file9" not in kept(house)
    waiting = [one.dedup.rsplit(":", 1)[1] for one in house.out(posting.POSTED) if one.state == "waiting"]
    assert waiting == ["file"]


def open_proposals(work: Work) -> int:
    """How many proposals wait for a second person."""
    return len(work.connection.execute(select(requests.c.id).where(requests.c.state == "open")).all())


# ── made from an older draft ──


def test_a_paper_of_an_older_draft_does_not_replace_newer_words(house: House) -> None:
    replies(house, house.clerk, editing.replied, said(house.clerk, 10, text="结论：进展明显，仍有死角。"))

    replies(house, house.chief, editing.take_paper, said(house.chief, 9, name="通报.docx"), paper("旧话"))

    assert house.row().content["paper"] is None
    assert house.row().content["texts"] == {"conclusion": "进展明显，仍有死角。"}
    assert [one["who"] for one in house.told(house.chief, "bulletins.older_paper")] == ["孙戊"]


def test_a_paper_that_replies_to_the_newest_draft_is_taken(house: House) -> None:
    replies(house, house.clerk, editing.replied, said(house.clerk, 10, text="结论：进展明显，仍有死角。"))
    shows(house, house.chief)

    newest = said(house.chief, 9, name="通报.docx", reply_to=88)
    replies(house, house.chief, editing.take_paper, newest, paper("新话"))

    assert house.row().content["paper"]["blocks"][0]["words"] == "新话"


def test_ones_own_paper_may_be_changed_once_more(house: House) -> None:
    for message, words in ((9, "第一稿"), (10, "第二稿")):
        again = said(house.chief, message, name="通报.docx", reply_to=88)
        replies(house, house.chief, editing.take_paper, again, paper(words))

    assert house.row().content["paper"]["blocks"][0]["words"] == "第二稿"


# ── a 更正 begun by mistake ──


def test_a_correction_begun_by_mistake_is_dropped_and_can_be_begun_anew(house: House) -> None:
    house.printed()
    house.ends(posting.POSTED, "sent")
    house.passes()
    first = corrects(house, "写错了")

    house.office.does(house.chief, way.drop, first.id, first.version)
    between = house.desk.do_now(lambda work: book.of_window(work, "county", "weekly", "2019-04-19"))
    again = corrects(house, "数字有误")

    assert between.id == house.bulletin
    assert (again.id, again.correction, again.reason, again.state) == (first.id, 1, "数字有误", "draft")
    assert house.row().state == Stage.PUBLISHED


def corrects(house: House, reason: str) -> Any:
    """「更正」 with its reason; gives the draft."""
    from types import SimpleNamespace

    question = SimpleNamespace(subject={"bulletin": house.bulletin})
    answer = said(house.chief, 20, text=reason)
    house.office.does(house.chief, ANSWERS["bulletin_correction"], question, answer)
    return house.desk.do_now(lambda work: book.of_number(work, "county", "weekly", "2019-04-19", 1)[0])
