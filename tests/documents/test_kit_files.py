"""What lies in a kit's zip and on its paper: true of each other, whole, and nothing that must not leave."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from PIL import Image

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.documents import kit
from bot.documents.ledger_rows import Words
from bot.media.errors import StoreUnreachable
from bot.media.store import PhotoStore
from bot.texts.catalogue import Catalogue
from tests.drawn import photo

HEAD = {
    "kit": 3, "campaign": "新乡市城乡环境整治百日攻坚行动", "month": "4月",
    "office": "市农业农村局环境整治攻坚办",
    "day": "2019-05-05", "mark": "仅供工作使用 · 某某 · 2019-05-05 10:00",
}  # fmt: skip
PICTURE = photo(size=(640, 480), seed=3, position=(35.1, 114.2))


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    """A store with one picture that knows where it was taken."""
    store = PhotoStore(tmp_path / "media")
    store.put("2019/04/1/01.jpg", PICTURE)
    return store


def file(name: str = "县1-0412-01_01_前_任庄村.jpg", **more: Any) -> dict[str, Any]:
    return {
        "file": "2019/04/1/01.jpg", "name": name, "anew": False,
        "sha256": hashlib.sha256(PICTURE).hexdigest(),
        "number": "县1-0412-01", "place": "延津县王楼镇任庄村", "side": "before", "film": False, **more,
    }  # fmt: skip


def opened(data: bytes) -> tuple[dict[str, bytes], list[tuple[Any, ...]]]:
    """The files of a zip, and the lines of its list."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        found = {name: packed.read(name) for name in packed.namelist()}
    sheet = openpyxl.load_workbook(io.BytesIO(found.pop(kit.LIST))).active
    assert sheet is not None
    return found, [tuple(row) for row in sheet.iter_rows(min_row=4, values_only=True)]


def test_originals_lie_in_it_byte_for_byte_and_the_list_is_true_of_them(store: PhotoStore) -> None:
    files = [file(), file(), file("县1-0412-01_02_前_任庄村.jpg", file="2019/04/1/gone.jpg")]

    name, data = kit.make_part(store, {**HEAD, "files": files, "part": 1, "parts": 2})
    found, lines = opened(data)

    assert name.endswith(".zip")
    assert sorted(found) == ["县1-0412-01_01_前_任庄村-2.jpg", "县1-0412-01_01_前_任庄村.jpg"]
    assert set(found.values()) == {PICTURE}
    assert [(line[1], line[6], line[8]) for line in lines] == [
        ("县1-0412-01_01_前_任庄村.jpg", len(PICTURE), "原件"),
        ("县1-0412-01_01_前_任庄村-2.jpg", len(PICTURE), "原件"),
        ("县1-0412-01_02_前_任庄村.jpg", 0, "缺失：照片库里没有，可从备份补回后重新生成"),
    ]
    assert lines[0][7] == hashlib.sha256(PICTURE).hexdigest()


def test_a_covert_picture_leaves_without_hour_and_position_or_not_at_all(store: PhotoStore) -> None:
    store.put("2019/04/1/broken.jpg", b"no picture")
    files = [
        file("暗-0412-01_01_前_任庄村.heic", anew=True),
        file("暗-0412-01_02_前_任庄村.jpg", anew=True, file="2019/04/1/broken.jpg"),
    ]

    _, data = kit.make_part(store, {**HEAD, "files": files})
    found, lines = opened(data)
    (only,) = found.values()

    assert list(found) == ["暗-0412-01_01_前_任庄村.jpg"]
    assert not dict(Image.open(io.BytesIO(only)).getexif())
    assert [line[8] for line in lines] == ["已去除拍摄时间和位置", "未附：无法去除拍摄信息"]


def test_a_name_leads_out_of_no_folder(store: PhotoStore) -> None:
    _, data = kit.make_part(store, {**HEAD, "files": [file("../../县1/0412:01.jpg")]})

    assert all("/" not in name and ".." not in name for name in opened(data)[0])


def test_a_store_that_cannot_be_read_makes_no_part_at_all() -> None:
    class Broken(PhotoStore):
        def get(self, path: str) -> bytes:
            raise StoreUnreachable(path, "the bucket is away")

    with pytest.raises(StoreUnreachable):
        kit.make_part(Broken("memory://"), {**HEAD, "files": [file()]})


def lead(number: str, **more: Any) -> dict[str, Any]:
    return {
        "entry": 1, "number": number, "region": "延津县", "township": "王楼镇", "place": "王楼镇任庄村村口",
        "problem": "村口垃圾堆", "category": "garbage.domestic", "day": "2019-04-12", "state": "assigned",
        "late": True, "returns": 1, "again": True, "warned": True, "metres": None, "position": [35.2, 114.2],
        "files": [], "photos": 2, "films": 1, "picture": {"file": "2019/04/1/01.jpg", "anew": False}, **more,
    }  # fmt: skip


def test_the_paper_has_a_table_a_region_in_the_order_of_driving_and_says_which_picture_is_gone(
    store: PhotoStore,
) -> None:
    words = Words(Catalogue(build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})).campaign))
    leads = [
        lead("县1-0412-01"),
        lead("县1-0412-02", metres=3240.0, picture={"file": "gone.jpg", "anew": False}, state="closed",
             late=False),
        lead("暗-0412-01", region="卫辉市", day=None, position=None, problem="", state="filed", late=False,
             returns=0, again=False, warned=False, picture=None, photos=0, films=0),
    ]  # fmt: skip

    _, data = kit.make_leads(words, store, {**HEAD, "leads": leads})
    paper = Document(io.BytesIO(data))
    text = "\n".join(one.text for one in paper.paragraphs)
    first, second = ([[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables)

    assert "一、延津县（2处）" in text
    assert "二、卫辉市（1处）" in text
    assert first[1] == [
        "1", "王楼镇任庄村村口", "村口垃圾堆（县1-0412-01）",
        "4月12日发现，逾期未整改，反弹，退回1次，已督办警示", "照片2张、视频1段",
    ]  # fmt: skip
    assert first[2][1] == "王楼镇任庄村村口（距上一处约3.2公里）"
    assert second[1][2:] == ["生活垃圾（暗-0412-01）", "尚未交办", "无"]
    assert "2. 延津县王楼镇任庄村村口（县1-0412-02），高德坐标114.20594,35.19953：照片缺失，未附。" in text
    assert "仅供工作使用" in text
