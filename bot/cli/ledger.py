"""Commands about the ledger: `export`, `migrate`, `backup`."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.opening import open_ledger, read_settings


@click.command()
@click.option(
    "--format", "form", required=True, type=click.Choice(["xlsx", "csv", "json"]), help="格式 · The format."
)
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="文件 · The file.",
)
@click.option(
    "--photos", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="另存照片的文件夹 · Where photos are copied to.",
)  # fmt: skip
@click.option(
    "--what", default="entries", show_default=True, type=click.Choice(["entries", "events"]),
    help="台账或办理记录 · The entries or the event log.",
)  # fmt: skip
def export(form: str, out: Path, photos: Path | None, what: str) -> None:
    """导出台账 · Write the ledger into a file, with its photos if wanted."""
    from bot.documents import ledger_files
    from bot.services import export as service

    with open_ledger(read_settings()) as desk:
        rows = desk.look_now(
            lambda work: ledger_files.write_json(out, (entry.values for entry in service.entries(work)))
        )
        desk.do_now(service.record, what=what, form=form, rows=rows)
