"""A closing day on the wire: marks, drafts, an objection, locking, publishing, what follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.permissions import Role
from bot.ledger.desk import Work
from bot.ledger.tables import inbox, score_items
from tests.town.scenes import labels, words
from tests.town.town import ZONE, Town

COUNTY = ("长垣县", "卫辉市", "辉县市", "新乡县", "获嘉县", "原阳县", "延津县", "封丘县")
PAIRS = {1: ("卫辉市", "延津县"), 2: ("辉县市", "获嘉县"), 3: ("新乡县", "原阳县"), 4: ("封丘县", "长垣县")}


class Scorers:
    """The four groups' leaders, two of the office, a contact of 延津县 and one of 封丘县."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.leaders: dict[int, Any] = {}

    @classmethod
    async def join(cls, town: Town) -> Scorers:
        found = cls(town)
        for number in PAIRS:
            found.leaders[number] = await town.join(
                f"组长{number}", Role.INSPECTOR, group=f"county/{number}", leader=True
            )
        found.covert = await town.join("暗访长", Role.INSPECTOR, group="county/0", leader=True)
        found.chief = await town.join("钱丁", Role.OFFICE, track="county")
        found.clerk = await town.join("孙戊", Role.OFFICE, track="county")
        found.yanjin = await town.join("王乙", Role.CONTACT, region="延津县")
        found.fengqiu = await town.join("赵丙", Role.CONTACT, region="封丘县")
        return found

    covert: Any
    chief: Any
    clerk: Any
    yanjin: Any
    fengqiu: Any

    def last(self, person: Any) -> Any:
        return person.chat(self.town.bot).last

    def said(self, person: Any) -> list[str]:
        return [words(message) for message in person.chat(self.town.bot).messages if message.by_bot]

    async def sends(self, person: Any, text: str, **more: Any) -> Any:
        person.sends(self.town.bot, text, **more)
        await self.town.settle()
        return self.last(person)

    async def press(self, person: Any, message: Any, label: str) -> Any:
        pressed = person.presses(message, label)
        await self.town.settle()
        return await pressed.answered(timeout=5)

    async def until(self, year: int, month: int, day: int, hour: int, minute: int = 0) -> None:
        """The clock goes on to that hour of the campaign's wall clock."""
        at = datetime(year, month, day, hour, minute, tzinfo=ZONE)
        await self.town.passes(seconds=(at - self.town.clock.now()) / timedelta(seconds=1))

    async def all_marked(self, low: str = "30") -> None:
        """Every group marks its two regions; 延津县 gets the lowest mark."""
        for number, (first, second) in PAIRS.items():
            marks = {first: f"{35 + number}", second: low if second == "延津县" else f"{34 + number}.5"}
            await self.sends(
                self.leaders[number], "/score " + "\n".join(f"{r} 督查 {v}" for r, v in marks.items())
            )

    async def covert_none(self) -> None:
        card = await self.sends(self.covert, "打分")
        await self.press(self.covert, card, "本旬未检查")

    async def rules_approved(self) -> None:
        page = await self.sends(self.chief, "考评口径")
        await self.press(self.chief, page, "送审")
        await self.press(self.clerk, self.last(self.clerk), "同意")

    async def drafts(self, card: Any) -> Any:
        """What is proposed is decided, then the drafts go out."""
        if any(label.startswith("建议扣分") for label in labels(card)):
            await self.press(self.chief, card, "建议扣分")
            await self.press(self.chief, card, "其余都不采用")
            await self.press(self.chief, card, "返回")
        return await self.press(self.chief, card, "发核对稿")

    async def period(self, person: Any = None) -> Any:
        """The office's card of the period."""
        who = person or self.chief
        card = await self.sends(who, "打分")
        await self.press(who, card, "县(市)考评" if "打分" in words(card) else "Scores: 县(市)")
        return self.last(who)


@pytest.fixture
async def scorers(town: Town) -> Scorers:
    """Everybody who has to do with scores."""
    return await Scorers.join(town)


# ── entering ──


async def test_a_leader_enters_a_line_and_many_lines(scorers: Scorers) -> None:
    leader = scorers.leaders[1]

    one = await scorers.sends(leader, "/score 延津县 督查 36.5")
    many = await scorers.sends(leader, "/score 延津 督查 36\n卫辉市 督查组 33.33")

    assert "已录入" in words(one)
    assert "延津县 督查组 36.5分" in words(one)
    assert "卫辉市 督查组 33.33分" in words(many)
    assert one.protected
    assert many.protected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("新乡 督查 36", "名称不明确"),
        ("火星县 督查 36", "没有这个单位"),
        ("延津县 督查 41", "高于满分（40）"),
        ("延津县 督查 36,5", "小数点请用"),
        ("延津县 督查 ３６", "半角"),
        ("延津县 天气 36", "没有这个项目"),
        ("辉县市 督查 36", "不由您打分"),
        ("延津县 暗访 36", "不由您打分"),
        ("延津县 督查 -1", "要写理由"),
        ("红旗区 督查 36", "不属本序列"),
        ("延津县", "没有这个项目"),
    ],
)
async def test_what_is_refused_is_named_and_nothing_is_stored(scorers: Scorers, line: str, said: str) -> None:
    leader = scorers.leaders[1]

    refused = await scorers.sends(leader, f"/score 卫辉市 督查 30\n{line}")
    card = await scorers.sends(leader, "打分")

    assert "第2行" in words(refused)
    assert said in words(refused)
    assert "第1行" not in words(refused)
    assert "已打 0/2" in words(card)


@pytest.mark.parametrize("where", ["private", "group"])
async def test_words_after_a_command_that_are_marked_as_secret_are_not_kept(
    scorers: Scorers, where: str
) -> None:
    leader, town = scorers.leaders[1], scorers.town
    group = town.server.group("第一督查小组", members=[leader], bots=[town.bot])

    leader.sends(town.bot if where == "private" else group, "/score@inspect_bot 延津县 督查 36 机密文件三号")
    await town.settle()

    def kept(work: Work) -> tuple[int, int]:
        marked = inbox.c.payload.contains("文件三号")
        return (
            work.connection.execute(select(func.count()).select_from(score_items)).scalar_one(),
            work.connection.execute(select(func.count()).select_from(inbox).where(marked)).scalar_one(),
        )

    assert "不保存" in words(scorers.last(leader))
    assert await town.app.parts.desk.look(kept) == (0, 0)


async def test_two_taps_and_a_number_are_enough(scorers: Scorers) -> None:
    leader = scorers.leaders[1]

    card = await scorers.sends(leader, "打分")
    await scorers.press(leader, card, "延津县")
    offered = labels(card)
    await scorers.press(leader, card, "督查组")
    asked = scorers.last(leader)
    entered = await scorers.sends(leader, "36.5")

    assert offered == ["督查组", "七方面", "返回"]
    assert "0—40" in words(asked)
    assert "延津县 督查组 36.5分" in words(entered)
    assert "已打 1/2" in words(card) or "36.5" in words(card)


async def test_in_a_group_chat_no_mark_is_taken_or_shown(scorers: Scorers) -> None:
    leader, town = scorers.leaders[1], scorers.town
    group = town.server.group("第一督查小组", members=[leader], bots=[town.bot])

    leader.sends(group, "/score@inspect_bot 延津县 督查 36.5")
    await town.settle()

    assert not [m for m in group.messages if m.by_bot and ("36.5" in words(m) or "打分" in words(m))]
    assert "私聊" in words(scorers.last(leader))
    card = await scorers.sends(leader, "打分")
    assert "已打 0/2" in words(card)


async def test_marks_are_sealed_until_all_are_in(scorers: Scorers) -> None:
    await scorers.sends(scorers.leaders[1], "/score 延津县 督查 31.25")

    card = await scorers.period()
    before = words(card)
    why = await scorers.sends(scorers.chief, "/why 延津")
    await scorers.all_marked()
    await scorers.covert_none()
    opened = await scorers.period()

    assert "已打分 0/5" in before
    assert "还差 县(市)第一督查小组 1/2" in before
    assert "31.25" not in before
    assert "31.25" not in words(why)
    assert "8　延津县　90.00 ▼末位" in words(opened)


# ── the whole way ──


async def test_a_closing_day_from_the_marks_to_the_published_ranking(scorers: Scorers) -> None:
    await scorers.rules_approved()
    await scorers.all_marked()
    await scorers.covert_none()
    await scorers.sends(scorers.chief, "/score 延津县 群众举报 -1.5 王楼镇举报属实")
    await scorers.until(2019, 4, 19, 10)
    card = await scorers.period()
    await scorers.drafts(card)
    draft = scorers.last(scorers.yanjin)
    too_early = await scorers.press(scorers.chief, card, "锁定")
    await scorers.until(2019, 4, 19, 17, 31)
    locked = await scorers.press(scorers.chief, card, "锁定")
    await scorers.press(scorers.chief, card, "送审")
    asked = scorers.last(scorers.clerk)
    await scorers.press(scorers.clerk, asked, "同意")

    assert draft.protected
    assert "核对稿" in words(draft)
    assert "-1.5：王楼镇举报属实" in words(draft)
    assert "合计 88.50" in words(draft)
    assert "封丘县" not in words(draft)
    assert "异议期" in too_early.text
    assert "校验码" in locked.text
    assert "8延津县88.50" in words(asked)
    own = next(text for text in reversed(scorers.said(scorers.yanjin)) if "排名已印发" in text)
    assert "延津县：第 8 名，88.50 分" in own
    measure = scorers.last(scorers.chief)
    assert "通报批评" in words(measure)
    assert "因工作不力" in words(measure)
    assert measure.protected


async def test_the_office_s_one_message_locks_and_says_why_it_cannot_yet(scorers: Scorers) -> None:
    await scorers.rules_approved()
    board = await scorers.sends(scorers.chief, "督导报告")

    assert labels(board) == ["催办", "打开核对稿", "🔒 锁定：打分未齐"]
    early = await scorers.press(scorers.chief, board, "🔒 锁定")
    assert early.text == "打分还没有齐；到期后可先结束打分。"
    await scorers.all_marked()
    await scorers.covert_none()
    await scorers.until(2019, 4, 19, 10)
    board = next(one for one in scorers.chief.chat(scorers.town.bot).newest_first() if "催办" in labels(one))
    assert "🔒 锁定：核对稿未发" in labels(board)
    early = await scorers.press(scorers.chief, board, "🔒 锁定")
    assert "核对稿还没有发" in early.text
    await scorers.press(scorers.chief, board, "打开核对稿")
    await scorers.drafts(scorers.last(scorers.chief))
    assert "🔒 锁定：异议到4月19日 17:30" in labels(board)
    early = await scorers.press(scorers.chief, board, "🔒 锁定")
    assert "异议期" in early.text
    await scorers.until(2019, 4, 19, 17, 31)
    locked = await scorers.press(scorers.chief, board, "🔒 锁定")

    assert "校验码" in locked.text
    assert "✓ 已锁定" in labels(board)


async def test_an_objection_is_granted_and_the_draft_changes(scorers: Scorers) -> None:
    await scorers.rules_approved()
    await scorers.all_marked()
    await scorers.covert_none()
    await scorers.sends(scorers.chief, "/score 延津县 群众举报 -1.5 王楼镇举报属实")
    await scorers.until(2019, 4, 19, 10)
    card = await scorers.period()
    await scorers.drafts(card)
    draft = scorers.last(scorers.yanjin)
    offered = labels(draft)
    await scorers.press(scorers.yanjin, draft, "对第2项")
    await scorers.sends(scorers.yanjin, "举报地点在卫辉市")
    heard = scorers.last(scorers.chief)
    locked_out = await scorers.press(scorers.chief, card, "锁定")
    await scorers.press(scorers.chief, heard, "采纳")

    assert offered == ["对第1项", "对第2项", "提出异议"]
    assert "举报地点在卫辉市" in words(heard)
    assert "王乙" in words(heard)
    assert locked_out.alert
    told = scorers.said(scorers.yanjin)
    assert any("已采纳" in text for text in told)
    assert "合计 90.00" in told[-1]
    assert "已按异议修改" in told[-1]
