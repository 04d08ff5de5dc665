"""As whom a member files 身份: the group of the chat, the only one, or the day's answer (SPEC §2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from bot.domain.entries import Mode, Source
from bot.domain.permissions import Role
from bot.ledger import people
from bot.ledger.desk import Work
from bot.ledger.tables import members
from bot.services.refusals import NotYours


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom an entry is filed.

    `group` is the filing group's key, None for an office or 市「敢转争」督导组; `undecided` says that the
    member has not told today: the entry is held as covert until then.
    """

    group: str | None
    track: str | None
    source: Source
    mode: Mode
    undecided: bool = False
    held: bool = False  # no settle time: waits for 「交办」

    @property
    def key(self) -> str:
        """What is compared for «same chat and identity»."""
        return self.group or f"office:{self.track}"


def identity_of(work: Work, chat_group: str | None = None, source: str | None = None) -> Identity:
    """As whom the actor files, in a private chat or in a group's chat.

    `source` is that of an office's entry, when the words begin with one (举报/曝光/交办 …).

    Raises:
        NotYours: the actor may not file (there).
    """
    actor = work.actor
    mine = actor.groups()
    if chat_group is not None:
        if chat_group not in mine:
            raise NotYours
        return as_group(work, chat_group)
    if source is not None and actor.offices():
        return Identity(None, actor.offices()[0], Source(source), Mode.OPEN, held=True)
    if len(mine) == 1:
        return as_group(work, mine[0])
    if len(mine) > 1:
        chosen = _today(work)
        if chosen in mine:
            return as_group(work, str(chosen))
        covert = next((key for key in mine if work.world.campaign.group(key).covert), None)
        group = covert or mine[0]
        return Identity(
            group,
            work.world.campaign.group(group).track,
            Source.COVERT,
            Mode.COVERT,
            undecided=True,
            held=True,
        )
    if actor.offices():
        return Identity(None, actor.offices()[0], Source.ASSIGNED, Mode.OPEN, held=True)
    if actor.has(Role.OVERSIGHT):
        return Identity(None, None, Source.GANZHUANZHENG, Mode.OPEN)
    raise NotYours


def as_group(work: Work, key: str) -> Identity:
    """The identity of one group; the covert group's is always covert."""
    group = work.world.campaign.group(key)
    if group.covert:
        return Identity(key, group.track, Source.COVERT, Mode.COVERT, held=True)
    row = people.member(work, work.actor.member_id)
    if row is not None and row.covert_switch:
        return Identity(key, group.track, Source.GROUP, Mode.COVERT, held=True)
    return Identity(key, group.track, Source.GROUP, Mode.OPEN)


def choose(work: Work, key: str) -> None:
    """The day's answer to «as whom»; raises NotYours for a group of somebody else's."""
    if key not in work.actor.groups():
        raise NotYours
    day = work.world.campaign.today(work.now).isoformat()
    work.connection.execute(
        update(members).where(members.c.id == work.actor.member_id).values(identity={"as": key, "day": day})
    )


def _today(work: Work) -> str | None:
    row = people.member(work, work.actor.member_id)
    if row is None or not row.identity:
        return None
    if row.identity.get("day") != work.world.campaign.today(work.now).isoformat():
        return None
    return str(row.identity.get("as"))


def filer_regions(work: Work, identity: Identity) -> tuple[str, ...]:
    """The regions among which an unnamed place is looked for: the group's, or the office's."""
    campaign = work.world.campaign
    if identity.undecided:
        keys = set(work.actor.groups())
        return tuple(
            region.name
            for region in campaign.regions
            if any(region.name in campaign.group(key).regions for key in keys)
        )
    if identity.group is not None:
        return campaign.group(identity.group).regions
    if identity.track is not None:
        return tuple(region.name for region in campaign.regions_of(identity.track))
    return tuple(region.name for region in campaign.regions)
