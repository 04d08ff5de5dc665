"""Scores that come in, from whatever door: all lines of a message, sheet or file, or none of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.campaign import Campaign
from bot.domain.scoring import Scheme
from bot.ledger.desk import Work
from bot.ledger.tables import score_items
from bot.services.scoring import items, schemes, sheets, windows
from bot.services.scoring.lines import Entry, Fault, Line, read
from bot.services.scoring.windows import Window


class BadLines(Exception):
    """Lines that are refused, each with its reason; nothing was stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} lines")
        self.faults = tuple(faults)


def check(
    work: Work, window: Window, lines: Sequence[Line], *, tracks: Sequence[str] = ()
) -> tuple[list[Entry], dict[str, int]]:
    """The entries of some lines, and each track's number of the 口径.

    Raises:
        BadLines: one of them cannot be taken, or its track's period is not open.
    """
    campaign = work.world.campaign
    by_track = {track.key: schemes.scheme_for(work, track.key, window.key) for track in campaign.tracks}
    entries, faults = read(
        campaign,
        lines,
        {key: scheme for key, (scheme, _) in by_track.items()},
        monthly=window.monthly,
        tracks=tracks,
    )
    states = {track.key: sheets.state_of(work, track.key, window.key) for track in campaign.tracks}
    begun = windows.begun(work, window)
    for one in entries:
        why = "" if begun else "future"
        if states[one.track] in sheets.CLOSED:
            why = "locked"
        elif states[one.track] == "draft":
            why = "drafted"
        if why:
            faults.append(Fault(one.row, one.region, window.key, why))
    if faults:
        raise BadLines(sorted(faults, key=lambda fault: fault.row))
    return entries, {key: number for key, (_, number) in by_track.items()}


def read_only(
    campaign: Campaign, lines: Sequence[Line], track: str, scheme: Scheme, *, monthly: bool = False
) -> tuple[list[Entry], list[Fault]]:
    """The entries of some lines of one track, whatever state its period is in.

    Raises:
        BadLines: one of them cannot be taken.
    """
    entries, faults = read(campaign, lines, {track: scheme}, monthly=monthly, tracks=[track])
    if faults or not entries:
        raise BadLines(faults or [Fault(1, "", "", "empty_text")])
    return entries, faults


def import_lines(work: Work, period: str, lines: Sequence[Line], content: bytes) -> int:
    """Take a file of the command line; gives how many lines were stored, 0 when they are in already.

    A region may have many lines; several marks of one source are averaged.

    Raises:
        UnknownWindow: there is no such period.
        BadLines: nothing was stored.
    """
    window = windows.scored(work, period)
    key = f"import:{period}:{hashlib.sha256(content).hexdigest()[:32]}"
    known = work.connection.execute(select(score_items.c.id).where(score_items.c.dedup == f"{key}:0")).first()
    entries, numbers = check(work, window, lines)
    if known is not None:
        return 0
    items.add(
        work, period, entries, body=items.ADMIN, origin="import", rules=numbers, replace=False, dedup=key
    )
    return len(entries)
