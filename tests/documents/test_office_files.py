"""Office files that people send: what must not be opened is named, whatever it is taken for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from bot.documents import office_files, roster, score_sheet

READERS: dict[str, Callable[[bytes], Any]] = {"roster": roster.read, "scores": score_sheet.read}


def book() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


SENT: dict[str, tuple[bytes, type[office_files.OfficeFileError]]] = {
    "a bomb": (
        with_part("xl/media/a.bin", b"\0" * (office_files.LARGEST_UNPACKED + 1)),
        office_files.TooLarge,
    ),
    "a table without end": (
        with_part("xl/worksheets/b.xml", b" " * (office_files.LARGEST_PART + 1)),
        office_files.TooLarge,
    ),
    "macros": (with_part("xl/vbaProject.bin", b"x"), office_files.Macros),
    "entities": (
        with_part("xl/worksheets/b.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        office_files.Unreadable,
    ),
    "entities behind a long comment": (
        with_part("xl/worksheets/b.xml", b"<!--" + b" " * 9000 + b'--><!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        office_files.Unreadable,
    ),
    "entities in other letters": (
        with_part("xl/worksheets/b.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")),
        office_files.Unreadable,
    ),
    "text": ("姓名,身份\n".encode(), office_files.PlainText),
    "half of one": (book()[:900], office_files.Unreadable),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(("data", "expected"), SENT.values(), ids=SENT)
def test_what_must_not_be_opened_is_named(
    reader: Callable[[bytes], Any], data: bytes, expected: type[office_files.OfficeFileError]
) -> None:
    with pytest.raises(expected):
        reader(data)


def test_what_breaks_while_it_is_read_is_unreadable() -> None:
    with pytest.raises(office_files.Unreadable), office_files.workbook(book()):
        raise KeyError("a shared string that is not there")


def test_what_the_reader_refuses_is_not_taken_for_a_broken_file() -> None:
    with pytest.raises(roster.NotARoster):
        roster.read(book())
    with pytest.raises(score_sheet.NotAScoreSheet):
        score_sheet.read(book())
