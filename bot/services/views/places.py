"""Where an entry lies, in the words that this reader may read (red lines (b) and (e), SPEC §1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.domain.entries import Mode, Source
from bot.domain.handover import without_traces
from bot.domain.masking import mask_numbers
from bot.domain.permissions import Standing
from bot.ledger import people
from bot.ledger.desk import Work

OWN = frozenset({Standing.FILER, Standing.GROUP, Standing.GROUP_LEADER})
"""Who reads an entry's words as they were sent: everybody else is outside the group."""

NOBODY: frozenset[Standing] = frozenset()


def place_of(work: Work, entry: Row[Any], having: frozenset[Standing] = NOBODY, *, to: str = "spot") -> str:
    """The place in words: region and township, with village and spot unless only `to` the township."""
    parts = [entry.region, entry.township]
    if to != "township":
        parts += [village_for(work, entry, having), spot_for(work, entry, having)]
    return "".join(part for part in parts if part)


def spot_of(work: Work, entry: Row[Any], having: frozenset[Standing] = NOBODY) -> str:
    """乡镇·村·点位, without the region."""
    parts = (entry.township, village_for(work, entry, having), spot_for(work, entry, having))
    return "·".join(part for part in parts if part)


def spot_for(work: Work, entry: Row[Any], having: frozenset[Standing] = NOBODY) -> str:
    """The spot as this reader may read it; of a caller's words nothing, unless it was written anew."""
    return _told(work, entry, having, "spot", entry.spot)


def village_for(work: Work, entry: Row[Any], having: frozenset[Standing] = NOBODY) -> str:
    """The village: one of the places file is everybody's, free text is read with the eyes of `spot_for`."""
    village = entry.village
    if village and any(
        one.name == village for one in work.world.reader.gazetteer.villages_named(village, (entry.region,))
    ):
        return str(village)
    return _told(work, entry, having, "village", village)


def _told(work: Work, entry: Row[Any], having: frozenset[Standing], field: str, words: str | None) -> str:
    if not words or having & OWN:
        return words or ""
    if Standing.OFFICE not in having:
        if entry.source == Source.PUBLIC and field not in (entry.by_hand or ()):
            return ""
        if entry.mode == Mode.COVERT:
            words = without_traces(words, **traces(work, entry))
    return mask_numbers(words)


def traces(work: Work, entry: Row[Any]) -> dict[str, Any]:
    """What must not be left of a covert entry's words: see `domain.handover.without_traces`."""
    filer = people.member(work, entry.filer_id)
    campaign = work.world.campaign
    names = [filer.name] if filer is not None and filer.name else []
    if entry.group_key is not None:
        names += [campaign.group_title(entry.group_key), campaign.group(entry.group_key).name]
    return {"covert_words": work.world.reader.words.covert, "names": names}
