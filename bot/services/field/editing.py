"""Each understood field changed by a tap, words changed by a reply or an edit; after hand-over, offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, update

from bot.domain.captions import is_menu_word
from bot.domain.deadlines import DeadlineWish, resolve
from bot.domain.entries import OPEN_STATES, Mode, Source, State
from bot.domain.handover import tells_of_caller
from bot.domain.permissions import Action
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Work
from bot.ledger.tables import entries
from bot.services import life, pictures, questions, telling
from bot.services.answering import Toast
from bot.services.counties import proofwords
from bot.services.duties import days
from bot.services.field import filing, renumbering
from bot.services.field.filing import PLACE
from bot.services.incoming import Incoming
from bot.services.outgoing import Button, close_panels, open_panel, say
from bot.services.refusals import CovertInGroup, NotPossible, NotUnderstood

PANELS = frozenset(
    (
        "edit", "place", "towns", "regions", "category", "mains", "subs", "deadline", "handling", "severity",
        "source",
    )
)  # fmt: skip
"""What the receipt's buttons can turn into."""

WISHES = ("tomorrow", "days:3", "days:7", "weekday:5", "next_week:5", "month_end", "")
"""明天, 3天, 7天, 本周五 (from Saturday on: 下周五), 月底, 默认."""

HANDLINGS = ("onsite", "notice", "warning")
SEVERITIES = ("normal", "serious", "severe")

ADOPTED = ("description", "township", "village", "spot", "place_type", "category", "severity", "wish")
"""What an edit after hand-over may still change; another region is the office's re-assignment."""

LONGEST_SPOT = 60


def _editable(work: Work, entry_id: int) -> Row[Any]:
    """An entry whose fields can still be changed: before hand-over, by its filer or its office."""
    row = life.load(work, entry_id, Action.EDIT)
    if row.state != State.FILED or row.kind != "issue":
        raise NotPossible(state=row.state)
    return row


def turn(work: Work, entry_id: int, chat_id: int, message_id: int, panel: str) -> None:
    """「修改」 and what it leads to: the receipt's buttons turn; the settle time starts anew."""
    row = _editable(work, entry_id)
    name = panel.partition(".")[0]
    if panel and name not in PANELS:
        raise NotUnderstood(hint="old_button")
    # no new version: the buttons that are shown stay good
    work.connection.execute(update(entries).where(entries.c.id == row.id).values(**filing.touch(work, row)))
    if not open_panel(work, chat_id, message_id, panel or None):
        raise NotUnderstood(hint="old_button")


def set_field(work: Work, entry_id: int, version: int, arg: str) -> None:
    """One field, by a tap: `c.garbage.domestic`, `h.onsite`, `s.severe`, `d.days:3`, `t.12`, `o.media`.

    Raises:
        NotPossible: the entry was handed over.
        AlreadyMoved, CardChanged: the button is older than the entry.
        NotUnderstood: of an older form.
    """
    row = _editable(work, entry_id)
    life.fresh_press(work, row, version, seen_all=True)
    what, _, value = arg.partition(".")
    if what == "o":
        _set_source(work, row, value)
        return
    values = _tapped(work, row, what, value)
    _amend(work, row, values, by_hand=tuple(values))


def _set_source(work: Work, row: Row[Any], source: str) -> None:
    """Another source: what becomes a caller's is withheld; what tells of a caller stays a caller's."""
    if source not in filing.OFFICE_SOURCES or not filing.source_is_open(row):
        raise NotUnderstood(hint="old_button")
    if source != Source.PUBLIC and tells_of_caller(row.description):
        raise NotUnderstood(hint="callers")
    if source == Source.PUBLIC:
        pictures.withhold(work, row.id)
    elif row.source == Source.PUBLIC:
        pictures.give_back(work, row.id)
    _amend(work, row, {"source": source}, by_hand=("source",))


def _tapped(work: Work, row: Row[Any], what: str, value: str) -> dict[str, Any]:
    reader, campaign = work.world.reader, work.world.campaign
    if what == "c" and reader.categories.sub(value) is not None:
        return {"category": value}
    if what == "h" and value in HANDLINGS:
        return {"handling": value}
    if what == "s" and value in SEVERITIES:
        return {"severity": value}
    if what == "d" and value in WISHES:
        return {"wish": value or None, "wish_words": None}
    if what == "r" and value.isdigit() and int(value) < len(campaign.regions):
        name = campaign.regions[int(value)].name
        if name == row.region:
            return {"region": name}
        return {"region": name, "township": None, "village": None}
    towns = reader.gazetteer.townships.get(row.region, ())
    if what == "t" and value.isdigit() and int(value) < len(towns):
        town = towns[int(value)]
        if town == row.township:
            return {"township": town}
        return {"township": town, "village": None}
    raise NotUnderstood(hint="old_button")


def choose_village(work: Work, entry_id: int, version: int, arg: str) -> None:
    """One of the offered villages, or 「都不是」."""
    row = _editable(work, entry_id)
    life.fresh_press(work, row, version)
    choices = row.choices or []
    if arg == "-":
        _amend(work, row, {"choices": []}, by_hand=())
        return
    if not arg.isdigit() or int(arg) >= len(choices):
        raise NotUnderstood(hint="old_button")
    region, township, village = choices[int(arg)]
    _amend(work, row, {"region": region, "township": township, "village": village}, by_hand=PLACE[:3])


def _amend(work: Work, row: Row[Any], values: dict[str, Any], *, by_hand: tuple[str, ...]) -> Row[Any]:
    """Write fields before hand-over; the panel closes, the settle time starts anew."""
    hand = [*(row.by_hand or ()), *(name for name in by_hand if name not in (row.by_hand or ()))]
    if "region" in values:
        values["track"] = work.world.campaign.track_of(values["region"]).key
    if "village" in values:
        values.setdefault("choices", [])
    fresh = life.amend(
        work, row, "edited", body=life.body_for(work, row, Action.EDIT),
        data={"fields": sorted(name for name in values if name not in ("track", "choices"))},
        by_hand=hand, **filing.touch(work, row), **values,
    )  # fmt: skip
    close_panels(work, row.id)
    return fresh


# --- by reply --------------------------------------------------------------------------------------


def ask(work: Work, entry_id: int, chat_id: int, what: str) -> None:
    """「打字写地点」「改文字」: a question whose answer is the next words."""
    row = _editable(work, entry_id)
    if what not in ("place", "words"):
        raise NotUnderstood(hint="old_button")
    questions.ask(
        work, chat_id, f"edit_{what}", f"receipt.ask_{what}", {"number": row.number},
        subject={"entry": row.id}, entry_id=row.id, protect=book.facts_of(row).hidden,
    )  # fmt: skip


@questions.answers("edit_place")
def place_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """A place in words: what the gazetteer knows of it, the rest as the spot."""
    row = _editable(work, question.subject["entry"])
    text = incoming.text.strip()
    reading = filing.read(work, text, filing.identity_stored(work, row), incoming.sent_at)
    region = reading.region if reading.names_place and reading.region else row.region
    values: dict[str, Any] = {"region": region}
    if not reading.names_place:
        values["spot"] = text[:LONGEST_SPOT]
    else:
        same = region == row.region
        values["township"] = reading.township or (row.township if same else None)
        values["village"] = reading.village
        values["spot"] = reading.spot or reading.problem_text[:LONGEST_SPOT] or None
    if reading.village_choices:
        values["choices"] = filing.village_choices(work, reading, region, filing.last_entry(work, row))
    _amend(work, row, values, by_hand=PLACE)
    filing.show_receipt(work, row, anew=True)


@questions.answers("edit_words")
def words_said(work: Work, question: Row[Any], incoming: Incoming) -> None:
    """Other words for the entry."""
    row = _editable(work, question.subject["entry"])
    row = reword(work, row, incoming.text.strip(), incoming.sent_at, incoming.message_id)
    filing.show_receipt(work, row, anew=True)


# --- edited captions -------------------------------------------------------------------------------


def edited(work: Work, incoming: Incoming) -> None:
    """An edited message: the words of an entry are read anew until hand-over, then offered.

    Of a proof the measures follow (`proofwords`); an edit of anything else changes nothing.

    Raises:
        CovertInGroup: a photo in a group chat that is no entry's now tells of 暗访.
    """
    if proofwords.edited(work, incoming):
        return
    entry_id = book.by_message(work, incoming.chat_id, incoming.message_id)
    row = book.get(work, entry_id) if entry_id is not None else None
    words = work.world.reader.words
    told = not incoming.private and words.is_covert_report(incoming.text, photo=incoming.has_photo)
    if row is None and told and filing.may_file(work):
        raise CovertInGroup
    text = incoming.text.removeprefix("#问题").strip()
    if row is None or row.filer_id != work.actor.member_id or not text:
        return
    if is_menu_word(text, work.world.reader) or text == row.description:
        return
    if row.words_message not in (None, incoming.message_id):
        return
    if row.words_message is None and row.description:
        return
    life.load(work, row.id, Action.EDIT)
    reword(work, row, text, incoming.sent_at, incoming.message_id)


def reword(
    work: Work, row: Row[Any], text: str, sent_at: datetime, message_id: int | None = None
) -> Row[Any]:
    """Other words for an entry: read anew until hand-over, afterwards offered. Gives its row."""
    if row.state == State.DRAFT:
        return filing.apply_caption(work, row, text, sent_at=sent_at, message_id=message_id)
    if row.state != State.FILED:
        return _offer(work, row, text, sent_at, message_id)
    reading, values = filing.understand(work, row, text, sent_at)
    if values["region"] is None:
        values.update(region=row.region, note="elsewhere" if reading.elsewhere else None)
        if not reading.names_place:
            values.update(township=row.township, village=row.village)
    if message_id is not None:
        values["words_message"] = message_id
    values["track"] = work.world.campaign.track_of(values["region"]).key
    if row.mode == Mode.COVERT:
        values["public_text"] = None  # what the county is to read is made anew of the new words
    if row.kind == "visit" and not reading.clean:
        values["kind"] = "issue"
    fresh = life.amend(
        work, row, "edited", body=life.body_for(work, row, Action.EDIT),
        data={"fields": ["description"], "words": text},
        description=text, **filing.touch(work, row), **values,
    )  # fmt: skip
    if fresh.kind == "issue" and fresh.number is None:
        fresh = filing.number_now(work, fresh)
    if fresh.source == Source.PUBLIC:
        pictures.withhold(work, fresh.id)
    if reading.covert and fresh.mode == Mode.OPEN:
        fresh = renumbering.turn_covert(work, fresh)
    return fresh


def _offer(work: Work, row: Row[Any], text: str, sent_at: datetime, message_id: int | None) -> Row[Any]:
    """After hand-over: what would change, and one tap to adopt it.

    An entry that was handed over without a word takes its first ones at once.
    """
    if State(row.state) not in OPEN_STATES:
        return row
    if not row.description:
        return _adopt(work, row, text, sent_at, message_id)
    changes = _changes(work, row, text, sent_at)
    event_id = events.record(
        work, "edited", entry_id=row.id, body=life.body_for(work, row, Action.EDIT),
        data={"offered": text, "message": message_id, "sent_at": sent_at.isoformat()},
    )  # fmt: skip
    chat_id = telling.filer(work, row)
    if chat_id is None:
        return row
    say(
        work, chat_id, "receipt.offer", {"number": row.number, "changes": _shown(work, row, changes)},
        buttons=((Button("adopt", "adopt", row.id, 0, str(event_id)),),),
        reply_to=message_id if chat_id == row.chat_id else None, entry_id=row.id,
    )  # fmt: skip
    return row


def _changes(work: Work, row: Row[Any], text: str, sent_at: datetime) -> dict[str, Any]:
    """The columns that other words would change after hand-over.

    Not the region (the office re-assigns), and never an earlier deadline than the one granted.
    """
    reading, values = filing.understand(work, row, text, sent_at)
    found = {"description": text, **{name: values[name] for name in ADOPTED if name in values}}
    if values.get("region") != row.region or not reading.names_place:
        for name in ("township", "village"):
            found.pop(name, None)
    wish = found.pop("wish", None)
    changes = {name: value for name, value in found.items() if value != getattr(row, name)}
    if wish is not None and wish != row.wish:
        due = _due_since(work, row, wish)
        if row.deadline is not None and due > row.deadline:
            changes.update(wish=wish, wish_words=values["wish_words"], deadline=due)
    return changes


def _due_since(work: Work, row: Row[Any], wish: str) -> datetime:
    """The deadline that a wish gives, counted from the hand-over."""
    return resolve(
        DeadlineWish.parse(wish),
        handed_over=work.world.campaign.local(row.assigned_at),
        handling=row.handling,
        category=row.category,
        settings=work.world.deadlines,
        is_working_day=days.works_on(work),
    ).due


def _shown(work: Work, row: Row[Any], changes: dict[str, Any]) -> list[dict[str, Any]]:
    """What would change, as values for the text: the place as one, the rest field by field."""
    found: list[dict[str, Any]] = []
    if changes.keys() & set(PLACE):
        parts = (changes.get(name, getattr(row, name)) for name in PLACE)
        found.append({"field": "place", "value": "".join(part for part in parts if part)})
    for name in ("category", "severity"):
        if name in changes:
            found.append({"field": name, "value": changes[name]})
    if "deadline" in changes:
        found.append(
            {"field": "deadline", "value": work.world.campaign.local(changes["deadline"]).isoformat()}
        )
    found.append({"field": "words", "value": changes.get("description", row.description)})
    return found


def adopt(work: Work, entry_id: int, event_id: int) -> Toast:
    """「采用修改」 after hand-over: the county's card is edited, without a new message."""
    row = life.load(work, entry_id, Action.EDIT)
    event = next((one for one in book.events_of(work, row.id) if one.id == event_id), None)
    text = (event.data or {}).get("offered") if event is not None else None
    if text is None:
        raise NotUnderstood(hint="old_button")
    if State(row.state) not in OPEN_STATES:
        raise NotPossible(state=row.state)
    if text != row.description:
        assert event is not None
        sent_at = datetime.fromisoformat(event.data["sent_at"])
        _adopt(work, row, text, sent_at, event.data["message"])
    return Toast("receipt.adopted", {"number": row.number})


def _adopt(work: Work, row: Row[Any], text: str, sent_at: datetime, message_id: int | None) -> Row[Any]:
    changes = _changes(work, row, text, sent_at)
    if message_id is not None:
        changes["words_message"] = message_id
    return life.amend(
        work, row, "edited", body=life.body_for(work, row, Action.EDIT),
        data={"fields": sorted(changes)}, touched_at=work.now, **changes,
    )  # fmt: skip
