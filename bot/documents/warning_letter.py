"""督办警示, the notice's 附件 4: the letter to the word, on the page of an official paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.documents.official import Attachment, Paper, Picture, Text
from bot.texts.papers import paragraphs, sentence


@dataclass(frozen=True, slots=True)
class WarningValues:
    """What fills the blanks of the letter."""

    unit: str
    """延津县"""
    group: str
    """市城乡环境整治百日攻坚行动第一督查组, who signs"""
    short_group: str
    """市城乡环境整治百日攻坚行动第一组, where the answer goes"""
    phone: str
    inspected: date
    subject: str
    """What was looked at: 王楼镇任庄村"""
    items: tuple[str, ...]
    due: date
    matter: str
    """What is to be put right: 村口垃圾堆"""
    day: date
    photos: tuple[tuple[bytes, str], ...] = ()
    """Pictures with the line beneath; they go on a page of their own."""


class UnitWithoutForm(ValueError):
    """A unit that is neither 县, 市 nor 区: the letter has no form of address for it."""


def address(unit: str) -> str:
    """你县, 你市, 你区 by the unit's last character.

    Raises:
        UnitWithoutForm: it ends otherwise.
    """
    if unit[-1:] not in ("县", "市", "区"):
        raise UnitWithoutForm(unit)
    return f"你{unit[-1]}"


def letter(warning: WarningValues) -> Paper:
    """The letter as a paper.

    Raises:
        UnitWithoutForm: see `address`.
    """
    values = {
        "unit": warning.unit,
        "you": address(warning.unit),
        "group": warning.group,
        "short_group": warning.short_group,
        "phone": warning.phone,
        "day": _month_day(warning.inspected),
        "due": _month_day(warning.due),
        "subject": warning.subject,
        "matter": warning.matter.removesuffix("问题"),
        "items": [_ended(item) for item in warning.items],
    }
    pictures = tuple(Picture(image, caption) for image, caption in warning.photos)
    return Paper(
        title=(sentence("warning.title", values),),
        addressee=sentence("warning.addressee", values),
        blocks=tuple(Text(words) for words in paragraphs("warning.body", values)),
        signature=warning.group,
        day=warning.day,
        attachments=(Attachment("问题照片", pictures),) if pictures else (),
    )


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _ended(item: str) -> str:
    return item if item.endswith(("。", "！", "？", "；")) else f"{item}。"
