"""Photos of the ledger as a zip, with a list that is true of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from bot.documents import kit
from bot.media.store import PhotoStore

LIST: Final = "照片清单.xlsx"


def make(store: PhotoStore, values: Mapping[str, Any]) -> tuple[str, bytes]:
    """One part: its files and the list of just these, whole or not at all; `values["mark"]` is on the list.

    Raises:
        StoreError: the store cannot be read now; a single file that is gone stands in the list.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        found = kit.put_in(store, values["files"], packed.writestr)
        packed.writestr(LIST, kit.listed(values, found, title="台账照片清单"))
        packed.comment = str(values["mark"]).encode()[:65_000]
    return "photos.zip", buffer.getvalue()
