"""What of a covert finding's words the county may read."""

from __future__ import annotations

import pytest

from bot.domain.handover import tells_of_caller, without_traces

WORDS = ("暗访组", "暗访发现", "暗访")
NAMES = ("李甲", "县(市)第一督查小组", "第一督查小组")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("暗访发现延津县任庄村村口垃圾堆，限3天", "延津县任庄村村口垃圾堆，限3天"),
        ("延津县任庄村垃圾堆，暗访", "延津县任庄村垃圾堆"),
        ("暗访组李甲今天上午10点到延津县司寨乡，坑塘边成堆垃圾", "延津县司寨乡，坑塘边成堆垃圾"),
        ("县(市)第一督查小组昨晚21:30左右发现焚烧秸秆", "焚烧秸秆"),
        ("我组暗访时，公厕无人保洁", "公厕无人保洁"),
        ("督查组检查发现店外经营", "店外经营"),
    ],
)
def test_nothing_tells_of_the_visit_its_hour_or_its_people(said: str, read: str) -> None:
    assert without_traces(said, covert_words=WORDS, names=NAMES) == read


@pytest.mark.parametrize(
    "said",
    [
        "延津县任庄村垃圾堆，15日18:00前整改",
        "夜间焚烧秸秆",
        "K14+950处2处垃圾、3点渗漏",
        "24小时营业的夜市占道",
        "第三小学北侧10米坑塘",
    ],
)
def test_what_belongs_to_the_problem_stays(said: str) -> None:
    assert without_traces(said, covert_words=WORDS, names=NAMES) == said


@pytest.mark.parametrize(
    "words",
    [
        "刚有群众王某来电反映，任庄村垃圾堆",
        "村民某甲打电话说门口有垃圾",
        "网友留言：任庄村垃圾堆",
        "12345转来：任庄村垃圾堆",
        "任庄村垃圾堆，有信访",
    ],
)
def test_words_tell_of_a_caller_in_many_ways(words: str) -> None:
    told = tells_of_caller(words)

    assert told


@pytest.mark.parametrize(
    "words", ["任庄村垃圾堆，村民家门口", "群众广场北侧垃圾堆", "今天来到任庄村，垃圾多"]
)
def test_words_about_people_are_no_callers(words: str) -> None:
    told = tells_of_caller(words)

    assert not told
