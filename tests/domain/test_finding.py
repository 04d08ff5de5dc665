"""How a text is cut for the search, and how what somebody typed is understood."""

from __future__ import annotations

import pytest

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.domain.finding import OneCharacter, OnlySigns, TooMuch, left_out, mended, terms, tokens

WORLD = build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"}))
REGIONS = tuple(region.name for region in WORLD.campaign.regions)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("垃圾堆", "垃圾 圾堆 堆"),
        ("县1-0412-03", "县 1 0412 03"),
        ("Ｋ14＋950处", "k14 950 处"),
        ("村口，垃圾", "村口 口 垃圾 圾"),
        ("🙂 !!", ""),
    ],
)
def test_a_text_is_cut_into_pairs_and_words(text: str, found: str) -> None:
    assert tokens(text) == found


@pytest.mark.parametrize(
    ("typed", "exact"),
    [
        ("垃圾", ['"垃圾"']),
        ("王楼镇 垃圾堆", ['"王楼 楼镇"', '"垃圾 圾堆"']),
        ("K14+950", ['"k14 950"']),
        ("县1-0412", ['"1 0412"']),
        ("坑塘、沟渠", ['"坑塘"', '"沟渠"']),
        ("'; DROP TABLE entries; --", ['"drop"', '"table"', '"entries"']),
        ('垃圾" OR told:"x*', ['"垃圾"', '"or"', '"told x"']),
        ("王楼镇 坑", ['"王楼 楼镇"']),
    ],
)
def test_every_word_must_stand_together_and_nothing_typed_is_a_command(typed: str, exact: list[str]) -> None:
    assert [term.exact for term in terms(typed)] == exact


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", OnlySigns),
        ("🗑️🙂", OnlySigns),
        ("……！", OnlySigns),
        ("坑", OneCharacter),
        ("坑 塘", OneCharacter),
        ("7", OneCharacter),
        ("垃圾" * 2000, TooMuch),
        ("一二 三四 五六 七八 九十 甲乙 丙丁 戊己 庚辛", TooMuch),
    ],
)
def test_what_cannot_be_looked_for_says_why(typed: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        terms(typed)


def test_a_single_character_beside_words_is_named() -> None:
    assert left_out("王楼镇 坑") == ("坑",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("王楼镇垃圾", ("王楼镇 垃圾",)),
        ("王搂镇垃圾", ("王搂镇垃圾", "王楼镇 垃圾")),
        ("延律县 坑塘", ("延律县 坑塘", "延津县 坑塘")),
        ("延津县王楼镇任庄村垃圾", ("延津县 王楼镇 任庄村 垃圾",)),
        ("漂浮物", ("漂浮物",)),
        ("某某镇", ("某某镇",)),
    ],
)
def test_places_are_told_apart_and_their_slips_put_right(typed: str, meant: tuple[str, ...]) -> None:
    reader = WORLD.reader

    assert mended(typed, reader.gazetteer, ("延津县", "卫辉市"), reader.similarity) == meant


def test_a_slip_that_may_be_several_places_is_each_of_them() -> None:
    reader = WORLD.reader

    found = mended("王搂镇", reader.gazetteer, REGIONS, reader.similarity)

    assert len(found) > 2
    assert "王楼镇" in found


def test_of_a_word_with_a_wrong_character_its_other_pairs_will_do() -> None:
    (term,) = terms("漂浮勿")

    assert term.loose == '("漂浮" OR "浮勿")'
