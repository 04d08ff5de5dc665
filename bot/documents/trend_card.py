"""How a track's regions went from ranking to ranking, for a phone: one band a region on one common scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from PIL import Image, ImageDraw

from bot.media.fonts import BOLD, REGULAR, Fonts
from bot.media.lettering import draw_text, shorten, wrap
from bot.media.pipeline import encode

WIDTH = 1080
_MARGIN, _BAND, _LEFT = 40, 150, 330
_PAPER, _INK, _QUIET, _LINE, _SHADE = "#ffffff", "#1f2529", "#59636b", "#d9dee2", "#f3f5f7"
_LABELLED = 70
"""Points at least so far apart each have their value written beside them."""


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One region: its values from left to right, the higher the better, None where it was not ranked.

    `said` is what is written beside each value, `last` whether it was last there.
    """

    rank: int
    region: str
    values: tuple[Decimal | None, ...]
    said: tuple[str, ...]
    last: tuple[bool, ...]


def trend_card(
    title: str, subtitle: str, notes: Sequence[str], axis: Sequence[str], lines: Sequence[TrendLine],
    *, fonts: Fonts,
) -> bytes:  # fmt: skip
    """The picture as a JPEG, 1080 wide; `axis` names the rankings from left to right.

    Raises:
        FontMissing: there is nothing to write with.
    """
    sheet = _Sheet(fonts, len(lines), axis)
    sheet.head(title, subtitle)
    known = [float(value) for line in lines for value in line.values if value is not None]
    scale = (min(known), max(known)) if known else (0.0, 1.0)
    for number, line in enumerate(lines):
        sheet.band(line, scale, shaded=number % 2 == 1)
    sheet.foot(notes)
    return encode(sheet.finished(), 90)


class _Sheet:
    def __init__(self, fonts: Fonts, bands: int, axis: Sequence[str]) -> None:
        self._fonts, self._axis = fonts, axis
        self._page = Image.new("RGB", (WIDTH, 560 + bands * _BAND), _PAPER)
        self._draw = ImageDraw.Draw(self._page)
        self._y = _MARGIN
        right = WIDTH - _MARGIN - 36
        step = (right - _LEFT) / max(1, len(axis) - 1)
        self._xs = [_LEFT + number * step for number in range(len(axis))]
        self._step = step

    def finished(self) -> Image.Image:
        return self._page.crop((0, 0, WIDTH, self._y + _MARGIN // 2))

    def head(self, title: str, subtitle: str) -> None:
        room = WIDTH - 2 * _MARGIN
        for line in wrap(title, self._fonts.face(56, BOLD), room, lines=2):
            self._y += 58
            self._text(_MARGIN, self._y, line, 56, BOLD)
            self._y += 18
        for line in wrap(subtitle, self._fonts.face(34), room, lines=2):
            self._y += 36
            self._text(_MARGIN, self._y, line, 34, REGULAR, _QUIET)
            self._y += 14
        self._days()
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_INK, width=3)

    def _days(self) -> None:
        """The rankings' names over the bands; where they stand close, every other one from the newest."""
        self._y += 44
        face = self._fonts.face(28)
        every = 1 if max((face.width(name) for name in self._axis), default=0) + 8 < self._step else 2
        for number, (x, name) in enumerate(zip(self._xs, self._axis, strict=True)):
            if (len(self._axis) - 1 - number) % every == 0:
                self._text(x, self._y, name, 28, REGULAR, _QUIET, align="middle")
        self._y += 16

    def band(self, line: TrendLine, scale: tuple[float, float], *, shaded: bool) -> None:
        top = self._y
        if shaded:
            self._draw.rectangle((0, top + 2, WIDTH, top + _BAND), fill=_SHADE)
        rank = str(line.rank) if line.rank else "—"
        self._text(_MARGIN + 30, top + 88, rank, 44, BOLD, align="middle")
        left = _MARGIN + 74
        name = shorten(line.region, self._fonts.face(38, BOLD), _LEFT - 44 - left)
        self._text(left, top + 86, name, 38, BOLD)
        self._curve(line, scale, top, shaded=shaded)
        self._y += _BAND
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), fill=_LINE, width=1)

    def _curve(self, line: TrendLine, scale: tuple[float, float], top: int, *, shaded: bool) -> None:
        low, high = scale
        room = _BAND - 78

        def height(value: Decimal) -> float:
            return top + 52 + room - (float(value) - low) / ((high - low) or 1) * room

        points = [
            None if value is None else (x, height(value))
            for x, value in zip(self._xs, line.values, strict=True)
        ]
        for before, after in pairwise(points):
            if before is not None and after is not None:
                self._draw.line((*before, *after), fill=_QUIET, width=4)
        known = [(number, point) for number, point in enumerate(points) if point is not None]
        for number, point in known:
            if self._step >= _LABELLED or number == known[-1][0] or self._extreme(line, number):
                self._say(point, line.said[number], newest=number == known[-1][0], shaded=shaded)
        for number, point in known:
            self._mark(point, last=line.last[number])

    @staticmethod
    def _extreme(line: TrendLine, number: int) -> bool:
        values = [value for value in line.values if value is not None]
        return line.values[number] in (min(values), max(values))

    def _say(self, at: tuple[float, float], text: str, *, newest: bool, shaded: bool) -> None:
        """A value over its point, on a ground of its own: no line runs through it."""
        weight = BOLD if newest else REGULAR
        half = self._fonts.face(24, weight).width(text) / 2 + 3
        x, y = at[0], at[1] - 18
        self._draw.rectangle((x - half, y - 21, x + half, y + 5), fill=_SHADE if shaded else _PAPER)
        self._text(x, y, text, 24, weight, _INK if newest else _QUIET, align="middle")

    def _mark(self, at: tuple[float, float], *, last: bool) -> None:
        """A dot; a last place is a triangle, told by its shape."""
        x, y = at
        if last:
            self._draw.polygon(((x - 14, y - 10), (x + 14, y - 10), (x, y + 14)), fill=_INK)
        else:
            self._draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=_PAPER, outline=_INK, width=4)

    def foot(self, notes: Sequence[str]) -> None:
        for note in notes:
            for line in wrap(note, self._fonts.face(28), WIDTH - 2 * _MARGIN, lines=2):
                self._y += 40
                self._text(_MARGIN, self._y, line, 28, REGULAR, _QUIET)
        self._y += 14

    def _text(
        self, x: float, y: float, text: str, size: int, weight: int, ink: str = _INK, *, align: str = "left"
    ) -> None:
        draw_text(self._draw, (x, y), text, self._fonts.face(size, weight), ink, align=align)
