"""Bodies with files: ``multipart/form-data`` that knows its length and streams what is large."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Below this everything goes out in one piece: a copy costs less than a generator and its wake-ups.
ONE_PIECE: Final = 256 * 1024
CHUNK: Final = 256 * 1024

# The Bot API server percent-decodes file names, so a bare "%" would change them.
_IN_QUOTES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A", "%": "%25", "\\": "%5C"})


class Unreadable(Exception):
    """A file that was to be sent cannot be read; nothing of the request counts."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to send: its name for the reader, its bytes or the path where they lie, its MIME type."""

    name: str
    content: bytes | Path
    mime: str = "application/octet-stream"

    def size(self) -> int:
        """The number of bytes that will be sent.

        Raises:
            Unreadable: when it cannot be looked at.
        """
        if isinstance(self.content, bytes):
            return len(self.content)
        try:
            return self.content.stat().st_size
        except OSError as error:
            raise Unreadable(f"{self.content.name}: {error.strerror}") from error


class Multipart:
    """A multipart body over text fields and files; large ones are read and sent in pieces.

    The length is taken when the body is built, so the request carries ``Content-Length`` and a server
    need not understand chunked uploads.

    Raises:
        Unreadable: when a path cannot be looked at.
    """

    def __init__(self, fields: Mapping[str, str], files: Mapping[str, Upload]) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head = bytearray()
        for name, value in fields.items():
            head += (
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name.translate(_IN_QUOTES)}"\r\n\r\n'
                f"{value}\r\n"
            ).encode()
        self._pieces: list[bytes | tuple[Path, int]] = [bytes(head)]
        for name, upload in files.items():
            self._pieces.append(
                (
                    f"--{boundary}\r\nContent-Disposition: form-data; "
                    f'name="{name.translate(_IN_QUOTES)}"; filename="{upload.name.translate(_IN_QUOTES)}"\r\n'
                    f"Content-Type: {upload.mime}\r\n\r\n"
                ).encode()
            )
            content = upload.content
            self._pieces.append(content if isinstance(content, bytes) else (content, upload.size()))
            self._pieces.append(b"\r\n")
        self._pieces.append(f"--{boundary}--\r\n".encode())
        self.broken: str | None = None
        self.length = sum(len(piece) if isinstance(piece, bytes) else piece[1] for piece in self._pieces)

    def whole(self) -> bytes | None:
        """The body in one piece, or None when it is large or lies on disk and has to be streamed."""
        if self.length > ONE_PIECE:
            return None
        pieces = [piece for piece in self._pieces if isinstance(piece, bytes)]
        return b"".join(pieces) if len(pieces) == len(self._pieces) else None

    async def stream(self, progress: Callable[[], None]) -> AsyncIterator[bytes]:
        """The body in pieces; ``progress`` is called each time one has been taken by the socket.

        A file that cannot be read, or has shrunk since the body was built, ends the body early and is named
        in ``broken``: the HTTP client would wrap the error beyond recognition.
        """
        for piece in self._pieces:
            if isinstance(piece, bytes):
                view = memoryview(piece)
                for start in range(0, len(view), CHUNK):
                    yield bytes(view[start : start + CHUNK])
                    progress()
                continue
            path, size = piece
            try:
                for start in range(0, size, CHUNK):
                    # A disk may stall for seconds: never in the event loop. And no file stays open between
                    # two pieces, so an upload that is given up leaves nothing behind.
                    yield await asyncio.to_thread(_read, path, start, min(CHUNK, size - start))
                    progress()
            except OSError as error:
                self.broken = f"{path.name}: {error.strerror or error}"
                raise


def _read(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        content = file.read(size)
    if len(content) < size:
        raise OSError("shrank while it was being sent")
    return content
