"""The first story, from the field to a closed entry: by polling, by webhook, in pieces, with a restart."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


async def cast(town: Town) -> tuple[Any, Any, Any]:
    """An inspector who leads the group, the contact of the place, the contact of another county."""
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    other = await town.join("赵丙", Role.CONTACT, region="卫辉市")
    return inspector, contact, other


async def county_and_check(town: Town, inspector: Any, contact: Any, *, restart: bool = False) -> Any:
    """Settle time, card, signature, proof, check, closing; gives the county's card."""
    await town.passes(seconds=61)
    card = contact.chat(town.bot).last
    contact.presses(card, "签收")
    await town.settle()
    if restart:
        await town.stop_bot()
    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    if restart:
        await town.start_bot()
    await town.settle()
    await town.passes(seconds=3)
    check = inspector.chat(town.bot).last
    assert check.file is not None
    inspector.presses(check, "销号")
    await town.settle()
    assert "已销号" in card.caption
    assert "已销号" in check.caption
    return card


async def test_an_album_with_one_caption_goes_from_the_field_to_a_closed_entry(town: Town) -> None:
    inspector, contact, other = await cast(town)
    seen = len(inspector.chat(town.bot).messages)

    inspector.sends_album(town.bot, [photo(seed=n) for n in range(4)], caption=CAPTION)
    await town.settle()
    receipt = inspector.chat(town.bot).last
    card = await county_and_check(town, inspector, contact)

    assert "县1-0412-01" in receipt.text
    assert "照片 4" in receipt.text
    assert len(inspector.chat(town.bot).messages) == seen + 4 + 2  # the album, the receipt, the check
    assert "县1-0412-01" in card.caption
    assert card.file is not None
    assert not any("县1-" in (m.text or m.caption or "") for m in other.chat(town.bot).messages)


async def test_the_story_holds_with_photos_and_words_sent_apart(town: Town) -> None:
    inspector, contact, _ = await cast(town)

    for seed in range(3):
        inspector.sends_photo(town.bot, photo(seed=seed))
        await town.settle()
    await town.passes(seconds=3)
    inspector.sends(town.bot, CAPTION)
    await town.settle()
    receipt = inspector.chat(town.bot).last
    await county_and_check(town, inspector, contact)

    drafts = [m for m in inspector.chat(town.bot).messages if m.by_bot and "县1-0412-01" in (m.text or "")]
    assert drafts == [receipt] or "照片 3" in drafts[0].text


async def test_the_story_holds_with_a_restart_in_the_middle(town: Town) -> None:
    inspector, contact, _ = await cast(town)

    album = inspector.begins_album(town.bot, [photo(seed=n) for n in range(4)], captions={0: CAPTION})
    album.send(0)
    await town.settle()
    await town.stop_bot()
    album.send_rest()
    await town.start_bot()
    await town.settle()
    receipt = next(m for m in inspector.chat(town.bot).messages if m.by_bot and "县1-" in (m.text or ""))
    await county_and_check(town, inspector, contact, restart=True)

    assert "照片 4" in receipt.text
    assert "县1-0412-02" not in "".join(m.text or "" for m in inspector.chat(town.bot).messages)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_the_story_holds_by_webhook(tmp_path: Path) -> None:
    port = free_port()
    webhook = {
        "BOT_TELEGRAM__MODE": "webhook",
        "BOT_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "BOT_TELEGRAM__WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }
    async with Town(tmp_path, **webhook) as town:
        inspector, contact, _ = await cast(town)

        inspector.sends_album(town.bot, [photo(seed=n) for n in range(4)], caption=CAPTION)
        await town.settle()
        receipt = inspector.chat(town.bot).last
        await county_and_check(town, inspector, contact)

        assert "照片 4" in receipt.text
        assert town.bot.webhook.url.endswith("/hook")
        town.server.check()


@pytest.mark.parametrize("caption", ["", "🗑️🗑️🗑️"])
async def test_a_photo_without_a_place_asks_for_the_region_with_one_tap(town: Town, caption: str) -> None:
    inspector, _, _ = await cast(town)

    inspector.sends_photo(town.bot, photo(), caption=caption)
    await town.settle()
    await town.passes(seconds=3)

    question = inspector.chat(town.bot).last
    assert {"卫辉市", "延津县"} <= {button.text for row in question.buttons for button in row}
