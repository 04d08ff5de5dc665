"""A report from the field to the closed entry, with one return on the way."""

from __future__ import annotations

from .story import NUMBER, Both, Hears, NeverHears, Presses, SendsPhotos, Shows, Step, Story, TimePasses

LEADER, CONTACT, ELSEWHERE = "lead:county/1", "contact:延津县", "contact:卫辉市"

STORY = Story(
    key="report",
    title=Both("从发现到销号", "From the field to closed"),
    about=Both(
        "督查组拍照上报，县里签收、整改、退回再改，最后销号。",
        "A group reports with photos; the county signs, mends, is sent back once, and the entry is closed.",
    ),
    phones=(LEADER, CONTACT, ELSEWHERE),
    steps=(
        Step(
            Both(
                "组长在村口拍了两张照片，配一句话发给机器人。编号、地点、类别、期限都从这句话里读出来，不再追问。",
                "The leader sends two photos with one sentence. Number, place, kind and deadline are read "
                "from it; nothing is asked.",
            ),
            who=LEADER,
            does=SendsPhotos(("wall-before", "lane-before"), "延津县王楼镇任庄村村口垃圾堆，限3天"),
            then=(
                Hears(
                    LEADER,
                    ("王楼镇", "任庄村"),
                    buttons=("立即交办|Hand over now",),
                    name="receipt",
                    keep=NUMBER,
                ),
                Shows("receipt", "{number}"),
                NeverHears(CONTACT, "{number}"),
            ),
        ),
        Step(
            Both(
                "一分钟内可以改、可以撤回。时间一到自动交办，延津县联系人收到任务卡；别的县收不到。",
                "For a minute it can be changed or taken back. Then the contact of 延津县 gets the card; "
                "no other county does.",
            ),
            does=TimePasses(seconds=61),
            then=(
                Hears(
                    CONTACT,
                    ("{number}", "任庄村"),
                    buttons=("签收|Sign for", "申请延期|More time"),
                    picture=True,
                    name="card",
                ),
                NeverHears(ELSEWHERE, ("{number}", "任庄村")),
            ),
        ),
        Step(
            Both(
                "联系人点一下「签收」，组长那边的回执同时更新，不另发消息打扰。",
                "One tap signs for it. The leader's receipt is updated in place, without another message.",
            ),
            who=CONTACT,
            does=Presses("card", "签收|Sign for"),
            then=(Shows("card", "签收|igned"), Shows("receipt", "签收|igned")),
        ),
        Step(
            Both(
                "回复任务卡发一张照片就是反馈整改。这张拍的是沟渠，角度不对。",
                "A photo in reply to the card is the county's answer. This one shows a ditch, no wall.",
            ),
            who=CONTACT,
            does=SendsPhotos(("ditch-after",), "已清运垃圾", reply_to="card"),
            then=(Shows("card", "待核查|To check"),),
        ),
        Step(
            Both(
                "组长收到前后对比图，一看就能核查。",
                "The leader gets before and after in one picture, ready to be judged.",
            ),
            does=TimePasses(seconds=5),
            then=(
                Hears(
                    LEADER, "{number}", buttons=("销号|Close", "退回|Send back"), picture=True, name="check"
                ),
            ),
        ),
        Step(
            Both("不合要求，点「退回」。", "Not what was asked for: the leader presses «Send back»."),
            who=LEADER,
            does=Presses("check", "退回|Send back"),
            then=(Shows("check", "{number}"),),
        ),
        Step(
            Both(
                "选一个原因：请拍同一角度。联系人收到退回，期限至少留到第二天 18:00。",
                "One reason is chosen: the same angle, please. The contact hears of it, with time until "
                "18:00 of the next day at least.",
            ),
            who=LEADER,
            does=Presses("check", "请拍同一角度|Same angle, please"),
            then=(Hears(CONTACT, "{number}", name="returned"), Shows("card", "退回|eturned")),
        ),
        Step(
            Both(
                "联系人站在原来的位置补拍一张。",
                "The contact takes another photo, from where the first was taken.",
            ),
            who=CONTACT,
            does=SendsPhotos(("wall-after",), "垃圾已清运，设置了垃圾桶", reply_to="returned"),
            then=(Shows("card", "待核查|To check"),),
        ),
        Step(
            Both("新的对比图到了组长手里。", "The new pair reaches the leader."),
            does=TimePasses(seconds=5),
            then=(Hears(LEADER, "{number}", buttons=("销号|Close",), picture=True, name="check"),),
        ),
        Step(
            Both(
                "组长点「销号」。各方的卡片一起更新，十分钟内可以撤销。销号只能由督查一方点，县里不能自己销。",
                "The leader closes it. Every card is updated; for ten minutes it can be undone. Only the "
                "inspecting side closes, never the county.",
            ),
            who=LEADER,
            does=Presses("check", "销号|Close"),
            then=(
                Shows("check", "已销号|losed"),
                Shows("card", "已销号|losed"),
                NeverHears(ELSEWHERE, ("{number}", "任庄村")),
            ),
        ),
    ),
)
