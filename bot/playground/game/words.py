"""The words of the bar, in both languages; official labels are the bot's own."""

from __future__ import annotations

from typing import Any, Final

Words = dict[str, str]

DUE: Final[dict[str, tuple[str, str]]] = {
    "settle": ("{number} 交办", "{number} is handed over"),
    "nag": ("草稿提醒一次", "a draft is asked about once"),
    "deadline": ("{number} 整改到期", "{number} is due"),
    "deputy": ("{number} 未签收，转副联系人", "{number} unsigned: the deputy gets it"),
    "covert": ("{number} 暗访待转交，提醒攻坚办", "{number} covert, waiting: the office is told"),
    "request": ("{number} 申请满 24 小时，转攻坚办", "{number} request unanswered: the office decides"),
    "held": ("单人复核等待期满", "a held act takes effect"),
    "report": ("{number} 向市领导报告", "{number} is reported to the city leader"),
    "lent": ("委托代理到期", "a deputising ends"),
    "question": ("补充照片自动归入", "unanswered photos are filed"),
    "message": ("一条待发消息", "a message that was put off"),
    "digest": ("每日 9:00 汇总", "the 9:00 digests"),
    "township": ("{number} 乡镇反馈自动上报", "{number} the township's answer goes up"),
}
"""By kind of what falls due; a kind that is not named here is shown as «提醒 reminder»."""
DUTIES: Final[dict[str, tuple[str, str]]] = {
    "weekly": ("周报", "weekly reports"),
    "weekly_bulletin": ("周工作通报", "the weekly bulletin"),
    "ten_day": ("旬督导报告", "ten-day reports"),
    "marks": ("旬打分", "ten-day marks"),
    "review": ("核对稿", "the draft ranking"),
    "ten_day_bulletin": ("旬查情况通报", "the ten-day bulletin"),
    "month_ranking": ("月排名", "the month's ranking"),
    "monthly": ("跟踪问效月报", "the monthly report"),
}
TIMES: Final[dict[str, tuple[str, str]]] = {
    "eve": ("{duty}：前一工作日提醒", "{duty}: reminder on the eve"),
    "morning": ("{duty}：当天早上提醒", "{duty}: reminder that morning"),
    "afternoon": ("{duty}：当天下午提醒", "{duty}: reminder that afternoon"),
    "list": ("{duty}：未报名单给办公室", "{duty}: the office learns who is missing"),
    "proposal": ("{duty}：遇休息日，请办公室确认时间", "{duty}: a day off, the office is asked"),
    "due": ("{duty}截止", "{duty} are due"),
}
"""«duty.weekly.eve» and so on: what of the calendar, and which moment of it."""
OTHER: Final = ("提醒", "a reminder")

JUMPS: Final[dict[str, tuple[str, str]]] = {
    "hour": ("+1 小时", "+1 h"),
    "reminder": ("到下一个提醒", "to the next reminder"),
    "friday": ("到周五 9:55", "to Friday 09:55"),
    "period": ("到 {day} 日 17:55", "to the {day}th 17:55"),
}


def due_words(kind: str, number: str | None) -> Words:
    """What falls due, in words."""
    if kind.startswith("duty."):
        _, duty, moment = kind.split(".")
        name, time = DUTIES.get(duty, OTHER), TIMES.get(moment, OTHER)
        return {"zh": time[0].format(duty=name[0]), "en": time[1].format(duty=name[1])}
    zh, en = DUE.get(kind, OTHER)
    return both(zh, en, number=number or "")


def both(zh: str, en: str, **values: Any) -> Words:
    """A text in both languages, filled in."""
    return {"zh": zh.format(**values).strip(), "en": en.format(**values).strip()}
