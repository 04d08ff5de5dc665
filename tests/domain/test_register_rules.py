"""The register 备案: how a name and a post are read, and what a township still lacks."""

from __future__ import annotations

import pytest

from bot.domain.permissions import Actor, Grant, RegisterAct, Role, may_register
from bot.domain.register import (
    Duty,
    Level,
    Person,
    coverage,
    read_person,
    read_villages,
    vacant,
)

LEADER, OFFICER = Person("某甲", "副县长"), Person("某乙", "镇长")


@pytest.mark.parametrize(
    ("words", "name", "post"),
    [
        ("某甲 副县长", "某甲", "副县长"),
        ("副县长 某甲", "某甲", "副县长"),
        ("县委常委、副县长 某甲", "某甲", "县委常委、副县长"),
        ("某甲，副县长", "某甲", "副县长"),
        ("县级领导：某甲 副县长", "某甲", "副县长"),
        ("某甲（副县长）", "某甲", "副县长"),
        ("某甲", "某甲", ""),
        ("某甲 副县长 1380000" + "0000", "某甲", "副县长"),
        ("某甲 副县长 0373-" + "1234567", "某甲", "副县长"),
        ("某甲·某乙丙 副乡长", "某甲·某乙丙", "副乡长"),
        ("于长 镇长", "于长", "镇长"),
        ("A Li deputy head", "A Li", "deputy、head"),
    ],
)
def test_a_name_and_a_post_are_told_apart_and_telephones_left_out(words: str, name: str, post: str) -> None:
    assert read_person(words) == Person(name, post)


@pytest.mark.parametrize("words", ["", "副县长", "13", "？？", "由办公室研究后再报", "某" * 30])
def test_what_names_nobody_is_nobody(words: str) -> None:
    assert read_person(words) is None


@pytest.mark.parametrize("words", ["无", "空缺", " 暂缺 ", "vacant", "Vacant"])
def test_a_place_may_be_said_to_be_vacant(words: str) -> None:
    assert vacant(words)


def test_a_printed_person_fits_the_entrys_field() -> None:
    longest = read_person("某甲·" + "乙" * 10 + " " + "副" * 40)

    assert longest is not None
    assert len(longest.said) <= 64


def test_villages_are_read_a_line_each_and_what_is_not_understood_is_kept_apart() -> None:
    text = "任庄村 某丙 村支书\n任庄：某丁\n新建村 某戊\n\n明天再报\n王庄村 空缺"

    lines, unread = read_villages(text, ["任庄村", "王庄村"])

    assert [(one.village, one.person.name if one.person else None) for one in lines] == [
        ("任庄村", "某丙"),
        ("任庄村", "某丁"),
        ("新建村", "某戊"),
        ("王庄村", None),
    ]
    assert unread == ["明天再报"]


def test_a_townships_gaps_are_its_leader_its_officer_and_its_villages() -> None:
    places = {"王楼镇": ("任庄村", "王庄村"), "司寨乡": ("司寨村",)}
    filed = {
        Duty(Level.LEADER): LEADER,
        Duty(Level.LEADER, "王楼镇"): LEADER,
        Duty(Level.TOWNSHIP, "王楼镇"): OFFICER,
        Duty(Level.VILLAGE, "王楼镇", "任庄村"): Person("某丙"),
        Duty(Level.VILLAGE, "王楼镇", "新建村"): Person("某丁"),
    }

    first, second = coverage(places, filed)

    assert (first.headed, first.complete, first.missing) == (True, False, ("王庄村",))
    assert first.villages == ("任庄村", "王庄村", "新建村")
    assert (second.leader, second.officer, second.missing) == (None, None, ("司寨村",))


@pytest.mark.parametrize(
    ("grant", "may"),
    [
        (Grant(Role.CONTACT, "county", region="延津县"), True),
        (Grant(Role.CONTACT, "county", region="延津县", deputy=True), True),
        (Grant(Role.OFFICE, "county"), True),
        (Grant(Role.CONTACT, "county", region="卫辉市"), False),
        (Grant(Role.OFFICE, "district"), False),
        (Grant(Role.TOWNSHIP, "county", region="延津县", township="王楼镇"), False),
        (Grant(Role.INSPECTOR, "county", group="county/1", leader=True), False),
        (Grant(Role.OVERSIGHT), False),
        (Grant(Role.CITY_LEADER), False),
        (Grant(Role.ADMIN), False),
    ],
)
def test_the_register_is_its_regions_own_and_its_offices(grant: Grant, may: bool) -> None:
    actor = Actor(1, (grant,))

    for act in RegisterAct:
        assert may_register(act, actor, track="county", region="延津县") is may
