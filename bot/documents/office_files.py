"""Office files that people send: looked into before anything opens them, and opened as workbooks.

Nothing in them is ever run or computed.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

LARGEST_UNPACKED: Final = 60 * 1024 * 1024
"""Pictures in a workbook are unpacked never, its tables always."""
LARGEST_PART: Final = 8 * 1024 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


class OfficeFileError(Exception):
    """What can be wrong with a file as a whole; each has its remedy in the catalogue.

    OfficeFileError
    ├── TooLarge     more than anybody fills in by hand
    ├── Macros       it carries macros
    ├── Locked       it has a password
    ├── OldFormat    .xls, .et, .doc: another kind of file
    ├── PlainText    .csv or text
    └── Unreadable   broken, or no such file at all
    """


class TooLarge(OfficeFileError):
    """More than anybody fills in by hand."""


class Macros(OfficeFileError):
    """It carries macros."""


class Locked(OfficeFileError):
    """It has a password."""


class OldFormat(OfficeFileError):
    """.xls, .et, .doc, .wps: made by another kind of program."""


class PlainText(OfficeFileError):
    """.csv or text."""


class Unreadable(OfficeFileError):
    """Broken, or no such file at all."""


_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    RuntimeError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
    TypeError,
    AttributeError,
    SyntaxError,
)
"""What the readers let through of a package that is none, or is broken (XML errors are SyntaxErrors)."""


def open_package(
    data: bytes, *, unpacked: int = LARGEST_UNPACKED, largest_part: int = LARGEST_PART
) -> zipfile.ZipFile:
    """The parts of an Office file that may be looked into, up to so many bytes.

    Raises:
        OfficeFileError: it must not be opened, and why.
    """
    if data.startswith(_OLE):
        raise Locked if _ENCRYPTED in data else OldFormat
    if not data.startswith(b"PK"):
        raise PlainText if _is_text(data) else Unreadable
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > unpacked:
            raise TooLarge
        for part in parts:
            name = part.filename.lower()
            if name.endswith("vbaproject.bin") or "/macrosheets/" in name:
                raise Macros
            if part.flag_bits & 1:
                raise Locked
            if not name.endswith((".xml", ".rels")):
                continue
            if part.file_size > largest_part:
                raise TooLarge
            xml = archive.read(part)
            if b"\0" in xml[:4096] or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
                # a document type can hold entities, and in UTF-16 hide: no office program writes either
                raise Unreadable
    except _BROKEN as error:
        raise Unreadable(str(error)) from error
    return archive


_TEXT: Final = re.compile(r"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")
_ENDS: Final = re.compile(r"</(?:w:p|a:p|(?:\w+:)?si|(?:\w+:)?is)>")
"""What ends a paragraph of a document or drawing, or a text of a workbook."""


def words_of(archive: zipfile.ZipFile) -> Iterator[str]:
    """Every text in an Office file's parts, by paragraph: headers, boxes, notes, hidden sheets, too."""
    for part in archive.infolist():
        if part.filename.lower().endswith(".xml"):
            for piece in _ENDS.split(archive.read(part).decode("utf-8", "replace")):
                words = "".join(_TEXT.findall(piece))
                if words.strip():
                    yield html.unescape(words)


def _is_text(data: bytes) -> bool:
    sample = data[:4096]
    return bool(sample) and b"\0" not in sample


@contextmanager
def workbook(
    data: bytes,
    *,
    computed: bool = True,
    unpacked: int = LARGEST_UNPACKED,
    largest_part: int = LARGEST_PART,
) -> Iterator[tuple[Any, zipfile.ZipFile]]:
    """A workbook and its parts; `computed`: of formulas the value that was saved last, else the formula.

    What goes wrong while it is read, lazily as it is, comes out as Unreadable, too.

    Raises:
        OfficeFileError: it must not or cannot be read, and why.
    """
    import openpyxl  # heavy: only where a workbook is read

    with open_package(data, unpacked=unpacked, largest_part=largest_part) as archive:
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=computed)
            try:
                yield book, archive
            finally:
                book.close()
        except _BROKEN as error:
            raise Unreadable(str(error)) from error
