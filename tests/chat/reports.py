"""Filling in the weekly form as a contact does, and reading what the bot says about it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import openpyxl

from bot.domain.permissions import Role
from tests.town.town import ZONE, Town

SUMMARY = "本周组织各乡镇集中清理村口和坑塘，共出动三百余人次，清运积存垃圾，效果明显。"


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of 2019 on the campaign's wall clock."""
    return datetime(2019, month, day, hour, minute, tzinfo=ZONE)


async def until(town: Town, instant: datetime) -> None:
    """The clock goes on to an instant; what has fallen due by then is done."""
    town.clock.move_to(instant)
    await town.passes(seconds=0)


async def contact(town: Town, region: str = "延津县", name: str = "王乙", **scope: Any) -> Any:
    return await town.join(name, Role.CONTACT, region=region, **scope)


async def office(town: Town, name: str = "钱丁", track: str = "county") -> Any:
    return await town.join(name, Role.OFFICE, track=track)


def new(person: Any, town: Town) -> list[Any]:
    """The bot's messages to a person, oldest first."""
    return [message for message in person.chat(town.bot).messages if message.by_bot]


def last(person: Any, town: Town) -> Any:
    return new(person, town)[-1]


def words(message: Any) -> str:
    return str(message.text or message.caption or "")


def form_of(person: Any, town: Town) -> bytes:
    """The newest form that the bot has sent to a person."""
    found = [m for m in new(person, town) if m.file is not None and m.file.name.endswith(".xlsx")]
    return bytes(found[-1].file.data)


def filled(
    form: bytes,
    figures: Mapping[str, Any] | None = None,
    *,
    everything: Any = 1,
    summary: str = SUMMARY,
    change: Callable[[Any], None] | None = None,
) -> bytes:
    """The form with a number in every row, some of them given by the row's label."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet = book["周报表"]
    for row in range(6, 40):
        label = sheet.cell(row, 2).value
        if label and not str(label).startswith("市交办问题") and sheet.cell(row, 1).value:
            if isinstance(sheet.cell(row, 1).value, int):
                sheet.cell(row, 4).value = (figures or {}).get(label, everything)
        elif sheet.cell(row, 1).value and "小结" in str(sheet.cell(row, 1).value):
            sheet.cell(row, 3).value = summary
    if change is not None:
        change(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
