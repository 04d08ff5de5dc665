"""The ledger's columns as people read them: every stored field, the printed 附件3, the event log.

Official papers are Chinese whatever the screen speaks (SPEC).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain.campaign import Campaign
from bot.texts.catalogue import Catalogue

LANGUAGE: Final = "zh"
Cell = str | int | float | datetime | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MODES = {"open": "明察", "covert": "暗访"}
_YES_NO = {True: "是", False: "否"}


def risky(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return text.startswith(FORMULA)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width in half-width characters, and what stands in it."""

    head: str
    width: int
    value: Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry with the words that its keys stand for."""

    values: Mapping[str, Any]
    more: Mapping[str, Any]
    words: Words
    serial: int = 0


class Words:
    """What keys are called in Chinese."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.campaign: Campaign = catalogue.campaign
        self._labels = {
            group: catalogue.labels(LANGUAGE, group)
            for group in (
                "states",
                "sources",
                "handlings",
                "severities",
                "categories",
                "checks",
                "events",
                "records",
                "voids",
                "returns",
                "deferrals",
            )
        }

    def of(self, group: str, key: str | None) -> str:
        """The label of a key; the key itself where there is none."""
        return "" if key is None else self._labels[group].get(key, key)

    def track(self, key: str | None) -> str:
        """县(市) or 区."""
        return self.campaign.track(key).name if key else ""

    def body(self, key: str | None) -> str:
        """Who filed: a group with its track, or an office."""
        if not key:
            return ""
        kind, _, rest = key.rpartition(":")
        if kind == "office":
            return self.campaign.track(rest).office
        return self.campaign.group_title(key) if "/" in key else key

    def category(self, key: str | None) -> tuple[str, str]:
        """大类 and 小类."""
        if not key:
            return "", ""
        main = key.partition(".")[0]
        return self.of("categories", main), self.of("categories", key)


def _plain(key: str) -> Callable[[Row], Cell]:
    return lambda row: row.values[key]


def _extra(key: str) -> Callable[[Row], Cell]:
    return lambda row: row.more[key]


def _word(group: str, key: str) -> Callable[[Row], Cell]:
    return lambda row: row.words.of(group, row.values[key])


def _void_reason(row: Row) -> str:
    """Why it is void: a label or the office's words, and which other entry it repeats."""
    reason, other = row.more["void_reason"], row.more["duplicate_of"]
    return row.words.of("voids", reason) + (f"（{other}）" if other else "")


def _photos(kind: str) -> Callable[[Row], Cell]:
    def files(row: Row) -> str:
        found = [photo for photo in row.values["photos"] if photo["kind"] == kind]
        return "\n".join(photo["file"] or "（未下载）" for photo in found)

    return files


STORED: Final = (
    Column("问题编号", 14, _plain("number")),
    Column("状态", 10, _word("states", "state")),
    Column("序列", 8, lambda row: row.words.track(row.values["track"])),
    Column("县(市、区)", 14, _plain("region")),
    Column("督查组", 22, lambda row: row.words.body(row.values["group"])),
    Column("检查方式", 10, lambda row: _MODES.get(row.values["inspection_mode"], "")),
    Column("问题来源", 14, _word("sources", "source")),
    Column("检查时间", 17, _plain("found_at")),
    Column("登记时间", 17, _extra("created_at")),
    Column("乡镇(街道)", 14, _plain("township")),
    Column("村(社区)", 16, _plain("village")),
    Column("点位", 20, _plain("spot")),
    Column("类别大类", 12, lambda row: row.words.category(row.values["category"])[0]),
    Column("类别小类", 18, lambda row: row.words.category(row.values["category"])[1]),
    Column("问题描述", 40, _plain("description")),
    Column("严重程度", 10, _word("severities", "severity")),
    Column("交办方式", 12, _word("handlings", "handling")),
    Column("交办时间", 17, _plain("assigned_at")),
    Column("整改时限", 17, _plain("deadline")),
    Column("签收时间", 17, _plain("acknowledged_at")),
    Column("反馈时间", 17, _plain("submitted_at")),
    Column("销号时间", 17, _plain("closed_at")),
    Column("复核方式", 10, lambda row: row.words.of("checks", row.more["closed_how"])),
    Column("责任领导(县级)", 16, _extra("county_leader")),
    Column("具体责任人(科级)", 18, _extra("section_officer")),
    Column("整改措施", 30, _extra("measures")),
    Column("逾期天数", 10, _plain("overdue_days")),
    Column("退回次数", 10, _plain("returns")),
    Column("督办警示次数", 14, _plain("warnings")),
    Column("同一问题关联", 14, _plain("chain")),
    Column("是否反弹", 10, lambda row: _YES_NO[bool(row.more["recurrence"])]),
    Column("轮次", 6, _plain("round")),
    Column("纬度", 10, _extra("lat")),
    Column("经度", 10, _extra("lng")),
    Column("作废理由", 20, _void_reason),
    Column("整改前照片", 40, _photos("before")),
    Column("整改后照片", 40, _photos("after")),
)
"""Every stored field (FORMS §1.2)."""


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%d}"


def _place(row: Row) -> str:
    values = row.values
    parts = [values[key] for key in ("township", "village", "spot") if values[key]]
    return " ".join(part for part in (values["region"], "·".join(parts)) if part)


def _described(row: Row) -> str:
    if row.more["public_text"]:
        return str(row.more["public_text"])
    if row.values["source"] == "public":
        return "（群众举报，原文由攻坚办保存）"  # the caller's words stay with the office
    if row.values["inspection_mode"] == "covert":
        return "（原文由攻坚办保存）"  # they tell who looked, and when
    return str(row.values["description"])


def _deadline(row: Row) -> str:
    deadline = row.values["deadline"]
    return "" if deadline is None else f"{deadline:%Y-%m-%d %H:%M}"


def _people(row: Row) -> str:
    return "/".join(name for name in (row.more["county_leader"], row.more["section_officer"]) if name)


def _progress(row: Row) -> str:
    state = row.words.of("states", row.values["state"])
    return "；".join(part for part in (state, row.more["measures"]) if part)


def _closed(row: Row) -> str:
    return f"是（{_day(row.values['closed_at'])}）" if row.values["state"] == "closed" else "否"


def _remarks(row: Row) -> str:
    values, said = row.values, []
    if values["warnings"]:
        said.append(f"警示{values['warnings']}次")
    if values["overdue_days"]:
        said.append(f"逾期{values['overdue_days']}天")
    if values["returns"]:
        said.append(f"退回{values['returns']}次")
    if row.more["recurrence"]:
        said.append("反弹")
    if reason := _void_reason(row):
        said.append(f"作废：{reason}")
    return "；".join(said)


PRINTED: Final = (
    Column("序号", 5, lambda row: row.serial),
    Column("问题编号", 13, _plain("number")),
    Column("检查日期", 11, lambda row: _day(row.values["found_at"])),
    Column("乡镇(街道)·村(社区)·点位", 25, _place),
    Column("问题类别", 12, lambda row: row.words.category(row.values["category"])[1]),
    Column("问题描述", 30, _described),
    Column("交办方式", 9, _word("handlings", "handling")),
    Column("整改时限", 11, _deadline),
    Column("责任领导(县级)/具体责任人(科级)", 15, _people),
    Column("整改情况", 18, _progress),
    Column("是否销号(日期)", 11, _closed),
    Column("备注(警示次数、逾期天数)", 14, _remarks),
)
"""附件3 问题台账, the twelve columns that are printed."""


@dataclass(frozen=True, slots=True)
class EventColumn:
    """One column of the event log."""

    head: str
    width: int
    key: str


EVENTS: Final = (
    EventColumn("序号", 8, "id"),
    EventColumn("时间", 20, "at"),
    EventColumn("问题编号", 14, "entry"),
    EventColumn("事项", 18, "kind"),
    EventColumn("成员编号", 10, "member"),
    EventColumn("单位", 22, "body"),
    EventColumn("原状态", 10, "from"),
    EventColumn("新状态", 10, "to"),
    EventColumn("内容", 50, "data"),
    EventColumn("校验值", 20, "hash"),
)


def event_cells(event: Mapping[str, Any], words: Words) -> list[Cell]:
    """The cells of one event: kinds and states in words, its data as JSON."""
    import orjson

    named = dict(event)
    named["kind"] = words.of("events", event["kind"])
    named["from"], named["to"] = words.of("states", event["from"]), words.of("states", event["to"])
    named["data"] = "" if event["data"] is None else orjson.dumps(event["data"]).decode()
    return [named[column.key] for column in EVENTS]
