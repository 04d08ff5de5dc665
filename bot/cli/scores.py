"""Commands about scores: `scores import`, `ranking`, `measures`; they work while the bot runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.opening import FAILED, USAGE, give_up, open_ledger, read_settings

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.services.scoring.lines import Fault, Line
    from bot.services.scoring.windows import UnknownWindow

MOST_SHOWN = 50
"""Refused lines that are printed; the number of the others follows."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "region": ("region", "单位", "县(市、区)", "县区"),
    "source": ("source", "来源", "项目"),
    "kind": ("kind", "类型", "类别"),
    "value": ("value", "分值", "分数", "得分"),
    "reason": ("reason", "理由", "说明", "扣分依据"),
}
"""The columns of a file of scores, and what else their heads may say; the reason may be left out."""

WHY: Mapping[str, str] = {
    "region_unknown": "没有这个单位 · no such region",
    "region_ambiguous": "名称不明确，请写全称（{right}？） · ambiguous, write the full name",
    "region_other_track": "属另一序列 {right} · belongs to the other track",
    "source_unknown": "没有这个来源 · no such source",
    "source_not_monthly": "月度只收办公室暗访打分 · a month takes marks of source covert only",
    "kind_unknown": "类型应为 mark 或 points · must be mark or points",
    "points_not_monthly": "月度不收加减分 · a month takes no points",
    "empty": "没有分值 · no value",
    "full_width": "请用半角数字 · write half-width digits",
    "comma": "小数点请用 . · write a point, not a comma",
    "not_a_number": "不是数字 · is no number",
    "too_fine": "小数最多四位 · at most four decimals",
    "below": "打分不能低于 0 · a mark is at least 0",
    "above": "高于本项满分 {right} · above the maximum {right}",
    "too_big": "加减分不能超过 {right} · points are at most {right}",
    "future": "本旬还没有开始 · the period has not begun",
    "locked": "已锁定，不能再录入 · is locked",
    "drafted": "核对稿已发出，只收异议的处理 · the draft is out: only decisions are taken",
    "columns": "列数与表头不符 · has other columns than the header",
}
"""Why a line is refused, and the mend."""


@click.group()
def scores() -> None:
    """导入考评分数 · Marks and points from files."""


@scores.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--period",
    required=True,
    metavar="DAY|MONTH",
    help="旬的日期如 2019-04-18，或月份 2019-04 · The period's day, or a month.",
)
def import_(file: Path, period: str) -> None:
    """导入打分和加减分，有一行不对就整份不收 · Take marks and points: all lines of the file, or none.

    Columns: region, source (key or label), kind (mark or points), value, reason.
    """
    from bot.services.scoring import intake
    from bot.services.scoring.intake import BadLines
    from bot.services.scoring.windows import UnknownWindow

    settings = read_settings()
    content = file.read_bytes()
    lines = read_csv(file, content)
    with open_ledger(settings) as desk:
        try:
            stored = desk.do_now(intake.import_lines, period, lines, content)
        except UnknownWindow as error:
            give_up(USAGE, unknown_window(error))
        except BadLines as bad:
            give_up(FAILED, *refused(file, lines, bad.faults))
    if stored:
        click.echo(f"{stored} 行 lines → {period}")
    else:
        click.echo(f"{file.name} 已导入过 {period}，没有改动 · was imported before: nothing changed")


def read_csv(file: Path, content: bytes) -> list[Line]:
    """The lines of a file; ends with a line that says what is wrong with it as a whole."""
    from bot.services.scoring.lines import Line

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # what a Chinese Excel saves
        except UnicodeDecodeError:
            give_up(
                FAILED,
                f"{file.name} 不是 UTF-8 或 GBK 文本 · is no text in UTF-8 or GBK: save it as CSV UTF-8",
            )
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        give_up(FAILED, f"{file.name} 不是可读的 CSV（{error}）· is no CSV that can be read")
    rows = [[cell.strip() for cell in row] for row in rows]
    head = next((number for number, row in enumerate(rows) if any(row)), None)
    if head is None:
        give_up(FAILED, f"{file.name} 是空的 · is empty")
    names = [cell.casefold() for cell in rows[head]]
    at = {
        key: next((names.index(one) for one in known if one in names), None) for key, known in COLUMNS.items()
    }
    missing = [key for key, place in at.items() if place is None and key != "reason"]
    if missing:
        give_up(
            FAILED,
            f"{file.name} 表头缺列 {', '.join(missing)}，应有 · the header lacks columns, it needs: "
            "region,source,kind,value,reason",
        )
    found = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if not any(row):
            continue
        cells = {
            key: row[place] if place is not None and place < len(row) else "" for key, place in at.items()
        }
        fault = ""
        if any(row[len(names) :]):
            cells["value"], fault = ",".join(row), "columns"
        elif cells["value"].isdigit() and cells["reason"].isdigit():
            # 36,5 without quotes: two cells that nobody meant
            cells["value"], fault = f"{cells['value']},{cells['reason']}", "comma"
        found.append(
            Line(
                number, cells["region"], cells["source"], cells["kind"], cells["value"], cells["reason"],
                fault=fault,
            )
        )  # fmt: skip
    if not found:
        give_up(FAILED, f"{file.name} 没有数据行 · has no lines below the header")
    return found


def refused(file: Path, lines: Sequence[Line], faults: Sequence[Fault]) -> list[str]:
    """What is printed of refused lines: each by number, with its words and the mend."""
    said = [
        f"第 {fault.row} 行 line {fault.row}: {fault.region} 「{fault.value}」 "
        + WHY[fault.why].format(right=fault.right)
        for fault in faults[:MOST_SHOWN]
    ]
    more = len(faults) - MOST_SHOWN
    if more > 0:
        said.append(f"… 另有 {more} 行 more lines")
    rows = len({fault.row for fault in faults})
    said.append(
        f"{file.name}：{len(lines)} 行中 {rows} 行有误，一行也没有存 · "
        f"{rows} of {len(lines)} lines are wrong: nothing was stored"
    )
    return said


def unknown_window(error: UnknownWindow) -> str:
    """A period that there is not, with those that there are."""
    return f"没有 {error} 这一旬或月，可用 · no such period, known: {' '.join(error.known)}"


def check_track(settings: Settings, track: str) -> None:
    """End with 2 when there is no such track."""
    known = [one.key for one in settings.tracks]
    if track not in known:
        give_up(USAGE, f"没有序列 {track}，可用 · no such track, known: {' '.join(known)}")


@click.command()
@click.option("--track", required=True, metavar="KEY", help="序列 · The track.")
@click.option(
    "--period",
    required=True,
    metavar="DAY|MONTH",
    help="旬的日期如 2019-04-18，或月份 2019-04 · The period's day, or a month.",
)
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "json"]),
    help="格式 · The format.",
)  # fmt: skip
@click.option(
    "--publish",
    is_flag=True,
    help="锁定并印发（不发往任何群）· Lock and publish it; nothing is sent to any chat.",
)
def ranking(track: str, period: str, form: str, publish: bool) -> None:
    """旬排名、月排名 · The ranking of a ten-day period or a month, also before it is published."""
    from bot.services.scoring import publishing, sheets, windows
    from bot.services.scoring.publishing import NotPublishable
    from bot.services.scoring.windows import UnknownWindow

    settings = read_settings()
    check_track(settings, track)
    with open_ledger(settings) as desk:
        try:
            if publish:
                board = desk.do_now(publishing.publish_now, track, period)
            else:
                board = desk.look_now(lambda work: sheets.board(work, track, windows.window(work, period)))
        except UnknownWindow as error:
            give_up(USAGE, unknown_window(error))
        except NotPublishable as error:
            give_up(FAILED, NOT_PUBLISHABLE[error.why].format(period=period, named=" ".join(error.named)))
    if form == "json":
        print_json([dict(row) for row in board.rows])
        return
    click.echo(f"{period} {track} {board.state}")
    for row in board.rows:
        marks = " ".join(name for name in ("tied", "last") if row[name])
        click.echo(
            f"{row['rank'] or '-':>3}  {row['total'] or row['status']:>8}  {row['region']}  {marks}".rstrip()
        )


NOT_PUBLISHABLE = {
    "published": "{period} 已印发，不再改变；更正须另行编号 · is published and never changes",
    "not_over": "{period} 还没有结束 · is not over yet",
    "awaits": "{period} 要用的 {named} 还没有印发，请先逐个 --publish · "
    "is made of rankings that are not published yet: publish {named} first",
    "no_final": "总排名怎样计算还没有定：设 [scoring] final · not chosen how: set [scoring] final",
    "no_scores": "{period} 没有一个单位有得分，请先 scores import · no region has a score yet: import marks",
}


@click.command()
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "json"]),
    help="格式 · The format.",
)  # fmt: skip
def measures(form: str) -> None:
    """结果运用：末位和警示应采取的措施 · What last places and warnings lead to."""
    from bot.domain.consequences import STATE_LABELS, MeasureState
    from bot.services.scoring import measures as service

    settings = read_settings()
    with open_ledger(settings) as desk:
        rows = desk.look_now(service.listed)
    found = [
        {
            "track": row.track,
            "region": row.region,
            "trigger": row.trigger,
            "count": row.times,
            "measure": service.label_of(row.measure),
            "state": STATE_LABELS[MeasureState(row.state)],
            "subject": row.subject,
        }
        for row in rows
    ]
    if form == "json":
        print_json(found)
        return
    for one in found:
        click.echo(
            "  ".join(
                str(one[name]) for name in ("subject", "region", "trigger", "count", "measure", "state")
            )
        )


def print_json(rows: list[dict[str, Any]]) -> None:
    """JSON on standard output, Chinese as it is."""
    import orjson

    click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
