"""One row of an older ledger → an entry, or every cell of it that cannot be taken and why."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

from bot.domain.campaign import Campaign
from bot.domain.captions import secret_marking
from bot.domain.entries import Mode, Source, State
from bot.domain.older import read_closed, read_count, read_moment, times_in
from bot.domain.world import World

LONGEST: Final[Mapping[str, int]] = {
    "number": 32, "township": 32, "village": 64, "spot": 128, "description": 4000, "leader": 64,
    "officer": 64, "measures": 4000, "void_reason": 1000,
}  # fmt: skip

EVENING: Final = time(18, 0)
"""A deadline without an hour includes its day."""
MORNING: Final = time(8, 0)
_HOURS: Final = {"deadline": EVENING, "closed_at": EVENING, "submitted_at": EVENING}
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
_NUMBER = re.compile(r"[\w\-－—.·()（）〔〕\[\]【】/#号第 ]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be taken: `why` names the remedy, `right` what may stand there."""

    row: int
    field: str
    value: str
    why: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One row as an entry: its columns, and the mark by which it is known when it comes again."""

    row: int
    number: str
    values: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Words:
    """What labels mean: label → key, for states, sources, handlings, severities, categories, checks."""

    states: Mapping[str, str]
    sources: Mapping[str, str]
    handlings: Mapping[str, str]
    severities: Mapping[str, str]
    categories: Mapping[str, str]
    checks: Mapping[str, str]
    voids: Mapping[str, str]


@dataclass
class Reading:
    """One row while it is read."""

    world: World
    words: Words
    row: int
    cells: Mapping[str, Any]
    now: datetime
    faults: list[Fault] = field(default_factory=list)

    @property
    def campaign(self) -> Campaign:
        """The campaign whose ledger it becomes."""
        return self.world.campaign

    def refuse(self, name: str, why: str, right: str = "") -> None:
        """Note what is wrong with a cell."""
        self.faults.append(Fault(self.row, name, self.text(name)[:40], why, right))

    def text(self, name: str) -> str:
        """A cell's words, in one line but for 问题描述."""
        cell = self.cells.get(name)
        if cell is None:
            return ""
        if isinstance(cell, float) and cell == int(cell):
            cell = int(cell)
        return str(cell).strip().removeprefix("'")

    def words_of(self, name: str) -> str | None:
        """Free words, held to their length."""
        said = self.text(name)
        if len(said) > LONGEST[name]:
            self.refuse(name, "too_long", str(LONGEST[name]))
        return said or None

    def label(self, name: str, known: Mapping[str, str], default: str) -> str:
        """The key of a label, or the key itself; what is empty is the default."""
        said = self.text(name)
        if not said:
            return default
        found = known.get(said) or (said if said in known.values() else None)
        if found is None:
            close = difflib.get_close_matches(said, known, n=1, cutoff=0.4)
            self.refuse(name, "unknown", close[0] if close else "、".join(list(known)[:12]))
            return default
        return found

    def moment(self, name: str, cell: Any = None) -> datetime | None:
        """An instant, aware; a day in the future is refused but for a deadline."""
        cell = self.cells.get(name) if cell is None else cell
        if cell is None:
            return None
        year = self.campaign.first_day.year
        found = read_moment(cell, year=year, hour=_HOURS.get(name, MORNING))
        if found is None:
            self.refuse(name, "no_day")
            return None
        aware = found.replace(tzinfo=self.campaign.zone)
        if name != "deadline" and self.campaign.today(aware) > self.campaign.today(self.now):
            self.refuse(name, "future")
            return None
        return min(aware, self.now) if name != "deadline" else aware

    def count(self, name: str) -> int:
        """A number of times."""
        if name not in self.cells:
            return 0
        found = read_count(self.cells[name])
        if found is None:
            self.refuse(name, "no_number")
        return found or 0


def understand(
    world: World, words: Words, row: int, cells: Mapping[str, Any], now: datetime
) -> Taken | list[Fault]:
    """The entry that a row tells of, or its faults."""
    one = Reading(world, words, row, cells, now)
    for name in cells:
        said = one.text(name)
        if _ERROR.fullmatch(said):
            one.refuse(name, "formula")
        elif secret_marking(said, world.reader) is not None:
            one.faults.append(Fault(row, name, "", "secret"))  # not even the message repeats it
    if one.faults:
        return one.faults
    number = one.words_of("number")
    if number is None:
        one.refuse("number", "empty")
    elif not _NUMBER.fullmatch(number):
        one.refuse("number", "no_entry_number")
    values = _place(one) | _what(one) | _who(one)
    values |= _life(one, values)
    _in_order(one, values)
    if one.faults or number is None:
        return one.faults
    return Taken(row, number, values, _digest(cells))


def _digest(cells: Mapping[str, Any]) -> str:
    said = "\x1f".join(f"{name}={cells[name]}" for name in sorted(cells))
    return hashlib.sha256(said.encode()).hexdigest()


def _place(one: Reading) -> dict[str, Any]:
    campaign, places = one.campaign, one.world.reader.gazetteer
    region, parts = one.text("region"), [one.text(key) for key in ("township", "village", "spot")]
    if not any(parts) and one.text("place"):
        region, parts = _of_place(one, region)
    for key, part in zip(("township", "village", "spot"), parts, strict=True):
        if len(part) > LONGEST[key]:
            one.refuse(key if key in one.cells else "place", "too_long", str(LONGEST[key]))
    known = {name: each.name for each in campaign.regions for name in (each.name, *each.short)}
    where = "region" if "region" in one.cells else "place"
    if region not in known:
        why = "unknown" if region else "empty"
        one.refuse(where, why, "、".join(each.name for each in campaign.regions))
        return {"region": None, "track": None, "township": None, "village": None, "spot": None}
    full = known[region]
    township = parts[0] or None
    if township is not None:
        pairs = places.townships_named(township, (full,))
        if pairs:
            township = pairs[0][1]
        elif full not in places.regions_without_places:
            one.refuse("township" if "township" in one.cells else "place", "no_township", full)
    return {
        "region": full,
        "track": campaign.region(full).track,
        "township": township,
        "village": parts[1] or None,
        "spot": parts[2] or None,
    }


def _of_place(one: Reading, region: str) -> tuple[str, list[str]]:
    """「延津县 王楼镇·任庄村·村口」, as the printed ledger writes it."""
    head, _, rest = one.text("place").partition(" ")
    known = {name for each in one.campaign.regions for name in (each.name, *each.short)}
    if head not in known:
        head, rest = region, one.text("place")
    parts = [part.strip() for part in re.split("[·・]", rest) if part.strip()]
    places = one.world.reader.gazetteer
    found = ["", "", ""]
    if parts and places.townships_named(parts[0]):
        found[0] = parts.pop(0)
    if parts and (len(parts) > 1 or places.villages_named(parts[0])):
        found[1] = parts.pop(0)
    found[2] = "·".join(parts)
    return head, found


def _what(one: Reading) -> dict[str, Any]:
    description = one.words_of("description") or ""
    if not description:
        one.refuse("description", "empty")
    table = one.world.reader.categories
    category = one.label("category", one.words.categories, "") or one.label("main", one.words.categories, "")
    if category and table.sub(category) is None:  # a main category: the one of its kinds that fits
        fitting = table.suggest(description)
        options = [key for key in (fitting.category, *fitting.alternatives) if key]
        category = next((key for key in options if key.partition(".")[0] == category), "")
    place_type = table.place_type(one.text("spot"), description)
    return {
        "description": description,
        "category": category or table.suggest(description).category,
        "place_type": place_type,
        "severity": one.label("severity", one.words.severities, "normal"),
        "handling": one.label("handling", one.words.handlings, "notice"),
    }


_MODES: Final = {"明察": "open", "暗访": "covert"}


def _who(one: Reading) -> dict[str, Any]:
    campaign = one.campaign
    titles = {campaign.group_title(group.key): group.key for group in campaign.groups}
    titles |= {group.key: group.key for group in campaign.groups}
    track = one.text("track")
    said = one.text("group")
    offices = {each.office for each in campaign.tracks} | {campaign.office_name}
    group: str | None = None
    if said and said not in offices:
        group = titles.get(said) or titles.get(track + said)
        if group is None:
            one.refuse(
                "group", "unknown", "、".join(campaign.group_title(each.key) for each in campaign.groups)
            )
    covert_group = group is not None and campaign.group(group).covert
    mode = one.label("mode", _MODES, "covert" if covert_group else "open")
    source = one.label("source", one.words.sources, "group" if group else "assigned")
    if source not in set(Source):
        one.refuse("source", "unknown", "、".join(list(one.words.sources)[:8]))
    leader, officer = one.words_of("leader"), one.words_of("officer")
    if "people" in one.cells:
        leader, _, officer = (part.strip() or None for part in one.text("people").partition("/"))
    return {
        "group_key": group,
        "checker": None if covert_group or mode == Mode.COVERT else group,
        "mode": mode,
        "source": source,
        "county_leader": (leader or "")[:64] or None,
        "section_officer": (officer or "")[:64] or None,
    }


def _life(one: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    found = one.moment("found_at")
    if "found_at" not in one.cells:
        one.refuse("found_at", "empty")
    remarks = one.text("remarks")
    instants = {
        key: one.moment(key)
        for key in ("assigned_at", "deadline", "acknowledged_at", "submitted_at", "closed_at", "created_at")
    }
    closed = read_closed(one.cells["closed"]) if "closed" in one.cells else None
    if "closed" in one.cells and closed is None:
        one.refuse("closed", "no_closing")
    if closed is not None and closed[0] and instants["closed_at"] is None and closed[1] is not None:
        instants["closed_at"] = one.moment("closed", closed[1])
    state = _state(one, instants, closed)
    if state is State.CLOSED and instants["closed_at"] is None and not one.faults:
        one.refuse("closed_at" if "closed_at" in one.cells else "closed", "no_closing_day")
    if state not in (State.FILED, State.VOID):
        instants["assigned_at"] = instants["assigned_at"] or found
    owed = state in (State.ASSIGNED, State.ACKNOWLEDGED, State.RETURNED, State.SUBMITTED)
    if owed and instants["deadline"] is None and "deadline" not in one.cells:
        one.refuse("deadline", "empty")
    if values["mode"] == Mode.COVERT and state in (State.ASSIGNED, State.ACKNOWLEDGED, State.RETURNED):
        # a county reads of it through the preview alone, and that has never been
        state = State.FILED
        instants["assigned_at"] = instants["acknowledged_at"] = None
    handed = values["mode"] == Mode.COVERT and state not in (State.FILED, State.VOID)
    measures = one.words_of("measures") or _progress(one)
    return {
        "state": state.value,
        "found_at": found,
        "created_at": instants["created_at"] or found,
        "touched_at": one.now,
        "assigned_at": instants["assigned_at"],
        "deadline": instants["deadline"],
        "acknowledged_at": instants["acknowledged_at"],
        "submitted_at": instants["submitted_at"],
        "proof_sent_at": instants["submitted_at"],
        "closed_at": instants["closed_at"] if state is State.CLOSED else None,
        "closed_how": one.label("closed_how", one.words.checks, "") or None,
        "handed_over_at": instants["assigned_at"] or found if handed else None,
        "measures": measures,
        "returns": one.count("returns") or times_in(remarks, "退回"),
        "warnings": one.count("warnings") or times_in(remarks, "警示"),
        "round": max(1, one.count("round")),
        "void_reason": _void_reason(one) if state is State.VOID else None,
    }


def _progress(one: Reading) -> str | None:
    """整改情况 of the printed ledger: 「已销号；措施」, without the state."""
    parts = [part for part in one.text("progress").split("；") if part and part not in one.words.states]
    return "；".join(parts)[: LONGEST["measures"]] or None


def _void_reason(one: Reading) -> str:
    said = one.text("void_reason") or one.text("remarks").rpartition("作废：")[2]
    return one.words.voids.get(said, said) or "other"


def _state(one: Reading, instants: Mapping[str, datetime | None], closed: tuple[bool, Any] | None) -> State:
    """The state that is written, else the one that the other cells tell of."""
    said = one.text("state") or one.text("progress").partition("；")[0]
    if said in one.words.states:
        state = State(one.words.states[said])
        if state is State.DRAFT:
            one.refuse("state" if "state" in one.cells else "progress", "draft")
        return state
    if "state" in one.cells:
        one.label("state", one.words.states, "")
    if (closed is not None and closed[0]) or (closed is None and instants["closed_at"]):
        return State.CLOSED
    if "void_reason" in one.cells or "作废：" in one.text("remarks"):
        return State.VOID
    if instants["submitted_at"]:
        return State.SUBMITTED
    if instants["acknowledged_at"]:
        return State.ACKNOWLEDGED
    return State.ASSIGNED if instants["assigned_at"] or instants["deadline"] else State.FILED


def _in_order(one: Reading, values: Mapping[str, Any]) -> None:
    """Nothing is closed before it was found, nothing is due before it was handed over."""
    found, day = values["found_at"], one.campaign.today
    for name in ("assigned_at", "deadline", "submitted_at", "closed_at"):
        instant = values[name]
        if found and instant and day(instant) < day(found):
            where = "closed" if name == "closed_at" and name not in one.cells else name
            one.refuse(where, "before_found", f"{day(found):%Y-%m-%d}")
