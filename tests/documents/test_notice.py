"""督办通知 and 现场交办单 as documents: what stands on them, and what people may write breaks nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document

from bot.documents import notice

ITEM = {
    "number": "县1-0412-01",
    "spot": "王楼镇·任庄村·村口",
    "problem": "垃圾堆",
    "due": "2019-04-15T18:00:00+08:00",
}
VALUES: dict[str, Any] = {
    "region": "延津县",
    "you": "你县",
    "office": False,
    "sender": "市城乡环境整治百日攻坚行动县(市)第一督查小组",
    "sender_short": "县(市)第一督查小组",
    "day": "2019-04-12",
    "items": [ITEM, {**ITEM, "number": "县1-0412-02"}],
}


def read(data: bytes) -> tuple[list[str], list[list[list[str]]]]:
    """The paragraphs and the tables of a document."""
    document = Document(BytesIO(data))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [one.text for one in document.paragraphs], tables


def test_a_notice_has_a_line_an_entry_and_room_for_names() -> None:
    name, data = notice.make(VALUES)

    words, (items, signed) = read(data)
    assert name == "督办通知_延津县_2019-04-12.docx"
    assert items[1] == ["1", "县1-0412-01", "王楼镇·任庄村·村口", "垃圾堆", "4月15日\n（周一）18:00"]
    assert len(items) == 3
    assert signed[0] == ["交办人", "接收人（签收）", "反馈"]
    assert "县（市）第一督查小组在你县督导检查中发现2个问题，现予交办，请按期整改。" in "".join(words)
    assert "2019年4月12日" in words


def test_an_offices_notice_tells_of_no_visit() -> None:
    values = {**VALUES, "office": True, "sender": "市环境整治攻坚办", "sender_short": "市环境整治攻坚办"}

    _, data = notice.make(values)

    words, _ = read(data)
    assert "督查小组" not in "".join(words)
    assert "督导检查" not in "".join(words)


def test_a_slip_has_every_field_of_the_form() -> None:
    values = {**VALUES, **ITEM, "at": "2019-04-12T09:20:00+08:00"}

    name, data = notice.make_slip(values)

    _, (form,) = read(data)
    assert name == "现场交办单_县1-0412-01.docx"
    assert [row[0] for row in form] == [
        "编号", "交办时间", "督查组", "受交办单位", "点位", "存在问题", "整改要求", "整改时限", "交办人",
        "接收人（签收）", "反馈",
    ]  # fmt: skip
    assert form[1][1] == "4月12日（周五）09:20"


def test_odd_marks_in_a_caption_break_no_document() -> None:
    item = {**ITEM, "problem": "垃圾<b>&\x00\x0b🗑️" * 20, "spot": "{{ v }}"}

    _, data = notice.make({**VALUES, "items": [item]})

    assert "{{ v }}" in read(data)[1][0][1]
