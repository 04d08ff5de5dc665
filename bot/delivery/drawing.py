"""Pictures and files made when a message is sent: photos out of the store, words out of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

import structlog

from bot.documents import overview_card, pictures, ranking_card, trend_card
from bot.documents.bulletin import Bulletins
from bot.documents.ledger_rows import Words
from bot.media.errors import PhotoRefused, StoreError
from bot.media.fonts import Fonts
from bot.media.store import PhotoStore
from bot.services.post import Parcel, PhotoFile
from bot.texts import html
from bot.texts.catalogue import Catalogue

log = structlog.get_logger(__name__)

_COUNTS: Final = ("found", "closed", "open", "overdue")
_SHARES: Final = ("rectified", "in_time", "returned", "closing")


def _short_day(iso: str) -> str:
    """4.19, as under a bar."""
    day = date.fromisoformat(iso)
    return f"{day.month}.{day.day}"


class NothingToDraw(Exception):
    """None of the photos is at hand yet: the message goes without its picture and is edited later."""


class Drawing:
    """Makes the picture of a parcel. Blocking: called in worker threads."""

    def __init__(self, store: PhotoStore, fonts: Fonts, catalogue: Catalogue) -> None:
        self._store = store
        self._fonts = fonts
        self._catalogue = catalogue
        self.bulletins = Bulletins(Words(catalogue), store, fonts)

    def draw(self, parcel: Parcel) -> tuple[str, bytes]:
        """File name and bytes of the parcel's picture.

        Raises:
            NothingToDraw: no photo is at hand, or what the store gives is none any more.
            FontMissing: there is nothing to write with.
        """
        try:
            return self._draw(parcel)
        except PhotoRefused as error:  # it could be read when it came: the night's backup names it
            log.error("a photo in the store is damaged", row=parcel.row_id, error=type(error).__name__)
            raise NothingToDraw from error

    def _draw(self, parcel: Parcel) -> tuple[str, bytes]:
        picture = parcel.payload["picture"]
        match picture["make"]:
            case "sheet":
                return f"{parcel.facts['number']}.jpg", self._sheet(parcel)
            case "plain_sheet":
                return f"{parcel.facts['number']}.jpg", self._sheet(parcel, plain=True)
            case "pair":
                return f"{parcel.facts['number']}.jpg", self._pair(parcel)
            case "alike":
                return f"{parcel.facts['number']}.jpg", self._alike(parcel)
            case "photo":
                return f"{parcel.facts['number']}.jpg", pictures.clean_copy(self._all(parcel, "photos")[0])
            case "qr":
                values: Mapping[str, Any] = picture["values"]
                words = self._catalogue.text(parcel.language, values["text"], values["values"])
                return "invitation.png", pictures.invitation_card(
                    values["link"], html.plain(words).split("\n"), fonts=self._fonts
                )
            case "bulletin":
                return "bulletin.jpg", self.bulletins.page(picture["values"])
            case "bulletin_pair":
                drawn = self.bulletins.pairs.pair(picture["values"])
                if drawn is None:
                    raise NothingToDraw
                return "pair.jpg", drawn
            case "bulletin_pairs":
                return "pairs.jpg", self.bulletins.pairs.pages(picture["values"])
            case "ranking":
                return "ranking.jpg", self._ranking(parcel, picture["values"])
            case "overview":
                return "overview.jpg", self._overview(parcel, picture["values"])
            case "trend":
                return "trend.jpg", self._trend(parcel, picture["values"])
            case make:
                raise ValueError(make)

    def _overview(self, parcel: Parcel, values: Mapping[str, Any]) -> bytes:
        """The numbers of 「概况」, in the words of its reader's language."""
        language = self._catalogue.language(parcel.language)
        words = partial(self._catalogue.label, language, "overview_card")
        numbers, day = values["numbers"], partial(self._catalogue.day, language=language)

        def share(name: str) -> overview_card.Tile:
            part = numbers[name]
            return overview_card.Tile(words(name), part["percent"], f"{part['part']}/{part['whole']}")

        counts = [overview_card.Tile(words(name), str(numbers[name])) for name in _COUNTS]
        shares = [share(name) for name in _SHARES if numbers[name] is not None]
        if numbers["days"]:
            shares.append(overview_card.Tile(words("days"), numbers["days"]))
        span = f"{day(values['first'])} – {day(values['last'])}"
        return overview_card.overview_card(
            overview_card.OverviewWords(
                title=f"{words('overview')} · {values['scope']}",
                subtitle=f"{values['label']}　{span}" if values["label"] and language == "zh" else span,
                tiles=(*counts, *shares),
                heads=tuple(words(name) for name in ("region", "found", "closed", "overdue", "rectified")),
                rows=tuple(
                    (row["region"], str(row["found"]), str(row["closed"]), str(row["overdue"]),
                     row["rectified"]["percent"])
                    for row in values["regions"]
                ),
                categories_title=words("categories"),
                categories=tuple(
                    (self._catalogue.label(language, "categories", key), count)
                    for key, count in values["categories"]
                ),
                weeks_title=words("weeks"),
                found=words("found"),
                closed=words("closed"),
                weeks=tuple((_short_day(last), found, closed) for last, found, closed in values["weeks"]),
            ),
            fonts=self._fonts,
        )  # fmt: skip

    def _ranking(self, parcel: Parcel, values: Mapping[str, Any]) -> bytes:
        """The card of a ranking, in the words of its reader's language."""
        language = self._catalogue.language(parcel.language)
        word, ordered = self._ranking_words(language), values["order_only"]
        window = values["window"]
        name = window["label"] if language == "zh" else window["key"]
        days = " – ".join(self._catalogue.day(window[key], language) for key in ("first_day", "last_day"))
        correction = f" {word('correction')}{values['correction']}" if values["correction"] else ""
        lines = [
            ranking_card.RankingLine(
                rank=row["rank"] or 0,
                region=row["region"],
                total=row["total"] or "",
                parts=" · ".join(f"{word(key)} {value}" for key, value in row["parts"].items() if value),
                tied=word("tied") if row["tied"] else "",
                last=word("last") if row["last"] else "",
                change=row["change"] or "",
                status="" if row["rank"] else self._catalogue.label(language, "score_states", row["status"]),
                trend=tuple(None if value is None else Decimal(value) for value in row["trend"]),
            )
            for row in values["rows"]
        ]
        notes = [word("order_only")] if ordered else []
        if values["more"]:
            notes.append(word("more").format(n=values["more"]))
        return ranking_card.ranking_card(
            self._ranking_title(values, language),
            f"{name}{correction}　{days}",
            " · ".join([*notes, word("note")]),
            lines,
            fonts=self._fonts,
        )

    def _trend(self, parcel: Parcel, values: Mapping[str, Any]) -> bytes:
        """How the regions went from ranking to ranking, in the words of its reader's language."""
        language = self._catalogue.language(parcel.language)
        word, by_total = self._ranking_words(language), values["by_total"]
        lines = [
            trend_card.TrendLine(
                rank=row["rank"] or 0,
                region=row["region"],
                values=tuple(None if value is None else Decimal(value) for value in row["values"]),
                said=tuple((value or "").lstrip("-") for value in row["values"]),
                last=tuple(row["last"]),
            )
            for row in values["rows"]
        ]
        windows = values["windows"]
        named = [one["label"] if language == "zh" else one["key"] for one in (windows[0], windows[-1])]
        notes = [word("trend_total" if by_total else "trend_rank"), f"▼ {word('last')} · {word('note')}"]
        if values["more"]:
            notes.append(word("more").format(n=values["more"]))
        title = self._ranking_title(values, language)
        return trend_card.trend_card(
            f"{title}{'' if language == 'zh' else ': '}{word('trend_title')}",
            " – ".join(dict.fromkeys(named)),
            notes,
            [_short(one["key"], one["label"], language) for one in windows],
            lines,
            fonts=self._fonts,
        )

    def _ranking_words(self, language: str) -> Callable[[str], str]:
        return lambda key: self._catalogue.label(language, "ranking_card", key)

    def _ranking_title(self, values: Mapping[str, Any], language: str) -> str:
        kind = self._catalogue.label(language, "ranking_card", values["kind"])
        return f"{values['track']}{'' if language == 'zh' else ' '}{kind}"

    def _label(self, parcel: Parcel, key: str) -> str:
        return self._catalogue.label(parcel.language, "pictures", key)

    def _sheet(self, parcel: Parcel, *, plain: bool = False) -> bytes:
        """The contact sheet; `plain`: without grid and hint, to be sent on to anybody."""
        language = self._catalogue.language(parcel.language)
        facts = parcel.facts
        deadline = self._catalogue.when(facts["deadline"], language) if facts["deadline"] else ""
        words = pictures.SheetWords(
            number=facts["number"] or "",
            place=f"{facts['region'] or ''} {facts['spot']}",
            problem=facts["problem"],
            deadline=f"{self._label(parcel, 'deadline')} {deadline}" if deadline else "",
            hint="" if plain else self._label(parcel, "same_angle"),
        )
        return pictures.contact_sheet(self._all(parcel, "photos"), words, fonts=self._fonts, grid=not plain)

    def _pair(self, parcel: Parcel) -> bytes:
        language = self._catalogue.language(parcel.language)
        before, after = self._all(parcel, "before", needed=False), self._all(parcel, "after", needed=False)
        if not before and not after:
            raise NothingToDraw
        facts = parcel.facts
        words = pictures.PairWords(
            number=facts["number"] or "",
            place=f"{facts['region'] or ''} {facts['spot']}",
            before=self._label(parcel, "before"),
            after=self._label(parcel, "after"),
            before_date=self._first_day(parcel, "before", language),
            after_date=self._first_day(parcel, "after", language),
            missing=self._label(parcel, "missing"),
        )
        return pictures.before_after(pictures.pair_by_rank(before, after), words, fonts=self._fonts)

    def _alike(self, parcel: Parcel) -> bytes:
        """Two entries side by side, each under its number."""
        before, after = self._all(parcel, "before", needed=False), self._all(parcel, "after", needed=False)
        if not before and not after:
            raise NothingToDraw
        values = parcel.payload["picture"]["values"]
        words = pictures.PairWords(
            number=self._label(parcel, "compared"),
            place=f"{parcel.facts['region'] or ''} {parcel.facts['spot']}",
            before=values["left"],
            after=values["right"],
            missing=self._label(parcel, "missing"),
        )
        return pictures.before_after(pictures.pair_by_rank(before, after), words, fonts=self._fonts)

    def _first_day(self, parcel: Parcel, which: str, language: str) -> str:
        files = self._files(parcel, which)
        return self._catalogue.day(files[0].sent_at, language) if files else ""

    @staticmethod
    def _files(parcel: Parcel, which: str) -> list[PhotoFile]:
        wanted = parcel.payload["picture"]["values"].get(which, ())
        by_id = {file.id: file for file in parcel.photos}
        return [by_id[one] for one in wanted if one in by_id]

    def _all(self, parcel: Parcel, which: str, *, needed: bool = True) -> list[bytes]:
        found = []
        for file in self._files(parcel, which):
            if file.state != "stored" or file.file is None:
                continue
            try:
                found.append(self._store.get(file.file))
            except StoreError:
                continue  # named by the media job; the picture goes without it
        if needed and not found:
            raise NothingToDraw
        return found


def _short(key: str, label: str, language: str) -> str:
    """A ranking's name where there is little room: 4.18, 4月."""
    parts = key.split("-")
    if len(parts) == len(("year", "month", "day")):
        return f"{int(parts[1])}.{int(parts[2])}"
    return label if language == "zh" else key
