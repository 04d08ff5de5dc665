"""A week's reports on the wire: asked for, answered by file or by lines, mended, seen by the office."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import docx
import openpyxl
import pytest
from sqlalchemy import select

from bot.domain.permissions import Role
from bot.ledger.tables import kept_files, report_parts
from tests.chat.reports import SUMMARY, at, contact, filled, form_of, last, new, office, until, words
from tests.chat.test_county_reached import regional_chat
from tests.drawn import photo
from tests.town.town import Town

EVERY_ROW = (
    "出动人员 300\n出动车辆 30\n生活垃圾 12吨\n建筑垃圾 3方\n卫生死角 5\n坑塘 2\n污水横流 1\n"
    "杂物 9\n残垣断壁 2\n私搭乱建 1\n小广告 40\n户厕 12\n五美庭院 8\n达标村 12/30\n投入资金 3.5\n"
    "县级督导次数 2\n自查问题数 9\n自查整改数 7"
)


@pytest.fixture
async def town(tmp_path: Any) -> Any:
    """The first morning of the campaign: nothing was asked for yet."""
    async with Town(tmp_path, start=at(4, 9, 9)) as town:
        yield town
        town.server.check()


def document(text: str) -> bytes:
    out = io.BytesIO()
    written = docx.Document()
    written.add_paragraph(text)
    written.save(out)
    return out.getvalue()


def buttons(message: Any) -> list[str]:
    return [button.text for row in message.buttons or () for button in row]


async def sends(town: Town, person: Any, data: bytes, name: str = "周报表.xlsx", **more: Any) -> str:
    person.sends_document(town.bot, data, name, **more)
    await town.settle()
    return words(last(person, town))


async def says(town: Town, person: Any, text: str, **more: Any) -> str:
    person.sends(town.bot, text, **more)
    await town.settle()
    return words(last(person, town))


# --- asked for ----------------------------------------------------------------------------------------


async def test_thursday_at_three_the_form_comes_with_the_reminder(town: Town) -> None:
    wang = await contact(town)

    await until(town, at(4, 11, 14, 59))
    before = len(new(wang, town))
    await until(town, at(4, 11, 15))

    message = last(wang, town)
    assert len(new(wang, town)) == before + 1
    assert "延津县第1周" in words(message)
    assert "4月12日(周五)10:00 前报送" in words(message)
    assert message.file.name == "周报表-延津县-2019-04-12.xlsx"
    assert buttons(message) == ["已知悉"]
    assert not message.silent


async def test_who_has_handed_in_is_not_reminded_on_friday(town: Town) -> None:
    wang, li = await contact(town), await contact(town, "卫辉市", "李卫")
    await until(town, at(4, 11, 15))
    await sends(town, wang, filled(form_of(wang, town)))

    await until(town, at(4, 12, 8, 30))

    assert "已收齐" in words(last(wang, town))
    assert "今天 10:00 前报送" in words(last(li, town))
    assert buttons(last(li, town)) == ["已知悉", "1小时后"]


async def test_an_hour_later_only_who_still_owes_is_reminded(town: Town) -> None:
    wang, li = await contact(town), await contact(town, "卫辉市", "李卫")
    await until(town, at(4, 12, 8, 30))
    for person in (wang, li):
        person.presses(last(person, town), "1小时后")
    await town.settle()
    await sends(town, wang, filled(form_of(wang, town)))
    mine, theirs = len(new(wang, town)), len(new(li, town))

    await until(town, at(4, 12, 9, 30))

    assert len(new(wang, town)) == mine
    assert len(new(li, town)) == theirs + 1


async def test_noted_drops_what_was_put_off(town: Town) -> None:
    li = await contact(town, "卫辉市", "李卫")
    await until(town, at(4, 12, 8, 30))
    reminder = last(li, town)
    li.presses(reminder, "1小时后")
    await town.settle()
    li.presses(reminder, "已知悉")
    await town.settle()
    assert buttons(reminder) == []
    before = len(new(li, town))

    await until(town, at(4, 12, 9, 30))

    assert len(new(li, town)) == before


async def test_after_an_outage_one_late_reminder_comes_with_the_form(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 13, 55))
    before = len(new(wang, town))

    await until(town, at(4, 12, 9, 50))

    assert len(new(wang, town)) == before + 1
    assert words(last(wang, town)).startswith("（补发）")
    assert last(wang, town).file is not None


async def test_the_deputy_is_reminded_where_the_contact_cannot_be_reached(town: Town) -> None:
    wang = await contact(town)
    deputy = await contact(town, name="副乙", deputy=True)
    before = len(new(deputy, town))
    wang.blocks(town.bot)

    await until(town, at(4, 11, 15))  # Telegram says that he cannot be written to
    await town.passes(seconds=1)
    await town.passes(seconds=1)

    assert len(new(deputy, town)) == before + 1
    assert last(deputy, town).file is not None


async def test_nobody_reached_the_chat_reads_a_number_and_the_office_the_region(town: Town) -> None:
    qian = await office(town)
    group = await regional_chat(town, qian)

    await until(town, at(4, 11, 15))
    await until(town, at(4, 12, 9))

    said = [words(message) for message in group.messages if message.by_bot]
    assert said[-1] == "有 1 条待查收，请联系人私聊查看。"
    assert not any("周报" in text for text in said)
    assert "周报提醒无人能收到" in words(last(qian, town))
    assert "延津县" in words(last(qian, town))


# --- received -----------------------------------------------------------------------------------------


async def test_the_filled_in_form_is_all_that_is_needed(town: Town) -> None:
    wang, qian = await contact(town), await office(town)
    await until(town, at(4, 11, 15))

    receipt = await sends(town, wang, filled(form_of(wang, town)))

    assert "✅ 已收齐，4月11日(周四)15:00，按时" in receipt
    assert "填报人 王乙" in receipt  # nobody is written on the form: it is who sends it
    assert "已报 1/8" in words(last(qian, town))
    assert "延津县：✅ 15:00" in words(last(qian, town))
    assert last(qian, town).silent


async def test_lines_in_one_message_and_the_summary_as_a_reply(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))

    first = await says(town, wang, EVERY_ROW)
    second = await says(town, wang, SUMMARY, reply_to=last(wang, town))

    assert "已收，还差：小结" in first
    assert "✅ 已收齐" in second


async def test_who_edits_what_was_sent_is_told_once_to_send_the_change(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    sent = wang.sends(town.bot, EVERY_ROW)
    await town.settle()
    before = len(new(wang, town))

    for number in (301, 302):
        wang.edits(sent, EVERY_ROW.replace("300", str(number)))
        await town.settle()

    assert [words(m) for m in new(wang, town)[before:]] == [
        "改过的消息不重新统计。请把要改的内容另发一条，如“出动人员 320”，或回复周报那条重写小结。"
    ]


async def test_a_document_is_the_summary(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))

    first = await sends(town, wang, document(SUMMARY), "小结.docx")
    second = await says(town, wang, EVERY_ROW)

    assert "还差：周报表" in first
    assert "✅ 已收齐" in second


async def test_talk_in_reply_to_the_reminder_is_no_summary(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))

    answer = await says(town, wang, "收到", reply_to=last(wang, town))

    assert "已收" not in answer


@pytest.mark.parametrize("text", ["坑塘 已清理", "小广告 3处已清理", "好的", "出动人员很多"])
async def test_talk_about_work_is_no_report(town: Town, text: str) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))

    assert "已收" not in await says(town, wang, text)


async def test_errors_are_named_and_mended_by_a_line_within_two_hours_it_is_on_time(town: Town) -> None:
    wang, qian = await contact(town), await office(town)
    await until(town, at(4, 12, 9, 50))
    form = form_of(wang, town)

    first = await sends(town, wang, filled(form, {"出动人员": "三百", "户厕改造": None}))
    board = words(last(qian, town))
    await until(town, at(4, 12, 11, 40))
    second = await says(town, wang, "出动人员 300\n户厕 0")

    assert "已收·待更正" in first
    assert "D6 出动人员“三百”：应为数字（人次），没有填 0" in first
    assert "还没填（没有填 0）：D17 户厕改造" in first
    assert "延津县：已收·待更正" in board
    assert "✅ 已收齐，4月12日(周五)09:50，按时" in second


async def test_mended_later_it_is_late(town: Town) -> None:
    wang, qian = await contact(town), await office(town)
    await until(town, at(4, 12, 9, 50))
    await sends(town, wang, filled(form_of(wang, town), {"出动人员": "三百"}))
    await until(town, at(4, 12, 11, 51))

    receipt = await says(town, wang, "出动人员 300")

    assert "迟报" in receipt
    assert "延津县：迟报 4月12日(周五)11:51" in words(last(qian, town))


async def test_a_later_version_replaces_and_a_faulty_one_does_not(town: Town) -> None:
    wang, qian = await contact(town), await office(town)
    await until(town, at(4, 11, 15))
    form = form_of(wang, town)
    await sends(town, wang, filled(form, {"出动人员": 300}))
    await sends(town, wang, filled(form, {"出动人员": 350}))

    receipt = await sends(town, wang, filled(form, {"出动人员": "很多"}))

    assert "更正前仍按上一份统计" in receipt
    qian.presses(last(qian, town), "汇总表")
    await town.settle()
    book = openpyxl.load_workbook(io.BytesIO(bytes(last(qian, town).file.data)))
    cells = [cell.value for cell in book["本周"][4]]
    assert 350 in cells


async def test_next_week_s_form_carries_the_totals_on(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    await sends(town, wang, filled(form_of(wang, town), {"出动人员": 300}))

    await until(town, at(4, 18, 15))

    sheet = openpyxl.load_workbook(io.BytesIO(form_of(wang, town)))["周报表"]
    assert sheet["E6"].value == 300


async def test_a_scan_in_reply_is_filed_beside_the_figures(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    await sends(town, wang, filled(form_of(wang, town)))

    wang.sends_photo(town.bot, photo(seed=1), reply_to=last(wang, town))
    await town.settle()

    assert "已存扫描件（1份）" in words(last(wang, town))
    assert "✅ 已收齐" in words(last(wang, town))
    assert "超过 20 MB" not in words(last(wang, town))


async def test_every_file_of_a_report_is_in_the_store_byte_for_byte(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    sent = [filled(form_of(wang, town)), document(SUMMARY), photo(seed=1)]

    await sends(town, wang, sent[0])
    await sends(town, wang, sent[1], "小结.docx")
    await sends(town, wang, sent[2], "盖章.jpg", reply_to=last(wang, town))
    await sends(town, wang, b"%PDF-1.7", "盖章.pdf", reply_to=last(wang, town), size=21 * 1024 * 1024)

    assert "超过 20 MB" in words(last(wang, town))
    rows = await town.app.parts.desk.look(lambda work: work.connection.execute(select(kept_files)).all())
    assert [(row.state, row.fault) for row in rows] == [*[("stored", None)] * 3, ("by_reference", "too_big")]
    for row, data in zip(rows, sent, strict=False):
        assert row.sha256 == hashlib.sha256(data).hexdigest()
        assert (town.folder / "media" / row.file).read_bytes() == data
    assert rows[0].file.startswith("papers/weekly/2019-04-12/延津县/")
    assert [row.file[-5:] for row in rows[:2]] == [".xlsx", ".docx"]
    assert rows[2].file.endswith(".jpg")


async def test_a_scan_whose_words_are_marked_as_secret_afterwards_is_erased(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    scan = wang.sends_document(town.bot, photo(seed=1), "盖章.jpg", reply_to=last(wang, town))
    await town.settle()
    (kept,) = (town.folder / "media").rglob("*.jpg")

    wang.edits(scan, "机密★1年")
    await town.settle()

    assert not kept.exists()
    rows = await town.app.parts.desk.look(lambda work: work.connection.execute(select(kept_files)).all())
    assert rows == []


async def test_last_week_s_words_are_taken_over_by_a_tap_and_its_figures_never(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    await sends(town, wang, filled(form_of(wang, town)))
    await until(town, at(4, 18, 15))
    await says(town, wang, "出动人员 5")

    wang.presses(last(wang, town), "照上周文字")
    await town.settle()

    receipt = words(last(wang, town))
    assert "第2周" in receipt
    assert "已收·待更正" in receipt  # the other rows are still to be filled in
    assert "照上周文字" not in buttons(last(wang, town))


async def test_a_document_in_reply_to_an_entry_is_no_summary(town: Town) -> None:
    wang = await contact(town)
    leader = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    leader.sends_photo(town.bot, photo(seed=1), caption="延津县王楼镇任庄村村口垃圾堆，限3天")
    await town.settle()
    await town.passes(seconds=61)
    card = last(wang, town)

    answer = await sends(town, wang, document(SUMMARY), "整改情况.docx", reply_to=card)

    assert "周报" not in answer


# --- refused, each with its remedy --------------------------------------------------------------------


async def test_the_form_of_another_region_is_refused(town: Town) -> None:
    wang, li = await contact(town), await contact(town, "卫辉市", "李卫")
    await until(town, at(4, 11, 15))

    answer = await sends(town, wang, filled(form_of(li, town)))

    assert "这是卫辉市的表，您负责延津县" in answer


async def test_last_week_s_form_is_refused_when_that_week_is_complete(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    old = filled(form_of(wang, town))
    await sends(town, wang, old)
    await until(town, at(4, 18, 15))

    answer = await sends(town, wang, old)

    assert "这是第1周的表" in answer
    assert "现在报送第2周" in answer


async def test_last_week_s_form_is_taken_late_when_it_is_still_owed(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    old = filled(form_of(wang, town))
    await until(town, at(4, 18, 15))

    answer = await sends(town, wang, old)

    assert "第1周" in answer
    assert "迟报" in answer


async def test_every_slip_in_a_sheet_is_named_by_its_cell_with_what_to_do(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))

    def spoilt(sheet: Any) -> None:
        for cell, value in {"D6": "三百", "D7": -3, "D8": "=1+1", "D9": 3.125, "D13": 10**12}.items():
            sheet[cell] = value
        sheet["C9"] = "车"
        sheet.merge_cells("D10:D11")
        sheet["D12"] = None
        sheet.delete_rows(14)

    receipt = await sends(town, wang, filled(form_of(wang, town), change=spoilt))

    for line in (
        "已收·待更正",
        "D6 出动人员“三百”：应为数字（人次），没有填 0",
        "D7 出动机械车辆“-3”：不能是负数",
        "D8 清理生活垃圾“=1+1”：是公式，请直接填数字",
        "D9 清理建筑垃圾“3.125”：最多两位小数",
        "D10 清理积存垃圾点(卫生死角)“1”：单元格被合并，请取消合并后填数字",
        "D11 清理坑塘沟渠：单元格被合并，请取消合并后填数字",
        "D13 清理柴草堆粪堆土堆杂物“1000000000000”：数字太大，请核对",
        "还没填（没有填 0）：D12 治理污水横流、疏通排水",
        "表里少了这些行：拆除残垣断壁废弃棚舍。点「取表格」重填，或逐行回复",
        "改好整表重发，或只回复要改的行",
    ):
        assert line in receipt
    mended = await says(
        town, wang,
        "人员 300\n车辆 3\n生活垃圾 2吨\n建筑垃圾 3方\n卫生死角 1\n坑塘 2\n污水横流 0\n杂物 5\n残垣断壁 1",
    )  # fmt: skip
    assert "✅ 已收齐" in mended


async def test_a_file_that_cannot_be_read_is_answered_with_what_to_do(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    form = io.BytesIO(form_of(wang, town))
    with zipfile.ZipFile(form, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    other = io.BytesIO()
    openpyxl.Workbook().save(other)

    for data, name, remedy in (
        ("指标,本周\n".encode(), "周报表.csv", "请用机器人发的 .xlsx 表"),
        (form.getvalue(), "周报表.xlsm", "带宏，不能接收。请用 Excel 或 WPS 另存为"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "表.xlsx", "去掉打开密码"),
        (ole + b"\0" * 99, "表.xls", "另存为 .xlsx"),
        (b"PK\x03\x04", "表.xlsx", "打不开"),
        (other.getvalue(), "表.xlsx", "没有找到“指标”“本周”两列"),
    ):
        assert remedy in await sends(town, wang, data, name), name
    assert "文件太大" in await sends(town, wang, b"PK", size=21 * 1024 * 1024)
    rows = await town.app.parts.desk.look(lambda work: work.connection.execute(select(report_parts)).all())
    assert rows == []


async def test_a_document_that_is_marked_as_secret_is_not_kept(town: Town) -> None:
    wang = await contact(town)
    await until(town, at(4, 11, 15))

    written = docx.Document()
    written.sections[0].header.paragraphs[0].text = "机密★1年"
    written.add_paragraph(SUMMARY)
    out = io.BytesIO()
    written.save(out)

    answer = await sends(town, wang, out.getvalue(), "小结.docx")

    assert "⛔" in answer
    rows = await town.app.parts.desk.look(lambda work: work.connection.execute(select(report_parts)).all())
    assert rows == []


# --- the office ---------------------------------------------------------------------------------------


async def test_five_minutes_after_the_time_the_office_has_its_list_and_reminds_once_a_day(town: Town) -> None:
    wang, qian = await contact(town), await office(town)
    li = await contact(town, "卫辉市", "李卫")
    await until(town, at(4, 11, 15))
    await sends(town, wang, filled(form_of(wang, town)))

    await until(town, at(4, 12, 10, 5))
    board = next(message for message in reversed(new(qian, town)) if "催报" in buttons(message))
    pressed = qian.presses(board, "催报")
    await town.settle()
    again = qian.presses(board, "催报")
    await town.settle()

    assert "已报 1/8" in words(board)
    assert "卫辉市：未报" in words(board)
    assert not board.silent
    assert (await pressed.answered(timeout=5)).text == "已提醒 1 人。"
    assert "已经催过" in (await again.answered(timeout=5)).text
    assert "催报" in words(last(li, town))


async def test_the_board_of_the_other_track_is_not_mine(town: Town) -> None:
    await contact(town)
    qian = await office(town)
    city = await town.join("吴城", Role.OFFICE, track="district")
    await until(town, at(4, 12, 10, 5))

    assert "县(市)" in words(last(qian, town))
    assert "县(市)" not in words(last(city, town))


async def test_the_menu_word_gives_each_what_is_theirs(town: Town) -> None:
    wang, qian = await contact(town), await office(town)
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1")

    assert "延津县第1周" in await says(town, wang, "周报")
    assert last(wang, town).file is not None
    assert "第1周周报" in await says(town, qian, "周报")
    assert "没有这项操作的权限" in await says(town, inspector, "周报")
