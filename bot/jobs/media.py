"""Downloads pending photos, learns what they are, puts them into the store; files of reports as they are."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any, Final

import structlog
from telegram.error import TelegramError

from bot.delivery.wire import Kind, TooLarge, Wire, classify
from bot.domain.campaign import Campaign
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable
from bot.media.errors import PhotoRefused, StoreError
from bot.media.photo_index import PhotoIndex
from bot.media.pipeline import DHASH_VERSION, Studied, study
from bot.media.store import PhotoStore, derived_path, file_path, photo_path
from bot.services import media, pictures
from bot.services.evidence import comparing
from bot.services.keeping import files

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
LOOK_EVERY: Final = 2.0
"""Seconds between two rounds when nobody wakes it."""
_DENIED: Final = frozenset((Kind.BAD_FILE, Kind.OUR_BUG))
"""Telegram's answers that speak of the file itself: everything else is the line, and passes."""
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "HEIF": "heic", "HEIC": "heic"}


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows that wait for their files: how they are asked for, and what becomes of each."""

    waiting: Callable[..., Any]
    refused: Callable[..., Any]
    failed: Callable[..., Any]
    keep: Callable[[Any, bytes], Awaitable[None]]


class Downloader:
    """Works off the queues of photos and other files until `stop`.

    One round at a time; `wake` when there may be more.
    """

    def __init__(
        self,
        desk: Desk,
        wire: Wire,
        store: PhotoStore,
        campaign: Campaign,
        executor: Executor | None = None,
        copies: PhotoStore | None = None,
    ) -> None:
        self._desk = desk
        self._wire = wire
        self._store = store
        self._copies = copies
        self._campaign = campaign
        self._executor = executor
        self._busy = asyncio.Lock()
        self._index = PhotoIndex()
        self._near = desk.world.evidence.near
        self._wanted = asyncio.Event()
        self._quiet = asyncio.Event()
        self._stopping = False
        self._queues = (
            Queue(media.waiting, media.refused, media.failed, self._kept),
            Queue(files.waiting, files.refused, files.failed, self._kept_file),
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being downloaded and nothing was asked for."""
        return self._quiet.is_set()

    async def idle(self) -> None:
        """Return when what could be had is there."""
        await self._quiet.wait()

    def wake(self) -> None:
        """There may be more."""
        self._quiet.clear()
        self._wanted.set()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stopping = True
        self._wanted.set()

    async def run(self) -> None:
        """Download what waits: when a commit says so, and every few seconds for what failed before."""
        while not self._stopping:
            self._wanted.clear()
            try:
                await self.round()
            except LedgerUnavailable as error:
                log.warning("photos wait for the ledger", error=str(error))
            except DeskClosed:
                return
            except Exception:  # a fault in one round must not end the downloads: the next one tries anew
                log.exception("a round of downloads failed")
            if not self._wanted.is_set():
                self._quiet.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wanted.wait()

    async def round(self) -> int:
        """Download what waits, photos first; gives how many files were worked off.

        Several at a time: a slow one holds nobody up. What fails is put off, whatever it was.

        Raises:
            LedgerUnavailable: nothing could be written down; the photos are fetched anew.
        """
        async with self._busy:
            await self._erase()
            done, running = 0, dict[tuple[int, int], asyncio.Task[None]]()
            try:
                while True:
                    for number, queue in enumerate(self._queues):
                        free = AT_ONCE - len(running)
                        rows = await self._desk.look(queue.waiting, AT_ONCE + len(running)) if free else ()
                        for row in [row for row in rows if (number, row.id) not in running][:free]:
                            task = asyncio.get_running_loop().create_task(self._one(queue, row))
                            running[number, row.id] = task
                    if not running:
                        await self._compare()
                        return done
                    ended, _ = await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED)
                    done += len(ended)
                    running = {key: task for key, task in running.items() if task not in ended}
                    for task in ended:
                        task.result()
            finally:
                for task in running.values():
                    task.cancel()
                await asyncio.gather(*running.values(), return_exceptions=True)

    async def _compare(self) -> None:
        """Look for nearly the same pictures among all, for every photo that was not compared yet.

        The index reads on from where it stands: also what other processes have stored since.
        """
        while fresh := await self._desk.look(comparing.uncompared, DHASH_VERSION):
            while rows := await self._desk.look(comparing.hashed_since, DHASH_VERSION, self._index.upto):
                await asyncio.get_running_loop().run_in_executor(self._executor, self._index.add, rows)
            for photo_id, dhash, _ in fresh:
                near = self._index.near(dhash, self._near)
                await self._desk.do(comparing.compared, photo_id, near)

    async def _erase(self) -> None:
        """Take what must not be kept out of the store and the backups; what fails is tried again."""
        for key, path in await self._desk.look(pictures.to_erase):
            try:
                for store in (self._store, *self._backed_up()):
                    await asyncio.get_running_loop().run_in_executor(self._executor, store.delete, path)
            except StoreError as error:
                log.warning("a file could not be erased", error=type(error).__name__)
                continue
            await self._desk.do(pictures.erased, key)

    def _backed_up(self) -> tuple[PhotoStore, ...]:
        """Where backups keep photos, once there are any."""
        copies = self._copies
        return (copies,) if copies is not None and copies.root is not None and copies.root.is_dir() else ()

    async def _one(self, queue: Queue, row: Any) -> None:
        try:
            described = await self._wire.call("getFile", {"file_id": row.file_id})
            data = await self._wire.download(described["file_path"], expected=described.get("file_size"))
            await queue.keep(row, data)
        except TooLarge:
            await self._desk.do(queue.refused, row.id, "too_big")
        except (TelegramError, StoreError) as error:
            if "too big" in str(error).lower():
                await self._desk.do(queue.refused, row.id, "too_big")
                return
            theirs = isinstance(error, TelegramError) and classify(error).kind in _DENIED
            log.warning("a file could not be had", row=row.id, error=type(error).__name__, theirs=theirs)
            await self._desk.do(partial(queue.failed, theirs=theirs), row.id)
        except (LedgerUnavailable, DeskClosed):
            raise
        except Exception:
            # one file's fault is written down with its row, and tried again later; the others go on
            log.exception("a file could not be worked off", row=row.id)
            await self._desk.do(partial(queue.failed, theirs=True), row.id)

    async def _kept(self, row: Any, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        day = self._campaign.today(row.found_at)
        if row.kind == "attachment":
            path = await loop.run_in_executor(self._executor, self._put_attachment, row, data, day)
            await self._desk.do(media.stored, row.id, {"file": path})
            return
        try:
            studied = await loop.run_in_executor(self._executor, lambda: study(data, name=row.file_name))
        except PhotoRefused as error:
            await self._desk.do(media.refused, row.id, fault_of(error))
            return
        path = await loop.run_in_executor(self._executor, self._put, row, data, day, studied)
        await self._desk.do(media.stored, row.id, facts_of(studied, path))

    async def _kept_file(self, row: Any, data: bytes) -> None:
        """A report's or notice's file, byte for byte."""
        digest = hashlib.sha256(data).hexdigest()
        path = file_path(row.folder, row.id, digest, _extension(row))
        await asyncio.get_running_loop().run_in_executor(self._executor, self._store.put, path, data)
        await self._desk.do(files.stored, row.id, path, digest)

    def _put(self, row: Any, data: bytes, day: Any, studied: Studied) -> str:
        side: Final = "before" if row.kind in ("before", "source") else "after"
        extension = _EXTENSIONS.get(studied.format, studied.format.lower())
        path = photo_path(day, row.entry_id, row.seq, side, studied.sha256, extension)
        self._store.put(path, data)
        self._store.put(derived_path(path, "thumbnail"), studied.thumbnail)
        return path

    def _put_attachment(self, row: Any, data: bytes, day: Any) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = photo_path(day, row.entry_id, row.seq, "before", digest, _extension(row))
        self._store.put(path, data)
        return path


_BY_MEDIUM: Final = {"voice": "oga", "video": "mp4", "photo": "jpg"}


def _extension(row: Any) -> str:
    """How a file's name ends, by its own name or else by what it is."""
    return PurePath(row.file_name or "").suffix.lstrip(".") or _BY_MEDIUM.get(row.medium, "bin")


def fault_of(error: PhotoRefused) -> str:
    """The key under which the catalogue names what is wrong with a photo."""
    names = {"NotAnImage": "not_an_image", "Truncated": "truncated", "TooManyPixels": "too_many_pixels"}
    return names.get(type(error).__name__, "too_big")


def facts_of(studied: Studied, path: str) -> dict[str, Any]:
    """The columns that a studied photo fills; the hash as the signed number a database keeps."""
    latitude, longitude = studied.position or (None, None)
    signed = studied.dhash - 2**64 if studied.dhash >= 2**63 else studied.dhash
    return {
        "file": path,
        "sha256": studied.sha256,
        "dhash": signed,
        "dhash_version": studied.dhash_version,
        "width": studied.width,
        "height": studied.height,
        "taken_at": studied.taken.isoformat(timespec="seconds") if studied.taken else None,
        "lat": latitude,
        "lng": longitude,
    }
