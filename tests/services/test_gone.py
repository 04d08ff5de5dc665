"""A card whose reader may see its subject no more: what was sent is covered, nothing is opened for that."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.entries import State
from bot.domain.permissions import Role
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards, requests
from bot.services import views
from tests.services.test_life import Cast

KINDS = [
    ("reader", "reader:{}"),
    ("verify", "verify:{}"),
    ("second", "second:{}"),
    ("receipt", "entry:{}"),
    ("chain", "chain:{}"),
    ("check", "check:{}:1"),
    ("preview", "preview:{}:1"),
    ("covert", "covert:{}"),
    ("county", "entry:{}"),
]


@pytest.mark.parametrize(("kind", "subject"), KINDS)
@pytest.mark.parametrize("message_id", [None, 77])
def test_a_card_for_who_sees_nothing_any_more_only_ever_edits(
    desk: Desk, kind: str, subject: str, message_id: int | None
) -> None:
    cast = Cast.on(desk)
    entry_id = cast.entry(State.ASSIGNED, assigned_at=desk.clock.now())
    outsider = cast.office.member("周辛", Role.INSPECTOR, track="district", group_key="district/1")

    def shown(work: Work) -> Any:
        work.insert(
            requests, entry_id=entry_id, track="county", kind="second", state="open",
            member_id=cast.first, at=work.now, reason="", data={"act": "defer"},
        )  # fmt: skip
        card_id = work.insert(
            cards, chat_id=outsider + 1000, kind=kind, subject=subject.format(entry_id), entry_id=entry_id,
            member_id=outsider, wanted=1, message_id=message_id,
        )  # fmt: skip
        return views.card(work, card_id)

    found = desk.do_now(shown)

    if message_id is None:
        assert found is None
    else:
        assert found is None or not found.buttons
        assert found is None or "任庄村" not in str(found.values)
