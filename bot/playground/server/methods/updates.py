"""getMe, and how updates reach the bot: long polling and the webhook's settings."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from urllib.parse import urlsplit

from ..account import Bot, Webhook
from ..errors import ApiError, bad, too_many
from ..telegram import Telegram
from ..world import Json
from .base import Answered, Method, Raw, Request

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
BY_WEBHOOK = "Conflict: terminated by setWebhook request"
PORTS = frozenset([80, 88, 443, 8443])
SECRET = re.compile(r"[A-Za-z0-9_-]*\Z")


def get_me(request: Request) -> Json:
    """The bot's own account."""
    return request.bot.me()


async def get_updates(request: Request) -> Raw:
    """Confirm what lies before the offset, and give what follows, waiting for it if asked."""
    bot, args, telegram = request.bot, request.args, request.telegram
    queue = bot.queue
    bot.polls += 1
    if bot.webhook is not None:
        raise ApiError(409, WEBHOOK_ACTIVE)
    queue.allow(args.json("allowed_updates"))
    offset = args.integer("offset")
    limit = args.integer("limit", 100, 1, 100)
    timeout = float(args.integer("timeout", 0, 0, 50))
    if telegram.switches.short_poll_guard:
        limit, timeout = guard(telegram.poll_times, bot.id, offset, limit, timeout)
    if telegram.faults.repeated_deliveries > 0 and queue.would_confirm(offset):
        telegram.faults.repeated_deliveries -= 1
    elif queue.confirm(offset):
        telegram.events.ring()
    queue.expire(telegram.now())
    batch = queue.batch(limit, telegram.now())
    if not batch and timeout > 0:
        await _wait(telegram, bot, timeout)
        batch = queue.batch(limit, telegram.now())
    return Raw(b"[" + b",".join(batch) + b"]")


async def _wait(telegram: Telegram, bot: Bot, timeout: float) -> None:
    queue = bot.queue
    if queue.poll is not None and not queue.poll.done():
        queue.poll.set_result("other")
    poll = queue.poll = asyncio.get_running_loop().create_future()
    telegram.events.ring()
    try:
        async with asyncio.timeout(timeout):
            reason = await poll
    except TimeoutError:
        return
    finally:
        if queue.poll is poll:
            queue.poll = None
            telegram.events.ring()
    if reason == "other":
        bot.conflicts += 1
        raise ApiError(409, OTHER_POLLER)
    if reason == "webhook":
        raise ApiError(409, BY_WEBHOOK)
    if reason == "restart":
        raise ApiError(500, "Internal Server Error: restart")
    await asyncio.sleep(telegram.switches.coalesce_seconds)


def guard(
    times: dict[int, tuple[int, float]], bot_id: int, offset: int, limit: int, timeout: float
) -> tuple[int, float]:
    """Telegram's brake on polls that repeat an offset: 3 s at least, and one update only within 0.5 s."""
    now = asyncio.get_running_loop().time()
    last_offset, last_start = times.get(bot_id, (-1, 0.0))
    times[bot_id] = (offset, now)
    if offset == last_offset and now - last_start < 3:
        timeout = max(timeout, 3.0)
        if now - last_start < 0.5:
            limit = 1
    return limit, timeout


def check_url(url: str, anywhere: bool) -> None:
    """Refuse a webhook address that Telegram does not take.

    Raises:
        ApiError: not https, a port other than 80, 88, 443, 8443, a reserved address.
    """
    parts = urlsplit(url if "://" in url else "https://" + url)
    try:
        port = parts.port
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if not parts.hostname or parts.scheme not in {"http", "https"} or " " in url:
        raise bad("invalid webhook URL specified")
    if anywhere:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    try:
        address = ipaddress.ip_address("127.0.0.1" if parts.hostname == "localhost" else parts.hostname)
    except ValueError:
        return
    if address.is_private or address.is_loopback:
        raise bad(f"bad webhook: IP address {address} is reserved")


def set_webhook(request: Request) -> Answered:
    """Send updates to an address from now on; an empty one goes back to polling."""
    bot, args, telegram = request.bot, request.args, request.telegram
    url = args.text("url")
    if not url:
        return delete_webhook(request)
    check_url(url, telegram.switches.webhook_anywhere)
    secret = args.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if SECRET.match(secret) is None:
        raise bad("secret token contains unallowed characters")
    certificate = args.files.get("certificate")
    if certificate is not None and len(certificate.data) > 3 * 1024 * 1024:
        raise bad(f"certificate size is too big ({len(certificate.data)} bytes)")
    now = asyncio.get_running_loop().time()
    if telegram.switches.short_poll_guard and now - telegram.last_webhook.get(bot.id, -9.0) < 1:
        raise too_many(1)
    telegram.last_webhook[bot.id] = now
    bot.queue.allow(args.json("allowed_updates"))
    if args.flag("drop_pending_updates"):
        bot.queue.clear()
        telegram.events.ring()
    local = telegram.switches.webhook_anywhere
    connections = args.integer("max_connections", 100 if local else 40, 1, 100_000 if local else 100)
    old = bot.webhook
    unchanged = (
        old is not None
        and (old.url, old.secret, old.max_connections) == (url, secret, connections)
        and certificate is None
    )
    if unchanged:
        return Answered(True, "Webhook is already set")
    telegram.courier.stop(bot)
    bot.webhook = Webhook(
        url,
        secret,
        connections,
        ip_address=args.text("ip_address"),
        has_certificate=certificate is not None,
        slots=asyncio.Semaphore(connections),
    )
    if bot.queue.poll is not None and not bot.queue.poll.done():
        bot.queue.poll.set_result("webhook")
    telegram.courier.start(bot)
    return Answered(True, "Webhook was set")


def delete_webhook(request: Request) -> Answered:
    """Back to polling."""
    bot, telegram = request.bot, request.telegram
    if request.args.flag("drop_pending_updates"):
        bot.queue.clear()
        telegram.events.ring()
    if bot.webhook is None:
        return Answered(True, "Webhook is already deleted")
    telegram.courier.stop(bot)
    bot.webhook = None
    return Answered(True, "Webhook was deleted")


def webhook_info(bot: Bot, telegram: Telegram) -> Json:
    """The WebhookInfo object."""
    bot.queue.expire(telegram.now())
    hook = bot.webhook
    result: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": hook.has_certificate if hook else False,
        "pending_update_count": len(bot.queue.waiting),
    }
    if hook is not None:
        result["max_connections"] = hook.max_connections
        if hook.ip_address:
            result["ip_address"] = hook.ip_address
        if hook.last_error_date:
            result |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    names = bot.queue.allowed_names()
    return result | ({"allowed_updates": names} if names else {})


def get_webhook_info(request: Request) -> Json:
    """How the webhook stands."""
    return webhook_info(request.bot, request.telegram)


def log_out(request: Request) -> bool:
    """Leave this server; everything but getMe is refused afterwards."""
    request.bot.logged_out = True
    return True


def close(request: Request) -> bool:
    """Close the bot's instance; Telegram refuses it in the first ten minutes, this server never."""
    return True


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": log_out,
    "close": close,
}
