"""A closing day: marks, the draft to the counties, locking, a second person, the ranking and what follows."""

from __future__ import annotations

from datetime import time

from .story import Both, Goes, Hears, NeverHears, Presses, Says, Shows, Step, Story, TimePasses, Until

OFFICE, SECOND, COVERT = "office:county", "office2:county", "lead:county/0"
OVERSIGHT = "oversight"
LAST, ELSEWHERE = "contact:延津县", "contact:卫辉市"
FIRST_GROUP = "lead:county/1"
AGREE = "同意|Agree"
MARKS = (
    (FIRST_GROUP, "/score 卫辉市 督查 36\n延津县 督查 30"),
    ("lead:county/2", "/score 辉县市 督查 37\n获嘉县 督查 36.5"),
    ("lead:county/3", "/score 新乡县 督查 38\n原阳县 督查 37.5"),
    ("lead:county/4", "/score 封丘县 督查 39\n长垣县 督查 38.5"),
)
SEALED = ("36.5", "37.5", "38.5")
"""Marks of other groups, that nobody may read before all are in."""


def _marks() -> tuple[Step, ...]:
    first = Both(
        "第一督查小组组长一条消息打完两个县。延津县只给了 30 分。",
        "The first group's leader marks both counties in one message. 延津县 gets only 30.",
    )
    rest = Both("别的组也在打分，互相看不到。", "The other groups mark, too; none sees another's marks.")
    return tuple(
        Step(
            first if number == 0 else rest,
            who=who,
            does=Says(line),
            then=(Hears(who, tuple(line.split()[1::3])), NeverHears(FIRST_GROUP, SEALED)),
        )
        for number, (who, line) in enumerate(MARKS)
    )


STORY = Story(
    key="closing",
    title=Both("旬末：打分、核对、排名", "A closing day and its ranking"),
    about=Both(
        "打分互不可见；核对稿先给各县看；锁定后由另一位同志同意才印发；末位只提建议。",
        "Marks are sealed, counties see their draft first, a second person agrees to the ranking; what "
        "follows for the last is only proposed.",
    ),
    phones=(OFFICE, LAST, SECOND, FIRST_GROUP),
    steps=(
        Step(
            Both(
                "第一次排名之前，攻坚办先看「考评口径」：办法没有规定的，一条条列出暂行做法。",
                "Before the first ranking the office reads the rules: what the notice leaves open is listed.",
            ),
            who=OFFICE,
            does=Says("考评口径"),
            then=(Hears(OFFICE, ("40", "0.25"), name="rules"),),
        ),
        Step(
            Both("没有意见，送审。（已核准的不再送审）", "Nothing to change: sent for approval, once."),
            who=OFFICE,
            does=Presses("rules", "送审|Send for approval"),
            then=(Hears(SECOND, "县(市)", buttons=(AGREE,), name="asked"),),
            if_offered=True,
        ),
        Step(
            Both(
                "另一位同志同意，口径生效并发给各县。谁也不能自己批自己。",
                "A second person agrees; the rules hold and go to the counties. Nobody approves for himself.",
            ),
            who=SECOND,
            does=Presses("asked", AGREE),
            then=(Hears(LAST, ("40", "0.25")),),
            if_offered=True,
        ),
        Step(
            Both(
                "到旬末 17:55。一路上，各组已按时收到提醒。",
                "On to the closing day, 17:55. The groups have been reminded on the way.",
            ),
            does=Goes("period"),
            then=(Hears(FIRST_GROUP, "18:00"),),
        ),
        *_marks(),
        Step(
            Both("暗访组本旬没有检查，照实报。", "The covert group inspected nothing this time and says so."),
            who=COVERT,
            does=Says("打分"),
            then=(Hears(COVERT, (), buttons=("本旬未检查|Not inspected",), name="covert"),),
        ),
        Step(
            Both(
                "点一下「本旬未检查」。没有检查不等于满分。",
                "One tap: «Not inspected». That is not full marks.",
            ),
            who=COVERT,
            does=Presses("covert", "本旬未检查|Not inspected"),
        ),
        Step(
            Both(
                "市督导组也要打分，或者报没有检查。",
                "The city's oversight marks as well, or says it did not.",
            ),
            who=OVERSIGHT,
            does=Says("打分"),
            then=(Hears(OVERSIGHT, (), buttons=("本旬未检查|Not inspected",), name="oversight"),),
        ),
        Step(
            Both("同样一点。打分到齐了。", "The same tap. All marks are in."),
            who=OVERSIGHT,
            does=Presses("oversight", "本旬未检查|Not inspected"),
        ),
        Step(
            Both(
                "下一个工作日 10:00，办公室打开考评。分数到齐才揭晓。",
                "At 10:00 of the next working day the office opens the scores, now that all are in.",
            ),
            does=Until(time(10, 0), working=True),
        ),
        Step(
            Both("办公室发「打分」。", "The office sends 「打分」."),
            who=OFFICE,
            does=Says("打分"),
            then=(Hears(OFFICE, (), buttons=("县(市)考评|Scores",), name="marking"),),
        ),
        Step(
            Both("排名还在录入中，延津县末位。", "The ranking as it stands; 延津县 is last."),
            who=OFFICE,
            does=Presses("marking", "县(市)考评|Scores"),
            then=(Hears(OFFICE, ("99.00", "90.00"), buttons=("发核对稿|Send the drafts",), name="period"),),
        ),
        Step(
            Both(
                "发核对稿：每个县只看到自己的每一项，17:30 前可以提异议。",
                "The drafts go out: each county sees its own items only, and may object until 17:30.",
            ),
            who=OFFICE,
            does=Presses("period", "发核对稿|Send the drafts"),
            then=(
                Hears(LAST, ("延津县", "90.00"), without=("封丘县",), buttons=("提出异议|Object",)),
                Hears(ELSEWHERE, ("卫辉市", "96.00"), without=("延津县",)),
            ),
        ),
        Step(
            Both("异议期过了，没有异议。", "The time for objections is over; there were none."),
            does=Until(time(17, 31)),
        ),
        Step(
            Both(
                "锁定，分数从此不能再改，只能更正。",
                "Locked: from now on no score changes but by a correction.",
            ),
            who=OFFICE,
            does=Presses("period", "锁定|Lock"),
            then=(Shows("period", "90.00"),),
        ),
        Step(
            Both("送审。", "Sent for approval."),
            who=OFFICE,
            does=Presses("period", "送审|Send for approval"),
            then=(Hears(SECOND, ("延津县", "90.00"), buttons=(AGREE,), name="asked"),),
        ),
        Step(
            Both(
                "同意，印发。各县收到自己的名次；对末位的处理只是建议，须由人认定。",
                "Agreed and published. Each county hears its own place; what follows for the last is only "
                "proposed, for a person to confirm.",
            ),
            who=SECOND,
            does=Presses("asked", AGREE),
            then=(
                Hears(LAST, ("延津县", "8", "90.00")),
                Hears(ELSEWHERE, ("卫辉市", "7"), without=("延津县",)),
                Hears(OFFICE, "延津县", buttons=("不适用|Not applicable",)),
            ),
        ),
        Step(
            Both(
                "第二个工作日 7:30，旬查情况通报的代拟稿到了，排名已在里面。",
                "7:30 on the second working day: the draft of the ten-day bulletin, the ranking in it.",
            ),
            does=Until(time(7, 30), working=True),
            then=(
                Hears(
                    OFFICE,
                    ("旬查情况通报|ten-day bulletin",),
                    buttons=("送审|Send for approval",),
                    picture=True,
                    name="bulletin",
                ),
            ),
        ),
        Step(
            Both("看过，送审。", "Read, and sent for approval."),
            who=OFFICE,
            does=Presses("bulletin", "送审|Send for approval"),
            then=(Hears(SECOND, (), buttons=("同意签发|Approve",), name="asked"),),
        ),
        Step(
            Both("另一位同志同意签发。", "A second person approves."),
            who=SECOND,
            does=Presses("asked", "同意签发|Approve"),
            then=(Hears(OFFICE, (), buttons=("印发|Publish",), picture=True, name="bulletin"),),
        ),
        Step(
            Both("印发到频道，一分钟内可撤销。", "Published to the channel; undone within a minute."),
            who=OFFICE,
            does=Presses("bulletin", "印发|Publish"),
        ),
        Step(
            Both(
                "通报进了频道；约谈、诫勉谈话任何时候都不写进通报。",
                "The bulletin is in the channel; no admonition ever stands in it.",
            ),
            does=TimePasses(seconds=75),
            then=(
                Hears(OFFICE, ("旬查情况通报|ten-day bulletin",), picture=True, where="channel", name="post"),
                NeverHears(OFFICE, ("约谈", "诫勉", "书面检查"), where="channel"),
            ),
        ),
    ),
)
