"""A bulletin as a picture for the phone: what it is, the numbers in large, the table by region or by rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from PIL import Image, ImageDraw

from bot.documents.bulletin_words import day_of, last_day, midnight
from bot.domain.bulletins import RANKING_COLUMNS, REGION_COLUMNS, ranking_grid, rate, region_grid, resolved
from bot.media.fonts import BOLD, REGULAR, Fonts
from bot.media.lettering import draw_text, shorten, wrap
from bot.media.pipeline import encode

WIDTH: Final = 1080
"""At a phone's width, some 380 points, the smallest letters here are as large as a caption's."""
_MARGIN, _ROW, _HEAD, _TILE = 36, 74, 96, 150
_PAPER, _INK, _QUIET, _LINE, _BAND = "#ffffff", "#1f2529", "#59636b", "#d9dee2", "#f3f5f7"
_RED, _SIGN = "#b3261e", "#9a1f17"
_MARKED_REPORTS: Final = ("未报", "未报全")
KINDS: Final = {"weekly": "工作通报", "tenday": "旬查情况通报", "monthly": "月评通报"}
BEFORE: Final = {"weekly": "上周", "tenday": "上旬", "monthly": "上月"}
Values = Mapping[str, Any]


def phone_page(values: Values, *, fonts: Fonts) -> bytes:
    """The picture as a JPEG, 1080 wide, as high as it needs.

    Raises:
        FontMissing: there is nothing to write with.
    """
    head, rows = table(values)
    page = _Page(fonts, len(rows))
    page.title(values)
    page.tiles(_tiles(values))
    page.table(head, rows)
    page.foot(f"{values['signature']}　{_year(date.fromisoformat(values['day']))}")
    return encode(page.finished(), 90)


def table(values: Values) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows: the notice's order in the weekly one, the ranking's where regions are ranked.

    Figures that a person let stand against the ledger's are the ones that the paper prints.
    """
    differences = values.get("resolved", ())
    regions = resolved(region_grid(values), differences)
    if values["kind"] == "weekly" or values["ranking"] is None:
        return regions.head, list(regions.rows)
    ranked = resolved(ranking_grid(values), differences)
    unit = ranked.head.index(RANKING_COLUMNS["region"])
    beside = [regions.head.index(REGION_COLUMNS[key]) for key in ("found", "rate", "overdue")]
    by_region = {row[0]: tuple(row[at] for at in beside) for row in regions.rows}
    none = ("",) * len(beside)
    return (
        (*ranked.head, *(regions.head[at] for at in beside)),
        [(*row, *by_region.get(row[unit], none)) for row in ranked.rows],
    )


def _tiles(values: Values) -> list[tuple[str, str, str, bool]]:
    """Label, number, the one of the window before, whether it is marked."""
    totals, last = values["figures"]["totals"], values["figures"]["last"]
    before = BEFORE[values["kind"]]

    def of(label: str, now: str, then: str, *, marked: bool = False) -> tuple[str, str, str, bool]:
        return label, now, f"{before} {then}" if then else "", marked

    def count(label: str, key: str) -> tuple[str, str, str, bool]:
        marked = key == "overdue" and totals[key] > 0
        return of(label, f"{totals[key]}", "" if last is None else f"{last[key]}", marked=marked)

    share = rate(last["closed"], last["due"]) if last is not None else ""
    return [
        count("发现问题", "found"),
        count("销号", "done"),
        of("到期整改率", rate(totals["closed"], totals["due"]), "" if share == "—" else share),
        count("逾期", "overdue"),
    ]


def _year(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _span(values: Values) -> str:
    cut = datetime.fromisoformat(values["cut"])
    hour = f"{day_of(cut.date())}{cut.hour}时" if cut.hour or cut.minute else midnight(cut)
    return f"{day_of(date.fromisoformat(values['first']))}至{day_of(last_day(cut))}，数据截至{hour}"


class _Page:
    def __init__(self, fonts: Fonts, rows: int) -> None:
        self._fonts = fonts
        self._page = Image.new("RGB", (WIDTH, 900 + rows * _ROW), _PAPER)
        self._draw = ImageDraw.Draw(self._page)
        self._y = 0

    def finished(self) -> Image.Image:
        return self._page.crop((0, 0, WIDTH, min(self._page.height, self._y + _MARGIN // 2)))

    def _text(
        self, x: float, y: float, text: str, size: int, weight: int, ink: str = _INK, *, align: str = "left"
    ) -> None:
        draw_text(self._draw, (x, y), text, self._fonts.face(size, weight), ink, align=align)

    def _fitting(self, text: str, size: int, weight: int, room: float) -> int:
        """The size at which a text fits; not below two thirds."""
        while size > 20 and self._fonts.face(size, weight).width(text) > room:
            size -= 2
        return size

    def title(self, values: Values) -> None:
        room = WIDTH - 2 * _MARGIN
        words = f"{values['track']}{values['label']}{KINDS[values['kind']]}"
        symbol = f"第{values['number']}期"
        if values["correction"]:
            before = values["correction_of"]
            symbol += f"（更正第{before}期）" if before else "（更正）"
        lines = wrap(words, self._fonts.face(60, BOLD), room, lines=2)
        high = 96 + 80 * len(lines) + 70
        self._draw.rectangle((0, 0, WIDTH, high), fill=_SIGN)
        self._y = 68
        campaign = shorten(values["campaign"], self._fonts.face(34), room - 180)
        self._text(_MARGIN, self._y, campaign, 34, REGULAR, "#f4d9d6")
        if values["draft"]:
            self._text(WIDTH - _MARGIN, self._y, "代拟稿", 34, BOLD, "#ffe08a", align="right")
        for line in lines:
            self._y += 78
            self._text(_MARGIN, self._y, line, 60, BOLD, "#ffffff")
        self._y += 60
        under = f"{symbol}　{_span(values)}"
        size = self._fitting(under, 34, REGULAR, room)
        self._text(_MARGIN, self._y, under, size, REGULAR, "#f4d9d6")
        self._y = high + 16

    def tiles(self, tiles: Sequence[tuple[str, str, str, bool]]) -> None:
        wide = (WIDTH - 2 * _MARGIN) / len(tiles)
        for at, (label, number, before, marked) in enumerate(tiles):
            middle = _MARGIN + (at + 0.5) * wide
            size = self._fitting(number, 64, BOLD, wide - 16)
            self._text(middle, self._y + 70, number, size, BOLD, _RED if marked else _INK, align="middle")
            self._text(middle, self._y + 112, label, 32, REGULAR, _QUIET, align="middle")
            self._text(middle, self._y + 148, before, 26, REGULAR, _QUIET, align="middle")
        self._y += _TILE + 24

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        lefts, wides = _columns(head)
        self._draw.rectangle((0, self._y, WIDTH, self._y + _HEAD), fill=_BAND)
        for left, wide, word in zip(lefts, wides, head, strict=True):
            broken = [word[:2], word[2:]] if len(word) > 3 else [word]
            base = self._y + (58 if len(broken) == 1 else 42)
            for line in broken:
                self._text(left + wide / 2, base, line, 28, REGULAR, _QUIET, align="middle")
                base += 36
        self._y += _HEAD
        for row in rows:
            for left, wide, word, name in zip(lefts, wides, row, head, strict=True):
                marked = _marked(name, word)
                weight = BOLD if marked or name == RANKING_COLUMNS["region"] else REGULAR
                size = self._fitting(word, 34, weight, wide - 8)
                ink = _RED if marked else _INK
                self._text(left + wide / 2, self._y + 49, word, size, weight, ink, align="middle")
            self._y += _ROW
            self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_LINE, width=2)

    def foot(self, words: str) -> None:
        self._y += 58
        size = self._fitting(words, 32, REGULAR, WIDTH - 2 * _MARGIN)
        self._text(WIDTH - _MARGIN, self._y, words, size, REGULAR, _QUIET, align="right")
        self._y += 20


def _columns(head: Sequence[str]) -> tuple[list[float], list[float]]:
    shares = [2.0 if word == RANKING_COLUMNS["region"] else 1.5 if len(word) > 4 else 1.0 for word in head]
    room = WIDTH - 2 * _MARGIN
    wides = [room * share / sum(shares) for share in shares]
    return [_MARGIN + sum(wides[:at]) for at in range(len(wides))], wides


def _marked(name: str, word: str) -> bool:
    """逾期 above 0 and 未报 alone are marked."""
    if name == REGION_COLUMNS["overdue"]:
        return word not in ("0", "", "—")
    return name == REGION_COLUMNS["report"] and word in _MARKED_REPORTS
