"""The command `import`: an older ledger, first as a trial that writes nothing, then for good."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.ledger import progress
from bot.cli.opening import FAILED, give_up, open_ledger, read_settings

if TYPE_CHECKING:
    from bot.documents.older_ledger import Table
    from bot.services.importing.reading import Fault, Words
    from bot.services.importing.storing import Trial

MOST_SHOWN = 50
"""Refused cells that are printed; the number of the others follows."""

WHY: Mapping[str, str] = {
    "empty": "不能为空，请填写 · must not be empty",
    "unknown": "不认识，可填：{right} · is not known, use one of these",
    "no_township": "不是{right}的乡镇(街道)，请写全称，村名写在村一栏 · no township of that region",
    "no_day": "不是日期，请写成 2019-04-15 或 2019-04-15 18:00 · is no date",
    "future": "日期还没到，请核对年份 · lies in the future: check the year",
    "before_found": "早于检查时间 {right}，请核对 · is before it was found",
    "no_number": "应为次数，如 2 · must be a number of times",
    "no_closing": "应为「是（2019-04-20）」或「否」 · must say yes with a day, or no",
    "no_closing_day": "已销号须有日期，如「是（2019-04-20）」 · closed, but on which day?",
    "no_entry_number": "编号含有不能用的字符 · has signs that a number cannot have",
    "too_long": "最多 {right} 字，请缩短 · too long, at most {right}",
    "draft": "草稿不能导入，请先定下状态 · a draft cannot be imported",
    "formula": "公式出错，请改为数值 · a formula that failed: put its value",
    "secret": "含涉密标记，不能存入，请删去整行 · marked as secret: take the row out",
    "twice": "与第 {right} 行编号重复 · the same number as in row {right}",
    "there": "台账里已有这个编号而内容不同，不覆盖；请改编号或删去此行 · is there with other contents",
}
"""Why a cell is refused, and the mend."""


INSTEAD: Mapping[str, str] = {"closed": "closed_at", "closed_at": "closed", "region": "place"}
"""The stored and the printed ledger have different columns for the same."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--commit", is_flag=True, help="正式导入 · Store it; without this nothing is written.")
def import_(file: Path, commit: bool) -> None:
    """导入旧台账，先试运行 · Take over an older ledger (.xlsx, the columns of 附件3); a trial run first.

    Without --commit nothing is written: every cell that cannot be taken is named with its mend. Then all
    rows are stored, or none. Numbers are kept; what was imported before is passed over.
    """
    settings = read_settings()
    table = read(file)
    with open_ledger(settings) as desk:
        from bot.services.importing import storing
        from bot.texts.catalogue import Catalogue

        words = vocabulary(Catalogue(desk.world.campaign))
        rows = progress(table.lines, len(table.lines), "检查")
        found = storing.understood(desk.world, rows, words, desk.clock.now())
        if not commit:
            found = desk.look_now(storing.trial, found)
        else:
            try:
                found = desk.do_now(storing.take, found, file=file.name[:100])
            except storing.Refused as refused:
                found = refused.trial
    report(table, found, done=commit)


def vocabulary(catalogue: Any) -> Words:
    """What the labels of the papers mean."""
    from bot.services.importing.reading import Words

    def back(group: str) -> dict[str, str]:
        return {label: key for key, label in catalogue.labels("zh", group).items()}

    categories = catalogue.labels("zh", "categories")
    # a main category may be called like its own kind: the finer one is meant
    ordered = sorted(categories.items(), key=lambda pair: "." in pair[0])
    return Words(
        states=back("states"),
        sources={label: key for label, key in back("sources").items() if key != "reporting"},
        handlings=back("handlings"),
        severities=back("severities"),
        categories={label: key for key, label in ordered},
        checks=back("checks"),
        voids=back("voids"),
    )


def read(file: Path) -> Table:
    """The table of a workbook; ends with a line that says what is wrong with it as a whole."""
    from bot.documents import office_files, older_ledger

    why = {
        office_files.TooLarge: "太大，请分成几份 · is too large: split it",
        office_files.Macros: "带有宏，请另存为 .xlsx · carries macros: save it as .xlsx",
        office_files.Locked: "有密码，请去掉密码 · has a password: take it off",
        office_files.OldFormat: "是旧格式，请另存为 .xlsx · is of an old format: save it as .xlsx",
        office_files.PlainText: "是文本，请另存为 .xlsx · is text: save it as .xlsx",
        office_files.Unreadable: "打不开，请另存为 .xlsx 再试 · cannot be opened: save it as .xlsx again",
    }
    try:
        return older_ledger.read(file.read_bytes())
    except office_files.OfficeFileError as error:
        give_up(FAILED, f"{file.name} {why[type(error)]}")
    except older_ledger.NoTable:
        give_up(
            FAILED,
            f"{file.name} 里没有台账：表头应有 问题编号、检查日期、问题描述、整改时限 等列 · "
            "holds no ledger: a row of heads with 问题编号, 检查日期, 问题描述, 整改时限 is missing",
        )


def report(table: Table, found: Trial, *, done: bool) -> None:
    """What was found, and what to do; ends with 1 when something was refused."""
    if table.ignored:
        click.echo(f"不导入的列 columns passed over: {'、'.join(table.ignored)}", err=True)
    if found.faults:
        for fault in found.faults[:MOST_SHOWN]:
            click.echo(told(table, fault), err=True)
        if len(found.faults) > MOST_SHOWN:
            click.echo(f"… 另有 {len(found.faults) - MOST_SHOWN} 处 more", err=True)
        rows = len({fault.row for fault in found.faults})
        give_up(FAILED, f"{rows} 行不能导入，没有写入任何内容，改好再试 · rows refused, nothing is written")
    states = "，".join(f"{state} {count}" for state, count in sorted(found.states().items()))
    regions = "，".join(f"{region} {count}" for region, count in sorted(found.regions().items()))
    click.echo(f"{len(found.taken)} 行 rows（{states}）" if found.taken else "没有新的行 · no new rows")
    if regions:
        click.echo(regions)
    if found.known:
        click.echo(f"{found.known} 行已导入过，跳过 · were imported before: passed over", err=True)
    if found.owed():
        click.echo(f"{found.owed()} 条未销号，卡片会发给县级联系人 · are open: their cards go out", err=True)
    if found.held():
        click.echo(
            f"{found.held()} 条暗访待转交办，只有攻坚办可见 · covert ones wait for hand-over", err=True
        )
    if not done and found.taken:
        click.echo(
            "这是试运行，没有写入；加 --commit 正式导入 · a trial: nothing was written, add --commit",
            err=True,
        )
    elif done and found.taken:
        click.echo("已导入 · imported", err=True)


def told(table: Table, fault: Fault) -> str:
    """「F12 整改时限「13月40日」：不是日期，…」."""
    from bot.documents.older_ledger import HEADS

    name = fault.field if fault.field in table.columns else INSTEAD.get(fault.field, fault.field)
    column, head = table.columns.get(name, ""), table.heads.get(name) or HEADS[name][0]
    value = f"「{fault.value}」" if fault.value else ""
    where = f"{column}{fault.row}" if column else f"第 {fault.row} 行 row"
    return f"{where} {head}{value}：{WHY[fault.why].format(right=fault.right)}"
