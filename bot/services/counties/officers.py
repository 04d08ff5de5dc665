"""责任领导(县级) and 具体责任人(科级): out of the register 备案, changed by words or a button (SPEC §2).

Where the register names nobody, the place's last card does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update

from bot.domain.masking import mask_numbers
from bot.domain.permissions import Action
from bot.ledger.desk import Work
from bot.ledger.tables import facts
from bot.services import life, questions
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, say
from bot.services.refusals import NotUnderstood
from bot.services.register import book as register

MOST = 64
"""Characters of a name with its post that are kept."""

_NAME = r"[^；;，,。\n]{2,64}?(?=\s*(?:[；;，,。\n]|$|具体责任人|责任人|责任领导|officer))"
_SIGN = r"\s*(?:[（(][县科]级[)）])?\s*[:：]\s*"
_LEADER = re.compile(rf"(?:(?:县级)?责任领导|(?:county )?leader){_SIGN}({_NAME})", re.IGNORECASE)
_OFFICER = re.compile(rf"(?:具体责任人|责任人|officer(?: in charge)?){_SIGN}({_NAME})", re.IGNORECASE)
_EDGES = " \t\r\n；;，,。"


@dataclass(frozen=True, slots=True)
class Officers:
    """Who is answerable on the county's side, as it was said; `rest` are the words beside it."""

    leader: str | None = None
    officer: str | None = None
    rest: str = ""

    @property
    def named(self) -> bool:
        """Whether anybody was named."""
        return bool(self.leader or self.officer)


def read(text: str) -> Officers:
    """The officers that a text names: 「责任领导：某某；责任人：某某」, and the words beside."""
    leader, officer = _LEADER.search(text), _OFFICER.search(text)
    rest = text
    for found in (leader, officer):
        if found is not None:
            rest = rest.replace(found[0], "\n")
    pieces = [piece.strip(_EDGES) for piece in rest.splitlines()]
    return Officers(_short(leader), _short(officer), "\n".join(piece for piece in pieces if piece))


def _short(found: re.Match[str] | None) -> str | None:
    return mask_numbers(found[1].strip()[:MOST]) if found else None


def read_answer(text: str) -> Officers:
    """An answer to the bot's question: labelled, or two parts in the order that was asked for."""
    said = read(text)
    if said.named:
        return said
    parts = [part.strip() for part in re.split(r"[；;\n，,]", text) if part.strip()]
    if len(parts) == 2 and all(2 <= len(part) <= MOST for part in parts):
        return Officers(mask_numbers(parts[0]), mask_numbers(parts[1]))
    return said


def keep(work: Work, row: Row[Any], said: Officers) -> Row[Any]:
    """Write the officers into the entry, and remember them for the place's next card."""
    if not said.named:
        return row
    values = {
        name: value
        for name, value in (("county_leader", said.leader), ("section_officer", said.officer))
        if value is not None and value != getattr(row, name)
    }
    if values:
        body = life.body_for(work, row, Action.SET_OFFICERS)
        row = life.amend(work, row, "officers", body=body, data=dict(values), **values)
    _remember(work, row)
    return row


def _key(region: str, township: str | None) -> str:
    return f"officers:{region}:{township or ''}"


def _remember(work: Work, row: Row[Any]) -> None:
    value = {"leader": row.county_leader, "officer": row.section_officer}
    for key in {_key(row.region, row.township), _key(row.region, None)}:
        if work.connection.execute(select(facts.c.key).where(facts.c.key == key)).first() is None:
            work.connection.execute(facts.insert().values(key=key, value=value))
        else:
            work.connection.execute(update(facts).where(facts.c.key == key).values(value=value))


def defaults(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The officers a fresh card begins with: its own, where it names any, else the place's (`of_place`)."""
    return {} if row.county_leader or row.section_officer else of_place(work, row.region, row.township)


def of_place(work: Work, region: str, township: str | None) -> dict[str, Any]:
    """Whom the register names for the place; where it names nobody, the place's last card does.

    Empty where nobody was ever named.
    """
    leader, officer = register.officers_of(work, region, township)
    found = _of_last_card(work, region, township)
    if leader is not None:
        found["county_leader"] = leader.said
    if officer is not None:
        found["section_officer"] = officer.said
    return found


def _of_last_card(work: Work, region: str, township: str | None) -> dict[str, Any]:
    """The officers of the township's last card, else the leader of the region's."""
    known = {
        key: work.connection.execute(select(facts.c.value).where(facts.c.key == key)).scalar()
        for key in (_key(region, township), _key(region, None))
    }
    of_township, of_region = known[_key(region, township)], known[_key(region, None)]
    if township and of_township:
        return {"county_leader": of_township["leader"], "section_officer": of_township["officer"]}
    return {"county_leader": of_region["leader"]} if of_region else {}


def ask(work: Work, entry_id: int, version: int, chat_id: int, reply_to: int | None) -> None:
    """「责任人」: one question for both."""
    row = life.load(work, entry_id, Action.SET_OFFICERS)
    life.fresh_press(work, row, version)
    questions.ask(
        work,
        chat_id,
        "officers",
        "county.ask_officers",
        {"number": row.number, "leader": row.county_leader, "officer": row.section_officer},
        subject={"entry": row.id},
        buttons=lambda question_id: ((Button("cancel", "noanswer", question_id),),),
        reply_to=reply_to,
        entry_id=row.id,
    )


@questions.answers("officers")
def _answered(work: Work, question: Row[Any], incoming: Incoming) -> None:
    row = life.load(work, question.subject["entry"], Action.SET_OFFICERS)
    said = read_answer(incoming.text)
    if not said.named:
        raise NotUnderstood(hint="officers")
    fresh = keep(work, row, said)
    tell(work, fresh, incoming)


def tell(work: Work, row: Row[Any], incoming: Incoming) -> None:
    """Say that the officers are written down."""
    say(
        work,
        incoming.chat_id,
        "county.officers_kept",
        {"number": row.number, "leader": row.county_leader, "officer": row.section_officer},
        reply_to=incoming.message_id,
        entry_id=row.id,
        silent=True,
    )
