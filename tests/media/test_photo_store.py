"""Photo files below one root: paths, whole writes, what may be deleted, and what goes wrong."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from bot.media import derived
from bot.media.errors import PhotoMissing, StoreError, StoreFull, StoreRefused, StoreUnreachable
from bot.media.fonts import Fonts
from bot.media.pipeline import Stamp
from bot.media.store import PhotoStore, copy_name, derived_path, photo_path
from tests.drawn import photo

PATH = "2019/04/17/01_前_0a1b2c3d.jpg"
STAMP = Stamp("县1-0412-03", "延津县王楼镇任庄村", "2019年4月12日 09:12")


@pytest.fixture(params=["folder", "file url", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    url = {
        "folder": str(tmp_path / "media"),
        "file url": f"file://{tmp_path}/media",
        "memory": "memory://",
    }[request.param]
    return PhotoStore(url)


def test_a_path_says_month_entry_rank_side_and_hash() -> None:
    path = photo_path(date(2019, 4, 12), 17, 1, "before", "0a1b2c3d" * 8, "JPG")

    assert path == PATH
    assert photo_path(date(2019, 4, 12), 17, 12, "after", "ff" * 32, "heic").endswith("/12_后_ffffffff.heic")


@pytest.mark.parametrize("village", ["任庄村", "任/庄:村*?", "..", "村\n口", "很长" * 100])
def test_a_copys_name_fits_every_file_system(village: str) -> None:
    name = copy_name("县1-0412-03", 2, "after", village)

    assert name.startswith("县1-0412-03_02_后_")
    assert name.endswith(".jpg")
    assert not set(name) & set('/\\:*?"<>|\n')
    assert len(name.encode()) < 255


def test_what_is_put_is_got(store: PhotoStore) -> None:
    store.put(PATH, b"first")
    store.put(PATH, b"second")

    assert store.get(PATH) == b"second"
    assert store.exists(PATH)
    assert store.size(PATH) == 6
    assert list(store.paths()) == [PATH]


def test_a_folder_holds_the_file_under_its_very_name(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path / "新乡 media")

    store.put(PATH, b"data")

    assert store.root is not None
    assert (store.root / PATH).read_bytes() == b"data"
    assert [file.name for file in store.root.rglob("*") if file.is_file()] == [Path(PATH).name]


def test_building_a_store_opens_nothing(tmp_path: Path) -> None:
    PhotoStore(tmp_path / "media")
    PhotoStore("s3://bucket/prefix")

    assert not (tmp_path / "media").exists()


def test_what_is_not_there_is_missing(store: PhotoStore) -> None:
    assert not store.exists(PATH)
    assert store.size(PATH) is None
    with pytest.raises(PhotoMissing) as refusal:
        store.get(PATH)

    assert refusal.value.path == PATH


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../up", "a/../../b", "a//b", "a/./b", "a\\b"])
def test_a_path_outside_the_store_is_refused(store: PhotoStore, path: str) -> None:
    for act in (lambda: store.put(path, b"x"), lambda: store.get(path), lambda: store.exists(path)):
        with pytest.raises(StoreRefused):
            act()


def test_a_reader_sees_the_old_file_or_the_new_one_and_nothing_between(tmp_path: Path) -> None:
    store = PhotoStore(tmp_path)
    old, new = b"o" * 3_000_000, b"n" * 2_000_000
    store.put(PATH, old)
    done = threading.Event()

    def write() -> None:
        for _ in range(20):
            store.put(PATH, new)
            store.put(PATH, old)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(store.get(PATH))
    writer.join()

    assert seen <= {old, new}


@pytest.mark.parametrize(
    ("raised", "named"),
    [
        (GenericError("Generic LocalFileSystem error: No space left on device (os error 28)"), StoreFull),
        (GenericError("Read-only file system (os error 30)"), StoreRefused),
        (PermissionError("Permission denied"), StoreRefused),
        (PermissionDeniedError("403"), StoreRefused),
        (GenericError("error sending request"), StoreUnreachable),
    ],
)
def test_each_failure_has_its_name_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, named: type[StoreError]
) -> None:
    store = PhotoStore(tmp_path)
    store.put(PATH, b"old")

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(obstore, "put", fail)
    with pytest.raises(named):
        store.put(PATH, b"new")

    assert store.get(PATH) == b"old"


def test_a_root_that_is_a_file_is_an_error_with_a_name(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("in the way")

    with pytest.raises(StoreError):
        PhotoStore(tmp_path / "media").check()


@pytest.mark.parametrize("url", ["gopher://x/y", "s3://"])
def test_an_address_that_is_none_is_an_error_with_a_name(url: str) -> None:
    with pytest.raises(StoreError):
        PhotoStore(url).get(PATH)


def test_check_leaves_no_photo_behind(store: PhotoStore) -> None:
    store.check()

    assert list(store.paths()) == []


def test_derived_files_may_go_and_the_photos_stay(store: PhotoStore) -> None:
    store.put(PATH, b"photo")
    store.put(derived_path(PATH, "thumbnails"), b"small")

    gone = store.delete_derived()

    assert gone == 1
    assert list(store.paths(derived=True)) == [PATH]


def test_thumbnails_and_stamped_copies_come_back(store: PhotoStore) -> None:
    fonts = Fonts()
    store.put(PATH, photo(size=(640, 480)))
    small, stamped = derived.thumbnail(store, PATH), derived.stamped_copy(store, PATH, STAMP, fonts=fonts)
    assert store.exists(derived.thumbnail_path(PATH))
    assert store.exists(derived.stamped_path(PATH, STAMP))

    store.delete_derived()

    assert derived.thumbnail(store, PATH) == small
    assert derived.stamped_copy(store, PATH, STAMP, fonts=fonts) == stamped


def test_a_new_number_makes_a_new_stamped_copy(store: PhotoStore) -> None:
    renumbered = Stamp("县1-0412-04", STAMP.place, STAMP.date)

    assert derived.stamped_path(PATH, STAMP) != derived.stamped_path(PATH, renumbered)
