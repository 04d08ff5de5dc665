"""Official papers as .docx after GB/T 9704-2012: the page, the fonts, where name and date stand.

A paper is a value (`Paper`); `docx` sets it, as `official_pdf` does for PDF. Measures are those of the
standard: 22 lines of 28.95 pt, text in 16 pt 仿宋, the title in 22 pt 小标宋, the page's number outside.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.documents.steady import steady

SONG, FANG, KAI, HEI = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
LATIN: Final = "Times New Roman"
STAND_INS: Final = {SONG: "华文中宋,宋体,SimSun", FANG: "仿宋,FangSong", KAI: "楷体,KaiTi", HEI: "SimHei"}
"""What a machine without the font takes instead: written into the document's table of fonts."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `level` 1 to 4 (一、 （一） 1. （1）) is a heading, `draft` marks words to be judged."""

    words: str
    level: int = 0
    draft: bool = False
    first_line: bool = True
    lead: str = ""
    """A heading that runs into its paragraph, in 黑体: where a page must hold everything."""
    small: bool = False
    """A note under a table, in its size."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; `widths` in millimetres, together at most 156; `marked` cells stand in bold."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    marked: frozenset[tuple[int, int]] = frozenset()
    """(row, column), from 0, of the cells to be seen first."""
    form: bool = False
    """A form to be filled in: no head, the first column names each line."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture across the text, with a line beneath; `height` bounds it, in millimetres."""

    image: bytes
    caption: str = ""
    height: float = 95


Block = Text | Table | Picture

LONG: Final = 8
"""A column with words longer than that many characters is set from the left, others in the middle."""
WHOLE: Final = 16
"""A table of so many lines at most is never broken over two pages."""


def from_left(table: Table) -> tuple[bool, ...]:
    """Of each column, whether it is set from the left: all of its lines alike."""
    if table.form:
        return False, *(True for _ in table.widths[1:])
    return tuple(
        any(characters(row[column]) > LONG for row in table.rows) for column in range(len(table.widths))
    )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A page of its own behind the paper: 附件1, its title, what it holds."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """An official paper. `sealed`: room is left for a seal over name and date."""

    title: tuple[str, ...]
    """One element a line, broken at sense."""
    blocks: tuple[Block, ...]
    signature: str
    """Who signs; a speech has no signature, and no date at its end."""
    day: date
    addressee: str = ""
    cosigners: tuple[str, ...] = ()
    """Bodies that sign with it 联合行文, each on a line under the first."""
    under_title: str = ""
    """What stands in brackets below a speech's title: its day, who holds it."""
    symbol: str = ""
    """文号, as 机关代字〔2019〕8号."""
    attachments: tuple[Attachment, ...] = ()
    enclosed: tuple[str, ...] = ()
    """Titles of what goes with the paper as files of its own: listed before its attachments."""
    note: str = ""
    """附注 under the date, printed in round brackets."""
    sealed: bool = False
    compact: bool = False
    """四号 text, 19 pt lines: for what must stand on one page (FORMS §4)."""


def docx(paper: Paper) -> bytes:
    """The paper as an Office Open XML document."""
    from bot.documents.official_docx import written  # heavy: loaded when the first paper is set

    return steady(written(paper))


def chinese_day(day: date) -> str:
    """2019年5月8日: Arabic digits, the year in full, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def characters(words: str) -> float:
    """The width of words in characters of the text: a digit or a letter is half of one."""
    return sum(1.0 if unicodedata.east_asian_width(mark) in "WFA" else 0.5 for mark in words)


def right_indents(signature: str, day: str, *, sealed: bool) -> tuple[float, float]:
    """How many characters 署名 and 成文日期 stand in from the right (GB/T 9704 7.3.5).

    Without a seal the date begins two characters right of the name's first; when it is the longer one
    it stands two in and the name moves. With a seal the date stands four in and the name in its middle.
    """
    name, date_ = characters(signature), characters(day)
    if sealed:
        return (4 + (date_ - name) / 2, 4.0) if name <= date_ + 8 else (0.0, (name - date_) / 2)
    if name - date_ >= 2:
        return 2.0, name - date_
    return date_ + 4 - name, 2.0


def signed_lines(paper: Paper) -> tuple[tuple[str, float], ...]:
    """署名 and 成文日期, each with its indent from the right; none where nobody signs.

    Names that sign together end in one line below the other; the date goes by the longest.
    """
    if not paper.signature:
        return ()
    names = (paper.signature, *paper.cosigners)
    day = chinese_day(paper.day)
    name_in, day_in = right_indents(max(names, key=characters), day, sealed=paper.sealed)
    return *((name, name_in) for name in names), (day, day_in)


def listed(paper: Paper) -> tuple[str, ...]:
    """附件说明: every title, numbered where there are several."""
    titles = (*paper.enclosed, *(one.title for one in paper.attachments))
    return titles if len(titles) == 1 else tuple(f"{rank}. {title}" for rank, title in enumerate(titles, 1))


_MARKS: Final = str.maketrans("()「」", "（）“”")


def chinese(name: str) -> str:
    """A name with the brackets and quotation marks of a Chinese paper: 县（市）第一督查小组."""
    return name.translate(_MARKS)


def clean(words: str) -> str:
    """The words without marks that no document can hold."""
    return _UNPRINTABLE.sub("", words)
