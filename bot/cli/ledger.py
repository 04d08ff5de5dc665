"""Commands about the ledger: `export`, `migrate`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.opening import FAILED, USAGE, give_up, newer, open_ledger, read_settings, unreachable

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ledger.desk import Desk, Work
    from bot.media.store import PhotoStore

T = TypeVar("T")


@click.command()
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["xlsx", "csv", "json"]),
    help="格式 · The format.",
)
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到哪个文件 · The file to write.",
)
@click.option(
    "--photos",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="照片另存到此文件夹 · A folder for copies of the photos.",
)
@click.option(
    "--what",
    default="entries",
    show_default=True,
    type=click.Choice(["entries", "events"]),
    help="台账或办理记录 · The entries or the event log.",
)
def export(form: str, out: Path, photos: Path | None, what: str) -> None:
    """导出台账 · Write the ledger into a file; covert entries before hand-over are left out."""
    if photos is not None and what == "events":
        give_up(USAGE, "--photos 只用于台账 · --photos goes with entries only")
    if not out.resolve().parent.is_dir():
        give_up(USAGE, f"没有文件夹 {out.parent}，请先建立 · there is no folder {out.parent}: make it first")
    settings = read_settings()
    try:
        with open_ledger(settings) as desk, written_whole(out) as part:
            export_into(desk, settings, form, what, part, photos)
    except OSError as error:
        give_up(FAILED, f"写不了 {error.filename or out}：{error.strerror} · cannot be written")


def export_into(
    desk: Desk, settings: Settings, form: str, what: str, part: Path, photos: Path | None
) -> None:
    """Read one snapshot into a file (and photo copies), then log it: nothing is handed out unlogged."""
    from bot.services.looking import export as service

    copied: list[Copy] = []
    pictured: Counter[str] = Counter()

    def write(work: Work) -> int:
        total = service.count(work, what)
        if what == "events":
            return write_events(work, settings, form, part, progress(service.events(work), total, "导出"))
        entries = progress(service.entries(work), total, "导出")
        if photos is not None:
            entries = noting(entries, copied, pictured)
        return write_entries(work, settings, form, part, entries, total)

    rows = desk.look_now(write)
    missing = copy_photos(settings, photos, copied) if photos is not None else []
    desk.do_now(
        service.record,
        what=what,
        form=form,
        rows=rows,
        photos=len(copied) - len(missing),
        pictured=dict(pictured),
    )
    click.echo(f"{rows} 行 rows → {part.name.removesuffix('.part').removeprefix('.')}", err=True)
    if photos is not None:
        click.echo(f"{len(copied) - len(missing)} 张照片 photos → {photos}", err=True)
    if missing:
        click.echo(
            f"{len(missing)} 张照片文件不在 [media] 下 · photo files are missing: {missing[0]} …", err=True
        )


def write_entries(
    work: Work, settings: Settings, form: str, path: Path, entries: Iterable[Any], total: int
) -> int:
    """Entries in a format; gives how many."""
    from bot.documents import ledger_files

    if form == "json":
        return ledger_files.write_json(path, (entry.values for entry in entries))
    from bot.documents import ledger_rows, ledger_xlsx
    from bot.services.looking import export as service
    from bot.texts.catalogue import Catalogue

    words = ledger_rows.Words(Catalogue(work.world.campaign))
    mark = f"{service.mark(work)} · 全部 · {total}行"
    if form == "xlsx":
        if total > ledger_xlsx.MOST_IN_A_SHEET:
            give_up(
                USAGE, f"{total} 行，一张工作表放不下，请用 --format csv · too many rows for a sheet: use csv"
            )
        rows = ((entry.values, entry.more) for entry in entries)
        title = f"{settings.campaign.name}问题台账"
        return ledger_xlsx.write_ledger(path, rows, words, title=title, mark=mark, total=total)
    cells = (
        [column.value(ledger_rows.Row(entry.values, entry.more, words)) for column in ledger_rows.STORED]
        for entry in entries
    )
    return ledger_files.write_csv(path, [column.head for column in ledger_rows.STORED], cells, mark)


def write_events(
    work: Work, settings: Settings, form: str, path: Path, events: Iterable[dict[str, Any]]
) -> int:
    """The event log in a format; gives how many rows."""
    from bot.documents import ledger_files

    if form == "json":
        return ledger_files.write_json(path, events)
    from bot.documents import ledger_rows, ledger_xlsx
    from bot.services.looking import export as service
    from bot.texts.catalogue import Catalogue

    words, mark = ledger_rows.Words(Catalogue(work.world.campaign)), service.mark(work)
    if form == "xlsx":
        title = f"{settings.campaign.name}办理记录"
        return ledger_xlsx.write_events(path, events, words, title=title, mark=mark)
    cells = (ledger_rows.event_cells(event, words) for event in events)
    return ledger_files.write_csv(path, [column.head for column in ledger_rows.EVENTS], cells, mark)


# --- photos -------------------------------------------------------------------------------------------

Copy = tuple[str, str]
"""(path in the store, name of the copy)."""


def noting(entries: Iterable[Any], copies: list[Copy], pictured: Counter[str]) -> Iterator[Any]:
    """The entries as they pass; the photo copies that they want are written down, and of which regions."""
    from bot.media.store import copy_name

    for entry in entries:
        ranks = {"before": 0, "after": 0}
        if entry.values["region"] and any(photo["file"] for photo in entry.values["photos"]):
            pictured[entry.values["region"]] += 1
        for photo in entry.values["photos"]:
            ranks[photo["kind"]] += 1
            if photo["file"] is None:
                continue
            number = entry.values["number"] or f"草稿{entry.id}"
            suffix = photo["file"].rpartition(".")[2]
            name = copy_name(number, ranks[photo["kind"]], photo["kind"], entry.values["village"], suffix)
            copies.append((photo["file"], name))
        yield entry


def copy_photos(settings: Settings, folder: Path, copies: list[Copy]) -> list[str]:
    """Copy photos out of the store; gives the paths that are not there."""
    from bot.media.errors import PhotoMissing, StoreError
    from bot.media.store import PhotoStore

    store: PhotoStore = PhotoStore(settings.media_url())
    missing: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    for path, name in progress(copies, len(copies), "照片"):
        try:
            data = store.get(path)
        except PhotoMissing:
            missing.append(path)
            continue
        except StoreError as error:
            give_up(FAILED, f"读不了照片库：{error} · the photo store cannot be read: check [media] url")
        (folder / name).write_bytes(data)
    return missing


# --- files and progress -------------------------------------------------------------------------------


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A file beside the wanted one that takes its place at the end: whole, or not there at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """The items as they pass, with a bar on standard error where a person looks on."""
    stream = sys.stderr
    with click.progressbar(
        items, length=total, label=label, file=stream, hidden=not stream.isatty()
    ) as passing:
        yield from passing


# --- migrate ----------------------------------------------------------------------------------


@click.command()
def migrate() -> None:
    """升级数据库（先备份）· Bring the database to this version, after a copy."""
    from sqlalchemy.exc import DBAPIError

    from bot.clock import SystemClock
    from bot.ledger import migrate as steps

    settings = read_settings()
    try:
        before, after = steps.upgrade(
            settings.database_url(), now=SystemClock().now(), backups=settings.backup_folder()
        )
    except steps.NewerLedger as error:
        give_up(FAILED, newer(error))
    except (DBAPIError, OSError) as error:
        give_up(FAILED, unreachable(settings, error))
    if before == after:
        click.echo(f"已是最新 {after} · up to date: {after}")
    else:
        click.echo(f"{before or '空库 empty'} → {after}")
