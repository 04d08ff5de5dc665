"""督办警示, the notice's 附件 4: the letter to the word, on the page of an official paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.documents.official import Attachment, Paper, Picture, Text, chinese_day, docx
from bot.documents.official_pdf import pdf
from bot.documents.pictures import clean_copy
from bot.domain.warnings import days_in_words
from bot.media.errors import StoreError
from bot.media.store import PhotoStore
from bot.texts.papers import paragraphs, sentence

PHOTO: Final = 70.0
"""Millimetres: two photographs stand on a page, with their lines, below its heading."""


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
    more_days: tuple[date, ...] = ()
    """Other days on which it was inspected."""
    revoked: date | None = None
    """When it was revoked: the kept letter is stamped."""


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
        "day": days_in_words((warning.inspected, *warning.more_days)),
        "due": _month_day(warning.due),
        "subject": warning.subject,
        "matter": warning.matter.removesuffix("问题"),
        "items": [_ended(item) for item in warning.items],
    }
    pictures = tuple(Picture(image, caption, height=PHOTO) for image, caption in warning.photos)
    stamp = f"（已于{chinese_day(warning.revoked)}撤销，仅供存档）" if warning.revoked else ""
    return Paper(
        title=(sentence("warning.title", values),),
        symbol=stamp,
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


def make(store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The letter as .docx; `values` as `services.warnings.paper.values` gives them, issued or not."""
    return "督办警示.docx", docx(letter(_read(store, values)))


def make_pdf(store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The same letter as PDF."""
    return "督办警示.pdf", pdf(letter(_read(store, values)))


def _read(store: PhotoStore, values: Mapping[str, Any]) -> WarningValues:
    days = [date.fromisoformat(day) for day in values["days"]]
    return WarningValues(
        unit=values["unit"],
        group=values["group"],
        short_group=values["short_group"],
        phone=values["phone"],
        inspected=days[0],
        more_days=tuple(days[1:]),
        subject=values["subject"],
        items=tuple(values["items"]),
        due=date.fromisoformat(values["due"]),
        matter=values["matter"],
        day=date.fromisoformat(values["day"]),
        photos=tuple(_copies(store, values["photos"])),
        revoked=date.fromisoformat(values["revoked"]) if values["revoked"] else None,
    )


def _copies(store: PhotoStore, photos: list[Mapping[str, str]]) -> list[tuple[bytes, str]]:
    """Copies without metadata; a photo that has gone missing costs the letter nothing else."""
    found = []
    for photo in photos:
        try:
            found.append((clean_copy(store.get(photo["file"])), photo["caption"]))
        except StoreError:
            continue  # named by the media job
    return found
