"""What somebody reads when a list or a search is asked for, without a wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import select, update

from bot.domain.campaign import Campaign
from bot.ledger.desk import Work
from bot.ledger.tables import cards
from bot.services import views
from bot.services.finding import index
from bot.services.looking import lists, listwords
from bot.services.outgoing import Shown, button_values
from bot.services.refusals import Refusal
from bot.texts.catalogue import Catalogue
from tests.services.conftest import Office


@lru_cache(maxsize=2)
def _catalogue(campaign: Campaign) -> Catalogue:
    return Catalogue(campaign)


@dataclass
class Sight:
    """A list as it stands on somebody's phone: its words, its buttons by label → what they carry."""

    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    protect: bool = False

    @property
    def numbers(self) -> list[str]:
        """The numbers of the entries that stand in it, line by line."""
        return [line.split()[1] for line in self.text.splitlines() if line.split(".")[0].isdigit()]


@dataclass
class Looking:
    """People who look; every list is shown as message 77 of its reader's private chat."""

    office: Office
    language: str = "zh"

    def read(self) -> None:
        """Let the index of words read what is new."""
        self.office.desk.do_now(index.due)

    def list(self, who: int, which: str) -> Sight:
        """A list, as its reader sees it."""
        self.office.does(who, lists.show, which, who + 1000)
        return self.sight(who, which)

    def find(self, who: int, text: str) -> Sight:
        """What is found; a refusal is shown as its sentence."""
        self.read()
        try:
            self.office.does(who, listwords.find, text, who + 1000, who + 1000)
        except Refusal as refusal:
            return Sight(self._catalogue.text(self.language, refusal.key, refusal.values))
        return self.sight(who, "find")

    def press(self, who: int, sight: Sight, label: str, which: str = "ledger") -> Sight:
        """A button of a list, pressed."""
        self.office.does(who, lists.turn, who + 1000, 77, sight.buttons[label])
        return self.sight(who, which)

    def sight(self, who: int, which: str) -> Sight:
        """The list as its card shows it now."""

        def look(work: Work) -> Shown | None:
            row = work.connection.execute(
                select(cards).where(cards.c.chat_id == who + 1000, cards.c.subject == f"list:{which}")
            ).one()
            work.connection.execute(update(cards).where(cards.c.id == row.id).values(message_id=77))
            return views.card(work, row.id)

        shown = self.office.does(who, look)
        assert shown is not None
        keyboard = [[button_values(one) for one in row] for row in shown.buttons]
        written = self._catalogue.keyboard(self.language, keyboard)
        found = Sight(
            self._catalogue.text(self.language, shown.text, shown.values),
            rows=[[one["text"] for one in row] for row in written],
            protect=shown.protect,
        )
        for row, made in zip(shown.buttons, written, strict=True):
            for button, one in zip(row, made, strict=True):
                assert len(one["callback_data"].encode()) <= 64
                found.buttons[one["text"]] = button.arg
        return found

    @property
    def _catalogue(self) -> Catalogue:
        return _catalogue(self.office.desk.world.campaign)


def entry(office: Office, who: int, number: str | None, **values: Any) -> int:
    """An entry straight in the ledger, of 延津县 and the first county group unless it says otherwise."""
    from bot.domain.entries import State
    from bot.ledger import entries as book
    from bot.ledger.tables import entries

    def verb(work: Work) -> int:
        given = {
            "number": number, "state": "assigned", "track": "county", "group_key": "county/1",
            "checker": "county/1", "filer_id": who, "region": "延津县", "township": "王楼镇",
            "village": "任庄村", "spot": "村口", "category": "garbage.domestic",
            "description": "延津县王楼镇任庄村村口垃圾堆", "found_at": work.now,
            "created_at": work.now, "touched_at": work.now, "deadline": work.now, "assigned_at": work.now,
            **values,
        }  # fmt: skip
        new_id = work.insert(entries, **given)
        row = book.get(work, new_id)
        assert row is not None
        if row.region and not (row.mode == "covert" and row.handed_over_at is None):
            book.count(work, row.region, State(row.state), +1)
        return new_id

    return int(office.desk.do_now(verb))
