"""Faults on order: wrong answers, silence, broken sockets, broken downloads.

server.faults.next("sendMessage", status=429, retry_after=3, times=2)
server.faults.next("sendPhoto", "sendMessage", status=500)
server.faults.next(cut="before")               # any method: the socket is closed, nothing was done
server.faults.next("sendMessage", cut="after") # done, but the answer never comes
server.faults.next("sendMessage", silent="after", chat_id=501)  # no answer until the bot gives up
server.faults.network_down = True              # every request is cut until it is False again
server.faults.slow_down = 5                    # every sending is answered 429 with this retry_after until 0
server.faults.download_truncated_at = 1000; server.faults.download_bytes_per_second = 50_000
server.faults.repeated_deliveries = 2          # two acknowledgements are lost: the same updates come again
server.faults.clear()
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import PREFIXES, ApiError, too_many

SENDING = ("send", "edit", "copy", "forward", "delete")
"""How the methods begin that flood control is about."""
TEXTS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(slots=True)
class Fault:
    """An order for the next calls: an error, or silence, or a cut, before or after the effect."""

    methods: frozenset[str]
    times: int
    status: int = 0
    retry_after: int = 0
    description: str = ""
    cut: str = ""
    silent: str = ""
    chat_id: str = ""

    def matches(self, method: str, args: dict[str, str]) -> bool:
        """Whether the order is for this call."""
        if self.methods and method not in self.methods:
            return False
        return not self.chat_id or args.get("chat_id") == self.chat_id

    def error(self) -> ApiError | None:
        """The error answer it orders."""
        if self.status == 0:
            return None
        if self.status == 429:
            return too_many(self.retry_after or 1)
        return ApiError(
            self.status,
            self.description or TEXTS.get(self.status, PREFIXES.get(self.status, "Error").rstrip(": ")),
        )


@dataclass(slots=True)
class Faults:
    """The orders that wait, and the faults that last."""

    waiting: list[Fault] = field(default_factory=list)
    network_down: bool = False
    slow_down: int = 0
    download_truncated_at: int | None = None
    download_bytes_per_second: int = 0
    downloads_failing: int = 0
    repeated_deliveries: int = 0

    def next(
        self,
        *methods: str,
        times: int = 1,
        status: int = 0,
        retry_after: int = 0,
        description: str = "",
        cut: str = "",
        silent: str = "",
        chat_id: int | str = "",
    ) -> Fault:
        """Order a fault for the next `times` calls of some methods (none named: of any but getUpdates).

        Args:
            methods: names of methods.
            times: for how many calls.
            status: an error answer with this code, before any effect.
            retry_after: of a 429, in seconds.
            description: the full description of the error answer.
            cut: "before" or "after": the socket is closed before or after the effect.
            silent: "before" or "after": no answer ever.
            chat_id: only calls to this chat.
        """
        if not (status or cut or silent):
            raise ValueError("a fault needs a status, a cut or silence")
        names = frozenset(method.lower() for method in methods)
        fault = Fault(names, times, status, retry_after, description, cut, silent, str(chat_id))
        self.waiting.append(fault)
        return fault

    def take(self, method: str, args: dict[str, str]) -> Fault | None:
        """The fault for a call, used up by one."""
        if self.slow_down and method.startswith(SENDING) and method != "sendchataction":
            return Fault(frozenset(), 1, status=429, retry_after=self.slow_down)
        if not self.waiting:
            return None
        for fault in self.waiting:
            if not fault.methods and method == "getupdates":
                continue
            if fault.matches(method, args):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """No faults any more."""
        self.waiting.clear()
        self.network_down = False
        self.slow_down = 0
        self.download_truncated_at = None
        self.download_bytes_per_second = 0
        self.downloads_failing = 0
        self.repeated_deliveries = 0
