"""An export asked for in the chat: whose eyes, which filter, in how many files, with whose consent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from bot.clock import SteppedClock
from bot.domain.permissions import Role
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import events, outbox, requests, roles
from bot.services import sight
from bot.services.exporting import asking, choosing, seen
from bot.services.finding.asked import Asked
from bot.services.offices import seconds
from bot.services.refusals import ExportNotNow, NotUnderstood, NotYours
from bot.texts.catalogue import Catalogue
from tests.services.conftest import Office
from tests.services.looking import Looking
from tests.services.test_kits import Cast
from tests.services.test_sight import ACTORS
from tests.services.test_sight import ledger as ledger

PHONE = "138" + "12345678"


@pytest.fixture
def cast(desk: Desk, office: Office) -> Cast:
    """An office of two, another office, a group, entries."""
    return Cast(desk, office)


def waiting(desk: Desk, chat: int) -> list[dict[str, Any]]:
    """What is to be sent into a chat."""
    rows = desk.look_now(
        lambda work: work.connection.execute(
            select(outbox).where(outbox.c.chat_id == chat, outbox.c.card_id.is_(None)).order_by(outbox.c.id)
        ).all()
    )
    return [row.payload for row in rows]


def files(desk: Desk, chat: int) -> list[dict[str, Any]]:
    """The values of the files on their way into a chat."""
    return [payload["file"]["values"] for payload in waiting(desk, chat) if payload.get("file")]


def logged(desk: Desk) -> list[Any]:
    """Who exported what."""
    return list(
        desk.look_now(
            lambda work: work.connection.execute(
                select(events.c.member_id, events.c.data).where(events.c.kind == "exported")
            ).all()
        )
    )


def make(cast: Cast, who: int, arg: str) -> Any:
    """A format's button."""
    return cast.office.does(who, asking.make, who + 1000, arg)


def read(cast: Cast, who: int, *ids: int) -> list[Any]:
    """What a file would hold of these entries for somebody."""

    def look(work: Work) -> list[Any]:
        return list(seen.entries(work, ids))

    return list(cast.office.does(who, look))


# --- which entries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(ACTORS))
def test_an_export_holds_exactly_what_its_asker_sees_without_what_is_hidden(ledger: Desk, name: str) -> None:
    """Under every filter; covert ones before hand-over are nobody's to export."""
    from bot.ledger import export as book
    from bot.ledger.tables import entries

    def check(work: Work) -> list[str]:
        work.actor = ACTORS[name]
        wrong = []
        for words in ("l", "l.r6", "l.s2", "l.o1", "l.c0"):
            try:
                asked = choosing.of_ledger(work, words)
            except NotUnderstood:
                continue
            conditions = [choosing.filters.condition(work, asked, kind) for kind, _ in asked.filters]
            wanted = set(
                work.connection.execute(
                    select(entries.c.id).where(
                        entries.c.kind == "issue", entries.c.state != "draft", sight.visible(work),
                        ~book.hidden, *conditions,
                    ),
                    choosing.filters.values(work, asked),
                ).scalars()
            )  # fmt: skip
            found = choosing.choose(work, asked).ids
            told = [one.id for one in seen.entries(work, found)]
            if set(found) != wanted or told != found:
                wrong.append(f"{words}: {len(found)} chosen, {len(told)} told, {len(wanted)} wanted")
        return wrong

    assert ledger.do_now(check) == []


def test_the_filter_is_that_of_the_ledgers_list_shown_just_before(cast: Cast) -> None:
    cast.entry("县1-0412-01")
    cast.entry("县1-0412-02", region="卫辉市")
    looking = Looking(cast.office)
    shown = looking.list(cast.first, "ledger")
    looking.press(cast.first, looking.press(cast.first, shown, "按县区"), "延津县")

    cast.office.does(cast.first, asking.begin, cast.first + 1000, cast.first + 1000)
    said = waiting(cast.desk, cast.first + 1000)[-1]

    assert said["text"] == "exporting.ask"
    assert (said["values"]["rows"], said["values"]["filters"][0]["text"]) == (1, "延津县")
    assert said["buttons"][0][0]["arg"] == "xl.r6"


def test_an_export_is_logged_with_who_which_filter_and_how_many_rows(cast: Cast) -> None:
    entry = cast.entry("县1-0412-01")
    cast.entry("县1-0412-02", region="卫辉市")

    make(cast, cast.first, "xl.r6")

    [values] = files(cast.desk, cast.first + 1000)
    [(member, data)] = logged(cast.desk)
    assert (values["ids"], values["rows"], values["part"], values["parts"]) == ([entry], 1, 1, 1)
    assert values["mark"] == "仅供工作使用 · 甲 · 2019-04-12 09:00"
    assert member == cast.first
    assert (data["filter"], data["rows"], data["form"]) == ("region=延津县", 1, "xlsx")


def test_no_row_is_larger_than_it_was_reckoned(cast: Cast) -> None:
    entry = cast.entry("县1-0412-01", description="\x01长" * 2000, measures="清" * 300, spot="坑" * 500)
    for seq in range(30):
        cast.photo(entry, seq=seq)

    def look(work: Work) -> tuple[int, int]:
        [one] = seen.entries(work, [entry])
        return len(orjson.dumps(one.values)), choosing.choose(work, Asked("ledger")).weights[entry]

    size, reckoned = cast.office.does(cast.first, look)

    assert size < reckoned < 3 * size


def test_rows_go_in_parts_that_a_chat_takes_and_each_row_in_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [cast.entry(f"县1-0412-{at:02d}") for at in range(5)]
    monkeypatch.setattr(choosing, "ROW", 20_000_000)

    make(cast, cast.first, "jl")

    found = files(cast.desk, cast.first + 1000)
    assert [values["ids"] for values in found] == [ids[:2], ids[2:4], ids[4:]]
    assert {values["parts"] for values in found} == {3}
    assert len(logged(cast.desk)) == 1


def test_what_is_nothing_or_too_much_or_on_its_way_is_said_and_not_logged(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def why(arg: str) -> str:
        with pytest.raises(ExportNotNow) as refusal:
            make(cast, cast.first, arg)
        return str(refusal.value.values["why"])

    assert why("xl") == "empty"
    cast.entry("县1-0412-01")
    assert why("pl") == "no_photos"
    with monkeypatch.context() as patch:
        cast.entry("县1-0412-02")
        patch.setattr(choosing, "ROWS", 1)
        assert why("xl") == "many"
    make(cast, cast.first, "xl")
    assert why("cl") == "making"

    assert len(logged(cast.desk)) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_too_much_names_the_command_line_and_offers_no_format(
    cast: Cast, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.entry("县1-0412-01")
    cast.entry("县1-0412-02")
    monkeypatch.setattr(choosing, "ROWS", 1)

    cast.office.does(cast.first, asking.begin, cast.first + 1000, cast.first + 1000)
    said = waiting(cast.desk, cast.first + 1000)[-1]

    words = Catalogue(cast.desk.world.campaign).text(language, said["text"], said["values"])
    assert "python -m bot export --format xlsx --out" in words
    assert [button["act"] for row in said["buttons"] for button in row] == ["list"]


def test_who_sees_no_entries_exports_none(cast: Cast) -> None:
    admin = cast.office.member("管", Role.ADMIN)
    cast.entry("县1-0412-01")

    for verb, args in ((asking.begin, (1, 1)), (asking.other, (1, "l")), (asking.make, (1, "xl"))):
        with pytest.raises(NotYours):
            cast.office.does(admin, verb, *args)


# --- whose eyes -----------------------------------------------------------------------------------------


def test_a_county_reads_no_source_no_callers_words_and_nothing_of_a_covert_visit(
    cast: Cast, clock: SteppedClock
) -> None:
    contact = cast.office.member("王乙", Role.CONTACT, track="county", region="延津县")
    public = cast.entry(
        "办-0412-01", source="public", group_key=None, filer_id=cast.first, public_text="村口垃圾堆",
        description=f"张某来电 {PHONE}", spot="张某家门口",
    )  # fmt: skip
    covert = cast.entry(
        "暗-0412-01", mode="covert", source="covert", group_key="county/0", handed_over_at=clock.now(),
        public_text="坑塘漂浮物", description="上午9点暗访发现坑塘漂浮物",
    )  # fmt: skip
    cast.entry("暗-0412-02", mode="covert", source="covert", group_key="county/0", state="filed")
    cast.photo(public, member_id=cast.first)

    first, second = read(cast, contact, public, covert)
    by_office = read(cast, cast.first, public, covert)

    assert (first.values["source"], first.values["description"]) == (None, "村口垃圾堆")
    assert (first.values["spot"], first.values["photos"], first.more["lat"]) == (None, [], None)
    assert (second.values["description"], second.values["source"]) == ("坑塘漂浮物", None)
    told = [second.values[key] for key in ("group", "found_at", "inspection_mode")]
    assert [*told, second.more["lat"], second.more["created_at"]] == [None] * 5
    assert by_office[0].values["source"] == "public"
    assert by_office[0].values["description"] == "张某来电 138******78"
    assert by_office[1].values["group"] == "county/0"


def test_no_file_speaks_of_an_entry_that_is_hidden(cast: Cast) -> None:
    hidden = cast.entry("暗-0412-02", mode="covert", group_key="county/0", state="filed")
    open_ = cast.entry("县1-0412-01", description="同 暗-0412-02 一处", duplicate_of=hidden, chain_id=7)

    [one] = read(cast, cast.first, open_, hidden)

    assert (one.id, one.more["duplicate_of"], one.values["chain"]) == (open_, None, None)
    assert "0412-02" not in one.values["description"]


# --- photos ---------------------------------------------------------------------------------------------


def pictured(cast: Cast) -> list[int]:
    """Two entries in two regions, each with a picture."""
    found = [cast.entry("县1-0412-01"), cast.entry("县1-0412-02", region="卫辉市")]
    for one in found:
        cast.photo(one)
    return found


def test_photos_of_one_region_go_at_once_and_those_of_a_covert_visit_made_anew(
    cast: Cast, clock: SteppedClock
) -> None:
    cast.photo(cast.entry("县1-0412-01"))
    handed_over = cast.entry("暗-0412-01", mode="covert", group_key="county/0", handed_over_at=clock.now())
    cast.photo(handed_over)

    make(cast, cast.first, "pl")

    [values] = files(cast.desk, cast.first + 1000)
    assert [(one["name"], one["anew"]) for one in values["files"]] == [
        ("县1-0412-01_01_前_任庄村.jpg", False), ("暗-0412-01_01_前_任庄村.jpg", True),
    ]  # fmt: skip
    assert logged(cast.desk)[0][1]["photos"] == 2


def test_photos_of_several_regions_wait_for_a_second_person_of_the_office(cast: Cast) -> None:
    pictured(cast)

    make(cast, cast.first, "pl")
    before = files(cast.desk, cast.first + 1000)
    request = cast.request()
    with pytest.raises(NotYours):
        cast.office.does(cast.first, seconds.agree, request.id)
    with pytest.raises(ExportNotNow):
        make(cast, cast.first, "pl")
    cast.office.does(cast.second, seconds.agree, request.id)

    assert before == []
    [values] = files(cast.desk, cast.first + 1000)
    [(member, data)] = logged(cast.desk)
    assert len(values["files"]) == 2
    assert (member, data["agreed_by"], data["covers"]) == (cast.first, cast.second, ["卫辉市", "延津县"])


def test_an_office_of_one_person_holds_it_for_five_minutes(cast: Cast, clock: SteppedClock) -> None:
    pictured(cast)
    cast.desk.do_now(
        lambda work: work.connection.execute(
            update(roles).where(roles.c.member_id == cast.second).values(ended_at=work.now)
        )
    )

    make(cast, cast.first, "pl")
    cast.desk.do_now(seconds.held_due)
    held = files(cast.desk, cast.first + 1000)
    clock.advance(timedelta(minutes=5, seconds=1))
    cast.desk.do_now(seconds.held_due)

    assert held == []
    assert len(files(cast.desk, cast.first + 1000)) == 1
    assert logged(cast.desk)[0][1]["agreed_by"] is None


def test_who_has_no_second_person_gets_photos_a_region_at_a_time(cast: Cast) -> None:
    pictured(cast)
    with pytest.raises(ExportNotNow) as refusal:
        make(cast, cast.filer, "pl")
    make(cast, cast.filer, "pl.r6")

    assert refusal.value.values["why"] == "regions"
    assert len(files(cast.desk, cast.filer + 1000)) == 1
    assert cast.request() is None


def test_whoever_left_the_office_meanwhile_gets_nothing(cast: Cast) -> None:
    pictured(cast)
    make(cast, cast.first, "pl")
    cast.desk.do_now(
        lambda work: work.connection.execute(
            update(roles).where(roles.c.member_id == cast.first).values(ended_at=work.now)
        )
    )

    cast.office.does(cast.second, seconds.agree, cast.request().id)

    assert files(cast.desk, cast.first + 1000) == []
    assert logged(cast.desk) == []
    state = cast.desk.do_now(lambda work: work.connection.execute(select(requests.c.state)).scalar_one())
    assert state == "lapsed"


def test_a_forged_format_or_list_is_refused(cast: Cast) -> None:
    cast.entry("县1-0412-01")

    for arg in ("", "x", "zl", "xm", "xf", "xl.zz", "xl.r999"):
        with pytest.raises(NotUnderstood):
            make(cast, cast.first, arg)
    assert str(Asked("ledger")) == "l"
