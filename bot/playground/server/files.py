"""Files and pictures: what is stored, under which ids a bot knows it, and how photos are made smaller."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import bad

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
BOXES = {"s": 90, "m": 320, "x": 800, "y": 1280, "w": 2560}
PREFIXES = {
    "photo": "AgAC", "document": "BQAC", "video": "BAAC", "voice": "AwAC", "audio": "CQAC",
    "video_note": "DQAC", "animation": "CgAC", "thumbnail": "AAMC", "sticker": "CAAC",
}  # fmt: skip
TYPES = {prefix: kind for kind, prefix in PREFIXES.items()}
FOLDERS = {
    "photo": "photos", "document": "documents", "video": "videos", "voice": "voice", "audio": "music",
    "video_note": "video_notes", "animation": "animations", "thumbnail": "thumbnails", "sticker": "stickers",
}  # fmt: skip
EXTENSIONS = {
    "photo": "jpg",
    "thumbnail": "jpg",
    "voice": "oga",
    "video": "mp4",
    "video_note": "mp4",
    "audio": "mp3",
}


class NotAPicture(ValueError):
    """Bytes that Telegram's picture reader cannot open."""


class WrongDimensions(ValueError):
    """A picture that is too large or too narrow for a photo."""


@dataclass(slots=True, eq=False)
class StoredFile:
    """One file: a document, or one size of a photo. `size` may claim more than the bytes kept."""

    key: int
    kind: str
    data: bytes
    size: int
    unique: str
    extension: str = ""
    width: int = 0
    height: int = 0


@dataclass(slots=True, eq=False)
class Media:
    """What a message carries: its file, and for photos all sizes, ascending."""

    kind: str
    file: StoredFile
    sizes: list[StoredFile] = field(default_factory=list)
    thumbnail: StoredFile | None = None
    name: str = ""
    mime: str = ""
    duration: int = 0

    @property
    def data(self) -> bytes:
        """The bytes: of a photo its largest size."""
        return self.file.data


class FileStore:
    """Every file that went through this server."""

    def __init__(self) -> None:
        self.next_key = 1
        self.files: dict[int, tuple[StoredFile, Media]] = {}
        self._ids: dict[tuple[int, int], str] = {}

    def keep(
        self, kind: str, data: bytes, *, size: int = 0, extension: str = "", width: int = 0, height: int = 0
    ) -> StoredFile:
        """Store bytes as a new file."""
        key = self.next_key
        self.next_key += 1
        digest = hashlib.blake2b(struct.pack(">Q", key), digest_size=9).digest()
        unique = ("AQAD" if kind == "photo" else "AgAD") + base64.urlsafe_b64encode(digest).decode().rstrip(
            "="
        )
        extension = extension or EXTENSIONS.get(kind, "")
        return StoredFile(key, kind, data, size or len(data), unique, extension, width, height)

    def own(self, media: Media) -> Media:
        """Make the files of a media findable by their ids."""
        for file in [media.file, *media.sizes, *([media.thumbnail] if media.thumbnail else [])]:
            self.files[file.key] = (file, media)
        return media

    def id_for(self, bot_id: int, file: StoredFile) -> str:
        """The bot's own name of a file."""
        found = self._ids.get((bot_id, file.key))
        if found is None:
            body = struct.pack(">QQ", file.key, bot_id)
            seal = hashlib.blake2b(body + file.kind.encode(), digest_size=26).digest()
            found = PREFIXES[file.kind] + base64.urlsafe_b64encode(body + seal).decode()
            self._ids[(bot_id, file.key)] = found
        return found

    def find(self, bot_id: int, file_id: str) -> tuple[StoredFile, Media] | None:
        """The file that one of this bot's ids names; None for a foreign or invented one."""
        try:
            key, owner = struct.unpack(">QQ", base64.urlsafe_b64decode(file_id[4:].encode())[:16])
        except (ValueError, struct.error):
            return None
        entry = self.files.get(key)
        if entry is None or owner != bot_id or self.id_for(bot_id, entry[0]) != file_id:
            return None
        return entry

    def photo(self, data: bytes, *, top: int = 1280, as_is: bool = False) -> Media:
        """A photo as Telegram's clients send it: JPEG anew in all sizes up to the top one, metadata gone.

        Raises:
            NotAPicture: it cannot be decoded.
            WrongDimensions: width + height over 10000, or one side over twenty times the other.
        """
        if as_is:
            width, height = _dimensions(data)
            sizes = [self.keep("photo", data, width=width, height=height)]
        else:
            sizes = [self.keep("photo", made, width=w, height=h) for w, h, made in photo_sizes(data, top)]
        return self.own(Media("photo", sizes[-1], sizes, mime="image/jpeg"))

    def other(
        self, kind: str, data: bytes, name: str = "", *, size: int = 0, mime: str = "", **more: int
    ) -> Media:
        """A document, video, voice… kept byte for byte; pictures get a thumbnail."""
        extension = name.rpartition(".")[2] if "." in name else ""
        file = self.keep(
            kind,
            data,
            size=size,
            extension=extension,
            width=more.get("width", 0),
            height=more.get("height", 0),
        )
        media = Media(kind, file, name=name, mime=mime, duration=more.get("duration", 0))
        if kind == "document" and mime.startswith("image/"):
            try:
                width, height, made = photo_sizes(data, 320)[-1]
                media.thumbnail = self.keep("thumbnail", made, width=width, height=height)
            except (NotAPicture, WrongDimensions):
                media.thumbnail = None
        return self.own(media)

    def again(self, media: Media) -> Media:
        """The same files once more: a forward or a sending by file_id keeps unique ids."""
        return Media(
            media.kind, media.file, media.sizes, media.thumbnail, media.name, media.mime, media.duration
        )

    def json(self, bot_id: int, media: Media) -> Any:
        """The PhotoSize array, or Document, Video, Voice… object."""
        if media.kind == "photo":
            return [self._size(bot_id, file) for file in media.sizes]
        result: dict[str, Any] = {}
        file = media.file
        if media.kind in {"video", "voice", "audio", "animation", "video_note"}:
            result["duration"] = media.duration
        if media.kind in {"video", "animation"}:
            result |= {"width": file.width or 1280, "height": file.height or 720}
        if media.kind == "video_note":
            result["length"] = file.width or 240
        if media.name and media.kind not in {"voice", "video_note"}:
            result["file_name"] = media.name
        if media.mime and media.kind != "video_note":
            result["mime_type"] = media.mime
        if media.thumbnail is not None:
            result["thumbnail"] = result["thumb"] = self._size(bot_id, media.thumbnail)
        return result | self._common(bot_id, file)

    def _common(self, bot_id: int, file: StoredFile) -> dict[str, Any]:
        return {"file_id": self.id_for(bot_id, file), "file_unique_id": file.unique, "file_size": file.size}

    def _size(self, bot_id: int, file: StoredFile) -> dict[str, Any]:
        return self._common(bot_id, file) | {"width": file.width, "height": file.height}


def _open(data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data))
        image.verify()
        return Image.open(io.BytesIO(data))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture(str(error)) from error


def _dimensions(data: bytes) -> tuple[int, int]:
    try:
        return Image.open(io.BytesIO(data)).size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 1280, 960  # sent as it is: a damaged photo still has to look like one


@lru_cache(maxsize=256)
def photo_sizes(data: bytes, top: int) -> tuple[tuple[int, int, bytes], ...]:
    """The sizes of a photo, ascending: (width, height, JPEG). A picture is never made larger.

    Raises:
        NotAPicture: it cannot be decoded.
        WrongDimensions: width + height over 10000, or one side over twenty times the other.
    """
    image = _open(data)
    width, height = image.size
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise WrongDimensions(f"{width}×{height}")
    try:
        image.draft("RGB", (top, top))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise NotAPicture(str(error)) from error
    full = max(width, height)
    boxes = [box for box in BOXES.values() if box <= top]
    wanted = [box for index, box in enumerate(boxes) if index == 0 or boxes[index - 1] < full]
    result = []
    for box in reversed(wanted):
        upright.thumbnail((box, box), Image.Resampling.BILINEAR if box < 1280 else Image.Resampling.LANCZOS)
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=87 if box >= 1280 else 80)
        result.append((upright.width, upright.height, out.getvalue()))
    return tuple(reversed(result))


def named_file(store: FileStore, bot_id: int, value: str, kind: str) -> Media:
    """The media that a file_id argument names, of the kind that the method sends.

    Raises:
        ApiError: unknown id, a URL, or a file of another kind.
    """
    if "." in value:
        raise bad("wrong HTTP URL specified" if "://" not in value else "failed to get HTTP URL content")
    found = store.find(bot_id, value)
    if found is None:
        raise bad("wrong file identifier/HTTP URL specified")
    file, media = found
    if file.kind != kind:
        raise bad(f"can't use file of type {_title(file.kind)} as {_title(kind)}")
    return store.again(media)


def _title(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))
