"""A backup made beside a bot that runs, and verified by restoring it into a place of its own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from bot import __version__
from bot.jobs.backup.copies import Files, Paper, finished, fits, mirror_in
from bot.ledger import backup as book
from bot.ledger.backup import Listed, NotWhole
from bot.media.errors import PhotoMissing, StoreError
from bot.media.store import PhotoStore

T = TypeVar("T")
Bar = Callable[[list[Listed], str], Iterable[Listed]]
"""Lets the photos pass with a progress bar under a label."""

READ_AGAIN_EVERY: Final = 7
"""Of the photos copied before, so many days' share is read back each day: each once a week."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is backed up, and where to."""

    folder: Path
    keep: int
    database_url: str
    store: PhotoStore
    config: str  # without secrets
    places: str = ""  # the text of a places file that is not the program's own
    photos: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    files: Files
    paper: Paper
    copied: int  # photos copied now; the others lay there already

    def note(self) -> dict[str, int]:
        """What people may be told of it: no counts of entries or photos, they would tell of covert ones."""
        return {"missing": len(self.paper.missing), "damaged": len(self.paper.damaged)}

    @property
    def megabytes(self) -> float:
        """The size of its ledger."""
        return self.paper.ledger_bytes / 1e6


def make(plan: Plan, now: datetime, bar: Bar = lambda photos, _label: photos) -> Made:
    """Copy ledger, photos and configuration, restore the copy and compare; then old backups go.

    A photo that the store lost or damaged is named in the paper and does not end the backup: what is good
    must be kept all the more.

    Raises:
        NotHere: PostgreSQL has tools of its own.
        NotWhole: the copy is not what it should be; it was removed.
        StoreError: the photo store, or the backup's own, cannot be used.
        OSError: the folder cannot be written.
    """
    source = book.file_of(plan.database_url)
    plan.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (plan.folder / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the command line and the clock, one after the other
        for left in plan.folder.glob(".verify-*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        return _make(plan, source, now, bar)


def _make(plan: Plan, source: Path, now: datetime, bar: Bar) -> Made:
    files = Files.at(plan.folder, now)
    part = files.ledger.with_suffix(".part")
    try:
        book.copy(source, part)
        tally = book.tally(part)
        listed = book.listed(part)
        kept = _copy_photos(plan, listed, now, bar) if plan.photos else _Kept()
        digest = book.sha256_of(part)
        files.write_list(listed)
        files.config.write_text(plan.config, encoding="utf-8")
        if plan.places:
            files.places.write_text(plan.places, encoding="utf-8")
        paper = Paper(
            now, __version__, digest, part.stat().st_size, tally, len(listed), book.sha256_of(files.listing),
            book.sha256_of(files.config), tuple(kept.missing), tuple(kept.damaged), plan.photos,
        )  # fmt: skip
        if plan.photos:
            _drop_erased(plan, source, listed)
        part.replace(files.ledger)
        _verify(files, paper)
        _write_whole(files.paper, paper.dump())
    except BaseException:
        for one in (part, *files.all):
            with suppress(OSError):
                one.unlink(missing_ok=True)
        raise
    _clear(plan)
    return Made(files, paper, kept.copied)


def _verify(files: Files, paper: Paper) -> None:
    """Restore the ledger into a folder of its own and hold it against the paper; raises NotWhole."""
    from bot.jobs.backup.restoring import take_ledger

    with tempfile.TemporaryDirectory(prefix=".verify-", dir=files.ledger.parent) as folder:
        take_ledger(files, paper, Path(folder) / "bot.db")
    if book.sha256_of(files.listing) != paper.photos_sha256:
        raise NotWhole(f"{files.listing.name} 写坏了 · was not written whole")


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole, on the disk, or not at all."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class _Kept:
    """How the photos fared."""

    def __init__(self) -> None:
        self.copied = 0
        self.missing: list[str] = []
        self.damaged: list[str] = []


def _copy_photos(plan: Plan, listed: list[Listed], now: datetime, bar: Bar) -> _Kept:
    kept, mirror = _Kept(), mirror_in(plan.folder)
    there = set(mirror.paths())
    share = now.toordinal() % READ_AGAIN_EVERY
    for one in bar(listed, "照片 photos"):
        if one.file in there and (_share_of(one) != share or _good(mirror, one)):
            continue
        try:
            data = plan.store.get(one.file)
        except PhotoMissing:
            kept.missing.append(one.file)
            continue
        if not fits(one, hashlib.sha256(data).hexdigest()):
            kept.damaged.append(one.file)  # what was copied when it was whole stays
            continue
        mirror.put(one.file, data)
        if not _good(mirror, one):
            raise StoreError(one.file, "what was written is not what is read")
        kept.copied += 1
    return kept


def _drop_erased(plan: Plan, source: Path, listed: list[Listed]) -> None:
    """What was marked as secret while the photos were being copied is not kept here either."""
    mirror, still = mirror_in(plan.folder), {one.file for one in book.listed(source)}
    for one in listed:
        if one.file not in still:
            mirror.delete(one.file)


def _share_of(one: Listed) -> int:
    return hashlib.sha256(one.file.encode()).digest()[0] % READ_AGAIN_EVERY


def _good(mirror: PhotoStore, one: Listed) -> bool:
    try:
        return fits(one, hashlib.sha256(mirror.get(one.file)).hexdigest())
    except PhotoMissing:
        return False


def _clear(plan: Plan) -> None:
    """Old backups go, then the photos that none of those kept names, then what was left half done."""
    backups = finished(plan.folder)
    for old in backups[: -plan.keep]:
        for path in old.all:
            path.unlink(missing_ok=True)
    whole = {files.ledger.stem for files in backups}
    for path in plan.folder.glob("ledger-*"):
        if path.name.partition(".")[0] not in whole:
            path.unlink(missing_ok=True)
    if not plan.photos:
        return
    named = {one.file for files in backups[-plan.keep :] for one in files.read_list()}
    mirror = mirror_in(plan.folder)
    for file in [path for path in mirror.paths() if path not in named]:
        mirror.delete(file)
