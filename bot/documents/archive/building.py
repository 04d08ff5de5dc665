"""Builds an archive: entries one by one with page and photos, then papers, log, lists, overview.

Nothing but a line an entry is kept in memory; photos and pages are written as they come.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from bot.documents.archive import telling, verify
from bot.documents.archive.packing import Package
from bot.documents.archive.pages import STYLE, Pages, style
from bot.documents.archive.telling import NOT_OPEN, Listed
from bot.documents.ledger_rows import Words
from bot.documents.pictures import clean_copy
from bot.media.errors import MediaError, PhotoMissing, StoreError
from bot.media.store import PhotoStore, copy_name, safe_part

A_PAGE: Final = 100
"""Entries of one page of a region."""
UNREADABLE_IN_A_ROW: Final = 20
"""So many photos that cannot be read one after another are the store's fault, not theirs."""
WORKBOOK: Final = "问题台账.xlsx"
VISITS: Final = "走访记录.csv"
NOT_SHOWN: Final = (".heic", ".heif")
"""What browsers do not show: a JPEG stands beside it."""

Maker = Callable[[Mapping[str, Any]], tuple[str, bytes]]


class StoreLost(Exception):
    """The photo store cannot be read at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not in the archive as it should be."""

    name: str
    page: str
    what: str
    file: str


@dataclass
class Tally:
    """The numbers of a region, a track, the whole."""

    found: int = 0
    closed: int = 0
    open: int = 0
    overdue: int = 0
    deferred: int = 0
    void: int = 0
    due: int = 0
    due_closed: int = 0
    photos: int = 0

    def add(self, values: Mapping[str, Any], photos: int, now: datetime) -> None:
        """Count one entry."""
        state = values["state"]
        self.found += 1
        self.photos += photos
        self.closed += state == "closed"
        self.deferred += state == "deferred"
        self.void += state == "void"
        self.open += state not in NOT_OPEN
        self.overdue += state not in NOT_OPEN and values["overdue_days"] > 0
        if state not in ("void", "deferred") and values["deadline"] and values["deadline"] <= now:
            self.due += 1
            self.due_closed += state == "closed"


@dataclass
class Built:
    """What has been built, for whoever is told of it."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    lists: dict[str, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[Trouble] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    papers: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    pictured: Counter[str] = field(default_factory=Counter)
    rankings: int = 0
    events: int = 0
    visits: int = 0
    photos: int = 0
    total: Tally = field(default_factory=Tally)


class Builder:
    """Writes an archive's files into a package, in the order in which its methods are called."""

    def __init__(
        self, package: Package, store: PhotoStore, words: Words, pages: Pages, now: datetime
    ) -> None:
        self._package = package
        self._store = store
        self._words = words
        self._pages = pages
        self._now = now
        self._taken: set[str] = set()
        self._page_of: dict[str, str] = {}
        self._unread = 0
        self.built = Built()

    # --- entries --------------------------------------------------------------------------------------

    def entry(self, one: Any) -> None:
        """One entry (`services.archive.entries.Archived`): its photos, its page, its line in the lists."""
        values, region = one.values, one.values["region"] or "未定"
        page = self._free(f"问题/{safe_part(region)}/{safe_part(values['number'] or str(one.id))}", ".html")
        pictures = [self._picture(one, picture, page) for picture in one.pictures]
        kept = sum(picture["shown"] is not None for picture in pictures)
        line = telling.listed(self._words, values, one.problem, page, kept)
        found = self.built.lists[region]
        found.append(line)
        for tally in (self.built.tallies[region], self.built.total):
            tally.add(values, kept, self._now)
        if kept:
            self.built.pictured[region] += 1
        if values["number"]:
            self._page_of[values["number"]] = page
        facts = telling.facts(self._words, values, one.more, problem=one.problem, sender=one.sender)
        said = {
            "one": facts,
            "rounds": _by_round(pictures),
            "history": telling.history(self._words, one.history),
            "back": f"../../{_region_page(region, -(-len(found) // A_PAGE))}",
        }
        self._page("entry", page, said)

    def _picture(self, one: Any, picture: Any, page: str) -> dict[str, Any]:
        """Put a photo in and say where it is; what is wrong with it is written down."""
        said: dict[str, Any] = {
            "kind": picture.kind,
            "rank": picture.rank,
            "round": picture.round,
            "day": picture.day,
            "path": "",
            "shown": None,
            "trouble": "",
        }

        def trouble(what: str) -> dict[str, Any]:
            said["trouble"] = what
            name = one.values["number"] or str(one.id)
            self.built.troubles.append(Trouble(name, page, what, picture.file or ""))
            return said

        if picture.file is None:
            return trouble("照片没有下载到")
        try:
            data = self._read(picture.file)
        except PhotoMissing:
            return trouble("照片文件缺失")
        except StoreError as error:
            return trouble(f"照片读不出（{type(error).__name__}）")
        if picture.sha256 and hashlib.sha256(data).hexdigest() != picture.sha256:
            trouble("与登记时的校验值不符")
        suffix = "." + picture.file.rpartition(".")[2].lower()
        if picture.anew or suffix in NOT_SHOWN:
            try:
                shown = clean_copy(data)
            except (MediaError, OSError):
                if picture.anew:
                    return trouble("照片已损坏，无法去除拍摄信息")
                shown = b""
        path = self._photo_path(one, picture, ".jpg" if picture.anew else suffix)
        self._package.add(path, shown if picture.anew else data)
        self.built.photos += 1
        said["path"] = said["shown"] = path
        if not picture.anew and suffix in NOT_SHOWN:
            if not shown:
                said["shown"] = None
                return trouble("照片已损坏，无法显示")
            said["shown"] = self._photo_path(one, picture, ".jpg")
            self._package.add(said["shown"], shown)
        return said

    def _photo_path(self, one: Any, picture: Any, suffix: str) -> str:
        number = one.values["number"] or str(one.id)
        name = copy_name(number, picture.rank, picture.kind, one.values["village"], suffix[1:])
        folder = safe_part(one.values["region"] or "未定")
        return self._free(f"照片/{folder}/{name.rpartition('.')[0]}", suffix)

    def _read(self, path: str) -> bytes:
        try:
            data = self._store.get(path)
        except PhotoMissing:
            raise
        except StoreError as error:
            self._unread += 1
            if self._unread >= UNREADABLE_IN_A_ROW:
                raise StoreLost(str(error)) from error
            raise
        self._unread = 0
        return data

    # --- papers ---------------------------------------------------------------------------------------

    def paper(self, record: Any, makers: Mapping[str, Maker]) -> None:
        """One paper (`services.archive.papers.Record`): its files, its line in the list."""
        line: dict[str, Any] = {**record.facts, "files": [], "held": [], "trouble": "", "again": record.again}
        if "entries" in line:
            line["entries"] = [(number, self._page_of.get(number)) for number in line["entries"] if number]
        for file in record.files:
            stem, _, suffix = file.name.rpartition(".")
            try:
                data = makers[file.make](file.values)[1]
            except (MediaError, ValueError, LookupError, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise  # the disk, not the paper
                line["trouble"] = f"{suffix} 没有生成"
                self.built.troubles.append(
                    Trouble(file.name, "", f"公文没有生成（{type(error).__name__}）", "")
                )
                continue
            if record.kept_back:  # an issued paper is not rewritten: it is named, and stays with its office
                line["held"].append((file.name, hashlib.sha256(data).hexdigest()))
                continue
            path = self._free(f"公文/{record.kind}/{safe_part(stem)}", f".{suffix}")
            self._package.add(path, data)
            line["files"].append(path)
        self.built.papers[record.kind].append(line)

    def rankings(self, found: Sequence[Any]) -> None:
        """The page of the published rankings."""
        self.built.rankings = sum(not one.superseded for one in found)
        self._page("rankings", "排名.html", {"rankings": found})

    # --- the log --------------------------------------------------------------------------------------

    def log(self, lines: Iterable[Any], scratch: Path) -> None:
        """The event log (`services.archive.log.Line`), and the page that explains it."""
        whole, broken, kinds = 0, [], Counter[str]()
        previous = verify.GENESIS
        with scratch.open("wb") as file:
            for line in lines:
                self.built.events += 1
                said: dict[str, Any] = {"id": line.id, "hash": line.hash}
                # what plain Python would write otherwise is held back rather than called broken
                if line.whole is not None and (
                    not line.fits or verify.link(previous, dict(line.whole)) == line.hash
                ):
                    whole += 1
                    kinds[line.whole["kind"]] += 1
                    said = {"id": line.id, "number": line.number, "event": line.whole, "hash": line.hash}
                if not line.fits:
                    broken.append(line.id)
                previous = line.hash
                file.write(orjson.dumps(said) + b"\n")
        self._package.add_file(verify.LOG, scratch)
        named = [
            (kind, self._words.of("records", self._words.of("events", kind)), times)
            for kind, times in kinds.most_common()
        ]
        for number in broken:
            self.built.troubles.append(Trouble(f"办理记录第{number}条", "", "与前后的校验值对不上", ""))
        values = {"count": self.built.events, "whole": whole, "broken": broken, "kinds": named}
        self._page("log", "办理记录/index.html", values)

    # --- the end --------------------------------------------------------------------------------------

    def workbook(self, made: Path) -> None:
        """The 问题台账 as a workbook."""
        self._package.add_file(WORKBOOK, made)

    def visits(self, made: Path, count: int) -> None:
        """The 走访记录 as a table."""
        self.built.visits = count
        self._package.add_file(VISITS, made)

    def overview(self) -> None:
        """The lists and the first page; what the archive needs to be read and checked."""
        built, campaign = self.built, self._words.campaign
        order = [region.name for region in campaign.regions]
        regions = [*order, *sorted(set(built.lists) - set(order))]
        for region in regions:
            self._region(region)
        still = [
            (name, found)
            for name in regions
            if (found := [one for one in built.lists.get(name, ()) if one.state not in NOT_OPEN])
        ]
        made = f"{self._now:%Y-%m-%d %H:%M}"
        self._page("open", "未销号.html", {"regions": still, "count": built.total.open, "made": made})
        self._page("numbers", "编号.html", {"groups": telling.by_number(built.lists.values())})
        papers = built.papers
        self._page(
            "papers",
            "公文.html",
            {
                "bulletins": papers.get("通报", []),
                "letters": papers.get("督办警示", []),
                "notices": papers.get("督办通知", []),
                "weekly": papers.get("周报汇总", []),
            },
        )
        if built.troubles:
            self._page("troubles", "缺失与异常.html", {"troubles": built.troubles})
        kinds = {kind: sum(len(line["files"]) > 0 for line in found) for kind, found in papers.items()}
        self._page(
            "index",
            "index.html",
            {
                "first": campaign.first_day,
                "last": campaign.last_day,
                "made": made,
                "total": built.total,
                "papers": sum(kinds.values()),
                "kinds": kinds,
                "tracks": self._tracks(),
                "rankings": built.rankings,
                "workbook": WORKBOOK,
                "visited": VISITS,
                "visits": built.visits,
                "events": built.events,
                "troubles": len(built.troubles),
            },
        )
        self._package.add(STYLE, style())
        self._package.add("verify.py", Path(verify.__file__).read_bytes())

    def _tracks(self) -> list[dict[str, Any]]:
        return [
            {
                "name": track.name,
                "regions": [
                    {
                        "name": region.name,
                        "page": _region_page(region.name, 1),
                        **vars(self.built.tallies[region.name]),
                    }
                    for region in self._words.campaign.regions_of(track.key)
                ],
            }
            for track in self._words.campaign.tracks
        ]

    def _region(self, region: str) -> None:
        found = self.built.lists.get(region, [])
        pages = -(-len(found) // A_PAGE)
        for page in range(1, pages + 1):
            self._page(
                "region",
                _region_page(region, page),
                {
                    "region": region,
                    "tally": self.built.tallies[region],
                    "entries": found[(page - 1) * A_PAGE : page * A_PAGE],
                    "page": page,
                    "pages": pages,
                    "name": lambda number: _region_page(region, number).rpartition("/")[2],
                },
            )

    def _page(self, name: str, path: str, values: Mapping[str, Any]) -> None:
        self._package.add(path, self._pages.render(name, path, values))

    def _free(self, stem: str, suffix: str) -> str:
        """A path that nothing has yet: two numbers may look alike once they are fit for a file system."""
        path, other = f"{stem}{suffix}", 2
        while path.casefold() in self._taken:
            path, other = f"{stem}-{other}{suffix}", other + 1
        self._taken.add(path.casefold())
        return path


def _region_page(region: str, page: int) -> str:
    return f"单位/{safe_part(region)}{f'-{page}' if page > 1 else ''}.html"


def _by_round(pictures: Sequence[dict[str, Any]]) -> list[tuple[str, list[tuple[str, list[dict[str, Any]]]]]]:
    """Pictures as the page shows them: round by round, before and after."""
    rounds = sorted({picture["round"] for picture in pictures})
    return [
        (
            "照片" if rounds == [1] else f"照片 · 第{number}轮",
            [
                (side, [one for one in pictures if one["round"] == number and one["kind"] == kind])
                for kind, side in (("before", "整改前"), ("after", "整改后"))
            ],
        )
        for number in rounds
    ]
