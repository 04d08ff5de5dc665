"""跟踪问效月报 as an official paper: groups as units, then regions, track by track; nothing by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.documents.bulletin_words import better, day_of, more
from bot.documents.official import Attachment, Block, Paper, Table, Text, chinese, docx
from bot.documents.official_pdf import pdf
from bot.domain.bulletins import rate
from bot.texts.papers import paragraphs, sentence

NUMERALS: Final = "一二三四五六七八九十"
GROUPS: Final = (
    ("督查组", 30.0), ("出动\n天数", 12.0), ("乡镇\n/村", 15.0), ("未到\n乡镇", 12.0), ("发现", 11.0),
    ("按期\n整改", 15.0), ("作废", 11.0), ("核查\n天数", 12.0), ("现场\n核查", 14.0), ("异议\n采纳", 12.0),
    ("旬报", 12.0),
)  # fmt: skip
REGIONS: Final = (
    ("单位", 24.0), ("发现", 11.0), ("已到期", 15.0), ("已销号", 15.0), ("到期\n整改率", 18.0),
    ("按期\n整改", 15.0), ("逾期", 11.0), ("退回", 11.0), ("反弹", 11.0), ("警示", 11.0),
    ("周报\n按时", 14.0),
)  # fmt: skip
NONE: Final = "—"
Values = Mapping[str, Any]


def paper(values: Values) -> Paper:
    """The report as a paper.

    `values`: `label` (4月), `first`, `last`, `day` (ISO), `draft`, `corrected`, `texts` by section
    (`groups`, `regions`, `problems`, `advice`), and for each of `tracks` its name, the rows of its
    `groups`, and `regions` with `totals`, `last`, `repeated` and `rows`.
    """
    first, last = (date.fromisoformat(values[key]) for key in ("first", "last"))
    said = {**values, "span": f"{day_of(first)}至{day_of(last)}"}
    heads = paragraphs("month_report.heads", said)
    blocks: list[Block] = [Text(one) for one in paragraphs("month_report.opening", said)]
    sections: tuple[tuple[str, list[Block]], ...] = (
        ("groups", [*_by_track(values["tracks"], _groups), *_note("groups_note", said)]),
        ("regions", [*_by_track(values["tracks"], _regions), *_note("regions_note", said)]),
        ("problems", []),
        ("advice", []),
    )
    rank = 0
    for (key, inside), head in zip(sections, heads, strict=True):
        found = [*inside, *_written(values, key)]
        if found:
            blocks += [Text(f"{NUMERALS[rank]}、{head}", level=1), *found]
            rank += 1
    return Paper(
        title=paragraphs("month_report.title", said),
        symbol="（更正）" if values["corrected"] else "",
        addressee=sentence("month_report.addressee", said),
        blocks=tuple(blocks),
        signature=sentence("month_report.signature", said),
        day=date.fromisoformat(values["day"]),
        attachments=_unvisited(values),
    )


def make(values: Values) -> tuple[str, bytes]:
    """The report as .docx."""
    return "跟踪问效月报.docx", docx(paper(values))


def make_pdf(values: Values) -> tuple[str, bytes]:
    """The same as PDF."""
    return "跟踪问效月报.pdf", pdf(paper(values))


def _written(values: Values, key: str) -> list[Block]:
    """What the office wrote; in a draft a place that is marked."""
    lines = [line for line in values["texts"].get(key, "").splitlines() if line.strip()]
    if lines:
        return [Text(line) for line in lines]
    return [Text(sentence("month_report.to_write", {}), draft=True)] if values["draft"] else []


def _note(name: str, said: Values) -> list[Block]:
    return [Text(one, first_line=False, small=True) for one in paragraphs(f"month_report.{name}", said)]


def _by_track(tracks: Sequence[Values], inside: Any) -> list[Block]:
    found: list[Block] = []
    for rank, one in enumerate(tracks):
        if len(tracks) > 1:
            found.append(Text(f"（{NUMERALS[rank]}）{_name(one)}", level=2))
        found += inside(one)
    return found


def _name(track: Values) -> str:
    return chinese(track["track"])


def _groups(track: Values) -> list[Block]:
    rows = track["groups"]
    sums = {key: sum(row[key] for row in rows) for key in ("days", "spots", "found", "voided", "upheld")}
    on_time, due = (sum(row["on_time"][at] for row in rows) for at in (0, 1))
    said = {
        **sums,
        "track": _name(track),
        "groups": len(rows),
        "on_time": on_time,
        "due": due,
        "rate": rate(on_time, due),
        "checks": sum(row["site"][1] for row in rows),
        "site": sum(row["site"][0] for row in rows),
        "unvisited": sum(row["unvisited"] or 0 for row in rows),
    }
    lines = tuple(
        (
            row["group"],
            str(row["days"]),
            f"{row['townships']}/{row['villages']}",
            NONE if row["unvisited"] is None else str(row["unvisited"]),
            str(row["found"]),
            _of(row["on_time"]),
            str(row["voided"]),
            NONE if row["check_days"] is None else row["check_days"],
            _of(row["site"]),
            str(row["upheld"]),
            _of(row["reports"]),
        )
        for row in rows
    )
    return [*(Text(one) for one in paragraphs("month_report.groups", said)), _table(GROUPS, lines)]


def _regions(track: Values) -> list[Block]:
    found = track["regions"]
    totals, last = found["totals"], found["last"]
    said = {
        "track": _name(track),
        "totals": totals,
        "more": more(totals["found"], last["found"] if last else None, "上月"),
        "better": better(totals, last),
        "rate": rate(totals["closed"], totals["due"]),
        "repeated": found["repeated"],
    }
    lines = tuple(
        (
            row["region"],
            *(str(row[key]) for key in ("found", "due", "closed", "rate")),
            _of(row["on_time"]),
            *(str(row[key]) for key in ("overdue", "returned", "again", "warnings")),
            _of(row["weekly"]),
        )
        for row in found["rows"]
    )
    return [*(Text(one) for one in paragraphs("month_report.regions", said)), _table(REGIONS, lines)]


def _table(columns: Sequence[tuple[str, float]], rows: tuple[tuple[str, ...], ...]) -> Table:
    return Table(tuple(head for head, _ in columns), rows, tuple(width for _, width in columns))


def _of(fraction: Sequence[int]) -> str:
    """9/12, or a dash where there was nothing."""
    return f"{fraction[0]}/{fraction[1]}" if fraction[1] else NONE


def _unvisited(values: Values) -> tuple[Attachment, ...]:
    """附件: the townships where a region's own group was not, by group and region."""
    rows = tuple(
        (row["group"], region, f"{len(names)}", "、".join(names))
        for track in values["tracks"]
        for row in track["groups"]
        for region, names in row["lacking"].items()
    )
    if not rows:
        return ()
    table = Table(("督查组", "单位", "个数", "乡镇（街道）"), rows, (30.0, 24.0, 14.0, 88.0))
    return (Attachment(sentence("month_report.unvisited", {}), (table,)),)
