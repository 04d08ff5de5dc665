"""The register 备案 of a region: who answers for which place, dated, and who may read it (SPEC §§2, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update

from bot.domain.permissions import Actor, RegisterAct, may_register
from bot.domain.register import Cover, Duty, Level, Person, coverage
from bot.ledger import events, people
from bot.ledger.desk import Work
from bot.ledger.prepared import Prepared
from bot.ledger.tables import register_papers as papers
from bot.ledger.tables import register_people as table
from bot.services.refusals import NotUnderstood, NotYours


def regions(work: Work, actor: Actor | None = None) -> list[int]:
    """The regions whose register somebody may read, by their place in the campaign's order."""
    who = actor or work.actor
    return [
        index
        for index, region in enumerate(work.world.campaign.regions)
        if may_register(RegisterAct.READ, who, track=region.track, region=region.name)
    ]


def region_at(work: Work, index: str | int, act: RegisterAct = RegisterAct.READ) -> str:
    """The region with that place in the campaign's order, when the actor may do that with its register.

    Raises:
        NotUnderstood: there is none.
        NotYours: it is nobody's but the region's own and its office's.
    """
    found = work.world.campaign.regions
    at = int(index) if str(index).isdecimal() else len(found)
    if at >= len(found):
        raise NotUnderstood(hint="old_button")
    if not may_register(act, work.actor, track=found[at].track, region=found[at].name):
        raise NotYours
    return found[at].name


def index_of(work: Work, region: str) -> int:
    """A region's place in the campaign's order."""
    return [one.name for one in work.world.campaign.regions].index(region)


def townships(work: Work, region: str) -> list[str]:
    """A region's townships in the places file's order, then those that only its register knows."""
    known = work.world.reader.gazetteer.townships.get(region, ())
    return list(dict.fromkeys((*known, *(duty.township for duty in filed(work, region) if duty.township))))


def township_at(work: Work, region: str, index: str) -> str:
    """A township by its place in that order; raises NotUnderstood."""
    found = townships(work, region)
    if not index.isdecimal() or int(index) >= len(found):
        raise NotUnderstood(hint="old_button")
    return found[int(index)]


def places(work: Work, region: str) -> dict[str, tuple[str, ...]]:
    """Township → its villages, as the places file has them."""
    gazetteer = work.world.reader.gazetteer
    return {
        township: tuple(dict.fromkeys(one.name for one in gazetteer.villages_of(region, township)))
        for township in gazetteer.townships.get(region, ())
    }


_current = Prepared(
    select(table)
    .where(table.c.region == bindparam("region"), table.c.ended_at.is_(None))
    .order_by(table.c.id)
)


def filed(work: Work, region: str) -> dict[Duty, Person]:
    """Who answers for which place of a region now."""
    return {
        Duty(Level(row.level), row.township, row.village): Person(row.name, row.post)
        for row in _current.all(work, region=region)
    }


def covers(work: Work, region: str) -> tuple[Cover, ...]:
    """Each township of a region with what is filed and what is missing."""
    return coverage(places(work, region), filed(work, region))


_of_place = Prepared(
    select(table.c.level, table.c.township, table.c.name, table.c.post).where(
        table.c.region == bindparam("region"),
        table.c.ended_at.is_(None),
        table.c.village == "",
        or_(table.c.township == bindparam("township"), table.c.township == ""),
    )
)


def officers_of(work: Work, region: str, township: str | None) -> tuple[Person | None, Person | None]:
    """责任领导(县级) and 具体责任人(科级) of a place: the township's, else the region's leader."""
    found = {
        (row.level, row.township): Person(row.name, row.post)
        for row in _of_place.all(work, region=region, township=township or "")
    }
    leader = found.get((Level.LEADER, township or "")) or found.get((Level.LEADER, ""))
    return leader, found.get((Level.TOWNSHIP, township)) if township else None


def body_of(work: Work, region: str) -> str:
    """For whom the actor writes into a region's register, as events name it."""
    if region in work.actor.regions():
        return f"region:{region}"
    return f"office:{work.world.campaign.region(region).track}"


def put(work: Work, region: str, duty: Duty, person: Person | None) -> bool:
    """Write down who answers for a place; None: nobody any more. False where that stood already.

    What stood before stays with the day on which it ended. The event names the place, no person.
    """
    here = (
        table.c.region == region,
        table.c.township == duty.township,
        table.c.village == duty.village,
        table.c.level == duty.level.value,
        table.c.ended_at.is_(None),
    )
    before = work.connection.execute(select(table).where(*here)).first()
    if before is None and person is None:
        return False
    if before is not None and person is not None and (before.name, before.post) == (person.name, person.post):
        return False
    body = body_of(work, region)
    if before is not None:
        work.connection.execute(
            update(table)
            .where(*here)
            .values(ended_at=work.now, ended_by=work.actor.member_id, ended_body=body)
        )
    if person is not None:
        work.insert(
            table,
            region=region,
            township=duty.township,
            village=duty.village,
            level=duty.level.value,
            name=person.name,
            post=person.post,
            at=work.now,
            member_id=work.actor.member_id,
            body=body,
        )
    events.record(
        work,
        "register_changed",
        body=body,
        data={
            "region": region,
            "township": duty.township,
            "village": duty.village,
            "level": duty.level.value,
            "vacant": person is None,
        },
    )
    return True


def leaders(work: Work, region: str) -> Sequence[Row[Any]]:
    """The county leaders named so far, each once, as rows of the register."""
    rows = [row for row in _current.all(work, region=region) if row.level == Level.LEADER]
    return list({(row.name, row.post): row for row in reversed(rows)}.values())[::-1]


def changes(work: Work, region: str) -> list[dict[str, Any]]:
    """What was changed, newest first: the day, the place, who before and who since, by whom."""
    rows = work.connection.execute(select(table).where(table.c.region == region).order_by(table.c.id)).all()
    ended = {(_where(row), row.ended_at): row for row in rows if row.ended_at is not None}
    found = [_change(work, row, ended.pop((_where(row), row.at), None), row.at, row.body) for row in rows]
    found += [_change(work, None, row, row.ended_at, row.ended_body) for row in ended.values()]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def _where(row: Row[Any]) -> tuple[str, str, str]:
    return row.level, row.township, row.village


def _change(work: Work, now: Row[Any] | None, before: Row[Any] | None, at: Any, body: str) -> dict[str, Any]:
    row = now if now is not None else before
    assert row is not None
    return {
        "at": work.world.campaign.local(at).isoformat(),
        "township": row.township,
        "village": row.village,
        "level": row.level,
        "before": Person(before.name, before.post).said if before is not None else "",
        "now": Person(now.name, now.post).said if now is not None else "",
        "office": body.startswith("office:"),
    }


def last_paper(work: Work, region: str) -> Row[Any] | None:
    """The version of a region's 联动机制 that stands."""
    return work.connection.execute(
        select(papers).where(papers.c.region == region).order_by(papers.c.version.desc()).limit(1)
    ).first()


def versions(work: Work, region: str) -> Sequence[Row[Any]]:
    """Every version of a region's 联动机制, the newest first."""
    return work.connection.execute(
        select(papers).where(papers.c.region == region).order_by(papers.c.version.desc())
    ).all()


def last_change(work: Work, region: str) -> Any:
    """When somebody's name was last entered or taken out; None where nothing is filed."""
    return work.connection.execute(
        select(func.max(func.coalesce(table.c.ended_at, table.c.at))).where(table.c.region == region)
    ).scalar()


def may_send(work: Work, telegram_id: int) -> bool:
    """Whether a member's workbook may be a register: an office's, or a contact's."""
    actor = people.actor_of(work, telegram_id)
    return bool(regions(work, actor))
