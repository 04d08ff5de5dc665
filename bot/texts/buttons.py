"""Callback data: an action, its subject, the subject's version, an argument, in at most 64 bytes.

The one place that writes and reads it. `1:ack:17:4` is version 1 of the form; a press whose form is
of yesterday or of somebody else's making is told apart here and answered kindly.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

FORM = "1"
MOST_BYTES = 64


class ButtonError(ValueError):
    """Callback data that cannot be written or read.

    ButtonError
    ├── TooLong      more than 64 bytes: our bug
    └── Unreadable   of an older form, or forged
    """


class TooLong(ButtonError):
    """More than Telegram takes."""


class Unreadable(ButtonError):
    """Not of the present form."""


@dataclass(frozen=True, slots=True)
class Press:
    """A press, read."""

    act: str
    subject: int = 0
    version: int = 0
    arg: str = ""

    def number(self, below: int = 2**63) -> int:
        """The argument as a number from 0 up to `below`; raises Unreadable."""
        if not self.arg.isdecimal() or int(self.arg) >= below:
            raise Unreadable(self.arg)
        return int(self.arg)

    def day(self) -> date:
        """The argument as a day of the calendar; raises Unreadable."""
        try:
            return date.fromisoformat(self.arg)
        except ValueError:
            raise Unreadable(self.arg) from None

    def one_of(self, words: Collection[str]) -> str:
        """The argument, when it is one of these; raises Unreadable."""
        if self.arg not in words:
            raise Unreadable(self.arg)
        return self.arg


def write(press: Press) -> str:
    """Press → callback data; raises TooLong."""
    data = f"{FORM}:{press.act}:{press.subject}:{press.version}"
    if press.arg:
        data += f":{press.arg}"
    if len(data.encode()) > MOST_BYTES:
        raise TooLong(data)
    return data


def parse(data: str) -> Press:
    """Callback data → press; raises Unreadable."""
    parts = data.split(":", 4)
    if len(parts) < 4 or parts[0] != FORM or not parts[1].isidentifier():
        raise Unreadable(data[:64])
    try:
        subject, version = int(parts[2]), int(parts[3])
    except ValueError:
        raise Unreadable(data[:64]) from None
    if not (0 <= subject < 2**63 and 0 <= version < 2**31):
        raise Unreadable(data[:64])
    arg = parts[4] if len(parts) > 4 else ""
    if any(sign.isdigit() and not sign.isdecimal() for sign in arg):
        raise Unreadable(data[:64])  # ² passes for a digit and is no number: we never write it
    return Press(parts[1], subject, version, arg)
