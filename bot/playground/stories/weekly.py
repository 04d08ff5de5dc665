"""A week that ends in a posted bulletin: drafted, agreed to by a second person, taken down, corrected."""

from __future__ import annotations

from datetime import time

from .story import (
    NUMBER,
    Both,
    Hears,
    NeverHears,
    Presses,
    Says,
    SendsPhotos,
    Shows,
    Step,
    Story,
    TimePasses,
    Until,
)

OFFICE, SECOND, MAYOR = "office:county", "office2:county", "leader"
LEADER, CONTACT = "lead:county/1", "contact:延津县"
MONDAY, TUESDAY = 0, 1
SUBMIT, AGREE, UNDO = "送审|Send for approval", "同意签发|Approve", "撤销|Undo"
BOTH, PUBLISH = "报送并印发|Send and publish", "印发|Publish"
CALLED = "工作通报|weekly bulletin"
WRITTEN = "结论：本周整改进度加快，延津县行动快。"


def _judged(line: Both) -> tuple[Step, ...]:
    """送审, and the second person's 同意签发."""
    return (
        Step(
            line,
            who=OFFICE,
            does=Presses("card", SUBMIT),
            then=(Hears(SECOND, (), buttons=(AGREE,), name="asked"),),
        ),
        Step(
            Both(
                "另一位同志看过文件，点「同意签发」。拟稿人自己没有这个按钮。",
                "A second member of the office reads the paper and approves. The drafter has no such button.",
            ),
            who=SECOND,
            does=Presses("asked", AGREE),
            then=(Hears(OFFICE, CALLED, buttons=(PUBLISH,), picture=True, name="card"),),
        ),
    )


STORY = Story(
    key="weekly",
    title=Both("周一发周工作通报", "A weekly bulletin"),
    about=Both(
        "机器人代拟，人来定稿，另一位同志签发，印发后还能撤下、更正。",
        "The bot drafts, people decide, a second person approves; what is out can still be taken down "
        "and corrected.",
    ),
    phones=(OFFICE, SECOND, MAYOR, CONTACT),
    steps=(
        Step(Both("周二上午。", "A Tuesday morning."), does=Until(time(9, 0), TUESDAY)),
        Step(
            Both("组长交办一处垃圾堆。", "The leader files a heap of rubbish."),
            who=LEADER,
            does=SendsPhotos(("wall-before",), "延津县王楼镇任庄村村口垃圾堆，限2天"),
            then=(Hears(LEADER, "任庄村", name="receipt", keep=NUMBER),),
        ),
        Step(
            Both("一分钟后，延津县收到任务卡。", "A minute later 延津县 has the card."),
            does=TimePasses(seconds=61),
            then=(Hears(CONTACT, "{number}", picture=True, name="task"),),
        ),
        Step(
            Both("当天清理，回复照片就算反馈。", "It is cleared the same day; a photo in reply reports it."),
            who=CONTACT,
            does=SendsPhotos(("wall-after",), reply_to="task"),
        ),
        Step(
            Both("照片收齐，对比图到了组长手里。", "The photos are in; the leader has the pair."),
            does=TimePasses(seconds=5),
            then=(Hears(LEADER, "{number}", buttons=("销号|Close",), picture=True, name="check"),),
        ),
        Step(
            Both("组长对照前后照片，销号。", "The leader compares before and after, and closes it."),
            who=LEADER,
            does=Presses("check", "销号|Close"),
            then=(Shows("check", "已销号|losed"),),
        ),
        Step(
            Both(
                "周一 7:30，攻坚办收到代拟稿：手机图、文字和 .docx。数字截至周五 10:00。",
                "Monday, 7:30: the office has the draft: a picture for the phone, words and the .docx. Its "
                "figures are as of Friday, 10:00.",
            ),
            does=Until(time(7, 30), MONDAY),
            then=(
                Hears(
                    OFFICE,
                    (CALLED, "代拟稿|Draft"),
                    buttons=(SUBMIT, "选图|Pictures"),
                    picture=True,
                    name="card",
                ),
                NeverHears(OFFICE, ("约谈", "诫勉")),
            ),
        ),
        Step(
            Both(
                "选图：机器人只提供可公开的，由人来定。",
                "Pictures: only what may be shown; a person chooses.",
            ),
            who=OFFICE,
            does=Presses("card", "选图|Pictures"),
            then=(Hears(OFFICE, "任庄村", buttons=("用这组|Use", "遮挡|Cover"), picture=True, name="pair"),),
        ),
        Step(
            Both("没有人脸、车牌，用这组。", "No face, no number plate: this pair is used."),
            who=OFFICE,
            does=Presses("pair", "用这组|Use"),
            then=(Shows("card", "已选图 1|pictures: 1"),),
        ),
        Step(
            Both("回复卡片，改写结论。", "A reply to the card writes the conclusion anew."),
            who=OFFICE,
            does=Says(WRITTEN, reply_to="card"),
            then=(Hears(OFFICE, CALLED, buttons=(SUBMIT,), picture=True, name="card"),),
        ),
        *_judged(
            Both("送审。没有第二个人同意，谁也发不出去。", "Nothing leaves before a second person agrees.")
        ),
        Step(
            Both("报送并印发，一分钟内还能撤销。", "Sent and published; for a minute it can be undone."),
            who=OFFICE,
            does=Presses("card", BOTH),
            then=(
                Hears(OFFICE, CALLED, buttons=(UNDO,), name="card"),
                NeverHears(MAYOR, "行动快"),
            ),
        ),
        Step(
            Both(
                "一分钟后，频道里是手机图、文字和 PDF；市领导私聊收到；各县只收到自己的一行。",
                "A minute later the channel has the picture, the words and the PDF; the city leader has them "
                "in private, each county its own line.",
            ),
            does=TimePasses(seconds=75),
            then=(
                Hears(OFFICE, ("延津县行动快",), picture=True, where="channel", name="post"),
                Hears(MAYOR, ("延津县行动快",), picture=True),
                Hears(CONTACT, "延津县", without=("卫辉市",)),
                NeverHears(OFFICE, ("{number}", "组长"), where="channel"),
            ),
        ),
        Step(
            Both("发现结论写得不准，撤下。", "The conclusion was not right: it is taken down."),
            who=OFFICE,
            does=Presses("card", "撤下|Take down"),
            then=(
                Shows("post", deleted=True),
                Hears(MAYOR, "撤下|taken down", silent=True),
            ),
        ),
        Step(
            Both("点「更正」，说明原因。", "「更正」 asks for the reason."),
            who=OFFICE,
            does=Presses("card", "更正|Correct"),
            then=(Hears(OFFICE, "更正|corrected"),),
        ),
        Step(
            Both(
                "更正稿重新走一遍，用新的期号。",
                "The correction goes the whole way again, with a new number.",
            ),
            who=OFFICE,
            does=Says("结论不准确"),
            then=(Hears(OFFICE, CALLED, buttons=(SUBMIT,), picture=True, name="card"),),
        ),
        Step(
            Both("改写结论。", "The conclusion is written anew."),
            who=OFFICE,
            does=Says("结论：本周整改进度总体平稳。", reply_to="card"),
            then=(Hears(OFFICE, CALLED, buttons=(SUBMIT,), picture=True, name="card"),),
        ),
        *_judged(Both("再送审。", "Sent for approval again.")),
        Step(
            Both("印发。", "Published."),
            who=OFFICE,
            does=Presses("card", PUBLISH),
        ),
        Step(
            Both("频道里是更正后的一期，写明更正第几期。", "The channel has the correction, which says so."),
            does=TimePasses(seconds=75),
            then=(
                Hears(
                    OFFICE,
                    ("总体平稳", "更正第|Corrects"),
                    without=("行动快",),
                    picture=True,
                    where="channel",
                ),
            ),
        ),
    ),
)
