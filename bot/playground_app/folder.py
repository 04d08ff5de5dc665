"""The playground's own folder, and the settings that keep a bot inside it."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

TOKEN: Final = "7000000001:PLAYGROUND-on-this-machine"
USERNAME: Final = "inspect_bot"
MARKER: Final = ".playground"
WORLD: Final = "world.db"
"""What the playground's server remembers: people, chats, messages, files."""
CONFIG: Final = "config.toml"
NOT_THEIRS: Final = (
    "BOT_TOKEN", "BOT_TELEGRAM__", "BOT_DATABASE__", "BOT_MEDIA__", "BOT_BACKUP__", "BOT_SERVER__",
)  # fmt: skip
"""Variables of a real deployment: the playground touches neither its bot nor its data."""


class PlaygroundError(Exception):
    """Why the playground does not start; the message is one line."""


class Folder:
    """The playground's own folder; nothing of another's is ever touched in it.

    Args:
        path: where; it is made.
        keep: whether what an earlier start left is taken up again, or thrown away.

    Raises:
        PlaygroundError: the folder holds something that is not the playground's, or is in use.
    """

    def __init__(self, path: Path, *, keep: bool = False) -> None:
        self.path = path.resolve()
        self.keep = keep
        marker = self.path / MARKER
        if self.path.exists() and not self.path.is_dir():
            raise PlaygroundError(f"{path} 不是文件夹 · is no folder: choose another --data")
        if self.path.exists() and not marker.exists() and any(self.path.iterdir()):
            raise PlaygroundError(
                f"{path} 里有别的文件，演练场只用自己的文件夹：换一个 --data · "
                f"{path} holds other files and the playground uses a folder of its own: choose another --data"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] = marker.open("a", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise PlaygroundError(
                f"另一个演练场正在用 {path}：换一个 --data · "
                "another playground uses it: choose another --data"
            ) from None
        if not keep:
            self.empty()

    @property
    def world(self) -> Path:
        """The file of the server's memory."""
        return self.path / WORLD

    def empty(self) -> None:
        """Throw away what is in it."""
        for old in self.path.iterdir():
            if old.name == MARKER:
                continue
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink()

    def close(self) -> None:
        """Let another playground have the folder."""
        self._lock.close()


def settings_in(folder: Path, url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of a bot on the playground's server that keeps everything in the playground's folder.

    Its log tells of troubles only, unless BOT_LOGGING__LEVEL asks for more: a line for each message would
    carry the page's address out of sight.
    """
    own = {"BOT_LOGGING__LEVEL": "WARNING"} | {
        name: value for name, value in environ.items() if not name.upper().startswith(NOT_THEIRS)
    }
    return own | {
        "BOT_TOKEN": TOKEN,
        "BOT_TELEGRAM__API_URL": url,
        "BOT_DATABASE__URL": f"sqlite:///{folder / 'data' / 'bot.db'}",
        "BOT_MEDIA__URL": str(folder / "data" / "media"),
        "BOT_BACKUP__DIR": str(folder / "data" / "backups"),
        "BOT_SERVER__LISTEN": "",
        "BOT_OUTBOX__PER_SECOND": "0",
        "BOT_OUTBOX__PER_CHAT": "0",
        "BOT_OUTBOX__PER_GROUP_MINUTE": "0",
    }
