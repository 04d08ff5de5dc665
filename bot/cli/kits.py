"""The command `kit`: a 专题片素材包 that is too large for a chat, as one zip."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.archive import stopped_cleanly
from bot.cli.ledger import progress
from bot.cli.opening import FAILED, USAGE, give_up, open_ledger, read_settings

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ledger.desk import Desk, Work


@click.command()
@click.argument("number", type=int)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="写到哪个 .zip；默认 kit-编号.zip · Where to; kit-NUMBER.zip if not given.",
)
def kit(number: int, out: Path | None) -> None:
    """把聊天里已同意生成的素材包写成一个压缩包 · Write a kit that was agreed to in the chat as one zip.

    The leads by route, the pictures and films as they came, and their list.
    """
    settings = read_settings()
    path = (out or Path(f"kit-{number}.zip")).absolute()
    if path.suffix.lower() != ".zip":
        give_up(USAGE, f"--out 要以 .zip 结尾：{path.name} · --out must end in .zip")
    if not path.parent.is_dir():
        give_up(
            USAGE, f"没有文件夹 {path.parent}，请先建立 · there is no folder {path.parent}: make it first"
        )
    if path.exists():
        give_up(USAGE, f"{path} 已存在：换个名字或先移走 · exists already: use another name or move it")
    with open_ledger(settings) as desk, stopped_cleanly():
        write(desk, settings, number, path)


def write(desk: Desk, settings: Settings, number: int, path: Path) -> None:
    """The whole kit, whole or not there at all; logged before it takes its place."""
    from bot.documents import kit as documents
    from bot.documents.ledger_rows import Words
    from bot.media.errors import StoreError
    from bot.media.store import PhotoStore
    from bot.services.kits import making
    from bot.services.refusals import KitNotNow
    from bot.texts.catalogue import Catalogue

    try:
        values = desk.look_now(making.for_the_command_line, number)
    except KitNotNow as error:
        if error.values["why"] == "unknown":
            give_up(USAGE, f"没有编号 {number} 的素材包 · there is no kit {number}")
        give_up(
            FAILED,
            "素材包还没有在聊天里生成（含暗访或多个单位须两人同意），请先点「生成」 · "
            "the kit was not made in the chat yet: have it agreed to there first",
        )
    store = PhotoStore(settings.media_url())
    words = Words(Catalogue(desk.world.campaign))
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as packed:
            packed.writestr(documents.LEADS, documents.make_leads(words, store, values["leads"])[1])
            content: dict[str, Any] = values["content"]
            files = progress(content["files"], len(content["files"]), "素材")
            put = documents.put_in(store, files, packed.writestr)
            packed.writestr(documents.LIST, documents.listed(content, put))
        desk.do_now(log, number, values["rows"], len(put))
        part.rename(path)
    except StoreError as error:
        give_up(FAILED, f"读不了照片库：{error} · the photo store cannot be read: check [media] url")
    except OSError as error:
        full = "，请腾出空间再做 · make room and try again" if error.errno == 28 else ""
        give_up(FAILED, f"素材包没有完成：{error.strerror or error}{full} · the kit was not made")
    finally:
        part.unlink(missing_ok=True)
    missing = sum(not one.size for one in put)
    click.echo(path)
    click.echo(f"{len(put) - missing} 个文件 files；缺失 missing {missing}", err=True)


def log(work: Work, number: int, rows: int, files: int) -> None:
    """Nothing is handed out unlogged (red line (g))."""
    from bot.services.looking import export

    export.record(work, what="kit", form="zip", rows=rows, photos=files, asked=f"№{number}")
