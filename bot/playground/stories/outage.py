"""An outage from Thursday 14:00 to Friday 09:50: what is still true is said once, and marked as late."""

from __future__ import annotations

from datetime import time
from typing import Final

from .friday import FRIDAY, OFFICE, READY, SUMMARY, TARDY, THURSDAY
from .story import Both, Hears, NeverHears, PowerFails, PowerReturns, Says, Shows, Step, Story, Until

LINES: Final = "\n".join(
    (
        "出动人员 320",
        "出动车辆 46",
        "生活垃圾 18吨",
        "建筑垃圾 12吨",
        "卫生死角 9",
        "坑塘 5处",
        "污水横流 3",
        "杂物 20",
        "残垣断壁 4",
        "私搭乱建 2处",
        "小广告 40",
        "户厕 12",
        "五美庭院 8",
        "达标村 12/30",
        "投入资金 3.5",
        "县级督导次数 2",
        "自查问题数 9",
        "自查整改数 7",
        f"小结：{SUMMARY}",
    )
)
"""A whole weekly report as lines of one message."""

STORY = Story(
    key="outage",
    title=Both("周四停电，周五恢复", "An outage over Thursday night"),
    about=Both(
        "从周四 14:00 停到周五 9:50：期间发来的都算数，错过的提醒只补发还有用的那一条。",
        "Down from Thursday 14:00 to Friday 09:50: what was sent meanwhile counts, and of the missed "
        "reminders only the one that is still true goes out.",
    ),
    phones=(READY, TARDY, OFFICE),
    steps=(
        Step(
            Both("周四 14:00，一切正常。", "Thursday, 14:00: all is well."),
            does=Until(time(14, 0), THURSDAY),
        ),
        Step(
            Both("机房停电，机器人没有了。", "The power fails; the bot is gone."),
            does=PowerFails(),
        ),
        Step(
            Both(
                "16:30。15:00 的周报提醒没有发出，谁也没收到。",
                "16:30. The reminder of 15:00 was not sent; nobody has heard of it.",
            ),
            does=Until(time(16, 30)),
            then=(NeverHears(TARDY, "前报送|due", in_step=True),),
        ),
        Step(
            Both(
                "延津县不等提醒，把周报逐行发了过来。消息留在 Telegram 那边。",
                "延津县 does not wait and sends its report as lines. Telegram keeps the message.",
            ),
            who=READY,
            does=Says(LINES),
        ),
        Step(
            Both("夜里过去，到周五 9:50。", "The night passes: Friday, 09:50."),
            does=Until(time(9, 50), FRIDAY),
        ),
        Step(
            Both(
                "来电了。延津县按发出的时间算按时；卫辉市只收到一条补发的提醒，表格随附，两条错过的并成一条。",
                "The power is back. 延津县 counts as on time, by when it was sent; 卫辉市 hears one reminder "
                "marked as late, with its form, in place of the two that were missed.",
            ),
            does=PowerReturns(),
            then=(
                Hears(TARDY, ("（补发）|(sent late)", "10:00"), picture=True, name="reminder"),
                Hears(READY, ("已收齐|omplete", "16:30", "按时|on time")),
                NeverHears(READY, "（补发）|(sent late)"),
                NeverHears(TARDY, "连不上|could not reach"),
            ),
        ),
        Step(
            Both(
                "10:05，办公室的名单照常到。谁也没有因为停电被算迟报。",
                "10:05: the office has its list as always. Nobody is late because of the outage.",
            ),
            does=Until(time(10, 5), FRIDAY),
            then=(
                Hears(OFFICE, ("延津县", "1/8"), buttons=("催报|Remind them",), name="list"),
                Shows("reminder", "卫辉市"),
            ),
        ),
    ),
)
