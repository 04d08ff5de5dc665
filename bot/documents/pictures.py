"""Composed pictures for chats: contact sheet, before and after, invitation, clean copy.

Values in, bytes out. Every picture is drawn anew, the right way up, without metadata, and is at most 1 MB.
The words come from the caller: what a reader may see is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import zip_longest

from PIL import Image, ImageDraw

from bot.documents.mosaic import Cell, mosaic
from bot.media.decoding import decode
from bot.media.fonts import BOLD, REGULAR, Fonts
from bot.media.lettering import draw_text, shorten, wrap
from bot.media.pipeline import encode, shrunk

WIDTH = 1280
MOST_BYTES = 1_000_000
MOST_ROWS = 3  # pairs on one check picture
MOST_PHOTOS = 10  # photos on one contact sheet, as in an album
_MARGIN, _GAP = 24, 12
# Telegram shows the longer side with 1280 pixels: a taller sheet would make its words small.
_PHOTO_HEIGHT = 1000
_PAIRS_HEIGHT = 1240

_PAPER, _INK, _QUIET, _PANEL = "#ffffff", "#1f2529", "#59636b", "#eceff1"
_RED, _GREEN, _AMBER = "#b3261e", "#1b7a43", "#fff1cc"
_QUALITIES = (86, 78, 70, 60, 48, 35)


@dataclass(frozen=True, slots=True)
class SheetWords:
    """The words of a contact sheet; `hint` (「请从同一角度拍」) and `more` may be empty."""

    number: str
    place: str
    problem: str
    deadline: str
    hint: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class PairWords:
    """The words of a check picture.

    Attributes:
        number, place: the head line.
        before, after: the columns' labels (整改前, 整改后).
        before_date, after_date: beside the labels; may be empty.
        missing: stands where a pair has one photo only.
    """

    number: str
    place: str
    before: str
    after: str
    before_date: str = ""
    after_date: str = ""
    missing: str = ""


def contact_sheet(photos: Sequence[bytes], words: SheetWords, *, fonts: Fonts, grid: bool = True) -> bytes:
    """The before-photos of an entry on one sheet, numbered, with what is asked (JPEG, 1280 wide).

    Args:
        photos: files as received, in order; those beyond the tenth are left out (`more` can say so).
        words: what stands above and below.
        fonts: to write it with.
        grid: draw thin lines at the thirds, by which the same angle is found again.

    Raises:
        PhotoRefused: one of the files cannot be read.
        FontMissing: there is nothing to write with.
    """
    shown = [loaded(photo, WIDTH if len(photos) == 1 else 960) for photo in photos[:MOST_PHOTOS]]
    sheet = _Sheet(fonts)
    sheet.head(words.number, words.deadline)
    sheet.lines(words.place, 36, BOLD, _INK, most=2)
    sheet.lines(words.problem, 34, REGULAR, _QUIET, most=3)
    sheet.space(10)
    cells = mosaic(
        [picture.width / picture.height for picture in shown],
        width=WIDTH - 2 * _MARGIN,
        height=_PHOTO_HEIGHT,
        gap=_GAP,
    )
    tall = max((cell.top + cell.height for cell in cells), default=0)
    if (
        cells and min(cell.left for cell in cells) > _GAP
    ):  # narrower than the sheet: let it stand on something
        sheet.panel(tall)
    for rank, (cell, picture) in enumerate(zip(cells, shown, strict=True), start=1):
        at = sheet.placed(cell)
        sheet.photo(picture, at)
        if grid:
            sheet.thirds(contained(picture, at))
        if len(shown) > 1:
            sheet.badge(str(rank), contained(picture, at))
    sheet.space(tall + 4)
    if words.more:
        sheet.space(8)
        sheet.lines(words.more, 28, REGULAR, _QUIET, most=1)
    if words.hint:
        sheet.space(8)
        sheet.band(words.hint)
    return sheet.jpeg()


def before_after(
    pairs: Sequence[tuple[bytes | None, bytes | None]], words: PairWords, *, fonts: Fonts
) -> bytes:
    """Photos before and after the rectification side by side, equally high (JPEG, 1280 wide).

    Args:
        pairs: (before, after) by rank; None stands for a missing one. The first three are shown.
        words: labels and head line.
        fonts: to write them with.

    Raises:
        PhotoRefused: one of the files cannot be read.
        FontMissing: there is nothing to write with.
    """
    rows = [
        tuple(None if photo is None else loaded(photo, 960) for photo in pair) for pair in pairs[:MOST_ROWS]
    ]
    sheet = _Sheet(fonts)
    sheet.head(words.number, "")
    sheet.lines(words.place, 36, BOLD, _INK, most=2)
    sheet.space(10)
    column = (WIDTH - 2 * _MARGIN - _GAP) // 2
    lefts = (_MARGIN, _MARGIN + column + _GAP)
    sheet.labels(
        column,
        lefts,
        ((words.before, words.before_date, _RED), (words.after, words.after_date, _GREEN)),
    )
    tallest = (_PAIRS_HEIGHT - _GAP * (len(rows) - 1)) // max(1, len(rows))
    for row in rows:
        fitting = [column * picture.height // picture.width for picture in row if picture is not None]
        high = max(160, min([tallest, *fitting] if fitting else [column * 3 // 4]))
        for left, picture in zip(lefts, row, strict=True):
            cell = Cell(left, sheet.bottom, column, high)
            if picture is None:
                sheet.empty(words.missing, cell)
            else:
                sheet.photo(picture, cell)
        sheet.space(high + _GAP)
    return sheet.jpeg()


def pair_by_rank(
    before: Sequence[bytes], after: Sequence[bytes], *, rows: int = MOST_ROWS
) -> list[tuple[bytes | None, bytes | None]]:
    """The first photo before with the first after, and so on; None where one side has fewer."""
    return list(zip_longest(before[:rows], after[:rows]))


def clean_copy(photo: bytes, *, long_side: int = 1600) -> bytes:
    """One photo as a JPEG without metadata, the right way up, for passing on in any messenger.

    Raises:
        PhotoRefused: the file cannot be read.
    """
    return small_enough(opened(photo, long_side))


def invitation_card(link: str, lines: Sequence[str], *, fonts: Fonts) -> bytes:
    """A QR code of a link with words: the first line above as title, the others below (PNG, 900 wide).

    Raises:
        FontMissing: there is nothing to write with.
    """
    import segno

    code = segno.make(link, error="m", micro=False)
    cells = [list(row) for row in code.matrix_iter(border=2)]
    unit = max(4, 640 // len(cells))
    side = unit * len(cells)
    sheet = _Sheet(fonts, width=900)
    sheet.space(16)
    if lines:
        sheet.lines(lines[0], 46, BOLD, _INK, most=3, middle=True)
    sheet.space(8)
    sheet.dots(cells, unit)
    sheet.space(side + 8)
    for line in lines[1:]:
        sheet.lines(line, 32, REGULAR, _QUIET, most=3, middle=True)
    sheet.space(16)
    return sheet.png()


class _Sheet:
    """A page that grows downwards as things are put on it."""

    def __init__(self, fonts: Fonts, *, width: int = WIDTH) -> None:
        self.bottom = _MARGIN
        self._fonts = fonts
        self._width = width
        self._page = Image.new("RGB", (width, 2400), _PAPER)
        self._draw = ImageDraw.Draw(self._page, "RGBA")

    def space(self, pixels: int) -> None:
        self.bottom += pixels

    def head(self, number: str, deadline: str) -> None:
        size = 44
        bold, date = self._fonts.face(size, BOLD), self._fonts.face(36, BOLD)
        room = self._width - 2 * _MARGIN
        beside = bold.width(number) + 2 * size + date.width(deadline) <= room
        self.bottom += size
        draw_text(self._draw, (_MARGIN, self.bottom), shorten(number, bold, room), bold, _INK)
        if beside:
            draw_text(self._draw, (self._width - _MARGIN, self.bottom), deadline, date, _RED, align="right")
        self.bottom += size // 2
        if deadline and not beside:
            self.lines(deadline, 36, BOLD, _RED, most=2)

    def lines(self, text: str, size: int, weight: int, ink: str, *, most: int, middle: bool = False) -> None:
        face = self._fonts.face(size, weight)
        for line in wrap(text, face, self._width - 2 * _MARGIN, lines=most):
            self.bottom += size
            if middle:
                draw_text(self._draw, (self._width / 2, self.bottom), line, face, ink, align="middle")
            else:
                draw_text(self._draw, (_MARGIN, self.bottom), line, face, ink)
            self.bottom += size * 2 // 5

    def placed(self, cell: Cell) -> Cell:
        return Cell(cell.left + _MARGIN, cell.top + self.bottom, cell.width, cell.height)

    def panel(self, high: int) -> None:
        self._fill(Cell(_MARGIN, self.bottom, self._width - 2 * _MARGIN, high), _PANEL)

    def photo(self, picture: Image.Image, cell: Cell) -> None:
        inner = contained(picture, cell)
        if inner != cell:
            self._fill(cell, _PANEL)
        fitted = picture.resize((inner.width, inner.height), Image.Resampling.LANCZOS, reducing_gap=2)
        self._page.paste(fitted, (inner.left, inner.top))

    def thirds(self, cell: Cell) -> None:
        for third in (1, 2):
            x = cell.left + cell.width * third // 3
            y = cell.top + cell.height * third // 3
            upright = (x, cell.top, x, cell.top + cell.height - 1)
            level = (cell.left, y, cell.left + cell.width - 1, y)
            # White with a dark edge: seen on sky and on shadow alike.
            for line in (upright, level):
                self._draw.line(line, fill=(0, 0, 0, 70), width=3)
                self._draw.line(line, fill=(255, 255, 255, 170), width=1)

    def badge(self, text: str, cell: Cell) -> None:
        face = self._fonts.face(24, BOLD)
        wide = max(34, int(face.width(text)) + 18)
        box = (cell.left + 8, cell.top + 8, cell.left + 8 + wide, cell.top + 42)
        self._draw.rounded_rectangle(box, radius=8, fill=(20, 24, 28, 190))
        draw_text(self._draw, (box[0] + wide / 2, box[1] + 26), text, face, "#ffffff", align="middle")

    def band(self, text: str) -> None:
        size = 32
        face = self._fonts.face(size, BOLD)
        lines = wrap(text, face, self._width - 4 * _MARGIN, lines=2)
        high = 24 + len(lines) * (size + 12)
        self._draw.rounded_rectangle(
            (_MARGIN, self.bottom, self._width - _MARGIN - 1, self.bottom + high), radius=10, fill=_AMBER
        )
        baseline = self.bottom + 12 + size
        for line in lines:
            draw_text(self._draw, (self._width / 2, baseline), line, face, _INK, align="middle")
            baseline += size + 12
        self.bottom += high

    def labels(self, column: int, lefts: tuple[int, int], labels: tuple[tuple[str, str, str], ...]) -> None:
        size, high = 32, 56
        bold, plain = self._fonts.face(size, BOLD), self._fonts.face(28)
        for left, (label, date, ground) in zip(lefts, labels, strict=True):
            self._fill(Cell(left, self.bottom, column, high), ground)
            baseline = self.bottom + 39
            draw_text(self._draw, (left + 18, baseline), label, bold, "#ffffff")
            room = column - 54 - bold.width(label)
            draw_text(
                self._draw,
                (left + column - 18, baseline),
                shorten(date, plain, room),
                plain,
                "#ffffff",
                align="right",
            )
        self.bottom += high + _GAP

    def empty(self, text: str, cell: Cell) -> None:
        self._fill(cell, _PANEL)
        face = self._fonts.face(32)
        middle = (cell.left + cell.width / 2, cell.top + cell.height / 2 + 12)
        draw_text(self._draw, middle, shorten(text, face, cell.width - 32), face, _QUIET, align="middle")

    def dots(self, cells: list[list[int]], unit: int) -> None:
        left = (self._width - unit * len(cells)) // 2
        for row, line in enumerate(cells):
            for column, dark in enumerate(line):
                if dark:
                    self._fill(Cell(left + column * unit, self.bottom + row * unit, unit, unit), "#000000")

    def jpeg(self) -> bytes:
        return small_enough(self._finished())

    def png(self) -> bytes:
        out = BytesIO()
        self._finished().save(out, "PNG", optimize=True)
        return out.getvalue()

    def _finished(self) -> Image.Image:
        return self._page.crop((0, 0, self._width, min(self._page.height, self.bottom + _MARGIN)))

    def _fill(self, cell: Cell, ink: str) -> None:
        self._draw.rectangle(
            (cell.left, cell.top, cell.left + cell.width - 1, cell.top + cell.height - 1), fill=ink
        )


def opened(photo: bytes, long_side: int) -> Image.Image:
    """A photo upright, free of metadata, its long side at most so long.

    Raises:
        PhotoRefused: the file cannot be read.
    """
    return shrunk(decode(photo, long_side=long_side).picture, long_side)


def loaded(photo: bytes, long_side: int) -> Image.Image:
    """A photo as `opened`, to be fitted into a cell afterwards: about so long, never half as long again.

    Shrinking it first to that very length would cost as much as the fitting does.

    Raises:
        PhotoRefused: the file cannot be read.
    """
    picture = decode(photo, long_side=long_side).picture
    return picture if max(picture.size) <= 1.5 * long_side else shrunk(picture, long_side)


def contained(picture: Image.Image, cell: Cell) -> Cell:
    """Where a picture stands in a cell: whole, in the middle."""
    scale = min(cell.width / picture.width, cell.height / picture.height)
    wide = min(cell.width, max(1, round(picture.width * scale)))
    high = min(cell.height, max(1, round(picture.height * scale)))
    if cell.width - wide <= 2 and cell.height - high <= 2:  # rounding, no bars
        return cell
    return Cell(cell.left + (cell.width - wide) // 2, cell.top + (cell.height - high) // 2, wide, high)


def small_enough(picture: Image.Image) -> bytes:
    """A picture as a JPEG of at most 1 MB."""
    data = b""
    for quality in _QUALITIES:
        data = encode(picture, quality)
        if len(data) <= MOST_BYTES:
            break
    return data
