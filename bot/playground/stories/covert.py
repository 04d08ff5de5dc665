"""A covert find: unknown to everybody else until it is handed over, then in the office's name."""

from __future__ import annotations

from .story import NUMBER, Both, Hears, NeverHears, Presses, Says, SendsPhotos, Shows, Step, Story, TimePasses

COVERT, OFFICE = "lead:county/0", "office:county"
GROUP, CONTACT, OVERSIGHT = "lead:county/1", "contact:延津县", "oversight"
HIDDEN = ("{number}", "任庄村")

STORY = Story(
    key="covert",
    title=Both("暗访转交办", "A covert find is handed over"),
    about=Both(
        "暗访组发现的问题先不交办、不外露；看过预览转交办后，县里只知道是攻坚办交办的。",
        "What the covert group finds is held and hidden; after a preview it is handed over, to the county "
        "as the office's.",
    ),
    phones=(COVERT, CONTACT, OFFICE),
    steps=(
        Step(
            Both(
                "暗访组拍照上报。编号以「暗」开头，暂不交办，消息禁止转发。",
                "The covert group reports. The number begins with 暗, nothing goes out, and the message "
                "cannot be forwarded.",
            ),
            who=COVERT,
            does=SendsPhotos(("ditch-before",), "延津县王楼镇任庄村村东沟渠漂浮垃圾，限3天"),
            then=(Hears(COVERT, "任庄村", buttons=("转交办|Hand over",), name="receipt", keep=NUMBER),),
        ),
        Step(
            Both(
                "半小时过去：延津县、负责延津县的督查组、市督导组，谁也没有看到。",
                "Half an hour passes: neither 延津县 nor its own group nor the city's oversight has seen it.",
            ),
            does=TimePasses(minutes=30),
            then=(NeverHears(CONTACT, HIDDEN), NeverHears(GROUP, HIDDEN), NeverHears(OVERSIGHT, HIDDEN)),
        ),
        Step(
            Both(
                "区域组的组长按编号去查，机器人回答：没有这一条。",
                "The region's leader asks for the number: for him there is no such entry.",
            ),
            who=GROUP,
            does=Says("/issue {number}"),
            then=(Hears(GROUP, (), without=("任庄村", "沟渠")), NeverHears(GROUP, "任庄村")),
        ),
        Step(
            Both(
                "暗访组组长点「转交办」，先看县里将会看到什么：没有组别、没有时间、没有人名，照片重新制作。",
                "The covert leader presses «Hand over» and first sees what the county will see: no group, no "
                "hour, no person; the photos are made anew.",
            ),
            who=COVERT,
            does=Presses("receipt", "转交办|Hand over"),
            then=(
                Hears(
                    COVERT,
                    "任庄村",
                    without=("暗访", "督查"),
                    buttons=("确认转交办|Yes, hand over",),
                    picture=True,
                    name="preview",
                ),
            ),
        ),
        Step(
            Both(
                "确认之后，延津县收到任务，落款是市环境整治攻坚办。",
                "Confirmed, 延津县 gets the card in the name of the city's clean-up office.",
            ),
            who=COVERT,
            does=Presses("preview", "确认转交办|Yes, hand over"),
            then=(
                Hears(
                    CONTACT,
                    ("{number}", "市环境整治攻坚办"),
                    without=("暗访", "督查"),
                    buttons=("签收|Sign for",),
                    picture=True,
                    name="card",
                ),
            ),
        ),
        Step(
            Both(
                "联系人回复照片反馈。签收也就一并完成了。",
                "The contact answers with a photo, which signs for it as well.",
            ),
            who=CONTACT,
            does=SendsPhotos(("ditch-after",), "沟渠已清理，安排专人巡河", reply_to="card"),
            then=(Shows("card", "待核查|To check"),),
        ),
        Step(
            Both(
                "反馈到了攻坚办：办公室自己核查，或转给区域组。",
                "The answer reaches the office, which checks it or passes the check to the region's group.",
            ),
            does=TimePasses(seconds=5),
            then=(
                Hears(
                    OFFICE,
                    "{number}",
                    buttons=("销号|Close", "转区域组核查|Let the region"),
                    picture=True,
                    name="check",
                ),
            ),
        ),
        Step(
            Both("办公室看图销号。", "The office closes it by the picture."),
            who=OFFICE,
            does=Presses("check", "销号|Close"),
            then=(Shows("card", "已销号|losed", without=("暗访", "督查")), Shows("check", "已销号|losed")),
        ),
    ),
)
