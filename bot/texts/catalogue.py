"""The message catalogue: a key and values become words in the reader's language.

A key is `topic.name`: the macro `name` of `texts/<language>/<topic>.j2`, called with the values as
`v`. Everything that people wrote is escaped for Telegram's HTML. Short labels (buttons, states,
categories) stand in `labels.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from bot.domain.campaign import Campaign
from bot.texts import buttons

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
DEFAULT = "zh"

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_TAG_LINE = re.compile(r"(?m)^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\n")
_BLANKS = re.compile(r"\n[ \t\r\n]*\n")  # not \s: the gap is white space to it
_GAP = "\x1e"


class _TagLines(Extension):
    """A line that holds nothing but tags leaves no line; a tag at the end of words keeps its line's end."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with such lines joined to the next."""
        return _TAG_LINE.sub(r"\1", source)


class UnknownText(LookupError):
    """A key that the catalogue does not have: our bug."""


@cache
def _labels_of(language: str) -> Mapping[str, Mapping[str, str]]:
    """The short labels of a language, by group; nobody writes into them."""
    return tomllib.loads((HERE / language / "labels.toml").read_text("utf-8"))


class Catalogue:
    """Both languages, loaded once; `text` and `label` are pure."""

    def __init__(self, campaign: Campaign, default: str = DEFAULT) -> None:
        self.campaign = campaign
        self.default = default
        self._environments = {language: self._environment(language) for language in LANGUAGES}
        self._labels = {language: _labels_of(language) for language in LANGUAGES}
        self._topics: dict[tuple[str, str], Any] = {}

    def language(self, wanted: str | None) -> str:
        """A language that the catalogue has: the wanted one, else the default."""
        return wanted if wanted in LANGUAGES else self.default

    def text(self, language: str | None, key: str, values: Mapping[str, Any] | None = None) -> str:
        """The words of a key as Telegram HTML: no blank lines but where the text says `{{ gap }}`.

        Raises:
            UnknownText: the catalogue has no such key.
            jinja2.UndefinedError: the values lack something the text needs.
        """
        language = self.language(language)
        topic, _, name = key.partition(".")
        module = self._topics.get((language, topic))
        if module is None:
            path = HERE / language / f"{topic}.j2"
            if not path.exists():
                raise UnknownText(key)
            module = self._environments[language].get_template(f"{topic}.j2").module
            self._topics[(language, topic)] = module
        macro = getattr(module, name, None)
        if macro is None:
            raise UnknownText(key)
        words = _BLANKS.sub("\n", str(macro(dict(values or {}))).strip())
        return words.replace(f"{_GAP}\n", "\n").replace(_GAP, "")

    def label(
        self, language: str | None, group: str, key: str, values: Mapping[str, Any] | None = None
    ) -> str:
        """A short plain label (not HTML) of a group: `buttons`, `states`, `categories` and so on."""
        try:
            words: str = self._labels[self.language(language)][group][key]
        except KeyError:
            raise UnknownText(f"{group}.{key}") from None
        return words.format(**values) if values else words

    def labels(self, language: str | None, group: str) -> Mapping[str, str]:
        """A whole group of labels."""
        found: Mapping[str, str] = self._labels[self.language(language)][group]
        return found

    def menu_word(self, text: str) -> str | None:
        """The key of the reply keyboard that a text is, in any language, as the default language says it."""
        for language in LANGUAGES:
            for key, words in self._labels[language]["menu"].items():
                if words.casefold() == text.strip().casefold():
                    return str(self._labels[DEFAULT]["menu"][key])
        return None

    def keyboard(self, language: str | None, rows: list[list[dict[str, Any]]]) -> list[list[dict[str, str]]]:
        """Rows of buttons as values → Telegram's inline keyboard."""
        return [[self._button(language, button) for button in row] for row in rows if row]

    def _button(self, language: str | None, button: Mapping[str, Any]) -> dict[str, str]:
        words = button.get("text") or self._button_label(language, button["label"], button.get("values"))
        if button.get("url"):
            return {"text": words, "url": button["url"]}
        press = buttons.Press(
            button["act"], button.get("subject", 0), button.get("version", 0), button.get("arg", "")
        )
        return {"text": words, "callback_data": buttons.write(press)}

    def _button_label(self, language: str | None, label: str, values: Mapping[str, Any] | None) -> str:
        """`close` of the buttons, `categories/road.x` of another group, `✓handlings/notice` ticked or ✕."""
        plain = label.removeprefix("✓").removeprefix("✕")
        group, _, key = plain.rpartition("/")
        words = self.label(language, group or "buttons", key, values)
        return words if plain == label else f"{label[0]} {words}"

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / language),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=[_TagLines],
            keep_trailing_newline=False,
        )
        filters: dict[str, Any] = {
            "when": lambda value: self.when(value, language),
            "day": lambda value: self.day(value, language),
            "clock": lambda value: self._local(value).strftime("%H:%M"),
            "shorten": shorten,
            "name_of": lambda key, group: self.label(language, group, key),
            "category": lambda key: self._category(language, key),
        }
        environment.filters.update(filters)
        environment.globals["campaign"] = self.campaign
        environment.globals["gap"] = _GAP
        return environment

    def _category(self, language: str, key: str | None) -> str:
        return (
            self.label(language, "categories", key) if key else self.label(language, "words", "no_category")
        )

    def _local(self, value: datetime | str) -> datetime:
        return self.campaign.local(datetime.fromisoformat(value) if isinstance(value, str) else value)

    def when(self, value: datetime | str, language: str) -> str:
        """Date, weekday and hour: 「4月15日(周一)18:00」, `Mon 15 Apr 18:00`."""
        local = self._local(value)
        return f"{self.day(local.date(), language)}{'' if language == 'zh' else ' '}{local:%H:%M}"

    def day(self, value: date | str, language: str) -> str:
        """Date and weekday: 「4月15日(周一)」, `Mon 15 Apr`."""
        if isinstance(value, str):
            value = date.fromisoformat(value[:10])
        weekday = _WEEKDAYS[language][value.weekday()]
        if language == "zh":
            return f"{value.month}月{value.day}日(周{weekday})"
        return f"{weekday} {value.day} {value:%b}"


def shorten(words: str, most: int) -> str:
    """Words cut to a length, with an ellipsis; markup stays escaped."""
    if isinstance(words, Markup):
        words = words.unescape()
    return words if len(words) <= most else words[: most - 1] + "…"


@lru_cache(maxsize=1)
def topics() -> tuple[str, ...]:
    """Every topic of the catalogue, as the default language's folder has them."""
    return tuple(sorted(path.stem for path in (HERE / DEFAULT).glob("*.j2")))
