"""What the receipt's buttons turn into under 「修改」: each field, its values, a page of townships."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.ledger.desk import Work
from bot.services import pictures
from bot.services.field import drafts, filing, identity
from bot.services.outgoing import Button, Rows

TOWNS_A_PAGE = 12
FRIDAY = 4


def rows(work: Work, entry: Row[Any], panel: str) -> Rows | None:
    """The buttons of a panel (`towns.2`: its third page); None when there is none of that name."""
    name, _, arg = panel.partition(".")
    match name:
        case "edit":
            return _menu(work, entry)
        case "place":
            return _place(work, entry)
        case "regions":
            return _regions(work, entry)
        case "towns":
            return _towns(work, entry, int(arg) if arg.isdigit() else 0)
        case "category":
            return _category(entry)
        case "mains":
            return _mains(work, entry)
        case "subs":
            return _subs(work, entry, arg)
        case "deadline":
            return _deadline(work, entry)
        case "handling":
            keys = ("onsite", "notice", "warning")
            return _values(entry, "handlings", "h", keys, entry.handling)
        case "severity":
            keys = ("normal", "serious", "severe")
            return _values(entry, "severities", "s", keys, entry.severity)
        case "source":
            return _sources(entry)
        case _:
            return None


def villages(entry: Row[Any]) -> list[tuple[Button, ...]]:
    """The villages that a name may mean: 「任庄村(王楼镇)」, and 「都不是」."""
    at = (entry.id, entry.version)
    found = [
        (Button("", "village", *at, str(index), text=f"{village}({township})"),)
        for index, (_, township, village) in enumerate(entry.choices or ())
    ]
    return [*found, (Button("none_of_these", "village", *at, "-"),)]


def _turn(entry: Row[Any], label: str, panel: str) -> Button:
    return Button(label, "edit", entry.id, entry.version, panel)


def _set(entry: Row[Any], arg: str, *, label: str = "", text: str = "", on: bool = False) -> Button:
    return Button(label, "set", entry.id, entry.version, arg, text=f"✓ {text}" if on else text)


def _pairs(buttons: list[Button], size: int = 2) -> list[tuple[Button, ...]]:
    return [tuple(buttons[i : i + size]) for i in range(0, len(buttons), size)]


def _back(entry: Row[Any], panel: str = "edit") -> tuple[Button, ...]:
    return (Button("back", "edit", entry.id, entry.version, panel),)


def _menu(work: Work, entry: Row[Any]) -> Rows:
    at = (entry.id, entry.version)
    own = entry.filer_id == work.actor.member_id
    last: list[Button] = []
    if own and len(pictures.groups_of(work, entry.id)) > 1:
        last.append(Button("split", "split", *at))
    if own and drafts.previous(work, entry) is not None:
        last.append(Button("merge_previous", "join", *at))
    return (
        (_turn(entry, "field_place", "place"), _turn(entry, "field_category", "category")),
        (_turn(entry, "field_deadline", "deadline"), _turn(entry, "field_handling", "handling")),
        (_turn(entry, "field_severity", "severity"), Button("field_words", "write", *at, "words")),
        *(((_turn(entry, "field_source", "source"),),) if filing.source_is_open(entry) else ()),
        *((tuple(last),) if last else ()),
        _back(entry, ""),
    )


def _place(work: Work, entry: Row[Any]) -> Rows:
    first = [_turn(entry, "choose_township", "towns.0")]
    if len(identity.filer_regions(work, filing.identity_stored(work, entry))) > 1:
        first.append(_turn(entry, "choose_region", "regions"))
    return (
        (Button("write_place", "write", entry.id, entry.version, "place"),),
        tuple(first),
        _back(entry),
    )


def _regions(work: Work, entry: Row[Any]) -> Rows:
    names = [region.name for region in work.world.campaign.regions]
    found = [
        _set(entry, f"r.{names.index(name)}", text=name, on=name == entry.region)
        for name in identity.filer_regions(work, filing.identity_stored(work, entry))
    ]
    return (*_pairs(found, 3), _back(entry, "place"))


def _towns(work: Work, entry: Row[Any], page: int) -> Rows:
    towns = work.world.reader.gazetteer.townships.get(entry.region, ())
    pages = max(1, -(-len(towns) // TOWNS_A_PAGE))
    page = min(page, pages - 1)
    start = page * TOWNS_A_PAGE
    found = [
        _set(entry, f"t.{start + index}", text=town, on=town == entry.township)
        for index, town in enumerate(towns[start : start + TOWNS_A_PAGE])
    ]
    turns = []
    if page > 0:
        turns.append(_turn(entry, "page_back", f"towns.{page - 1}"))
    if page + 1 < pages:
        turns.append(_turn(entry, "page_on", f"towns.{page + 1}"))
    return (*_pairs(found, 3), *((tuple(turns),) if turns else ()), _back(entry, "place"))


def _category(entry: Row[Any]) -> Rows:
    keys = [key for key in (entry.category, *(entry.alternatives or ())) if key]
    found = [_category_button(entry, key) for key in dict.fromkeys(keys)]
    return (*_pairs(found, 1), (_turn(entry, "all_categories", "mains"),), _back(entry))


def _category_button(entry: Row[Any], key: str) -> Button:
    return _set(entry, f"c.{key}", label=f"{'✓' * (key == entry.category)}categories/{key}")


def _mains(work: Work, entry: Row[Any]) -> Rows:
    mains = dict.fromkeys(sub.main for sub in work.world.reader.categories.subs)
    found = [Button(f"categories/{main}", "edit", entry.id, entry.version, f"subs.{main}") for main in mains]
    return (*_pairs(found, 3), _back(entry, "category"))


def _subs(work: Work, entry: Row[Any], main: str) -> Rows:
    found = [
        _category_button(entry, sub.key) for sub in work.world.reader.categories.subs if sub.main == main
    ]
    return (*_pairs(found), _back(entry, "mains"))


def _deadline(work: Work, entry: Row[Any]) -> Rows:
    friday = "weekday:5" if work.local.weekday() <= FRIDAY else "next_week:5"
    wishes = (
        ("wish_tomorrow", "tomorrow"),
        ("wish_3_days", "days:3"),
        ("wish_7_days", "days:7"),
        ("wish_friday" if friday == "weekday:5" else "wish_next_friday", friday),
        ("wish_month_end", "month_end"),
        ("wish_default", ""),
    )
    found = [_set(entry, f"d.{wish}", label=label) for label, wish in wishes]
    return (*_pairs(found, 3), _back(entry))


def _sources(entry: Row[Any]) -> Rows:
    found = [
        _set(entry, f"o.{key}", label=f"{'✓' * (key == entry.source)}sources/{key}")
        for key in filing.OFFICE_SOURCES
    ]
    return (*_pairs(found), _back(entry))


def _values(entry: Row[Any], group: str, letter: str, keys: tuple[str, ...], now: str) -> Rows:
    found = [_set(entry, f"{letter}.{key}", label=f"{'✓' * (key == now)}{group}/{key}") for key in keys]
    return (tuple(found), _back(entry))
