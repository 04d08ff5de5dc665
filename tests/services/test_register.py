"""The register 备案: filled in by buttons and workbook, dated; who reads it, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SteppedClock
from bot.documents import register_xlsx
from bot.domain.permissions import Role
from bot.domain.register import Duty, Level, Person
from bot.ledger.desk import Desk, Work
from bot.ledger.tables import cards, events, outbox, questions
from bot.services import faces, secrecy
from bot.services import questions as asked
from bot.services.counties import officers
from bot.services.incoming import Attachment, Incoming
from bot.services.keeping import files
from bot.services.refusals import NotUnderstood, NotYours, RegisterFaults, RegisterFile, SecretMaterial
from bot.services.register import book, card, entering, papers, table
from bot.services.register.table import Said
from tests.services.conftest import START, Office

REGION = "延津县"
LEADER, OFFICER = Person("某甲", "副县长"), Person("某乙", "镇长")


class Cast:
    """延津县's contact, its office, and one of another region."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self.desk, self.office = desk, office
        self.contact = office.member("联系人", Role.CONTACT, track="county", region=REGION)
        self.clerk = office.member("攻坚办", Role.OFFICE, track="county")
        self.other = office.member("卫辉", Role.CONTACT, track="county", region="卫辉市")
        names = [one.name for one in desk.world.campaign.regions]
        self.at = names.index(REGION)
        townships = desk.world.reader.gazetteer.townships[REGION]
        self.wanglou = townships.index("王楼镇")

    def put(self, who: int, duty: Duty, person: Person | None) -> bool:
        """Write one name down."""
        return bool(self.office.does(who, book.put, REGION, duty, person))

    def filed(self) -> dict[Duty, Person]:
        """What stands."""
        return self.desk.do_now(lambda work: book.filed(work, REGION))

    def says(self, who: int, text: str = "", *, album: str | None = None, **file: Any) -> Incoming:
        """A message in private."""
        files = (Attachment(file["medium"], file["file_id"], "u", name=file.get("name")),) if file else ()
        return Incoming(
            who + 1000, 700, who + 1000, START, text=text, attachments=files, media_group_id=album
        )

    def answers(self, who: int, place: str, text: str) -> None:
        """A button of the card, and the answer to its question."""
        self.office.does(who, entering.ask, place, who + 1000)

        def verb(work: Work) -> None:
            row = work.connection.execute(select(questions).where(questions.c.state == "open")).first()
            assert row is not None
            asked.done(work, row.id)
            asked.ANSWERS[row.kind](work, row, self.says(who, text))

        self.office.does(who, verb)

    def face(self, who: int, panel: str = "") -> Any:
        """What a card would show to somebody."""

        def verb(work: Work) -> Any:
            card.open_card(work, who + 1000, panel)
            row = work.connection.execute(select(cards).where(cards.c.kind == "register")).all()[-1]
            return faces.FACES["register"](work, row)

        return self.office.does(who, verb)

    def written(self) -> list[Any]:
        """Everything in the outbox that is no card."""
        return list(
            self.desk.do_now(
                lambda work: work.connection.execute(select(outbox).where(outbox.c.card_id.is_(None))).all()
            )
        )


@pytest.fixture
def cast(desk: Desk, office: Office) -> Cast:
    """People around one register."""
    return Cast(desk, office)


# --- names and dates ----------------------------------------------------------------------------------


def test_a_name_that_takes_anothers_place_leaves_it_with_its_dates(cast: Cast, clock: SteppedClock) -> None:
    duty = Duty(Level.LEADER, "王楼镇")
    cast.put(cast.contact, duty, LEADER)
    clock.advance(timedelta(days=10))
    cast.put(cast.clerk, duty, Person("某丙", "县委常委"))
    clock.advance(timedelta(days=10))
    cast.put(cast.contact, duty, None)

    changes = cast.desk.do_now(lambda work: book.changes(work, REGION))

    assert [(one["at"][:10], one["before"], one["now"], one["office"]) for one in changes] == [
        ("2019-05-02", "某丙（县委常委）", "", False),
        ("2019-04-22", "某甲（副县长）", "某丙（县委常委）", True),
        ("2019-04-12", "", "某甲（副县长）", False),
    ]
    assert cast.filed() == {}


def test_the_same_name_again_is_no_change(cast: Cast) -> None:
    assert cast.put(cast.contact, Duty(Level.LEADER, "王楼镇"), LEADER)
    assert not cast.put(cast.contact, Duty(Level.LEADER, "王楼镇"), LEADER)
    assert not cast.put(cast.contact, Duty(Level.TOWNSHIP, "王楼镇"), None)


def test_the_events_name_the_place_and_nobody(cast: Cast) -> None:
    cast.put(cast.contact, Duty(Level.VILLAGE, "王楼镇", "任庄村"), Person("某丁", "村支书"))

    row = cast.desk.do_now(
        lambda work: work.connection.execute(select(events).where(events.c.kind == "register_changed")).one()
    )

    assert row.body == "region:延津县"
    assert row.data["village"] == "任庄村"
    assert "某丁" not in str(row.data)


# --- cards and letters --------------------------------------------------------------------------------


def test_a_card_begins_with_the_register_and_the_townships_own_comes_before_the_regions(cast: Cast) -> None:
    cast.put(cast.contact, Duty(Level.LEADER), Person("某戊", "县长"))
    cast.put(cast.contact, Duty(Level.LEADER, "王楼镇"), LEADER)
    cast.put(cast.contact, Duty(Level.TOWNSHIP, "王楼镇"), OFFICER)

    def of(township: str | None) -> dict[str, Any]:
        return cast.desk.do_now(lambda work: officers.of_place(work, REGION, township))

    assert of("王楼镇") == {"county_leader": "某甲（副县长）", "section_officer": "某乙（镇长）"}
    assert of("司寨乡") == of(None) == {"county_leader": "某戊（县长）"}
    assert cast.desk.do_now(lambda work: officers.of_place(work, "卫辉市", "王楼镇")) == {}


# --- by buttons ---------------------------------------------------------------------------------------


def test_buttons_ask_for_a_leader_an_officer_and_villages_and_the_card_shows_the_gaps(cast: Cast) -> None:
    at = f"{cast.at}.{cast.wanglou}"

    cast.answers(cast.contact, f"{at}.leader", "某甲 副县长")
    cast.answers(cast.contact, f"{at}.township", "镇长 某乙")
    cast.answers(cast.contact, f"{at}.village", "任庄村 某丁 村支书\n新开庄 某己\n不知道")
    township = cast.face(cast.contact, f"o.{at}").values
    region = cast.face(cast.contact, f"r.{cast.at}").values

    assert (township["leader"], township["officer"]) == ("某甲（副县长）", "某乙（镇长）")
    assert township["named"] == 2
    assert "任庄村" not in township["missing"]
    assert region["headed"] == 1
    assert region["named"] == 2
    assert "不知道" in str(cast.written())


def test_a_leader_who_is_named_already_is_one_tap(cast: Cast) -> None:
    cast.put(cast.contact, Duty(Level.LEADER, "王楼镇"), LEADER)
    townships = cast.desk.world.reader.gazetteer.townships[REGION]
    index = townships.index("司寨乡")
    shown = cast.face(cast.contact, f"k.{cast.at}.{index}")
    button = shown.buttons[0][0]

    cast.office.does(cast.contact, entering.set_leader, button.subject, button.arg, cast.contact + 1000)

    assert cast.filed()[Duty(Level.LEADER, "司寨乡")] == LEADER


def test_vacant_takes_a_name_out_and_nonsense_changes_nothing(cast: Cast) -> None:
    at = f"{cast.at}.{cast.wanglou}"
    cast.answers(cast.contact, f"{at}.leader", "某甲 副县长")

    with pytest.raises(NotUnderstood):
        cast.answers(cast.contact, f"{at}.leader", "研究后再报给你们")
    stands = cast.filed()[Duty(Level.LEADER, "王楼镇")]
    cast.answers(cast.contact, f"{at}.leader", "空缺")

    assert stands == LEADER
    assert cast.filed() == {}


@pytest.mark.parametrize(
    "place", ["", "99..leader", "6..village", "6.999.leader", "6.0.village.9999", "6.0.x", "6"]
)
def test_a_button_that_leads_nowhere_is_refused_kindly(cast: Cast, place: str) -> None:
    with pytest.raises(NotUnderstood):
        cast.office.does(cast.clerk, entering.ask, place, cast.clerk + 1000)


# --- who sees it --------------------------------------------------------------------------------------


def test_everything_about_the_register_is_protected_and_the_form_alone_may_be_passed_on(cast: Cast) -> None:
    at = f"{cast.at}.{cast.wanglou}"
    cast.answers(cast.contact, f"{at}.leader", "某甲 副县长")
    cast.office.does(cast.contact, table.send_table, str(cast.at), cast.contact + 1000)
    cast.office.does(cast.contact, table.send_form, str(cast.at), cast.contact + 1000)

    messages = [row.payload for row in cast.written()]
    naming = [one for one in messages if "某甲" in str(one)]
    form = next(one for one in messages if one["text"] == "register.form")

    assert naming
    assert all(one.get("protect") for one in naming)
    assert "某甲" not in str(form)
    assert "protect" not in form
    assert all(
        cast.face(cast.contact, panel).protect for panel in ("", f"r.{cast.at}", f"o.{at}", f"h.{cast.at}.0")
    )


def test_the_office_hears_once_a_day_that_something_changed_and_no_name(
    cast: Cast, clock: SteppedClock
) -> None:
    at = f"{cast.at}.{cast.wanglou}"

    cast.answers(cast.contact, f"{at}.leader", "某甲 副县长")
    cast.answers(cast.contact, f"{at}.township", "某乙 镇长")
    clock.advance(timedelta(days=1))
    cast.answers(cast.contact, f"{at}.township", "某丙 镇长")
    told = [row for row in cast.written() if row.payload["text"] == "register.told"]

    assert [row.chat_id for row in told] == [cast.clerk + 1000] * 2
    assert all(row.payload["silent"] and "某" not in str(row.payload) for row in told)


def test_another_regions_contact_opens_its_own_register_and_no_other(cast: Cast) -> None:
    cast.put(cast.contact, Duty(Level.LEADER), LEADER)

    shown = cast.face(cast.other, f"r.{cast.at}")

    assert "某甲" not in str(shown)
    with pytest.raises(NotYours):
        cast.office.does(cast.other, table.send_table, str(cast.at), cast.other + 1000)
    with pytest.raises(NotYours):
        cast.office.does(cast.other, entering.ask, f"{cast.at}..leader", cast.other + 1000)


def test_an_export_of_the_names_is_logged_and_marked(cast: Cast) -> None:
    cast.put(cast.contact, Duty(Level.LEADER), LEADER)

    cast.office.does(cast.clerk, table.send_table, str(cast.at), cast.clerk + 1000)
    row = cast.desk.do_now(
        lambda work: work.connection.execute(select(events).where(events.c.kind == "exported")).one()
    )
    file = next(one.payload["file"] for one in cast.written() if one.payload.get("file"))

    assert (row.data["what"], row.data["filter"], row.data["rows"]) == ("register", REGION, 1)
    assert file["values"]["mark"].startswith("仅供工作使用 · 攻坚办 · 2019-04-12")


# --- the paper ----------------------------------------------------------------------------------------


def test_each_paper_is_a_version_and_an_albums_pages_are_one(cast: Cast) -> None:
    first = cast.says(cast.contact, medium="document", file_id="a", name="联动机制.docx")
    pages = [cast.says(cast.contact, album="7", medium="photo", file_id=one) for one in "bc"]

    for one in (first, *pages):
        cast.office.does(cast.contact, papers.take, one, REGION)
    rows = cast.desk.do_now(lambda work: book.versions(work, REGION))
    cast.office.does(cast.clerk, papers.send, rows[0].id, cast.clerk + 1000)
    sent = [row.payload for row in cast.written() if row.kind == "call"]

    kept = cast.desk.do_now(lambda work: [(one.folder, one.file_id) for one in files.waiting(work, 9)])

    assert kept == [("register/延津县", one) for one in "abc"]
    assert [(row.version, [file["file_id"] for file in row.files]) for row in rows] == [
        (2, ["b", "c"]),
        (1, ["a"]),
    ]
    assert [one["method"] for one in sent] == ["sendPhoto", "sendPhoto"]
    assert all(one["params"]["protect_content"] for one in sent)


def test_a_marked_paper_is_not_kept_and_a_video_is_none(cast: Cast) -> None:
    marked = cast.says(cast.contact, medium="document", file_id="a", name="机密-联动机制.docx")
    video = cast.says(cast.contact, medium="video", file_id="b")

    with pytest.raises(SecretMaterial):
        cast.office.does(cast.contact, papers.take, marked, REGION)
    with pytest.raises(NotUnderstood):
        cast.office.does(cast.contact, papers.take, video, REGION)

    assert cast.desk.do_now(lambda work: book.versions(work, REGION)) == []


def test_pages_of_an_album_that_turns_out_marked_are_handed_out_no_more(cast: Cast) -> None:
    cast.office.does(
        cast.contact, papers.take, cast.says(cast.contact, medium="document", file_id="a"), REGION
    )
    cast.office.does(
        cast.contact, papers.take, cast.says(cast.contact, album="7", medium="photo", file_id="b"), REGION
    )
    marked = cast.says(cast.contact, "绝密", album="7", medium="photo", file_id="c")

    cast.office.does(cast.contact, secrecy.wipe, replace(marked, message_id=701))

    rows = cast.desk.do_now(lambda work: book.versions(work, REGION))
    assert [[file["file_id"] for file in row.files] for row in rows] == [["a"]]


# --- the workbook -------------------------------------------------------------------------------------


def taken(cast: Cast, who: int, said: list[Said], *, replied: str | None = None, region: str = "") -> None:
    """A workbook, read."""
    cast.office.does(who, table.take, cast.says(who), replied, region, said)


def test_a_workbook_is_taken_whole_and_says_what_changed(cast: Cast) -> None:
    cast.put(cast.contact, Duty(Level.TOWNSHIP, "王楼镇"), OFFICER)
    said = [
        Said("B4", "牵头", Level.LEADER, "某戊", "县长"),
        Said("B5", "王楼", Level.LEADER, "某 甲", "副县长 0373-" + "1234567"),
        Said("D5", "王楼镇", Level.TOWNSHIP, "某乙 镇长"),
        Said("C9", "王楼镇", Level.VILLAGE, "某丁", "村支书", "任庄"),
    ]

    taken(cast, cast.contact, said, region=REGION)
    summary = next(row.payload["values"] for row in cast.written() if row.payload["text"] == "register.taken")

    assert cast.filed() == {
        Duty(Level.TOWNSHIP, "王楼镇"): OFFICER,
        Duty(Level.LEADER): Person("某戊", "县长"),
        Duty(Level.LEADER, "王楼镇"): LEADER,
        Duty(Level.VILLAGE, "王楼镇", "任庄村"): Person("某丁", "村支书"),
    }
    assert (summary["changed"], summary["same"]) == (3, 1)


def test_a_workbook_with_a_fault_changes_nothing_and_names_each_cell(cast: Cast) -> None:
    said = [
        Said("B5", "王楼镇", Level.LEADER, "某甲", "副县长"),
        Said("B6", "牧野镇", Level.LEADER, "某乙", "副县长"),
        Said("B7", "司寨乡", Level.LEADER, "13"),
        Said("B8", "王楼镇", Level.LEADER, "某丙", "副县长"),
        Said("C9", "王楼镇", Level.VILLAGE, "某丁", "", "?"),
    ]

    with pytest.raises(RegisterFaults) as refused:
        taken(cast, cast.contact, said)

    assert [(one["cell"], one["why"]) for one in refused.value.values["faults"]] == [
        ("B6", "township"),
        ("B7", "name"),
        ("B8", "twice"),
        ("C9", "village"),
    ]
    assert cast.filed() == {}


def test_a_workbook_of_another_region_is_refused_and_an_office_is_asked_whose_it_is(cast: Cast) -> None:
    here = [Said("B5", "王楼镇", Level.LEADER, "某甲", "副县长")]
    twice = [Said("B5", "城关镇", Level.LEADER, "某甲", "副县长")]

    with pytest.raises(RegisterFile):
        taken(cast, cast.other, here, region=REGION)
    with pytest.raises(RegisterFile):
        taken(cast, cast.clerk, twice)
    taken(cast, cast.clerk, here)

    assert cast.filed() == {Duty(Level.LEADER, "王楼镇"): LEADER}


def test_the_form_filled_in_comes_back_as_it_was_meant(cast: Cast) -> None:
    """Written by the bot, filled in with openpyxl as an office would, read again."""
    import io

    import openpyxl

    cast.office.does(cast.contact, table.send_form, str(cast.at), cast.contact + 1000)
    file = next(row.payload["file"] for row in cast.written() if row.payload.get("file"))
    _, data = register_xlsx.make(file["values"])
    book_ = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book_["乡镇"]
    row = next(line[0].row for line in sheet.iter_rows() if line[0].value == "王楼镇")
    sheet.cell(row, 2).value, sheet.cell(row, 3).value = "某甲", "副县长"
    buffer = io.BytesIO()
    book_.save(buffer)

    read = register_xlsx.read(buffer.getvalue())
    taken(cast, cast.contact, list(read.said), region=read.region)

    assert read.region == REGION
    assert cast.filed() == {Duty(Level.LEADER, "王楼镇"): LEADER}
