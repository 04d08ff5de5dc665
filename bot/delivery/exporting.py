"""The files of an export 导出, made when they are sent: from a snapshot, with the rights of that moment."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from bot.delivery.composing import FileMaker
from bot.documents import ledger_files, ledger_photos, ledger_rows, ledger_xlsx
from bot.ledger import people
from bot.ledger.desk import Desk, LedgerUnavailable, Work
from bot.media.errors import StoreError
from bot.media.store import PhotoStore
from bot.services.exporting import choosing, seen
from bot.texts.catalogue import Catalogue
from bot.texts.html import plain

FILTER_IN_MARK: Final = 90
"""Signs of the filter in the mark: the foot of a page has room for no more."""


def makers(desk: Desk, catalogue: Catalogue, store: PhotoStore) -> dict[str, FileMaker]:
    """The makers of an export's files, which read the ledger, unlike all others."""
    words = ledger_rows.Words(catalogue)
    return {
        "export_rows": partial(make_rows, desk, catalogue, words),
        "export_photos": partial(make_photos, catalogue, store),
    }


def make_rows(
    desk: Desk, catalogue: Catalogue, words: ledger_rows.Words, values: Mapping[str, Any]
) -> tuple[str, bytes]:
    """One file of rows, as `services.exporting.asking.release` wrote down what is in it.

    Raises:
        StoreError: the ledger cannot be read now: it is asked for again, nothing waits for it.
    """
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / f"ledger.{values['form']}"
        try:
            desk.look_now(_write, path, catalogue, words, values)
        except LedgerUnavailable as error:
            raise StoreError("the ledger", str(error)) from error
        return path.name, path.read_bytes()


def make_photos(catalogue: Catalogue, store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """One part of the photos, with its list.

    Raises:
        StoreError: the store cannot be read now.
    """
    mark = mark_of(catalogue, values, values["rows"])
    return ledger_photos.make(store, {**values, "mark": mark})


def _write(
    work: Work, path: Path, catalogue: Catalogue, words: ledger_rows.Words, values: Mapping[str, Any]
) -> None:
    work.actor = people.actor_by_id(work, values["member"])
    ids = choosing.still(work, values["ids"])
    asked, mark = filter_of(catalogue, values), mark_of(catalogue, values, len(ids))
    found = seen.entries(work, ids)
    match values["form"]:
        case "xlsx":
            rows = ((one.values, one.more) for one in found)
            title = f"{values['campaign']}问题台账"
            ledger_xlsx.write_ledger(path, rows, words, title=title, mark=mark)
        case "csv":
            columns = ledger_rows.STORED
            cells = (
                [column.value(ledger_rows.Row(one.values, one.more, words)) for column in columns]
                for one in found
            )
            ledger_files.write_csv(path, [column.head for column in columns], cells, mark)
        case _:
            head = {"mark": values["mark"], "filter": asked, "rows": len(ids), **_part(values)}
            ledger_files.write_marked_json(path, head, (one.values for one in found))


def _part(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"part": values["part"], "parts": values["parts"], "all_rows": values["rows"]}


def filter_of(catalogue: Catalogue, values: Mapping[str, Any]) -> str:
    """The filter in words: papers are Chinese whatever the screen speaks."""
    said = catalogue.text(ledger_rows.LANGUAGE, "exporting.filter", {"filters": values["filters"]})
    return plain(said).strip()[:FILTER_IN_MARK]


def mark_of(catalogue: Catalogue, values: Mapping[str, Any], rows: int) -> str:
    """「仅供工作使用 · 导出人 · 时间」, the filter and the number of rows (red line (g))."""
    part = f"（第{values['part']}部分，共{values['parts']}部分）" if values["parts"] > 1 else ""
    return f"{values['mark']} · {filter_of(catalogue, values)} · {rows}行{part}"
