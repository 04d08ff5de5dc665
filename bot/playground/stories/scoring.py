"""What the stories about scores share: rules approved, a closing day marked, a ranking published."""

from __future__ import annotations

from datetime import time
from typing import Final

from .story import Both, Expectation, Goes, Hears, NeverHears, Presses, Says, Shows, Step, Until

OFFICE, SECOND, COVERT = "office:county", "office2:county", "lead:county/0"
OVERSIGHT = "oversight"
LAST, ELSEWHERE = "contact:延津县", "contact:卫辉市"
FIRST_GROUP = "lead:county/1"
AGREE: Final = "同意|Agree"
NONE: Final = "本旬未检查|Not inspected"
APPROVAL: Final = "送审|Send for approval"
OTHERS: Final = (
    ("lead:county/2", "/score 辉县市 督查 37\n获嘉县 督查 36.5"),
    ("lead:county/3", "/score 新乡县 督查 38\n原阳县 督查 37.5"),
    ("lead:county/4", "/score 封丘县 督查 39\n长垣县 督查 38.5"),
)
SEALED: Final = ("36.5", "37.5", "38.5")
"""Marks of other groups, that nobody may read before all are in."""

RULES: Final = (
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
        does=Presses("rules", APPROVAL),
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
)


def closing_day() -> Step:
    """The clock goes on to the closing day."""
    return Step(
        Both(
            "到旬末 17:55。一路上，各组已按时收到提醒。",
            "On to the closing day, 17:55. The groups have been reminded on the way.",
        ),
        does=Goes("period"),
        then=(Hears(FIRST_GROUP, "18:00"),),
    )


def marked(first: Both, line: str) -> tuple[Step, ...]:
    """All groups mark, the first one as given; 暗访组 and 敢转争 say that they inspected nothing."""
    rest = Both("别的组也在打分，互相看不到。", "The other groups mark, too; none sees another's marks.")
    return (
        *(
            Step(
                first if who == FIRST_GROUP else rest,
                who=who,
                does=Says(given),
                then=(Hears(who, tuple(given.split()[1::3])), NeverHears(FIRST_GROUP, SEALED)),
            )
            for who, given in ((FIRST_GROUP, line), *OTHERS)
        ),
        Step(
            Both("暗访组本旬没有检查，照实报。", "The covert group inspected nothing this time and says so."),
            who=COVERT,
            does=Says("打分"),
            then=(Hears(COVERT, (), buttons=(NONE,), name="covert"),),
        ),
        Step(
            Both(
                "点一下「本旬未检查」。没有检查不等于满分。",
                "One tap: «Not inspected». That is not full marks.",
            ),
            who=COVERT,
            does=Presses("covert", NONE),
        ),
        Step(
            Both(
                "市督导组也要打分，或者报没有检查。",
                "The city's oversight marks as well, or says it did not.",
            ),
            who=OVERSIGHT,
            does=Says("打分"),
            then=(Hears(OVERSIGHT, (), buttons=(NONE,), name="oversight"),),
        ),
        Step(
            Both("同样一点。打分到齐了。", "The same tap. All marks are in."),
            who=OVERSIGHT,
            does=Presses("oversight", NONE),
        ),
    )


def morning_after() -> Step:
    """The clock goes on to the hour at which the drafts are due."""
    return Step(
        Both(
            "下一个工作日 10:00，办公室打开考评。分数到齐才揭晓。",
            "At 10:00 of the next working day the office opens the scores, now that all are in.",
        ),
        does=Until(time(10, 0), working=True),
    )


def opened(line: Both, *words: str) -> tuple[Step, ...]:
    """The office opens the period's card."""
    return (
        Step(
            Both("办公室发「打分」。", "The office sends 「打分」."),
            who=OFFICE,
            does=Says("打分"),
            then=(Hears(OFFICE, (), buttons=("县(市)考评|Scores",), name="marking"),),
        ),
        Step(
            line,
            who=OFFICE,
            does=Presses("marking", "县(市)考评|Scores"),
            then=(Hears(OFFICE, words, name="period"),),
        ),
    )


def drafts(line: Both, *then: Expectation) -> tuple[Step, ...]:
    """What was proposed is decided one by one or all at once, then each county reads its own draft."""
    return (
        Step(
            Both(
                "周报没报、问题逾期，系统只是建议扣分，先看一看。（没有建议时跳过）",
                "For late reports and entries the bot only proposes points: the office looks at them.",
            ),
            who=OFFICE,
            does=Presses("period", "建议扣分|Proposed points"),
            if_offered=True,
        ),
        Step(
            Both("这一次都不采用。每一条都要由人定。", "None is adopted this time. A person decides each."),
            who=OFFICE,
            does=Presses("period", "其余都不采用|None of the others"),
            if_offered=True,
        ),
        Step(
            Both("返回。", "Back."),
            who=OFFICE,
            does=Presses("period", "返回|Back"),
            if_offered=True,
        ),
        Step(line, who=OFFICE, does=Presses("period", "发核对稿|Send the drafts"), then=then),
    )


def objections_over() -> Step:
    """The clock goes on to the end of the time for objections."""
    return Step(Both("异议期过了。", "The time for objections is over."), does=Until(time(17, 31)))


def locked(*words: str) -> Step:
    """The ranking is locked."""
    return Step(
        Both(
            "锁定，分数从此不能再改，只能更正。",
            "Locked: from now on no score changes but by a correction.",
        ),
        who=OFFICE,
        does=Presses("period", "锁定|Lock"),
        then=(Shows("period", words),),
    )


def published(line: Both, *then: Expectation) -> tuple[Step, ...]:
    """Sent for approval; the second person agrees."""
    return (
        Step(
            Both("送审。", "Sent for approval."),
            who=OFFICE,
            does=Presses("period", APPROVAL),
            then=(Hears(SECOND, "延津县", buttons=(AGREE,), name="asked"),),
        ),
        Step(line, who=SECOND, does=Presses("asked", AGREE), then=then),
    )
