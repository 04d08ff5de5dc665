"""The fonts that pictures are lettered with: Chinese first, an emoji font for what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from bot.media.errors import FontMissing

REGULAR = 400
BOLD = 700

_SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("/System/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
_SYSTEM_NAMES = (
    "NotoSansCJK*.ttc",
    "NotoSansSC*.otf",
    "NotoSansCJKsc*.otf",
    "SourceHanSans*.tt[cf]",
    "SourceHanSans*.otf",
    "PingFang.ttc",
    "msyh.ttc",
    "wqy-*.ttc",
    "simhei.ttf",
    "DroidSansFallback*.ttf",
)
# A face in a collection that is not simplified Chinese silently draws Japanese shapes of 骨, 直, 角.
_SIMPLIFIED = (" SC", "Simplified", "YaHei", "WenQuanYi", "SimHei")
# Drawn as nothing by any font; a box would appear in their place.
_INVISIBLE = frozenset("\ufe0e\ufe0f\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Face:
    """One size and weight: the Chinese font and, where there is one, the emoji font beside it."""

    chinese: ImageFont.FreeTypeFont
    emoji: ImageFont.FreeTypeFont | None
    size: int

    def runs(self, text: str) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
        """Cut a text where the font has to change; characters that draw nothing are dropped."""
        run, font = "", self.chinese
        for char in text:
            if char in _INVISIBLE:
                continue
            wanted = self.chinese
            if self.emoji is not None and not _has(self.chinese, char) and _has(self.emoji, char):
                wanted = self.emoji
            if wanted is not font and run:
                yield run, font
                run = ""
            font = wanted
            run += char
        if run:
            yield run, font

    def width(self, text: str) -> float:
        """How many pixels wide the text is."""
        return sum(font.getlength(run) for run, font in self.runs(text))


class Fonts:
    """Finds the fonts (setting, then package, then system) and keeps one object a size and weight.

    Args:
        setting: a font file named in the configuration; when given it must exist.
        folders: where the system's fonts are looked for; the usual places when left out.
        package: whether the fonts of the Python packages may be used.
    """

    def __init__(
        self, setting: Path | None = None, *, folders: Sequence[Path] | None = None, package: bool = True
    ) -> None:
        self._setting = setting
        self._folders = _SYSTEM_FOLDERS if folders is None else tuple(folders)
        self._package = package
        self._found: tuple[Path, int] | None = None
        self._faces: dict[tuple[int, int], Face] = {}

    def face(self, size: int, weight: int = REGULAR) -> Face:
        """The face of a size in pixels and a weight (400 or 700).

        Raises:
            FontMissing: when no Chinese font is found.
        """
        face = self._faces.get((size, weight))
        if face is None:
            path, index = self.chinese()
            emoji = _packaged("manimgx_fonts", "NotoEmoji*.ttf") if self._package else None
            face = Face(
                chinese=_load(path, index, size, weight),
                emoji=None if emoji is None else _load(emoji, 0, size, weight),
                size=size,
            )
            self._faces[size, weight] = face
        return face

    def chinese(self) -> tuple[Path, int]:
        """The Chinese font in use: its file and the index of the face in it.

        Raises:
            FontMissing: when there is none.
        """
        if self._found is None:
            self._found = self._look()
        return self._found

    def _look(self) -> tuple[Path, int]:
        if self._setting is not None:
            if not self._setting.is_file():
                raise FontMissing([str(self._setting)])
            return self._setting, _simplified_index(self._setting)
        looked_at = []
        if self._package:
            packaged = _packaged("manimgx_fonts_cjk", "NotoSansCJK*.ttc")
            if packaged is not None:
                return packaged, _simplified_index(packaged)
            looked_at.append("package manimgx-fonts-cjk")
        for folder in self._folders:
            looked_at.append(str(folder))
            if folder.is_dir():
                for name in _SYSTEM_NAMES:
                    for path in sorted(folder.rglob(name)):
                        return path, _simplified_index(path)
        raise FontMissing(looked_at)


def _packaged(package: str, pattern: str) -> Path | None:
    # find_spec and not import: the package's own code has nothing that is needed.
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob(pattern)):
            return path
    return None


def _load(path: Path, index: int, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), size, index=index, layout_engine=ImageFont.Layout.BASIC)
    with suppress(OSError):  # a font of one weight is drawn as it is
        font.set_variation_by_axes([weight])
    return font


def _simplified_index(path: Path) -> int:
    if path.suffix.lower() != ".ttc":
        return 0
    index = 0
    while True:
        try:
            family = ImageFont.truetype(str(path), 12, index=index).getname()[0] or ""
        except OSError:  # past the last face
            return 0
        if any(mark in family for mark in _SIMPLIFIED):
            return index
        index += 1


@lru_cache(maxsize=8192)
def _has(font: ImageFont.FreeTypeFont, char: str) -> bool:
    # Pillow does not say whether a font has a character: one that it lacks is drawn as U+FFFF is.
    if char.isspace():
        return True
    return _shape(font, char) != _shape(font, "\uffff")


def _shape(font: ImageFont.FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char, mode="L")
    return mask.size, bytes(mask)
