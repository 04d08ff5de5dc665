"""Another city works by its own configuration and places file, without a change of code."""

from __future__ import annotations

from pathlib import Path

from bot.domain.permissions import Role
from tests.drawn import photo
from tests.town.town import Town

CONFIG = """
[campaign]
name = "云岭市清洁家园行动"
first_day = 2019-04-01
last_day = 2019-09-30
time_zone = "Asia/Shanghai"

[places]
file = "places.csv"

[[tracks]]
key = "rural"
prefix = "乡"
label = "乡片"
office = "市乡村办"

[[regions]]
name = "青禾县"
short = ["青禾"]
track = "rural"

[[regions]]
name = "白石区"
short = ["白石"]
track = "rural"

[[groups]]
track = "rural"
number = 7
kind = "regional"
name = "第七巡查组"
regions = ["青禾县", "白石区"]
"""

PLACES = """code,region,township,village
1,青禾县,柳泉镇,大槐村村民委员会
2,青禾县,柳泉镇,石桥村村民委员会
3,白石区,云台街道,新园社区居民委员会
"""


async def test_a_second_city_files_assigns_and_closes(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "places.csv").write_text(PLACES, "utf-8")
    async with Town(tmp_path, config=tmp_path / "city.toml") as town:
        inspector = await town.join("甲", Role.INSPECTOR, group="rural/7", leader=True)
        contact = await town.join("乙", Role.CONTACT, region="青禾县")

        inspector.sends_photo(town.bot, photo(), caption="柳泉大槐村村口污水横流，限5天")
        await town.settle()
        receipt = inspector.chat(town.bot).last
        await town.passes(seconds=61)
        card = contact.chat(town.bot).last
        contact.sends_photo(town.bot, photo("clean"), reply_to=card)
        await town.settle()
        await town.passes(seconds=3)
        inspector.presses(inspector.chat(town.bot).last, "销号")
        await town.settle()

        assert "乡7-0412-01" in receipt.text
        assert "青禾县柳泉镇大槐村" in receipt.text
        assert "4月17日" in card.caption
        assert "乡片第七巡查组" in card.caption
        assert "已销号" in card.caption
        town.server.check()
