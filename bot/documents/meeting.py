"""The papers of a 推进会: its 会议通知, and the drafted 讲评稿 with the month's figures and ranking.

Values in, paper out; what may stand on it (a published ranking, places that may be named) is decided by
whoever gives the values. Words that a person must judge are marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from bot.documents.bulletin_words import better, day_of, last_day, more
from bot.documents.ledger_rows import Words
from bot.documents.official import Block, Paper, Table, Text, chinese, docx
from bot.documents.official_pdf import pdf
from bot.domain.bulletins import rate
from bot.texts.papers import paragraphs, sentence

NUMERALS: Final = "一二三四五六七八九十"
WEEKDAYS: Final = "一二三四五六日"
MOST_FIRST: Final = 2
"""How many of a track are named as standing in front."""
RANKING: Final = ("名次", "单位", "得分")
WIDTHS: Final = (36.0, 70.0, 50.0)
ALL: Final = "县（市、区）"


# --- the notice ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeetingNotice:
    """What a 会议通知 says. What is empty does not stand on it."""

    signers: tuple[str, ...]
    """市农业农村局环境整治攻坚办 …; one below the other."""
    tracks: tuple[str, ...]
    """As the campaign names them: 县(市), 区; both are addressed as one."""
    month: str
    """Whose work is reviewed: 5月."""
    begins: datetime
    """On the wall clock."""
    place: str
    """The hall: 延津县会议中心; empty: to be filled in."""
    day: date
    """成文日期"""
    host: str = ""
    """The region where it is held."""
    lasts: str = ""
    """会期半天"""
    visits: tuple[tuple[str, str], ...] = ()
    """观摩点: (region, place down to the village)."""
    film: bool = True
    """Whether the 专题片 is shown."""
    ranking: bool = True
    """Whether the month's ranking is read out."""
    speakers: tuple[str, ...] = ()
    """检查发言单位"""
    models: tuple[str, ...] = ()
    """经验发言单位"""
    reply_by: datetime | None = None
    attend: str = ""
    """Who is to come, in the office's words; empty: a draft that is marked."""
    demands: tuple[str, ...] = ()
    """More of what is asked."""
    note: str = ""
    """附注: the office's contact, as the office writes it."""


def notice(meeting: MeetingNotice, *, draft: bool = False) -> Paper:
    """The 会议通知 as a paper; `draft` marks the words that nobody has written."""
    said = _notice_words(meeting)
    sections: list[tuple[str, list[Block]]] = [
        ("when", [Text(sentence("meeting.when", said))]),
        ("where", [Text(sentence("meeting.where", said), draft=draft and not meeting.place)]),
        ("agenda", _numbered(_agenda(meeting, said))),
        ("attend", _attend(meeting, said, draft=draft)),
        ("demands", _numbered(_demands(meeting, said))),
    ]
    blocks: list[Block] = [Text(one) for one in paragraphs("meeting.opening", said)]
    for rank, (head, inside) in enumerate(sections):
        blocks.append(Text(f"{NUMERALS[rank]}、{sentence(f'meeting.head_{head}', said)}", level=1))
        blocks += inside
    first, *others = meeting.signers
    return Paper(
        title=paragraphs("meeting.title", said),
        addressee=sentence("meeting.addressee", said),
        blocks=tuple(blocks),
        signature=first,
        cosigners=tuple(others),
        day=meeting.day,
        note=meeting.note,
    )


def _notice_words(meeting: MeetingNotice) -> dict[str, Any]:
    begins = meeting.begins
    return {
        "month": meeting.month,
        "who": addressed(meeting.tracks),
        "day_of": day_of(begins.date()),
        "when": f"{begins.year}年{_day_and_hour(begins)}",
        "lasts": meeting.lasts,
        "host": meeting.host,
        "place": meeting.place,
        "visits": [region + place.removeprefix(region) for region, place in meeting.visits],
        "visited": _once(region for region, _ in meeting.visits),
        "models": list(meeting.models),
        "speakers": list(meeting.speakers),
        "speaking": _once((*meeting.models, *meeting.speakers)),
        "reply_by": _day_and_hour(meeting.reply_by) if meeting.reply_by else "",
    }


def _agenda(meeting: MeetingNotice, said: Mapping[str, Any]) -> list[str]:
    found = {
        "visit": bool(meeting.visits),
        "film": meeting.film,
        "ranking": meeting.ranking,
        "good": bool(meeting.models),
        "check": bool(meeting.speakers),
        "speech": True,
    }
    return [sentence(f"meeting.{key}", said) for key, there in found.items() if there]


def _attend(meeting: MeetingNotice, said: Mapping[str, Any], *, draft: bool) -> list[Block]:
    if meeting.attend:
        return [Text(line) for line in meeting.attend.splitlines() if line.strip()]
    return [Text(one, draft=draft) for one in paragraphs("meeting.attend", said)]


def _demands(meeting: MeetingNotice, said: Mapping[str, Any]) -> list[str]:
    keys = {
        "reply": meeting.reply_by is not None,
        "speak": bool(said["speaking"]) and meeting.reply_by is not None,
        "prepare": bool(said["visited"]),
        "quiet": True,
    }
    own = [line for line in meeting.demands if line.strip()]
    return [sentence(f"meeting.{key}", said) for key, there in keys.items() if there] + own


def _numbered(lines: Sequence[str]) -> list[Block]:
    """One line stands as it is; several are numbered. Each ends with a full stop."""
    ended = [line if line.endswith(("。", "；")) else f"{line}。" for line in lines]
    if len(ended) == 1:
        return [Text(ended[0])]
    return [Text(f"{rank}.{line}") for rank, line in enumerate(ended, 1)]


def addressed(tracks: Sequence[str]) -> str:
    """县（市）, 区, or both as 县（市、区）."""
    names = [chinese(track) for track in tracks]
    return ALL if set(names) == {"县（市）", "区"} else "、".join(names)


def _day_and_hour(at: datetime) -> str:
    """6月5日（周三）上午9:00."""
    half = "上午" if at.hour < 12 else "中午" if at.hour == 12 else "下午"
    hour = at.hour if at.hour <= 12 else at.hour - 12
    return f"{day_of(at.date())}（周{WEEKDAYS[at.weekday()]}）{half}{hour}:{at.minute:02}"


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


# --- the speech ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackReview:
    """A track's month, as its monthly bulletin has it."""

    track: str
    """县(市), 区"""
    first: date
    """The first day that is counted."""
    cut: datetime
    """Until when, on the wall clock."""
    figures: Mapping[str, Any]
    """As `services.bulletins.figures.of_track` gives them."""
    ranking: Mapping[str, Any] | None = None
    """As `services.bulletins.values.ranking` gives it; None: not published yet."""
    scores: bool = True
    """Whether the marks are printed beside the order."""
    good: tuple[str, ...] = ()
    """Places worth a look."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What a 讲评稿 is made of."""

    month: str
    day: date
    """Of the meeting."""
    reviews: tuple[TrackReview, ...]
    speaker: str = ""
    """Who holds it, as the office writes it."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What the office wrote anew, by section: `opening`, `good`, `bad`, `next`."""


def speech(words: Words, given: Speech, *, draft: bool = True) -> Paper:
    """The 讲评稿 as a paper: no addressee, no signature; the day stands below the title."""
    said: dict[str, Any] = {"month": given.month}
    heads = paragraphs("meeting.speech_heads", said)
    blocks: list[Block] = _judged(given, "opening", paragraphs("meeting.speech_opening", said), draft=draft)
    for rank, inside in enumerate(
        (
            _by_track(given, lambda one: _numbers(one), _good(given, draft=draft)),
            _by_track(given, lambda one: _ranking(given, one, draft=draft)),
            _by_track(given, lambda one: _bad(words, given, one), _why(given, draft=draft)),
            _next(given, draft=draft),
        )
    ):
        if inside:
            blocks += [Text(f"{NUMERALS[rank]}、{heads[rank]}", level=1), *inside]
    under = "　".join(part for part in (given.speaker, _full(given.day)) if part)
    return Paper(
        title=paragraphs("meeting.speech_title", said),
        under_title=under,
        addressee=sentence("meeting.speech_greeting", said),
        blocks=tuple(blocks),
        signature="",
        day=given.day,
    )


def _full(day: date) -> str:
    return f"{day.year}年{day_of(day)}"


def _judged(given: Speech, key: str, made: Iterable[str], *, draft: bool) -> list[Block]:
    """What the office wrote, or else a draft that is marked."""
    if given.texts.get(key):
        return [Text(line) for line in given.texts[key].splitlines() if line.strip()]
    return [Text(line, draft=draft) for line in made]


def _by_track(given: Speech, inside: Any, after: Sequence[Block] = ()) -> list[Block]:
    """The same of each track, never mixed: under a heading of its own where there are several."""
    found: list[Block] = []
    for rank, one in enumerate(given.reviews):
        blocks = inside(one)
        if blocks and len(given.reviews) > 1:
            found.append(Text(f"（{NUMERALS[rank]}）{addressed((one.track,))}", level=2))
        found += blocks
    return [*found, *after]


def _numbers(one: TrackReview) -> list[Block]:
    totals, last = one.figures["totals"], one.figures["last"]
    out = [
        f"{what}{one.figures[key]}个"
        for key, what in (("void", "作废"), ("deferred", "缓办"))
        if one.figures[key]
    ]
    words = {
        "span": f"{day_of(one.first)}至{day_of(last_day(one.cut))}",
        "totals": totals,
        "more": more(totals["found"], last["found"] if last else None, "上月"),
        "rate": rate(totals["closed"], totals["due"]),
        "better": better(totals, last),
        "out": "、".join(out),
    }
    return [Text(line) for line in paragraphs("meeting.speech_numbers", words)]


def _good(given: Speech, *, draft: bool) -> list[Block]:
    places = [place for one in given.reviews for place in one.good]
    made = paragraphs("meeting.speech_good", {"good": places})
    return _judged(given, "good", made if places or draft else (), draft=draft)


def _ranking(given: Speech, one: TrackReview, *, draft: bool) -> list[Block]:
    if one.ranking is None:
        return (
            [Text(sentence("meeting.speech_unranked", {"month": given.month}), draft=True)] if draft else []
        )
    rows = one.ranking["rows"]
    ranked = [row for row in rows if row["rank"] is not None]
    lowest = max((row["rank"] for row in ranked), default=0)
    words = {
        "month": given.month,
        "first": [row["region"] for row in ranked if row["rank"] <= MOST_FIRST < lowest],
        "last": [row["region"] for row in ranked if row["rank"] == lowest > MOST_FIRST],
    }
    width = len(RANKING) if one.scores else 2
    table = Table(
        RANKING[:width],
        tuple(
            (
                "—" if row["rank"] is None else f"{row['rank']}" + ("（并列）" if row["tied"] else ""),
                row["region"],
                row["total"] or "不参加排名",
            )[:width]
            for row in rows
        ),
        WIDTHS if one.scores else (56.0, 100.0),
    )
    lead = [Text(sentence("meeting.speech_first", words))] if words["first"] else []
    return [*lead, table]


def _bad(words: Words, given: Speech, one: TrackReview) -> list[Block]:
    figures = one.figures
    kinds = [
        {"name": words.of("categories", key), "count": count} for key, count in figures["categories"][:3]
    ]
    lines = list(paragraphs("meeting.speech_bad", {"month": given.month, "kinds": kinds}))
    late = sorted((row for row in figures["rows"] if row["overdue"]), key=lambda row: -row["overdue"])[:3]
    if late:
        lines += paragraphs("meeting.speech_late", {"late": late})
    if figures["repeated"]:
        regions = _once(entry["region"] for entry in figures["repeated"])
        lines += paragraphs("meeting.speech_again", {"again": len(figures["repeated"]), "again_in": regions})
    return [Text(line) for line in lines]


def _why(given: Speech, *, draft: bool) -> list[Block]:
    made = paragraphs("meeting.speech_to_write", {}) if draft else ()
    return _judged(given, "bad", made, draft=draft)


def _next(given: Speech, *, draft: bool) -> list[Block]:
    overdue = sum(one.figures["totals"]["overdue"] for one in given.reviews)
    first = sentence("meeting.speech_overdue" if overdue else "meeting.speech_due", {"overdue": overdue})
    lines = paragraphs("meeting.speech_next", {"months_late": first})
    return _judged(given, "next", (f"{rank}.{line}" for rank, line in enumerate(lines, 1)), draft=draft)


# --- what a message carries ---------------------------------------------------------------------------


def read_notice(values: Mapping[str, Any]) -> MeetingNotice:
    """A notice out of JSON: its fields by name, days and hours in ISO 8601; `draft` is no field."""
    known = {key: values[key] for key in MeetingNotice.__dataclass_fields__ if key in values}
    for key in ("signers", "tracks", "speakers", "models", "demands"):
        known[key] = tuple(known.get(key, ()))
    known["visits"] = tuple((region, place) for region, place in known.get("visits", ()))
    known["begins"] = datetime.fromisoformat(values["begins"])
    known["day"] = date.fromisoformat(values["day"])
    known["reply_by"] = datetime.fromisoformat(values["reply_by"]) if values.get("reply_by") else None
    return MeetingNotice(**known)


def read_speech(values: Mapping[str, Any]) -> Speech:
    """A speech out of JSON: its fields by name, each review's too."""
    reviews = tuple(
        TrackReview(
            track=one["track"],
            first=date.fromisoformat(one["first"]),
            cut=datetime.fromisoformat(one["cut"]),
            figures=one["figures"],
            ranking=one.get("ranking"),
            scores=one.get("scores", True),
            good=tuple(one.get("good", ())),
        )
        for one in values["reviews"]
    )
    return Speech(
        month=values["month"],
        day=date.fromisoformat(values["day"]),
        reviews=reviews,
        speaker=values.get("speaker", ""),
        texts=values.get("texts", {}),
    )


def make_notice(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The 会议通知 as .docx; `values` as `read_notice` takes them, and `draft`."""
    return "会议通知.docx", docx(notice(read_notice(values), draft=values.get("draft", False)))


def make_notice_pdf(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The same notice as PDF."""
    return "会议通知.pdf", pdf(notice(read_notice(values), draft=values.get("draft", False)))


def make_speech_pdf(words: Words, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The same speech as PDF."""
    return "讲评稿.pdf", pdf(speech(words, read_speech(values), draft=values.get("draft", True)))


def make_speech(words: Words, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """The 讲评稿 as .docx; `values` as `read_speech` takes them, and `draft`."""
    return "讲评稿.docx", docx(speech(words, read_speech(values), draft=values.get("draft", True)))
