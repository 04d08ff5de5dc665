"""Reads a changed bulletin back: its words by paragraph, its tables; nothing in it is run or computed.

What the house sets itself is left out: number, signature, date, the list of attachments, pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final

from bot.documents.office_files import OfficeFileError, Unreadable, open_package
from bot.documents.official import HEI
from bot.domain.bulletins import PAGE_WIDTH

MOST_BLOCKS: Final = 400
MOST_ROWS: Final = 400
MOST_COLUMNS: Final = 16
MOST_WORDS: Final = 4000
_SYMBOL: Final = re.compile(r"^第\s*\d+\s*期(（.*）)?$")
_DATE: Final = re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$")
_ATTACHED: Final = re.compile(r"^附件\s*\d*$")
_LIST: Final = re.compile(r"^附件\s*[:：]")
_NUMBERED: Final = re.compile(r"^\d+[.．、]\s*\S{1,30}$")
_LEVELS: Final = (
    (re.compile(r"^[一二三四五六七八九十]+、"), 1),
    (re.compile(r"^[（(][一二三四五六七八九十]+[）)]"), 2),
)
MOST_HEADING: Final = 30
MOST_SIGNATURE: Final = 40
TITLE_WITHIN: Final = 8


class Tracked(OfficeFileError):
    """It holds tracked changes 修订: nobody can tell which words are meant."""


class TooLong(OfficeFileError):
    """More paragraphs, rows or words than a bulletin holds: nothing is cut off in silence."""


class NotBulletin(OfficeFileError):
    """A document, but no bulletin: without a title and an addressee."""


def read(data: bytes) -> dict[str, Any]:
    """The paper as JSON values: `title`, `addressee`, `blocks`, `attachments`.

    Raises:
        OfficeFileError: it cannot be used, and why.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    with open_package(data) as package:
        _refuse_tracked(package)
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = list(_blocks(document))
    except (PackageNotFoundError, KeyError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise Unreadable(str(error)) from error
    title, addressee, rest = _head(blocks)
    body, attachments = _parted(rest)
    return {"title": title, "addressee": addressee, "blocks": body, "attachments": attachments}


def _refuse_tracked(package: Any) -> None:
    names = [name for name in package.namelist() if name == "word/document.xml"]
    if not names:
        raise NotBulletin
    words = package.read(names[0])
    if re.search(rb"<w:(ins|del|moveFrom|moveTo|cellIns|cellDel)[ />]", words):
        raise Tracked


# --- blocks -------------------------------------------------------------------------------------------


def _blocks(document: Any) -> Iterator[dict[str, Any]]:
    for count, inner in enumerate(document.iter_inner_content()):
        if count > MOST_BLOCKS:
            raise TooLong
        if hasattr(inner, "rows"):
            table = _table(inner)
            if table is not None:
                yield table
        else:
            words = inner.text.strip()
            if len(words) > MOST_WORDS:
                raise TooLong
            if words:
                yield _paragraph(inner, words)


def _paragraph(paragraph: Any, words: str) -> dict[str, Any]:
    words = " ".join(words.split("\n"))
    if len(words) <= MOST_HEADING:
        for pattern, level in _LEVELS:
            if pattern.match(words):
                return {"kind": "text", "words": words, "level": level}
    lead = _lead(paragraph)
    if lead and words.startswith(lead) and len(lead) < len(words):
        return {"kind": "text", "words": words[len(lead) :].strip(), "level": 0, "lead": lead}
    return {"kind": "text", "words": words, "level": 0}


def _lead(paragraph: Any) -> str:
    """A heading that runs into its paragraph: its first runs are in 黑体, the others are not."""
    from docx.oxml.ns import qn

    lead = ""
    for run in paragraph.runs:
        fonts = run._r.rPr.rFonts if run._r.rPr is not None else None
        if fonts is None or fonts.get(qn("w:eastAsia")) != HEI:
            return lead.strip() if len(lead) <= MOST_HEADING else ""
        lead += run.text
    return ""


def _table(table: Any) -> dict[str, Any] | None:
    if len(table.rows) > MOST_ROWS or len(table.columns) > MOST_COLUMNS:
        raise TooLong
    rows = [[cell.text.strip() for cell in row.cells] for row in table.rows]
    width = max((len(row) for row in rows), default=0)
    if len(rows) < 2 or not width:
        return None
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    return {"kind": "table", "head": rows[0], "rows": rows[1:], "widths": _widths(rows)}


def _widths(rows: list[list[str]]) -> list[float]:
    """Widths by what the columns hold, together the width of the text."""
    longest = [max(3, min(14, max(len(row[column]) for row in rows))) for column in range(len(rows[0]))]
    return [round(PAGE_WIDTH * length / sum(longest), 1) for length in longest]


# --- head, body, attachments ----------------------------------------------------------------------------


def _head(blocks: list[dict[str, Any]]) -> tuple[list[str], str, list[dict[str, Any]]]:
    """Title and addressee; the number 第N期 is the house's own."""
    title: list[str] = []
    for rank, block in enumerate(blocks[:TITLE_WITHIN]):
        words = block.get("words", "")
        if block["kind"] != "text":
            break
        if words.endswith(("：", ":")) and title:
            return title, words[:-1] + "：", blocks[rank + 1 :]
        if not _SYMBOL.match(words):
            title.append(words)
    raise NotBulletin


def _parted(blocks: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Body and attachments: from the line 「附件」 or 「附件1」 on, what follows it is its title."""
    body: list[dict[str, Any]] = []
    attachments: list[dict[str, Any]] = []
    into = body
    waits = False
    for block in blocks:
        words = block.get("words", "")
        if block["kind"] == "text" and _ATTACHED.match(words):
            waits = True
            continue
        if waits:
            attachments.append({"title": words or "附件", "blocks": []})
            into = attachments[-1]["blocks"]
            waits = False
            if block["kind"] == "table":
                into.append(block)
            continue
        into.append(block)
    return _without_foot(body), [one for one in attachments if one["blocks"]]


def _without_foot(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The body without signature, date and the list of attachments."""
    dated = next(
        (
            rank
            for rank in range(len(body) - 1, -1, -1)
            if body[rank]["kind"] == "text" and _DATE.match(body[rank]["words"])
        ),
        None,
    )
    if dated is not None:
        signed = dated - 1
        short = signed >= 0 and len(body[signed].get("words", " " * 99)) <= MOST_SIGNATURE
        body = body[: signed if short else dated] + body[dated + 1 :]
    listed = next(
        (rank for rank, block in enumerate(body) if block["kind"] == "text" and _LIST.match(block["words"])),
        None,
    )
    if listed is None:
        return body
    end = listed + 1
    while end < len(body) and body[end]["kind"] == "text" and _NUMBERED.match(body[end]["words"]):
        end += 1
    return body[:listed] + body[end:]
