"""What of a covert finding's words the county may read."""

from __future__ import annotations

import pytest

from bot.domain.handover import without_traces

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
