"""The first story: from a photo in the field to a closed entry."""

from __future__ import annotations

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.town import Town

CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


async def test_an_album_with_one_caption_goes_from_the_field_to_a_closed_entry(town: Town) -> None:
    inspector = await town.join("李甲", Role.INSPECTOR, group="county/1", leader=True)
    contact = await town.join("王乙", Role.CONTACT, region="延津县")
    other = await town.join("赵丙", Role.CONTACT, region="卫辉市")
    seen = len(inspector.chat(town.bot).messages)

    inspector.sends_album(town.bot, [photo(seed=n) for n in range(4)], caption=CAPTION)
    await town.settle()
    receipt = inspector.chat(town.bot).last
    await town.passes(seconds=61)
    card = contact.chat(town.bot).last
    contact.presses(card, "签收")
    contact.sends_photo(town.bot, photo("clean"), caption="已清理", reply_to=card)
    await town.settle()
    await town.passes(seconds=3)
    check = inspector.chat(town.bot).last
    inspector.presses(check, "销号")
    await town.settle()

    assert "县1-0412-01" in receipt.text and "照片 4" in receipt.text
    assert len(inspector.chat(town.bot).messages) == seen + 4 + 2  # the album, the receipt, the check
    assert "县1-0412-01" in card.caption and card.file is not None
    assert not any("县1-" in (m.text or m.caption or "") for m in other.chat(town.bot).messages)
    assert check.file is not None
    assert "已销号" in card.caption and "已销号" in check.caption
