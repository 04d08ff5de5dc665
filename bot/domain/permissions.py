"""Who may see and do what: one table for every message, button, search and export (SPEC §1).

An actor has *standings* towards an entry (「filer」, 「the office of its track」, 「a contact of its
region」…). What a standing may do is written once, in `MAY`; whose
names it reads, in `NAMES_VISIBLE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.campaign import Campaign
from bot.domain.entries import KNOWN_TO_COUNTY, Mode, State


class Role(StrEnum):
    """The roles of SPEC §1; the values are what `invite --role` takes."""

    INSPECTOR = "inspector"
    CONTACT = "contact"
    TOWNSHIP = "township"
    OFFICE = "office"
    OVERSIGHT = "oversight"
    CITY_LEADER = "city_leader"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role with its scope."""

    role: Role
    track: str | None = None
    group: str | None = None
    region: str | None = None
    township: str | None = None
    leader: bool = False
    deputy: bool = False

    @property
    def body(self) -> str:
        """The body a person with this grant acts for, as events name it."""
        match self.role:
            case Role.INSPECTOR:
                return f"group:{self.group}"
            case Role.CONTACT:
                return f"region:{self.region}"
            case Role.TOWNSHIP:
                return f"township:{self.region}/{self.township}"
            case Role.OFFICE:
                return f"office:{self.track}"
            case _:
                return str(self.role)


def _once(names: Iterable[str | None]) -> tuple[str, ...]:
    """Each name once, in order: a role may be held and lent at the same time."""
    return tuple(dict.fromkeys(name for name in names if name is not None))


@dataclass(frozen=True, slots=True)
class Actor:
    """A member with all grants in force."""

    member_id: int
    grants: tuple[Grant, ...] = ()

    def has(self, role: Role) -> bool:
        """Whether any grant carries that role."""
        return any(grant.role is role for grant in self.grants)

    def groups(self) -> tuple[str, ...]:
        """Keys of the inspection groups the actor belongs to."""
        return _once(g.group for g in self.grants if g.role is Role.INSPECTOR and g.group)

    def offices(self) -> tuple[str, ...]:
        """Tracks whose office the actor belongs to."""
        return _once(g.track for g in self.grants if g.role is Role.OFFICE and g.track)

    def bodies(self) -> tuple[str, ...]:
        """The bodies in which the actor may be a second person 送审: offices by track, 敢转争."""
        return (*self.offices(), *(("oversight",) if self.has(Role.OVERSIGHT) else ()))

    def regions(self) -> tuple[str, ...]:
        """Regions for which the actor is a contact."""
        return _once(g.region for g in self.grants if g.role is Role.CONTACT and g.region)

    def answers_for(self, region: str | None) -> bool:
        """Whether the actor is of the county's side of a region: its contact, or one of its townships'."""
        side = (Role.CONTACT, Role.TOWNSHIP)
        return region is not None and any(g.role in side and g.region == region for g in self.grants)

    def leads(self, group: str | None) -> bool:
        """Whether the actor leads that group."""
        return any(g.leader and g.role is Role.INSPECTOR and g.group == group for g in self.grants)


NOBODY = Actor(0)
"""A stranger: no grant, no standing."""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the rules of sight need to know of an entry."""

    state: State
    mode: Mode
    track: str | None
    group: str | None
    region: str | None
    filer_id: int | None
    checker: str | None
    assigned_once: bool
    handed_over: bool
    passed_to: str | None = None

    @property
    def hidden(self) -> bool:
        """A covert entry 暗访 before hand-over."""
        return self.mode is Mode.COVERT and not self.handed_over


class Standing(StrEnum):
    """How an actor stands to one entry."""

    FILER = "filer"
    GROUP = "group"  # a member of the group that filed
    GROUP_LEADER = "group_leader"
    REGION_GROUP = "region_group"  # a member of a group that looks after the region
    CHECKER = "checker"  # a member of the group that checks
    CHECK_LEADER = "check_leader"
    OFFICE = "office"  # of the track
    CONTACT = "contact"
    TOWNSHIP = "township"
    BOTH_SIDES = "both_sides"  # of the inspecting side, and of the county's side of this region
    OVERSIGHT = "oversight"
    CITY_LEADER = "city_leader"


class Action(StrEnum):
    """Everything that can be done to an entry."""

    SEE = "see"
    HISTORY = "history"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"  # 立即交办
    HAND_OVER = "hand_over"  # 转交办 of a covert entry
    PASS_CHECK = "pass_check"  # 转督查组核实 / hand the check to the region's group
    ADD_PHOTO = "add_photo"
    FIX_ON_SITE = "fix_on_site"  # 现场整改
    ACKNOWLEDGE = "acknowledge"
    SUBMIT = "submit"
    REMARK = "remark"
    ASK_EXTENSION = "ask_extension"
    SAY_NOT_OURS = "say_not_ours"
    PASS_ON = "pass_on"  # 转乡镇
    TOWNSHIP_PROOF = "township_proof"
    FORWARD = "forward"  # 转发版
    LOCATION = "location"
    SET_OFFICERS = "set_officers"
    CLOSE = "close"
    RETURN = "return"
    REOPEN = "reopen"  # 反弹
    REVISIT = "revisit"  # 回头看：仍未整改
    UNDO_CHECK = "undo_check"
    UNDO_COUNTY = "undo_county"
    DECIDE_EXTENSION = "decide_extension"
    DECIDE_NOT_OURS = "decide_not_ours"
    REASSIGN = "reassign"
    DEFER = "defer"
    VOID = "void"
    LINK = "link"
    URGE = "urge"  # 催办
    WARN = "warn"  # draft a 督办警示
    WARN_AS_MEMBER = "warn_as_member"  # the same where the leader approves


_S = Standing
_SEERS = frozenset(Standing)

MAY: Mapping[Action, frozenset[Standing]] = {
    Action.SEE: _SEERS,
    Action.HISTORY: _SEERS,
    Action.EDIT: frozenset({_S.FILER, _S.OFFICE}),
    Action.WITHDRAW: frozenset({_S.FILER}),
    Action.ASSIGN: frozenset({_S.FILER, _S.GROUP_LEADER, _S.OFFICE}),
    Action.HAND_OVER: frozenset({_S.GROUP_LEADER, _S.OFFICE}),
    Action.PASS_CHECK: frozenset({_S.OFFICE}),
    Action.ADD_PHOTO: frozenset({_S.FILER, _S.GROUP, _S.CHECKER, _S.OFFICE, _S.BOTH_SIDES}),
    Action.FIX_ON_SITE: frozenset({_S.GROUP, _S.CHECKER, _S.OFFICE}),
    Action.ACKNOWLEDGE: frozenset({_S.CONTACT}),
    Action.SUBMIT: frozenset({_S.CONTACT}),
    Action.REMARK: _SEERS - {_S.OVERSIGHT, _S.CITY_LEADER},
    Action.ASK_EXTENSION: frozenset({_S.CONTACT}),
    Action.SAY_NOT_OURS: frozenset({_S.CONTACT}),
    Action.PASS_ON: frozenset({_S.CONTACT}),
    Action.TOWNSHIP_PROOF: frozenset({_S.TOWNSHIP}),
    Action.FORWARD: frozenset({_S.CONTACT, _S.TOWNSHIP}),
    Action.LOCATION: _SEERS,
    Action.SET_OFFICERS: frozenset({_S.CONTACT}),
    Action.CLOSE: frozenset({_S.CHECKER, _S.OFFICE}),
    Action.RETURN: frozenset({_S.CHECKER, _S.OFFICE}),
    Action.REOPEN: frozenset({_S.CHECKER, _S.OFFICE}),
    Action.REVISIT: frozenset({_S.CHECKER, _S.OFFICE}),
    Action.UNDO_CHECK: frozenset({_S.CHECKER, _S.OFFICE}),
    Action.UNDO_COUNTY: frozenset({_S.CONTACT}),
    Action.DECIDE_EXTENSION: frozenset({_S.CHECK_LEADER, _S.OFFICE}),
    Action.DECIDE_NOT_OURS: frozenset({_S.OFFICE}),
    Action.REASSIGN: frozenset({_S.OFFICE}),
    Action.DEFER: frozenset({_S.OFFICE}),
    Action.VOID: frozenset({_S.OFFICE}),
    Action.LINK: frozenset({_S.FILER, _S.CHECKER, _S.OFFICE}),
    Action.URGE: frozenset({_S.GROUP_LEADER, _S.CHECK_LEADER, _S.OFFICE}),
    Action.WARN: frozenset({_S.GROUP_LEADER, _S.CHECK_LEADER, _S.OFFICE}),
    Action.WARN_AS_MEMBER: frozenset({_S.GROUP, _S.CHECKER, _S.GROUP_LEADER, _S.CHECK_LEADER, _S.OFFICE}),
}
"""Action → standings that may do it. What the state allows is `entries.TRANSITIONS`' matter."""

NAMES_VISIBLE: Mapping[Standing, str] = {
    _S.FILER: "group",
    _S.GROUP: "group",
    _S.REGION_GROUP: "group",
    _S.CHECKER: "group",
    _S.OFFICE: "all",
    _S.CONTACT: "county",
    _S.TOWNSHIP: "county",
}
"""Whose people's names a standing reads: one's own side's; the office reads all."""


def standings(actor: Actor, entry: EntryFacts, campaign: Campaign) -> frozenset[Standing]:
    """Every standing the actor has towards the entry; empty = it does not exist for the actor.

    A draft is its filer's alone. A hidden covert entry is known to its filing group and the office
    of its track. The county side knows an entry from 已交办 on. `admin` sees no entries. Who answers
    for the region sees what the other role sees, and moves nothing but what is the county's to move.
    """
    found: set[Standing] = set()
    mine = _is_filer(actor, entry)
    if entry.state is State.DRAFT:
        return frozenset({_S.FILER}) if mine else frozenset()
    for grant in actor.grants:
        match grant.role:
            case Role.INSPECTOR if grant.group is not None:
                found |= _inspector(grant, entry, campaign)
            case Role.OFFICE if grant.track == entry.track:
                found.add(_S.OFFICE)
            case Role.CONTACT if grant.region == entry.region and _known_to_county(entry):
                found.add(_S.CONTACT)
            case Role.TOWNSHIP if (
                grant.region == entry.region and grant.township == entry.passed_to and _known_to_county(entry)
            ):
                found.add(_S.TOWNSHIP)
            case Role.OVERSIGHT if not entry.hidden:
                found.add(_S.OVERSIGHT)
            case Role.CITY_LEADER if not entry.hidden:
                found.add(_S.CITY_LEADER)
            case _:
                pass
    # 市「敢转争」督导组 belongs to no group: what its member files as covert stays that member's
    own_covert = entry.group is None and actor.has(Role.OVERSIGHT)
    if mine and (found or not entry.hidden or own_covert):
        found.add(_S.FILER)
    if actor.answers_for(entry.region) and found - _COUNTYS:
        found -= {_S.GROUP_LEADER, _S.CHECKER, _S.CHECK_LEADER}
        found.add(_S.BOTH_SIDES)
    return frozenset(found)


_COUNTYS = frozenset({_S.CONTACT, _S.TOWNSHIP})


def _is_filer(actor: Actor, entry: EntryFacts) -> bool:
    """Whether the actor filed the entry, and still is what the actor was then: of that group, an office.

    Whoever answers for its region now is its filer no longer.
    """
    if actor.member_id == 0 or entry.filer_id != actor.member_id or actor.answers_for(entry.region):
        return False
    if entry.group is not None:
        return entry.group in actor.groups()
    return actor.has(Role.OFFICE) or actor.has(Role.OVERSIGHT)


def _inspector(grant: Grant, entry: EntryFacts, campaign: Campaign) -> set[Standing]:
    found: set[Standing] = set()
    if grant.group == entry.group:
        found.add(_S.GROUP)
        if grant.leader:
            found.add(_S.GROUP_LEADER)
    if entry.hidden:
        return found
    if grant.group == entry.checker:
        found.add(_S.CHECKER)
        if grant.leader:
            found.add(_S.CHECK_LEADER)
    if grant.group is not None and entry.region in campaign.group(grant.group).regions:
        found.add(_S.REGION_GROUP)
    return found


def _known_to_county(entry: EntryFacts) -> bool:
    if entry.hidden:
        return False
    return entry.assigned_once and (entry.state in KNOWN_TO_COUNTY or entry.state is State.VOID)


def may(action: Action, having: frozenset[Standing]) -> bool:
    """Whether any of these standings may do that; of both sides, only what the county may.

    Closed is «by the checking side or the office, never the county» (SPEC §2), whatever else one is.
    """
    if Standing.BOTH_SIDES in having:
        having &= _COUNTYS | {Standing.BOTH_SIDES}
    return bool(MAY[action] & having)


def sees_names_of(having: frozenset[Standing], side: str) -> bool:
    """Whether names of a side (`group` or `county`) may be shown; else the body stands there."""
    return any(NAMES_VISIBLE.get(standing) in (side, "all") for standing in having)


MAY_INVITE: Mapping[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.OFFICE: frozenset({Role.INSPECTOR, Role.CONTACT, Role.TOWNSHIP, Role.OFFICE, Role.CITY_LEADER}),
    Role.CONTACT: frozenset({Role.TOWNSHIP}),
}
"""Who may invite whom: the office within its track, the contact the townships of its region."""


class ScoreAct(StrEnum):
    """What can be done about scores and what follows from them (SPEC §5)."""

    RANKING = "ranking"  # the published ranking of a track 排名
    ENTER = "enter"  # marks and points
    DETAILS = "details"  # 得分明细: every item of a region
    OBJECT = "object"  # 提出异议
    RUN = "run"  # 口径, drafts, decisions, locking, publishing
    CONFIRM_RANKED = "confirm_ranked"  # measures that follow from rankings
    CONFIRM_WARNED = "confirm_warned"  # measures that follow from warnings


MAY_SCORE: Mapping[ScoreAct, frozenset[Role]] = {
    ScoreAct.RANKING: frozenset(Role),
    ScoreAct.ENTER: frozenset({Role.INSPECTOR, Role.OFFICE, Role.OVERSIGHT}),
    ScoreAct.DETAILS: frozenset({Role.CONTACT, Role.OFFICE, Role.OVERSIGHT, Role.CITY_LEADER}),
    ScoreAct.OBJECT: frozenset({Role.CONTACT}),
    ScoreAct.RUN: frozenset({Role.OFFICE}),
    ScoreAct.CONFIRM_RANKED: frozenset({Role.OFFICE}),
    ScoreAct.CONFIRM_WARNED: frozenset({Role.OVERSIGHT}),
}
"""Who may do what about scores; an office within its track, a contact for its region, a group's leader
with the group's own marks. What is sealed is closed to everybody but those who gave it."""


def may_score(act: ScoreAct, actor: Actor, *, track: str | None = None, region: str | None = None) -> bool:
    """Whether an actor may do that about a region, or about a whole track."""
    return any(
        grant.role in MAY_SCORE[act] and _in_scope(grant, track, region, act) for grant in actor.grants
    )


def _in_scope(grant: Grant, track: str | None, region: str | None, act: ScoreAct) -> bool:
    match grant.role:
        case Role.OFFICE:
            return track is None or grant.track == track
        case Role.CONTACT if act in (ScoreAct.DETAILS, ScoreAct.OBJECT):
            return grant.region == region and region is not None
        case Role.INSPECTOR if act is ScoreAct.ENTER:
            return grant.leader
        case _:
            return True


class RegisterAct(StrEnum):
    """What can be done with what a region has filed 备案: 联动机制 and 县领导分包 (SPEC §6)."""

    READ = "read"
    CHANGE = "change"


MAY_REGISTER: Mapping[RegisterAct, frozenset[Role]] = {
    RegisterAct.READ: frozenset({Role.CONTACT, Role.OFFICE}),
    RegisterAct.CHANGE: frozenset({Role.CONTACT, Role.OFFICE}),
}
"""It names persons: for the region's own contacts, and for the office of its track, nobody else."""


def may_register(act: RegisterAct, actor: Actor, *, track: str, region: str) -> bool:
    """Whether an actor may do that with a region's register."""
    return any(
        grant.role in MAY_REGISTER[act]
        and (grant.track == track if grant.role is Role.OFFICE else grant.region == region)
        for grant in actor.grants
    )
