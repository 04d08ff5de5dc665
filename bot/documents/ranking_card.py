"""The card of a ranking for a phone: rank, region, parts, total, change and trend; the last place marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PIL import Image, ImageDraw

from bot.media.fonts import BOLD, REGULAR, Fonts
from bot.media.lettering import draw_text, shorten, wrap
from bot.media.pipeline import encode

WIDTH = 1080
"""At a phone's width, some 380 points, the smallest letters here are as large as a caption's."""

_MARGIN, _ROW, _TREND = 40, 128, 150
_PAPER, _INK, _QUIET, _LINE, _BAND = "#ffffff", "#1f2529", "#59636b", "#d9dee2", "#f3f5f7"
_RED, _GREEN = "#b3261e", "#1b7a43"
_LONGEST = 9000


@dataclass(frozen=True, slots=True)
class RankingLine:
    """One region's row; `rank` 0 stands for a region that is not ranked, with `status` in place of a total.

    `change` is the difference to the ranking before (`+1.25`, empty for none), `trend` the totals of the
    rankings up to this one, the newest last.
    """

    rank: int
    region: str
    total: str
    parts: str
    tied: str = ""
    last: str = ""
    change: str = ""
    status: str = ""
    trend: tuple[Decimal | None, ...] = ()


def ranking_card(
    title: str, subtitle: str, note: str, lines: Sequence[RankingLine], *, fonts: Fonts
) -> bytes:
    """The card as a JPEG, 1080 wide, as high as it needs.

    Raises:
        FontMissing: there is nothing to write with.
    """
    sheet = _Card(fonts, len(lines))
    sheet.head(title, subtitle)
    for number, line in enumerate(lines):
        sheet.row(line, shaded=number % 2 == 1)
    sheet.foot(note)
    return encode(sheet.finished(), 90)


class _Card:
    def __init__(self, fonts: Fonts, rows: int) -> None:
        self._fonts = fonts
        self._page = Image.new("RGB", (WIDTH, min(_LONGEST, 420 + rows * _ROW)), _PAPER)
        self._draw = ImageDraw.Draw(self._page)
        self._y = _MARGIN

    def finished(self) -> Image.Image:
        return self._page.crop((0, 0, WIDTH, min(self._page.height, self._y + _MARGIN // 2)))

    def head(self, title: str, subtitle: str) -> None:
        room = WIDTH - 2 * _MARGIN
        for line in wrap(title, self._fonts.face(60, BOLD), room, lines=2):
            self._y += 60
            self._text(_MARGIN, self._y, line, 60, BOLD)
            self._y += 20
        for line in wrap(subtitle, self._fonts.face(36), room, lines=2):
            self._y += 36
            self._text(_MARGIN, self._y, line, 36, REGULAR, _QUIET)
            self._y += 18
        self._y += 10
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_INK, width=3)

    def row(self, line: RankingLine, *, shaded: bool) -> None:
        top = self._y
        if shaded:
            self._draw.rectangle((0, top + 2, WIDTH, top + _ROW), fill=_BAND)
        if line.last:
            self._hatch(top)
        base, small = top + 60, top + 106
        rank = str(line.rank) if line.rank else "—"
        self._text(_MARGIN + 46, base, rank, 52, BOLD, align="middle")
        left = _MARGIN + 110
        right = WIDTH - _MARGIN
        total = line.total or line.status
        size = 56 if line.total else 36
        width = self._fonts.face(size, BOLD).width(total)
        self._text(right, base, total, size, BOLD, _INK if line.total else _QUIET, align="right")
        tags = [tag for tag in (line.tied, line.last) if tag]
        room = right - width - 24 - left - sum(self._tag_width(tag) for tag in tags)
        name = shorten(line.region, self._fonts.face(48, BOLD), room)
        self._text(left, base, name, 48, BOLD)
        at = left + self._fonts.face(48, BOLD).width(name) + 18
        for tag in tags:
            at = self._tag(at, base, tag, filled=tag == line.last)
        if line.change:
            up = not line.change.startswith("-")
            still = set(line.change) <= set("+-0.")
            arrow = "" if still else "▲ " if up else "▼ "
            ink = _QUIET if still else _GREEN if up else _RED
            self._text(right, small, f"{arrow}{line.change.lstrip('+-')}", 30, REGULAR, ink, align="right")
        parts_room = WIDTH - 2 * _MARGIN - 110 - 150 - _TREND
        size = 28 if self._fonts.face(28).width(line.parts) <= parts_room else 25
        self._text(
            left, small, shorten(line.parts, self._fonts.face(size), parts_room), size, REGULAR, _QUIET
        )
        self._sparkline(line.trend, right - 150 - _TREND, small - 26, _TREND - 20, 30)
        self._y += _ROW
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_LINE, width=1)

    def foot(self, note: str) -> None:
        for line in wrap(note, self._fonts.face(28), WIDTH - 2 * _MARGIN, lines=2):
            self._y += 40
            self._text(_MARGIN, self._y, line, 28, REGULAR, _QUIET)
        self._y += 14

    def _text(
        self, x: float, y: float, text: str, size: int, weight: int, ink: str = _INK, *, align: str = "left"
    ) -> None:
        draw_text(self._draw, (x, y), text, self._fonts.face(size, weight), ink, align=align)

    def _tag_width(self, text: str) -> float:
        return self._fonts.face(28, BOLD).width(text) + 42

    def _tag(self, x: float, base: float, text: str, *, filled: bool) -> float:
        """A word in a frame: the last place is told by a filled one, and said."""
        width = self._fonts.face(28, BOLD).width(text) + 28
        box = (x, base - 36, x + width, base + 8)
        self._draw.rounded_rectangle(box, radius=8, outline=_INK, width=2, fill=_INK if filled else _PAPER)
        self._text(x + 14, base - 4, text, 28, BOLD, _PAPER if filled else _INK)
        return x + width + 14

    def _hatch(self, top: int) -> None:
        """Strokes at the left edge: seen without colour."""
        for y in range(top + 4, top + _ROW - 14, 18):
            self._draw.line((6, y + 14, 22, y), fill=_INK, width=4)

    def _sparkline(
        self, trend: Sequence[Decimal | None], left: float, top: float, width: float, height: float
    ) -> None:
        known = [float(value) for value in trend if value is not None]
        if len(known) < 2:
            return
        low, high = min(known), max(known)
        step = width / (len(trend) - 1)
        points = [
            (left + at * step, top + height - (float(value) - low) / ((high - low) or 1) * height)
            for at, value in enumerate(trend)
            if value is not None
        ]
        self._draw.line(points, fill=_QUIET, width=4, joint="curve")
        x, y = points[-1]
        self._draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill=_INK)
