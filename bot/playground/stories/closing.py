"""A closing day: marks, the draft to the counties, locking, a second person, the ranking and what follows."""

from __future__ import annotations

from datetime import time

from .scoring import (
    ELSEWHERE,
    FIRST_GROUP,
    LAST,
    OFFICE,
    RULES,
    SECOND,
    closing_day,
    drafts,
    locked,
    marked,
    morning_after,
    objections_over,
    opened,
    published,
)
from .story import Both, Hears, NeverHears, Presses, Step, Story, TimePasses, Until

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
        *RULES,
        closing_day(),
        *marked(
            Both(
                "第一督查小组组长一条消息打完两个县。延津县只给了 30 分。",
                "The first group's leader marks both counties in one message. 延津县 gets only 30.",
            ),
            "/score 卫辉市 督查 36\n延津县 督查 30",
        ),
        morning_after(),
        *opened(
            Both("排名还在录入中，延津县末位。", "The ranking as it stands; 延津县 is last."),
            "99.00",
            "90.00",
        ),
        *drafts(
            Both(
                "发核对稿：每个县只看到自己的每一项，17:30 前可以提异议。",
                "The drafts go out: each county sees its own items only, and may object until 17:30.",
            ),
            Hears(LAST, ("延津县", "90.00"), without=("封丘县",), buttons=("提出异议|Object",)),
            Hears(ELSEWHERE, ("卫辉市", "96.00"), without=("延津县",)),
        ),
        objections_over(),
        locked("90.00"),
        *published(
            Both(
                "同意，印发。各县收到自己的名次；对末位的处理只是建议，须由人认定。",
                "Agreed and published. Each county hears its own place; what follows for the last is only "
                "proposed, for a person to confirm.",
            ),
            Hears(LAST, ("延津县", "8", "90.00")),
            Hears(ELSEWHERE, ("卫辉市", "7"), without=("延津县",)),
            Hears(OFFICE, "延津县", buttons=("不适用|Not applicable",)),
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
