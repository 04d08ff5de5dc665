"""Telegram's published limits on sending, for who switches them on."""

from __future__ import annotations

import math
from collections import deque

PER_SECOND = 30
GROUP_PER_MINUTE = 20
CHAT_BURST, CHAT_BURST_SECONDS = 5, 5.0


class SendLimits:
    """Counts what a bot sent, by the server's clock."""

    def __init__(self) -> None:
        self._sent: dict[tuple[int, int], deque[float]] = {}

    def wait(self, bot_id: int, chat_id: int, group: bool, now: float, count: int = 1) -> int:
        """Seconds to wait before the next message may be sent; 0 counts it as sent.

        About one message a second and chat with small bursts, 20 a minute and group, 30 a second overall.
        A call that sends several at once (`count`) is let in whole, and counts as all of them.
        """
        everywhere = self._window((bot_id, 0), 1.0, now)
        here = self._window((bot_id, chat_id), 60.0, now)
        waits = [0.0]
        if len(everywhere) >= PER_SECOND:
            waits.append(everywhere[0] + 1.0 - now)
        if group and len(here) >= GROUP_PER_MINUTE:
            waits.append(here[-GROUP_PER_MINUTE] + 60.0 - now)
        if len(here) >= CHAT_BURST and now - here[-CHAT_BURST] < CHAT_BURST_SECONDS:
            waits.append(here[-CHAT_BURST] + CHAT_BURST_SECONDS - now)
        if max(waits) > 0:
            return max(1, math.ceil(max(waits)))
        everywhere.extend([now] * count)
        here.extend([now] * count)
        return 0

    def _window(self, key: tuple[int, int], length: float, now: float) -> deque[float]:
        window = self._sent.setdefault(key, deque())
        while window and window[0] <= now - length:
            window.popleft()
        return window
