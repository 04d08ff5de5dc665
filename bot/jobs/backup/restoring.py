"""A backup taken back into an empty place, counted and held against its hashes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.campaign import Campaign
from bot.jobs.backup.copies import Files, Paper, fits, mirror_in
from bot.ledger import backup as book
from bot.ledger.backup import Listed, NotEmpty, NotWhole
from bot.media.errors import PhotoMissing
from bot.media.store import PhotoStore

Bar = Callable[[list[Listed], str], Iterable[Listed]]

SENT_LATE: Final = timedelta(days=3)
"""An entry has its number by the day of its photo, which may come some days later."""
MOST_DAYS: Final = 120


@dataclass(frozen=True, slots=True)
class Restored:
    """What was taken back, after it was counted."""

    paper: Paper
    photos: int
    lost: tuple[str, ...]  # photos that neither the backup nor the place has

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.paper.tally.rows.values())


def take_ledger(files: Files, paper: Paper, to: Path) -> None:
    """Copy a backup's ledger to a path, open it there, and hold it against the paper; raises NotWhole."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(files.ledger, to)
        with to.open("rb+") as file:
            os.fsync(file.fileno())
        if (found := book.sha256_of(to)) != paper.ledger_sha256:
            raise NotWhole(f"{files.ledger.name} 与清单不符 · is not what its .json says: {found[:12]}…")
        if differing := paper.tally.differs_from(book.tally(to)):
            raise NotWhole(f"恢复后数目不符 · the counts differ once restored: {', '.join(differing[:3])}")
    except BaseException:
        to.unlink(missing_ok=True)
        raise


def restore(
    files: Files,
    database: Path,
    store: PhotoStore,
    campaign: Campaign,
    now: datetime,
    bar: Bar = lambda photos, _label: photos,
) -> Restored:
    """Put a backup's ledger and photos where nothing is yet, and check that counts and hashes agree.

    The ledger comes last: what was broken off half way has none, and the same command goes on with it.

    Raises:
        NotEmpty: there is a database, or photos that are none of this backup's.
        NotWhole: the backup is not what its paper says; the place was left without a ledger.
        StoreError, OSError: the place cannot be written.
    """
    paper = files.read_paper()
    if database.exists():
        raise NotEmpty(f"{database} 已经存在 · is there already: restore into an empty place")
    if book.sha256_of(files.listing) != paper.photos_sha256:
        raise NotWhole(f"{files.listing.name} 与清单不符 · is not what the .json says")
    listed = files.read_list()
    if strange := next(iter(set(store.paths()) - {one.file for one in listed}), None):
        raise NotEmpty(f"照片库里已有别的照片 · the photo store holds other photos already: {strange}")
    part = database.with_name(f".{database.name}.part")
    take_ledger(files, paper, part)
    try:
        lost = put_photos(files, store, listed, bar)
        book.forget_since(
            part, copied=paper.copied_at, now=now, heads=number_heads(campaign),
            days=lost_days(campaign.today(paper.copied_at), campaign.today(now)),
        )  # fmt: skip
        part.replace(database)
    finally:
        part.unlink(missing_ok=True)
    return Restored(paper, len(listed) - len(lost), tuple(lost))


def put_photos(
    files: Files,
    store: PhotoStore,
    listed: list[Listed],
    bar: Bar = lambda photos, _label: photos,
) -> list[str]:
    """Photos that a store has not, or not whole, out of the backup; gives those that nobody has whole."""
    mirror, lost = mirror_in(files.ledger.parent), []
    for one in bar(listed, "照片 photos"):
        if _whole(store, one):
            continue
        if not _whole(mirror, one):
            lost.append(one.file)
            continue
        store.put(one.file, mirror.get(one.file))
        if not _whole(store, one):
            raise NotWhole(f"{one.file} 写入后读出不同 · is read back otherwise than it was written")
    return lost


def _whole(store: PhotoStore, one: Listed) -> bool:
    try:
        return fits(one, hashlib.sha256(store.get(one.file)).hexdigest())
    except PhotoMissing:
        return False


def lost_days(copied: date, restored: date) -> list[date]:
    """The days whose numbers may have gone on after the copy: also of the days before, for what came late."""
    first = copied - SENT_LATE
    return [first + timedelta(days=step) for step in range(min((restored - first).days, MOST_DAYS) + 1)]


def number_heads(campaign: Campaign) -> list[str]:
    """What numbers of entries begin with: each group's, covert, the office's, after the campaign."""
    groups = [
        f"{campaign.track(group.track).prefix}{group.number}" for group in campaign.groups if not group.covert
    ]
    return [*groups, "暗", "办", "长"]
