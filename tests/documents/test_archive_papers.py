"""An archive's papers: what is put in, what is only named with its hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bot.documents import official
from bot.documents.archive.building import Builder
from bot.documents.archive.packing import Package
from bot.documents.archive.pages import Pages
from bot.documents.ledger_rows import Words
from bot.documents.official import Paper, Text
from bot.media.store import PhotoStore
from tests.documents.test_bulletin_papers import words

__all__ = ["words"]

NOW = datetime(2019, 7, 18, 9, 0, tzinfo=UTC)


class Packed:
    """A package in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, path: str, data: bytes) -> None:
        """Keep a file."""
        self.files[path] = data


def record(*, kept_back: bool) -> Any:
    """A 督办通知 with one file."""
    file = SimpleNamespace(make="notice", name="督办通知_延津县.docx", values={})
    facts = {"day": "2019-04-12", "region": "延津县", "sender": "第一督查小组", "entries": []}
    return SimpleNamespace(kind="督办通知", facts=facts, files=(file,), again=False, kept_back=kept_back)


def test_a_paper_that_is_kept_back_is_named_with_its_hash(words: Words, tmp_path: Path) -> None:
    packed, pages = Packed(), Pages(words, "mark")
    builder = Builder(cast(Package, packed), PhotoStore(str(tmp_path)), words, pages, NOW)
    makers = {"notice": lambda values: ("", b"a paper")}

    builder.paper(record(kept_back=True), makers)
    builder.paper(record(kept_back=False), makers)

    kept, given = builder.built.papers["督办通知"]
    assert list(packed.files) == ["公文/督办通知/督办通知_延津县.docx"]
    assert (kept["files"], given["held"]) == ([], [])
    lists = {"bulletins": [], "letters": [], "notices": [kept, given], "weekly": []}
    page = pages.render("papers", "公文.html", lists).decode()
    assert hashlib.sha256(b"a paper").hexdigest() in page
    assert page.count("由攻坚办保存") == 1


def test_the_same_paper_is_the_same_file_whenever_it_is_made(monkeypatch: Any) -> None:
    paper = Paper(
        title=("试",), symbol="第1期", addressee="各县：", blocks=(Text("文"),), signature="办",
        day=date(2019, 4, 12), attachments=(),
    )  # fmt: skip

    first = official.docx(paper)
    monkeypatch.setattr("time.time", lambda: 1_555_555_555.0)

    assert official.docx(paper) == first
