"""The register by .xlsx: the form to fill in, the whole table, and what came back; all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.permissions import RegisterAct
from bot.domain.places import village_key
from bot.domain.register import MOST_POST, Duty, Level, Person, as_village, read_person, vacant
from bot.ledger import people
from bot.ledger.desk import Work
from bot.services import secrecy
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.looking import export
from bot.services.outgoing import File, say
from bot.services.refusals import NoFile, NotYours, RegisterFaults, RegisterFile
from bot.services.register import book, card, entering

MOST_LINES: Final = 6000
MOST_FAULTS: Final = 10
WHOLE: Final = ("全县", "全市", "全区", "牵头", "本级")
"""In the township's place: the leader answers for the whole region."""


@dataclass(frozen=True, slots=True)
class Said:
    """One person's cells in a workbook: the place as it is written there, who, and where that stands."""

    cell: str
    township: str
    level: Level
    name: str
    post: str = ""
    village: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell: its address, what stands there, the key of what is expected."""

    cell: str
    value: str
    why: str
    right: str = ""


# --- the form and the table ---------------------------------------------------------------------------


def send_form(work: Work, index: str, chat_id: int) -> Toast:
    """「取表格」: the places, without a name in it, so that it may be saved and passed on.

    Raises:
        NotYours, NotUnderstood: another's register.
    """
    region = book.region_at(work, index, RegisterAct.CHANGE)
    say(work, chat_id, "register.form", {"region": region}, file=_file(work, region, filled=False))
    return Toast("register.making_toast")


def send_table(work: Work, index: str, chat_id: int) -> Toast:
    """「分包表」: every name as it stands, protected, marked and logged.

    Raises:
        NotYours, NotUnderstood: another's register.
    """
    region = book.region_at(work, index)
    filed = book.filed(work, region)
    export.record(work, what="register", form="xlsx", rows=len(filed), asked=region)
    say(
        work, chat_id, "register.table", {"region": region, "count": len(filed)},
        file=_file(work, region, filled=True), protect=True, secret=True,
    )  # fmt: skip
    return Toast("register.making_toast")


def _file(work: Work, region: str, *, filled: bool) -> File:
    today = work.world.campaign.today(work.now)
    member = people.member(work, work.actor.member_id)
    values: dict[str, Any] = {
        "campaign": work.world.campaign.name,
        "region": region,
        "day": today.isoformat(),
        "filled": filled,
        "mark": export.mark(work, member.name if member is not None else "") if filled else "",
        "leader": _person(book.filed(work, region).get(Duty(Level.LEADER)), filled),
        "townships": [],
    }
    filed = book.filed(work, region)
    for cover in book.covers(work, region):
        villages = [
            {
                "village": name,
                "person": _person(filed.get(Duty(Level.VILLAGE, cover.township, name)), filled),
            }
            for name in cover.villages
        ]
        values["townships"].append(
            {
                "township": cover.township,
                "leader": _person(cover.leader, filled),
                "officer": _person(cover.officer, filled),
                "villages": villages,
            }
        )
    return File("register", f"县领导分包表-{region}-{today:%m%d}.xlsx", values)


def _person(person: Person | None, filled: bool) -> list[str] | bool:
    """Name and post for the table; for the form only whether somebody is filed."""
    if not filled:
        return person is not None
    return [person.name, person.post] if person is not None else ["", ""]


# --- what came back -----------------------------------------------------------------------------------


def refuse(work: Work, why: str) -> None:
    """The file could not be had, or not be opened.

    Raises:
        NoFile: always.
    """
    raise NoFile(why=why)


def take(work: Work, incoming: Incoming, replied: str | None, region: str, said: Sequence[Said]) -> None:
    """A filled-in workbook: what it names is written down, an empty cell leaves what stands.

    `replied` is the region of the message it replies to, `region` what the sheet says itself.

    Raises:
        RegisterFile: of another region, of none that can be told, or empty.
        RegisterFaults: cells that cannot be read, each named; nothing is stored.
        SecretMaterial: it carries a marking.
    """
    secrecy.refuse_secret(work, incoming)
    secrecy.refuse_secret_words(work, (f"{one.name} {one.post}" for one in said))
    name = _region(work, replied, region, said)
    if not said:
        raise RegisterFile(why="empty", region=name)
    duties, faults, fresh = _read(work, name, said)
    if faults:
        raise RegisterFaults(
            faults=[
                {"cell": one.cell, "value": one.value[:40], "why": one.why, "right": one.right}
                for one in faults[:MOST_FAULTS]
            ],
            more=max(0, len(faults) - MOST_FAULTS),
        )
    changed = Counter(
        duty.level.value for duty, person in duties.items() if book.put(work, name, duty, person)
    )
    total = sum(changed.values())
    if total:
        entering.tell(work, name)
    say(
        work,
        incoming.chat_id,
        "register.taken",
        {
            "region": name,
            "changed": total,
            "same": len(duties) - total,
            "leaders": changed[Level.LEADER],
            "officers": changed[Level.TOWNSHIP],
            "villages": changed[Level.VILLAGE],
            "fresh": fresh[:5],
            "more": max(0, len(fresh) - 5),
        },
        reply_to=incoming.message_id,
        protect=True,
    )
    card.open_card(work, incoming.chat_id, f"r.{book.index_of(work, name)}")


def _region(work: Work, replied: str | None, written: str, said: Sequence[Said]) -> str:
    """Whose register it is: what is written in it, the message it replies to, or the only one it can be."""
    campaign = work.world.campaign
    mine = [campaign.regions[index].name for index in book.regions(work)]
    if not mine:
        raise NotYours
    found = next((one.name for one in campaign.regions if written and written in (one.name, *one.short)), "")
    if found and (found not in mine or (replied is not None and replied != found)):
        raise RegisterFile(why="other_region", region=found)
    if found or replied is not None:
        return found or str(replied)
    if len(mine) == 1:
        return mine[0]
    gazetteer = work.world.reader.gazetteer
    named = {one.township for one in said if one.township not in WHOLE}
    fits = [name for name in mine if named and all(gazetteer.townships_named(one, [name]) for one in named)]
    if len(fits) != 1:
        raise RegisterFile(why="which_region", region="")
    return fits[0]


def _read(
    work: Work, region: str, said: Sequence[Said]
) -> tuple[dict[Duty, Person | None], list[Fault], list[str]]:
    duties: dict[Duty, Person | None] = {}
    faults: list[Fault] = []
    fresh: dict[str, None] = {}
    covers = {cover.township: cover.villages for cover in book.covers(work, region)}
    for count, one in enumerate(said):
        if count >= MOST_LINES:
            faults.append(Fault(one.cell, one.name, "too_many"))
            break
        township = _township(work, region, one.township, covers)
        if township is None:
            faults.append(Fault(one.cell, one.township, "township", "、".join(list(covers)[:3])))
            continue
        village = ""
        if one.level is Level.VILLAGE:
            known = {village_key(name): name for name in covers.get(township, ())}
            village = known.get(village_key(one.village), "")
            if not village:
                village = as_village(one.village) or ""
                fresh[f"{township}{village}"] = None
            if not village or not township:
                faults.append(Fault(one.cell, one.village, "village"))
                continue
        person = _cells(one)
        if person is None and not vacant(one.name):
            faults.append(Fault(one.cell, one.name, "name"))
            continue
        duty = Duty(one.level, township, village)
        if duty in duties and duties[duty] != person:
            faults.append(Fault(one.cell, one.name, "twice"))
            continue
        duties[duty] = person
    return duties, faults, list(fresh)


def _township(work: Work, region: str, written: str, known: Iterable[str]) -> str | None:
    if written in WHOLE or written == region:
        return ""
    found = work.world.reader.gazetteer.townships_named(written, [region])
    if len(found) == 1:
        return found[0][1]
    if written in known:
        return written
    # a region without rows in the places file: whatever reads as a township is taken
    listed = work.world.reader.gazetteer.townships.get(region, ())
    return written if not listed and 2 <= len(written) <= 16 and written[-1] in "镇乡道处区场" else None


def _cells(one: Said) -> Person | None:
    """Name and post of two cells, or of one: 「甲某 副县长」."""
    name = "".join(one.name.split()) if one.post else one.name
    if vacant(name):
        return None
    found = read_person(name)
    if found is None or not one.post:
        return found
    post = read_person(f"甲某 {one.post}")  # the same sieve: telephones are left out
    return (
        Person(found.name, (post.post if post is not None else "")[:MOST_POST]) if not found.post else found
    )
