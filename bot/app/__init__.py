"""The one place that knows everyone: builds the application, starts nothing on import."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.app.building import backup_plan, build_world, folders, open_desk
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.delivery.backlog import Backlog
from bot.delivery.composing import Composer
from bot.delivery.drawing import Drawing
from bot.delivery.exporting import makers as of_exports
from bot.delivery.hearing import Hearing
from bot.delivery.limits import Limits
from bot.delivery.making import makers
from bot.delivery.polling import HELD_OPEN, Poller
from bot.delivery.polling import State as Polling
from bot.delivery.presses import Presses
from bot.delivery.receiver import Receiver
from bot.delivery.sender import Sender
from bot.delivery.updates import ALLOWED_UPDATES, Heard
from bot.delivery.wire import Wire
from bot.domain.world import World
from bot.handlers import dispatch
from bot.jobs.backup.copies import mirror_in
from bot.jobs.backup.daily import Daily
from bot.jobs.listening import Listening
from bot.jobs.media import Downloader
from bot.jobs.supervisor import Supervisor
from bot.jobs.timetable import beat
from bot.jobs.watching import Watch
from bot.ledger import inbox as inbox_book
from bot.ledger import outbox as outbox_book
from bot.ledger.desk import Desk, DeskClosed, LedgerUnavailable
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore
from bot.services import pictures
from bot.services.operating import alerts, keeping
from bot.services.people import commands
from bot.texts.catalogue import Catalogue

__all__ = ["Application", "PartDied", "Parts", "Stopped", "backup_plan", "build_world", "open_desk"]

log = structlog.get_logger(__name__)

DRAIN_SECONDS: Final = 10.0
"""A clean stop lets what is under way end, but no longer than this."""
FAREWELL_SECONDS: Final = 3.0
"""What could still go out goes out before the stop; the rest is in the outbox."""
LONGEST_PAUSE: Final = 30.0
"""Between two questions whether Telegram is there."""


def _not_done(due: str, error: Exception) -> None:
    log.error("something that has fallen due could not be done", due=due, exc_info=error)


class Stopped(Exception):
    """The application was asked to stop before it had started."""


class PartDied(Exception):
    """A part of the bot ended with an error and the bot stopped; the log has the error."""


@dataclass
class Parts:
    """What an application is made of; tests and the playground look in here."""

    desk: Desk
    wire: Wire
    catalogue: Catalogue
    sender: Sender
    receiver: Receiver
    presses: Presses
    downloader: Downloader
    store: PhotoStore


class Application:
    """One bot on one ledger. `start`, then `run` until `stop`; a clean stop drains."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        metronome: bool = True,
        world: World | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.world = world or build_world(settings)
        self.name = ""
        self._metronome = metronome
        self._supervisor = supervisor or Supervisor("")
        self._scheduler: AsyncIOScheduler | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._stop = asyncio.Event()
        self._pool = ThreadPoolExecutor(settings.media.workers, thread_name_prefix="pictures")
        self._poller: Poller | None = None
        self._backlog: Backlog
        self._opened_at = 0.0
        self._served: list[Any] = []
        self._died: BaseException | None = None
        self.parts: Parts
        self.ready = False

    async def start(self) -> None:
        """Open the ledger and the line, take up what was left, begin to listen.

        Raises:
            telegram.error.InvalidToken: Telegram does not know the token.
            Stopped: it was asked to stop before Telegram could be reached.
            bot.config.ConfigError, bot.ledger.migrate.NewerLedger: one clear line each.
        """
        settings = self.settings
        desk = open_desk(settings, self.clock, self.world)
        self._supervisor.ready()  # a network that comes later is waited for
        wire = Wire(settings.token, settings.telegram.api_url, proxy=settings.telegram.proxy)
        await wire.__aenter__()
        try:
            me = await self._patiently(wire.me)
        except (TelegramError, Stopped):
            await wire.__aexit__(None, None, None)
            desk.close()
            raise
        self.name = me["username"]
        await desk.do(commands.know_bot, me)
        catalogue = Catalogue(self.world.campaign, settings.texts.language)
        fonts = Fonts(Path(settings.fonts.text) if settings.fonts.text else None)
        store = PhotoStore(settings.media_url())
        drawing = Drawing(store, fonts, catalogue)
        made = makers(catalogue, self.world, drawing, store) | of_exports(desk, catalogue, store)
        composer = Composer(catalogue, self.world, drawing, self.clock.now, self._pool, made)
        outbox = settings.outbox
        limits = Limits(outbox.per_second, outbox.per_chat, int(outbox.per_group_minute), monotonic)
        # whoever beats the time by hand says himself when all was heard
        self._backlog = Backlog(self._all_heard if self._metronome else lambda: True)
        sender = Sender(desk, wire, composer, limits, backlog=self._backlog)
        presses = Presses(wire, catalogue)
        receiver = Receiver(desk, self._heard, bot_id=me["id"], bot_name=self.name, given_up=presses.given_up)
        copies = mirror_in(settings.backup_folder())
        downloader = Downloader(desk, wire, store, self.world.campaign, self._pool, copies)
        self.parts = Parts(desk, wire, catalogue, sender, receiver, presses, downloader, store)
        self._listening = Listening(desk, self.clock, self._hears)
        self.backups = Daily(
            desk, self.clock, self.world.campaign, settings.backup.at, lambda: backup_plan(settings)
        )
        self._listen_to_commits(desk)
        self.watch = Watch(desk, self.clock, folders(settings), self._line_state, wire, catalogue)
        self._gaps = await desk.look(keeping.gaps)
        if self._gaps:
            await desk.do(alerts.restored)
        await sender.recover()
        recovered = await receiver.recover(settings.inbox.waiting_limit)
        if recovered:
            log.info("updates taken up again", count=recovered)
        self._spawn(sender.run(), "sender")
        self._spawn(downloader.run(), "media")
        downloader.wake()
        sender.wake()
        await self._open_ears()
        if self._metronome:
            self._start_metronome()
        await self._serve_health()
        self.ready = True
        log.info("listening", bot=self.name, mode=settings.telegram.mode)

    async def _patiently(self, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Ask until the line is there: a machine may start before its network."""
        pause = 1.0
        while True:
            self._supervisor.alive()
            try:
                return await ask()
            except InvalidToken:
                raise
            except NetworkError as error:
                log.warning("Telegram cannot be reached", said=str(error), again_in=pause)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._stop.wait()
                        raise Stopped from None
                pause = min(pause * 2, LONGEST_PAUSE)

    async def run(self) -> None:
        """Run until `ask_to_stop`, then close.

        Raises:
            telegram.error.InvalidToken: the token was refused at the first poll.
            PartDied: a part of the bot had ended with an error.
        """
        await self._stop.wait()
        await self.close()
        if isinstance(self._died, InvalidToken):
            raise self._died
        if self._died is not None:
            raise PartDied(type(self._died).__name__) from self._died

    def ask_to_stop(self) -> None:
        """Ask for a clean stop; returns at once."""
        self._stop.set()

    async def close(self) -> None:
        """Stop hearing, finish what is in the lanes and under way, close everything."""
        self.ready = False
        self._supervisor.stopping()
        if self._scheduler is not None:
            self._scheduler.pause()  # a beat under way may end: shutting down would cut it off
        if self._poller is not None:
            self._poller.stop()
        left = await self.parts.receiver.lanes.drain(DRAIN_SECONDS)
        if left:
            log.warning("updates left for the next start", count=left)
        with contextlib.suppress(TimeoutError):  # answers to what has just been drained
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.parts.sender.idle()
        self.parts.sender.stop()
        self._stop.set()
        self.parts.downloader.stop()
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
            for task in pending:
                task.cancel()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        for served in self._served:
            await served.stop()
        await self.parts.wire.__aexit__(None, None, None)
        await asyncio.to_thread(self.parts.desk.close)
        self._pool.shutdown(wait=False, cancel_futures=True)
        log.info("stopped")

    async def tick(self) -> int:
        """One beat of the metronome: everything that has fallen due."""
        await self._listening.note()
        return await self.parts.desk.do(beat)

    def hold(self, held: bool) -> None:
        """Stop the metronome while somebody else moves the clock and beats the time; or let it go on."""
        if self._scheduler is not None:
            (self._scheduler.pause if held else self._scheduler.resume)()

    async def idle(self) -> None:
        """Return when no lane has work, nothing is under way and nothing waits that could go out now.

        A picture that was stored raises its cards, so photos are looked at before the outbox.
        """
        while True:
            await self.parts.receiver.lanes.idle()
            await self.parts.downloader.idle()
            await self.parts.sender.idle()
            await asyncio.sleep(0)  # let what has just been woken begin
            if (
                self.parts.receiver.lanes.waiting == 0
                and self.parts.downloader.is_idle
                and self.parts.sender.under_way == 0
            ):
                return

    # --- what is heard ---------------------------------------------------------------------------

    async def _heard(self, heard: Heard) -> None:
        parts = self.parts
        around = (parts.desk, parts.wire, parts.catalogue)
        toast = await dispatch(Hearing(*around, heard, gaps=self._gaps, missing=parts.store.missing))
        if heard.kind == "press":
            await parts.presses.answer(str(heard.press_id), toast)

    # --- tasks -----------------------------------------------------------------------------------

    def _listen_to_commits(self, desk: Desk) -> None:
        loop = asyncio.get_running_loop()
        wakers: dict[str, Callable[[], None]] = {
            outbox_book.WAKE: self.parts.sender.wake,
            pictures.WAKE: self.parts.downloader.wake,
        }

        def committed(wakes: frozenset[str]) -> None:
            for name in wakes:
                if name in wakers and not loop.is_closed():
                    loop.call_soon_threadsafe(wakers[name])

        desk.on_commit(committed)

    def _spawn(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a part of the bot has died, stopping", part=task.get_name(), exc_info=error)
            self._died = self._died or error
            self._stop.set()

    async def _open_ears(self) -> None:
        self._opened_at = monotonic()
        parts, telegram = self.parts, self.settings.telegram
        if telegram.mode == "polling":
            last = await parts.desk.look(inbox_book.last_id)
            self._poller = Poller(
                parts.wire,
                parts.receiver.store,
                offset=0 if last is None else last + 1,
                room=parts.receiver.lanes,
                bound=self.settings.inbox.waiting_limit,
                allowed=ALLOWED_UPDATES,
            )
            self._spawn(self._poller.run(), "polling")
            return
        await self._open_webhook()

    async def _open_webhook(self) -> None:
        from bot.delivery.serving import Served, bind
        from bot.delivery.webhook import WebhookApp

        parts, telegram = self.parts, self.settings.telegram
        webhook = WebhookApp(
            parts.receiver.store,
            self.settings.webhook_secret,
            path=urlsplit(telegram.webhook_url).path or "/",
            room=parts.receiver.lanes,
            bound=self.settings.inbox.waiting_limit,
        )
        served = Served(webhook.app, bind(telegram.webhook_listen))
        await served.start()
        self._served.append(served)
        await webhook.announce(parts.wire, telegram.webhook_url, allowed=ALLOWED_UPDATES)

    def _line_state(self) -> str:
        return "" if self._poller is None else str(self._poller.state)

    def _hears(self) -> bool:
        """Whether Telegram is being heard; by webhook its silence cannot be told from peace."""
        return self._poller is None or self._poller.state is Polling.POLLING

    def _all_heard(self) -> bool:
        """Whether what waited at Telegram has been dealt with; by webhook it comes within seconds."""
        if self._poller is None:
            return monotonic() - self._opened_at >= HELD_OPEN
        return self._poller.caught_up and self.parts.receiver.lanes.waiting == 0

    def _start_metronome(self) -> None:
        # misfire_grace_time None and coalesce: a loop that was blocked drops no beat
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        scheduler.add_job(self._beat, "interval", seconds=1)
        scheduler.start()
        self._scheduler = scheduler

    async def _beat(self) -> None:
        """A beat that hangs never says that it is alive, and the bot is started anew."""
        if self._backlog.holds:
            self._supervisor.alive()
            return
        try:
            await self._listening.note()
            await self.parts.desk.do(beat, _not_done)
            await self.backups.note()
            await self.watch.note()
        except LedgerUnavailable as error:
            log.warning("the clock waits for the ledger", error=str(error))
            await self.watch.ledger_failed(error)
        except DeskClosed:
            log.info("a beat came after the end")
        self._supervisor.alive()

    async def _serve_health(self) -> None:
        if not self.settings.server.listen:
            return
        # a web server is loaded when the bot listens already: a start is counted in these
        from bot.delivery.health import of_bot, serve_health

        health = of_bot(
            self.parts.receiver,
            self.parts.sender,
            lambda: self.ready,
            self.watch.wrong(),
            self.watch.gauges(),
        )
        served = await serve_health(health, self.settings.server.listen)
        if served is not None:
            self._served.append(served)
