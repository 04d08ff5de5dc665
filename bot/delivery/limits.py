"""How fast messages may leave: in all, to one chat, to one group, and not at all after flood control.

Telegram's published limits are about 30 messages a second in all, one a second to a chat (short bursts
tolerated) and 20 a minute to a group; an edit counts as a message.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final

# Priority of a message somebody waits for; what is higher may wait itself.
REPLY: Final = 0

# Messages that may follow one another at once, to a chat that waits for its answer.
REPLY_BURST: Final = 3
# How far broadcasts may catch up with their pace after the loop was late, in slots. What is sent in a bunch
# leaves a gap a second later in which an answer finds no room: one slot keeps answers within two.
CATCH_UP: Final = 1.0
# Two chats under flood control within so many seconds: it is the whole bot that is too fast.
ALL_STOP_WITHIN: Final = 1.0
# The outbox asks about every chat that is remembered at each turn: in a broadcast to thousands, those that
# were written to a few seconds ago must not be among them.
SWEEP_EVERY: Final = 2.0
# Sums of floating-point seconds differ in their last digits: a wait that short is none.
TINY: Final = 1e-9


class Limits:
    """Tells when a message may leave, and counts those that have left.

    In all, no more than ``per_second`` leave in any one second: a full second's worth at the start, whatever
    the priority of a reply; everything else keeps an even pace, so that a reply finds the next slot free. To
    one chat ``per_chat`` a second, with a burst for replies; to a group no more than ``per_group_minute`` in
    any one minute. 0 lifts a limit. Chats under flood control stay stopped all the same.

    ``clock`` gives monotonic seconds. Nothing here waits, and nothing is remembered of chats long silent.
    """

    def __init__(
        self,
        per_second: float,
        per_chat: float,
        per_group_minute: int,
        clock: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._gap = 1.0 / per_second if per_second else 0.0
        self._recent = _Window(math.floor(per_second) or 1, max(1.0, self._gap)) if per_second else None
        self._paced = -math.inf
        self._chat_gap = 1.0 / per_chat if per_chat else 0.0
        self._free_at: dict[int, float] = {}
        self._per_group_minute = per_group_minute
        self._groups: dict[int, _Window] = {}
        self._stopped: dict[int, float] = {}
        self._all_stopped = -math.inf
        self._last_flood: tuple[float, int] | None = None
        self._swept = clock()

    def open_in(self, priority: int) -> float:
        """Seconds until any chat may be written to at this priority; 0 when now."""
        now = self._clock()
        return _left(self._open_at(priority), now)

    def ready_in(self, chat_id: int, priority: int) -> float:
        """Seconds until this chat may be written to at this priority; 0 when now."""
        now = self._clock()
        at = max(self._open_at(priority), self._stopped.get(chat_id, -math.inf))
        if self._chat_gap:
            ahead = self._chat_gap * (REPLY_BURST - 1) if priority == REPLY else 0.0
            at = max(at, self._free_at.get(chat_id, -math.inf) - ahead)
        if chat_id < 0 and (window := self._groups.get(chat_id)) is not None:
            at = max(at, window.free_at())
        return _left(at, now)

    def room(self, priority: int, most: int) -> int:
        """How many messages of this priority may leave at once now, at most ``most``."""
        now = self._clock()
        if self._recent is None:
            return most if self._all_stopped <= now else 0
        if _left(self._open_at(priority), now):
            return 0
        room = min(most, self._recent.room(now))
        if priority == REPLY:
            return room
        ahead = now - max(self._paced, now - CATCH_UP * self._gap)
        return min(room, math.floor(ahead / self._gap + TINY) + 1)

    @property
    def burst(self) -> int | None:
        """How many messages may ever leave at once; None: without end."""
        return None if self._recent is None else self._recent.most

    def room_in(self, messages: int) -> float:
        """Seconds until so many may leave at once, or as many as ever may; 0 when now."""
        now = self._clock()
        at = self._all_stopped
        if self._recent is not None:
            at = max(at, self._recent.free_at(messages))
        return _left(at, now)

    def take(self, chat_id: int, messages: int = 1) -> None:
        """Count what leaves to a chat now; a call that copies several messages is as many of them."""
        now = self._clock()
        if self._recent is not None:
            self._recent.add(now, messages)
            self._paced = max(self._paced, now - CATCH_UP * self._gap) + messages * self._gap
        if self._chat_gap:
            free_at = max(self._free_at.get(chat_id, -math.inf), now)
            self._free_at[chat_id] = free_at + messages * self._chat_gap
        if chat_id < 0 and self._per_group_minute:
            window = self._groups.get(chat_id)
            if window is None:
                window = self._groups[chat_id] = _Window(self._per_group_minute, 60.0)
            window.add(now, messages)
        if now - self._swept > SWEEP_EVERY:
            self._sweep(now)

    def stop_chat(self, chat_id: int, seconds: float) -> bool:
        """Leave a chat alone after flood control; True when that stops all chats.

        Everything stops when a second chat is told so within a second of the first: then the limit that was
        met is not the chat's.
        """
        now = self._clock()
        self._stopped[chat_id] = max(self._stopped.get(chat_id, -math.inf), now + seconds)
        last, self._last_flood = self._last_flood, (now, chat_id)
        if last is None or last[1] == chat_id or now - last[0] > ALL_STOP_WITHIN:
            return False
        self._all_stopped = max(self._all_stopped, self._stopped[chat_id], self._stopped.get(last[1], now))
        return True

    def move_chat(self, old: int, new: int) -> None:
        """Carry over what is known of a group that became a supergroup."""
        for known in (self._free_at, self._stopped):
            if old in known:
                known[new] = max(known.pop(old), known.get(new, -math.inf))
        if old in self._groups:
            self._groups[new] = self._groups.pop(old)

    def recent(self) -> set[int]:
        """Chats of which anything is remembered: only these may have to wait."""
        return self._free_at.keys() | self._groups.keys() | self._stopped.keys()

    @property
    def chats(self) -> int:
        """How many chats anything is remembered of."""
        return len(self.recent())

    def _open_at(self, priority: int) -> float:
        at = self._all_stopped
        if self._recent is not None:
            at = max(at, self._recent.free_at())
            if priority != REPLY:
                at = max(at, self._paced)
        return at

    def _sweep(self, now: float) -> None:
        self._swept = now
        for known in (self._free_at, self._stopped):
            for chat_id in [chat_id for chat_id, at in known.items() if at <= now]:
                del known[chat_id]
        for chat_id in [chat_id for chat_id, window in self._groups.items() if window.empty(now)]:
            del self._groups[chat_id]


class _Window:
    """At most ``most`` instants within any ``span`` seconds."""

    __slots__ = ("_instants", "_span")

    def __init__(self, most: int, span: float) -> None:
        self._instants: deque[float] = deque(maxlen=most)
        self._span = span

    @property
    def most(self) -> int:
        return self._instants.maxlen or 0

    def add(self, now: float, count: int = 1) -> None:
        self._instants.extend([now] * count)

    def free_at(self, count: int = 1) -> float:
        """When so many more may leave, at most all that the window holds."""
        over = len(self._instants) + min(count, self.most) - self.most
        return self._instants[over - 1] + self._span if over > 0 else -math.inf

    def room(self, now: float) -> int:
        """How many more may leave now."""
        return self.most - sum(1 for instant in self._instants if _left(instant + self._span, now))

    def empty(self, now: float) -> bool:
        return not self._instants or self._instants[-1] + self._span <= now


def _left(at: float, now: float) -> float:
    wait = at - now
    return wait if wait > TINY else 0.0
