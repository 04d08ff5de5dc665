"""The command `archive`: the whole campaign as one folder or zip that is read without the bot."""

from __future__ import annotations

import shutil
import signal
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bot.cli.ledger import progress
from bot.cli.opening import FAILED, USAGE, give_up, open_ledger, read_settings

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.documents.archive.building import Built
    from bot.documents.archive.packing import Package
    from bot.documents.ledger_rows import Words
    from bot.ledger.desk import Desk, Work
    from bot.media.store import PhotoStore

SPARE = 1.05
"""Pages, papers and lists beside the photos."""
LEAST = 50_000_000
MOST_SHOWN = 10
VISIT_HEADS = ("日期", "县(市、区)", "乡镇(街道)", "村(社区)", "督查组", "备注")


@click.command()
@click.option(
    "--out",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="写到哪里：以 .zip 结尾是压缩包，否则是文件夹；默认 archive-日期.zip · "
    "Where to: a zip when it ends in .zip, else a folder; archive-DAY.zip if not given.",
)
@click.option(
    "--check",
    "checked",
    metavar="PATH",
    type=click.Path(path_type=Path, exists=True),
    help="核对一份归档有没有缺失或改动 · Check an archive instead of making one.",
)
def archive(out: Path | None, checked: Path | None) -> None:
    """归档整个行动，不用机器人也能查 · Archive the campaign; it is read without the bot.

    Pages to be opened in a browser, workbook, photos, papers, event log, and a hash of every file. What is
    covert and not handed over, drafts, a caller's own words, measures and names are not in it.
    """
    if checked is not None:
        if out is not None:
            give_up(USAGE, "--out 和 --check 只能用一个 · --out and --check exclude one another")
        sys.exit(check(checked))
    settings = read_settings()
    with open_ledger(settings) as desk, stopped_cleanly():
        make(desk, settings, out)


@contextmanager
def stopped_cleanly() -> Iterator[None]:
    """A stop from outside leaves through the same door as an error: nothing half made stays behind."""

    def stop(number: int, _frame: Any) -> None:
        give_up(FAILED, "已中止，没有留下半份归档 · stopped: nothing is left behind")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def make(desk: Desk, settings: Settings, out: Path | None) -> None:
    """Make the archive, log it, tell the offices, put it in its place; ends with a line if it fails."""
    from bot.documents.archive.building import StoreLost
    from bot.documents.archive.packing import BeingMade, Package

    path = out or Path(f"archive-{desk.world.campaign.local(desk.clock.now()):%Y%m%d}.zip")
    path = path.absolute()
    if not path.parent.is_dir():
        give_up(
            USAGE, f"没有文件夹 {path.parent}，请先建立 · there is no folder {path.parent}: make it first"
        )
    if path.exists():
        give_up(
            USAGE,
            f"{path} 已存在，归档不覆盖：换个名字或先移走 · exists already: use another name or move it",
        )
    enough_room(desk, path)
    try:
        with Package(path, desk.world.campaign.local(desk.clock.now())) as package:
            built = desk.look_now(write, settings, package)
            if built.total.photos == 0 and any(one.file for one in built.troubles):
                give_up(FAILED, _no_photos(settings))
            digest = package.finish()
            log(desk, path, built, digest)
            package.place()
    except BeingMade:
        give_up(
            FAILED, f"另一份归档正在写入 {path.parent} · another archive is being written there: wait for it"
        )
    except StoreLost as error:
        give_up(FAILED, f"读不了照片库：{error} · the photo store cannot be read: check [media] url")
    except OSError as error:
        full = "，请腾出空间再做 · make room and try again" if error.errno == 28 else ""
        give_up(FAILED, f"归档没有完成：{error.strerror or error}{full} · the archive was not made")
    tell(path, built, digest, package)


def _no_photos(settings: Settings) -> str:
    return (
        f"照片库 {settings.media_url()} 里一张照片也没有，请核对 [media] url · "
        "none of the photos is in the photo store: check [media] url"
    )


def enough_room(desk: Desk, path: Path) -> None:
    """End before anything is written when the photos alone do not fit."""
    from bot.services.archive import entries

    wanted = max(LEAST, int(desk.look_now(entries.size_of_photos) * SPARE))
    free = shutil.disk_usage(path.parent).free
    if free < wanted:
        give_up(
            FAILED,
            f"空间不够：约需 {wanted / 1e6:.0f} MB，{path.parent} 只剩 {free / 1e6:.0f} MB，"
            "用 --out 换个磁盘 · "
            f"not enough room: about {wanted / 1e6:.0f} MB are needed, use --out on another disk",
        )


def write(work: Work, settings: Settings, package: Package) -> Built:
    """Everything that the archive holds, from one snapshot of the ledger."""
    from bot.documents import ledger_files, ledger_xlsx
    from bot.documents.archive.building import Builder
    from bot.documents.archive.pages import Pages
    from bot.documents.ledger_rows import Words
    from bot.media.store import PhotoStore
    from bot.services.archive import entries, log, papers
    from bot.services.looking import export
    from bot.texts.catalogue import Catalogue

    words, mark = Words(Catalogue(work.world.campaign)), export.mark(work)
    store = PhotoStore(settings.media_url())
    builder = Builder(package, store, words, Pages(words, mark), work.local)
    found = progress(entries.entries(work), entries.count(work), "问题")

    def rows() -> Iterator[tuple[Any, Any]]:
        for one in found:
            builder.entry(one)
            yield one.values, one.more

    book = package.scratch / "ledger.xlsx"
    title = f"{work.world.campaign.name}问题台账"
    ledger_xlsx.write_ledger(book, rows(), words, title=title, mark=mark)
    builder.workbook(book)
    visited = package.scratch / "visits.csv"
    builder.visits(visited, ledger_files.write_csv(visited, VISIT_HEADS, entries.visits(work), mark))
    make_paper = makers(settings, work, store, words)
    records = list(papers.papers(work))
    for record in progress(records, len(records), "公文"):
        builder.paper(record, make_paper)
    builder.rankings(list(papers.rankings(work)))
    builder.log(progress(log.lines(work), log.count(work), "办理记录"), package.scratch / "events.jsonl")
    builder.overview()
    return builder.built


def makers(settings: Settings, work: Work, store: PhotoStore, words: Words) -> Any:
    """Who makes the papers: the same as when they are sent."""
    from bot.delivery.drawing import Drawing
    from bot.delivery.making import makers
    from bot.media.fonts import Fonts
    from bot.texts.catalogue import Catalogue

    catalogue = Catalogue(work.world.campaign)
    fonts = Fonts(Path(settings.fonts.text) if settings.fonts.text else None)
    return makers(catalogue, work.world, Drawing(store, fonts, catalogue), store)


def log(desk: Desk, path: Path, built: Built, digest: str) -> None:
    """The event, and what offices and admins are told: nothing is handed out unlogged."""
    from bot.services.archive import ending

    desk.do_now(
        ending.made,
        form="zip" if path.suffix.lower() == ".zip" else "folder",
        entries=built.total.found,
        photos=built.photos,
        papers=sum(len(line["files"]) > 0 for found in built.papers.values() for line in found),
        troubles=len(built.troubles),
        regions=len(built.pictured),
        digest=digest,
    )


def tell(path: Path, built: Built, digest: str, package: Package) -> None:
    """What was made, for whoever runs it; the path alone on the output."""
    click.echo(path)
    click.echo(
        f"问题 entries {built.total.found}，照片 photos {built.photos}，办理记录 events {built.events}，"
        f"共 {package.files} 个文件 files，{package.bytes / 1e6:.1f} MB",
        err=True,
    )
    click.echo(f"SHA256SUMS {digest}", err=True)
    for trouble in built.troubles[:MOST_SHOWN]:
        click.echo(f"{trouble.name} {trouble.what} {trouble.file}", err=True)
    if built.troubles:
        click.echo(
            f"{len(built.troubles)} 处缺失或异常，见「缺失与异常.html」；从备份补回照片后可重做 · "
            "things are missing or not as they were, the archive lists them",
            err=True,
        )


# --- checking -----------------------------------------------------------------------------------------


def check(path: Path) -> int:
    """Check an archive, folder or zip; 0 when every file is as it was."""
    from bot.documents.archive import verify

    if path.is_dir():
        return 1 if verify.check(path) else 0
    try:
        with zipfile.ZipFile(path) as packed:
            return _check_zip(packed)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        give_up(FAILED, f"{path.name} 不是完整的归档 · is no whole archive: {error}")


def _check_zip(packed: zipfile.ZipFile) -> int:
    from bot.documents.archive import verify

    top = packed.namelist()[0].partition("/")[0]
    names = set(packed.namelist())

    def opened(name: str) -> BinaryIO | None:
        return packed.open(f"{top}/{name}") if f"{top}/{name}" in names else None  # type: ignore[return-value]

    sums = packed.read(f"{top}/{verify.SUMS}").decode().splitlines()
    try:
        count, wrong = verify.faults(sums, opened)
    except zipfile.BadZipFile as error:
        count, wrong = len(sums), [str(error)]
    with packed.open(f"{top}/{verify.LOG}") as lines:
        events, whole, broken = verify.broken_events(lines)
    wrong += [f"办理记录第 {number} 条对不上 · event {number} does not fit" for number in broken]
    for line in wrong:
        click.echo(line)
    click.echo(
        f"{count} 个文件 files；办理记录 {events} 条 events，{whole} 条全文 whole；{len(wrong)} 处不符 faults"
    )
    return 1 if wrong else 0
