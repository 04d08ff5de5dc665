"""Every button and every command, pressed as everybody, held against the one table of permissions (SPEC §1).

Each press goes through the registration list as if it had been heard, and is undone afterwards. A button
that is registered but not named here fails the walk: whoever adds one says which action of the table it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

import orjson
import pytest
from sqlalchemy import Engine, func, select, update
from telegram.error import BadRequest

from bot import handlers as routes
from bot.clock import SteppedClock
from bot.delivery.hearing import Hearing
from bot.delivery.updates import Heard
from bot.domain.campaign import Campaign
from bot.domain.entries import Mode, State
from bot.domain.paper_rights import PaperAct, may_paper
from bot.domain.permissions import MAY, MAY_INVITE, Action, Role, may
from bot.domain.world import World
from bot.ledger import engines, inbox, people
from bot.ledger import entries as book
from bot.ledger import events as event_book
from bot.ledger.desk import Desk, Work
from bot.ledger.engines import writer_engine
from bot.ledger.tables import (
    announcements,
    cards,
    chats,
    entries,
    events,
    handed,
    heap_fines,
    invitations,
    kits,
    measures,
    members,
    outbox,
    photos,
    proofs,
    questions,
    register_papers,
    register_people,
    requests,
    roles,
    rosters,
    score_items,
    score_objections,
    score_sheets,
    warning_advice,
    warning_items,
    warning_letters,
)
from bot.services import life, views
from bot.services.answering import Toast
from bot.services.bulletins import book as bulletin_book
from bot.services.bulletins import drafting
from bot.services.checking import onsite
from bot.services.finding import index, many
from bot.services.incoming import Incoming
from bot.services.meetings import book as meeting_book
from bot.services.refusals import NotUnderstood
from bot.texts import buttons
from bot.texts.catalogue import Catalogue
from tests.services.conftest import START, Office
from tests.town.ledger import empty_ledger

REFUSED = frozenset(
    ("refusals.not_yours", "refusals.no_such_entry", "refusals.no_such_letter", "refusals.stranger")
)
UNKNOWN = frozenset(("refusals.no_such_entry", "refusals.stranger"))
UPDATE = 1

T = TypeVar("T")


# --- what each button is ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A button about an entry: who may press it is `MAY[action]`.

    `action` may depend on the entry. `narrower`: the verb asks more than the table (the proposer, the
    second person, the deciding leader), so an allowed press may still be refused, never the other way.
    """

    action: Action | Callable[[Any], tuple[Action, ...]]
    arg: str = ""
    version: bool = True
    narrower: bool = False

    def actions(self, row: Any) -> tuple[Action, ...]:
        """The actions of which one must be allowed."""
        return (self.action,) if isinstance(self.action, Action) else self.action(row)


@dataclass(frozen=True)
class About:
    """A button about a request, a proof, a question or a photo of an entry: the same, by that entry."""

    kind: str
    action: Action
    arg: str = ""
    narrower: bool = True


@dataclass(frozen=True)
class Own:
    """A button that only shows or changes what is the presser's own: nothing of others moves or shows."""

    arg: str = ""


@dataclass(frozen=True)
class AboutPeople:
    """A button about people, links and chats: who may is told by a predicate over the presser's grants."""

    may: Callable[[Any], bool]
    subject: str = ""
    arg: str = ""


def _undo(row: Any) -> tuple[Action, ...]:
    if row.state in (State.CLOSED, State.RETURNED):
        return (Action.UNDO_CHECK,)
    return (Action.UNDO_COUNTY,)


def _hand_over(row: Any) -> tuple[Action, ...]:
    return (Action.HAND_OVER if row.mode == Mode.COVERT else Action.ASSIGN,)


def _invites(role: Role, track: str | None, region: str | None = None) -> Callable[[Any], bool]:
    """Whether an actor may invite to (and remove from) that role and scope: `MAY_INVITE` with its scopes."""

    def check(actor: Any) -> bool:
        return any(
            role in MAY_INVITE.get(one.role, frozenset())
            and (
                one.role is Role.ADMIN
                or (one.role is Role.OFFICE and track in (None, one.track))
                or (one.role is Role.CONTACT and region == one.region)
            )
            for one in actor.grants
        )

    return check


def _binds(actor: Any) -> bool:
    return actor.leads("county/1") or "county" in actor.offices() or actor.has(Role.ADMIN)


def _runs(actor: Any) -> bool:
    return bool(actor.offices()) or actor.has(Role.ADMIN)


Rule = Entry | About | Own | AboutPeople


def _of_an_office(actor: Any) -> bool:
    """The offices prepare a meeting together."""
    return bool(actor.offices())


def _registers(actor: Any) -> bool:
    """What 延津县 has filed: its own contacts, and the office of its track."""
    return _of_county_office(actor) or "延津县" in actor.regions()


def _invites_somebody(actor: Any) -> bool:
    return any(MAY_INVITE.get(one.role) for one in actor.grants)


def _sees_entries(actor: Any) -> bool:
    return any(one.role is not Role.ADMIN for one in actor.grants)


def _reads_numbers(actor: Any) -> bool:
    return _sees_entries(actor) and any(one.role is not Role.TOWNSHIP for one in actor.grants)


def _reads_coverage(actor: Any) -> bool:
    openly = any(not key.endswith("/0") for key in actor.groups())
    return openly or bool(actor.offices()) or actor.has(Role.OVERSIGHT)


def _of_county_office(actor: Any) -> bool:
    return "county" in actor.offices()


def _issues(actor: Any) -> bool:
    """The county's bulletin."""
    return may_paper(PaperAct.ISSUE_BULLETIN, actor, "county")


def _writes_month(actor: Any) -> bool:
    """The report of the month that is over."""
    return may_paper(PaperAct.WRITE_FOLLOW_UP, actor)


def _leads_any(actor: Any) -> bool:
    return any(actor.leads(key) for key in actor.groups())


def _scores(actor: Any) -> bool:
    return _leads_any(actor) or bool(actor.offices()) or actor.has(Role.OVERSIGHT)


def _gives_marks(actor: Any) -> bool:
    """A group's mark of 延津县: its group's leader, or the office for it."""
    return actor.leads("county/1") or _of_county_office(actor)


def _drafted(actor: Any) -> bool:
    """The draft is the first group's leader's."""
    return bool(actor.leads("county/1"))


def _reads_letters(actor: Any) -> bool:
    """A letter to 延津县 in the first group's name, once it is issued."""
    return (
        "county/1" in actor.groups()
        or _of_county_office(actor)
        or "延津县" in actor.regions()
        or actor.has(Role.OVERSIGHT)
        or actor.has(Role.CITY_LEADER)
    )


def _reads_details(actor: Any) -> bool:
    return (
        bool(actor.offices() or actor.regions()) or actor.has(Role.OVERSIGHT) or actor.has(Role.CITY_LEADER)
    )


PRESSES: Mapping[str, Rule] = {
    "assign": Entry(lambda row: (Action.ASSIGN,)),
    "ack": Entry(Action.ACKNOWLEDGE),
    "ackall": Own(),
    "answer": Entry(Action.SEE, narrower=True),
    "which": About("which_entry", Action.SUBMIT, arg="ENTRY"),
    "notthis": About("proof_photo", Action.UNDO_COUNTY),
    "extend": Entry(Action.ASK_EXTENSION),
    "extendto": Entry(Action.ASK_EXTENSION, arg="2019-04-20"),
    "notours": Entry(Action.SAY_NOT_OURS),
    "unask": About("extension", Action.ASK_EXTENSION),
    "grant": About("extension", Action.DECIDE_EXTENSION),
    "refuse": About("extension", Action.DECIDE_EXTENSION),
    "undecide": About("granted", Action.DECIDE_EXTENSION),
    "regions": About("not_ours", Action.DECIDE_NOT_OURS),
    "moveto": About("not_ours", Action.DECIDE_NOT_OURS, arg="1"),
    "fold": Entry(Action.SEE, narrower=True),
    "pass": Entry(Action.PASS_ON),
    "passto": Entry(Action.PASS_ON, arg="王楼镇"),
    "takeback": Entry(Action.PASS_ON),
    "report": About("waiting_proof", Action.SUBMIT),
    "unreport": About("waiting_proof", Action.SUBMIT),
    "where": Entry(Action.LOCATION),
    "forward": Entry(Action.FORWARD),
    "officers": Entry(Action.SET_OFFICERS),
    "todo": Own(),
    "close": Entry(Action.CLOSE),
    "return": Entry(Action.RETURN, arg="unclean"),
    "undo": Entry(_undo, narrower=True),
    "reopen": Entry(Action.REOPEN),
    "fixed": Entry(lambda row: (onsite.action_for(row),)),
    "filed": About("which_photo", Action.ADD_PHOTO, arg="more"),
    "noanswer": About("which_photo", Action.ADD_PHOTO),
    "panel": Entry(Action.VOID, arg="void"),
    "void": Entry(Action.VOID, arg="false"),
    "defer": Entry(Action.DEFER, arg="weather"),
    "resume": Entry(Action.DEFER),
    "reassign": Entry(Action.REASSIGN, arg="1"),
    "agree": About("second", Action.VOID),
    "disagree": About("second", Action.VOID),
    "unpropose": About("second", Action.VOID),
    "proposals": Own(),
    "list": Own(arg="l.r6.s2"),
    "overview": AboutPeople(_reads_numbers, arg="0.all"),
    "coverage": AboutPeople(_reads_coverage, arg="0.l.0"),
    "pick": Own(),
    "many": Own(arg="close"),
    "domany": Own(),
    "open": Entry(Action.SEE),
    "exportask": AboutPeople(_sees_entries, arg="l"),
    "export": AboutPeople(_sees_entries, arg="xl"),
    "history": Entry(Action.HISTORY),
    "tocheck": Own(),
    "covertmode": Own(arg="1"),
    "as": AboutPeople(lambda a: "county/1" in a.groups(), arg="county/1"),
    "identity": Entry(Action.EDIT, arg="?", narrower=True),
    "mode": Entry(Action.EDIT, arg="covert", narrower=True),
    "preview": Entry(_hand_over),
    "unpreview": Own(),
    "handover": Entry(_hand_over),
    "ctext": Entry(_hand_over),
    "ctake": Entry(_hand_over),
    "forcounty": Entry(_hand_over, arg="1", narrower=True),
    "passcheck": Entry(Action.PASS_CHECK),
    "private": Entry(Action.SEE),
    "source": Own(arg="public"),
    "togroup": Entry(Action.PASS_CHECK, narrower=True),
    "nothing": Entry(Action.SEE, narrower=True),
    "htake": AboutPeople(lambda a: bool(a.offices()), subject="handed"),
    "hother": AboutPeople(lambda a: bool(a.offices()), subject="handed"),
    "hdrop": AboutPeople(lambda a: bool(a.offices()), subject="handed"),
    "hfile": AboutPeople(lambda a: "county" in a.offices(), subject="handed", arg="6"),
    "hregions": AboutPeople(lambda a: bool(a.offices()), subject="handed"),
    "hcopy": AboutPeople(lambda a: bool(a.offices()), subject="handed"),
    "region": Entry(Action.EDIT, arg="6", narrower=True),
    "village": Entry(Action.EDIT, arg="0", narrower=True),
    "edit": Entry(Action.EDIT, arg="fields", narrower=True),
    "set": Entry(Action.EDIT, arg="severity.severe", narrower=True),
    "write": Entry(Action.EDIT, arg="place", narrower=True),
    "adopt": Entry(Action.EDIT, arg="1", narrower=True),
    "join": Entry(Action.EDIT, narrower=True),
    "split": Entry(Action.EDIT, narrower=True),
    "splitup": Entry(Action.EDIT, narrower=True),
    "withdraw": Entry(Action.WITHDRAW),
    "issue": Entry(Action.EDIT, narrower=True),
    "good": Entry(Action.EDIT, narrower=True),
    # the same problem
    "alike": Entry(Action.LINK, arg="not.1", narrower=True),
    "merge": Entry(Action.LINK, arg="1", narrower=True),
    "sidebyside": Entry(Action.SEE, arg="1", narrower=True),
    "chain": Entry(Action.SEE),
    "linkto": Entry(Action.LINK),
    "unlink": Entry(Action.LINK, narrower=True),
    "urge": Entry(Action.URGE),
    "urgeall": Own(arg="6"),
    "slip": Entry(Action.SEE),
    "lookturn": Own(arg="d"),
    # people, links, chats
    "iknow": Own(),
    "lang": Own(arg="en"),
    "turn": Own(arg="c"),
    "leave": Own(),
    "leaving": Own(),
    "never": Own(),
    "invite": AboutPeople(_invites_somebody),
    "members": AboutPeople(_invites_somebody),
    "mkinv": AboutPeople(_invites(Role.CONTACT, "county"), arg="c.6.f.1"),
    "revoke": AboutPeople(_invites(Role.CONTACT, "county"), subject="invitation"),
    "removing": AboutPeople(_invites(Role.CONTACT, "county"), subject="role"),
    "remove": AboutPeople(_invites(Role.CONTACT, "county"), subject="role"),
    "roster": AboutPeople(lambda a: a.has(Role.ADMIN) or "county" in a.offices(), subject="roster"),
    "lend": AboutPeople(lambda a: bool(a.offices()) or any(one.leader for one in a.grants)),
    "lendto": AboutPeople(lambda a: a.leads("county/1"), subject="lead", arg="MATE.1"),
    "unlend": AboutPeople(lambda a: a.leads("county/1"), subject="lent"),
    "bind": AboutPeople(_binds, arg="g0"),
    "unbind": AboutPeople(_binds, subject="chat"),
    "eachphoto": AboutPeople(_binds, subject="chat"),
    # the calendar, weekly and ten-day reports
    "anpick": AboutPeople(_of_county_office, subject="announcement", arg="0"),
    "ansend": AboutPeople(_of_county_office, subject="announcement"),
    "ancancel": AboutPeople(_of_county_office, subject="announcement"),
    "angot": AboutPeople(lambda a: "延津县" in a.regions(), subject="announced", arg="延津县"),
    "wcopy": AboutPeople(lambda a: "延津县" in a.regions(), arg="2019-04-12/延津县"),
    "wform": AboutPeople(lambda a: "延津县" in a.regions(), arg="2019-04-12/延津县"),
    "wmerged": AboutPeople(_of_county_office, arg="2019-04-12/county"),
    "wurge": AboutPeople(_of_county_office, arg="2019-04-12/county"),
    "moveto_day": AboutPeople(_of_county_office, arg="weekly/county/2019-05-03"),
    "known": Own(arg="weekly/2019-04-12/延津县"),
    "later": Own(arg="weekly/2019-04-12/延津县"),
    "topen": AboutPeople(lambda a: "county/1" in a.groups(), arg="2019-04-18/county/1"),
    "tdraft": AboutPeople(lambda a: "county/1" in a.groups(), arg="2019-04-18/county/1"),
    "tpdf": AboutPeople(lambda a: "county/1" in a.groups(), arg="2019-04-18/county/1"),
    "tledger": AboutPeople(lambda a: "county/1" in a.groups(), arg="2019-04-18/county/1"),
    "tsubmit": AboutPeople(lambda a: a.leads("county/1"), arg="2019-04-18/county/1"),
    "turge": AboutPeople(_of_county_office, arg="2019-04-18/county"),
    "tlock": AboutPeople(_of_county_office, arg="2019-04-18/county"),
    # scores, rankings, measures
    "scask": AboutPeople(_gives_marks, subject="region", arg="2019-04-18/group"),
    "scaspects": AboutPeople(_drafted, subject="region", arg="2019-04-18"),
    "scnone": AboutPeople(lambda a: _leads_any(a) or a.has(Role.OVERSIGHT), arg="2019-04-18"),
    "scsheet": AboutPeople(_scores, arg="2019-04-18"),
    "scperiod": AboutPeople(_of_county_office, arg="county.2019-04-18"),
    "scend": AboutPeople(_of_county_office, subject="open_sheet"),
    "scurge": AboutPeople(_of_county_office, subject="open_sheet"),
    "scback": AboutPeople(_of_county_office, subject="open_sheet", arg="county/1"),
    "scdecide": AboutPeople(_of_county_office, subject="open_sheet", arg="6.inspection.exclude"),
    "sctie": AboutPeople(_of_county_office, subject="open_sheet", arg="all"),
    "scitem": AboutPeople(_of_county_office, subject="proposed_item", arg="yes"),
    "scitems": AboutPeople(_of_county_office, subject="open_sheet"),
    "scdraft": AboutPeople(_of_county_office, subject="open_sheet"),
    "sclock": AboutPeople(_of_county_office, subject="draft_sheet"),
    "scunlock": AboutPeople(_of_county_office, subject="draft_sheet"),
    "scsend": AboutPeople(_of_county_office, subject="draft_sheet"),
    "sccorrect": AboutPeople(_of_county_office, subject="published_sheet"),
    "scshow": AboutPeople(_of_county_office, subject="draft_sheet", arg="order"),
    "scdrop": AboutPeople(_of_county_office, subject="draft_sheet"),
    "scobject": AboutPeople(lambda a: "延津县" in a.regions(), subject="draft_sheet", arg="6.0"),
    "scobjs": AboutPeople(_of_county_office, subject="draft_sheet"),
    "scyes": AboutPeople(_of_county_office, subject="objection"),
    "scno": AboutPeople(_of_county_office, subject="objection"),
    "scphoto": AboutPeople(_of_county_office, subject="objection"),
    "scwhy": AboutPeople(
        lambda a: (
            _of_county_office(a)
            or "延津县" in a.regions()
            or a.has(Role.OVERSIGHT)
            or a.has(Role.CITY_LEADER)
        ),
        subject="region",
        arg="2019-05-18",
    ),
    "scrank": AboutPeople(lambda a: bool(a.grants), arg="county.2019-05-18"),
    "sctrend": AboutPeople(lambda a: bool(a.grants), arg="county.2019-05-18"),
    "scrule": AboutPeople(_of_county_office, subject="track", arg="topic_weight.0.5"),
    "scrules": AboutPeople(_of_county_office, subject="track", arg="send"),
    "scmeas": AboutPeople(_of_county_office, subject="measure"),
    "scconfirm": AboutPeople(_of_county_office, subject="measure"),
    "scna": AboutPeople(_of_county_office, subject="measure"),
    "scdone": AboutPeople(_of_county_office, subject="measure"),
    # no heap of the walk was found after the campaign: it is nobody's to propose
    "fnpropose": AboutPeople(lambda a: False, subject="fined_entry"),
    "fnobject": AboutPeople(lambda a: "延津县" in a.regions(), subject="fine"),
    "fnkeep": AboutPeople(_of_county_office, subject="fine"),
    "fndrop": AboutPeople(_of_county_office, subject="fine"),
    "fnsend": AboutPeople(_of_county_office, subject="fine"),
    # warning letters
    "warn": Entry(Action.WARN),
    "wterm": AboutPeople(_drafted, subject="draft_letter", arg="7"),
    "wpanel": Own(),
    "wadd": AboutPeople(_drafted, subject="draft_letter", arg="4"),
    "wname": AboutPeople(_drafted, subject="draft_letter"),
    "wphotos": AboutPeople(_drafted, subject="draft_letter"),
    "wwords": AboutPeople(_drafted, subject="draft_letter"),
    "wphone": AboutPeople(_drafted, subject="draft_letter"),
    "wdrop": AboutPeople(_drafted, subject="draft_letter"),
    "wsend": AboutPeople(_drafted, subject="draft_letter"),
    "wfile": AboutPeople(_reads_letters, subject="issued_letter"),
    "wapprove": AboutPeople(_of_county_office, subject="waiting_letter"),
    "wback": AboutPeople(_of_county_office, subject="waiting_letter"),
    "wrevoke": AboutPeople(_of_county_office, subject="issued_letter"),
    "wsign": AboutPeople(lambda a: "延津县" in a.regions(), subject="issued_letter"),
    "wanswer": AboutPeople(lambda a: "延津县" in a.regions(), subject="issued_letter"),
    "wopen": AboutPeople(_reads_letters, subject="issued_letter"),
    "wadvice": AboutPeople(lambda a: a.leads("county/1"), subject="advice"),
    "wnot": AboutPeople(lambda a: a.leads("county/1"), subject="advice"),
    "waccount": AboutPeople(_of_county_office, subject="account_advice"),
    # the register 备案
    "rgopen": AboutPeople(_registers, arg="6"),
    "rgask": AboutPeople(_registers, arg="6..leader"),
    "rgset": AboutPeople(_registers, subject="named_leader", arg="6.0"),
    "rgpaper": AboutPeople(_registers, arg="6"),
    "rgsee": AboutPeople(_registers, subject="register_paper"),
    "rgform": AboutPeople(_registers, arg="6"),
    "rgtable": AboutPeople(_registers, arg="6"),
    # the meeting of the month
    "mtplace": AboutPeople(_of_an_office, subject="meeting", arg="6"),
    "mtwhen": AboutPeople(_of_an_office, subject="meeting"),
    "mtattend": AboutPeople(_of_an_office, subject="meeting"),
    "mtvisit": AboutPeople(_of_an_office, subject="meeting", arg="none"),
    "mtvisits": AboutPeople(_of_an_office, subject="meeting"),
    "mtspeak": AboutPeople(_of_an_office, subject="meeting", arg="check.6"),
    "mtpaper": AboutPeople(_of_an_office, subject="meeting"),
    "mtcall": AboutPeople(_of_an_office, subject="meeting"),
    "mtspeech": AboutPeople(_of_an_office, subject="meeting"),
    # the month's report: no month of the walk is over
    "mopen": AboutPeople(_writes_month, arg="2019-04"),
    "mfile": AboutPeople(_writes_month, arg="2019-04/docx"),
    "msend": AboutPeople(_writes_month, arg="2019-04"),
    "mdraft": AboutPeople(_writes_month, arg="2019-04"),
    # the film kit
    "kitnew": AboutPeople(_of_an_office, subject="meeting"),
    "kititem": AboutPeople(_of_county_office, subject="kit", arg="3"),
    "kitauto": AboutPeople(_of_county_office, subject="kit", arg="none"),
    "kitmake": AboutPeople(_of_county_office, subject="kit"),
    "kitmore": AboutPeople(_of_county_office, subject="kit"),
    # bulletins
    "bopen": AboutPeople(_issues, subject="draft_bulletin"),
    "bfile": AboutPeople(_issues, subject="draft_bulletin", arg="docx"),
    "bsrc": AboutPeople(_issues, subject="draft_bulletin", arg="6"),
    "bswitch": AboutPeople(_issues, subject="draft_bulletin", arg="scores"),
    "bours": AboutPeople(_issues, subject="draft_bulletin", arg="all"),
    "btheirs": AboutPeople(_issues, subject="draft_bulletin", arg="0"),
    "bpics": AboutPeople(_issues, subject="draft_bulletin"),
    "bpic": AboutPeople(_issues, subject="draft_bulletin", arg="use.1.0.0"),
    "bsubmit": AboutPeople(_issues, subject="draft_bulletin"),
    "brep": AboutPeople(_issues, subject="approved_bulletin"),
    "bpub": AboutPeople(_issues, subject="approved_bulletin"),
    "bboth": AboutPeople(_issues, subject="approved_bulletin"),
    "bdown": AboutPeople(_issues, subject="published_bulletin"),
    "bfix": AboutPeople(_issues, subject="published_bulletin"),
    "bagain": AboutPeople(_issues, subject="published_bulletin"),
    "bpairs": AboutPeople(_issues, subject="draft_bulletin"),
    "bindch": AboutPeople(
        lambda a: a.has(Role.ADMIN) or "county" in a.offices(), subject="channel", arg="county"
    ),
}
"""Button → what it is in the table of permissions. Every key of `routes.PRESSES` stands here."""

COMMANDS: Mapping[str, Callable[[Any], bool] | None] = {
    "start": None,
    "help": None,
    "language": None,
    "cancel": None,
    "leave": None,
    "my": _sees_entries,
    "todo": _sees_entries,
    "ledger": _sees_entries,
    "weekly": lambda a: bool(a.regions() or a.offices()),
    "issue": _sees_entries,
    "find": _sees_entries,
    "export": _sees_entries,
    "invite": _invites_somebody,
    "members": _invites_somebody,
    "bind": _runs,
    "health": _runs,
    "score": _scores,
    "rank": None,
    "why": _reads_details,
    "bulletin": lambda actor: bool(actor.offices()),
    "measures": lambda actor: bool(actor.offices()) or actor.has(Role.OVERSIGHT),
    "register": lambda actor: bool(actor.regions() or actor.offices()),
    "warnings": lambda actor: any(one.role not in (Role.ADMIN, Role.TOWNSHIP) for one in actor.grants),
}
"""Command → who may give it in private; None: everybody who has joined. It shows what they may see."""


# --- the town's people and entries --------------------------------------------------------------------


@dataclass
class Walk:
    """Everybody, and an entry in every state."""

    office: Office
    engine: Engine
    people: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    known: dict[tuple[str, int], tuple[frozenset[Any], Any]] = field(default_factory=dict)

    def undone(self, verb: Callable[..., T], *args: Any) -> T:
        """Run a verb on the ledger and undo everything it did."""
        with self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                return verb(Work(connection, self.office.desk.clock.now(), self.office.desk.world), *args)
            finally:
                transaction.rollback()


CASES = [*(state.value for state in State), "hidden", "handed_over"]

LIFE: Mapping[str, tuple[str, str | None]] = {
    "draft": ("opened", None),
    "filed": ("filed", "draft"),
    "assigned": ("assigned", "filed"),
    "acknowledged": ("acknowledged", "assigned"),
    "submitted": ("submitted", "acknowledged"),
    "returned": ("returned", "submitted"),
    "closed": ("closed", "submitted"),
    "deferred": ("deferred", "assigned"),
    "void": ("voided", "assigned"),
}
"""State → the event that led there, and from where."""


def _people(office: Office) -> dict[str, int]:
    county: dict[str, Any] = {"track": "county", "group_key": "county/1"}
    found = {
        "filer": office.member("登记人", Role.INSPECTOR, **county),
        "leader": office.member("组长", Role.INSPECTOR, leader=True, **county),
        "mate": office.member("同组", Role.INSPECTOR, **county),
        "other group": office.member(
            "二组", Role.INSPECTOR, track="county", group_key="county/2", leader=True
        ),
        "covert group": office.member(
            "暗访", Role.INSPECTOR, track="county", group_key="county/0", leader=True
        ),
        "district group": office.member("区组", Role.INSPECTOR, track="district", group_key="district/1"),
        "contact": office.member("联系人", Role.CONTACT, track="county", region="延津县"),
        "deputy contact": office.member("备用", Role.CONTACT, track="county", region="延津县", deputy=True),
        "wrong region": office.member("卫辉", Role.CONTACT, track="county", region="卫辉市"),
        "other track": office.member("红旗", Role.CONTACT, track="district", region="红旗区"),
        "township": office.member("王楼", Role.TOWNSHIP, track="county", region="延津县", township="王楼镇"),
        "other township": office.member(
            "司寨", Role.TOWNSHIP, track="county", region="延津县", township="司寨乡"
        ),
        "office": office.member("攻坚办", Role.OFFICE, track="county"),
        "second office": office.member("攻坚办乙", Role.OFFICE, track="county"),
        "other office": office.member("城管", Role.OFFICE, track="district"),
        "oversight": office.member("督导", Role.OVERSIGHT),
        "city leader": office.member("领导", Role.CITY_LEADER),
        "admin": office.member("管理", Role.ADMIN),
        "second admin": office.member("管理乙", Role.ADMIN),
        "unfinished": office.member("未完", Role.INSPECTOR, **county),
        "removed": office.member("已退", Role.INSPECTOR, leader=True, **county),
    }

    def verb(work: Work) -> None:
        work.connection.execute(
            update(members).where(members.c.id == found["unfinished"]).values(red_lines_at=None)
        )
        work.connection.execute(
            update(members).where(members.c.id == found["removed"]).values(left_at=work.now)
        )
        work.connection.execute(
            update(roles).where(roles.c.member_id == found["removed"]).values(ended_at=work.now)
        )

    office.desk.do_now(verb)
    return found


def _entry(work: Work, case: str, number: str, filer: int) -> int:
    covert = case in ("hidden", "handed_over")
    state = {"hidden": "filed", "handed_over": "assigned"}.get(case, case)
    kind, before = LIFE[state]
    known = state not in ("draft", "filed")
    entry_id = work.insert(
        entries,
        number=number,
        state=state,
        track="county",
        group_key="county/1",
        checker=None if case == "handed_over" else "county/1",
        filer_id=filer,
        chat_id=filer + 1000,
        mode="covert" if covert else "open",
        region="延津县",
        township="王楼镇",
        village="任庄村",
        spot="村口",
        description="村口垃圾堆",
        category="garbage.domestic",
        found_at=work.now,
        created_at=work.now,
        touched_at=work.now,
        deadline=work.now + timedelta(days=3) if known else None,
        assigned_at=work.now if known else None,
        acknowledged_at=work.now if known and state != "assigned" else None,
        submitted_at=work.now if state in ("submitted", "closed") else None,
        proof_sent_at=work.now if state in ("submitted", "closed") else None,
        handed_over_at=work.now if case == "handed_over" else None,
        passed_to="王楼镇" if known else None,
        passed_at=work.now if known else None,
        lat=35.2,
        lng=114.2,
    )
    for seq, photo in enumerate(("before", "after")):
        work.insert(
            photos,
            entry_id=entry_id,
            kind=photo,
            medium="photo",
            seq=1,
            file_id=f"f{entry_id}{seq}",
            file_unique_id=f"u{entry_id}{seq}",
            chat_id=filer + 1000,
            message_id=entry_id * 10 + seq,
            member_id=filer,
            sent_at=work.now,
            received_at=work.now,
            state="refused",
        )
    if known:
        event_book.record(work, "assigned", entry_id=entry_id, from_state="filed", to_state="assigned")
    event_book.record(work, kind, entry_id=entry_id, from_state=before, to_state=state)
    return entry_id


def _proof(work: Work, entry_id: int, state: str, by: int) -> int:
    return work.insert(
        proofs, entry_id=entry_id, round=1, member_id=by, state=state, sent_at=work.now,
        from_township=state == "waiting", chat_id=by + 1000,
    )  # fmt: skip


def _request(work: Work, entry_id: int, kind: str, by: int, state: str = "open", **more: Any) -> int:
    return work.insert(
        requests, entry_id=entry_id, track="county", kind=kind, state=state, member_id=by, at=work.now,
        reason="下雨", **more,
    )  # fmt: skip


def _handed(work: Work, leader: int) -> int:
    entry_id = work.insert(
        entries, state="draft", source="leader", mode="open", chat_id=leader + 1000, description="垃圾堆",
        found_at=work.now, created_at=work.now, touched_at=work.now,
    )  # fmt: skip
    return work.insert(
        handed, entry_id=entry_id, member_id=leader, chat_id=leader + 1000, created_at=work.now,
        touched_at=work.now,
    )  # fmt: skip


def _question(work: Work, kind: str, who: int, subject: dict[str, Any]) -> int:
    return work.insert(
        questions, chat_id=who + 1000, member_id=who, kind=kind, subject=subject, asked_at=work.now,
        expires_at=work.now + timedelta(minutes=10),
    )  # fmt: skip


def _registered(work: Work, who: Mapping[str, int]) -> dict[str, int]:
    """A leader of 延津县 and its paper, on file."""
    of_region: dict[str, Any] = {"region": "延津县", "at": work.now, "body": "region:延津县"}
    return {
        "named_leader": work.insert(
            register_people, level="leader", name="某甲", post="副县长", member_id=who["contact"], **of_region
        ),
        "register_paper": work.insert(
            register_papers, version=1, files=[{"file_id": "f", "medium": "document", "name": "机制.docx"}],
            chat_id=who["contact"] + 1000, **of_region,
        ),
    }  # fmt: skip


def _bulletins(work: Work) -> dict[str, int]:
    """A weekly bulletin of the county's office in each stage that its buttons stand in."""
    found = {}
    for number, stage in enumerate(("draft", "approved", "published"), 1):
        one = bulletin_book.issue(work, "county", "weekly", "2019-04-12")
        row = drafting.begin(work, one, correction=number - 1, number=number, state=stage)
        found[f"{stage}_bulletin"] = row.id
    return found


def _scored(work: Work, who: dict[str, int]) -> dict[str, int]:
    """A sheet in every state, a proposed item, an objection, a measure."""
    marks = [
        {"region": region.name, "rank": 1, "total": "90.00", "parts": {}, "tied": True, "last": False,
         "missing": [], "status": "ranked", "basis": {}}
        for region in work.world.campaign.regions_of("county")
    ]  # fmt: skip
    until = work.now + timedelta(days=30)
    found = {}
    for name, period, more in (
        ("open_sheet", "2019-04-18", {"marking_ended_at": work.now}),
        ("draft_sheet", "2019-04-28", {"objections_until": until}),
        ("published_sheet", "2019-05-18", {"data": {"rows": marks, "notes": []}, "published_at": work.now}),
    ):
        found[name] = work.insert(
            score_sheets, track="county", period=period, state=name.partition("_")[0], decisions={}, **more
        )
    mark: dict[str, Any] = {
        "track": "county", "region": "延津县", "body": "office:county", "origin": "chat", "at": work.now,
    }  # fmt: skip
    found["proposed_item"] = work.insert(
        score_items,
        period="2019-04-18",
        source="reporting",
        kind="points",
        value="-1",
        state="proposed",
        **mark,
    )
    work.insert(
        score_items, period="2019-05-18", source="group", kind="mark", value="30", units=300_000, **mark
    )  # fmt: skip
    found["objection"] = work.insert(
        score_objections, sheet_id=found["draft_sheet"], region="延津县", member_id=who["contact"],
        at=work.now, reason="不属实",
    )  # fmt: skip
    found["measure"] = work.insert(
        measures, track="county", region="延津县", trigger="ten_day_last", subject="2019-05-18", times=1,
        measure="criticism", basis={}, at=work.now,
    )  # fmt: skip
    entry_id = work.connection.execute(select(func.min(entries.c.id))).scalar_one()
    found["fine"] = work.insert(
        heap_fines, entry_id=entry_id, track="county", region="延津县", yuan=100_000, at=work.now,
        objections_until=until,
    )  # fmt: skip
    return {**found, "region": 6, "track": 0, "fined_entry": entry_id}


def _warned(work: Work, who: dict[str, int], entry_id: int) -> dict[str, int]:
    """A letter in every state, and both proposals."""
    found = {}
    for state in ("draft", "waiting", "issued"):
        letter_id = work.insert(
            warning_letters, state=state, track="county", region="延津县", group_key="county/1",
            member_id=who["leader"], body="group:county/1", at=work.now, words={},
            due=work.now + timedelta(days=7),
            **({"number": "警县1-2019-001", "approved_at": work.now, "served_at": work.now,
                "data": PAPER} if state == "issued" else {}),
        )  # fmt: skip
        work.insert(warning_items, letter_id=letter_id, entry_id=entry_id, seq=1)
        found[f"{state}_letter"] = letter_id
    for kind, group in (("warn", "county/1"), ("account", None)):
        found["advice" if kind == "warn" else "account_advice"] = work.insert(
            warning_advice, kind=kind, dedup=kind, track="county", region="延津县", group_key=group,
            why="overdue", entries=[entry_id], at=work.now + timedelta(seconds=1),
        )  # fmt: skip
    return found


PAPER: Mapping[str, Any] = {
    "unit": "延津县", "you": "你县", "group": "第一督查组", "short_group": "第一组", "phone": "0000-0000000",
    "days": ["2019-04-12"], "subject": "王楼镇", "items": ["垃圾堆"], "matter": "上述", "due": "2019-04-19",
    "day": "2019-04-12", "photos": [], "revoked": None,
}  # fmt: skip
"""What a letter says."""


@pytest.fixture(scope="module")
def walk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Everybody and everything there is to press on; every press is undone, so one town does for all."""
    at = tmp_path_factory.mktemp("walk") / "bot.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "SYNCHRONOUS", "OFF")
        desk = Desk(empty_ledger(at), SteppedClock(START), world)
        engine = writer_engine(f"sqlite:///{at}")
        yield _peopled(Walk(Office(desk), engine))
        engine.dispose()
        desk.close()


def _peopled(found: Walk) -> Walk:
    office = found.office
    found.people = _people(office)

    def verb(work: Work) -> None:
        who = found.people
        for serial, case in enumerate(CASES, 1):
            found.entries[case] = _entry(work, case, f"县1-0412-{serial:02d}", who["filer"])
        for case in ("submitted", "returned", "closed"):
            _proof(work, found.entries[case], "submitted", who["contact"])
        assigned, acknowledged = found.entries["assigned"], found.entries["acknowledged"]
        returned = found.entries["returned"]
        found.subjects = {
            "waiting_proof": _proof(work, assigned, "waiting", who["township"]),
            "extension": _request(
                work, acknowledged, "extension", who["contact"], wanted=work.now + timedelta(days=9)
            ),
            "granted": _request(
                work,
                acknowledged,
                "extension",
                who["contact"],
                "granted",
                wanted=work.now + timedelta(days=9),
                decided_by=who["leader"],
                decided_at=work.now,
            ),
            "not_ours": _request(work, assigned, "not_ours", who["contact"]),
            "second": _request(
                work,
                acknowledged,
                "second",
                who["office"],
                data={"act": "void", "reason": "false", "words": "", "duplicate_of": ""},
            ),
            "which_entry": _question(
                work,
                "which_entry",
                who["contact"],
                {"photos": [], "text": "", "sent_at": work.now.isoformat()},
            ),
            "which_photo": _question(
                work, "which_photo", who["filer"], {"entry": assigned, "photos": [], "words": ""}
            ),
            "proof_photo": work.connection.execute(
                select(photos.c.id).where(
                    photos.c.entry_id == found.entries["submitted"], photos.c.kind == "after"
                )
            ).scalar_one(),
            "role": work.connection.execute(
                select(roles.c.id).where(roles.c.member_id == who["deputy contact"])
            ).scalar_one(),
            "lead": work.connection.execute(
                select(roles.c.id).where(roles.c.member_id == who["leader"])
            ).scalar_one(),
            "lent": work.insert(
                roles,
                member_id=who["filer"],
                role="inspector",
                track="county",
                group_key="county/2",
                granted_at=work.now,
                lent_by=who["leader"],
                until=work.now + timedelta(days=3),
            ),
            "roster": work.insert(
                rosters, track="county", member_id=who["office"], chat_id=who["office"] + 1000, at=work.now
            ),
            "handed": _handed(work, who["office"]),
            "announcement": work.insert(
                announcements,
                track="county",
                member_id=who["office"],
                text="开会",
                owners=["延津县"],
                at=work.now,
            ),
            "announced": work.insert(
                announcements,
                track="county",
                member_id=who["office"],
                text="开会",
                owners=["延津县"],
                state="sent",
                at=work.now,
                sent_at=work.now,
            ),
            "chat": -100500,
            "channel": 100600,
            **_scored(work, who),
            **_bulletins(work),
            **_registered(work, who),
            "kit": work.insert(
                kits,
                track="county",
                month="2019-04",
                items=[],
                member_id=who["office"],
                chat_id=1,
                at=work.now,
            ),
            "meeting": meeting_book.of_month(work, "2019-05").id,
            **_warned(work, who, returned),
        }
        found.subjects["invitation"] = work.insert(
            invitations,
            token_hash="x",
            role="contact",
            track="county",
            region="延津县",
            uses=1,
            created_by=who["office"],
            created_at=work.now,
            expires_at=work.now + timedelta(days=7),
            roster_id=found.subjects["roster"],
            name="甲",
        )
        work.connection.execute(chats.insert().values(id=-100500, kind="supergroup", group_key="county/1"))
        work.connection.execute(chats.insert().values(id=-100600, kind="channel", title="通报"))
        inbox.store(work, [(UPDATE, 0, "{}")])

    office.desk.do_now(verb)
    return found


# --- one press, undone afterwards ---------------------------------------------------------------------


@dataclass
class Outcome:
    """What a press did before it was undone: the answer, whether the record grew, and what was said."""

    toast: str = ""
    recorded: int = 0
    said: list[str] = field(default_factory=list)


class DryDesk:
    """The desk with an eraser: every verb runs, is looked at, and is undone."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self.world = walk.office.desk.world
        self.outcome = Outcome()

    async def do(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a verb, remember what it did, undo it."""
        return self._walk.undone(self._alone, verb, args, kwargs)

    async def look(self, query: Callable[..., Any], *args: Any) -> Any:
        """A reading."""
        return self._walk.undone(query, *args)

    def _alone(self, work: Work, verb: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        before = _count(work, events), _last(work, outbox)
        result = verb(work, *args, **kwargs)
        self.outcome.recorded += _count(work, events) - before[0]
        self.outcome.said += list(_said(work, before[1]))
        return result


def _count(work: Work, table: Any) -> int:
    return int(work.connection.execute(select(func.count()).select_from(table)).scalar_one())


def _last(work: Work, table: Any) -> int:
    return int(work.connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _said(work: Work, after: int) -> Iterator[str]:
    """Chat and words (as values) of everything written into the outbox since; cards as they would show."""
    actor = work.actor
    for row in work.connection.execute(select(outbox).where(outbox.c.id > after)).all():
        if row.card_id is not None:
            shown = views.card(work, row.card_id)
            words = repr(shown)
        else:
            words = orjson.dumps(row.payload).decode()
        yield f"{row.chat_id} {words}"
    work.actor = actor


class NoWire:
    """Telegram out of reach: only what a handler asks before its verb."""

    async def call(self, method: str, params: Mapping[str, Any], *_: Any) -> Any:
        """Every chat is private, everything else fails."""
        if method == "getChat":
            return {"id": params["chat_id"], "type": "channel"}
        raise BadRequest("not here")


@lru_cache(maxsize=1)
def _catalogue(campaign: Campaign) -> Catalogue:
    return Catalogue(campaign)


async def pressed(walk: Walk, who: str, press: buttons.Press, *, chat_id: int = 0) -> Outcome:
    """Press a button as somebody, in private, or in a group's chat."""
    sender = walk.people[who] + 1000 if who != "stranger" else 999_999
    heard = Heard(
        UPDATE, "press", chat_id=chat_id or sender, chat_kind="supergroup" if chat_id else "private",
        sender_id=sender, data=buttons.write(press), press_id="1", pressed_message=77,
    )  # fmt: skip
    return await _dispatched(walk, heard)


async def told(walk: Walk, who: str, command: str, args: str = "") -> Outcome:
    """Give a command as somebody, in private."""
    sender = walk.people[who] + 1000 if who != "stranger" else 999_999
    text = f"/{command} {args}".strip()
    message = Incoming(sender, 500, sender, walk.office.desk.clock.now(), text=text)
    heard = Heard(
        UPDATE, "message", chat_id=sender, chat_kind="private", sender_id=sender, message=message,
        command=command, args=args,
    )  # fmt: skip
    return await _dispatched(walk, heard)


async def _dispatched(walk: Walk, heard: Heard) -> Outcome:
    dry = DryDesk(walk)
    here = Hearing(cast(Any, dry), cast(Any, NoWire()), _catalogue(walk.office.desk.world.campaign), heard)
    toast: Toast = await routes.dispatch(here)
    dry.outcome.toast = toast.text
    return dry.outcome


def _standing(walk: Walk, who: str, entry_id: int) -> tuple[frozenset[Any], Any]:
    """A person's standings towards an entry, as the domain's table sees them, and the entry."""

    def read(work: Work) -> tuple[frozenset[Any], Any]:
        work.actor = _actor(work, walk, who)
        row = book.get(work, entry_id)
        assert row is not None
        return life.having_of(work, row), row

    if (who, entry_id) not in walk.known:
        walk.known[who, entry_id] = walk.undone(read)
    return walk.known[who, entry_id]


def _actor(work: Work, walk: Walk, who: str) -> Any:
    return people.actor_of(work, walk.people[who] + 1000 if who != "stranger" else 999_999)


EVERYBODY = (
    "filer", "leader", "mate", "other group", "covert group", "district group", "contact", "deputy contact",
    "wrong region", "other track", "township", "other township", "office", "second office", "other office",
    "oversight", "city leader", "admin", "unfinished", "removed", "stranger",
)  # fmt: skip
OUTSIDE = ("unfinished", "removed", "stranger")


# --- the walk -----------------------------------------------------------------------------------------


def test_every_button_and_command_is_named_in_the_walk() -> None:
    assert set(PRESSES) == set(routes.PRESSES)
    assert set(COMMANDS) == set(routes.COMMANDS)


def test_every_action_of_the_table_is_some_buttons_or_is_done_by_a_message() -> None:
    by_message = {
        Action.ADD_PHOTO, Action.REMARK, Action.TOWNSHIP_PROOF, Action.REVISIT, Action.SUBMIT,
        Action.WITHDRAW, Action.LINK, Action.URGE,
    }  # fmt: skip
    rows = [
        type("Row", (), {"state": state, "mode": mode, "handed_over_at": at})
        for state in State
        for mode in Mode
        for at in (None, START)
    ]

    pressed_ = {
        action
        for rule in PRESSES.values()
        for row in rows
        for action in (rule.actions(row) if isinstance(rule, Entry) else (getattr(rule, "action", None),))
    }

    by_setting = {Action.WARN_AS_MEMBER}  # who drafts a letter where the leader approves

    assert set(MAY) - pressed_ - by_message - by_setting == set()


@pytest.mark.parametrize("act", [act for act, rule in PRESSES.items() if isinstance(rule, Entry)])
async def test_a_button_about_an_entry_does_what_the_table_says(walk: Walk, act: str) -> None:
    """By everybody, on an entry in every state, covert ones included."""
    rule = PRESSES[act]
    assert isinstance(rule, Entry)
    wrong: list[str] = []

    for case, who in itertools.product(CASES, EVERYBODY):
        entry_id = walk.entries[case]
        having, row = _standing(walk, who, entry_id)
        press = buttons.Press(act, entry_id, row.version if rule.version else 0, rule.arg)
        allowed = any(may(action, having) for action in rule.actions(row))
        outcome = await pressed(walk, who, press)
        wrong += _judge(f"{act} on {case} by {who}", outcome, allowed, bool(having), rule.narrower)
        if not having and row.number in " ".join(outcome.said):
            wrong.append(f"{act} on {case} by {who}: shows {row.number}")

    assert wrong == []


@pytest.mark.parametrize("act", [act for act, rule in PRESSES.items() if isinstance(rule, About)])
async def test_a_button_about_a_request_or_proof_does_what_the_table_says(walk: Walk, act: str) -> None:
    rule = PRESSES[act]
    assert isinstance(rule, About)
    entry_id = _entry_behind(walk, rule.kind)
    wrong: list[str] = []

    for who in EVERYBODY:
        having, row = _standing(walk, who, entry_id)
        arg = str(entry_id) if rule.arg == "ENTRY" else rule.arg
        outcome = await pressed(walk, who, buttons.Press(act, walk.subjects[rule.kind], 1, arg))
        allowed = may(rule.action, having)
        hidden = not having and rule.kind not in ("which_entry", "which_photo", "second")
        wrong += _judge(f"{act} by {who}", outcome, allowed, not hidden, rule.narrower)
        if not having and row.number in " ".join(outcome.said):
            wrong.append(f"{act} by {who}: shows {row.number}")

    assert wrong == []


def _entry_behind(walk: Walk, kind: str) -> int:
    case = {
        "extension": "acknowledged", "granted": "acknowledged", "second": "acknowledged",
        "proof_photo": "submitted",
    }.get(kind, "assigned")  # fmt: skip
    return walk.entries[case]


def _judge(what: str, outcome: Outcome, allowed: bool, sees: bool, narrower: bool) -> list[str]:
    refused = outcome.toast in REFUSED
    if not allowed and outcome.recorded:
        return [f"{what}: not allowed, yet recorded"]
    if not sees and outcome.toast == "refusals.not_yours":
        return [f"{what}: tells that the entry exists"]
    if not allowed and not outcome.toast.startswith("refusals."):
        return [f"{what}: not allowed, answered {outcome.toast!r}"]
    if allowed and refused and not narrower:
        return [f"{what}: allowed, yet {outcome.toast}"]
    return []


@pytest.mark.parametrize("act", [act for act, rule in PRESSES.items() if isinstance(rule, Own)])
async def test_a_button_about_ones_own_shows_nothing_of_others(walk: Walk, act: str) -> None:
    rule = PRESSES[act]
    assert isinstance(rule, Own)
    wrong: list[str] = []

    for who in EVERYBODY:
        outcome = await pressed(walk, who, buttons.Press(act, 0, 0, rule.arg))
        wrong += _shows_only_ones_own(walk, f"{act} by {who}", who, outcome)
        if who in OUTSIDE and (outcome.recorded and act != "iknow"):
            wrong.append(f"{act} by {who}: recorded")

    assert wrong == []


def _shows_only_ones_own(walk: Walk, what: str, who: str, outcome: Outcome) -> list[str]:
    """No number of an entry that this person may not see in what was said to this person."""
    sender = walk.people[who] + 1000 if who != "stranger" else 999_999
    said = " ".join(words for words in outcome.said if words.startswith(f"{sender} "))
    wrong = []
    for entry_id in walk.entries.values():
        having, row = _standing(walk, who, entry_id)
        if not having and row.number in said:
            wrong.append(f"{what}: shows {row.number}")
    return wrong


@pytest.mark.parametrize("act", [act for act, rule in PRESSES.items() if isinstance(rule, AboutPeople)])
async def test_a_button_about_people_does_what_the_invitation_table_says(walk: Walk, act: str) -> None:
    rule = PRESSES[act]
    assert isinstance(rule, AboutPeople)
    in_group = act in ("bind", "unbind", "eachphoto")
    wrong: list[str] = []

    for who in EVERYBODY:
        arg = rule.arg.replace("MATE", str(walk.people["mate"]))
        press = buttons.Press(act, abs(walk.subjects[rule.subject]) if rule.subject else 0, 0, arg)
        allowed = walk.undone(lambda work, who=who: rule.may(_actor(work, walk, who)))
        outcome = await pressed(walk, who, press, chat_id=walk.subjects["chat"] if in_group else 0)
        refused = outcome.toast in REFUSED or outcome.toast == "refusals.group_only"
        if allowed == refused:
            wrong.append(f"{act} by {who}: {'' if allowed else 'not '}allowed, answered {outcome.toast!r}")
        if not allowed and outcome.recorded:
            wrong.append(f"{act} by {who}: not allowed, yet recorded")

    assert wrong == []


@pytest.mark.parametrize("command", list(COMMANDS))
async def test_a_command_shows_nobody_more_than_the_table_lets_them_see(walk: Walk, command: str) -> None:
    rule = COMMANDS[command]
    wrong: list[str] = []

    for who in EVERYBODY:
        outcome = await told(walk, who, command)
        wrong += _shows_only_ones_own(walk, f"/{command} by {who}", who, outcome)
        said = " ".join(outcome.said)
        if who in OUTSIDE:
            if outcome.recorded or not any(key in said for key in ("joining.", "refusals.")):
                wrong.append(f"/{command} by {who}: {said[:80]}")
            continue
        if not said:
            wrong.append(f"/{command} by {who}: dropped in silence")
        allowed = rule is None or walk.undone(lambda work, who=who: rule(_actor(work, walk, who)))
        refused = "refusals.not_yours" in said or "refusals.not_bound" in said
        if allowed == refused:
            wrong.append(f"/{command} by {who}: {'' if allowed else 'not '}allowed, said {said[:80]}")

    assert wrong == []


async def test_an_entry_asked_for_by_number_does_not_exist_for_who_may_not_see_it(walk: Walk) -> None:
    wrong: list[str] = []

    for case, who in itertools.product(CASES, EVERYBODY):
        having, row = _standing(walk, who, walk.entries[case])
        outcome = await told(walk, who, "issue", row.number)
        shows = "村口" in " ".join(outcome.said)
        if shows != bool(having):
            wrong.append(f"/issue {case} by {who}: {'shown' if shows else 'hidden'}")
        if not having and "not_yours" in " ".join(outcome.said):
            wrong.append(f"/issue {case} by {who}: tells that it exists")

    assert wrong == []


async def test_a_search_finds_for_everybody_exactly_what_they_may_see(walk: Walk) -> None:
    """By words that every entry has; drafts are found by nobody."""
    walk.office.desk.do_now(index.due)
    wrong: list[str] = []

    for who in EVERYBODY:
        outcome = await told(walk, who, "find", "王楼镇 任庄")
        said = " ".join(outcome.said)
        for case in CASES:
            having, row = _standing(walk, who, walk.entries[case])
            if (row.number in said) != bool(having and case != "draft"):
                wrong.append(f"/find by {who}: {case} {'shown' if row.number in said else 'not found'}")

    assert wrong == []


@pytest.mark.parametrize(
    "arg", ["m", "t", "c", "l", "l.o1", "l.c0", "l.g0", "l.p1", "l.q0", "l.w0", "f", "l?m", "l?g"]
)
async def test_every_list_and_filter_shows_nothing_of_others(walk: Walk, arg: str) -> None:
    wrong: list[str] = []

    for who in EVERYBODY:
        outcome = await pressed(walk, who, buttons.Press("list", 0, 0, arg))
        wrong += _shows_only_ones_own(walk, f"list {arg} by {who}", who, outcome)
        if outcome.recorded:
            wrong.append(f"list {arg} by {who}: recorded")

    assert wrong == []


MANY: Mapping[str, Action] = {
    "ack": Action.ACKNOWLEDGE, "extend": Action.ASK_EXTENSION, "close": Action.CLOSE,
    "grant": Action.DECIDE_EXTENSION, "assign": Action.ASSIGN, "urge": Action.URGE,
}  # fmt: skip
"""What can be done to several entries at once."""


@pytest.mark.parametrize("act", sorted(MANY))
def test_several_at_once_do_for_everybody_what_the_table_says(walk: Walk, act: str) -> None:
    """Every entry is ticked, by a forged card where need be: rights are asked of each."""

    def carried_out(work: Work, who: str) -> tuple[set[int], str]:
        work.actor, work.update_id = _actor(work, walk, who), UPDATE
        chat, last, before = walk.people[who] + 1000, _last(work, events), _last(work, outbox)
        picks = {str(one): 0 for one in walk.entries.values()}
        work.insert(
            cards, chat_id=chat, kind="list", subject="list:ledger", member_id=work.actor.member_id,
            message_id=77, panel="l?u", chosen={"picks": picks, "act": act},
        )  # fmt: skip
        try:
            many.carry_out(work, chat, 77, "1")
        except NotUnderstood:
            return set(), ""
        moved = work.connection.execute(select(events.c.entry_id).where(events.c.id > last)).scalars()
        return set(moved), " ".join(_said(work, before))

    wrong: list[str] = []
    for who in (one for one in EVERYBODY if one not in OUTSIDE):
        moved, said = walk.undone(carried_out, who)
        for case, entry_id in walk.entries.items():
            having, row = _standing(walk, who, entry_id)
            if entry_id in moved and not may(MANY[act], having):
                wrong.append(f"{act} by {who}: {case} moved")
            if not having and row.number in said:
                wrong.append(f"{act} by {who}: {case} named")

    assert set(MANY) == set(many.ACTS)
    assert wrong == []


FORGED = ("", "zzz", "999999", "-1", "²", "i.٣.l.1", "a:b:c")


@pytest.mark.parametrize("act", sorted(PRESSES))
async def test_a_forged_button_is_refused_and_crashes_nothing(walk: Walk, act: str) -> None:
    """Callback data are the presser's word: nonsense in them must not set an update aside."""
    wrong: list[str] = []

    for who, arg, subject in itertools.product(
        ("leader", "contact", "office"),
        FORGED,
        (walk.entries["assigned"], 2**62),
    ):
        try:
            await pressed(walk, who, buttons.Press(act, subject, 0, arg))
        except Exception as error:  # noqa: BLE001 whatever it is, it is named
            wrong.append(f"{act} {arg!r} on {subject} by {who}: {type(error).__name__} {error}"[:160])

    assert wrong == []


def test_the_walk_leaves_the_ledger_as_it_was(walk: Walk) -> None:
    def read(work: Work) -> tuple[int, int]:
        return _count(work, cards), _count(work, outbox)

    assert walk.undone(read) == (0, 0)
