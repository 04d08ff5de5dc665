"""The register filled in by buttons and words: a leader, a township's officer, its villages'."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row

from bot.domain.permissions import RegisterAct
from bot.domain.register import Duty, Level, Person, read_person, read_villages, vacant
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.people import Reached
from bot.services import questions, secrecy
from bot.services.answering import Toast
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.refusals import NotUnderstood
from bot.services.register import book, card

QUESTION: Final = "register_person"


def ask(work: Work, argument: str, chat_id: int) -> None:
    """A button of the card: who answers there? `6.3.leader`, `6..leader`, `6.3.village.12`, `6.3.village`.

    Raises:
        NotYours, NotUnderstood: another's register, or no such place any more.
    """
    region, duty = _place(work, argument)
    filed = book.filed(work, region)
    before = filed.get(duty)
    many = duty.level is Level.VILLAGE and not duty.village
    missing: list[str] = []
    if many:
        cover = next(one for one in book.covers(work, region) if one.township == duty.township)
        missing = list(cover.missing)
    questions.ask(
        work,
        chat_id,
        QUESTION,
        "register.ask_villages" if many else "register.ask_person",
        {
            "region": region,
            "township": duty.township,
            "village": duty.village,
            "level": duty.level.value,
            "before": before.said if before is not None else "",
            "missing": missing[:20],
            "more": max(0, len(missing) - 20),
        },
        subject={"place": argument, "region": region, "township": duty.township, "village": duty.village},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        protect=True,
    )


def _place(work: Work, argument: str) -> tuple[str, Duty]:
    at, _, rest = argument.partition(".")
    region = book.region_at(work, at, RegisterAct.CHANGE)
    parts = rest.split(".")
    if len(parts) not in (2, 3) or parts[1] not in {level.value for level in Level}:
        raise NotUnderstood(hint="old_button")
    level = Level(parts[1])
    if parts[0] == "" and level is Level.LEADER and len(parts) == 2:
        return region, Duty(level)
    township = book.township_at(work, region, parts[0])
    if len(parts) == 2:
        return region, Duty(level, township)
    cover = next(one for one in book.covers(work, region) if one.township == township)
    if level is not Level.VILLAGE or not parts[2].isdecimal() or int(parts[2]) >= len(cover.villages):
        raise NotUnderstood(hint="old_button")
    return region, Duty(level, township, cover.villages[int(parts[2])])


@questions.answers(QUESTION)
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    secrecy.refuse_secret(work, incoming)
    subject = question.subject
    at, _, rest = subject["place"].partition(".")
    level = Level(rest.split(".")[1])
    region = book.region_at(work, at, RegisterAct.CHANGE)
    if region != subject["region"]:
        raise NotUnderstood(hint="old_button")
    township, village = subject["township"], subject["village"]
    if level is Level.VILLAGE and not village:
        _take_villages(work, region, township, incoming, at)
        return
    person = _read(incoming.text)
    changed = book.put(work, region, Duty(level, township, village), person)
    if changed:
        tell(work, region)
    card.open_card(work, incoming.chat_id, _panel(work, at, region, Duty(level, township, village)))


def _read(words: str) -> Person | None:
    if vacant(words):
        return None
    person = read_person(words)
    if person is None:
        raise NotUnderstood(hint="register_person")
    return person


def _panel(work: Work, at: str, region: str, duty: Duty) -> str:
    """The face on which the place stands."""
    if not duty.township:
        return f"r.{at}"
    index = book.townships(work, region).index(duty.township)
    if not duty.village:
        return f"o.{at}.{index}"
    cover = next(one for one in book.covers(work, region) if one.township == duty.township)
    rank = cover.villages.index(duty.village) if duty.village in cover.villages else 0
    return f"v.{at}.{index}.{rank // card.VILLAGES}"


def _take_villages(work: Work, region: str, township: str, incoming: Incoming, at: str) -> None:
    """Lines of villages: what could be read is written down, the rest is named."""
    cover = next(one for one in book.covers(work, region) if one.township == township)
    lines, unread = read_villages(incoming.text, cover.villages)
    if not lines:
        raise NotUnderstood(hint="register_villages")
    changed = [
        book.put(work, region, Duty(Level.VILLAGE, township, line.village), line.person) for line in lines
    ]
    if any(changed):
        tell(work, region)
    index = book.townships(work, region).index(township)
    if unread:
        say(
            work, incoming.chat_id, "register.unread",
            {"taken": len(lines), "lines": unread[:5], "more": max(0, len(unread) - 5)},
            reply_to=incoming.message_id, protect=True,
        )  # fmt: skip
    card.open_card(work, incoming.chat_id, f"o.{at}.{index}")


def set_leader(work: Work, row_id: int, argument: str, chat_id: int) -> Toast:
    """「同一县级领导」: a leader who is named elsewhere answers for this township, too.

    Raises:
        NotYours, NotUnderstood: another's register, or nobody of that region.
    """
    at, _, index = argument.partition(".")
    region = book.region_at(work, at, RegisterAct.CHANGE)
    township = book.township_at(work, region, index)
    row = next((one for one in book.leaders(work, region) if one.id == row_id), None)
    if row is None:
        raise NotUnderstood(hint="old_button")
    if book.put(work, region, Duty(Level.LEADER, township), Person(row.name, row.post)):
        tell(work, region)
    card.open_card(work, chat_id, f"o.{at}.{index}")
    return Toast("register.kept_toast")


# --- who hears it -------------------------------------------------------------------------------------


def tell(work: Work, region: str, *, paper: int = 0) -> None:
    """The other side hears once a day that a region's filing has changed, and each time of a paper.

    The office hears of the region's changes, the region's first contact of the office's; no name is said.
    """
    own = region in work.actor.regions()
    day = work.world.campaign.today(work.now).isoformat()
    what = f"paper{paper}" if paper else day
    for one in _others(work, region, own=own):
        if one.member_id == work.actor.member_id:
            continue
        say(
            work,
            one.chat_id,
            "register.told",
            {**card.summary(work, region), "by_office": not own, "new_paper": paper},
            buttons=((Button("register_open", "rgopen", arg=str(book.index_of(work, region))),),),
            silent=True,
            protect=True,
            dedup=f"register:{region}:{what}:{'own' if own else 'office'}:{one.chat_id}",
        )


def _others(work: Work, region: str, *, own: bool) -> list[Reached]:
    if own:
        return list(people.office_of(work, work.world.campaign.region(region).track))
    return list(people.contacts_of(work, region))[:1]
