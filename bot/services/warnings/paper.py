"""What a letter says: the blanks of 附件 4, filled from its entries or by hand, and its photographs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.captions import read_caption
from bot.domain.masking import mask_numbers
from bot.domain.warnings import group_in_letters, sentence
from bot.ledger.desk import Work
from bot.services.outgoing import File
from bot.services.views.county import open_to_county
from bot.services.views.places import spot_for, village_for
from bot.services.views.values import what_county_reads
from bot.services.warnings import signing

LONGEST_MATTER: Final = 24
"""Characters of 「将…问题整改到位」; more is 上述."""

THE_ABOVE: Final = "上述"
WHOLE: Final = "人居环境整治工作"
"""What was inspected where no township is known."""

MOST_PLACES: Final = 3
PHOTOS_EACH: Final = 2


def problem_of(work: Work, row: Row[Any]) -> str:
    """The problem in the words that the county may read, without place, deadline and the like."""
    said = what_county_reads(row)
    reading = read_caption(
        said, reader=work.world.reader, filer_regions=[row.region] if row.region else (), sent_at=None
    )
    category = work.world.reader.categories.sub(row.category or "")
    return mask_numbers(reading.problem_text) or (category.name if category is not None else "")


def _place(work: Work, row: Row[Any]) -> str:
    return "".join(part for part in (row.township, village_for(work, row)) if part)


def subject_of(work: Work, rows: Sequence[Row[Any]]) -> str:
    """检查对象: the places, at most three, else the townships."""
    places = list(dict.fromkeys(place for row in rows if (place := _place(work, row))))
    if not places:
        return WHOLE
    if len(places) <= MOST_PLACES:
        return "、".join(places)
    towns = list(dict.fromkeys(row.township for row in rows if row.township))
    if len(towns) <= MOST_PLACES:
        return "、".join(towns)
    return f"{'、'.join(towns[:2])}等{len(towns)}个乡镇（街道）"


def items_of(work: Work, rows: Sequence[Row[Any]], written: dict[str, str]) -> list[str]:
    """The numbered sentences, one an entry; each names its place unless all lie in one."""
    alone = len({_place(work, row) for row in rows}) == 1
    found = []
    for row in rows:
        own = written.get(str(row.id))
        if own is None:
            place = "" if alone else _place(work, row)
            spot = spot_for(work, row) or ("" if place else village_for(work, row))
            own = sentence(f"{spot}{problem_of(work, row)}", place)
        found.append(own or "环境卫生问题")
    return found


def matter_of(work: Work, rows: Sequence[Row[Any]]) -> str:
    """整改事项: the one problem with its place, in its first words; else 上述."""
    if len(rows) != 1:
        return THE_ABOVE
    (row,) = rows
    problem = re.split("[，,；;。]", problem_of(work, row))[0]
    said = f"{village_for(work, row)}{spot_for(work, row)}{problem}"
    return said if 0 < len(said) <= LONGEST_MATTER else THE_ABOVE


def values(work: Work, letter: Row[Any], rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """Everything that the letter is made of; what is not known yet is empty."""
    campaign = work.world.campaign
    words = letter.words or {}
    signer = letter.group_key
    days = signing.options(work, rows).get(signer, []) if signer else []
    names = group_in_letters(campaign.name, campaign.group(signer).name) if signer else ("", "")
    return {
        "unit": letter.region,
        "you": campaign.region(letter.region).you,
        "group": names[0],
        "short_group": names[1],
        "phone": signing.phone_of(work, signer),
        "days": [day.isoformat() for day in days],
        "subject": words.get("subject") or subject_of(work, rows),
        "items": items_of(work, rows, words.get("items") or {}),
        "matter": words.get("matter") or matter_of(work, rows),
        "due": campaign.local(letter.due).date().isoformat() if letter.due else None,
        "day": work.local.date().isoformat(),
        "photos": [] if words.get("no_photos") else _photos(work, rows),
        "revoked": None,
    }


def _photos(work: Work, rows: Sequence[Row[Any]]) -> list[dict[str, str]]:
    """Before-photos that the county has, as files with the line beneath: of this round, if there are any."""
    found = []
    for number, row in enumerate(rows, 1):
        every = [one for one in open_to_county(work, row) if one.file is not None]
        own = [one for one in every if one.round == row.round] or every
        place = "".join(part for part in (_place(work, row), spot_for(work, row)) if part)
        found += [{"file": one.file, "caption": f"{number}.{place}"} for one in own[:PHOTOS_EACH]]
    return found


def current(work: Work, letter: Row[Any], rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """The letter as it was issued, stamped when it was revoked; before that as it would be."""
    if letter.data is None:
        return values(work, letter, rows)
    local = work.world.campaign.local
    stamped = local(letter.revoked_at).date().isoformat() if letter.revoked_at else None
    return {**letter.data, "revoked": stamped}


def file(letter: Row[Any], said: dict[str, Any], form: str = "docx") -> File:
    """The letter as a document."""
    name = f"督办警示_{said['unit']}_{said['day']}{'_已撤销' if said['revoked'] else ''}.{form}"
    return File(f"warning_{form}", name, said)
