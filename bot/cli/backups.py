"""Commands about what is kept twice: `backup`, `restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.ledger import progress
from bot.cli.opening import FAILED, USAGE, config_path, give_up, open_ledger, read_settings

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.backup.copies import Files
    from bot.jobs.backup.restoring import Restored
    from bot.ledger.backup import Listed


def _bar(photos: list[Listed], label: str) -> Iterator[Listed]:
    yield from progress(photos, len(photos), label)


@contextmanager
def _failing(where: object) -> Iterator[None]:
    """One line and exit code 1 for whatever a disk, a store or a copy may say."""
    from bot.ledger.backup import BackupError
    from bot.media.errors import StoreError

    try:
        yield
    except BackupError as error:
        give_up(FAILED, str(error))
    except StoreError as error:
        give_up(FAILED, f"照片库用不了：{error} · the photo store failed: see its reason, then try again")
    except OSError as error:
        give_up(FAILED, f"写不了 {error.filename or where}：{error.strerror or error} · cannot be written")


@click.command()
def backup() -> None:
    """备份（运行中也可），并试恢复核对 · Copy ledger, photos and configuration; verified by restoring."""
    from bot.app import backup_plan
    from bot.clock import SystemClock
    from bot.jobs.backup.making import make
    from bot.services.operating import keeping

    settings = read_settings()
    with open_ledger(settings) as desk:
        with _failing(settings.backup_folder()):
            made = make(backup_plan(settings), SystemClock().now(), _bar)
        desk.do_now(keeping.backed_up, made.paper.copied_at, made.files.ledger.name, made.note())
    click.echo(made.files.ledger)
    photos = (
        f"照片 {made.paper.photos} 张（新增 {made.copied}） · {made.paper.photos} photos ({made.copied} new)"
        if settings.backup.photos
        else f"照片 {made.paper.photos} 张只列清单 · {made.paper.photos} photos are listed, not copied"
    )
    click.echo(f"{made.megabytes:.1f} MB，已试恢复核对 restored and compared；{photos}", err=True)
    for what, files in (("缺失 missing", made.paper.missing), ("损坏 damaged", made.paper.damaged)):
        if files:
            click.echo(
                f"注意：照片库中 {what} {len(files)} 张：{files[0]} … · "
                "`restore --photos` 可从备份补回 · brings back what an earlier backup has",
                err=True,
            )


@click.command()
@click.argument("source", required=False, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="恢复到这个空文件夹，连同配置 · Into this empty folder, with the configuration.",
)
@click.option(
    "--photos",
    is_flag=True,
    help="只补回照片库中缺失或损坏的照片 · Only bring back photos that are missing or damaged.",
)
def restore(source: Path | None, into: Path | None, photos: bool) -> None:
    """从备份恢复到空的地方，并核对 · Put a backup where nothing is yet, and compare.

    SOURCE is any file of a backup, or a folder for its newest; without it, the newest in [backup].
    """
    from bot.config import load_settings

    if into is not None and photos:
        give_up(USAGE, "--into 和 --photos 只能用一个 · use either --into or --photos")
    if into is not None:
        if into.exists() and any(into.iterdir()):
            give_up(FAILED, f"{into} 不是空的 · is not empty: name a new folder")
        if source is None:
            source = read_settings().backup_folder()
        files = _files(source)
        with _failing(into):
            _place_config(files, into)
        # what BOT_… variables say of the place that was is not for the new one
        settings = load_settings(into / "config.toml", {})
        outside = [one for one in _places_of(settings) if not one.is_relative_to(into.resolve())]
        if outside:
            give_up(
                FAILED,
                f"配置里写的是 {outside[0]}：改 {into / 'config.toml'}，再运行 "
                f"--config {into / 'config.toml'} restore {source} · "
                "the configuration names a place outside: change it, then run that command",
            )
    else:
        settings = read_settings(config_path())
        files = _files(source or settings.backup_folder())
    if photos:
        _bring_back(settings, files)
        return
    done = _restored(settings, files)
    _say(settings, files, done, into)


def _places_of(settings: Settings) -> list[Path]:
    """Where the ledger and the photos of a configuration go on this machine."""
    from bot.ledger.backup import file_of

    media = settings.media_url()
    return [file_of(settings.database_url()), *([] if "://" in media else [Path(media)])]


def _files(source: Path) -> Files:
    from bot.jobs.backup.copies import Files

    with _failing(source):
        return Files.named(source.resolve())


def _place_config(files: Files, into: Path) -> None:
    import shutil
    import tomllib

    into.mkdir(parents=True, exist_ok=True)
    text = files.config.read_text("utf-8")
    if files.places.is_file():
        named = str(tomllib.loads(text).get("places", {}).get("file", ""))
        beside = Path(named).name or files.places.name
        shutil.copyfile(files.places, into / beside)
        text = text.replace(f'"{named}"', f'"{beside}"', 1)
    (into / "config.toml").write_text(text, "utf-8")


def _restored(settings: Settings, files: Files) -> Restored:
    from bot.clock import SystemClock
    from bot.jobs.backup.restoring import restore as take_back
    from bot.ledger.backup import file_of
    from bot.media.store import PhotoStore

    with _failing(settings.folder):
        return take_back(
            files,
            file_of(settings.database_url()),
            PhotoStore(settings.media_url()),
            settings.to_campaign(),
            SystemClock().now(),
            _bar,
        )


def _say(settings: Settings, files: Files, done: Restored, into: Path | None) -> None:
    local = settings.to_campaign().local(done.paper.copied_at)
    click.echo(
        f"已恢复 {local:%Y-%m-%d %H:%M} 的备份，核对一致 · restored and compared: "
        f"{done.paper.tally.rows['entries']} 条台账 entries，"
        f"{done.paper.tally.rows['events']} 条记录 events，"
        f"{done.photos} 张照片 photos"
    )
    if done.lost:
        click.echo(
            f"注意：{len(done.lost)} 张照片备份里也没有：{done.lost[0]} … · "
            f"{len(done.lost)} photos are in no backup",
            err=True,
        )
    click.echo(
        f"{local:%m-%d %H:%M} 之后的办理没有了：之后移出的人、作废的邀请又有效，请先用 members 核对；"
        "之后发出的按钮会失效 · what was done after that is gone: who was removed since is in again, "
        "look through `members` first; buttons of messages sent since are refused",
        err=True,
    )
    if into is not None:
        click.echo(
            f"令牌不在备份里：写入 {into / 'config.toml'} 的 [telegram] token，再运行 · the token is in no "
            f"backup: set it, then run: python -m bot --config {into / 'config.toml'} run",
            err=True,
        )


def _bring_back(settings: Settings, files: Files) -> None:
    from bot.jobs.backup.restoring import put_photos
    from bot.ledger.backup import file_of, listed
    from bot.media.store import PhotoStore

    with _failing(settings.media_url()):
        wanted = listed(file_of(settings.database_url()))
        lost = put_photos(files, PhotoStore(settings.media_url()), wanted, _bar)
    click.echo(f"照片库完整的 {len(wanted) - len(lost)}/{len(wanted)} · photos are whole")
    for path in lost:
        click.echo(f"没有 nowhere: {path}", err=True)
    if lost:
        give_up(FAILED, f"{len(lost)} 张照片备份里也没有 · are in no backup")
