"""A warning letter 督办警示: drafted, approved, signed for, answered, and revoked by two."""

from __future__ import annotations

from .story import NUMBER, Both, Hears, NeverHears, Presses, Says, SendsPhotos, Shows, Step, Story, TimePasses

LEADER, CONTACT, ELSEWHERE = "lead:county/1", "contact:延津县", "contact:卫辉市"
OFFICE, SECOND = "office:county", "office2:county"
LETTER = "督办警示|Warning letter"

STORY = Story(
    key="warning",
    title=Both("督办警示", "A warning letter"),
    about=Both(
        "严重问题下发督办警示：起草、签发、签收、反馈，最后因有误经两人同意撤销。",
        "A severe find leads to a letter: drafted, approved, signed for, answered, and revoked by two.",
    ),
    phones=(LEADER, OFFICE, CONTACT),
    steps=(
        Step(
            Both(
                "组长上报一处严重问题：大量垃圾，长期没有清。",
                "The leader files a severe find: much rubbish that has lain for long.",
            ),
            who=LEADER,
            does=SendsPhotos(("wall-before",), "延津县王楼镇任庄村村口大量垃圾长期未清，限3天"),
            then=(Hears(LEADER, "任庄村", keep=NUMBER),),
        ),
        Step(
            Both("一分钟后交办，延津县收到任务卡。", "A minute later it is handed over to 延津县."),
            does=TimePasses(seconds=61),
            then=(Hears(CONTACT, ("{number}", "任庄村"), picture=True),),
        ),
        Step(
            Both(
                "警示要印组里的联系电话。组长发「组电话」，只填一次。",
                "The letter carries the group's telephone, which its leader enters once with 组电话.",
            ),
            who=LEADER,
            does=Says("组电话"),
            then=(Hears(LEADER, "联系电话|Telephone of"),),
        ),
        Step(
            Both("回一个号码就记下了。", "The number is the answer."),
            who=LEADER,
            does=Says("0000-0000000"),
            then=(Hears(LEADER, "0000-0000000"),),
        ),
        Step(
            Both("按编号打开问题，卡片上有「警示」。", "Opened by its number, the entry offers «Warn»."),
            who=LEADER,
            does=Says("{number}"),
            then=(Hears(LEADER, "{number}", buttons=("警示|Warn",), name="entry"),),
        ),
        Step(
            Both(
                "第一下点「警示」：机器人按附件4原文拟好，检查对象、问题、事项都填上了。",
                "First tap, «Warn»: the letter is drafted to the word of the notice, its blanks filled.",
            ),
            who=LEADER,
            does=Presses("entry", "警示|Warn"),
            then=(Hears(LEADER, (LETTER, "王楼镇任庄村"), buttons=("7天|7 days",), name="draft"),),
        ),
        Step(
            Both("第二下选期限。", "Second tap: the term."),
            who=LEADER,
            does=Presses("draft", "7天|7 days"),
            then=(Shows("draft", "整改到位"),),
        ),
        Step(
            Both(
                "第三下「送审」。没有攻坚办签发，警示发不出去；县里这时什么也看不到。",
                "Third tap: sent for approval. Without the office none goes out; the county sees nothing.",
            ),
            who=LEADER,
            does=Presses("draft", "送审|Send for approval"),
            then=(
                Hears(OFFICE, LETTER, buttons=("同意签发|Approve", "退改|Send back"), name="approval"),
                NeverHears(CONTACT, LETTER),
            ),
        ),
        Step(
            Both(
                "攻坚办看过，点「同意签发」。延津县收到正式文稿和一张卡，别的县不知道。",
                "The office approves. 延津县 has the paper and a card; no other county knows.",
            ),
            who=OFFICE,
            does=Presses("approval", "同意签发|Approve"),
            then=(
                Hears(
                    CONTACT,
                    (LETTER, "第一督查组"),
                    buttons=("签收|Sign for it", "反馈警示|Answer"),
                    silent=False,
                    name="served",
                ),
                NeverHears(ELSEWHERE, (LETTER, "任庄村")),
            ),
        ),
        Step(
            Both("联系人签收。", "The contact signs for it."),
            who=CONTACT,
            does=Presses("served", "签收|Sign for it"),
            then=(Shows("served", "签收|igned"), Shows("approval", "签收|igned")),
        ),
        Step(
            Both(
                "整改后点「反馈警示」：只要三样，完成情况、责任领导、具体责任人。",
                "When it is done, «Answer»: three things are asked, and nothing more.",
            ),
            who=CONTACT,
            does=Presses("served", "反馈警示|Answer"),
            then=(Hears(CONTACT, "完成情况"),),
        ),
        Step(
            Both("一条消息三行。", "Three lines in one message."),
            who=CONTACT,
            does=Says(
                "完成情况：垃圾已全部清运，设置垃圾桶\n责任领导（县级）：分管副县长\n具体责任人（科级）：镇长"
            ),
            then=(
                Shows("served", "垃圾已全部清运"),
                Hears(LEADER, "垃圾已全部清运"),
                NeverHears(ELSEWHERE, "垃圾已全部清运"),
            ),
        ),
        Step(
            Both(
                "后来发现写错了村。攻坚办点「撤销警示」，要写理由。",
                "It turns out to name the wrong village: the office revokes it and must say why.",
            ),
            who=OFFICE,
            does=Presses("approval", "撤销警示|Revoke"),
            then=(Hears(OFFICE, "为什么撤销|Why is"),),
        ),
        Step(
            Both(
                "理由县里也看得到；一个人不能撤，要另一位同志同意。",
                "The county reads the reason, too. One person cannot: a second has to agree.",
            ),
            who=OFFICE,
            does=Says("问题不在该村，核实有误"),
            then=(
                Hears(SECOND, "核实有误", buttons=("同意|Agree",), name="second"),
                NeverHears(CONTACT, "核实有误"),
            ),
        ),
        Step(
            Both(
                "另一位同意，警示撤销：文稿盖上撤销字样存档，次数重新计，延津县收到一句话。",
                "Agreed: the letter is stamped and kept, the count made anew, 延津县 hears of it in a line.",
            ),
            who=SECOND,
            does=Presses("second", "同意|Agree"),
            then=(
                Hears(CONTACT, ("已撤销|revoked", "核实有误"), silent=True),
                Shows("approval", "撤销|evoked"),
                Shows("served", "撤销|evoked"),
            ),
        ),
    ),
)
