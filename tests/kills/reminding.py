"""A process that lives through the campaign's Fridays on one ledger: it is killed, and begins again."""

from __future__ import annotations

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.domain.permissions import Role
from bot.ledger import migrate
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import chats, members, roles
from bot.services.duties import digest, due

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = 90
MOMENTS = (
    "04-11 15:00", "04-12 08:30", "04-18 15:00", "04-19 08:30", "04-25 15:00", "04-26 08:30",
    "05-09 15:00", "05-10 08:30", "05-16 15:00", "05-17 08:30", "05-23 15:00", "05-24 08:30",
)  # fmt: skip
"""Thursdays and Fridays on which every contact is reminded."""


def opened(url: str) -> tuple[Desk, SteppedClock]:
    """The ledger behind a desk, with a clock at the campaign's first midnight."""
    clock = SteppedClock(datetime(2019, 4, 9, tzinfo=ZONE))
    return Desk(url, clock, build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"}))), clock


def prepare(url: str) -> None:
    """A ledger in which everybody has joined."""
    migrate.upgrade(url, now=datetime(2019, 4, 9, tzinfo=ZONE))
    desk, _ = opened(url)
    desk.do_now(_join)
    desk.close()


def _join(work: Work) -> None:
    regions = work.world.campaign.regions
    for n in range(1, PEOPLE + 1):
        values = {"id": n, "telegram_id": 10_000 + n, "name": f"联系人{n}", "created_at": work.now}
        work.connection.execute(members.insert().values(**values, joined_at=work.now, red_lines_at=work.now))
        work.connection.execute(chats.insert().values(id=10_000 + n, kind="private"))
        work.insert(
            roles, member_id=n, role=Role.CONTACT.value, region=regions[n % len(regions)].name,
            granted_at=work.now,
        )  # fmt: skip


def live(url: str) -> None:
    """Beat at every moment; what was told before is not told again."""
    desk, clock = opened(url)
    for moment in MOMENTS:
        clock.move_to(datetime.strptime(f"2019-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE))
        desk.do_now(due.due)
        desk.do_now(digest.due)
    desk.close()


if __name__ == "__main__":
    live(sys.argv[1])
