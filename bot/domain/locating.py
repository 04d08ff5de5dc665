"""From the places that a text names to one region, township and village (SPEC §2 «Intake»)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.elsewhere import Elsewhere
from bot.domain.places import VILLAGE_TAILS, Gazetteer, Mention, Village, is_ideograph, village_key

Similarity = Callable[[str, str], float]
"""How alike two strings are, 0 to 100; handed in, because the domain imports the standard library only."""

RegionFound = Literal["named", "township", "village", "only"]

MOST_CHOICES = 4
"""At most so many villages are offered as buttons (SPEC §2)."""
TOWNSHIP_ALIKE = 60.0
"""One wrong character among three (王搂镇) gives 66.7, two give 33.3."""
VILLAGE_ALIKE = 75.0
"""One wrong character among four. Shorter names differ by one character in earnest (任庄, 任新村)."""
SHORTEST_ALONE = 2
"""An unlisted village without its township needs so many characters before 村: 「进村」 is none."""
_FAR = 4
"""A name this many signs after another still follows it: room for 「，」, a space or a closing tag."""

_TELLING = frozenset("东西南北中前后上下大小老新一二三四五六七八九十里外左右0123456789")
"""Characters that tell villages apart: 东大村 is no slip for 西大村."""
_TOWNSHIP_LIKE = re.compile(r"[\u3400-\u9fff]{1,6}?(?:街道|镇|乡)")
_OTHER_KIND = re.compile(r"[乡镇](?![村道区政里上间])")
"""What follows a township's name where the kind is wrong: 王楼乡 for 王楼镇; 乡村, 乡道, 镇区 are words."""
_VILLAGE_LIKE = re.compile(r"([\u3400-\u9fff]{1,7}?)(" + "|".join(VILLAGE_TAILS) + r")(?![庄民容貌落级])")


@dataclass(frozen=True, slots=True)
class Location:
    """What a text says about where; `spans` are the parts of the text that said it, in order."""

    region: str | None = None
    how: RegionFound | None = None
    township: str | None = None
    village: str | None = None
    village_listed: bool = False
    """Whether the village stands in the places file; else it is the text's own wording."""
    choices: tuple[Village, ...] = ()
    """Where the village's name is not unique: what it may be, at most four, in the file's order."""
    spans: tuple[tuple[int, int], ...] = ()
    elsewhere: bool = False
    """Whether the text names a 市, 区 or 县 that is none of the campaign's, and no region of it."""

    @property
    def named(self) -> bool:
        """Whether the text itself names a place, be it one outside the campaign."""
        return bool(self.spans) or self.elsewhere


def locate(
    text: str,
    gazetteer: Gazetteer,
    filer_regions: Sequence[str] = (),
    *,
    not_in_village: Collection[str] = (),
    similarity: Similarity | None = None,
    elsewhere: Elsewhere | None = None,
    city: str = "",
) -> Location:
    """Find region, township and village in a text.

    A township or village that is unique among `filer_regions` gives the region; a township written out
    in full also does when it is unique in the whole city. `not_in_village` are words that never are
    part of an unlisted village's name (「道路两侧」村). A name that `elsewhere` finds before the place, in
    a text without a region's name, leaves region, township and village open; `city` is the campaign's own.
    """
    search = _Search(text, gazetteer, tuple(filer_regions), not_in_village, similarity)
    found = search.run()
    if elsewhere is None or found.how == "named":
        return found
    foreign = elsewhere.find(text, search.mentions, city)
    if foreign is None or (found.spans and found.spans[0][0] < foreign[0]):
        return found
    return found if search.meant(found, text[slice(*foreign)]) else Location(elsewhere=True)


class _Search:
    """One reading of one text."""

    def __init__(
        self,
        text: str,
        gazetteer: Gazetteer,
        filer_regions: tuple[str, ...],
        not_in_village: Collection[str],
        similarity: Similarity | None,
    ) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.filer_regions = filer_regions
        self.not_in_village = not_in_village
        self.similarity = similarity
        self.mentions = gazetteer.mentions(text)
        self.spans: list[tuple[int, int]] = []
        self.region: str | None = None
        self.how: RegionFound | None = None
        self.townships: tuple[tuple[str, str], ...] = ()
        self.elsewhere = False

    def run(self) -> Location:
        after = self._find_region()
        after = self._find_township(after)
        village, listed, choices = self._find_village(after)
        if self.region is None and len(self.filer_regions) == 1 and not self.elsewhere:
            self.region, self.how = self.filer_regions[0], "only"
        township = self.townships[0][1] if len(self.townships) == 1 else None
        return Location(
            region=self.region,
            how=self.how,
            township=township,
            village=village,
            village_listed=listed,
            choices=choices[:MOST_CHOICES],
            spans=tuple(sorted(self.spans)),
        )

    def meant(self, found: Location, written: str) -> bool:
        """Whether a name is a slip for the region that its township gives: 延律县王楼镇."""
        if found.how != "township" or found.region is None or len(written) != len(found.region):
            return False
        return sum(one != other for one, other in zip(written, found.region, strict=True)) == 1

    def _scope(self) -> tuple[str, ...]:
        return (self.region,) if self.region else self.filer_regions

    def _within(self, region: str) -> bool:
        scope = self._scope()
        return not scope or region in scope

    def _take(self, mention: Mention) -> int:
        self.spans.append((mention.start, mention.end))
        return mention.end

    def _find_region(self) -> int:
        for mention in self.mentions:
            if mention.region is not None:
                self.region, self.how = mention.region, "named"
                return self._take(mention)
        return 0

    def _find_township(self, after: int) -> int:
        for index, mention in enumerate(self.mentions):
            if not mention.townships:
                continue
            pairs = tuple(pair for pair in mention.townships if self._within(pair[0]))
            if mention.usual and not self._leads_to_village(index, pairs):
                continue
            written_out = mention.full and not mention.villages
            if not pairs and written_out and self.region is None:
                pairs = mention.townships
                if len(pairs) > 1:
                    self.elsewhere = True
                    continue
            if not pairs:
                continue
            after = self._set_townships(pairs, (mention.start, mention.end))
            wrong_kind = None if mention.full else _OTHER_KIND.match(self.text, after)
            if wrong_kind is not None:
                self.spans.append(wrong_kind.span())
                after = wrong_kind.end()
            return after
        return self._township_slip(after)

    def _set_townships(self, pairs: tuple[tuple[str, str], ...], span: tuple[int, int]) -> int:
        self.townships = pairs
        self.spans.append(span)
        regions = {region for region, _ in pairs}
        if self.region is None and len(regions) == 1:
            self.region, self.how = pairs[0][0], "township"
        return span[1]

    def _leads_to_village(self, index: int, pairs: tuple[tuple[str, str], ...]) -> bool:
        if index + 1 >= len(self.mentions):
            return False
        here, following = self.mentions[index], self.mentions[index + 1]
        return self._follows(here.end, following.start) and any(
            (village.region, village.township) in pairs for village in following.villages
        )

    def _follows(self, end: int, start: int) -> bool:
        between = self.text[end:start]
        return 0 <= start - end <= _FAR and not any(is_ideograph(sign) for sign in between)

    def _township_slip(self, after: int) -> int:
        """A mistyped township right after the region, or at the beginning: 王搂镇 → 王楼镇."""
        scope = self._scope()
        if self.similarity is None or not scope:
            return after
        start = self._next_ideograph(after)
        written = _TOWNSHIP_LIKE.match(self.text, start)
        if written is None or len(written[0]) < 3:
            return after
        likeness = self.similarity
        found = [
            (likeness(written[0], township), region, township)
            for region in scope
            for township in self.gazetteer.townships.get(region, ())
            if len(township) == len(written[0]) and township[-1] == written[0][-1]
        ]
        best = max(found, default=None)
        if best is None or best[0] < TOWNSHIP_ALIKE or sum(other[0] == best[0] for other in found) > 1:
            return after
        return self._set_townships(((best[1], best[2]),), written.span())

    def _next_ideograph(self, position: int) -> int:
        for index in range(position, min(position + _FAR, len(self.text))):
            if is_ideograph(self.text[index]):
                return index
        return position

    def _find_village(self, after: int) -> tuple[str | None, bool, tuple[Village, ...]]:
        taken = set(self.spans)
        open_mentions = [m for m in self.mentions if m.villages and (m.start, m.end) not in taken]
        for mention in open_mentions:
            if mention.usual and not mention.full and not self._near_township(mention, after):
                continue
            found = self._candidates(mention)
            if found:
                return self._settle(mention, found)
        return self._unlisted_village(after), False, ()

    def _near_township(self, mention: Mention, after: int) -> bool:
        """Whether an ordinary word stands where a village's name belongs: 「王楼镇 花园」."""
        return bool(self.townships) and 0 <= mention.start - after <= _FAR

    def _candidates(self, mention: Mention) -> tuple[Village, ...]:
        if self.townships:
            found = [v for v in mention.villages if (v.region, v.township) in self.townships]
        else:
            found = [v for v in mention.villages if self._within(v.region)]
        written = self.text[mention.start : mention.end]
        exact = [village for village in found if village.name == written]
        by_township = {(village.region, village.township) for village in found}
        return tuple(exact if exact and len(by_township) == 1 else found)

    def _settle(
        self, mention: Mention, found: tuple[Village, ...]
    ) -> tuple[str | None, bool, tuple[Village, ...]]:
        self._take(mention)
        regions = {village.region for village in found}
        if len(regions) == 1 and self.region is None:
            self.region, self.how = found[0].region, "village"
        if len(found) == 1:
            self.townships = ((found[0].region, found[0].township),)
            return found[0].name, True, ()
        return None, False, found

    def _unlisted_village(self, after: int) -> str | None:
        """Free text is accepted, above all under a known township (SPEC §1): 「任新村」."""
        if len(self.townships) > 1:
            return None
        start = self._next_ideograph(after)
        written = _VILLAGE_LIKE.match(self.text, start)
        if written is None or any(word in written[1] for word in self.not_in_village):
            return None
        if not self.townships and len(written[1]) < SHORTEST_ALONE:
            return None
        self.spans.append(written.span())
        return self._village_slip(written[0]) or written[0]

    def _village_slip(self, written: str) -> str | None:
        """The listed village of which a long name is a mistyped one, if only one is near."""
        stem = village_key(written)
        if self.similarity is None or not self.townships or len(stem) < 4:
            return None
        near = [
            village.name
            for village in self.gazetteer.villages_of(*self.townships[0])
            if self._is_slip(stem, village_key(village.name))
        ]
        return near[0] if len(near) == 1 else None

    def _is_slip(self, stem: str, listed: str) -> bool:
        if self.similarity is None or len(stem) != len(listed):
            return False
        differing = {sign for pair in zip(stem, listed, strict=True) if pair[0] != pair[1] for sign in pair}
        return not differing & _TELLING and self.similarity(stem, listed) >= VILLAGE_ALIKE
