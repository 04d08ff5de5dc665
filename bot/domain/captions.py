"""From an inspector's caption to what was understood; every guess is visible and changeable (SPEC §2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.campaign import Region
from bot.domain.categories import CategoryTable
from bot.domain.deadlines import DeadlineWish, read_wish
from bot.domain.locating import Location, RegionFound, Similarity, locate
from bot.domain.places import Gazetteer, Village
from bot.domain.wording import Words, spans_of

LONGEST_SPOT = 40
"""A place description is shorter; what is longer is a story and stays in the problem's text."""

Severity = Literal["normal", "serious", "severe"]
Stage = Literal["before", "after"]

_ONE_TO_ONE = (
    {0xFF10 + digit: str(digit) for digit in range(10)}
    | {full: chr(full - 0xFEE0) for span in ((0xFF21, 0xFF3B), (0xFF41, 0xFF5B)) for full in range(*span)}
    | {0xFF0B: "+", 0xFF0E: ".", 0x3000: " ", 0xA0: " "}
)
"""Full-width signs of the same length, so that positions stay those of the caption itself."""
_MARKS = re.compile(r"#问题|@[A-Za-z0-9_]{3,}|<[^<>]{0,80}>|[【】「」\[\]]")
_SENTENCE = re.compile(r"[^；;。\n]+")
_DO = "整改|清理|清除|清运|完成|处理|解决|改正|到位|清完|办结|反馈|完毕|好"
_AFTER_WISH = re.compile(rf"(?:务必|必须|须|需|要)?(?:{_DO})*(?=$|[\s，,。；;、！!)）])")
_BEFORE_WISH = re.compile(r"(?:请|要求|务必|必须|须|需|限)+$")
_LINK = re.compile(r"^\s*(?:内|里|处)?(?:存在|发现|还有|仍有|有|的)*")
"""What joins a spot and its problem: 「坑塘内有垃圾」."""
_LEAD = re.compile(r"(?:现场|检查|督查|巡查|发现|看到|位于|在|但)+")
"""How a report begins before it comes to the spot: 「检查发现村东坑塘 …」."""
_ABOVE = re.compile(r"(?:[\u3400-\u9fff]{2,4}省)?[\u3400-\u9fff]{2,3}市$")
"""The city that people write before a county's name tells nothing here."""
_PLACE = "\x1f"
"""Stands in the remaining text where a place's name was cut out; white space to the rules."""
_PIECE = re.compile(r"[^，,\s]+")
_GAPS = re.compile(r"[\s，]{2,}|[\t\x1f]")
_OF_VILLAGE = frozenset("东西南北中口头边内外后前部")
_EDGES = " \t\r\n，,。；;、：:！!.-—"


@dataclass(frozen=True, slots=True)
class CaptionReader:
    """All that reading needs, built once: places, categories, words, and the scorer of slips."""

    gazetteer: Gazetteer
    categories: CategoryTable
    words: Words
    similarity: Similarity | None = None

    @classmethod
    def build(
        cls,
        *,
        places_csv: str,
        regions: Sequence[Region],
        categories_toml: str,
        words_toml: str,
        similarity: Similarity | None = None,
    ) -> CaptionReader:
        """A reader of the texts of the data files and of the campaign's regions.

        Raises:
            PlacesFileError, CategoriesFileError, WordsFileError: when a file cannot be read.
        """
        words = Words.read(words_toml)
        gazetteer = Gazetteer.read(places_csv, regions, usual=words.usual_names)
        return cls(gazetteer, CategoryTable.read(categories_toml), words, similarity)


@dataclass(frozen=True, slots=True)
class CaptionReading:
    """What was understood of a caption; the caption's own words are kept by the caller, unchanged."""

    region: str | None = None
    region_found: RegionFound | None = None
    """How the region was found: named, by its township, by its village, or the filer has only one."""
    township: str | None = None
    village: str | None = None
    village_listed: bool = False
    village_choices: tuple[Village, ...] = ()
    spot: str | None = None
    place_type: str | None = None
    category: str | None = None
    alternatives: tuple[str, ...] = ()
    severity: Severity = "normal"
    handling: Literal["onsite", "notice"] = "notice"
    handling_said: bool = False
    deadline: DeadlineWish | None = None
    stage: Stage | None = None
    clean: bool = False
    covert: bool = False
    secret: str | None = None
    """The marking for which the message must not be stored (red line d)."""
    source: str | None = None
    """`public`, `media`, `leader`, `superior`, `assigned`: the text begins as an office's entry does."""
    problems: tuple[str, ...] = ()
    """The parts of a caption with several problems, for the offer to split it."""
    names_place: bool = False
    elsewhere: bool = False
    """Whether the place that it names is none of the campaign's: its region is to be asked for."""
    problem_text: str = ""

    @property
    def names_problem(self) -> bool:
        """Whether the words tell a problem of some category."""
        return self.category is not None and not self.clean


def read_caption(
    text: str,
    *,
    reader: CaptionReader,
    filer_regions: Sequence[str] = (),
    sent_at: datetime | None = None,
    city: str = "",
    told: bool = False,
) -> CaptionReading:
    """Read a caption as its filer meant it.

    `filer_regions` are full names of the regions that the filer looks after (none: the whole city).
    `city` is the campaign's own, which is no foreign place; `told` says that `filer_regions` is what the
    filer has said, whatever the words name.
    Words like 明天 are kept as said: they count from the hand-over, so `sent_at` decides nothing yet.
    """
    words = reader.words
    plain = text.translate(_ONE_TO_ONE)
    source, source_span = words.source_of(plain)
    location = locate(
        plain,
        reader.gazetteer,
        filer_regions,
        not_in_village=words.not_in_village,
        similarity=reader.similarity,
        elsewhere=None if told else words.elsewhere,
        city=city,
    )
    wish, wish_span = _wish(plain)
    handling, handling_spans = words.handling_of(plain)
    places = _place_spans(plain, location)
    spans = [
        *handling_spans,
        *(found.span() for found in _MARKS.finditer(plain)),
    ]
    # That a visit was covert is nothing for the county to read in the problem's text (SPEC §2).
    spans += spans_of(plain, (*words.covert, *words.stage_after, *words.stage_before))
    spans += [span for span in (source_span, wish_span) if span is not None]
    body = _without(text, spans, places)
    clean = words.says_clean(body, reader.categories)
    suggestion = reader.categories.suggest(body, words.place_ends)
    spot, problem = _spot(body, suggestion.start, words)
    return CaptionReading(
        region=location.region,
        region_found=location.how,
        township=location.township,
        village=location.village,
        village_listed=location.village_listed,
        village_choices=location.choices,
        spot=spot,
        place_type=reader.categories.place_type(spot or "", body),
        category=None if clean else suggestion.category,
        alternatives=suggestion.alternatives,
        severity=words.severity_of(body),
        handling=handling or "notice",
        handling_said=handling is not None,
        deadline=wish,
        stage=words.stage_of(_without(plain, [wish_span] if wish_span else [], [])),
        clean=clean,
        covert=words.is_covert(plain),
        secret=words.secret_marking(plain),
        source=source,
        problems=() if clean else _problems(body, reader),
        names_place=location.named,
        elsewhere=location.elsewhere,
        problem_text=problem,
    )


def secret_marking(text: str, reader: CaptionReader) -> str | None:
    """The marking 绝密/机密/秘密/内部资料 in a caption or file name, if there is one."""
    return reader.words.secret_marking(text)


def menu_word(text: str, reader: CaptionReader) -> str | None:
    """The menu word that a text is, under its usual name (销账 → 销号), or None."""
    return reader.words.menu_word(text)


def is_menu_word(text: str, reader: CaptionReader) -> bool:
    """Whether a text is a menu word and so never a caption."""
    return menu_word(text, reader) is not None


def _wish(text: str) -> tuple[DeadlineWish | None, tuple[int, int] | None]:
    found = read_wish(text)
    if found is None:
        return None, None
    wish, (start, end) = found
    after = _AFTER_WISH.match(text, end)
    before = _BEFORE_WISH.search(text, max(0, start - 6), start)
    return wish, (before.start() if before else start, after.end() if after else end)


def _place_spans(text: str, location: Location) -> list[tuple[int, int]]:
    """The place's words to be cut out; of 「任庄村东坑塘」 the 村 stays with the spot."""
    spans = []
    for start, end in location.spans:
        shared = text[end - 1] == "村" and end < len(text) and text[end] in _OF_VILLAGE
        spans.append((start, end - 1 if shared and end - start > 2 else end))
    if spans:
        above = _ABOVE.search(text, max(0, spans[0][0] - 12), spans[0][0])
        spans[0] = (above.start() if above else spans[0][0], spans[0][1])
    return spans


def _without(text: str, spans: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]) -> str:
    """The text with those parts replaced by a gap, so that what stood apart stays apart."""
    parts: list[str] = []
    position = 0
    for start, end, gap in sorted([(*span, " ") for span in spans] + [(*span, _PLACE) for span in places]):
        if start >= position:
            parts.extend((text[position:start], gap))
        position = max(position, end)
    return "".join((*parts, text[position:]))


def _tidy(text: str) -> str:
    """The pieces that remain, put together for reading; the words stay as they were written."""
    return _GAPS.sub(lambda gap: "，" if "，" in gap[0] else " ", text).strip(_EDGES)


def _spot(body: str, start: int | None, words: Words) -> tuple[str | None, str]:
    """The spot that leads to the problem, and the problem's text without it."""
    if start is None:
        whole = _tidy(body)
        alone = len(whole) <= LONGEST_SPOT and words.ends_as_spot(whole) and not words.tells_problem(whole)
        return (whole, "") if alone else (None, whole)
    sentence = max(body.rfind(sign, 0, start) for sign in "；;。\n" + _PLACE) + 1
    end = words.without_fillers(body, sentence, start)
    begin = end
    for piece in reversed(list(_PIECE.finditer(body, max(sentence, end - LONGEST_SPOT), end))):
        if not words.is_spot(piece[0]) or words.tells_problem(piece[0]):
            if begin < end or piece.end() < end:
                break
            end = begin = piece.start()  # 「…西北角，非机动车乱停」: the thing itself stands between
            continue
        begin = piece.start()
    lead = _LEAD.match(body, begin, end)
    begin = lead.end() if lead else begin
    spot = body[begin:end].strip(_EDGES)
    if not words.is_spot(spot):
        return None, _tidy(body)
    before = body[: lead.start() if lead else begin]
    opening = _LEAD.sub("", _tidy(before)) if len(before) <= LONGEST_SPOT else before
    return spot, _tidy(f"{opening} {_LINK.sub('', body[end:])}")


def _problems(body: str, reader: CaptionReader) -> tuple[str, ...]:
    parts = [_tidy(found[0]) for found in _SENTENCE.finditer(body)]
    telling = [part for part in parts if reader.categories.hits(part)]
    return tuple(telling) if len(telling) > 1 else ()
