"""The data files of categories and words: complete, in order, and refused by name when broken."""

import pytest
from cities import REGIONS, data, one_in_three, reader_of, xinxiang

from bot.domain.captions import read_caption
from bot.domain.categories import CategoriesFileError, CategoryTable
from bot.domain.wording import Words, WordsFileError

TABLE = CategoryTable.read(data("categories.toml"))


def test_every_category_of_the_forms_is_there_in_the_order_of_priority():
    keys = [sub.key for sub in TABLE.subs]

    assert len(keys) == len(set(keys)) == 31
    assert keys[0] == "garbage.burning"
    assert keys.index("water_body.ditch_garbage") < keys.index("garbage.domestic")
    assert {sub.main for sub in TABLE.subs} == set(TABLE.mains)


def test_categories_name_only_standards_that_exist():
    named = {number for sub in TABLE.subs for number in sub.standards}

    assert named == set(TABLE.standards) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("sub", [sub for sub in TABLE.subs if sub.words], ids=lambda sub: sub.key)
def test_every_category_is_suggested_or_offered_for_each_of_its_words(sub):
    for word in sub.words:
        suggestion = TABLE.suggest(f"路边{word}")

        assert sub.key in (suggestion.category, *suggestion.alternatives), word


@pytest.mark.parametrize("broken", ["[main", "[standards]\n1 = 'a'", ""])
def test_a_broken_table_of_categories_is_refused(broken):
    with pytest.raises(CategoriesFileError):
        CategoryTable.read(broken)


def test_a_category_without_its_main_one_is_refused_by_name():
    text = data("categories.toml").replace('key = "garbage.burning"', 'key = "lost.burning"')

    with pytest.raises(CategoriesFileError, match=r"lost\.burning"):
        CategoryTable.read(text)


@pytest.mark.parametrize("broken", ["[places", "[places]\nusual = []", ""])
def test_broken_word_lists_are_refused(broken):
    with pytest.raises(WordsFileError):
        Words.read(broken)


def test_an_office_can_add_a_way_of_speaking():
    words = Words.read(data("words.toml").replace('"销账" = "销号"', '"销账" = "销号"\n"结案" = "销号"'))

    assert words.menu_word("结案") == "销号"


@pytest.mark.parametrize(
    ("caption", "township", "village"),
    [
        ("延津县王搂镇任庄村垃圾", "王楼镇", "任庄村"),
        ("延津县王楼镇冯二朗庙村垃圾", "王楼镇", "冯二郎庙村"),
        ("延津县王楼镇任新村垃圾", "王楼镇", "任新村"),
        ("延津县王楼镇西杏庄村垃圾", "王楼镇", "西杏庄村"),
        ("延津县天地镇垃圾", None, None),
    ],
)
def test_a_slip_is_mended_but_an_unlisted_name_stays(caption, township, village):
    reading = read_caption(caption, reader=xinxiang())

    assert (reading.township, reading.village) == (township, village)


def test_without_a_scorer_nothing_is_mended():
    reader = reader_of(data("xinxiang_places.csv"), REGIONS)

    assert read_caption("延津县王搂镇垃圾", reader=reader).township is None
    assert one_in_three("王搂镇", "王楼镇") > 60
