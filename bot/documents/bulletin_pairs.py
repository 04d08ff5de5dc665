"""The chosen pictures of a bulletin: pairs, single photos, a page of pairs for a region with several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from PIL import Image

from bot.documents import pictures
from bot.documents.bulletin_words import day_of_photo
from bot.documents.hiding import hidden, with_grid
from bot.documents.ledger_rows import Words
from bot.documents.official import Block, Picture, Text
from bot.documents.pairs_page import MOST_ROWS, PairRow, Shot, county_page, one_photo
from bot.domain.bulletins import PAGE_WIDTH
from bot.media.errors import MediaError
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore

MOST_HEIGHT: Final = 175.0
"""Millimetres that are left on a page under the attachment's title."""
Values = Mapping[str, Any]


class Pairs:
    """Draws what a person chose, anew and without metadata; blocking, called in worker threads."""

    def __init__(self, words: Words, store: PhotoStore, fonts: Fonts) -> None:
        self._words = words
        self._store = store
        self._fonts = fonts

    def blocks(self, said: Values) -> list[Block]:
        """The chosen pairs, each drawn anew without metadata; one whose photos are gone is left out.

        Several of one region are a page of pairs.
        """
        blocks: list[Block] = []
        whole = [one for one in said["pictures"] if not self._lost(one)]
        for region, chosen in by_region(whole).items():
            if len(chosen) == 1:
                image = self.pair(chosen[0])
                blocks += [Picture(image, height=88)] if image is not None else []
                continue
            for page in self._pages(said, region, chosen):
                wide, high = size_of(page)
                blocks.append(Picture(page, height=min(MOST_HEIGHT, round(PAGE_WIDTH * high / wide, 1))))
        if said["draft"]:  # the office is told; nobody else
            lost = [one for one in said["pictures"] if self._lost(one)]
            blocks += [
                Text(f"（{one['number']} {one['place']}：照片缺失，印发时不列）", draft=True) for one in lost
            ]
        return blocks

    def pages(self, values: Values) -> bytes:
        """A page of pairs of one region: `region`, `part` and `mark` beside what a bulletin prints.

        Raises:
            MediaError: a photo cannot be had.
        """
        chosen = [one for one in by_region(values["pictures"])[values["region"]] if not self._lost(one)]
        pages = self._pages(values, values["region"], chosen)
        page: bytes = pages[min(int(values["part"]), len(pages) - 1)]
        return page

    def _pages(self, said: Values, region: str, chosen: Sequence[Values]) -> list[bytes]:
        made = []
        title = f"{region}环境整治前后对比"
        parts = [chosen[start : start + MOST_ROWS] for start in range(0, len(chosen), MOST_ROWS)]
        for number, part in enumerate(parts, 1):
            rows = [self._row(one, region) for one in part]
            count = f"（{number}/{len(parts)}）" if len(parts) > 1 else ""
            subtitle = f"{said['campaign']}　{said['label']}"
            kept = [row for row in rows if row is not None]
            if kept:
                mark = str(said.get("mark", ""))  # what is printed in a bulletin bears none
                made.append(county_page(title + count, subtitle, kept, mark=mark, fonts=self._fonts))
        return made

    def _row(self, one: Values, region: str) -> PairRow | None:
        before = self._shot(one, "before")
        if before is None:
            return None
        place = one["place"].removeprefix(region) or one["place"]
        kind = self._words.category(one["category"])[0] if one["category"] else ""
        return PairRow(f"{place}　{kind}".strip(), one["number"], before, self._shot(one, "after"))

    def _shot(self, one: Values, which: str) -> Shot | None:
        photo = self._photo(one, which)
        if photo is None:
            return None
        label = "整改后" if which == "after" else "好的做法" if one.get("kind") == "visit" else "整改前"
        good = which == "after" or one.get("kind") == "visit"
        return Shot(photo, label, day_of_photo(one[which]), green=good)

    def _lost(self, one: Values) -> bool:
        """Whether a photo that belongs to a pair is not to be had."""
        sides = [one[which] for which in ("before", "after") if one[which] is not None]
        return one["before"] is None or not all(self._store.exists(side["file"]) for side in sides)

    def pair(self, one: Values) -> bytes | None:
        """Before and after side by side, or the one photo there is; what is gone leaves a place with words.

        None where nothing can be drawn.
        """
        sides = {which: self._photo(one, which) for which in ("before", "after")}
        try:
            shot = self._shot(one, "before")
            if shot is not None and one["after"] is None:
                return one_photo(one["place"], one["number"], shot, fonts=self._fonts)
            words = pictures.PairWords(
                number=one["number"],
                place=one["place"],
                before="整改前",
                after="整改后",
                before_date=day_of_photo(one["before"]),
                after_date=day_of_photo(one["after"]),
                missing="照片缺失",
            )
            return pictures.before_after([(sides["before"], sides["after"])], words, fonts=self._fonts)
        except MediaError:
            return None

    def _photo(self, one: Values, which: str) -> bytes | None:
        """The photo of a side, with what is to be covered covered; with the grid while that is asked."""
        side = one[which]
        if side is None:
            return None
        try:
            photo = self._store.get(side["file"])
            cells = one["hide"].get(which, ())
            if cells:
                photo = hidden(photo, cells)
            if one.get("grid"):
                return with_grid(photo, fonts=self._fonts)
            return photo
        except MediaError:
            return None


def by_region(chosen: Sequence[Values]) -> dict[str, list[Values]]:
    """Chosen pairs by region, in the order in which they were chosen."""
    found: dict[str, list[Values]] = {}
    for one in chosen:
        found.setdefault(one["region"], []).append(one)
    return found


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height of a picture."""
    with Image.open(BytesIO(image)) as opened:
        return opened.width, opened.height
