"""Photographs and files on the playground's page: dropped, pasted, picked, looked at, fetched."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from onpage import SOON, Phone, Town
from PIL import Image
from playwright.sync_api import Locator, Page, expect

INTO = {"drop": "dataTransfer", "paste": "clipboardData"}


def picture(colour: str) -> bytes:
    """A small photograph of nothing."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(kept, "JPEG")
    return kept.getvalue()


def gives(place: Locator, kind: str, *pictures: bytes) -> None:
    """Let pictures fall on a place, or paste them into it."""
    place.evaluate(
        """(place, [kind, into, pictures]) => {
            const bag = new DataTransfer();
            pictures.forEach((words, index) => bag.items.add(new File(
                [Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0))],
                `${index}.jpg`, { type: "image/jpeg" })));
            const Kind = kind === "drop" ? DragEvent : ClipboardEvent;
            place.dispatchEvent(new Kind(kind, { [into]: bag, bubbles: true, cancelable: true }));
        }""",
        [kind, INTO[kind], [base64.b64encode(one).decode() for one in pictures]],
    )


@pytest.fixture
def phone(page: Page, town: Town) -> Phone:
    """The phone of an inspector."""
    return town.open(page, "lead:county/1")[0]


@pytest.mark.browser
@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photo_comes_by_drag_and_drop_or_is_pasted(phone: Phone, way: str) -> None:
    gives(phone.box if way == "drop" else phone.field, way, picture("teal"))
    expect(phone.box.locator(".picked img")).to_have_count(1)

    words = f"延津县王楼镇任庄村坑塘垃圾 {way}"
    phone.says(words)

    expect(phone.hears("照片 1")).to_contain_text(words)


@pytest.mark.browser
def test_photos_dropped_together_are_one_album_and_open_large(phone: Phone, page: Page) -> None:
    gives(phone.box, "drop", picture("olive"), picture("navy"), picture("maroon"))
    phone.says("延津县王楼镇任庄村路边杂物")
    phone.hears("照片 3")

    album = phone.box.locator(".row.mine .photos.of-3").last
    album.get_by_role("button").first.click()
    window = page.locator("dialog.lightbox")
    expect(window.locator("footer")).to_contain_text("1 / 3")
    page.keyboard.press("ArrowRight")
    expect(window.locator("footer")).to_contain_text("2 / 3")
    page.keyboard.press("Escape")

    expect(window).to_have_count(0)


@pytest.mark.browser
def test_a_picture_that_was_picked_can_be_taken_out_again(phone: Phone) -> None:
    gives(phone.box, "drop", picture("red"), picture("green"))

    phone.box.get_by_role("button", name="拿掉 0.jpg").click()

    expect(phone.box.locator(".picked img")).to_have_count(1)


@pytest.mark.browser
def test_a_file_is_sent_as_it_is_and_can_be_fetched(phone: Phone, page: Page, tmp_path: Path) -> None:
    sheet = tmp_path / "说明.txt"
    sheet.write_text("整改方案", encoding="utf-8")
    phone.box.locator("input.files").set_input_files(sheet)
    phone.says("延津县的整改方案")

    with page.expect_download(timeout=SOON) as fetched:
        phone.hears("说明.txt").get_by_role("link").click()

    assert fetched.value.suggested_filename == "说明.txt"
    assert Path(fetched.value.path()).read_text(encoding="utf-8") == "整改方案"


@pytest.mark.browser
def test_a_photo_sent_as_a_file_stays_one_and_opens_large(phone: Phone, page: Page) -> None:
    gives(phone.box, "drop", picture("purple"))
    phone.box.get_by_label("作为文件发送").check()
    phone.says("延津县王楼镇任庄村空闲宅院杂物")

    phone.box.locator(".row.mine button.document").last.click(timeout=SOON)

    expect(page.locator("dialog.lightbox img")).to_be_visible()
