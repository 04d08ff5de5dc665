"""The ten-day papers of a group: the drafted 督导报告 (.docx) and the 问题台账 with thumbnails (.xlsx)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from bot.documents.ledger_rows import Words, risky
from bot.documents.official import Block, Paper, Table, Text, chinese, docx
from bot.documents.official_pdf import pdf
from bot.media.errors import StoreError
from bot.media.store import PhotoStore, derived_path
from bot.texts.papers import paragraphs, sentence

A4: Final = 9
REMARKS: Final = ("overview", "good", "bad", "advice")
HEADS: Final = (
    ("序号", 5.0), ("问题编号", 12.0), ("检查日期", 9.5), ("县(市、区)乡镇·村·点位", 20.0),
    ("问题类别", 10.0), ("问题描述", 22.0), ("整改前", 15.0), ("整改后", 15.0),
    ("交办方式", 9.0), ("整改时限", 10.0),
    ("责任领导(县级)/具体责任人(科级)", 13.0), ("整改情况", 16.0), ("是否销号(日期)", 10.0), ("备注", 10.0),
)  # fmt: skip
PICTURE_HEIGHT: Final = 84
"""Of a row with thumbnails, in points."""
PICTURE_PIXELS: Final = (104, 104)
MOST_IN_A_CELL: Final = 32_000


def report(words: Words, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The draft of a group's 督导报告 as .docx; `values` as `report_paper` takes them."""
    return "督导报告.docx", docx(report_paper(words, values))


def report_pdf(words: Words, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The same as PDF."""
    return "督导报告.pdf", pdf(report_paper(words, values))


def report_paper(words: Words, values: Mapping[str, Any]) -> Paper:
    """The draft of a group's 督导报告; what a person must write is marked.

    `values`: `office`, `title`, `group`, `campaign`, `period`, `day` (ISO), `numbers`, `texts`, `regions`.
    """
    first, last = (date.fromisoformat(values["period"][key]) for key in ("first", "last"))
    values = {**values, "office": chinese(values["office"]), "title": chinese(values["title"])}
    said = {**values, "span": f"{_day(first)}至{_day(last)}"}
    blocks: list[Block] = [Text(one) for one in paragraphs("tenday.opening", said)]
    blocks.append(Text(sentence("tenday.head_numbers", said), level=1))
    blocks += [Text(one) for one in paragraphs("tenday.numbers", said)]
    kinds = values["numbers"]["categories"]
    if kinds:
        rows = tuple((words.of("categories", key), str(count)) for key, count in kinds)
        blocks.append(Table((sentence("tenday.head_kinds", said), "个数"), rows, (78.0, 78.0)))
    for rank, region in enumerate(values["regions"], 1):
        blocks.append(Text(f"（{_NUMERALS[rank - 1]}）{region['region']}", level=2))
        lines = [{**line, "category": words.category(line["category"])[1]} for line in region["lines"]]
        blocks += [Text(one) for one in paragraphs("tenday.region", {**region, "lines": lines})]
    for key in REMARKS:
        blocks.append(Text(sentence(f"tenday.head_{key}", said), level=1))
        remarks = str(values["texts"].get(key, "")).splitlines()
        if remarks:
            blocks += [Text(line) for line in remarks if line.strip()]
        elif key == "overview":
            blocks.append(Text(sentence("tenday.to_write", said), draft=True))
        else:
            blocks.pop()  # an empty heading says nothing
    return Paper(
        title=(f"{values['title']}", sentence("tenday.title", said)),
        addressee=sentence("tenday.addressee", said),
        blocks=tuple(_renumbered(blocks)),
        signature=values["title"],
        day=date.fromisoformat(values["day"]),
        enclosed=(sentence("tenday.attachment", said),),
    )


_NUMERALS: Final = "一二三四五六七八九十"


def _renumbered(blocks: Sequence[Block]) -> list[Block]:
    """First-level headings count on without gaps, whichever of them are there."""
    found: list[Block] = []
    rank = 0
    for block in blocks:
        if isinstance(block, Text) and block.level == 1:
            words = block.words.partition("、")[2]
            block = Text(f"{_NUMERALS[rank]}、{words}", level=1, draft=block.draft)
            rank += 1
        found.append(block)
    return found


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


# --- the ledger ---------------------------------------------------------------------------------------


def ledger(words: Words, store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """附件3 of a period, A4 across, a before and an after picture beside each entry.

    `values`: `campaign`, `title`, `period`, `made` (ISO), `rows`.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        _Ledger(book, words, lambda file: _thumbnail(store, file), values).write()
    return "问题台账.xlsx", buffer.getvalue()


def _thumbnail(store: PhotoStore, file: str | None) -> bytes | None:
    """The small picture of a photo; None where there is none at hand."""
    if not file:
        return None
    try:
        return store.get(derived_path(file, "thumbnail"))
    except StoreError:
        return None


class _Ledger:
    FIRST = 3

    def __init__(
        self,
        book: Any,
        words: Words,
        picture: Callable[[str | None], bytes | None],
        values: Mapping[str, Any],
    ) -> None:
        self.words, self.picture, self.values = words, picture, values
        body = {"font_name": "宋体", "font_size": 9, "valign": "vcenter", "border": 1, "text_wrap": True}
        add = book.add_format
        self.title = add({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
        self.mark = add({"font_name": "宋体", "font_size": 9, "font_color": "#C00000"})
        self.head = add({**body, "bold": True, "align": "center", "bg_color": "#F2F2F2"})
        self.body = add(body)
        self.middle = add({**body, "align": "center"})
        self.quoted = add({**body, "quote_prefix": True})
        self.warn = add({**body, "align": "center", "font_color": "#C00000"})
        self.sheet = book.add_worksheet("问题台账")

    def write(self) -> None:
        sheet, values, last = self.sheet, self.values, len(HEADS) - 1
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(self.FIRST - 1)
        sheet.freeze_panes(self.FIRST, 2)
        period = values["period"]
        first, end = (date.fromisoformat(period[key]) for key in ("first", "last"))
        title = f"{values['title']}{period['label']}问题台账（{_day(first)}—{_day(end)}）"
        sheet.merge_range(0, 0, 0, last, title, self.title)
        sheet.set_row(0, 28)
        made = datetime.fromisoformat(values["made"])
        mark = f"仅供工作使用 · {values['title']} · {made:%Y-%m-%d %H:%M}"
        sheet.write_string(1, 0, mark, self.mark)
        sheet.set_footer(f"&L&8{mark.replace('&', '&&')}&R&8第 &P 页 共 &N 页")
        for column, (head, width) in enumerate(HEADS):
            sheet.set_column(column, column, width)
            sheet.write_string(self.FIRST - 1, column, head, self.head)
        sheet.set_row(self.FIRST - 1, 36)
        for number, row in enumerate(values["rows"], 1):
            self._row(self.FIRST + number - 1, number, row)
        if not values["rows"]:
            sheet.merge_range(self.FIRST, 0, self.FIRST, last, "本旬没有登记问题", self.middle)

    def _row(self, at: int, number: int, row: Mapping[str, Any]) -> None:
        words, sheet = self.words, self.sheet
        found = datetime.fromisoformat(row["found_at"])
        closed = datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None
        due = datetime.fromisoformat(row["deadline"]) if row["deadline"] else None
        main, sub = words.category(row["category"])
        officers = "/".join(name for name in (row["leader"], row["officer"]) if name)
        remarks = []
        if row["warnings"]:
            remarks.append(f"警示{row['warnings']}次")
        if row["late"]:
            remarks.append(f"逾期{row['late']}天")
        cells = [
            (row["number"] or "", self.middle),
            (_day(found.date()), self.middle),
            ("·".join(part for part in (row["region"], row["spot"]) if part), self.body),
            (sub if sub != main and sub else main, self.middle),
            (row["problem"], self.body),
            ("", self.middle),
            ("", self.middle),
            (words.of("handlings", row["handling"]), self.middle),
            (_day(due.date()) if due else "", self.middle),
            (officers, self.body),
            (row["measures"] or words.of("states", row["state"]), self.body),
            (f"是（{_day(closed.date())}）" if closed else "否", self.middle),
            ("；".join(remarks), self.warn),
        ]
        sheet.set_row(at, PICTURE_HEIGHT if row["before"] or row["after"] else 40)
        sheet.write_number(at, 0, number, self.middle)
        for column, (text, style) in enumerate(cells, 1):
            sheet.write_string(
                at, column, str(text)[:MOST_IN_A_CELL], self.quoted if risky(str(text)) else style
            )
        for column, key in ((6, "before"), (7, "after")):
            self._picture(at, column, row[key])

    def _picture(self, row: int, column: int, file: str | None) -> None:
        data = self.picture(file)
        if data is None:
            if file:
                self.sheet.write_string(row, column, "（照片未下载）", self.middle)
            return
        width, height = _size(data)
        scale = min(PICTURE_PIXELS[0] / width, PICTURE_PIXELS[1] / height)
        self.sheet.insert_image(
            row, column, "photo.jpg",
            {"image_data": io.BytesIO(data), "x_scale": scale, "y_scale": scale, "x_offset": 4, "y_offset": 4,
             "object_position": 1},
        )  # fmt: skip


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        return picture.size
