"""What is heard: one file per topic, and the ordered registration list of who answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.delivery.hearing import Hearing
from bot.domain.captions import menu_word
from bot.domain.finding import asked_for
from bot.handlers import (
    announcing,
    bulletins,
    chats,
    check,
    county,
    covert,
    entries,
    groups,
    intake,
    kits,
    lists,
    meetings,
    monthreport,
    office,
    overview,
    people,
    register,
    scoring,
    sources,
    weekly,
)
from bot.handlers import chain as chains
from bot.handlers import followup as follow
from bot.handlers import warnings as warned
from bot.services import secrecy
from bot.services.answering import Toast, nothing
from bot.services.incoming import Incoming
from bot.texts import buttons

Handler = Callable[[Hearing], Awaitable[Toast]]

COMMANDS: Mapping[str, Handler] = {
    "start": people.start,
    "help": people.help_,
    "language": people.language,
    "cancel": people.cancel,
    "leave": people.leave,
    "invite": people.invite,
    "members": people.members,
    "bind": chats.bind,
    "health": chats.health,
    "my": lists.my,
    "todo": lists.todo,
    "ledger": lists.ledger,
    "issue": lists.issue,
    "find": lists.find,
    "score": scoring.score,
    "rank": scoring.rank,
    "why": scoring.details,
    "measures": scoring.measures,
    "weekly": weekly.open_,
    "bulletin": bulletins.open_list,
    "warnings": warned.letters,
    "register": register.open_,
}

ANYBODY = frozenset(("start", "help", "cancel", "iknow"))
"""Commands and presses that a stranger may use, too; everything else is answered at the door."""

PRESSES: Mapping[str, Handler] = {
    "iknow": people.red_lines_read,
    "lang": people.choose_language,
    "turn": people.turn,
    "invite": people.invite,
    "mkinv": people.make_invitation,
    "revoke": people.revoke,
    "members": people.members,
    "removing": people.removing,
    "remove": people.remove,
    "roster": people.links_again,
    "leave": people.leave,
    "leaving": people.leave_now,
    "never": people.never,
    "lend": people.lend,
    "lendto": people.lend_to,
    "unlend": people.take_back,
    "bind": chats.choose,
    "unbind": chats.unbind,
    "eachphoto": chats.every_photo,
    "bindch": chats.choose_channel,
    "assign": entries.assign,
    "ack": county.acknowledge,
    "ackall": county.acknowledge_all,
    "answer": county.answer,
    "which": county.which,
    "notthis": county.not_this,
    "extend": county.extend,
    "extendto": county.extend_to,
    "notours": county.not_ours,
    "unask": county.unask,
    "grant": county.grant,
    "refuse": county.refuse,
    "undecide": county.undecide,
    "regions": county.regions,
    "moveto": county.move_to,
    "fold": county.fold,
    "pass": county.pass_on,
    "passto": county.pass_to,
    "takeback": county.take_over,
    "report": county.report,
    "unreport": county.send_back,
    "where": county.location,
    "forward": county.forward,
    "officers": county.set_officers,
    "todo": lists.todo,
    "close": check.close,
    "return": check.send_back,
    "undo": check.undo,
    "reopen": check.reopen,
    "fixed": check.fix,
    "filed": check.which_photo,
    "noanswer": check.no_answer,
    "panel": office.panel,
    "void": office.void,
    "defer": office.defer,
    "resume": office.resume,
    "reassign": office.reassign,
    "agree": office.agree,
    "disagree": office.disagree,
    "unpropose": office.take_back,
    "proposals": lists.proposals,
    "list": lists.turn,
    "overview": overview.other,
    "coverage": overview.further,
    "pick": lists.pick,
    "many": lists.many,
    "domany": lists.do_many,
    "open": lists.opened,
    "history": lists.history,
    "tocheck": lists.to_check,
    "region": intake.region,
    "village": intake.village,
    "edit": intake.turn,
    "set": intake.set_field,
    "write": intake.ask,
    "adopt": intake.adopt,
    "join": intake.join,
    "split": intake.split,
    "splitup": intake.split_problems,
    "withdraw": intake.withdraw,
    "issue": intake.make_issue,
    "good": intake.list_as_good,
    "covertmode": covert.covert_mode,
    "as": covert.choose_identity,
    "identity": covert.identity,
    "mode": covert.mode,
    "preview": covert.preview,
    "unpreview": covert.unpreview,
    "handover": covert.confirm,
    "ctext": covert.other_words,
    "ctake": covert.take_words,
    "forcounty": covert.give_photo,
    "passcheck": covert.pass_check,
    "private": groups.details,
    "source": sources.choose,
    "togroup": sources.to_group,
    "nothing": sources.nothing_found,
    "htake": sources.take_on,
    "hother": sources.other_office,
    "hdrop": sources.no_need,
    "hfile": sources.file,
    "hregions": sources.regions,
    "hcopy": sources.originals,
    "alike": chains.alike,
    "merge": chains.merge,
    "sidebyside": chains.side_by_side,
    "chain": chains.chain,
    "linkto": chains.link_to,
    "unlink": chains.unlink,
    "urge": follow.urge,
    "urgeall": follow.urge_region,
    "slip": follow.slip,
    "lookturn": follow.look_turn,
    "anpick": announcing.pick,
    "ansend": announcing.send,
    "ancancel": announcing.cancel,
    "angot": announcing.received,
    "wform": weekly.form,
    "wcopy": weekly.copy,
    "wmerged": weekly.merged,
    "wurge": weekly.urge,
    "moveto_day": weekly.move,
    "known": weekly.known,
    "later": weekly.later,
    "topen": weekly.open_draft,
    "tdraft": weekly.draft,
    "tpdf": weekly.draft_pdf,
    "tledger": weekly.draft_ledger,
    "tsubmit": weekly.submit,
    "turge": weekly.urge_groups,
    "tlock": weekly.cannot_lock,
    "scask": scoring.ask_value,
    "scaspects": scoring.ask_aspects,
    "scnone": scoring.not_inspected,
    "scsheet": scoring.sheet,
    "scperiod": scoring.period,
    "scend": scoring.end_marking,
    "scurge": scoring.urge,
    "scback": scoring.send_back,
    "scdecide": scoring.decide,
    "sctie": scoring.tie,
    "scitem": scoring.item,
    "scitems": scoring.drop_items,
    "scdraft": scoring.draft,
    "sclock": scoring.lock,
    "scunlock": scoring.unlock,
    "scsend": scoring.send_for_approval,
    "scshow": scoring.show_scores,
    "sccorrect": scoring.correct,
    "scdrop": scoring.give_up_correction,
    "scobject": scoring.object_,
    "scobjs": scoring.objections,
    "scyes": scoring.uphold,
    "scno": scoring.not_upheld,
    "scphoto": scoring.objection_photo,
    "scwhy": scoring.why_region,
    "scrank": scoring.ranking,
    "sctrend": scoring.trend,
    "scrule": scoring.choose_rule,
    "scrules": scoring.send_rules,
    "scmeas": scoring.measure,
    "scconfirm": scoring.confirm_measure,
    "scna": scoring.not_applicable,
    "scdone": scoring.carried_out,
    "fnpropose": scoring.propose_fine,
    "fnobject": scoring.object_to_fine,
    "fnkeep": scoring.keep_fine,
    "fndrop": scoring.drop_fine,
    "fnsend": scoring.send_fine,
    "mopen": monthreport.open_one,
    "mfile": monthreport.file,
    "msend": monthreport.send,
    "mdraft": monthreport.own_draft,
    "bopen": bulletins.open_one,
    "bfile": bulletins.file,
    "bsrc": bulletins.sources,
    "bswitch": bulletins.switch,
    "bours": bulletins.ours,
    "btheirs": bulletins.theirs,
    "bpics": bulletins.choose_pictures,
    "bpic": bulletins.picture,
    "bsubmit": bulletins.submit,
    "brep": bulletins.report,
    "bpub": bulletins.publish,
    "bboth": bulletins.both,
    "bdown": bulletins.take_down,
    "bfix": bulletins.correct,
    "bagain": bulletins.again,
    "bpairs": bulletins.pages,
    "warn": warned.begin,
    "wterm": warned.term,
    "wpanel": warned.panel,
    "wadd": warned.toggle,
    "wname": warned.name,
    "wphotos": warned.photos,
    "wwords": warned.words,
    "wphone": warned.phone,
    "wdrop": warned.drop,
    "wsend": warned.send,
    "wfile": warned.file,
    "wapprove": warned.approve,
    "wback": warned.send_back,
    "wrevoke": warned.revoke,
    "wsign": warned.sign,
    "wanswer": warned.answer,
    "wopen": warned.open_letter,
    "wadvice": warned.draft_advised,
    "wnot": warned.put_aside,
    "waccount": warned.account,
    "rgopen": register.open_region,
    "rgask": register.ask,
    "rgset": register.same_leader,
    "rgpaper": register.paper,
    "rgsee": register.see_paper,
    "rgform": register.form,
    "rgtable": register.whole_table,
    "mtplace": meetings.place,
    "mtwhen": meetings.when,
    "mtattend": meetings.attend,
    "mtvisit": meetings.visit,
    "mtvisits": meetings.visits,
    "mtspeak": meetings.speaker,
    "mtpaper": meetings.paper,
    "mtcall": meetings.call,
    "mtspeech": meetings.speech,
    "kitnew": kits.of_meeting,
    "kititem": kits.item,
    "kitauto": kits.fill,
    "kitmake": kits.make,
    "kitmore": kits.another,
}

IN_GROUPS = frozenset(("private", "bind", "unbind", "eachphoto", "bindch"))
"""Buttons that stand in chats with several readers: any other does nothing there (red line (a))."""

WORDS: Mapping[str, Handler] = {
    "帮助": people.help_,
    "设置": people.help_,
    "菜单": people.start,
    "开始": people.start,
    "成员": people.members,
    "邀请": people.invite,
    "取消": people.cancel,
    "收工": intake.day_end,
    "撤回": intake.withdraw_word,
    "我的": lists.my,
    "待办": lists.todo,
    "待核查": lists.to_check,
    "台账": lists.ledger,
    "查找": lists.find,
    "概况": overview.overview,
    "覆盖": overview.covered,
    "打分": scoring.score,
    "排名": scoring.rank,
    "得分明细": scoring.details,
    "结果运用": scoring.measures,
    "考评口径": scoring.rules,
    "垃圾扣款": scoring.fines_,
    "周报": weekly.open_,
    "通报": bulletins.open_list,
    "跟踪问效": monthreport.open_list,
    "通知": announcing.begin,
    "日历": weekly.calendar,
    "督导报告": weekly.open_drafts,
    "销号": check.close_by_word,
    "暗访": covert.covert_on,
    "催办": follow.urge_by_word,
    "回头看": follow.look_back,
    "切换": covert.ask_identity,
    "登记来源问题": sources.begin,
    "警示": warned.letters,
    "组电话": warned.phone_by_word,
    "备案": register.open_,
    "推进会": meetings.open_,
    "素材包": kits.open_,
    "明访": covert.covert_off,
}
"""Menu words (their usual form) → who answers: no job needs a typed command."""


async def dispatch(here: Hearing) -> Toast:
    """Find who answers; an update that asks for nothing is done all the same."""
    heard = here.heard
    match heard.kind:
        case "press":
            return await _press(here)
        case "edited":
            return await intake.edited(here)
        case "message" if _marked_file(here):
            return await entries.message(here)
        case "message" if heard.command and _marked(here):
            return await here.do(secrecy.refuse_secret, _said(here))
        case "message" if heard.command:
            return await COMMANDS.get(heard.command, entries.message)(_open(here, heard.command))
        case "message" if announcing.may_be_notice(here):
            return await announcing.document(here, otherwise=_reply_or_message)
        case "message":
            return await _reply_or_message(here)
        case "membership":
            return await chats.membership(here.for_anybody())
        case "migrated":
            return await chats.migrated(here.for_anybody())
        case "channel_post":
            return await chats.channel_post(here.for_anybody())
        case _:
            return await here.for_anybody().do(nothing)


async def _reply_or_message(here: Hearing) -> Toast:
    """A file in reply may belong to a register, whatever its name says that it is."""
    if register.may_reply(here):
        return await register.replied(here, otherwise=_message)
    return await _message(here)


async def _message(here: Hearing) -> Toast:
    """Files by what they may be, then menu words, then whatever else is said or shown."""
    if bulletins.may_be_paper(here):
        return await bulletins.document(here, otherwise=_other_paper)
    if scoring.may_be_sheet(here):
        return await scoring.document(here, otherwise=_other_workbook)
    if people.may_be_roster(here):
        return await people.document(here, otherwise=_register_or_report)
    if weekly.may_be_report(here):
        return await weekly.document(here, otherwise=entries.message)
    return await (_by_word(here) or entries.message)(here)


def _marked_file(here: Hearing) -> bool:
    """Whether a file in private is marked as secret: whatever it would be, it is refused and not fetched."""
    message = here.heard.message
    return message is not None and message.private and bool(message.attachments) and _marked(here)


def _marked(here: Hearing) -> bool:
    """Whether a message is marked as secret; words after a command are kept as little as any others."""
    return secrecy.marking_of(_said(here), here.desk.world.reader) is not None


def _said(here: Hearing) -> Incoming:
    assert here.heard.message is not None
    return here.heard.message


async def _other_paper(here: Hearing) -> Toast:
    """A paper that belongs to no bulletin may be a report, or a message like any other."""
    return await monthreport.document(here, otherwise=_reported_paper)


async def _reported_paper(here: Hearing) -> Toast:
    """A paper that is no month's report may be a week's, or ten days'."""
    if weekly.may_be_report(here):
        return await weekly.document(here, otherwise=entries.message)
    return await entries.message(here)


async def _other_workbook(here: Hearing) -> Toast:
    """A workbook that is no sheet of scores may be a roster."""
    return await people.document(here, otherwise=_register_or_report)


async def _register_or_report(here: Hearing) -> Toast:
    """A workbook that is no roster may be a register."""
    return await register.workbook(here, otherwise=_report_or_message)


async def _report_or_message(here: Hearing) -> Toast:
    """A workbook that is neither may be a weekly report."""
    return await weekly.document(here, otherwise=entries.message)


def _open(here: Hearing, name: str) -> Hearing:
    return here.for_anybody() if name in ANYBODY else here


def _by_word(here: Hearing) -> Handler | None:
    """Who answers a menu word in private; a word that nobody answers is a message like any other."""
    message = here.heard.message
    if message is None or not message.private or message.attachments or not message.text:
        return None
    word = menu_word(message.text, here.desk.world.reader) or here.catalogue.menu_word(message.text)
    if word is None and scoring.asks_why(message.text):
        return scoring.details
    if word is None and asked_for(message.text) is not None:
        return lists.find
    return WORDS.get(word) if word else None


async def _press(here: Hearing) -> Toast:
    if here.of_a_gap:
        return await _old_button(here)
    try:
        press = buttons.parse(here.heard.data)
        handler = PRESSES[press.act]
    except (buttons.Unreadable, KeyError):
        return await _old_button(here)
    if not here.heard.private and press.act not in IN_GROUPS:
        return await _old_button(here)
    try:
        return await handler(_open(here.with_press(press), press.act))
    except buttons.Unreadable:  # the argument is none that this button has: nothing was done
        return await _old_button(here)


async def _old_button(here: Hearing) -> Toast:
    toast = await here.for_anybody().do(nothing)
    return replace(toast, text="refusals.old_button", alert=True)
