"""systemd's side of the bot: started, alive, stopping (sd_notify); nothing where there is no systemd."""

from __future__ import annotations

import socket

import structlog

log = structlog.get_logger(__name__)


class Supervisor:
    """Tells the service manager how it goes.

    Args:
        address: what systemd puts into NOTIFY_SOCKET; empty for none. A name that begins with @ is abstract.
    """

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self) -> None:
        """The ledger is open and the bot at work."""
        self._say("READY=1")

    def alive(self) -> None:
        """One beat of the clock has come through the ledger: the watchdog begins to count anew."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """It was asked to stop and finishes what is under way."""
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
                way.sendto(words.encode(), self._address)
        except OSError as error:
            log.warning("the service manager cannot be told", words=words, error=str(error))
