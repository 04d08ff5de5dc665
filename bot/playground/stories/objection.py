"""An objection that is granted: the county shows that points are not its own, the draft is made anew."""

from __future__ import annotations

from .scoring import (
    ELSEWHERE,
    LAST,
    OFFICE,
    RULES,
    closing_day,
    drafts,
    locked,
    marked,
    morning_after,
    objections_over,
    opened,
    published,
)
from .story import Both, Hears, NeverHears, Presses, Says, SendsPhotos, Shows, Step, Story

STORY = Story(
    key="objection",
    title=Both("异议采纳", "An objection is granted"),
    about=Both(
        "县里对核对稿的一条扣分附照片提出异议；办公室采纳，这一条不再计分，新的核对稿马上发回。",
        "A county objects to points in its draft, with a photo; the office grants it, and the new draft "
        "comes at once.",
    ),
    phones=(LAST, OFFICE, ELSEWHERE),
    steps=(
        *RULES,
        closing_day(),
        *marked(
            Both(
                "第一督查小组给卫辉市 36 分，延津县 35 分。",
                "The first group gives 卫辉市 36 and 延津县 35.",
            ),
            "/score 卫辉市 督查 36\n延津县 督查 35",
        ),
        Step(
            Both(
                "办公室给延津县记了一条群众举报扣分。",
                "The office takes points off 延津县 for a report by the public.",
            ),
            who=OFFICE,
            does=Says("/score 延津县 群众举报 -1.5 公路边垃圾，举报属实"),
            then=(Hears(OFFICE, ("延津县", "-1.5")),),
        ),
        morning_after(),
        *opened(Both("延津县 93.50，末位。", "延津县 stands at 93.50, last."), "93.50"),
        *drafts(
            Both(
                "发核对稿：延津县看到每一项和理由，每一项后面可以提异议。",
                "The drafts go out: 延津县 reads every item with its reason, and may object to each.",
            ),
            Hears(LAST, ("93.50", "-1.5"), without=("卫辉市",), buttons=("对第2项|Item 2",), name="draft"),
        ),
        Step(
            Both("对第 2 项提出异议。", "It objects to item 2."),
            who=LAST,
            does=Presses("draft", "对第2项|Item 2"),
            then=(Hears(LAST, "-1.5", name="question"),),
        ),
        Step(
            Both(
                "回复一张照片和一句理由：这段路在县界以外。",
                "It replies with a photo and a reason: that stretch lies beyond its border.",
            ),
            who=LAST,
            does=SendsPhotos(("posters-after",), "这段路在县界以外，有界碑照片", reply_to="question"),
            then=(
                Hears(LAST, "异议已送攻坚办|The objection"),
                Hears(
                    OFFICE,
                    ("延津县", "县界以外"),
                    buttons=("采纳|Uphold", "看照片|See the photo"),
                    name="objection",
                ),
            ),
        ),
        Step(
            Both(
                "办公室看过照片，采纳。扣分取消，延津县马上收到新的核对稿。",
                "The office looks and grants it. The points fall away; 延津县 gets the new draft at once.",
            ),
            who=OFFICE,
            does=Presses("objection", "采纳|Uphold"),
            then=(
                Hears(LAST, ("已采纳|Upheld", "县界以外")),
                Hears(LAST, "95.00", without=("举报属实",)),
                Shows("period", "95.00"),
                NeverHears(ELSEWHERE, ("县界以外", "95.00")),
            ),
        ),
        objections_over(),
        locked("95.00"),
        *published(
            Both(
                "同意，印发：延津县 95.00 分。",
                "Agreed and published: 延津县 has 95.00.",
            ),
            Hears(LAST, ("延津县", "8", "95.00")),
        ),
    ),
)
