"""What the admins hear of the machine: trouble once with its remedy, and a report in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.domain.world import World
from bot.jobs.watching import remedy_of
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import outbox
from bot.services.operating import alerts, keeping, reading
from bot.services.people import help
from bot.texts.catalogue import Catalogue
from tests.services.conftest import Office

DISK = frozenset({"disk"})
FULL = {"disk": {"disks": [{"name": "database", "free": 0.2, "total": 40}]}}


def said(desk: Desk, chat_id: int, language: str = "zh") -> list[str]:
    """What somebody was written, rendered, in order."""
    catalogue = Catalogue(desk.world.campaign)

    def rows(work: Work) -> list[Any]:
        return list(work.connection.execute(select(outbox).where(outbox.c.chat_id == chat_id)).all())

    return [
        catalogue.text(language, row.payload["text"], row.payload["values"]) for row in desk.look_now(rows)
    ]


def test_trouble_is_told_to_admins_once_again_after_a_day_and_when_it_is_over(
    desk: Desk, office: Office, clock: SteppedClock
) -> None:
    admin, other = office.member("管", Role.ADMIN), office.member("办", Role.OFFICE, track="county")

    for _ in range(3):
        desk.do_now(alerts.check, FULL, DISK)
        clock.advance(timedelta(hours=7))
    clock.advance(timedelta(hours=4))
    desk.do_now(alerts.check, FULL, DISK)
    desk.do_now(alerts.check, {}, DISK)
    desk.do_now(alerts.check, {}, DISK)

    first, again, over = said(desk, admin + 1000)
    assert "磁盘快满了" in first
    assert "清出至少 1 GB" in first
    assert again == first
    assert "已恢复：磁盘空间" in over
    assert said(desk, other + 1000) == []


def test_one_watchs_good_news_does_not_close_anothers_trouble(desk: Desk, office: Office) -> None:
    admin = office.member("管", Role.ADMIN)
    desk.do_now(keeping.failed, "no room")

    desk.do_now(alerts.backups_due)
    desk.do_now(alerts.check, {}, DISK)
    desk.do_now(alerts.backups_due)

    (told,) = said(desk, admin + 1000)
    assert "备份没有做成" in told
    assert "no room" in told


def test_a_backup_that_is_too_old_and_a_store_that_is_not_whole_are_told(
    desk: Desk, office: Office, clock: SteppedClock
) -> None:
    admin = office.member("管", Role.ADMIN)
    desk.do_now(keeping.backed_up, clock.now(), "a.db", {"missing": 2, "damaged": 1})
    desk.do_now(alerts.backups_due)
    clock.advance(timedelta(hours=37))
    desk.do_now(alerts.backups_due)
    desk.do_now(keeping.backed_up, clock.now(), "b.db", {"missing": 0, "damaged": 0})
    desk.do_now(alerts.backups_due)

    store, damaged_still, old, *over = said(desk, admin + 1000)
    assert "缺 2 张，损坏 1 张" in store
    assert {"超过一天半" in damaged_still, "超过一天半" in old} == {True, False}
    assert len(over) == 2
    assert all("已恢复" in one for one in over)


def test_the_morning_report_names_the_last_good_backup_to_admins_alone_once_a_day(
    desk: Desk, office: Office, clock: SteppedClock, world: World
) -> None:
    admin, other = office.member("管", Role.ADMIN), office.member("办", Role.OFFICE, track="county")
    morning = datetime(2019, 4, 13, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    desk.do_now(keeping.backed_up, morning - timedelta(hours=5, minutes=30), "a.db", {})
    clock.move_to(morning - timedelta(seconds=1))
    assert desk.do_now(reading.morning_due) == 0
    clock.move_to(morning)

    assert [desk.do_now(reading.morning_due) for _ in range(2)] == [1, 0]

    (report,) = said(desk, admin + 1000)
    assert "最近一次完好：4月13日(周六)03:30" in report
    assert "一切正常" in report
    assert "条台账" not in report  # a count of entries would tell an admin of covert ones
    assert said(desk, other + 1000) == []
    assert "the last good one: Sat 13 Apr 03:30" in said(desk, admin + 1000, "en")[0]


def test_health_names_the_last_good_backup_and_the_disks_to_the_admin(
    desk: Desk, office: Office, clock: SteppedClock
) -> None:
    admin, other = office.member("管", Role.ADMIN), office.member("办", Role.OFFICE, track="county")
    desk.do_now(keeping.backed_up, clock.now(), "a.db", {})
    desk.do_now(keeping.failed, "/srv/backups: No space left on device")

    office.does(admin, help.health, admin + 1000)
    office.does(other, help.health, other + 1000)

    (mine,), (theirs,) = said(desk, admin + 1000), said(desk, other + 1000)
    assert "最近一次完好" in mine
    assert "备份失败：/srv/backups" in mine
    assert "备份" not in theirs


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_trouble_has_its_words_and_its_remedy(world: World, language: str) -> None:
    catalogue = Catalogue(world.campaign)
    when = "2019-04-12T09:00:00+08:00"
    values = {
        "over": False, "since": when, "disks": [{"name": name, "free": 1, "total": 2} for name in
        ("database", "photos", "backups")], "count": 3, "minutes": 9, "why": "x", "good": when, "missing": 1,
        "damaged": 1, "from": when, "to": when, "said": "disk full",
    }  # fmt: skip
    remedy = {"zh": ("怎么办", "请核对"), "en": ("What to do", "Please check")}[language]

    for kind in (
        "disk", "inbox", "outbox", "photos", "conflict", "store_fails", "aside", "backup_failed",
        "backup_old", "photos_damaged", "restored",
    ):  # fmt: skip
        text = catalogue.text(language, "operating.trouble", {**values, "kind": kind})
        assert any(word in text for word in remedy), kind
    for why in ("full", "readonly", "corrupt", "handles", "io", "locked", "other"):
        text = catalogue.text(language, "operating.trouble", {**values, "kind": "ledger", "why": why})
        assert remedy[0] in text, why


@pytest.mark.parametrize(
    ("said_by_sqlite", "key"),
    [
        ("database or disk is full", "full"),
        ("attempt to write a readonly database", "readonly"),
        ("database disk image is malformed", "corrupt"),
        ("file is not a database", "corrupt"),
        ("unable to open database file", "handles"),
        ("disk I/O error", "io"),
        ("database is locked", "locked"),
        ("something new", "other"),
    ],
)
def test_what_the_database_says_leads_to_its_remedy(said_by_sqlite: str, key: str) -> None:
    assert remedy_of(said_by_sqlite) == key
