"""会议通知 and 讲评稿: what stands on them, what a person must judge, and that tracks are never mixed."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from docx import Document

from bot.app import build_world
from bot.config import EXAMPLE, load_settings
from bot.documents import meeting
from bot.documents.ledger_rows import Words
from bot.documents.official import Paper, Table, Text, characters, docx, signed_lines
from bot.documents.official_pdf import pdf
from bot.texts.catalogue import Catalogue

CHINA = timezone(timedelta(hours=8))
COUNTY_OFFICE, DISTRICT_OFFICE = "市农业农村局环境整治攻坚办", "市城管局环境整治攻坚办"


def asked(**changes: Any) -> meeting.MeetingNotice:
    given: dict[str, Any] = {
        "signers": (COUNTY_OFFICE, DISTRICT_OFFICE),
        "tracks": ("县(市)", "区"),
        "month": "5月",
        "begins": datetime(2019, 6, 5, 14, 30, tzinfo=CHINA),
        "place": "政务中心一楼会议室",
        "host": "封丘县",
        "day": date(2019, 6, 3),
        "lasts": "会期半天",
        "visits": (("长垣县", "长垣县蒲西街道"),),
        "speakers": ("封丘县", "牧野区"),
        "models": ("长垣县",),
        "reply_by": datetime(2019, 6, 4, 12, 0, tzinfo=CHINA),
    }
    return meeting.MeetingNotice(**given | changes)


def review(track: str, regions: tuple[str, ...], **changes: Any) -> meeting.TrackReview:
    totals = dict.fromkeys(
        ("teams", "townships", "villages", "spots", "found", "done", "due", "closed", "open", "overdue",
         "returned", "notices", "warnings"), 12,
    )  # fmt: skip
    figures = {
        "totals": totals, "last": totals | {"found": 20, "closed": 6}, "void": 1, "deferred": 0,
        "rows": [{"region": region, "overdue": rank} for rank, region in enumerate(regions)],
        "categories": [["garbage", 20], ["stacking", 9]], "repeated": [{"region": regions[0]}],
    }  # fmt: skip
    rows = [
        {"region": region, "rank": rank, "total": f"{95 - rank}.06", "tied": False}
        for rank, region in enumerate(regions, 1)
    ]
    given: dict[str, Any] = {
        "track": track,
        "first": date(2019, 4, 29),
        "cut": datetime(2019, 5, 28, 18, tzinfo=CHINA),
        "figures": figures,
        "ranking": {"rows": rows},
        "good": (f"{regions[0]}王楼镇",),
    }
    return meeting.TrackReview(**given | changes)


COUNTIES = review("县(市)", ("长垣县", "卫辉市", "延津县", "封丘县"))
DISTRICTS = review("区", ("红旗区", "凤泉区", "牧野区"))
SPEECH = meeting.Speech("5月", date(2019, 6, 5), (COUNTIES, DISTRICTS))


@pytest.fixture(scope="module")
def words() -> Words:
    """The official labels."""
    return Words(Catalogue(build_world(load_settings(EXAMPLE, {"BOT_TOKEN": "7000000001:TEST"})).campaign))


def lines(paper: Paper) -> list[str]:
    return [block.words for block in paper.blocks if isinstance(block, Text)]


def marked(paper: Paper) -> list[str]:
    return [block.words for block in paper.blocks if isinstance(block, Text) and block.draft]


def test_a_meetings_notice_says_when_where_what_who() -> None:
    paper = meeting.notice(asked())

    assert paper.title == ("关于召开全市城乡环境整治百日攻坚行动", "5月工作推进会的通知")
    assert paper.addressee == "各县（市、区），各督查组："
    assert lines(paper) == [
        "经研究，定于6月5日召开全市城乡环境整治百日攻坚行动工作推进会，讲评5月工作，部署下步任务。"
        "现将有关事项通知如下：",
        "一、时间",
        "2019年6月5日（周三）下午2:30，会期半天。",
        "二、地点",
        "封丘县政务中心一楼会议室。",
        "三、会议议程",
        "1.现场观摩：长垣县蒲西街道。",
        "2.播放突出问题暗访专题片。",
        "3.通报5月考评排名。",
        "4.长垣县作经验发言。",
        "5.封丘县、牧野区作检查发言。",
        "6.讲评5月工作，部署下步任务。",
        "四、参会人员",
        "各县（市、区）党委或政府主要负责同志、分管负责同志，城乡环境整治百日攻坚行动办负责同志；各督查组组长。",
        "五、有关要求",
        "1.请各县（市、区）、各督查组于6月4日（周二）中午12:00前反馈参会人员单位、姓名、职务。",
        "2.长垣县、封丘县、牧野区准备发言材料，于6月4日（周二）中午12:00前报送。",
        "3.长垣县做好现场观摩准备，不搞层层陪同，不为观摩突击布置。",
        "4.参会人员请提前15分钟到场，因故不能参会的须提前请假。",
    ]


def test_what_a_meeting_does_not_have_is_not_in_its_notice() -> None:
    bare = asked(tracks=("区",), visits=(), film=False, ranking=False, speakers=(), models=(), reply_by=None)

    said = lines(meeting.notice(bare))

    assert meeting.notice(bare).addressee == "各区，各督查组："
    assert said[6:8] == ["讲评5月工作，部署下步任务。", "四、参会人员"]
    assert not any("观摩" in one or "发言" in one or "专题片" in one for one in said)


def test_what_nobody_has_written_is_marked_while_it_is_a_draft() -> None:
    assert marked(meeting.notice(asked(place="", host=""), draft=True))[0] == "（会场请填写）。"
    assert len(marked(meeting.notice(asked(), draft=True))) == 1, "who is to come"
    assert marked(meeting.notice(asked(attend="各县（市、区）长"), draft=True)) == []


def test_offices_that_sign_together_stand_one_below_the_other_over_the_date() -> None:
    paper = meeting.notice(asked())

    (first, inward), (second, same), (day, day_in) = signed_lines(paper)
    assert (first, second, day) == (COUNTY_OFFICE, DISTRICT_OFFICE, "2019年6月3日")
    assert inward == same == 2
    assert day_in == characters(COUNTY_OFFICE) - characters(day)
    said = [paragraph.text for paragraph in Document(io.BytesIO(docx(paper))).paragraphs]
    assert said[-3:] == [first, second, day]


def test_a_speech_has_the_months_figures_track_by_track(words: Words) -> None:
    paper = meeting.speech(words, SPEECH)

    said = lines(paper)
    assert paper.under_title == "2019年6月5日"
    assert [one for one in said if one[1] == "、"] == [
        "一、工作情况", "二、考评排名", "三、存在的主要问题", "四、下步要求",
    ]  # fmt: skip
    assert said.count("（一）县（市）") == said.count("（二）区") == 3
    numbers = next(one for one in said if one.startswith("4月29日至5月28日"))
    assert "发现问题12个，比上月减少8个" in numbers
    assert "到期整改率100%，提高50个百分点（作废1个未计入）" in numbers
    assert "5月考评，长垣县、卫辉市排名靠前，封丘县排名末位。排名如下：" in said
    tables = [block for block in paper.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [4, 3], "one list a track"
    assert "封丘县逾期3个，延津县逾期2个，卫辉市逾期1个，要尽快整改到位。" in said
    assert "1.逾期的24个问题逐个明确责任人，限期整改到位。" in said


def test_only_what_a_person_must_judge_is_marked_in_a_speech(words: Words) -> None:
    drafted = marked(meeting.speech(words, SPEECH))

    assert any("请填写" in one for one in drafted)
    assert not any("发现问题" in one for one in drafted), "figures are the ledger's"
    written = dataclasses.replace(
        SPEECH, texts={"opening": "甲。", "good": "乙。", "bad": "丙。", "next": "丁。"}
    )
    assert marked(meeting.speech(words, written)) == []
    assert not any("请填写" in one for one in lines(meeting.speech(words, SPEECH, draft=False)))


def test_a_ranking_that_is_not_published_is_left_open(words: Words) -> None:
    open_month = meeting.Speech("5月", date(2019, 6, 5), (review("县(市)", ("长垣县",), ranking=None),))

    paper = meeting.speech(words, open_month)

    assert "（5月排名尚未印发，印发后补入）" in marked(paper)
    assert not any(isinstance(block, Table) for block in paper.blocks)


def test_a_speech_ends_without_name_and_date_on_paper_and_pdf(words: Words) -> None:
    paper = meeting.speech(words, SPEECH)

    said = [one.text for one in Document(io.BytesIO(docx(paper))).paragraphs if one.text]
    assert said[2:4] == ["（2019年6月5日）", "同志们："]
    assert said[-1].startswith("3.")
    assert pdf(paper).startswith(b"%PDF")


def test_both_papers_are_made_of_plain_values(words: Words) -> None:
    def plain(value: Any) -> Any:
        return json.loads(json.dumps(dataclasses.asdict(value), default=lambda day: day.isoformat()))

    assert meeting.read_notice(plain(asked())) == asked()
    assert meeting.read_speech(plain(SPEECH)) == SPEECH
    assert meeting.make_notice(plain(asked()))[0] == "会议通知.docx"
    assert meeting.make_speech(words, plain(SPEECH))[0] == "讲评稿.docx"
