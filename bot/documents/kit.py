"""专题片素材包: the paper of leads by route, and parts of files with a list that is true of them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from bot.documents.ledger_rows import Words
from bot.documents.official import Attachment, Paper, Picture, Table, Text, docx
from bot.documents.pictures import clean_copy
from bot.domain.positions import to_gcj02
from bot.media.errors import PhotoMissing, PhotoRefused, StoreError
from bot.media.store import PhotoStore, safe_part
from bot.texts.papers import paragraphs, sentence

LIST: Final = "素材清单.xlsx"
LEADS: Final = "线索清单.docx"
LONG_SIDE: Final = 4096
"""What is made anew keeps the size of a telephone's picture."""
PHOTO: Final = 62.0
"""Millimetres: three pictures stand on a page."""
NUMERALS: Final = "一二三四五六七八九十"
HEAD: Final = ("序号", "地点", "问题", "现状", "素材")
WIDTHS: Final = (11.0, 41.0, 45.0, 37.0, 22.0)
COLUMNS: Final = (
    ("序号", 6), ("文件名", 34), ("问题编号", 16), ("地点", 34), ("前/后", 8), ("类型", 8),
    ("大小（字节）", 13), ("SHA-256", 24), ("说明", 24),
)  # fmt: skip


# --- 线索清单 -------------------------------------------------------------------------------------------


def make_leads(words: Words, store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The leads as .docx; `values` as `services.kits.making.leads` gives them."""
    return LEADS, docx(leads(words, store, values))


def leads(words: Words, store: PhotoStore, values: Mapping[str, Any]) -> Paper:
    """The paper: region by region a table in the order of driving, the pictures on pages behind."""
    blocks: list[Text | Table | Picture] = [Text(one) for one in paragraphs("kit.opening", values)]
    regions: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for rank, one in enumerate(values["leads"], 1):
        regions.setdefault(one["region"], []).append((rank, one))
    for at, (region, own) in enumerate(regions.items()):
        numeral = NUMERALS[at] if at < len(NUMERALS) else str(at + 1)
        blocks.append(Text(f"{numeral}、{region}（{len(own)}处）", level=1))
        rows = tuple(
            (str(rank), _place(one), _problem(words, one), _stands(one), _files(one)) for rank, one in own
        )
        blocks.append(Table(HEAD, rows, WIDTHS))
    blocks += [Text(one, small=True) for one in paragraphs("kit.notes", values)]
    pictures = tuple(_pictures(store, values["leads"]))
    return Paper(
        title=paragraphs("kit.title", values),
        under_title=sentence("kit.under", values),
        blocks=tuple(blocks),
        signature=values["office"],
        day=date.fromisoformat(values["day"]),
        attachments=(Attachment("线索照片", pictures),) if pictures else (),
        note=values["mark"],
    )


def _place(one: Mapping[str, Any]) -> str:
    away = "" if one["metres"] is None else f"（距上一处约{one['metres'] / 1000:.1f}公里）"
    return f"{one['place'] or '（见问题描述）'}{away}"


def _problem(words: Words, one: Mapping[str, Any]) -> str:
    kind = words.of("categories", one["category"]) if one["category"] else ""
    return f"{one['problem'] or kind or '—'}（{one['number']}）"


def _stands(one: Mapping[str, Any]) -> str:
    facts = {
        "state": one["state"],
        "found": _day(one["day"]),
        "late": one["late"],
        "returns": one["returns"],
        "again": one["again"],
        "warned": one["warned"],
    }
    return sentence("kit.stands", facts)


def _files(one: Mapping[str, Any]) -> str:
    return sentence("kit.files", {"photos": one["photos"], "films": one["films"]})


def _day(value: str | None) -> str:
    if value is None:
        return ""
    day = date.fromisoformat(value)
    return f"{day.month}月{day.day}日"


def _pictures(store: PhotoStore, found: Iterable[Mapping[str, Any]]) -> Iterable[Text | Picture]:
    """The first picture of each lead; one that has gone missing is said, the rest goes on."""
    for rank, one in enumerate(found, 1):
        caption = f"{rank}. {one['region']}{one['place']}（{one['number']}）{_where(one)}"
        if one["picture"] is None:
            continue
        try:
            yield Picture(clean_copy(store.get(one["picture"]["file"])), caption, height=PHOTO)
        except (StoreError, PhotoRefused):
            yield Text(f"{caption}：照片缺失，未附。")


def _where(one: Mapping[str, Any]) -> str:
    """The position as maps made in China draw it, longitude first: what is typed into one."""
    if not one["position"]:
        return ""
    latitude, longitude = to_gcj02(*one["position"])
    return f"，高德坐标{longitude:.5f},{latitude:.5f}"


# --- a part ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Put:
    """A file of a kit as it was put in, or the reason why it was not."""

    name: str
    size: int
    sha256: str
    said: str


def make_part(store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """A part as a zip: its files and the list of just these; whole, or not at all.

    Raises:
        StoreError: the store cannot be read now; a single file that is gone stands in the list.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        found = put_in(store, values["files"], packed.writestr)
        packed.writestr(LIST, listed(values, found))
    return f"素材-{values['kit']}-{values.get('part', 1)}.zip", buffer.getvalue()


def put_in(
    store: PhotoStore, files: Iterable[Mapping[str, Any]], add: Callable[[str, bytes], Any]
) -> list[Put]:
    """Put each file in under a name of its own; what tells of a covert visit leaves without it.

    Raises:
        StoreError: the store cannot be read now.
    """
    found: list[Put] = []
    taken: set[str] = set()
    for one in files:
        name = _fresh(one["name"], taken)
        try:
            data = store.get(one["file"])
        except PhotoMissing:
            found.append(Put(name, 0, "", "缺失：照片库里没有，可从备份补回后重新生成"))
            continue
        same = hashlib.sha256(data).hexdigest() == one["sha256"] or not one["sha256"]
        said = "" if same else "与入库时不同"
        if one["anew"]:
            try:
                data = clean_copy(data, long_side=LONG_SIDE)
            except PhotoRefused:
                found.append(Put(name, 0, "", "未附：无法去除拍摄信息"))
                continue
            name, said = _as_jpeg(name), "已去除拍摄时间和位置"
        add(name, data)
        found.append(
            Put(name, len(data), hashlib.sha256(data).hexdigest(), said or ("原件" if same else said))
        )
    return found


def _fresh(name: str, taken: set[str]) -> str:
    """A name that every file system takes and no other file has."""
    path = PurePath(name)
    stem, suffix = safe_part(path.stem), path.suffix.lower()
    fresh, count = f"{stem}{suffix}", 1
    while fresh in taken:
        count += 1
        fresh = f"{stem}-{count}{suffix}"
    taken.add(fresh)
    return fresh


def _as_jpeg(name: str) -> str:
    return str(PurePath(name).with_suffix(".jpg"))


def listed(values: Mapping[str, Any], found: Sequence[Put], *, title: str = "") -> bytes:
    """The list: a line a file, also for those that could not be put in; `title` of what is no kit's."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        large = book.add_format({"font_name": "黑体", "font_size": 14})
        head = book.add_format({"font_name": "黑体", "font_size": 10.5, "border": 1, "bg_color": "#F2F2F2"})
        cell = book.add_format({"font_name": "宋体", "font_size": 10.5, "border": 1, "text_wrap": True})
        gone = book.add_format(
            {"font_name": "宋体", "font_size": 10.5, "border": 1, "text_wrap": True, "font_color": "#C00000"}
        )
        sheet = book.add_worksheet("照片清单" if title else "素材清单")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        part = f"（第{values['part']}部分，共{values['parts']}部分）" if values.get("parts", 1) > 1 else ""
        sheet.write_string(0, 0, f"{title or values['month'] + '专题片素材清单'}{part}", large)
        sheet.write_string(1, 0, values["mark"])
        sheet.set_footer(f"&L&8{values['mark'].replace('&', '&&')}&R&8第 &P 页 共 &N 页")
        for column, (name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, name, head)
        for row, (one, put) in enumerate(zip(values["files"], found, strict=True), 3):
            form = cell if put.size else gone
            sheet.write_number(row, 0, row - 2, form)
            texts = (
                put.name, one["number"], one["place"], "整改前" if one["side"] == "before" else "整改后",
                "视频" if one["film"] else "照片",
            )  # fmt: skip
            for column, text in enumerate(texts, 1):
                sheet.write_string(row, column, text, form)
            sheet.write_number(row, 6, put.size, form)
            sheet.write_string(row, 7, put.sha256, form)
            sheet.write_string(row, 8, put.said, form)
    return buffer.getvalue()
