"""What a story is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Final, Literal

NUMBER: Final = ("number", r"[县区暗办长]\d?-\d{4}-\d{2,}")
"""Keeps an entry's number."""


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages."""

    zh: str
    en: str

    def seen(self) -> dict[str, str]:
        """As the page takes it."""
        return {"zh": self.zh, "en": self.en}


# --- what somebody does -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Says:
    """Sends words, as a reply to a named message where one is given; `where` a chat that is not private."""

    text: str
    reply_to: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class SendsPhotos:
    """Sends sample photographs, several as an album; `as_files` byte for byte, with what a camera wrote."""

    samples: tuple[str, ...]
    caption: str = ""
    reply_to: str = ""
    where: str = ""
    as_files: bool = False


@dataclass(frozen=True, slots=True)
class Presses:
    """Presses a button of a named message, by its label or the beginning of it."""

    message: str
    label: str


@dataclass(frozen=True, slots=True)
class TimePasses:
    """The clock goes on, through everything that falls due on the way."""

    days: float = 0
    hours: float = 0
    minutes: float = 0
    seconds: float = 0

    @property
    def span(self) -> timedelta:
        """How long."""
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Goes:
    """The clock goes on to a named instant.

    The next Friday, the next closing day, the next reminder; `day_off`: when an office is next asked about
    a closing day that is a day off.
    """

    to: Literal["friday", "period", "reminder", "day_off"]


@dataclass(frozen=True, slots=True)
class Until:
    """The clock goes on to an hour of the day.

    The next one; or the next one on a weekday (0 is Monday); or the next from Monday to Friday.
    """

    clock: time
    weekday: int | None = None
    working: bool = False


@dataclass(frozen=True, slots=True)
class PowerFails:
    """The bot is gone at once; people go on writing, the clock goes on."""


@dataclass(frozen=True, slots=True)
class PowerReturns:
    """The bot is started again, and does what has fallen due meanwhile."""


@dataclass(frozen=True, slots=True)
class SendsBack:
    """Sends the file of a named message back, filled in by `fill`."""

    message: str
    fill: Callable[[bytes], bytes]
    caption: str = ""


Act = Says | SendsPhotos | SendsBack | Presses | TimePasses | Goes | Until | PowerFails | PowerReturns


# --- what is then to be seen --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hears:
    """Somebody's newest message of the bot that holds the words, new or edited since the step began.

    Attributes:
        who: a place of the cast.
        words: what the message holds, each of them.
        without: what it must not hold.
        buttons: labels that it has.
        name: under which it is remembered.
        keep: a name, and the pattern whose match is kept under it.
        picture: whether it must carry one.
        silent: whether it must come without sound, or with; None: either.
        where: a chat that is not private: `group`, `channel`.
    """

    who: str
    words: str | tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    name: str = ""
    keep: tuple[str, str] | None = None
    picture: bool = False
    silent: bool | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Shows:
    """A remembered message, as it stands now, holds the words; or it is `deleted`."""

    message: str
    words: str | tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class NeverHears:
    """Nothing that somebody was told since the story began, or since the step did, holds any of the words."""

    who: str
    words: str | tuple[str, ...]
    where: str = ""
    in_step: bool = False


Expectation = Hears | Shows | NeverHears


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a line of explanation, who does what, and what is then to be seen.

    `if_offered`: where the button that it presses is not offered any more, the step is passed over.
    """

    line: Both
    who: str = ""
    does: Act | None = None
    then: tuple[Expectation, ...] = ()
    if_offered: bool = False


@dataclass(frozen=True)
class Story:
    """A story; `about` is one sentence for the list."""

    key: str
    title: Both
    about: Both
    steps: tuple[Step, ...]
    phones: tuple[str, ...] = field(default=())
    """Whose phones are best seen beside one another; by default who appears first."""

    @property
    def cast(self) -> tuple[str, ...]:
        """Everybody who does or hears something, in the order of appearance."""
        return tuple(dict.fromkeys(self._places()))

    def _places(self) -> Iterator[str]:
        for step in self.steps:
            if step.who:
                yield step.who
            for expected in step.then:
                if not isinstance(expected, Shows):
                    yield expected.who

    def shown(self) -> tuple[str, ...]:
        """Whose phones are opened for it."""
        return self.phones or self.cast[:4]
