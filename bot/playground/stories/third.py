"""The third last place in a row: three closing days, and what the notice then asks for."""

from __future__ import annotations

from .scoring import (
    AGREE,
    ELSEWHERE,
    FIRST_GROUP,
    LAST,
    OFFICE,
    RULES,
    SECOND,
    closing_day,
    drafts,
    locked,
    morning_after,
    objections_over,
    opened,
    published,
)
from .story import Both, Expectation, Hears, NeverHears, Presses, Says, SendsPhotos, Shows, Step, Story

LINES = (
    "/score 延津县 督查 30\n卫辉市 督查 36\n辉县市 督查 37\n获嘉县 督查 36.5\n新乡县 督查 38\n"
    "原阳县 督查 37.5\n封丘县 督查 39\n长垣县 督查 38.5"
)
PROPOSED = "不适用|Not applicable"
TALK = "约谈|Admonitory talk"


def once(time: Both, *then: Expectation) -> tuple[Step, ...]:
    """One closing day at whose end 延津县 is last."""
    return (
        closing_day(),
        morning_after(),
        Step(
            Both(
                "各组把打分交到办公室，办公室一条消息代录。",
                "The groups have handed their marks to the office, which enters them in one message.",
            ),
            who=OFFICE,
            does=Says(LINES),
            then=(Hears(OFFICE, ("延津县", "封丘县")),),
        ),
        *opened(Both("打开本旬的考评。", "The period's scores are opened."), "县(市)"),
        Step(
            Both(
                "到期没有打分的不再等，结束打分。",
                "It is due: those who have not marked are not waited for.",
            ),
            who=OFFICE,
            does=Presses("period", "结束打分|End the marking"),
            then=(Shows("period", "90.00"),),
            if_offered=True,
        ),
        *drafts(Both("发核对稿。", "The drafts go out."), Hears(LAST, ("延津县", "90.00"))),
        objections_over(),
        locked("90.00"),
        *published(time, *then),
    )


STORY = Story(
    key="third",
    title=Both("连续三次末位", "Last for the third time in a row"),
    about=Both(
        "连续三个旬末位：依次建议通报批评、书面检查、约谈；约谈须两人认定，只记日期、单位、记录人。",
        "Last in three rankings in a row: criticism, a self-criticism, then a talk with the city's leaders, "
        "proposed one after the other; two confirm it, and only date, body and clerk are kept.",
    ),
    phones=(OFFICE, SECOND, LAST, FIRST_GROUP),
    steps=(
        *RULES,
        *once(
            Both("第一次末位。处理只是建议。", "Last for the first time. What follows is only proposed."),
            Hears(LAST, ("延津县", "8")),
            Hears(OFFICE, "延津县", buttons=(PROPOSED,)),
        ),
        *once(
            Both(
                "又一旬，又是末位：建议的措施升了一级。",
                "Last again in the next period: what is proposed goes up a rung.",
            ),
            Hears(OFFICE, "延津县", buttons=(PROPOSED,)),
        ),
        *once(
            Both(
                "连续第三次末位：建议由市领导约谈主要负责人。只有办公室看得到。",
                "Three in a row: a talk with the city's leaders is proposed. Only the office sees it.",
            ),
            Hears(OFFICE, ("延津县", TALK), buttons=("认定|Confirm", PROPOSED), name="measure"),
            NeverHears(LAST, ("约谈", "Admonitory talk")),
            NeverHears(ELSEWHERE, ("约谈", "Admonitory talk")),
        ),
        Step(
            Both("办公室认定。", "The office confirms it."),
            who=OFFICE,
            does=Presses("measure", "认定|Confirm"),
            then=(Hears(SECOND, "延津县", buttons=(AGREE,), name="asked"),),
        ),
        Step(
            Both("另一位同志同意，待落实。", "A second person agrees; it waits to be carried out."),
            who=SECOND,
            does=Presses("asked", AGREE),
            then=(Shows("measure", "待落实|to be carried out"),),
        ),
        Step(
            Both("约谈之后，点「已落实」。", "After the talk: «Carried out»."),
            who=OFFICE,
            does=Presses("measure", "已落实|Carried out"),
            then=(Hears(OFFICE, "不收文件和照片|No files", name="question"),),
        ),
        Step(
            Both(
                "发来一张照片：不收，还是待落实。", "A photo is sent: it is not taken, nothing has changed."
            ),
            who=OFFICE,
            does=SendsPhotos(("wall-after",), "约谈现场", reply_to="question"),
            then=(Shows("measure", "待落实|to be carried out"),),
        ),
        Step(
            Both("只写日期、组织单位、记录人。", "Date, holding body and clerk, in words, are all."),
            who=OFFICE,
            does=Says("5月9日 市委办公室 李记录", reply_to="question"),
            then=(
                Shows("measure", ("已落实|carried out", "市委办公室")),
                NeverHears(LAST, ("约谈", "Admonitory talk", "市委办公室")),
            ),
        ),
    ),
)
