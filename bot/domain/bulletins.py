"""Bulletins 通报: kinds, their way to 印发, what a page may print, whose figures differ (SPEC §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Kind(StrEnum):
    """The three bulletins of a track's office."""

    WEEKLY = "weekly"  # 周工作通报
    TENDAY = "tenday"  # 旬查情况通报
    MONTHLY = "monthly"  # 月评通报


class Stage(StrEnum):
    """Where a bulletin stands; a 退改 or a change makes it a draft again."""

    DRAFT = "draft"  # 代拟稿
    SUBMITTED = "submitted"  # 送审
    APPROVED = "approved"  # 同意签发
    REPORTED = "reported"  # 已报送市领导
    PUBLISHED = "published"  # 已印发
    WITHDRAWN = "withdrawn"  # 已撤下
    SUPERSEDED = "superseded"  # a 更正 stands in its place
    DROPPED = "dropped"  # a 更正 that was begun by mistake; begun anew, it keeps its number


_S = Stage

WAY: Final[Mapping[Stage, frozenset[Stage]]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.SUBMITTED, _S.DROPPED}),
        _S.SUBMITTED: frozenset({_S.DRAFT, _S.APPROVED}),
        _S.APPROVED: frozenset({_S.DRAFT, _S.REPORTED, _S.PUBLISHED}),
        _S.REPORTED: frozenset({_S.DRAFT, _S.APPROVED, _S.PUBLISHED}),
        _S.PUBLISHED: frozenset({_S.APPROVED, _S.REPORTED, _S.WITHDRAWN, _S.SUPERSEDED}),
        _S.WITHDRAWN: frozenset({_S.SUPERSEDED}),
        _S.SUPERSEDED: frozenset(),
        _S.DROPPED: frozenset({_S.DRAFT}),
    }
)
"""From → to, every pair there is: nothing is published without a second person (red line f)."""

EDITABLE: Final = frozenset({_S.DRAFT, _S.APPROVED, _S.REPORTED})
"""A change of what was agreed to makes a draft of it: it is judged anew."""

OUT: Final = frozenset({_S.PUBLISHED, _S.WITHDRAWN, _S.SUPERSEDED})
"""What was printed once keeps its words for good."""


def may_go(stage: Stage, to: Stage) -> bool:
    """Whether a bulletin may go from one stage to another."""
    return to in WAY[stage]


SECTIONS: Final[Mapping[Kind, Mapping[str, str]]] = MappingProxyType(
    {
        Kind.WEEKLY: MappingProxyType(
            {
                "conclusion": "结论",
                "good": "好的做法",
                "bad": "突出问题",
                "next": "下周重点",
            }
        ),
        Kind.TENDAY: MappingProxyType(
            {
                "conclusion": "总体情况",
                "good": "主要做法和成效",
                "bad": "存在问题",
                "measures": "督办和整改情况",
                "next": "下步要求",
            }
        ),
        Kind.MONTHLY: MappingProxyType(
            {
                "conclusion": "总体情况",
                "good": "主要做法和成效",
                "bad": "存在问题",
                "measures": "督办和整改情况",
                "next": "下步要求",
            }
        ),
    }
)
"""What a person may write anew, by the words that a reply begins with."""

REGION_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "found": "发现",
        "due": "已到期",
        "closed": "已销号",
        "rate": "到期整改率",
        "overdue": "逾期",
        "returned": "退回",
        "warnings": "警示",
        "report": "周报",
    }
)
"""分县表 (FORMS §4); 「周报」 stands in the weekly one alone."""

RANKING_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {"rank": "名次", "region": "单位", "total": "得分"}
)

UNIT: Final = "单位"

NEVER: Final = ("约谈", "诫勉")
"""What no bulletin, picture or channel ever names (red line b)."""

INDOORS: Final = (
    "室内", "屋内", "屋里", "堂屋", "客厅", "卧室", "厨房", "灶房", "浴室", "澡堂", "宿舍", "病房", "教室",
    "院内", "院里", "院中", "院子", "庭院", "院落", "家中", "家里", "户内", "厕", "茅房", "粪缸", "化粪池",
)  # fmt: skip
"""Words of a place whose pictures are not offered: 庭院, 厕所, indoors."""

PRIVATE_CATEGORIES: Final = frozenset({"courtyard", "toilet"})
PRIVATE_PLACES: Final = frozenset({"courtyard", "facility"})
"""Kinds of place; 公厕 is one of `facility`."""


_TELEPHONE: Final = re.compile(r"(?<!\d)0\d{2,3}[-－—\s]?\d{7,8}(?!\d)|电话[:：]?\s*\d{7,8}(?!\d)")


def telephones(text: str) -> tuple[str, ...]:
    """Landline numbers in a text: mobile ones are masked anyway, and no paper carries either."""
    return tuple(match[0] for match in _TELEPHONE.finditer(text))


GRID_COLUMNS, GRID_ROWS = "ABCD", "1234"
"""The cells of a photo that can be covered 遮挡: A1 at the top left."""

_CELLS: Final = re.compile(r"([前后左右])|([A-Da-d])\s*([1-4])|([\s,，、;；和图]+)|(.)")
_SIDES: Final = {"前": "before", "左": "before", "后": "after", "右": "after"}


def cells_of(text: str) -> dict[str, list[str]] | None:
    """「前B2 C3 后A1」 → the cells of each photo; without 前 or 后 the one before. None: not understood."""
    found: dict[str, list[str]] = {"before": [], "after": []}
    side = "before"
    for match in _CELLS.finditer(text.strip()):
        if match[1]:
            side = _SIDES[match[1]]
        elif match[2]:
            cell = match[2].upper() + match[3]
            if cell not in found[side]:
                found[side].append(cell)
        elif match[5]:
            return None
    return found if any(found.values()) else None


def never_said(text: str) -> tuple[str, ...]:
    """The words of a text that may stand in no bulletin."""
    return tuple(word for word in NEVER if word in text)


def rate(closed: int, due: int) -> str:
    """到期整改率 in per cent with two places at most, half up; 「—」 where nothing was due yet."""
    if due <= 0:
        return "—"
    exact = (Decimal(100) * closed / due).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{exact.normalize():f}%"


# --- the figures of a changed paper against the ledger's -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as rows of words; the first column names the row."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


# --- the tables, as printed ---------------------------------------------------------------------------

REPORTS: Final[Mapping[str, str]] = MappingProxyType(
    {"on_time": "按时", "late": "迟报", "mending": "待更正", "partly": "未报全", "missing": "未报"}
)
REGIONS, RANKING = "regions", "ranking"


def grids(values: Mapping[str, Any]) -> list[Grid]:
    """The tables of figures of a bulletin: by region, and the ranking."""
    found = [region_grid(values)]
    if values["kind"] != Kind.WEEKLY and values["ranking"] is not None:
        found.append(ranking_grid(values))
    return found


def region_grid(values: Mapping[str, Any]) -> Grid:
    """分县表: regions in the notice's order, never sorted."""
    columns = {key: label for key, label in REGION_COLUMNS.items() if key != "report"}
    if values["kind"] == Kind.WEEKLY:
        columns = dict(REGION_COLUMNS)
    rows = []
    for row in values["figures"]["rows"]:
        cells = {**row, "report": REPORTS[values["reports"].get(row["region"], "missing")]}
        rows.append((row["region"], *(str(cells[name]) for name in columns)))
    return Grid(REGIONS, (UNIT, *columns.values()), tuple(rows))


def ranking_grid(values: Mapping[str, Any]) -> Grid:
    """名次 | 单位 | 得分, or the order alone."""
    rows = []
    for one in values["ranking"]["rows"]:
        rank = "—" if one["rank"] is None else f"{one['rank']}" + ("（并列）" if one["tied"] else "")
        rows.append((rank, one["region"], one["total"] or "不参加排名"))
    head = tuple(RANKING_COLUMNS.values())
    if values["scores"]:
        return Grid(RANKING, head, tuple(rows))
    return Grid(RANKING, head[:2], tuple(row[:2] for row in rows))


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what the ledger has; `ours` and `theirs` as printed."""

    table: str
    row: str
    column: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What a changed paper's tables say against the ledger's."""

    differences: tuple[Difference, ...] = ()
    missing_tables: tuple[str, ...] = ()
    missing_rows: tuple[tuple[str, str], ...] = ()
    """(table, row) that the ledger has and the paper has no more."""


_SPACES: Final = re.compile(r"[\s\u3000]+")
_WIDE: Final = str.maketrans("０１２３４５６７８９．％（）()，,", "0123456789.%      ")


def plain(cell: str) -> str:
    """A cell's words as they are compared: no spaces, half-width digits, no brackets."""
    return _SPACES.sub("", cell.translate(_WIDE))


def compare(ours: Iterable[Grid], theirs: Sequence[Grid]) -> Compared:
    """Find the ledger's tables in a changed paper by their heads, and what differs in them, cell by cell.

    Rows are found by their first cell (a ranking's by its unit), columns by their head: a moved row or an
    added column does no harm. An added row is the writer's own.
    """
    differences: list[Difference] = []
    gone: list[str] = []
    gone_rows: list[tuple[str, str]] = []
    left = list(theirs)
    for table in ours:
        at = _best(table, left)
        if at is None:
            gone.append(table.name)
            continue
        other = left.pop(at)
        key = table.head.index(UNIT) if UNIT in table.head else 0
        columns = {plain(word): index for index, word in enumerate(other.head)}
        key_there = columns.get(plain(table.head[key]), 0)
        by_row = {plain(row[key_there]): row for row in other.rows if key_there < len(row)}
        for row in table.rows:
            there = by_row.get(plain(row[key]))
            if there is None:
                gone_rows.append((table.name, row[key]))
                continue
            for index, word in enumerate(table.head):
                if index == key:
                    continue
                place = columns.get(plain(word))
                said = there[place] if place is not None and place < len(there) else ""
                if plain(said) != plain(row[index]):
                    differences.append(Difference(table.name, row[key], word, row[index], said.strip()))
    return Compared(tuple(differences), tuple(gone), tuple(gone_rows))


def _best(table: Grid, others: Sequence[Grid]) -> int | None:
    """The table whose head shares the most columns with ours, at least half of them."""
    wanted = {plain(word) for word in table.head}
    scores = [len(wanted & {plain(word) for word in other.head}) for other in others]
    if not scores or max(scores) * 2 < len(wanted):
        return None
    return scores.index(max(scores))


# --- resolved by a person -----------------------------------------------------------------------------

NOT_LOCKED: Final = "（排名尚未锁定）"
"""Stands in a draft where the ranking will be."""
OURS, THEIRS = "ours", "theirs"


def resolved(grid: Grid, differences: Iterable[Mapping[str, Any]]) -> Grid:
    """A table of the ledger with the figures that a person let stand against it, with a reason."""
    theirs = {
        (one["row"], one["column"]): one["theirs"]
        for one in differences
        if one["table"] == grid.name and one.get("choice") == THEIRS and one["row"] and one["column"]
    }
    key = grid.head.index(UNIT)
    rows = tuple(
        tuple(theirs.get((row[key], head), cell) for head, cell in zip(grid.head, row, strict=True))
        for row in grid.rows
    )
    return Grid(grid.name, grid.head, rows)


def settled(
    paper: Mapping[str, Any], differences: Iterable[Mapping[str, Any]], ours: Iterable[Grid]
) -> dict[str, Any]:
    """A changed paper with the ledger's figures wherever a person chose them; lost rows and tables return."""
    blocks = [dict(block) for block in paper["blocks"]]
    tables = {grid.name: grid for grid in ours}
    chosen = [one for one in differences if one.get("choice") == OURS and one["table"] in tables]
    places = _placed(tables.values(), blocks)
    for one in chosen:
        grid = tables[one["table"]]
        if not one["row"]:
            at = next((at for at, block in enumerate(blocks) if block.get("words") == NOT_LOCKED), None)
            if grid.name == RANKING and at is not None:  # where the draft had left it open
                blocks[at] = _as_block(grid)
            else:
                blocks.append(_as_block(grid))
            continue
        at = places.get(grid.name)
        if at is None:
            continue
        blocks[at] = _with_ours(blocks[at], grid, one["row"], one["column"])
    return {**paper, "blocks": blocks}


def tables_of(paper: Mapping[str, Any]) -> list[Grid]:
    """The tables of a changed paper."""
    return [
        Grid(f"{rank}", tuple(block["head"]), tuple(tuple(row) for row in block["rows"]))
        for rank, block in enumerate(block for block in paper["blocks"] if block["kind"] == "table")
    ]


def to_resolve(
    paper: Mapping[str, Any], ours: Iterable[Grid], known: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """What a person must decide of a changed paper; what was decided about the same two figures stays so."""
    found = compare(ours, tables_of(paper))
    lines = [
        {"table": one.table, "row": one.row, "column": one.column, "ours": one.ours, "theirs": one.theirs}
        for one in found.differences
    ]
    for table, row in (*found.missing_rows, *((table, "") for table in found.missing_tables)):
        lines.append({"table": table, "row": row, "column": "", "ours": "", "theirs": ""})
    decided = {_figures(one): one for one in known if one.get("choice") is not None}
    return [dict(decided.get(_figures(line), line)) for line in lines]


def _figures(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(one[key] for key in ("table", "row", "column", "ours", "theirs"))


def _placed(tables: Iterable[Grid], blocks: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Which block each of the ledger's tables is."""
    left = [rank for rank, block in enumerate(blocks) if block["kind"] == "table"]
    found: dict[str, int] = {}
    for grid in tables:
        at = _best(grid, [Grid("", tuple(blocks[rank]["head"]), ()) for rank in left])
        if at is not None:
            found[grid.name] = left.pop(at)
    return found


def _with_ours(block: Mapping[str, Any], grid: Grid, row: str, column: str) -> dict[str, Any]:
    heads = [plain(word) for word in block["head"]]
    key = grid.head.index(UNIT)
    line = next(one for one in grid.rows if one[key] == row)
    key_there = heads.index(plain(UNIT)) if plain(UNIT) in heads else 0
    rows = [list(one) for one in block["rows"]]
    if not column:
        said = {plain(head): cell for head, cell in zip(grid.head, line, strict=True)}
        rows.append([said.get(head, "") for head in heads])
    elif plain(column) in heads:
        at = heads.index(plain(column))
        for one in rows:
            if plain(one[key_there]) == plain(row):
                one[at] = line[grid.head.index(column)]
    return {**block, "rows": rows}


def _as_block(grid: Grid) -> dict[str, Any]:
    width = round(PAGE_WIDTH / len(grid.head), 1)
    return {
        "kind": "table",
        "head": list(grid.head),
        "rows": [list(row) for row in grid.rows],
        "widths": [width] * len(grid.head),
    }


PAGE_WIDTH: Final = 156.0
"""Of the text, in millimetres."""
