"""A closing day on a day off: the office is asked a week ahead, one tap moves it, everything hangs on it."""

from __future__ import annotations

from datetime import time

from .story import Both, Goes, Hears, NeverHears, Presses, Says, Shows, Step, Story, Until

OFFICE, LEADER, OVERSIGHT = "office:county", "lead:county/1", "oversight"
REMARKS = "总体评价：两县进展平稳，村庄面貌明显改善。\n突出问题：个别坑塘反弹。"

STORY = Story(
    key="day_off",
    title=Both("上报日遇放假", "A closing day on a day off"),
    about=Both(
        "8日、18日、28日遇放假，提前一周请攻坚办点一下改期；提醒、核对稿、通报都跟着走。",
        "When an 8th, 18th or 28th is a day off, the office moves it with one tap a week ahead; reminders, "
        "drafts and bulletin follow.",
    ),
    phones=(OFFICE, LEADER, OVERSIGHT),
    steps=(
        Step(
            Both(
                "一周前的早上 9:00：下一个上报日放假，攻坚办收到改期建议。不确认就按办法的时间。",
                "A week ahead, 09:00: the coming closing day is a day off, and the office is asked. Unless "
                "it confirms, the notice's time stands.",
            ),
            does=Goes("day_off"),
            then=(
                Hears(
                    OFFICE,
                    ("督导报告|inspection reports", "办法规定|By the notice"),
                    buttons=("改到|Move to", "按原时间|Keep the time"),
                    name="question",
                ),
                NeverHears(LEADER, "改到|New time"),
            ),
        ),
        Step(
            Both("点一下改期。", "One tap moves it."),
            who=OFFICE,
            does=Presses("question", "改到|Move to"),
            then=(
                Shows("question", "已通知有关单位|everybody concerned was told"),
                Hears(LEADER, ("改到|New time", "18:00"), silent=True, name="moved"),
                Hears(OVERSIGHT, ("改到|New time", "18:00"), silent=True),
            ),
        ),
        Step(
            Both(
                "办法规定的那一天 17:55，放假：没有人被催。放假前的工作日已按新时间提醒过一次。",
                "The notice's own day, 17:55, a day off: nobody is pressed. The working day before, they "
                "were reminded once, of the new time.",
            ),
            does=Goes("period"),
            then=(
                Hears(LEADER, ("18:00", "还差|still missing"), name="eve"),
                NeverHears(LEADER, "今天 18:00|Due today", in_step=True),
            ),
        ),
        Step(
            Both(
                "改后的上报日早上 9:00：提醒还没报的，攻坚办的一条总表也出来了。",
                "09:00 on the new day: who has not handed in is reminded; the office's one board is there.",
            ),
            does=Until(time(9, 0), working=True),
            then=(
                Hears(LEADER, "今天 18:00|Due today at 18:00", buttons=("1小时后|In an hour",), name="today"),
                Hears(OFFICE, "0/4", silent=True, name="board"),
            ),
        ),
        Step(
            Both(
                "组长打开报告草稿：数字都是从台账里数出来的。",
                "The leader opens the draft: every figure is counted from the ledger.",
            ),
            who=LEADER,
            does=Presses("today", "县(市)第一督查小组"),
            then=(Hears(LEADER, "督导报告|report for", buttons=("上报|Hand in",), name="draft"),),
        ),
        Step(
            Both("回复草稿，写上评价。", "A reply to the draft adds the remarks."),
            who=LEADER,
            does=Says(REMARKS, reply_to="draft"),
            then=(Hears(LEADER, "个别坑塘反弹", buttons=("上报|Hand in",), name="draft"),),
        ),
        Step(
            Both("点「上报」，攻坚办的总表随即更新。", "One press hands it in; the office's board follows."),
            who=LEADER,
            does=Presses("draft", "上报|Hand in"),
            then=(Shows("draft", "按时|on time"), Shows("board", "1/4")),
        ),
        Step(
            Both(
                "18:05，攻坚办看到还差谁。核对稿和旬通报也顺延到其后的工作日。",
                "18:05: the office sees who is missing. Draft and bulletin follow on the working days after.",
            ),
            does=Until(time(18, 5)),
            then=(Hears(OFFICE, ("1/4", "未报|Missing"), buttons=("催办|Remind them",), silent=False),),
        ),
    ),
)
