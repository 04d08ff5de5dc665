"""The roster 花名册: reading the .xlsx that an office sends, and the page of personal links to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup, escape

from bot.documents.office_files import workbook
from bot.services.people.roster import MOST_LINES
from bot.services.people.roster_cells import Line
from bot.texts.catalogue import Catalogue
from bot.texts.html import plain

HEADER_WITHIN: Final = 5
"""A title may stand above the header: it is looked for in so many rows."""
WIDEST: Final = 26
PAPER: Final = "zh"

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("姓名",),
    "post": ("单位及职务", "单位职务", "职务", "单位及职务(职称)"),
    "identity": ("身份", "角色"),
    "scope": ("组/县", "组县", "组或县", "组/县区", "所属组/县", "组别", "县区", "组", "县"),
}


class NotARoster(Exception):
    """A workbook, but not with the columns 姓名 and 身份."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: the lines, and in which column each field stands."""

    lines: Sequence[Line]
    columns: dict[str, str]


def read(data: bytes) -> Sheet:
    """The lines of a roster's first sheet with the columns 姓名, 单位及职务, 身份, 组/县, in any order.

    Raises:
        OfficeFileError: it cannot be read, and why.
        NotARoster: see there.
    """
    with workbook(data) as (book, _):
        for sheet in book.worksheets:
            found = _sheet(sheet)
            if found is not None:
                return found
    raise NotARoster


def _sheet(sheet: Any) -> Sheet | None:
    rows = _rows(sheet)
    at: dict[str, int] = {}
    for number, cells in rows:
        if number > HEADER_WITHIN:
            return None
        at = _columns(cells)
        if {"name", "identity"} <= at.keys():
            break
    else:
        return None
    lines: list[Line] = []
    for number, cells in rows:
        values = {field: cells[place] if place < len(cells) else "" for field, place in at.items()}
        if not any(values.values()):
            continue
        lines.append(
            Line(
                number,
                values["name"].replace(" ", "") if values["name"] else "",
                values.get("post", ""),
                values["identity"],
                values.get("scope", ""),
            )
        )
        if len(lines) > MOST_LINES:
            break
    columns = {field: chr(ord("A") + place) for field, place in at.items()}
    # an error about a column that the file does not have is named by the name's cell
    return Sheet(lines, {field: columns.get(field, columns["name"]) for field in HEADINGS})


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(max_col=WIDEST, values_only=True), 1):
        yield number, [_text(value) for value in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _columns(cells: Sequence[str]) -> dict[str, int]:
    plain = [cell.replace(" ", "").replace("（", "(").replace("）", ")").strip("*：:") for cell in cells]
    found: dict[str, int] = {}
    for field, names in HEADINGS.items():
        for name in names:
            if name in plain:
                found[field] = plain.index(name)
                break
    return found


# --- the page ----------------------------------------------------------------------------------------

_STYLE: Final = """
@page{size:A4;margin:14mm}
*{box-sizing:border-box}
body{font:15px/1.5 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#1b2430;margin:0 auto;
max-width:900px;padding:12px}
section{break-after:page}section:last-child{break-after:auto}
h1{font-size:18px;margin:0 0 2px}h2{font-size:24px;margin:0 0 6px}
.note{color:#55606e;font-size:13px;margin:0 0 12px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(380px,1fr));gap:10px}
.card{border:1px solid #9aa5b1;border-radius:6px;padding:10px;display:flex;gap:12px;break-inside:avoid}
.card svg{width:128px;height:128px;flex:none}
.name{font-size:19px;font-weight:700}.role{font-weight:600}
.link{font:11px/1.35 ui-monospace,monospace;word-break:break-all;color:#33415c}
@media(max-width:460px){.cards{grid-template-columns:1fr}}
"""


def page(catalogue: Catalogue, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """One self-contained page of personal links: a sheet of paper per unit, a card with QR code per person.

    `values`: `campaign`, `until` (ISO 8601), and `links`, each with `unit`, `name`, `post`, `title` (see
    `services.titles`), `link`. A paper for offices: always Chinese.
    """
    units: dict[str, list[Mapping[str, Any]]] = {}
    for one in values["links"]:
        units.setdefault(one["unit"], []).append(one)
    sections = Markup("").join(_section(catalogue, values, unit, people) for unit, people in units.items())
    html = (
        Markup(
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            "<title>{campaign} 邀请</title><style>"
        ).format(campaign=values["campaign"])
        + Markup(_STYLE)  # our own words
        + Markup("</style></head><body>")
        + sections
        + Markup("</body></html>")
    )
    return "roster.html", str(html).encode()


def _section(
    catalogue: Catalogue, values: Mapping[str, Any], unit: str, people: Sequence[Mapping[str, Any]]
) -> Markup:
    cards = Markup("").join(_card(catalogue, one) for one in people)
    return Markup(
        "<section><h1>{campaign}</h1><h2>{unit}（{count}人）</h2>"
        '<p class="note">每人一个链接，只能用一次，{until}前有效。请扫自己的二维码或打开自己的链接，'
        "点「开始」，阅读红线后点「我已知晓」。链接请勿转给他人。</p>"
        '<div class="cards">{cards}</div></section>'
    ).format(
        campaign=values["campaign"],
        unit=unit or "其他",
        count=len(people),
        until=catalogue.day(values["until"], PAPER),
        cards=cards,
    )


def _card(catalogue: Catalogue, one: Mapping[str, Any]) -> Markup:
    import segno

    code = segno.make(one["link"], error="m", micro=False)
    drawn = Markup(code.svg_inline(scale=1, border=2, omitsize=True))  # drawn by us
    return Markup(
        '<div class="card">{code}<div><div class="name">{name}</div><div>{post}</div>'
        '<div class="role">{role}</div><div class="link">{link}</div></div></div>'
    ).format(
        code=drawn,
        name=one["name"],
        post=escape(one["post"]),
        role=plain(catalogue.text(PAPER, "people.title", one["title"])),
        link=one["link"],
    )
