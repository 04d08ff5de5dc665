"""An archive's pages: plain HTML that any browser shows from a folder, without script and without network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.documents.ledger_rows import Words

HERE: Final = Path(__file__).parent / "pages"
STYLE: Final = "style.css"


class Pages:
    """Renders pages; everything that people wrote is escaped.

    Args:
        words: what keys are called.
        mark: 「仅供工作使用 · 导出人 · 时间」, at the foot of every page.
    """

    def __init__(self, words: Words, mark: str) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(campaign=words.campaign.name, mark=mark)
        filters: dict[str, Callable[..., Any]] = {
            "path": lambda path: quote(str(path), safe="/."),
            "label": lambda key, group: words.of(group, key),
            "suffix": lambda path: str(path).rpartition(".")[2],
            "day": chinese_day,
        }
        self._environment.filters.update(filters)

    def render(self, name: str, path: str, values: Mapping[str, Any]) -> bytes:
        """The page `name`, to lie under a path of the archive."""
        up = "../" * path.count("/")
        words = self._environment.get_template(f"{name}.html").render(up=up, **values)
        return words.encode()


def style() -> bytes:
    """The sheet that all pages share."""
    return (HERE / STYLE).read_bytes()


def chinese_day(day: date | str) -> str:
    """2019年4月9日."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.year}年{day.month}月{day.day}日"


def minute(instant: datetime | None) -> str:
    """2019-04-12 09:00, on the wall clock; empty where there is none."""
    return "" if instant is None else f"{instant:%Y-%m-%d %H:%M}"
