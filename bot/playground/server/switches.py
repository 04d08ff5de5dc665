"""What can be set on the server: times, limits, and how far it forgives."""

from __future__ import annotations

from dataclasses import dataclass

from .files import MAX_DOWNLOAD


@dataclass(slots=True)
class Switches:
    """Behaviour of Telegram that differs by case, is undocumented, or would slow tests down.

    Attributes:
        photo_top: the longest side of a photo's largest size, 1280 or 2560.
        callback_seconds: how long a press may be answered, by the server's clock.
        file_link_seconds: how long a download link lives, by the server's clock.
        max_download: getFile refuses what is larger, in bytes.
        limits: whether 1 message a second and chat, 20 a minute and group, 30 a second overall are enforced.
        short_poll_guard: whether a repeated offset is slowed down as by Telegram.
        coalesce_seconds: how long a waiting poll collects further updates before it answers.
        webhook_retry_unit: the first waiting time between deliveries; doubled up to `webhook_retry_most`.
        webhook_anywhere: whether http, loopback and any port are taken, as by a Bot API server in local mode.
        command_needs_bot_name: under privacy mode, whether a bot that never spoke misses bare commands.
    """

    photo_top: int = 1280
    callback_seconds: float = 150
    file_link_seconds: float = 3600
    max_download: int = MAX_DOWNLOAD
    limits: bool = False
    short_poll_guard: bool = False
    coalesce_seconds: float = 0.0
    webhook_retry_unit: float = 1.0
    webhook_retry_most: float = 60.0
    webhook_anywhere: bool = True
    command_needs_bot_name: bool = False
