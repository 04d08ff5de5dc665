"""The picture of 「概况」 for a phone: the numbers with fractions, regions, categories, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.media.fonts import BOLD, REGULAR, Fonts
from bot.media.lettering import draw_text, shorten, wrap
from bot.media.pipeline import encode

WIDTH = 1080
_MARGIN = 40
_PAPER, _INK, _QUIET, _LINE, _BAND, _BAR = "#ffffff", "#1f2529", "#59636b", "#d9dee2", "#f3f5f7", "#2f6690"
_ROW, _BARS = 64, 300


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number: what it is, the number, and the fraction behind it."""

    name: str
    value: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class OverviewWords:
    """Every word of the card, in its reader's language.

    `heads` and `rows` are the table of regions in the notice's order, `categories` names with counts, the
    most frequent first; `weeks` the days under the bars with found and closed.
    """

    title: str
    subtitle: str
    tiles: tuple[Tile, ...]
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    categories_title: str = ""
    categories: tuple[tuple[str, int], ...] = ()
    weeks_title: str = ""
    found: str = ""
    closed: str = ""
    weeks: tuple[tuple[str, int, int], ...] = ()


def overview_card(words: OverviewWords, *, fonts: Fonts) -> bytes:
    """The card as a JPEG, 1080 wide, as high as it needs.

    Raises:
        FontMissing: there is nothing to write with.
    """
    sheet = _Card(fonts, 1500 + _ROW * (len(words.rows) + len(words.categories)))
    sheet.head(words.title, words.subtitle)
    sheet.tiles(words.tiles)
    if words.rows:
        sheet.table(words.heads, words.rows)
    if words.categories:
        sheet.bars(words.categories_title, words.categories)
    if len(words.weeks) > 1:
        sheet.weeks(words.weeks_title, words.found, words.closed, words.weeks)
    return encode(sheet.finished(), 90)


class _Card:
    def __init__(self, fonts: Fonts, height: int) -> None:
        self._fonts = fonts
        self._page = Image.new("RGB", (WIDTH, height), _PAPER)
        self._draw = ImageDraw.Draw(self._page)
        self._y = _MARGIN

    def finished(self) -> Image.Image:
        return self._page.crop((0, 0, WIDTH, min(self._page.height, self._y + _MARGIN)))

    def head(self, title: str, subtitle: str) -> None:
        room = WIDTH - 2 * _MARGIN
        for line in wrap(title, self._fonts.face(56, BOLD), room, lines=2):
            self._y += 58
            self._text(_MARGIN, self._y, line, 56, BOLD)
            self._y += 16
        self._y += 34
        self._text(_MARGIN, self._y, shorten(subtitle, self._fonts.face(34), room), 34, REGULAR, _QUIET)
        self._y += 26
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_INK, width=3)

    def tiles(self, tiles: Sequence[Tile]) -> None:
        """Four in a row."""
        wide = (WIDTH - 2 * _MARGIN) // 4
        for at, tile in enumerate(tiles):
            if at % 4 == 0:
                self._y += 24
            left, top = _MARGIN + (at % 4) * wide, self._y
            room = wide - 16
            size = next((s for s in (64, 54, 46, 38) if self._width(tile.value, s) <= room), 34)
            self._text(left, top + 62, tile.value, size, BOLD)
            self._text(left, top + 108, shorten(tile.name, self._fonts.face(30), room), 30, REGULAR, _INK)
            if tile.under:
                self._text(
                    left, top + 146, shorten(tile.under, self._fonts.face(28), room), 28, REGULAR, _QUIET
                )
            if at % 4 == 3 or at == len(tiles) - 1:
                self._y += 160
        self._rule()

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Regions in the notice's order: never a ranking."""
        rights = [WIDTH - _MARGIN - 190 * (len(heads) - 1 - at) for at in range(1, len(heads))]
        self._y += 52
        self._text(_MARGIN, self._y, heads[0], 30, REGULAR, _QUIET)
        for right, head in zip(rights, heads[1:], strict=True):
            self._text(right, self._y, head, 30, REGULAR, _QUIET, align="right")
        self._y += 14
        for number, row in enumerate(rows):
            if number % 2 == 0:
                self._draw.rectangle((0, self._y, WIDTH, self._y + _ROW), fill=_BAND)
            room = rights[0] - _MARGIN - 150
            self._text(_MARGIN, self._y + 44, shorten(row[0], self._fonts.face(36), room), 36, REGULAR)
            for right, cell in zip(rights, row[1:], strict=True):
                self._text(right, self._y + 44, cell, 36, REGULAR, align="right")
            self._y += _ROW
        self._rule()

    def bars(self, title: str, counts: Sequence[tuple[str, int]]) -> None:
        self._section(title)
        most = max(count for _, count in counts)
        left, right = _MARGIN + 230, WIDTH - _MARGIN - 100
        for name, count in counts:
            self._text(_MARGIN, self._y + 44, shorten(name, self._fonts.face(34), 214), 34, REGULAR)
            end = left + max(6, (right - left) * count // most)
            self._draw.rectangle((left, self._y + 14, end, self._y + 50), fill=_BAR)
            self._text(end + 14, self._y + 44, str(count), 34, REGULAR)
            self._y += _ROW
        self._rule()

    def weeks(self, title: str, found: str, closed: str, weeks: Sequence[tuple[str, int, int]]) -> None:
        """Two bars a week: filled what was found, hollow what was closed; seen without colour."""
        self._section(title)
        x = _MARGIN
        for name, filled in ((found, True), (closed, False)):
            self._draw.rectangle(
                (x, self._y + 14, x + 30, self._y + 44),
                fill=_BAR if filled else _PAPER,
                outline=_BAR,
                width=4,
            )
            self._text(x + 44, self._y + 42, name, 32, REGULAR)
            x += 80 + int(self._width(name, 32))
        self._y += 70
        most = max(1, *(max(one[1:]) for one in weeks))
        base = self._y + _BARS
        wide = (WIDTH - 2 * _MARGIN) / len(weeks)
        bar = min(46.0, wide / 2 - 6)
        size = 26 if wide >= 90 else 20
        every = 1 if wide >= 66 else 2
        for at, (day, *counts) in enumerate(weeks):
            middle = _MARGIN + wide * (at + 0.5)
            for side, count in enumerate(counts):
                left = middle - bar - 2 if side == 0 else middle + 2
                top = base - (_BARS - 40) * count / most
                if count:
                    self._draw.rectangle(
                        (left, top, left + bar, base), fill=_PAPER if side else _BAR, outline=_BAR, width=4
                    )
                    self._text(left + bar / 2, top - 8, str(count), size, REGULAR, align="middle")
            if at % every == 0:
                self._text(middle, base + 36, day, size, REGULAR, _QUIET, align="middle")
        self._draw.line((_MARGIN, base, WIDTH - _MARGIN, base), fill=_INK, width=2)
        self._y = base + 46

    def _section(self, title: str) -> None:
        self._y += 56
        self._text(_MARGIN, self._y, title, 36, BOLD)
        self._y += 14

    def _rule(self) -> None:
        self._y += 18
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_LINE, width=2)

    def _width(self, text: str, size: int) -> float:
        return self._fonts.face(size, BOLD).width(text)

    def _text(
        self, x: float, y: float, text: str, size: int, weight: int, ink: str = _INK, *, align: str = "left"
    ) -> None:
        draw_text(self._draw, (x, y), text, self._fonts.face(size, weight), ink, align=align)
