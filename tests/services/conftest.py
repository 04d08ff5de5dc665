"""A migrated ledger in a real SQLite file, a desk before it, and people in it without a wire."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.domain.permissions import Role
from bot.domain.world import World
from bot.ledger import engines, people
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import chats, members, roles
from tests.town.ledger import empty_ledger

START = datetime(2019, 4, 12, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def commits_do_not_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The power does not fail here; that a commit waits for the disk is held by the ledger's own tests."""
    monkeypatch.setattr(engines, "SYNCHRONOUS", "OFF")


@pytest.fixture(scope="session")
def world() -> World:
    """The example's campaign."""
    return build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"}))


@pytest.fixture
def clock() -> SteppedClock:
    """A clock that the test moves."""
    return SteppedClock(START)


@pytest.fixture
def desk(tmp_path: Path, clock: SteppedClock, world: World) -> Iterator[Desk]:
    """One desk on a ledger of the test's own."""
    desk = Desk(empty_ledger(tmp_path / "bot.db"), clock, world)
    yield desk
    desk.close()


class Office:
    """People put straight into the ledger, and verbs done as one of them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._updates = itertools.count(1)

    def member(self, name: str, role: Role, **scope: Any) -> int:
        """A member with one role, who can be reached; gives the member's id (the chat's is +1000)."""

        def verb(work: Work) -> int:
            member_id = work.insert(
                members, name=name, created_at=work.now, joined_at=work.now, red_lines_at=work.now
            )
            chat_id = member_id + 1000
            work.connection.execute(
                members.update().where(members.c.id == member_id).values(telegram_id=chat_id)
            )
            work.connection.execute(chats.insert().values(id=chat_id, kind="private"))
            work.insert(roles, member_id=member_id, role=role.value, granted_at=work.now, **scope)
            return member_id

        return self.desk.do_now(verb)

    def does(self, member_id: int, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Do a verb as a member, as an update of its own; refusals come through."""
        update_id = next(self._updates)

        def alone(work: Work) -> Any:
            work.update_id = update_id
            work.actor = people.actor_by_id(work, member_id)
            return verb(work, *args, **kwargs)

        return self.desk.do_now(alone)


@pytest.fixture
def office(desk: Desk) -> Office:
    """People without a wire."""
    return Office(desk)
