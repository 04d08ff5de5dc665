"""Anything that may come: updates of any shape, files of any bytes. Nothing escapes, nobody else waits.

Bounded: the same examples on every machine; HYPOTHESIS_PROFILE=search looks further.
"""

from __future__ import annotations

import asyncio
import copy
import io
import itertools
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from telegram.error import BadRequest

from bot.app import build_world
from bot.clock import SteppedClock
from bot.config import EXAMPLE, load_settings
from bot.delivery.hearing import Hearing
from bot.delivery.receiver import Receiver
from bot.delivery.updates import Heard
from bot.documents import office_files, roster, score_sheet
from bot.domain.permissions import Role
from bot.handlers import COMMANDS, PRESSES, WORDS, dispatch
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import entries, inbox, members
from bot.media.errors import PhotoRefused
from bot.media.pipeline import study
from bot.texts.catalogue import Catalogue
from tests.drawn import photo
from tests.services.conftest import START, Office
from tests.town.ledger import empty_ledger

SEARCHES = settings().max_examples > 100
"""HYPOTHESIS_PROFILE=search."""
MOST = settings(max_examples=1000 if SEARCHES else 60, suppress_health_check=list(HealthCheck))
BOT = 7000000001
CAPTION = "延津县王楼镇任庄村村口垃圾堆，限3天"


class DeadLine:
    """Telegram says no to whatever is asked."""

    async def call(self, *_: Any, **__: Any) -> Any:
        raise BadRequest("Bad Request: no")

    async def download(self, *_: Any, **__: Any) -> bytes:
        raise BadRequest("Bad Request: no")


class Ears:
    """A receiver with the real handlers on a ledger of its own, and two people who have joined."""

    def __init__(self, folder: Path) -> None:
        world = build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"}))
        self.desk = Desk(empty_ledger(folder / "bot.db"), SteppedClock(START), world)
        self.catalogue = Catalogue(world.campaign)
        people = Office(self.desk)
        self.inspector = 1000 + people.member("李甲", Role.INSPECTOR, track="county", group_key="county/1")
        self.contact = 1000 + people.member("王乙", Role.CONTACT, region="延津县")
        self.ids = itertools.count(1)

    async def hear(self, updates: list[dict[str, Any]]) -> None:
        """Store them as one batch and work them off; a try costs no waiting here."""

        async def handle(heard: Heard) -> None:
            await dispatch(Hearing(self.desk, DeadLine(), self.catalogue, heard))  # type: ignore[arg-type]

        async def at_once(_seconds: float) -> None:
            await asyncio.sleep(0)

        receiver = Receiver(self.desk, handle, bot_id=BOT, bot_name="inspect_bot", sleep=at_once)
        await receiver.store(updates)
        await receiver.lanes.idle()

    def states(self) -> dict[str, int]:
        """How many updates stand how."""

        def reading(work: Work) -> dict[str, int]:
            rows = work.connection.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state)).all()
            return {row[0]: row[1] for row in rows}

        return self.desk.look_now(reading)

    def count(self, table: Any) -> int:
        """How many rows."""
        return self.desk.look_now(
            lambda work: work.connection.execute(select(func.count()).select_from(table)).scalar_one()
        )


@pytest.fixture(scope="module")
def ears() -> Iterator[Ears]:
    with tempfile.TemporaryDirectory() as folder:
        ears = Ears(Path(folder))
        yield ears
        ears.desk.close()


def message(sender: int, **content: Any) -> dict[str, Any]:
    return {
        "message_id": 7, "date": 1555030800, "chat": {"id": sender, "type": "private", "first_name": "甲"},
        "from": {"id": sender, "is_bot": False, "first_name": "甲", "language_code": "zh"}, **content,
    }  # fmt: skip


COMMAND = {"type": "bot_command", "offset": 0, "length": 5}
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 1000, "width": 9, "height": 9}
SHAPES: tuple[Callable[[int, str], dict[str, Any]], ...] = (
    lambda who, words: {"message": message(who, text=words)},
    lambda who, words: {
        "message": message(who, text=f"/{words}", entities=[COMMAND])
    },
    lambda who, words: {"message": message(who, photo=[FILE], caption=words, media_group_id="g")},
    lambda who, words: {"edited_message": message(who, photo=[FILE], caption=words, edit_date=1555030900)},
    lambda who, words: {"message": message(who, document={**FILE, "file_name": words, "mime_type": "x"})},
    lambda who, words: {"message": message(who, location={"latitude": 35.1, "longitude": 114.2})},
    lambda who, words: {
        "callback_query": {
            "id": "1", "from": message(who)["from"], "message": message(who), "data": words,
        }
    },
    lambda who, words: {
        "my_chat_member": {
            "chat": {"id": -100, "type": "supergroup", "title": words}, "from": message(who)["from"],
            "date": 1555030800, "new_chat_member": {"status": "member"},
        }
    },
    lambda who, words: {"channel_post": {**message(who, text=words), "sender_chat": {"id": -5}}},
    lambda who, words: {"message_reaction": {"chat": {"id": who}, "new_reaction": words}},
)  # fmt: skip

WORDS_SAID = st.one_of(
    st.sampled_from(
        [CAPTION, *WORDS, *(f"{name} 延津县" for name in COMMANDS), "举报 延津县王楼镇", "3天", "0"]
    ),
    st.sampled_from(
        [f"1:{act}:{n}:1{arg}" for act in PRESSES for n, arg in ((1, ""), (9, ":x"), (2**62, ":1"))]
    ),
    st.text(max_size=40),
    st.text(alphabet="延津县王楼镇任庄村限天0123456789/：:，#@暗访举报<&>{}%\u202e\u0000𝟘²", max_size=30),
)
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False),
    st.text(max_size=5), st.just([]), st.just({}), st.just([{}]), st.just({"id": 1}), st.just("x" * 5000),
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*way, key)
        yield from places(one, (*way, key))


@st.composite
def updates(draw: st.DrawFn, *, whole: bool) -> dict[str, Any]:
    """An update as the API sends them; where not `whole`, with something taken away or put elsewhere."""
    update = copy.deepcopy(
        draw(st.sampled_from(SHAPES))(draw(st.sampled_from([1001, 1002, 5])), draw(WORDS_SAID))
    )
    for _ in range(0 if whole else draw(st.integers(1, 3))):
        ways = list(places(update))
        if not ways:
            break
        *way, last = draw(st.sampled_from(ways))
        inside: Any = update
        for key in way:
            inside = inside[key]
        if draw(st.booleans()):
            inside[last] = copy.deepcopy(draw(JUNK))
        elif isinstance(inside, dict):
            del inside[last]
        else:
            inside.pop(last)
    return update


def numbered(ears: Ears, update: dict[str, Any]) -> dict[str, Any]:
    return {"update_id": next(ears.ids), **update}


@MOST
@given(update=updates(whole=True))
def test_every_update_that_telegram_may_send_is_done(ears: Ears, update: dict[str, Any]) -> None:
    aside = ears.states().get("aside", 0)

    asyncio.run(ears.hear([numbered(ears, update)]))

    assert ears.states().get("aside", 0) == aside, update
    assert ears.states().get("pending", 0) == 0


@MOST
@given(odd=updates(whole=False))
def test_an_update_of_any_shape_is_done_or_set_aside_and_costs_its_batch_nothing(
    ears: Ears, odd: dict[str, Any]
) -> None:
    before, people = ears.states().get("done", 0), ears.count(members)
    good = {"message": message(ears.contact, text="帮助")}

    asyncio.run(ears.hear([numbered(ears, odd), numbered(ears, good)]))

    states = ears.states()
    assert states.get("pending", 0) == 0
    assert states["done"] >= before + 1  # the good one
    assert ears.count(members) == people  # nobody came in by it


def test_what_was_heard_made_entries_of_members_alone(ears: Ears) -> None:
    def filers(work: Work) -> set[int | None]:
        return set(work.connection.execute(select(entries.c.chat_id)).scalars())

    assert ears.desk.look_now(filers) <= {ears.inspector, ears.contact}


# ── files ──


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["姓名", "单位及职务", "身份", "组/县"],
        ["李甲", "干部", "成员", "1"],
        ["=1+1", "x", "-", "延津县"],
    ):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


BOOK, PICTURE = workbook(), photo(seed=3, size=(96, 72))


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """A file with some bytes changed, cut off, or doubled."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(found) - 1)))
        match draw(st.sampled_from(["flip", "cut", "double", "insert"])):
            case "flip" if found:
                found[at] ^= draw(st.integers(1, 255))
            case "cut":
                del found[at : at + draw(st.integers(1, 400))]
            case "double":
                found[at:at] = found[at : at + 64]
            case _:
                found[at:at] = draw(st.binary(max_size=16))
    return bytes(found)


@st.composite
def spoilt_part(draw: st.DrawFn) -> bytes:
    """A workbook that is a whole package, one of whose parts is not what it was."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as whole, zipfile.ZipFile(out, "w") as package:
        names = whole.namelist()
        chosen = draw(st.sampled_from(names))
        for name in names:
            package.writestr(name, draw(spoilt(whole.read(name))) if name == chosen else whole.read(name))
    return out.getvalue()


@settings(MOST, max_examples=1000 if SEARCHES else 40)
@given(data=st.one_of(spoilt(BOOK), spoilt_part(), st.binary(max_size=200)))
def test_a_workbook_of_any_bytes_is_read_or_refused_by_a_named_error(data: bytes) -> None:
    for read, named in (
        (roster.read, (office_files.OfficeFileError, roster.NotARoster)),
        (score_sheet.read, (office_files.OfficeFileError, score_sheet.NotAScoreSheet)),
    ):
        try:
            read(data)
        except named:
            continue


@MOST
@given(data=st.one_of(spoilt(PICTURE), st.binary(max_size=200)))
def test_a_picture_of_any_bytes_is_studied_or_refused_by_a_named_error(data: bytes) -> None:
    try:
        studied = study(data, name="a.jpg")
    except PhotoRefused:
        return
    assert 0 < studied.width * studied.height <= 40_000_000
