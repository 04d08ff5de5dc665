"""What an entry's page says: its fields in words, its pictures by round, its history in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from bot.documents.archive.pages import minute
from bot.documents.ledger_rows import Words

SHORT: Final = 60
"""Characters of the problem in a list."""
CALLERS_KEPT: Final = "（群众举报，原文由攻坚办保存）"
VISIT_KEPT: Final = "（原文由攻坚办保存）"
NOT_OPEN: Final = ("closed", "void", "deferred")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry as the lists have it; `page` is its path in the archive."""

    number: str
    page: str
    region: str
    state: str
    place: str
    category: str
    problem: str
    found: str
    deadline: str
    closed: str
    overdue: int
    pictures: int

    @property
    def times(self) -> list[str]:
        """When it was found, due and closed, and how many photos it has: what there is of it."""
        return [
            *([f"{self.found} 检查"] if self.found else []),
            *([f"{self.deadline} 到期"] if self.deadline else []),
            *([f"{self.closed} 销号"] if self.closed else []),
            *([f"照片 {self.pictures}"] if self.pictures else []),
        ]


def place_of(values: Mapping[str, Any]) -> str:
    """乡镇 · 村 · 点位."""
    return " · ".join(values[key] for key in ("township", "village", "spot") if values[key])


def listed(words: Words, values: Mapping[str, Any], problem: str, page: str, pictures: int) -> Listed:
    """One entry for the lists."""
    return Listed(
        number=values["number"] or "",
        page=page,
        region=values["region"] or "",
        state=values["state"],
        place=place_of(values),
        category=words.category(values["category"])[1],
        problem=problem if len(problem) <= SHORT else problem[: SHORT - 1] + "…",
        found=_day(values["found_at"]),
        deadline=_day(values["deadline"]),
        closed=_day(values["closed_at"]) if values["state"] == "closed" else "",
        overdue=values["overdue_days"] if values["state"] not in NOT_OPEN else 0,
        pictures=pictures,
    )


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%d}"


def facts(
    words: Words, values: Mapping[str, Any], more: Mapping[str, Any], *, problem: str, sender: str
) -> dict[str, Any]:
    """The fields of an entry's page; what is not known is empty."""
    main, sub = words.category(values["category"])
    reason, other = words.of("voids", more["void_reason"]), more["duplicate_of"]
    return {
        "number": values["number"] or "",
        "state": values["state"],
        "region": values["region"],
        "place": place_of(values),
        "problem": problem,
        "kept_back": CALLERS_KEPT if values["source"] == "public" else VISIT_KEPT,
        "category": f"{main} · {sub}" if main and main != sub else sub,
        "source": words.of("sources", values["source"]),
        "sender": sender,
        "found": minute(values["found_at"]),
        "severity": words.of("severities", values["severity"]),
        "handling": words.of("handlings", values["handling"]),
        "assigned": minute(values["assigned_at"]),
        "deadline": minute(values["deadline"]),
        "acknowledged": minute(values["acknowledged_at"]),
        "submitted": minute(values["submitted_at"]),
        "measures": more["measures"] or "",
        "closed": minute(values["closed_at"]) if values["state"] == "closed" else "",
        "how": words.of("checks", more["closed_how"]) if values["state"] == "closed" else "",
        "returns": f"{values['returns']} 次" if values["returns"] else "",
        "warnings": f"{values['warnings']} 次" if values["warnings"] else "",
        "rounds": f"第 {values['round']} 轮" if values["round"] > 1 else "",
        "chain": values["chain"] or "",
        "void": reason + (f"（{other}）" if other else "") if values["state"] == "void" else "",
        "overdue": values["overdue_days"] if values["state"] not in NOT_OPEN else 0,
    }


_REASONS: Final = {"returned": "returns", "deferred": "deferrals", "voided": "voids"}


def history(words: Words, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """办理过程, one line an event: when, which body, what, and what was said."""
    return [
        {
            "at": line["at"],
            "body": line["body"] or "系统",
            "what": words.of("events", line["kind"]),
            "said": "，".join(part for part in _said(words, line) if part),
        }
        for line in lines
    ]


def _said(words: Words, line: Mapping[str, Any]) -> list[str]:
    kind, group = line["kind"], _REASONS.get(line["kind"])
    said = []
    if line["words"]:
        said.append(line["words"])
    elif group and line["reason"]:
        said.append(words.of(group, line["reason"]))
    if kind == "closed" and line["how"]:
        said.append(words.of("checks", line["how"]))
    if kind == "reassigned" and line["region"]:
        said.append(line["region"])
    if line["deadline"]:
        local = words.campaign.local(datetime.fromisoformat(line["deadline"]))
        said.append(f"期限 {minute(local)}")
    return said


def by_number(lists: Iterable[Sequence[Listed]]) -> list[tuple[str, list[tuple[str, list[Listed]]]]]:
    """Every entry by prefix and day of its number."""

    def parts(one: Listed) -> tuple[str, str]:
        prefix, _, rest = one.number.partition("-")
        day = rest.partition("-")[0]
        return prefix, f"{int(day[:2])}月{int(day[2:])}日" if len(day) == 4 and day.isdigit() else day

    every = sorted((one for found in lists for one in found if one.number), key=lambda one: one.number)
    return [
        (prefix, [(day, list(found)) for day, found in groupby(same, key=lambda one: parts(one)[1])])
        for prefix, same in groupby(every, key=lambda one: parts(one)[0])
    ]
