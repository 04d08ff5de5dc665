"""An entry's life in the ledger: every forbidden move refused, and any course of moves against a model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.domain.entries import TRANSITIONS, State
from bot.domain.permissions import Role
from bot.ledger import entries as book
from bot.ledger import events
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import counts, entries, requests
from bot.services import life, pictures
from bot.services.checking import check, onsite
from bot.services.counties import assignment, county
from bot.services.incoming import Attachment, Incoming
from bot.services.offices import office, seconds
from bot.services.refusals import AlreadyMoved, NotPossible, Refusal, TooLate
from bot.texts.catalogue import Catalogue
from tests.services.conftest import START, Office
from tests.town.ledger import empty_ledger

WORLD = build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"}))
REGION, OTHER = "延津县", "卫辉市"


@dataclass
class Cast:
    """Who plays: one group's leader, two contacts, two of the office."""

    office: Office
    leader: int = 0
    contact: int = 0
    other: int = 0
    first: int = 0
    second: int = 0
    messages: int = field(default=1)

    @classmethod
    def on(cls, desk: Desk) -> Cast:
        """Put everybody into a ledger."""
        people = Office(desk)
        return cls(
            people,
            people.member("李甲", Role.INSPECTOR, track="county", group_key="county/1", leader=True),
            people.member("王乙", Role.CONTACT, region=REGION),
            people.member("赵丙", Role.CONTACT, region=OTHER),
            people.member("钱丁", Role.OFFICE, track="county"),
            people.member("孙戊", Role.OFFICE, track="county"),
        )

    def entry(self, state: State = State.FILED, **values: Any) -> int:
        """An entry of the group in a state, with its counter."""

        def verb(work: Work) -> int:
            given = {
                "number": f"县1-0412-{self.messages:02d}",
                "state": state.value,
                "track": "county",
                "group_key": "county/1",
                "checker": "county/1",
                "filer_id": self.leader,
                "region": REGION,
                "township": "王楼镇",
                "description": "延津县王楼镇垃圾堆",
                "found_at": work.now,
                "created_at": work.now,
                "touched_at": work.now,
                "deadline": work.now + timedelta(days=3),
                **values,
            }
            new_id = work.insert(entries, **given)
            row = book.get(work, new_id)
            assert row is not None
            book.count(work, row.region, state, +1)
            return new_id

        return int(self.office.does(self.leader, verb))

    def photo(self, chat_id: int) -> Incoming:
        """A photo that somebody sends."""
        self.messages += 1
        number = self.messages
        return Incoming(
            chat_id=chat_id,
            message_id=number,
            sender_id=chat_id,
            sent_at=self.office.desk.clock.now(),
            attachments=(Attachment("photo", f"f{number}", f"u{number}", 1000),),
        )


@pytest.fixture
def cast(desk: Desk) -> Cast:
    """The cast on a fresh ledger."""
    return Cast.on(desk)


FORBIDDEN = [(one, two) for one in State for two in State if two not in TRANSITIONS[one]]


@pytest.mark.parametrize(("current", "wanted"), FORBIDDEN)
def test_every_pair_beside_the_table_is_refused_with_a_clear_line(
    cast: Cast, current: State, wanted: State
) -> None:
    entry_id = cast.entry(current)

    def verb(work: Work) -> None:
        row = book.get(work, entry_id)
        assert row is not None
        life.move(work, row, wanted, "test", body="group:county/1")

    with pytest.raises(NotPossible) as refused:
        cast.office.does(cast.leader, verb)

    catalogue = Catalogue(WORLD.campaign)
    for language in ("zh", "en"):
        line = catalogue.text(language, refused.value.key, refused.value.values)
        assert catalogue.label(language, "states", current.value) in line
    row = cast.office.does(cast.leader, book.get, entry_id)
    assert (row.state, row.version) == (current.value, 1)


VERBS: dict[str, tuple[str, Callable[[Cast, int], Any], set[str]]] = {
    "assign": ("leader", lambda c, e: (assignment.assign_now, e), {"filed"}),
    "acknowledge": ("contact", lambda c, e: (county.acknowledge, e), {"assigned"}),
    "close": ("leader", lambda c, e: (check.close, e), {"submitted"}),
    "return": ("leader", lambda c, e: (check.send_back, e, 0, "unclean"), {"submitted"}),
    "reopen": ("leader", lambda c, e: (check.reopen, e), {"closed"}),
    "resume": ("first", lambda c, e: (office.resume, e), {"deferred"}),
    "reassign": (
        "first",
        lambda c, e: (office.reassign, e, 0, OTHER),
        {"assigned", "acknowledged", "returned"},
    ),
    "defer": (
        "first",
        lambda c, e: (office.defer, e, 0, "weather"),
        {"assigned", "acknowledged", "returned", "submitted"},
    ),
    "void": (
        "first",
        lambda c, e: (office.void, e, 0, "false"),
        {"filed", "assigned", "acknowledged", "returned", "submitted"},
    ),
}


@pytest.mark.parametrize("name", list(VERBS))
@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_every_verb_works_in_its_states_and_is_refused_in_the_others(
    cast: Cast, name: str, state: State
) -> None:
    who, call, works_in = VERBS[name]
    entry_id = cast.entry(
        state,
        assigned_at=None if state is State.FILED else START,
        submitted_at=START if state is State.SUBMITTED else None,
    )

    verb, *args = call(cast, entry_id)
    try:
        cast.office.does(getattr(cast, who), verb, *args)
        worked = True
    except Refusal:
        worked = False

    assert worked is (state.value in works_in)


def test_the_first_of_two_presses_wins_and_the_second_hears_who_was_first(cast: Cast) -> None:
    entry_id = cast.entry(State.SUBMITTED, assigned_at=START, submitted_at=START)

    cast.office.does(cast.leader, check.close, entry_id, 1)
    with pytest.raises(AlreadyMoved) as refused:
        cast.office.does(cast.first, check.send_back, entry_id, 1, "unclean")

    line = Catalogue(WORLD.campaign).text("zh", refused.value.key, refused.value.values)
    assert line == "县1-0412-01 已由县(市)第一督查小组于09:00销号。"


def test_what_the_office_did_the_group_does_not_take_back(cast: Cast) -> None:
    entry_id = cast.entry(State.SUBMITTED, assigned_at=START, submitted_at=START)
    cast.office.does(cast.first, check.close, entry_id)

    with pytest.raises(Refusal):
        cast.office.does(cast.leader, check.undo, entry_id)
    cast.office.does(cast.second, check.undo, entry_id)

    assert cast.office.does(cast.first, book.get, entry_id).state == "submitted"


def test_an_on_site_fix_cannot_be_undone_to_a_state_that_never_was(cast: Cast) -> None:
    entry_id = cast.entry(State.ASSIGNED, assigned_at=START)
    for kind in ("before", "after"):
        cast.office.does(
            cast.leader, pictures.keep, cast.photo(cast.leader + 1000), entry_id=entry_id, kind=kind
        )
    cast.office.does(cast.leader, onsite.fix, entry_id)

    with pytest.raises(TooLate):
        cast.office.does(cast.leader, check.undo, entry_id)


# --- any course of moves, against a small model -----------------------------------------------------


UNDO_FROM = {"closed", "returned", "acknowledged", "submitted"}


@dataclass
class Last:
    """The last move, as the model remembers it."""

    before: str
    deadline: datetime | None
    returns: int
    at: datetime


class EntrysLife(RuleBasedStateMachine):
    """One entry, everybody pressing whatever they like; the ledger must agree with the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life-"))
        self.clock = SteppedClock(START)
        self.desk = Desk(empty_ledger(self.folder / "bot.db"), self.clock, WORLD)
        self.cast = Cast.on(self.desk)
        self.state, self.round, self.returns = "filed", 1, 0
        self.region = REGION
        self.signs: list[str] = []
        self.last: Last | None = None
        self.version = 0

    def teardown(self) -> None:
        """Close the ledger and throw it away."""
        self.desk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize()
    def filed(self) -> None:
        """The entry is filed, with a photo."""
        self.entry_id = self.cast.entry()
        self.does(
            "leader", pictures.keep, self.cast.photo(self.cast.leader + 1000), entry_id=self.entry_id,
            kind="before",
        )  # fmt: skip

    # the machinery

    def row(self) -> Any:
        return self.cast.office.does(self.cast.leader, book.get, self.entry_id)

    def does(self, who: str, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        try:
            self.cast.office.does(getattr(self.cast, who), verb, *args, **kwargs)
        except Refusal:
            return False
        return True

    def moves(
        self,
        who: str,
        allowed: set[str],
        to: str,
        verb: Callable[..., Any],
        *args: Any,
        undoable: bool = True,
    ) -> bool:
        """Do a verb, expect it to work exactly in these states; remember the move."""
        before = self.row()
        expected = self.state in allowed
        assert self.does(who, verb, *args) is expected
        if expected:
            self.last = (
                Last(self.state, before.deadline, self.returns, self.clock.now()) if undoable else None
            )
            self.state = to
        return expected

    @property
    def signed(self) -> bool:
        """Whether a county has signed for it, whichever and in whatever round, and not taken that back."""
        return self.round > 1 or bool(self.signs) or self.state in ("submitted", "returned")

    @property
    def contact(self) -> str:
        """Whose turn it is in the county."""
        return "contact" if self.region == REGION else "other"

    # the moves

    @rule()
    def assign(self) -> None:
        self.moves("leader", {"filed"}, "assigned", assignment.assign_now, self.entry_id)

    @rule()
    def acknowledge(self) -> None:
        if self.moves(self.contact, {"assigned"}, "acknowledged", county.acknowledge, self.entry_id):
            self.signs.append("acknowledged")

    @rule()
    def submit(self) -> None:
        chat_id = getattr(self.cast, self.contact) + 1000
        incoming = self.cast.photo(chat_id)
        if self.state == "submitted":
            assert self.does(self.contact, county.submit, self.entry_id, incoming)  # it joins the proof
            return
        allowed = {"assigned", "acknowledged", "returned"}
        if self.moves(self.contact, allowed, "submitted", county.submit, self.entry_id, incoming):
            self.signs.append("submitted")

    @rule(who=st.sampled_from(["leader", "first"]))
    def close(self, who: str) -> None:
        if self.moves(who, {"submitted"}, "closed", check.close, self.entry_id):
            self.closer = who

    @rule(who=st.sampled_from(["leader", "first"]), reason=st.sampled_from(["unclean", "same_angle"]))
    def send_back(self, who: str, reason: str) -> None:
        if self.moves(who, {"submitted"}, "returned", check.send_back, self.entry_id, 0, reason):
            self.closer = who
            self.returns += 1
            row = self.row()
            local = WORLD.campaign.local(self.clock.now())
            six = (local + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
            assert row.deadline >= six

    @rule(who=st.sampled_from(["leader", "contact", "other", "first"]))
    def undo(self, who: str) -> None:
        last = self.last
        side = {"closed": "check", "returned": "check", "acknowledged": "county", "submitted": "county"}
        in_time = last is not None and self.clock.now() <= last.at + WORLD.rules.undo_within
        fits = (
            last is not None
            and self.state in UNDO_FROM
            and last.before in ("submitted", "assigned", "acknowledged", "returned")
        )
        if fits and self.state in ("closed", "returned"):
            fits = last is not None and last.before == "submitted"
        if side.get(self.state) == "county":
            mine = who == self.contact
        else:
            mine = who == "first" or (who == "leader" and getattr(self, "closer", "") == "leader")
        expected = bool(in_time and fits and mine)
        assert self.does(who, check.undo, self.entry_id) is expected
        if expected:
            assert last is not None
            if self.state == "returned":
                self.returns -= 1
            if self.state in self.signs:
                self.signs.remove(self.state)
            self.state, self.last = last.before, None
            assert self.row().deadline == last.deadline

    @rule()
    def reopen(self) -> None:
        if self.moves("leader", {"closed"}, "assigned", check.reopen, self.entry_id, undoable=False):
            self.round += 1

    @rule()
    def resume(self) -> None:
        if self.moves("first", {"deferred"}, "assigned", office.resume, self.entry_id, undoable=False):
            self.round += 1

    @rule()
    def reassign(self) -> None:
        to = OTHER if self.region == REGION else REGION
        allowed = {"assigned", "acknowledged", "returned"}
        if self.moves("first", allowed, "assigned", office.reassign, self.entry_id, 0, to, undoable=False):
            self.region = to

    @rule(agrees=st.booleans())
    def defer(self, agrees: bool) -> None:
        allowed = {"assigned", "acknowledged", "returned", "submitted"}
        assert self.does("first", office.defer, self.entry_id, 0, "weather") is (self.state in allowed)
        if self.state not in allowed:
            return
        request_id = self._open_request()
        assert not self.does("first", seconds.agree, request_id)
        assert not self.does("leader", seconds.agree, request_id)
        assert self.does("second", seconds.agree if agrees else seconds.disagree, request_id)
        assert not self.does("second", seconds.agree, request_id)
        if agrees:
            self.state, self.last = "deferred", None

    @rule()
    def fix_on_site(self) -> None:
        self.does(
            "leader", pictures.keep, self.cast.photo(self.cast.leader + 1000), entry_id=self.entry_id,
            kind="after", round_=self.round,
        )  # fmt: skip
        allowed = {"filed", "assigned", "acknowledged", "returned"}
        self.moves("leader", allowed, "closed", onsite.fix, self.entry_id, undoable=False)

    @precondition(lambda self: self.round > 1 or self.returns > 0)
    @rule()
    def void(self) -> None:
        allowed = {"filed", "assigned", "acknowledged", "returned", "submitted"}
        assert self.does("first", office.void, self.entry_id, 0, "false") is (self.state in allowed)
        if self.state not in allowed:
            return
        if self.signed:
            assert self.row().state == self.state
            assert self.does("second", seconds.agree, self._open_request())
        self.state, self.last = "void", None

    @rule(minutes=st.sampled_from([1, 9, 11, 600]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    def _open_request(self) -> int:
        def query(work: Work) -> int:
            return int(
                work.connection.execute(
                    select(requests.c.id).where(requests.c.state == "open", requests.c.kind == "second")
                ).scalar_one()
            )

        return int(self.cast.office.does(self.cast.first, query))

    # what always holds

    @invariant()
    def the_ledger_agrees(self) -> None:
        """State, round, returns, region; the version never falls; counters and the chain of hashes hold."""
        if not hasattr(self, "entry_id"):
            return

        def query(work: Work) -> tuple[Any, dict[tuple[str, str], int], int | None, int]:
            counted = {
                (row.region, row.state): row.value
                for row in work.connection.execute(select(counts)).all()
                if row.value
            }
            lines = work.connection.execute(select(func.count()).select_from(entries)).scalar_one()
            assert counted == book.true_counts(work)
            return book.get(work, self.entry_id), counted, events.first_broken(work.connection), lines

        row: Any
        row, _, broken, lines = self.cast.office.does(self.cast.leader, query)
        assert (row.state, row.round, row.returns, row.region) == (
            self.state, self.round, self.returns, self.region,
        )  # fmt: skip
        assert row.version >= self.version
        self.version = row.version
        assert broken is None
        assert lines == 1


EntrysLife.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyCourseOfMoves = EntrysLife.TestCase
