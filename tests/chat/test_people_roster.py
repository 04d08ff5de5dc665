"""A roster on the wire: one file in, one page and one board out; the board is edited as people join."""

from __future__ import annotations

import re
from typing import Any

from bot.domain.permissions import Role
from tests.chat.test_people_joining import last, said
from tests.documents.test_roster_files import HEADER, workbook
from tests.town.town import Town

PEOPLE = [
    HEADER,
    ("张一", "延津县农业农村局 科长", "联系人", "延津县"),
    ("王二", "延津县农业农村局 科员", "副联系人", "延津县"),
    ("李三", "市农业农村局 副局长", "组长", "县(市)第一督查小组"),
]


def links(message: Any) -> list[str]:
    """The payloads on a page of links."""
    return re.findall(r"start=([\w-]+)", message.file.data.decode())


async def test_an_office_sends_a_roster_and_the_board_counts_who_joins(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")

    office.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx")
    await town.settle()
    page, board = office.chat(town.bot).messages[-2:]
    before = board.text
    person = town.server.person("随便什么名")
    person.opens(town.bot, links(page)[0])
    await town.settle()
    red_lines = last(person, town)
    person.presses(red_lines, "我已知晓")
    await town.settle()

    assert "2 个单位 3 人" in page.caption
    assert "已加入 0/3" in before
    assert "张一" in red_lines.text
    assert "使用前请知晓" in red_lines.text
    assert "已加入 1/3" in board.text
    assert "未加入：王二" in board.text
    assert office.chat(town.bot).last is board


async def test_errors_are_named_by_cell_and_nobody_is_taken_in(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    broken = [*PEOPLE, ("赵四", "", "科长", "延津县")]

    office.sends_document(town.bot, workbook(broken), "花名册.xlsx")
    await town.settle()

    assert "C5 “科长”" in last(office, town).text
    assert last(office, town).file is None


async def test_a_broken_workbook_is_refused_with_what_to_do(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")

    office.sends_document(town.bot, b"no zip at all", "花名册.xlsx")
    await town.settle()

    assert "打不开" in last(office, town).text


async def test_a_workbook_over_twenty_megabytes_is_refused_unread(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")

    office.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx", size=21 * 1024 * 1024)
    await town.settle()

    assert "20MB" in last(office, town).text


async def test_a_failed_download_is_said_and_may_be_tried_again(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    town.server.faults.next("getFile", status=500, times=9)  # whoever may know such a workbook asks for it

    office.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx")
    await town.settle()
    refused = last(office, town).text
    town.server.faults.clear()
    office.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx")
    await town.settle()

    assert "重发" in refused
    assert "已加入 0/3" in last(office, town).text


async def test_new_links_for_the_missing_replace_the_old_ones(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx")
    await town.settle()
    page, board = office.chat(town.bot).messages[-2:]

    office.presses(board, "给未加入的补发链接")
    await town.settle()
    fresh = last(office, town)
    person = town.server.person("张一")
    person.opens(town.bot, links(page)[0])
    await town.settle()

    assert "3 人" in fresh.caption
    assert not set(links(fresh)) & set(links(page))
    assert "无效" in last(person, town).text


async def test_no_link_is_left_in_the_ledger_after_it_was_sent(town: Town) -> None:
    office = await town.join("办乙", Role.OFFICE, track="county")
    office.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx")
    await town.settle()
    page = office.chat(town.bot).messages[-2]
    office.sends(town.bot, "邀请")
    await town.settle()
    for label in ("县区联系人", "延津县", "联系人", "1人"):
        office.presses(next(m for m in reversed(office.chat(town.bot).messages) if m.buttons), label)
        await town.settle()
    link = last(office, town).caption.partition("start=")[2].split()[0]
    await town.stop_bot()

    data = b"".join(path.read_bytes() for path in town.folder.glob("bot.db*"))
    await town.start_bot()

    assert said(office, town)
    # a page of the database that was written over may still hold an old text; no row does
    rows = await town.app.parts.desk.look(
        lambda work: [
            str(row) for row in work.connection.exec_driver_sql("select payload from outbox").fetchall()
        ]
    )
    assert data
    assert not any(token in row for row in rows for token in (*links(page), link))


async def test_a_workbook_of_an_inspector_is_no_roster(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")

    inspector.sends_document(town.bot, workbook(PEOPLE), "花名册.xlsx")
    await town.settle()

    assert not any("名册" in words for words in said(inspector, town))
