"""A report by the public: who called is written nowhere, and the county reads only what was seen anew."""

from __future__ import annotations

from .story import NUMBER, Both, Hears, NeverHears, Presses, Says, SendsPhotos, Shows, Step, Story, TimePasses

OFFICE, GROUP, CONTACT = "office:county", "lead:county/1", "contact:延津县"
SAID = ("电话里", "老乡")

STORY = Story(
    key="public",
    title=Both("群众举报", "A report by the public"),
    about=Both(
        "攻坚办登记群众举报，转督查组核实；县里只看到督查组重新写的话和重新拍的照片。",
        "The office files a call, a group verifies it; the county reads the group's words only.",
    ),
    phones=(OFFICE, GROUP, CONTACT),
    steps=(
        Step(
            Both(
                "攻坚办接到电话，打一行字，以「举报」开头就登记成一条，来源为群众举报，先不交办。没有填举报人的地方。",
                "The office types one line that begins with 举报: it is filed as a report by the public and "
                "held. There is no field for who called.",
            ),
            who=OFFICE,
            does=Says("举报：延津县王楼镇任庄村路边占道摆摊，老乡在电话里说天天这样"),
            then=(
                Hears(
                    OFFICE,
                    ("群众举报|ublic", "任庄村"),
                    buttons=("转督查组核实|Let the group look",),
                    name="receipt",
                    keep=NUMBER,
                ),
                NeverHears(CONTACT, "{number}"),
            ),
        ),
        Step(
            Both(
                "转给负责延津县的督查组核实。组里只看到地点和类别，看不到来电人的话。",
                "It goes to the county's group. The group sees place and kind, not the caller's words.",
            ),
            who=OFFICE,
            does=Presses("receipt", "转督查组核实|Let the group look"),
            then=(
                Hears(GROUP, ("王楼镇", "核实|look"), without=SAID, name="task"),
                NeverHears(CONTACT, "{number}"),
            ),
        ),
        Step(
            Both(
                "组长到现场，回复这条任务：新拍的照片，自己的话。",
                "On the spot the leader replies to the task with a new photo and words of his own.",
            ),
            who=GROUP,
            does=SendsPhotos(("stalls-before",), "路边三个摊位占道，影响通行", reply_to="task"),
            then=(NeverHears(CONTACT, SAID),),
        ),
        Step(
            Both(
                "一分钟后交办。县里的任务卡上，只有督查组写的和拍的。",
                "A minute later it is handed over. On the county's card stands only what the group wrote and "
                "photographed.",
            ),
            does=TimePasses(seconds=65),
            then=(
                Hears(
                    CONTACT,
                    ("{number}", "三个摊位占道"),
                    without=SAID,
                    buttons=("签收|Sign for",),
                    picture=True,
                    name="card",
                ),
            ),
        ),
        Step(
            Both("县里反馈整改。", "The county answers."),
            who=CONTACT,
            does=SendsPhotos(("stalls-after",), "已劝离，道路恢复通畅", reply_to="card"),
            then=(Shows("card", "待核查|To check"),),
        ),
        Step(
            Both("核查也由督查组来做。", "The group checks it, too."),
            does=TimePasses(seconds=5),
            then=(Hears(GROUP, "{number}", buttons=("销号|Close",), picture=True, name="check"),),
        ),
        Step(
            Both(
                "销号。来电人的话自始至终没有离开攻坚办。",
                "Closed. The caller's words never left the office.",
            ),
            who=GROUP,
            does=Presses("check", "销号|Close"),
            then=(
                Shows("card", "已销号|losed"),
                Shows("check", "已销号|losed"),
                NeverHears(CONTACT, SAID),
                NeverHears(GROUP, SAID),
            ),
        ),
    ),
)
