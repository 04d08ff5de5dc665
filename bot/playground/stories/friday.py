"""A Friday: the weekly reports are asked for and handed in, and the office sees who is missing."""

from __future__ import annotations

import io
from datetime import time
from typing import Final

from .story import Both, Hears, NeverHears, Presses, SendsBack, Shows, Step, Story, Until

READY, TARDY, OFFICE = "contact:延津县", "contact:卫辉市", "office:county"
THURSDAY, FRIDAY = 3, 4
SUMMARY: Final = "本周组织各乡镇集中清理村口、坑塘和道路两侧，积存垃圾已清运，安排专人保洁。"
FIGURES: Final = (320, 46, 18, 12, 9, 5, 3)
"""Plausible numbers, one after another over the rows of the form."""


def filled(form: bytes) -> bytes:
    """The weekly form with a number in every row that asks for one, and the summary in its box."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(form))
    sheet = book["周报表"]
    asked = 0
    for row in range(1, sheet.max_row + 1):
        first, label = sheet.cell(row, 1).value, str(sheet.cell(row, 2).value or "")
        if isinstance(first, int) and not label.startswith("市交办问题"):
            sheet.cell(row, 4).value = FIGURES[asked % len(FIGURES)]
            asked += 1
        elif "小结" in str(first or "") and row > 1:
            sheet.cell(row, 3).value = SUMMARY
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


STORY = Story(
    key="friday",
    title=Both("周五报周报", "A Friday"),
    about=Both(
        "前一天发预填表，填好发回就算报送；没报的再提醒，到点后办公室看到还差谁。",
        "The form comes the day before; sent back filled in, it is handed in. Who lacks is asked again, and "
        "the office sees who is missing.",
    ),
    phones=(READY, TARDY, OFFICE),
    steps=(
        Step(
            Both(
                "周四 15:00，各县联系人收到本周的周报表，市里的数字已经填好。",
                "Thursday, 15:00: every county's contact gets the week's form, the city's figures filled in.",
            ),
            does=Until(time(15, 0), THURSDAY),
            then=(
                Hears(READY, "延津县", buttons=("已知悉|Noted",), picture=True, name="form"),
                Hears(TARDY, "卫辉市", picture=True),
            ),
        ),
        Step(
            Both(
                "延津县把填好的表发回来，报送就完成了：不用登录，不用另填。",
                "延津县 sends the filled form back, and that is all: no login, nothing filled in twice.",
            ),
            who=READY,
            does=SendsBack("form", filled),
            then=(
                Hears(READY, "已收齐|omplete", name="receipt"),
                Hears(OFFICE, ("延津县", "1/8"), name="board", silent=True),
            ),
        ),
        Step(
            Both(
                "周五 8:30，只提醒还没报的卫辉市；延津县不再打扰。",
                "Friday, 8:30: only 卫辉市, which has not handed in, is reminded; 延津县 is left alone.",
            ),
            does=Until(time(8, 30), FRIDAY),
            then=(Hears(TARDY, "10:00", buttons=("1小时后|In an hour",), name="reminder"),),
        ),
        Step(
            Both(
                "10:00 截止。10:05 办公室收到名单：谁已报、谁未报，一目了然。",
                "10:00 is the time. At 10:05 the office gets the list: who has handed in, who has not.",
            ),
            does=Until(time(10, 5), FRIDAY),
            then=(
                Hears(OFFICE, ("延津县", "卫辉市", "1/8"), buttons=("催报|Remind them",), name="list"),
                NeverHears(READY, "卫辉市"),
            ),
        ),
        Step(
            Both("办公室点一下「催报」。", "The office presses once to urge them."),
            who=OFFICE,
            does=Presses("list", "催报|Remind them"),
            then=(Hears(TARDY, ("催报|Reminder from the office", "卫辉市"), name="urged", picture=True),),
        ),
        Step(
            Both(
                "卫辉市补报，办公室的名单随即更新，注明迟报。",
                "卫辉市 hands in late; the office's list is updated in place and says so.",
            ),
            who=TARDY,
            does=SendsBack("urged", filled),
            then=(Hears(TARDY, "迟报|late"), Shows("list", "2/8")),
        ),
    ),
)
