"""A closing day with a tie for last: locked only when the office has decided for all of them or none."""

from __future__ import annotations

from .scoring import (
    ELSEWHERE,
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
from .story import Both, Hears, NeverHears, Presses, Shows, Step, Story

STORY = Story(
    key="tie",
    title=Both("末位并列", "A tie for last"),
    about=Both(
        "两个县得分相同、都在末位：办公室定都算或都不算，定了才能锁定；都不算，就没有处理建议。",
        "Two counties share the lowest score: the office decides for both or neither before it can lock; "
        "where neither is last nothing is proposed.",
    ),
    phones=(OFFICE, LAST, ELSEWHERE, SECOND),
    steps=(
        *RULES,
        closing_day(),
        *marked(
            Both(
                "第一督查小组给两个县打了一样的分。",
                "The first group gives both of its counties the same mark.",
            ),
            "/score 卫辉市 督查 36\n延津县 督查 36",
        ),
        morning_after(),
        *opened(
            Both(
                "两个县都是 96.00，同为第 7 名，都标着末位。",
                "Both are at 96.00 and share rank 7; both are marked as last.",
            ),
            "96.00",
            "末位并列|Tie for last",
        ),
        *drafts(
            Both("发核对稿。", "The drafts go out."),
            Hears(LAST, ("延津县", "96.00"), without=("卫辉市",)),
            Hears(ELSEWHERE, ("卫辉市", "96.00"), without=("延津县",)),
        ),
        objections_over(),
        Step(
            Both(
                "办公室去锁定：机器人不让，末位并列还没有定。",
                "The office tries to lock it: refused, the tie for last is undecided.",
            ),
            who=OFFICE,
            does=Presses("period", "锁定|Lock"),
            then=(Shows("period", "末位并列|Tie for last"),),
        ),
        Step(
            Both(
                "定为并列都不算。不能只算其中一个。",
                "Decided: neither is last. It cannot be one of them alone.",
            ),
            who=OFFICE,
            does=Presses("period", "并列都不算|None is last"),
            then=(Shows("period", "96.00", without=("▼末位", "▼last")),),
        ),
        locked("96.00"),
        *published(
            Both(
                "同意，印发。两个县都是第 7 名（并列）；没有末位，也就没有处理建议。",
                "Agreed and published. Both hear rank 7, tied; nobody is last, so nothing is proposed.",
            ),
            Hears(LAST, ("延津县", "7", "96.00"), without=("卫辉市",)),
            Hears(ELSEWHERE, ("卫辉市", "7", "96.00"), without=("延津县",)),
            NeverHears(OFFICE, ("因工作不力", "poor work found")),
        ),
    ),
)
