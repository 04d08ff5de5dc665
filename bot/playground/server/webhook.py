"""Delivery by webhook: every chat's updates one after another, different chats side by side."""

from __future__ import annotations

import asyncio
import http
from typing import TYPE_CHECKING

import orjson

from .account import Bot, Webhook
from .queue import Waiting

if TYPE_CHECKING:
    import aiohttp

    from .telegram import Telegram

MAX_RETRY_AFTER = 3600
ANSWER_SECONDS = 60


class Courier:
    """Carries updates to webhooks; one task a lane that has something to carry."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._session: aiohttp.ClientSession | None = None
        self.delivered = 0

    def start(self, bot: Bot) -> None:
        """Begin to carry what waits."""
        bot.queue.on_push = lambda lane: self._attend(bot, lane)
        for lane in bot.queue.open_lanes():
            self._attend(bot, lane)

    def stop(self, bot: Bot) -> None:
        """Carry no more; what is not acknowledged stays in the queue."""
        bot.queue.close_lanes()
        if bot.webhook is not None:
            for task in bot.webhook.tasks.values():
                task.cancel()
            bot.webhook.tasks.clear()

    async def close(self) -> None:
        """Stop everything and close the connections."""
        for bot in self._telegram.bots.values():
            self.stop(bot)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _attend(self, bot: Bot, lane: str) -> None:
        hook = bot.webhook
        if hook is None or lane in hook.tasks:
            return
        loop = asyncio.get_running_loop()
        hook.tasks[lane] = loop.create_task(self._carry(bot, hook, lane))

    async def _carry(self, bot: Bot, hook: Webhook, lane: str) -> None:
        queue = bot.queue
        failures = 0
        while bot.webhook is hook and queue.lanes is not None:
            waiting = queue.lanes.get(lane)
            if not waiting:
                hook.tasks.pop(lane, None)
                queue.lanes.pop(lane, None)
                return
            entry = waiting[0]
            if entry.until <= self._telegram.now() or entry.update_id not in queue.waiting:
                waiting.popleft()
                queue.confirm_one(entry.update_id)
                self._telegram.events.ring()
                continue
            pause = await self._deliver(bot, hook, entry, failures)
            if pause is None:
                failures = 0
                if self._telegram.faults.repeated_deliveries > 0:
                    self._telegram.faults.repeated_deliveries -= 1
                    continue
                waiting.popleft()
                queue.confirm_one(entry.update_id)
                self._telegram.events.ring()
                continue
            failures += 1
            self._telegram.events.ring()
            await asyncio.sleep(pause)

    async def _deliver(self, bot: Bot, hook: Webhook, entry: Waiting, failures: int) -> float | None:
        """None when it was taken; else how long to wait, in seconds."""
        import aiohttp  # a server without a webhook starts without it

        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=False)
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        retry_after = 0
        try:
            if self._telegram.faults.network_down:
                raise aiohttp.ClientConnectionError("the network is down")
            async with hook.slots:
                timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
                async with self._session.post(
                    hook.url, data=entry.body, headers=headers, allow_redirects=False, timeout=timeout
                ) as response:
                    body = await response.read()
            if 200 <= response.status < 300:
                self.delivered += 1
                await self._answer_in_body(bot, response.content_type, body)
                return None
            phrase = (
                http.HTTPStatus(response.status).phrase if response.status in set(http.HTTPStatus) else ""
            )
            hook.last_error_message = f"Wrong response from the webhook: {response.status} {phrase}".rstrip()
            given = response.headers.get("Retry-After", "")
            retry_after = min(int(given), MAX_RETRY_AFTER) if given.isdigit() else 0
        except TimeoutError:
            hook.last_error_message = "Read timeout expired"
        except aiohttp.ClientError:
            hook.last_error_message = "Connection refused"
        hook.last_error_date = self._telegram.date()
        switches = self._telegram.switches
        if retry_after:
            return retry_after * switches.webhook_retry_unit
        if failures == 0:
            return 0.0
        return min(2.0**failures * switches.webhook_retry_unit, switches.webhook_retry_most)

    async def _answer_in_body(self, bot: Bot, content_type: str, body: bytes) -> None:
        if not body or content_type != "application/json":
            return
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if isinstance(value, dict) and isinstance(value.get("method"), str):
            await self._telegram.call_in_webhook_answer(bot, value)
