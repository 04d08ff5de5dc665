"""Pictures for publication: one photo alone, and the page of pairs of a county as campaigns show them.

Values in, bytes out; every picture is drawn anew, the right way up, without metadata.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from bot.documents.mosaic import Cell
from bot.documents.pictures import contained, loaded, small_enough
from bot.media.fonts import BOLD, REGULAR, Fonts
from bot.media.lettering import draw_text, shorten, wrap

WIDTH: Final = 1280
MOST_ROWS: Final = 3
"""Pairs on one page: more would make the photos small on a phone."""
_MARGIN, _GAP, _BAND, _LABEL = 24, 12, 150, 54
_TALLEST: Final = 460
_MARK: Final = 56
_PAPER, _INK, _QUIET, _PANEL = "#ffffff", "#1f2529", "#59636b", "#eceff1"
_RED, _GREEN = "#b3261e", "#1b7a43"


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo with what stands upon it: label (整改前) and day."""

    photo: bytes
    label: str
    day: str
    green: bool = False


@dataclass(frozen=True, slots=True)
class PairRow:
    """An entry on a page: place and kind, number, its photos before and, where there is one, after."""

    place: str
    number: str
    before: Shot
    after: Shot | None = None


def county_page(title: str, subtitle: str, rows: Sequence[PairRow], *, mark: str = "", fonts: Fonts) -> bytes:
    """A page of at most three pairs under a head line (JPEG, 1280 wide); `mark`: its last line.

    Raises:
        PhotoRefused: one of the files cannot be read.
        FontMissing: there is nothing to write with.
    """
    drawn = _Drawn(fonts, _BAND + MOST_ROWS * (_TALLEST + 160) + _MARK + _MARGIN)
    drawn.band(title, subtitle)
    for rank, row in enumerate(rows[:MOST_ROWS], 1):
        drawn.line(f"{rank}. {row.place}" if len(rows) > 1 else row.place, row.number)
        drawn.shots([row.before] if row.after is None else [row.before, row.after])
    if mark:
        drawn.mark(mark)
    return small_enough(drawn.finished())


def one_photo(place: str, number: str, shot: Shot, *, fonts: Fonts) -> bytes:
    """One photo with its place, number and day (JPEG, 1280 wide).

    Raises:
        PhotoRefused: the file cannot be read.
        FontMissing: there is nothing to write with.
    """
    drawn = _Drawn(fonts, 1200)
    drawn.line(place, number)
    drawn.shots([shot], tallest=860)
    return small_enough(drawn.finished())


class _Drawn:
    def __init__(self, fonts: Fonts, height: int) -> None:
        self._fonts = fonts
        self._page = Image.new("RGB", (WIDTH, height), _PAPER)
        self._draw = ImageDraw.Draw(self._page)
        self._y = 0

    def finished(self) -> Image.Image:
        return self._page.crop((0, 0, WIDTH, min(self._page.height, self._y + _MARGIN)))

    def band(self, title: str, subtitle: str) -> None:
        self._draw.rectangle((0, 0, WIDTH, _BAND), fill=_RED)
        room = WIDTH - 2 * _MARGIN
        bold, plain = self._fonts.face(56, BOLD), self._fonts.face(34, REGULAR)
        draw_text(self._draw, (WIDTH / 2, 74), shorten(title, bold, room), bold, "#ffffff", align="middle")
        words = shorten(subtitle, plain, room)
        draw_text(self._draw, (WIDTH / 2, 124), words, plain, "#fbe9e7", align="middle")
        self._y = _BAND

    def line(self, place: str, number: str) -> None:
        bold, plain = self._fonts.face(38, BOLD), self._fonts.face(32, REGULAR)
        beside = plain.width(number)
        room = WIDTH - 2 * _MARGIN - beside - 30
        self._y += 18
        lines = wrap(place, bold, room, lines=2)
        for rank, words in enumerate(lines):
            self._y += 40
            draw_text(self._draw, (_MARGIN, self._y), words, bold, _INK)
            if rank == 0:
                draw_text(self._draw, (WIDTH - _MARGIN, self._y), number, plain, _QUIET, align="right")
            self._y += 10
        self._y += 10

    def shots(self, shots: Sequence[Shot], *, tallest: int = _TALLEST) -> None:
        """Side by side, equally high, nothing cropped; the label in a bar above each."""
        count = len(shots)
        column = (WIDTH - 2 * _MARGIN - _GAP * (count - 1)) // count
        pictures = [loaded(shot.photo, column) for shot in shots]
        high = max(200, min(tallest, *(column * one.height // one.width for one in pictures)))
        for at, (shot, picture) in enumerate(zip(shots, pictures, strict=True)):
            left = _MARGIN + at * (column + _GAP)
            self._bar(shot, left, column)
            cell = Cell(left, self._y + _LABEL, column, high)
            inner = contained(picture, cell)
            self._draw.rectangle(
                (cell.left, cell.top, cell.left + cell.width - 1, cell.top + high - 1), fill=_PANEL
            )
            size = (inner.width, inner.height)
            fitted = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
            self._page.paste(fitted, (inner.left, inner.top))
        self._y += _LABEL + high

    def mark(self, words: str) -> None:
        """Who took it out and when, small, under everything."""
        plain = self._fonts.face(26, REGULAR)
        line = shorten(words, plain, WIDTH - 2 * _MARGIN)
        draw_text(self._draw, (WIDTH / 2, self._y + 42), line, plain, _QUIET, align="middle")
        self._y += _MARK

    def _bar(self, shot: Shot, left: int, wide: int) -> None:
        box = (left, self._y, left + wide - 1, self._y + _LABEL - 1)
        self._draw.rectangle(box, fill=_GREEN if shot.green else _RED)
        bold, plain = self._fonts.face(30, BOLD), self._fonts.face(28, REGULAR)
        draw_text(self._draw, (left + 16, self._y + 38), shot.label, bold, "#ffffff")
        draw_text(self._draw, (left + wide - 16, self._y + 38), shot.day, plain, "#ffffff", align="right")
