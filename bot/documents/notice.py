"""督办通知 and 现场交办单 (FORMS §1.4): what was handed over, as a paper for the region's desk.

Values in, bytes out. What may stand on it is decided by whoever gives the values: only what the county may
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from bot.documents.official import Block, Paper, Table, Text, chinese, docx
from bot.texts.papers import paragraphs, sentence

_WEEKDAYS: Final = "一二三四五六日"
_WIDTHS: Final = (13.0, 31.0, 40.0, 46.0, 26.0)
_FORM: Final = (36.0, 120.0)
_SIGNED: Final = (52.0, 52.0, 52.0)
_ROOM: Final = "\n\n"
"""A cell to be written into by hand: three lines high."""


def make(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """A region's 督办通知 of a day.

    Args:
        values: `region`, `you` (你县…), `sender`, `sender_short`, `office` (whether an office sends it),
            `day` (ISO), `items`: for each `number`, `spot`, `problem`, `due` (ISO, on the wall clock).
    """
    values = _printed(values)
    words = {**values, "count": len(values["items"])}
    rows = tuple(
        (str(rank), item["number"], item["spot"], item["problem"], due_words(item["due"], "\n"))
        for rank, item in enumerate(values["items"], 1)
    )
    blocks: list[Block] = [
        *(Text(one) for one in paragraphs("notice.opening", words)),
        Table(("序号", "问题编号", "点位", "存在问题", "整改时限"), rows, _WIDTHS),
        *(Text(one) for one in paragraphs("notice.demands", words)),
        Table(
            ("交办人", "接收人（签收）", "反馈"),
            ((values["sender_short"], _ROOM, _ROOM),),
            (52.0, 52.0, 52.0),
        ),
    ]
    paper = Paper(
        title=(sentence("notice.title", words),),
        addressee=sentence("notice.addressee", words),
        blocks=tuple(blocks),
        signature=values["sender"],
        day=date.fromisoformat(values["day"]),
    )
    return f"督办通知_{values['region']}_{values['day']}.docx", docx(paper)


def make_slip(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The 现场交办单 of one entry: a form to be signed at the place.

    Args:
        values: `number`, `at` (ISO), `sender`, `sender_short`, `region`, `spot`, `problem`, `due` (ISO).
    """
    values = _printed(values)
    rows = (
        ("交办时间", due_words(values["at"])),
        ("督查组", values["sender_short"]),
        ("受交办单位", values["region"]),
        ("点位", values["spot"]),
        ("存在问题", values["problem"]),
        ("整改要求", sentence("notice.slip_demand", values)),
        ("整改时限", due_words(values["due"])),
        ("交办人", _ROOM),
        ("接收人（签收）", _ROOM),
        ("反馈", _ROOM + _ROOM),
    )
    paper = Paper(
        title=(sentence("notice.slip_title", values),),
        blocks=(Table(("编号", values["number"]), rows, _FORM, form=True),),
        signature=values["sender"],
        day=datetime.fromisoformat(values["at"]).date(),
    )
    return f"现场交办单_{values['number']}.docx", docx(paper)


def _printed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The names of groups with the brackets of a Chinese paper."""
    names = ("sender", "sender_short")
    return {**values, **{key: chinese(values[key]) for key in names}}


def due_words(instant: str, between: str = "") -> str:
    """Date, weekday and hour: 4月15日（周一）18:00; `between` stands before the weekday."""
    due = datetime.fromisoformat(instant)
    return f"{due.month}月{due.day}日{between}（周{_WEEKDAYS[due.weekday()]}）{due:%H:%M}"
