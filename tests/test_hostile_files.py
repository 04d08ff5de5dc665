"""Files that are not what they seem: several kinds in one, names that lead elsewhere, bombs."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from bot.documents import office_files
from bot.documents.pictures import clean_copy
from bot.jobs.media import _extension
from bot.media.decoding import PictureFormat
from bot.media.errors import PhotoRefused, StoreError
from bot.media.pipeline import study
from bot.media.store import PhotoStore, copy_name, file_path, photo_path
from tests.drawn import photo

HIDDEN = b"<script>alert(1)</script><?php system('id') ?>"
NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\system32\\a.exe", "a.jpg/../../b", "/etc/cron.d/x", "x.\0jpg",
    "a.jpg\n../b", "....//....//c", "CON.jpg", "a." + "j" * 300, ".htaccess", "~root/.ssh/id", "%2e%2e%2fd",
)  # fmt: skip


def archive(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def test_what_is_hidden_behind_or_inside_a_picture_is_in_no_copy_that_leaves() -> None:
    exif = Image.Exif()
    exif[0x010E] = HIDDEN.decode()
    out = io.BytesIO()
    Image.open(io.BytesIO(photo(seed=1, size=(640, 480)))).save(out, "JPEG", exif=exif)
    polyglot = out.getvalue() + archive("evil.html", HIDDEN) + HIDDEN

    studied = study(polyglot, name="a.html")

    assert studied.format == PictureFormat.JPEG  # the name decides nothing
    for copy in (studied.thumbnail, clean_copy(polyglot)):
        assert HIDDEN[:8] not in copy
        assert b"PK\x03\x04" not in copy
        assert Image.open(io.BytesIO(copy)).format == "JPEG"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"%PDF-1.7\n" + HIDDEN,
        b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file",
        b"GIF89a" + HIDDEN,
        b"BM" + HIDDEN * 20,
        archive("a.jpg", photo(seed=1, size=(64, 48))),
    ],
    ids=["svg", "pdf", "postscript", "gif", "bmp", "zip"],
)
def test_only_the_four_kinds_of_pictures_are_opened(data: bytes) -> None:
    with pytest.raises(PhotoRefused):
        study(data, name="a.jpg")


@pytest.mark.parametrize("name", NAMES)
def test_no_file_name_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    store = PhotoStore(tmp_path / "store")
    row = SimpleNamespace(file_name=name, medium="document")
    paths = [
        photo_path(date(2019, 4, 12), 7, 1, "before", "a" * 64, _extension(row)),
        file_path(name, 3, "b" * 64, _extension(row)),
        copy_name("县1-0412-01", 1, "before", name, _extension(row)),
    ]

    for path in paths[:2]:
        store.put(path, b"x")
    with pytest.raises(StoreError):
        store.put(name if name.startswith("/") or ".." in name else "../" + name, b"x")

    outside = [
        one for one in tmp_path.rglob("*") if one.is_file() and not one.is_relative_to(tmp_path / "store")
    ]
    assert outside == []
    assert len([one for one in (tmp_path / "store").rglob("*") if one.is_file()]) == 2
    assert "/" not in paths[2]
    assert all(len(part.encode()) <= 255 for path in paths for part in path.split("/"))


@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/passwd", "xl/worksheets/../../../x"])
def test_a_workbook_whose_parts_lead_elsewhere_writes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(office_files.OfficeFileError), office_files.workbook(archive(name, HIDDEN)):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_workbook_of_many_small_parts_is_counted_as_a_whole() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(10):
            packed.writestr(f"xl/media/{number}.bin", b"\0" * (office_files.LARGEST_UNPACKED // 8))

    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(office_files.TooLarge), office_files.workbook(out.getvalue()):
        pass
